"""The rehearsal itself: the whole of it, once, as an operator runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONGEST_S = 240

# What an operator reads in it, in this order; other steps may stand between.
NAMED = (
    "register a client",
    "register her child, linked",
    "open a case",
    "record consent and one refusal",
    "find a shelter",
    "what no grant covers is refused and says why",
    "preview of what will leave",
    "send the referral",
    "the partner sees a preview that names nobody",
    "accept",
    "identity is shown after accepting",
    "record the outcome",
    "close with the client's own word",
    "recover the passport by a referral to the inspectorate",
    "sign an authorization for the claim",
    "screen the return",
    "offer mother and child over the corridor",
    "the origin coordinator reviews the preview",
    "accept the handoff",
    "mark the arrival",
    "take the case over",
    "follow-up plan of 7 days and 1, 3, 6, 12 months",
    "record the first follow-up",
    "the sender sees the milestone and nothing else",
    "withdraw: sealed at once",
    "the shelter sees a tombstone",
    "the referral is recalled",
    "the audit shows it",
    "a referral to a partner with the recruiter on its board is refused at the door",
    "another centre's coordinator sees nothing",
    "the network administrator sees nothing",
    "signed out sees nothing",
    "a forged id is answered like an unknown one",
    "the database shows nothing without a context",
    "the database answers a forged context with an error",
    "the database shows nothing of hers to another tenant",
)


@pytest.fixture(scope="module")
def rehearsed() -> subprocess.CompletedProcess[str]:
    with tempfile.TemporaryDirectory(prefix="r") as folder:  # short: sockets lie below it
        variables = {name: value for name, value in os.environ.items() if not name.startswith("NETWORK_")}
        done = subprocess.run(
            [sys.executable, "-m", "network.cli", "rehearse", "--json"],
            cwd=ROOT,
            env=variables | {"TMPDIR": folder},
            capture_output=True,
            text=True,
            timeout=LONGEST_S,
            check=False,
        )
        left = [path.name for path in Path(folder).iterdir()]
        assert left == [], "the rehearsal leaves something behind"
        return done


def test_every_step_comes_out_right(rehearsed: subprocess.CompletedProcess[str]) -> None:
    steps = json.loads(rehearsed.stdout)["steps"]
    assert [step["name"] for step in steps if not step["ok"]] == [], rehearsed.stderr
    assert rehearsed.returncode == 0


def test_json_says_the_steps_and_nothing_else(rehearsed: subprocess.CompletedProcess[str]) -> None:
    said = json.loads(rehearsed.stdout)
    assert said.keys() == {"steps"}
    assert all(step.keys() == {"name", "actor", "ok", "ms"} for step in said["steps"])
    assert all(step["actor"] and step["ms"] > 0 for step in said["steps"])


def test_every_step_of_the_main_job_is_named_in_its_order(
    rehearsed: subprocess.CompletedProcess[str],
) -> None:
    names = [step["name"] for step in json.loads(rehearsed.stdout)["steps"]]
    assert [name for name in names if name in NAMED] == list(NAMED)
    assert len(names) == len(set(names))
