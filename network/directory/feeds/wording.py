"""What pages, the API and the command say of an import: why a file cannot be read, what becomes of a row, and why."""

from __future__ import annotations

from flask_babel import gettext as _

from network.directory import keeping_wording
from network.directory.feeds.records import Unreadable
from network.directory.geo import Place
from network.directory.keeping_names import FIELDS
from network.web.i18n import language


def told(wrong: Unreadable) -> str:
    """Why a file cannot be read, and what to do; of a mapping where it stands and what."""
    if wrong.reason == "bad_mapping" and "why" in wrong.about:
        return _in_mapping(**wrong.about)
    return problem(wrong.reason)


def _in_mapping(at: str, why: str, said: str) -> str:
    return {
        "missing": _("The mapping lacks “%(at)s”.", at=at),
        "unknown_key": _("“%(at)s” in the mapping is no word that a mapping knows.", at=at),
        "not_beside": _("“%(at)s” in the mapping has no meaning beside what stands there.", at=at),
        "text": _("“%(at)s” in the mapping must be text.", at=at),
        "list": _("“%(at)s” in the mapping must be a list.", at=at),
        "object": _("“%(at)s” in the mapping must hold names and values.", at=at),
        "yes": _("“%(at)s” in the mapping must be true or false.", at=at),
        "true": _("“%(at)s” in the mapping must be true.", at=at),
        "whole": _("“%(at)s” in the mapping must be a whole number.", at=at),
        "number": _("“%(at)s” in the mapping is too large a number, or none.", at=at),
        "empty": _("“%(at)s” in the mapping must not be empty.", at=at),
        "too_many": _("“%(at)s” in the mapping holds too much.", at=at),
        "deep": _("“%(at)s” in the mapping is nested too deeply.", at=at),
        "country": _("“%(at)s” in the mapping must be a country: its name, or its code of two letters.", at=at),
        "entity": _("“%(at)s” in the mapping must be a kind of row, such as organization, service or location.", at=at),
        "value": _("“%(at)s” in the mapping must name a column, or say a value in one of the ways of docs/imports.md.",
                   at=at),
        "pattern": _("The pattern “%(at)s” in the mapping cannot be used: %(said)s.", at=at, said=said),
        "long_pattern": _("The pattern “%(at)s” in the mapping is too long.", at=at),
    }[why]  # fmt: skip


def problem(code: str) -> str:
    """The same, by its code."""
    return {
        "empty": _("This file is empty."),
        "too_large": _("This file is too large: at most 25 MB, and 200 MB unpacked."),
        "old_excel": _("This is an old Excel file. Save it as .xlsx and send it again."),
        "not_a_table": _("This file holds no listings. Send JSON, CSV, a zip of CSV files or .xlsx."),
        "bad_zip": _("This zip file is damaged."),
        "locked_zip": _("This zip file is locked with a password. Send it without one."),
        "bad_excel": _("This Excel file is damaged."),
        "bad_json": _("This is not JSON: it ends too soon or holds a mistake."),
        "bad_csv": _("This is not a table: a quotation mark is missing, maybe."),
        "no_objects": _("No list of records was found in this file."),
        "no_tables": _("No tables were found in this zip file."),
        "no_rows": _("No rows were found in this file."),
        "too_many_rows": _("This file has too many rows. Send it in parts."),
        "too_deep": _("This file is nested too deeply."),
        "no_such_mapping": _("There is no such mapping."),
        "not_compared": _(
            "It could not be compared with the directory, for a reason that is not in the file. Start it again; if "
            "that does not help, tell those who run this installation."
        ),
        "not_carried_out": _(
            "A part of it could not be carried out. What was brought in before stays. Start it again; if that does "
            "not help, tell those who run this installation."
        ),
        "slow_patterns": _("The patterns of the mapping take too long on this file. Write simpler ones."),
        "makes_too_much": _(
            "The mapping makes too much of this file. Write a simpler one, or send the file in parts."
        ),
        "bad_mapping": _("This is not a mapping. docs/imports.md says how one is written."),
    }.get(code, _("This file cannot be read."))


def outcome(code: str) -> str:
    """What becomes of a row."""
    return {
        "created": _("New"),
        "changed": _("Changed"),
        "merged": _("Taken into one that stands already"),
        "suggested": _("Suggested to its steward"),
        "unchanged": _("Nothing to do"),
        "refused": _("Cannot be used"),
    }[code]


def entity(code: str) -> str:
    """What a row is."""
    return keeping_wording.entity_name(code)


def field(name: str) -> str:
    """The name of one of our fields; a column of the file keeps its own."""
    return str(FIELDS.get(name, name))


def reason(code: str) -> str:
    """Why."""
    return {
        "same_foreign_id": _("The same id stands there before."),
        "same_listing": _("We have this listing already, from elsewhere."),
        "same_in_file": _(
            "Another row of the file is the same listing: its name, and a number, mail, site or place."
        ),
        "maybe_same": _(
            "It may be a listing that is here already. Look among the duplicates of your listings."
        ),
        "same_key": _("The same is said there before."),
        "kept_private": _("Kept with the confidential place, for your own organization alone."),
        "not_yours": _("Another member keeps this listing."),
        "withheld_here": _(
            "It is like a listing that another member keeps out of the directory, or hangs on one. Nothing was created."
        ),
        "removed_here": _("It was removed here, and stays so."),
        "changed_here": _("Somebody changed it here. That is kept; please compare."),
        "confidential_here": _("The place is confidential here. Nothing of it was taken."),
        "confidential_place": _("This would lead to the door of a confidential place."),
        "confidential_without_town": _("Of a confidential place we need the town, by a name that we know."),
        "not_accepted": _("The database did not accept it."),
        "nothing_said": _("It lacks what it cannot be without, such as its name or a number."),
        "not_a_value": _("This is not a value that can stand here."),
        "out_of_range": _("This value lies outside of what is possible."),
        "too_long": _("This is too long. It was shortened, or left out."),
        "unknown_code": _("We do not know this code or name."),
        "country_days": _("The days of a country are kept by the headquarters."),
        "dangling": _("It leads to a row that is not there."),
        "duplicate": _("Another row of the same id says something else."),
        "not_read": _("This file of the zip was not read: it is no table, workbook or list."),
        "not_there": _("The package names this file, and it is not there."),
        "hidden_sheet": _("This sheet is hidden, and was not read. Show it, if it is meant to come in."),
        "with_row": _("It stands in a row that cannot be used."),
        "no_place_for_it": _(
            "We do not know what this is under this name. A mapping of the file can say where it belongs."
        ),
    }.get(code, code)


def meant(place: Place) -> str:
    """The question whether somebody who wrote a town with a slip meant this one."""
    return _("Did you mean %(place)s?", place=place.label(language()))


def state(code: str, why: str | None = None) -> str:
    """Where an import stands. ``why``: its problem."""
    if may_start_again(code, why):
        return _("Stopped")
    return {
        "uploaded": _("Being compared with the directory"),
        "planned": _("Compared: look at it, then start"),
        "running": _("Being carried out"),
        "done": _("Done"),
        "failed": _("The file could not be read"),
        "given_up": _("Given up"),
    }[code]


def may_start_again(code: str, why: str | None) -> bool:
    """Whether an import failed for no fault of its file, and can be started again."""
    return code == "failed" and why in ("not_compared", "not_carried_out")
