"""The demonstration network: its data, all invented but the centres' public facts, and how it is loaded.

``data/`` holds centres.json (facts), origin_centres.json, partners.json and people.json (invented, and marked
so). Everything is done through the operations, so that every timeline, consent and audit entry is real.
"""

from network.demonstration.loading import SignIn, load

__all__ = ["SignIn", "load"]
