"""What the door says, in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from network.cases.card.reading import Line, code_label, label_of, language_name, lines_of
from network.consent.terms import GrantTerms
from network.core import vocabulary
from network.tenants.context import find_acting
from network.web.i18n import comma, direction

_PREVIEW_LABELS: Final = {
    "needs": _l("What is asked for"),
    "age_band": _l("Age"),
    "sex": _l("Sex"),
    "languages": _l("Languages"),
    "children": _l("Children who come along"),
    "priority": _l("How soon"),
    "needed_by": _l("Needed by"),
    "never_to": _l("Never to be told"),
    "arrival_on": _l("Arrives on"),
    "arrival_week": _l("Arrives in the week of"),
    "arrival_needs": _l("Needs on arrival"),
    "mode": _l("How the centres work together"),
    "follow_up_contact": _l("May be contacted after return"),
    "travels_with": _l("Who travels along"),
}
# In the identity part too, these are no fields of a card.
_OPERATIONAL: Final = frozenset({"never_to", "needs", "arrival_on", "arrival_needs"})
_MODES: Final = {
    "transfer": _l("Transfer"),
    "joint": _l("Joint work"),
    "follow_up": _l("Follow-up only"),
    "pre_departure": _l("Before departure"),
}
_LISTS: Final = {
    "age_band": "age_band",
    "children": "age_band",
    "sex": "sex",
    "priority": "priorities",
    "never_to": "recipient_classes",
    "arrival_needs": "arrival_needs",
    "follow_up_contact": "answers",
}


def locale() -> str:
    """The reader's language."""
    return str(get_locale() or "en")


def day(at: date) -> str:
    """A date in the reader's language and zone."""
    if isinstance(at, datetime):
        identity = find_acting()
        at = at.astimezone(ZoneInfo(identity.time_zone if identity else "UTC"))
    return format_date(at, "d MMMM y", locale=locale())


def preview_label(name: str) -> LazyString | str:
    """What a field of the preview is called."""
    return _PREVIEW_LABELS.get(name, name)


def field_label(name: str) -> LazyString | str:
    """What a field of the card, or a numbered record, is called."""
    return preview_label(name) if name in _PREVIEW_LABELS else label_of(name)


def category_label(code: str) -> str:
    """A category of data; the preview is none."""
    if code == "preview":
        return str(_("Names nobody"))
    return vocabulary.label("data_categories", code, locale())


def text_of(field: str, value: Any, *, preview: bool = False) -> str:
    """A field's value, its lines joined by semicolons where it has several."""
    if preview or field in _OPERATIONAL:
        return comma().join(_one(field, one) for one in (value if isinstance(value, list) else [value]))
    lines = lines_of(field, value)
    if len(lines) == 1:
        return _set(lines[0])
    between = "؛ " if direction() == "rtl" else "; "
    return between.join(f"{line.label}: {_set(line)}" for line in lines)


def _set(line: Line) -> str:
    """A line's text; a number in a text that runs from right to left is isolated, or its groups change places."""
    return (
        f"\N{LEFT-TO-RIGHT ISOLATE}{line.text}\N{POP DIRECTIONAL ISOLATE}"
        if _runs_against(line)
        else line.text
    )


def _runs_against(line: Line) -> bool:
    return line.code and direction() == "rtl"


def _one(field: str, value: Any) -> str:
    if field == "needs":
        return need_label(value)
    if field == "languages":
        return language_name(value)
    if field in _LISTS:
        return code_label(_LISTS[field], value)
    if field in ("needed_by", "arrival_on", "arrival_week"):
        return day(datetime.fromisoformat(value))
    if field == "mode":
        return str(_MODES.get(value, value))
    if field == "travels_with":
        reference, _colon, relationship = str(value).partition(":")
        return f"{code_label('relationships', relationship)} ({reference})"
    return str(value)


def need_label(code: str) -> str:
    """A need, or the group that stands for it."""
    return vocabulary.label("needs" if "." in code else "groups", code, locale())


def why(code: str, detail: Mapping[str, Any], recipient: str) -> str:
    """Why something cannot leave, and what can be done about it."""
    if code == "refused":
        return _refused(detail, recipient)
    if code == "fear_of_return_blocks_authority":
        return str(_("A fear of return is recorded, so nothing goes to an authority of the home country."))
    need = need_label(detail["need"]) if detail.get("need") else ""
    if code == "no_grant" and need:
        return str(_("There is no consent to tell %(who)s for: %(need)s.", who=recipient, need=need))
    reasons: dict[str, str] = {
        "no_grant": _("There is no consent to tell %(who)s for this purpose.", who=recipient),
        "expired": _("The consent has ended. Ask again."),
        "provisional_over": _(
            "The consent was given by telephone or message and not confirmed in time. Ask again."
        ),
        "own_grant_needed": _("This is asked for by itself. Ask whether it may be told."),
        "never_leaves": _("This never leaves the centre. Write what is needed into the request instead."),
        "not_allowed_for_purpose": _("This is not needed for this purpose, so it cannot leave for it."),
        "read_only_case": _("This case is read-only: nothing leaves from it any more."),
        "recipient_suspended": _("%(who)s does not receive anything at present.", who=recipient),
    }
    return reasons[code]


def _refused(detail: Mapping[str, Any], recipient: str) -> str:
    whom = vocabulary.label("recipient_classes", detail["class"], locale())
    ways: dict[str, str] = {
        "self": _("A refusal stands: never to “%(whom)s”. %(who)s is one.", whom=whom, who=recipient),
        "run_by": _("A refusal stands: never to “%(whom)s”. One runs %(who)s.", whom=whom, who=recipient),
        "board": _(
            "A refusal stands: never to “%(whom)s”. One sits on the board of %(who)s.",
            whom=whom,
            who=recipient,
        ),
        "parent": _(
            "A refusal stands: never to “%(whom)s”. One stands above %(who)s.", whom=whom, who=recipient
        ),
    }
    return ways[detail["via"]]


def warning(code: str, detail: Mapping[str, Any]) -> str:
    """Something to know before sending."""
    if code == "practice":
        return vocabulary.label("partner_practices", detail["practice"], locale())
    until = day(detail["until"]) if detail.get("until") else ""
    warnings: dict[str, str] = {
        "provisional": _(
            "The consent is provisional: it ends on %(until)s unless it is confirmed.", until=until
        ),
        "ends_soon": _("The consent ends on %(until)s, and what was sent is sealed then.", until=until),
        "lift_used": _("This uses up the one time for which the refusal was lifted."),
        "no_feedback": _("They may tell us whether they served, and nothing more."),
        "choose_documents": _("Choose the papers one by one."),
    }
    return warnings[code]


def asked_now(terms: GrantTerms) -> str:
    """What is asked now, in one line: for what, until when."""
    purpose = vocabulary.label("consent_purposes", terms.purpose, locale())
    line: str = _(
        "If the answer is yes: %(purpose)s, until %(until)s", purpose=purpose, until=day(terms.ends_at)
    )
    return line


def grant(terms: GrantTerms) -> str:
    """A grant in one line: when it was given, for what, until when."""
    purpose = vocabulary.label("consent_purposes", terms.purpose, locale())
    line: str = _(
        "Consent of %(on)s: %(purpose)s, until %(until)s",
        on=day(terms.created_at),
        purpose=purpose,
        until=day(terms.ends_at),
    )
    return line
