"""Keeps the translations: extract, update, compile, check.

extract  collects every message of the code and templates into network/translations/messages.pot
update   extracts, and brings each language's messages.po up to date
compile  makes the .mo files that the application reads (``make setup`` runs it)
check    fails when a message is missing, untranslated, fuzzy, or loses a placeholder

Catalogues hold no line numbers and no dates, so that a change of one message is a change of one place.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "network" / "translations"
DOMAIN = "messages"
LANGUAGES = ("ar",)
KEYWORDS = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")


def template() -> Catalog:
    """Every message that the code and templates ask for, in the order of their words."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file, filename="babel.cfg")
    catalog = Catalog(project="network", charset="utf-8", fuzzy=False)
    found = extract_from_dir(ROOT, methods, options, keywords=KEYWORDS, comment_tags=("Translators:",))
    for path, _line, message, comments, context in found:
        catalog.add(message, None, [(path, None)], auto_comments=comments, context=context)
    return catalog


def heading(catalog: Catalog) -> Catalog:
    """The same catalogue with a head that says what it is and never changes."""
    catalog.header_comment = "# What the pages say. Kept by tools/translations.py."
    catalog.project, catalog.version = "network", "1"
    catalog.msgid_bugs_address = catalog.last_translator = catalog.language_team = ""
    return catalog


def po_path(language: str) -> Path:
    """Where a language's messages stand."""
    return FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def catalogue(language: str) -> Catalog:
    """A language's messages as they stand, empty where there are none yet."""
    path = po_path(language)
    if not path.exists():
        return Catalog(locale=language, fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def write(path: Path, catalog: Catalog) -> None:
    """Writes a catalogue, sorted, without the dates that would change each time."""
    out = BytesIO()
    write_po(out, heading(catalog), width=110, sort_output=True, include_lineno=False, ignore_obsolete=True)
    dates = re.compile(
        rb'^"(POT-Creation-Date|PO-Revision-Date|Generated-By|Last-Translator|Language-Team|Report-Msgid-Bugs-To):.*\n',
        re.MULTILINE,
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(dates.sub(b"", out.getvalue()))


def extract() -> list[str]:
    """Writes the template."""
    write(FOLDER / f"{DOMAIN}.pot", template())
    return []


def update() -> list[str]:
    """Brings each language up to date: new messages come in empty, those no longer asked for go."""
    extract()
    wanted = template()
    for language in LANGUAGES:
        catalog = catalogue(language)
        catalog.update(wanted, no_fuzzy_matching=True)
        write(po_path(language), catalog)
    return []


def compile_() -> list[str]:
    """Makes the .mo files, where the messages are newer than they."""
    for language in LANGUAGES:
        source, target = po_path(language), po_path(language).with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        making = target.with_suffix(".mo.new")
        with making.open("wb") as file:
            write_mo(file, catalogue(language))
        making.replace(target)
    return []


def placeholders(text: str) -> set[str]:
    """The places in a message that the code fills."""
    return set(PLACEHOLDER.findall(text))


def faults(wanted: Message, given: Message | None) -> Iterator[str]:
    """What is wrong with one message of a language."""
    ids = wanted.id if isinstance(wanted.id, tuple) else (wanted.id,)
    name = ids[0]
    if given is None:
        yield f"missing: {name!r}"
        return
    texts = given.string if isinstance(given.string, tuple) else (given.string,)
    if not all(texts):
        yield f"untranslated: {name!r}"
    elif given.fuzzy:
        yield f"fuzzy: {name!r}"
    else:
        allowed = placeholders(" ".join(ids))
        # A plural form may leave a number out ("one day"), never name something else.
        for text in texts:
            strange = placeholders(text) - allowed
            lost = placeholders(ids[-1]) - placeholders(text) if len(ids) == 1 else set()
            if strange or lost:
                yield f"placeholders differ ({', '.join(sorted(strange | lost))}): {name!r}"


def check() -> list[str]:
    """All that is wrong with the translations, a line each."""
    wanted = [message for message in template() if message.id]
    return [
        f"{language}: {fault}"
        for language in LANGUAGES
        for catalog in (catalogue(language),)
        for message in wanted
        for fault in faults(message, catalog.get(message.id, message.context))
    ]


COMMANDS = {"extract": extract, "update": update, "compile": compile_, "check": check}


def main(arguments: list[str]) -> int:
    """Runs one command; 1 when it found something wrong."""
    if len(arguments) != 1 or arguments[0] not in COMMANDS:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    found = COMMANDS[arguments[0]]()
    sys.stdout.writelines(f"{line}\n" for line in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
