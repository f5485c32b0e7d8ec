"""Commands of the operator on a machine where nothing was started yet."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import pytest
from click.testing import CliRunner

from network.cli import network
from network.stack import running
from network.stack.errors import DatabaseUnreachable, StackError
from network.stack.running import installed_servers


def test_a_command_before_the_first_start_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NETWORK_DATA_DIR", str(tmp_path / "instance"))
    with pytest.raises(StackError, match="network up"), installed_servers():
        pass
    assert not (tmp_path / "instance" / "postgres").exists()


def test_asking_where_the_database_stands_sets_nothing_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NETWORK_DATA_DIR", str(tmp_path / "instance"))
    done = CliRunner().invoke(network, ["db", "current"])
    assert isinstance(done.exception, StackError)
    assert not (tmp_path / "instance" / "postgres").exists()


def test_a_server_that_was_stopped_before_its_roles_were_made_is_not_set_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(_url: str) -> None:
        raise DatabaseUnreachable("password authentication failed")

    monkeypatch.setenv("NETWORK_DATA_DIR", str(tmp_path / "instance"))
    plan = running.own_plan()
    plan.instance.postgres_dir.mkdir()
    (plan.instance.postgres_dir / "PG_VERSION").write_text("18")
    monkeypatch.setattr(running, "reachable_servers", lambda: nullcontext(plan))
    monkeypatch.setattr(running, "wait_for_database", refuses)
    with pytest.raises(StackError, match="network up"), installed_servers():
        pass


@pytest.mark.parametrize("wrong", [("Jordan", "HQ", "no country in two letters"), ("JO", " ", "--name")])
def test_headquarters_are_opened_in_a_country_and_with_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: tuple[str, str, str]
) -> None:
    monkeypatch.setenv("NETWORK_DATA_DIR", str(tmp_path / "instance"))
    country, name, said = wrong
    done = CliRunner().invoke(network, ["headquarters", "--name", name, "--country", country])
    assert done.exit_code == 2
    assert said in done.output
