"""The glossary's table of flags says of every flag what it makes the product do, and of no other."""

from __future__ import annotations

import re
from pathlib import Path

from network.core import terms

GLOSSARY = Path(__file__).parents[2] / "docs" / "glossary.md"
FEATURES = {
    "cases",
    "consent",
    "crossborder",
    "directory",
    "exchange",
    "monitoring",
    "referrals",
    "worklist",
}


def flags_of_the_types() -> set[tuple[str, str]]:
    plain = set(terms.Term.__struct_fields__) | {"list_name"}
    kinds = [kind for kind in vars(terms).values() if isinstance(kind, type) and issubclass(kind, terms.Term)]
    return {
        (kind.__name__, field) for kind in kinds for field in kind.__struct_fields__ if field not in plain
    }


def rows_of_the_glossary() -> list[tuple[str, str, str, str]]:
    rows = re.findall(r"^\| (\w+) \| `(\w+)` \| (.+?) \| ([\w, ]+) \|$", GLOSSARY.read_text("utf-8"), re.M)
    return [tuple(row) for row in rows]


def test_every_flag_is_in_the_glossary_once_with_the_feature_that_carries_it_out():
    rows = rows_of_the_glossary()
    assert {(kind, flag) for kind, flag, _, _ in rows} == flags_of_the_types()
    assert len(rows) == len(flags_of_the_types())
    for kind, flag, _, features in rows:
        assert set(features.split(", ")) <= FEATURES, (kind, flag)
