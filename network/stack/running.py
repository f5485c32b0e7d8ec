"""What the `network` command does with an installation: run it, run the demonstration, reach its servers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from network.stack.environment import Plan, make_plan
from network.stack.errors import DatabaseUnreachable, ServerFailed, StackError
from network.stack.instance import Instance
from network.stack.logs import configure_logs
from network.stack.migrations import current
from network.stack.postgres import discard_data
from network.stack.processes import start_tethered, stop
from network.stack.servers import running_servers, wait_for_database
from network.stack.supervisor import Stack, running_stack

PREDECESSOR_PORT_PATIENCE_S = 3.0


@contextmanager
def running_installation(host: str, port: int, *, demonstration: bool = False) -> Iterator[Stack]:
    """The installation in the data folder of the environment, ready to answer."""
    instance = Instance.from_environ(os.environ)
    instance.prepare()
    with instance.locked() as unclean:
        if demonstration:
            instance.become_demonstration()
            if instance.demonstration_sign_ins() is None:
                discard_data(instance.postgres_dir)  # half loaded: begin anew
        plan = make_plan(instance, os.environ)
        configure_logs(plan.environment, "supervisor")
        patience_s = PREDECESSOR_PORT_PATIENCE_S if unclean else 0.0
        with running_stack(plan, host=host, port=port, port_patience_s=patience_s) as stack:
            instance.announce(stack.address)
            yield stack


def own_plan() -> Plan:
    """The plan of the installation in the data folder of the environment."""
    instance = Instance.from_environ(os.environ)
    instance.prepare()
    return make_plan(instance, os.environ)


@contextmanager
def installed_servers(*, migrated: bool = True) -> Iterator[Plan]:
    """The same for a command that needs an installation which was started before; ``migrated``: with its tables."""
    plan = own_plan()
    empty = StackError(f"Nothing is set up in {plan.instance.folder} yet: `network up` does it.")
    if plan.embedded_postgres and not (plan.instance.postgres_dir / "PG_VERSION").exists():
        raise empty
    with reachable_servers() as reached:
        if plan.embedded_postgres:
            try:
                wait_for_database(plan.app_url)
            except DatabaseUnreachable:  # stopped before its roles were made
                raise empty from None
        if migrated and current(plan.app_url) is None:
            raise StackError("The database has no tables yet: `network db upgrade` makes them.")
        yield reached


@contextmanager
def reachable_servers() -> Iterator[Plan]:
    """The servers of the installation for a command of its own: the running copy's, else started for it."""
    plan = own_plan()
    ours = plan.embedded_postgres or plan.embedded_redis
    with ExitStack() as stack:
        if plan.instance.running() is None or not ours:
            if ours:
                stack.enter_context(plan.instance.locked())
            stack.enter_context(running_servers(plan))
        yield plan


def load_demonstration(stack: Stack) -> list[dict[str, Any]]:
    """The sign-ins of the demonstration; its network is made at the first start, through the operations."""
    instance = stack.plan.instance
    if (loaded := instance.demonstration_sign_ins()) is not None:
        return loaded
    with stack.without("worker"):  # the loading does its work itself, each at its time of the story
        process = start_tethered(
            [sys.executable, "-m", "network.cli", "load-demonstration"],
            environment=stack.plan.variables("tool", base_url=stack.address),
            output=subprocess.PIPE,
        )
        try:
            said, words = process.communicate()
        finally:
            stop(process, signals=(), patience_s=0)
    if process.returncode != 0:
        sys.stderr.write(words.decode("utf-8", "replace"))
        raise ServerFailed("The demonstration couldn't be loaded; its words are above.")
    sign_ins: list[dict[str, Any]] = json.loads(said)
    instance.keep_demonstration_sign_ins(sign_ins)
    return sign_ins
