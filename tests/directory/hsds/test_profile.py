"""The profile: one definition, which the documentation, the patches and the answers agree with."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
from flask import Flask

from network.core import clock
from network.core.db import unit_of_work
from network.directory.hsds import profile, standard
from network.directory.operations import create_service, remove
from network.tenants.context import job_identity, scope
from tests.directory.conftest import Members
from tests.factories import Listed, visitor
from tests.support.visitor import Visitor

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


def closed(entity: str, patch: dict[str, Any]) -> dict[str, Any]:
    """An entity of the standard with a served patch carried out on it, and nothing else allowed beside its fields."""
    bare = json.loads(json.dumps(standard.schema(entity)).replace(standard.REFERENCE, ""))
    whole: dict[str, Any] = profile.merged(bare, patch)
    text = re.sub(r'"\$ref": "(\w+)(\.json)?"', r'"$ref": "#/$defs/\1"', json.dumps(whole))
    return dict(json.loads(text), additionalProperties=False)


def test_the_patches_describe_every_field_of_every_answer(
    app: Flask, rich: Listed, stranger: Visitor, members: Members
):
    served = stranger.get("/hsds/v3/profile").json["patches"]
    definitions = {entity: closed(entity, served[f"{entity}.json"]) for entity in standard.ENTITIES}
    since = clock.now().isoformat().replace("+", "%2B")
    with app.app_context(), scope(job_identity(members.partner.tenant)), unit_of_work():
        gone = create_service(rich.organization_id, name="Gone", needs=["legal.advice"], referral_methods=["phone"],
                              visibility="public")  # fmt: skip
        remove("service", gone)
    seen: set[str] = set()
    for path, entity, one in (
        ("services", "service", rich.service_id),
        ("organizations", "organization", rich.organization_id),
        ("service_at_locations", "service_at_location", rich.service_at_location_id),
    ):
        validator = jsonschema_rs.Draft202012Validator(
            {"$ref": f"#/$defs/{entity}", "$defs": definitions}, validate_formats=True
        )
        of_it = f"{path}?organization_id={rich.organization_id}"
        asked = ("", "&full=true", "&minimal=true", "&full_service=true", f"&modified_after={since}")
        single = f"{path}/{one}"
        for address in (*(of_it + more for more in asked), single, f"{single}?full_service=true"):
            answer = stranger.get(f"/hsds/v3/{address}")
            if answer.status_code == 422:  # no such parameter there
                continue
            for told in answer.json.get("contents", [answer.json]):
                assert [one.message for one in validator.iter_errors(told)] == [], address
                seen |= told.keys()
    assert {"tombstone", "modified_date", "services", "service", "nonconforming", "eligibility"} <= seen


def test_the_patch_of_the_openapi_document_makes_ours_of_the_standards(stranger: Visitor):
    patch = stranger.get("/hsds/v3/profile/openapi.json").get_json(force=True)
    ours = stranger.get("/hsds/v3/openapi.json").json
    theirs = {
        "openapi": "3.1.0",
        "info": {"title": "REQUIRED"},
        "paths": {"/services": {"get": {"parameters": [{"$ref": "#/components/parameters/search"}]}}},
        "components": {"parameters": {"search": {"name": "search", "in": "query"}}},
    }
    made = profile.merged(theirs, patch)
    assert made["components"].pop("parameters")
    assert made == ours
    names = set(re.findall(rf'"{standard.REFERENCE}(\w+)"', json.dumps(made)))
    assert names <= made["components"]["schemas"].keys()
