"""The data folder: its lock, its keys, its sockets."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from network.stack.environment import make_plan
from network.stack.errors import DataFolderInUse, StackError
from network.stack.instance import APPLICATION_KEYS, SOCKET_PATH_LIMIT, Instance


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    made = Instance(tmp_path / "instance")
    made.prepare()
    return made


def test_keys_are_for_their_owner_alone_and_stay_the_same(instance: Instance) -> None:
    first = {name: instance.secret(name) for name in APPLICATION_KEYS}
    assert len(set(first.values())) == len(APPLICATION_KEYS)
    assert {name: Instance(instance.folder).secret(name) for name in APPLICATION_KEYS} == first
    assert {stat.S_IMODE(path.stat().st_mode) for path in instance.keys_dir.iterdir()} == {0o600}
    assert stat.S_IMODE(instance.keys_dir.stat().st_mode) == 0o700
    assert instance.loose_secrets() == []
    (instance.keys_dir / "master_key").chmod(0o644)
    assert instance.loose_secrets() == [instance.keys_dir / "master_key"]


def test_one_copy_at_a_time(instance: Instance) -> None:
    assert instance.running() is None
    with instance.locked():
        instance.announce("http://127.0.0.1:8000")
        assert instance.running() is not None
        with (
            pytest.raises(DataFolderInUse, match=r"at http://127\.0\.0\.1:8000"),
            Instance(instance.folder).locked(),
        ):
            pass
    assert instance.running() is None


def test_a_copy_that_was_killed_is_noticed(instance: Instance) -> None:
    with instance.locked() as unclean:
        assert not unclean
    (instance.folder / "lock").write_text('{"pid": 1}')
    with instance.locked() as unclean:
        assert unclean


@pytest.mark.parametrize("name", ["a path with spaces", "x" * 120, "comma,quote'", "عربي"])
def test_sockets_go_to_a_short_folder_where_the_path_is_unsuitable(tmp_path: Path, name: str) -> None:
    instance = Instance(tmp_path / name / "instance")
    instance.prepare()
    chosen = instance.run_dir()
    assert len(str(chosen / ".s.PGSQL.5432")) < SOCKET_PATH_LIMIT
    assert stat.S_IMODE(chosen.stat().st_mode) == 0o700
    assert Instance(instance.folder).run_dir() == chosen
    instance.drop_short_run_dir()
    assert not chosen.exists()


def test_a_short_folder_that_somebody_else_could_have_made_is_not_used(tmp_path: Path) -> None:
    instance = Instance(tmp_path / "a path with spaces")
    instance.prepare()
    trap = tmp_path / "trap"
    trap.mkdir(mode=0o777)
    trap.chmod(0o777)
    (instance.folder / "run-folder").write_text(f"{trap}\n")
    chosen = instance.run_dir()
    assert chosen != trap
    instance.drop_short_run_dir()


def test_each_process_learns_only_the_addresses_that_it_needs(instance: Instance) -> None:
    plan = make_plan(instance, {})
    web, worker, tool = (plan.variables(kind) for kind in ("web", "worker", "tool"))
    owner, administrator = instance.secret("network_owner"), instance.secret("administrator")
    for process in (web, worker, plan.variables("scheduler")):
        assert owner not in str(process)
    for process in (web, worker, tool):
        assert administrator not in str(process)
    assert instance.secret("network_worker") not in str(web)
    assert "network_worker" in worker["NETWORK_DATABASE_URL"]
    assert "network_app" in web["NETWORK_DATABASE_URL"]
    assert "NETWORK_MASTER_KEY" not in web
    assert plan.settings("web").master_key == plan.settings("worker").master_key


def test_given_servers_switch_embedding_off_each_on_its_own(instance: Instance) -> None:
    plan = make_plan(instance, {"NETWORK_REDIS_URL": "redis://cache/0"})
    assert (plan.embedded_postgres, plan.embedded_redis) == (True, False)
    plan = make_plan(
        instance, {"NETWORK_ADMIN_DATABASE_URL": "postgresql+psycopg://root:pw@db.example:5433/postgres"}
    )
    assert (plan.embedded_postgres, plan.embedded_redis) == (False, True)
    assert plan.admin_url == "postgresql://root:pw@db.example:5433/postgres"
    assert plan.app_url.endswith("@db.example:5433/network")
    assert plan.owner_url is not None


def test_passwords_in_given_addresses_are_the_ones_that_bootstrap_sets(instance: Instance) -> None:
    given = {
        "NETWORK_ADMIN_DATABASE_URL": "postgresql://root:pw@db/postgres",
        "NETWORK_DATABASE_URL": "postgresql://network_app:a%2Fb@db/other",
        "NETWORK_WORKER_DATABASE_URL": "postgresql://network_worker:w@db/other",
        "NETWORK_OWNER_DATABASE_URL": "postgresql://network_owner:o@db/other",
    }
    plan = make_plan(instance, given)
    assert plan.passwords == {"network_app": "a/b", "network_worker": "w", "network_owner": "o"}
    assert plan.database == "other"


def test_unreadable_secret_file_is_named(instance: Instance) -> None:
    with pytest.raises((StackError, Exception), match="NETWORK_MASTER_KEY_FILE"):
        make_plan(instance, {"NETWORK_MASTER_KEY_FILE": str(instance.folder / "nowhere")})
