"""Whatever a file holds, each of its rows is accounted for, nothing breaks, and again it changes nothing."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from network.core.errors import Invalid
from tests.directory.feeds.conftest import Bring, Brought
from tests.directory.feeds.feeds import OLD
from tests.directory.feeds.nasty import NASTY, WILD_VALUES, Nasty, bombs
from tests.factories import make_tenant, staff


def accounted(brought: Brought) -> bool:
    """Each row has one result, each with a reason where it needs one, and they add up."""
    one = brought.one
    results = [row.result for row, _held in brought.rows]
    told = all(row.reasons for row, _held in brought.rows if row.result in ("merged", "refused", "suggested"))
    whole = None not in results and sum(brought.results.values()) == len(results) == one.rows == one.position
    doubts = all(reason for _row, held in brought.rows for _name, _value, reason in held["doubts"])
    return one.state == "done" and told and whole and doubts


def quiet(brought: Brought) -> bool:
    """Whether nothing was written: neither created, nor changed, nor suggested."""
    return brought.results.keys() <= {"unchanged", "merged", "refused"}


@pytest.mark.parametrize("make", NASTY, ids=lambda make: make.__name__)
def test_the_nastiest_feeds_are_accounted_for_to_the_last_row(bring: Bring, make: Callable[[], Nasty]):
    name, data, lines = make()
    first, again = bring(data, file_name=name), bring(data, file_name=name)
    assert accounted(first), (first.one.state, first.one.problem, first.totals)
    assert accounted(again)
    found = {held["line"] for _row, held in first.rows}
    assert lines - found == set()
    assert quiet(again), [
        (row.entity, held["foreign_id"], row.result, row.reasons, held["changes"])
        for row, held in again.rows
        if row.result not in ("unchanged", "merged", "refused")
    ]
    assert again.one.rows == first.one.rows
    assert "not_accepted" not in {reason for row, _held in first.rows for reason in row.reasons}


def test_what_holds_no_listing_is_refused_in_words(bring: Bring):
    for name, data in bombs():
        with suppress(Invalid):
            brought = bring(data, file_name=name)
            words = brought.one.problem not in (None, "not_compared", "not_carried_out")
            assert words or brought.results.keys() == {"refused"}, name


def _paths(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path for key, one in inside for path in [(*at, key), *_paths(one, (*at, key))]]


PATHS = _paths(OLD)
CHANGE = st.tuples(
    st.sampled_from(PATHS), st.sampled_from(("set", "gone", "twice", "renamed")), st.sampled_from(WILD_VALUES)
)
CHANGES = st.lists(CHANGE, max_size=6)


def _mutated(changes: list[tuple[tuple[Any, ...], str, Any]]) -> Any:
    feed = copy.deepcopy(OLD)
    for path, how, value in changes:
        above: Any = feed
        try:
            for key in path[:-1]:
                above = above[key]
            old = above[path[-1]]
            if how == "set":
                above[path[-1]] = value
            elif how == "gone":
                del above[path[-1]]
            elif how == "twice" and isinstance(above, list):
                above.append(copy.deepcopy(old))
            elif isinstance(above, dict):
                above[str(value)[:50]] = above.pop(path[-1])
        except (KeyError, IndexError, TypeError):
            continue  # a change before took it away
    return feed


# Rows without ids are known by their place: one that came before them takes over what theirs was.
@example(earlier=[(("organizations", 0, "services", 0, "regular_schedules", 0), "set", None)], changes=[])
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(earlier=CHANGES, changes=CHANGES)
def test_a_feed_that_was_spoilt_anyhow_is_read_and_the_second_time_nothing_changes(
    app: Flask, bring: Bring, earlier: list[Any], changes: list[Any]
):
    whose = staff(make_tenant(app, "partner"), kind="partner", roles=("partner_manager",))
    data = json.dumps(_mutated(changes)).encode()
    bring(json.dumps(_mutated(earlier)).encode(), identity=whose)
    first = bring(data, identity=whose)
    if first.one.state == "failed":
        assert first.one.problem in ("no_rows", "too_deep", "no_objects")
        return
    again = bring(data, identity=whose)
    assert accounted(first), (first.one.problem, first.totals)
    assert accounted(again)
    assert quiet(again), [
        (row.entity, held["foreign_id"], row.result, row.reasons, held["changes"]) for row, held in again.rows
    ]
