"""The pages of consent: asking for it, what stands, who was told what, and taking it back."""

from flask_babel import lazy_gettext as _l

from network.accounts.permissions import Permission
from network.cases.parts import CaseAct, CasePart
from network.consent.pages import asking, changing, ending, first_question, refusing, standing
from network.consent.pages.showing import blueprint

ASK = CaseAct(_l("Ask for consent"), "consent_pages.new", Permission.CONSENT_RECORD)
CASE_PARTS = (CasePart(_l("Consent"), "consent_pages.part", Permission.CASE_VIEW, order=20, act=ASK),)

__all__ = [
    "CASE_PARTS",
    "asking",
    "blueprint",
    "changing",
    "ending",
    "first_question",
    "refusing",
    "standing",
]
