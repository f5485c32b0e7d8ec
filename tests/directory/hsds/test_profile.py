"""The profile: one definition, which the documentation, the patches and the answers agree with."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Flask

from network.directory.hsds import profile, standard
from tests.factories import visitor

PAGE = Path(__file__).parents[3] / "docs" / "profile.md"
_FIELD = re.compile(r"^\| `(\w+)` \| [^|]+ \| (.+) \|$")


def documented() -> dict[str, dict[str, str]]:
    """The fields that the documentation names, with their meaning, by entity."""
    found: dict[str, dict[str, str]] = {}
    entity = ""
    for line in PAGE.read_text(encoding="utf-8").partition("## Fields")[2].splitlines():
        if line.startswith("### "):
            entity = line[4:]
            found[entity] = {}
        elif hit := _FIELD.match(line):
            found[entity][hit.group(1)] = hit.group(2)
    return found


def test_the_documentation_names_every_field_with_its_meaning():
    defined = {
        entity: {extra.name: extra.description for extra in extras}
        for entity, extras in profile.EXTRAS.items()
    }
    assert documented() == defined


def test_no_field_of_ours_takes_the_name_of_one_of_the_standard():
    for entity, extras in profile.EXTRAS.items():
        names = [extra.name for extra in extras]
        assert len(names) == len(set(names))
        assert not {field.name for field in standard.fields(entity)} & set(names)


def test_the_profile_is_served_whole_and_by_the_file_that_it_changes(app: Flask):
    whole = visitor(app).get("/hsds/v3/profile").json
    assert whole["hsds_version"] == standard.VERSION
    assert set(whole["patches"]) == {f"{entity}.json" for entity in standard.ENTITIES} | {"openapi.json"}
    one = visitor(app).get("/hsds/v3/profile/service.json")
    assert one.mimetype == "application/merge-patch+json"
    assert one.get_json(force=True) == whole["patches"]["service.json"]
    assert visitor(app).get("/hsds/v3/profile/nothing.json").status_code == 404


def test_a_merge_patch_adds_changes_and_takes_away():
    target = {"a": {"b": 1, "c": [1, 2]}, "d": "e"}
    change = {"a": {"b": None, "c": [3], "f": {"g": None}}, "d": {"h": 1}}
    assert profile.merged(target, change) == {"a": {"c": [3], "f": {}}, "d": {"h": 1}}
    assert target == {"a": {"b": 1, "c": [1, 2]}, "d": "e"}
