"""The one door by which case data leaves a centre.

``propose`` tells what would leave, field by field, and what is not covered, and writes nothing; ``disclose``
freezes exactly that into a packet. Nothing else in the product makes a packet.
"""

from network.consent.disclosure.coverage import NotCoveredLine
from network.consent.disclosure.door import disclose
from network.consent.disclosure.lacking import Lacking, find_lacking
from network.consent.disclosure.proposal import decide, decide_with, propose
from network.consent.disclosure.shapes import Leaving, Offer, Proposal, Wanted, Warned
from network.consent.policies import shown_need

__all__ = [
    "Lacking",
    "Leaving",
    "NotCoveredLine",
    "Offer",
    "Proposal",
    "Wanted",
    "Warned",
    "decide",
    "decide_with",
    "disclose",
    "find_lacking",
    "propose",
    "shown_need",
]
