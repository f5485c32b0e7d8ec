"""The door in JSON: handoffs from either side, arrivals, the screening of returns, and follow-ups."""

from network.crossborder.api import handoffs, journeys, returns
from network.crossborder.api.answers import blueprint

__all__ = ["blueprint", "handoffs", "journeys", "returns"]
