"""Clients and cases in JSON: the same operations as the pages. Every look at a card or case is audited."""

from network.cases.api import cases, clients
from network.cases.api.answers import blueprint

__all__ = ["blueprint", "cases", "clients"]
