"""Keeping listings in JSON: what the pages of stewards, members and headquarters do, for programs."""

from network.directory.keeping_api import holidays, joining, listings, parts, saying, telling
from network.directory.keeping_api.door import blueprint

__all__ = ["blueprint", "holidays", "joining", "listings", "parts", "saying", "telling"]
