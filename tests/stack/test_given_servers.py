"""A real installation: servers that we were given, in production, step by step as the containers do it."""

from __future__ import annotations

import json
import secrets
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.installations import ROOT, network, variables
from tests.support.servers import Server, drop_database


@pytest.fixture
def given(postgres: Server, redis_url: str, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of an installation on servers that were given, with a database that isn't there yet."""
    name = f"network_given_{secrets.token_hex(4)}"
    subprocess.run(["sh", str(ROOT / "tools" / "make_secrets.sh"), str(tmp_path)], check=True)
    keys = ("master_key", "context_key", "audit_key", "index_key", "secret_key")
    yield variables(
        tmp_path / "instance",
        NETWORK_ENVIRONMENT="production",
        NETWORK_ADMIN_DATABASE_URL=postgres.admin_url,
        NETWORK_OWNER_DATABASE_URL=postgres.url("network_owner", name),
        NETWORK_DATABASE_URL=postgres.url("network_app", name),
        NETWORK_WORKER_DATABASE_URL=postgres.url("network_worker", name),
        NETWORK_REDIS_URL=redis_url,
        **{f"NETWORK_{key.upper()}_FILE": str(tmp_path / "secrets" / key) for key in keys},
    )
    drop_database(postgres, name)


def test_bootstrap_upgrade_and_run_each_with_the_addresses_it_needs(given: dict[str, str]) -> None:
    assert network("db", "bootstrap", environment=given).returncode == 0
    without_admin = {name: value for name, value in given.items() if "ADMIN" not in name}
    without_owner = {name: value for name, value in without_admin.items() if "OWNER" not in name}

    too_old = network("up", "--check", environment=without_owner)
    assert too_old.returncode == 1
    assert "Run `network db upgrade` with NETWORK_OWNER_DATABASE_URL" in too_old.stderr

    upgraded = network("db", "upgrade", environment=without_admin)
    assert upgraded.returncode == 0, upgraded.stderr
    checked = network("up", "--check", "--port", "0", environment=without_owner)
    assert checked.returncode == 0, checked.stderr
    entries = [json.loads(line) for line in checked.stderr.splitlines()]
    assert {"worker", "scheduler"} <= {entry["process"] for entry in entries}
    doctor = network("doctor", environment=without_owner)
    assert doctor.returncode == 0, doctor.stdout


def test_bootstrap_needs_the_administrator(given: dict[str, str]) -> None:
    del given["NETWORK_ADMIN_DATABASE_URL"]
    done = network("db", "bootstrap", environment=given)
    assert done.returncode == 1
    assert "The database at" in done.stderr  # it isn't there, and nobody here may make it


def test_given_servers_leave_no_secret_in_the_data_folder(given: dict[str, str]) -> None:
    network("db", "bootstrap", environment=given)
    assert list(Path(given["NETWORK_DATA_DIR"]).glob("keys/*")) == []
