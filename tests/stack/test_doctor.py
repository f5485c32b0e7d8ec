"""What the doctor says of the audit trail's anchors."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from network.audit.anchors import Head, last_anchored_at, write_anchor
from network.core.ids import new_id
from network.stack.doctor import Finding, look_at_anchors

KEY = bytes(32)


def look(file: Path) -> Finding:
    return look_at_anchors(file, last_anchored_at)


@pytest.mark.parametrize(
    ("age", "verdict", "words"),
    [
        (timedelta(minutes=4), "ok", "last 4 min ago"),
        (timedelta(minutes=16), "note", "last 16 min ago; unless nobody has worked since"),
        (timedelta(hours=3, minutes=5), "note", "last 3 h 5 min ago; "),
        (timedelta(days=2, hours=1), "note", "last 2 d 1 h ago; "),
    ],
)
def test_the_doctor_says_how_old_the_last_anchor_is_and_warns_of_a_stale_one(
    tmp_path: Path, age: timedelta, verdict: str, words: str
) -> None:
    file = tmp_path / "anchors.jsonl"
    for at in (datetime.now(UTC) - timedelta(days=30), datetime.now(UTC) - age):
        write_anchor(file, KEY, {new_id(): Head(1, bytes(32))}, at)
    found = look(file)
    assert found.verdict == verdict
    assert found.words.startswith(words)


@pytest.mark.parametrize("content", [None, b"", b"half a li", b"[]\n", b'{"heads": {}, "previous": ""}\n'])
def test_no_anchor_yet_and_half_a_line_are_said_and_are_no_fault(
    tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "anchors.jsonl"
    if content is not None:
        file.write_bytes(content)
    found = look(file)
    assert (found.verdict, found.words.split(" in ")[0]) == ("note", "none yet")


def test_anchors_that_cannot_be_read_are_said(tmp_path: Path) -> None:
    found = look(tmp_path)
    assert found.verdict == "note"
    assert "cannot be read" in found.words
