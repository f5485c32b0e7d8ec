"""What is wrong with a field, in the reader's language: marshmallow's own messages, said in ours."""

from __future__ import annotations

import re

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l

_SAID = {
    "Missing data for required field.": _l("Fill in this field."),
    "Field may not be null.": _l("Fill in this field."),
    "Unknown field.": _l("This field is not expected."),
    "Invalid input type.": _l("This does not have the expected form."),
    "Not a valid string.": _l("Enter text."),
    "Not a valid UUID.": _l("This is not an identifier."),
    "Not a valid integer.": _l("Enter a whole number."),
    "Not a valid number.": _l("Enter a number."),
    "Not a valid boolean.": _l("Answer yes or no."),
    "Not a valid date.": _l("Enter a date like 2026-11-03."),
    "Not a valid time.": _l("Enter a time like 14:05."),
    "Not a valid datetime.": _l("Enter a date and time."),
    "Not a valid list.": _l("This must be a list."),
    "Not a valid mapping type.": _l("This must be an object."),
    "Not a valid email address.": _l("Enter an e-mail address like name@example.org."),
    "Not a valid URL.": _l("Enter an address like https://example.org."),
}


def said(message: object) -> str:
    """A message for the reader. What is not one of marshmallow's own is left as the schema put it."""
    text = str(message)
    if text in _SAID:
        return str(_SAID[text])
    if text.startswith("Must be one of:"):
        return gettext("Choose one of the options.")
    if found := re.match(r"Longer than maximum length (\d+)\.", text):
        return ngettext("Use at most one.", "Use at most %(num)s.", int(found[1]))
    if re.match(r"(Shorter than minimum length|Length must be)", text):
        return gettext("This is too short or too long.")
    if re.match(r"Must be (greater|less) than", text):
        return gettext("This number is too small or too large.")
    if text.startswith("String does not match"):
        return gettext("This does not have the expected form.")
    return text
