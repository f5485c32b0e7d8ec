"""What is installed is what was chosen: every package locked, with hashes, from no address in particular."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
WANTED = {
    "requirements.lock": PROJECT["project"]["dependencies"],
    "requirements-dev.lock": PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["dev"],
}


def locked(name: str) -> dict[tuple[str, str], list[str]]:
    """Name and version of every package in the lock file, with its hashes."""
    found: dict[tuple[str, str], list[str]] = {}
    for entry in re.split(r"\n(?=[a-z0-9])", (ROOT / name).read_text()):
        if match := re.match(r"([a-z0-9-]+)(?:\[[^]]*])?==(\S+)", entry):
            found[match[1], match[2]] = re.findall(r"--hash=sha256:([0-9a-f]{64})", entry)
    return found


def plain(requirement: str) -> str:
    """The normalised name in a requirement."""
    return re.sub(r"[-_.]+", "-", re.match(r"[A-Za-z0-9._-]+", requirement)[0]).lower()


@pytest.mark.parametrize("name", WANTED)
def test_every_dependency_is_locked_with_hashes(name: str) -> None:
    packages = locked(name)
    assert {plain(one) for one in WANTED[name]} <= {package for package, _ in packages}, "run `make lock`"
    assert all(packages.values())


@pytest.mark.parametrize("name", WANTED)
def test_lock_file_names_no_address_and_no_machine(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text
    assert not re.search(r"\(/", text)


def test_tests_run_on_the_versions_that_are_installed_for_real() -> None:
    assert locked("requirements.lock").keys() <= locked("requirements-dev.lock").keys()
