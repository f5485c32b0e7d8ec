"""The servers of a plan: started where they are ours, waited for where they were given."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import psycopg
import redis

from network.stack.bootstrap import NO_ADDRESS, bootstrap
from network.stack.environment import Plan
from network.stack.errors import DatabaseUnreachable, RedisUnreachable, StackError
from network.stack.migrations import current, head, install_context_key, upgrade
from network.stack.postgres import ADMINISTRATOR, EmbeddedPostgres
from network.stack.redis import EmbeddedRedis

GIVEN_SERVER_TIMEOUT_S = 5.0


@dataclass
class Servers:
    """What is running for a plan; None where the server isn't ours."""

    postgres: EmbeddedPostgres | None
    redis: EmbeddedRedis | None


@contextmanager
def running_servers(
    plan: Plan, *, durable: bool = True, patience_s: float = GIVEN_SERVER_TIMEOUT_S
) -> Iterator[Servers]:
    """PostgreSQL and Redis of `plan`, answering; ours are stopped at the end, PostgreSQL last."""
    instance = plan.instance
    with ExitStack() as stack:
        postgres = None
        if plan.embedded_postgres:
            postgres = EmbeddedPostgres(
                instance.postgres_dir,
                instance.run_dir(),
                administrator_password=instance.secret(ADMINISTRATOR),
                log_dir=instance.logs_dir,
                durable=durable,
            )
            stack.callback(instance.drop_short_run_dir)
            stack.enter_context(postgres)
        else:
            wait_for_database(plan.admin_url or plan.app_url, patience_s)
        own_redis = None
        if plan.embedded_redis:
            own_redis = EmbeddedRedis(
                instance.run_dir(), password=instance.secret("redis"), log_dir=instance.logs_dir
            )
            stack.enter_context(own_redis)
        else:
            wait_for_redis(plan.redis_url, patience_s)
        yield Servers(postgres, own_redis)


def prepare_database(plan: Plan) -> None:
    """Roles, database and extensions where we are the administrator; migrations where we are the owner."""
    if plan.admin_url and not plan.embedded_postgres:
        bootstrap(plan.admin_url, plan.passwords, plan.database)
    if plan.owner_url:
        migrate(plan)
    elif (found := current(plan.app_url)) != head():
        raise StackError(
            f"The database is at migration {found or 'none'}, this version needs {head()}. Run "
            "`network db upgrade` with NETWORK_OWNER_DATABASE_URL."
        )


def migrate(plan: Plan) -> None:
    """Bring the database to this version's migration, and give it the key by which it knows who acts."""
    if not plan.owner_url:
        raise StackError("Set NETWORK_OWNER_DATABASE_URL: migrations run as the owner of the tables.")
    if plan.embedded_postgres and plan.admin_url:
        bootstrap(plan.admin_url, plan.passwords, plan.database)
    wait_for_database(plan.owner_url)
    upgrade(plan.owner_url)
    install_context_key(plan.owner_url, plan.settings("tool").context_key)


def wait_for_database(url: str, patience_s: float = GIVEN_SERVER_TIMEOUT_S) -> None:
    """Wait until the given database answers; raises DatabaseUnreachable with the server's own words, also for
    what is no address."""
    deadline = time.monotonic() + patience_s
    while True:
        try:
            psycopg.connect(url, connect_timeout=5).close()
        except psycopg.OperationalError as error:
            reason = str(error).strip().splitlines()[0] if str(error).strip() else "no answer"
            refused = any(word in reason for word in ("authentication failed", "does not exist"))
            if refused or time.monotonic() > deadline:
                raise DatabaseUnreachable(
                    f"The database at {without_password(url)} can't be reached: {reason}"
                ) from error
            time.sleep(0.2)
        except psycopg.ProgrammingError:  # its words repeat the address, and with it a password
            raise DatabaseUnreachable(NO_ADDRESS) from None
        else:
            return


def wait_for_redis(url: str, patience_s: float = GIVEN_SERVER_TIMEOUT_S) -> None:
    """Wait until the given Redis answers; raises RedisUnreachable, also for what is no address."""
    deadline = time.monotonic() + patience_s
    try:
        client = redis.Redis.from_url(url, socket_connect_timeout=5)
    except ValueError:
        raise RedisUnreachable("NETWORK_REDIS_URL is no address of a Redis: redis://host:6379/0.") from None
    try:
        while True:
            try:
                client.ping()
            except redis.exceptions.RedisError as error:
                refused = isinstance(error, redis.exceptions.AuthenticationError)
                if refused or time.monotonic() > deadline:
                    raise RedisUnreachable(
                        f"The Redis at {without_password(url)} can't be reached: {error}"
                    ) from error
                time.sleep(0.2)
            else:
                return
    finally:
        client.close()


def without_password(url: str) -> str:
    """The address as it may be shown."""
    scheme, separator, rest = url.partition("://")
    user_info, at, host = rest.rpartition("@")
    return f"{scheme}{separator}{user_info.partition(':')[0]}{at}{host}"
