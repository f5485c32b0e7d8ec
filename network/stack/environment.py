"""Which servers an installation uses, and what each of its processes is told about them.

A process gets the addresses and keys that it needs and no others: the web server never learns the owner's
or the administrator's password.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from network.core.settings import Settings, read_variable
from network.stack.bootstrap import APP, OWNER, WORKER, with_database
from network.stack.errors import StackError
from network.stack.instance import APPLICATION_KEYS, Instance
from network.stack.postgres import ADMINISTRATOR, socket_url
from network.stack.redis import redis_url

DATABASE = "network"
Process = Literal["web", "worker", "scheduler", "tool"]

ADDRESSES = ("DATABASE_URL", "WORKER_DATABASE_URL", "OWNER_DATABASE_URL", "ADMIN_DATABASE_URL", "REDIS_URL")


@dataclass(frozen=True)
class Plan:
    """The servers of an installation: ours in the data folder, or those that we were given."""

    instance: Instance
    environment: str
    embedded_postgres: bool
    embedded_redis: bool
    app_url: str
    worker_url: str
    owner_url: str | None
    admin_url: str | None
    redis_url: str
    passwords: Mapping[str, str]
    given: Mapping[str, str]

    @property
    def database(self) -> str:
        """Name of the application's database."""
        return urlsplit(self.app_url).path.lstrip("/") or DATABASE

    def variables(self, process: Process, *, base_url: str | None = None) -> dict[str, str]:
        """The environment of a child: what we were given, with the addresses that its kind may know."""
        known = {f"NETWORK_{name}{suffix}" for name in ADDRESSES for suffix in ("", "_FILE")}
        variables = {name: value for name, value in self.given.items() if name not in known}
        variables["NETWORK_ENVIRONMENT"] = self.environment
        variables["NETWORK_DATA_DIR"] = str(self.instance.folder)
        variables["NETWORK_REDIS_URL"] = self.redis_url
        app_url = self.worker_url if process == "worker" else self.app_url
        variables["NETWORK_DATABASE_URL"] = app_url
        if process in ("worker", "tool"):
            variables["NETWORK_WORKER_DATABASE_URL"] = self.worker_url
        if process == "tool" and self.owner_url:
            variables["NETWORK_OWNER_DATABASE_URL"] = self.owner_url
        if not read_variable(self.given, "BASE_URL"):
            address = base_url or (self.instance.running() or {}).get("address")
            if address:
                variables["NETWORK_BASE_URL"] = str(address)
        for key in APPLICATION_KEYS:
            name = f"NETWORK_{key.upper()}"
            if not read_variable(self.given, key.upper()):
                # A path and not the key: an environment is easily printed.
                variables[f"{name}_FILE"] = str(self.instance.keys_dir / key)
        return variables

    def settings(self, process: Process) -> Settings:
        """The settings that a process of this kind reads."""
        return Settings.from_environ(self.variables(process))


def make_plan(instance: Instance, environ: Mapping[str, str]) -> Plan:
    """Work out the servers from `NETWORK_*`, and make the secrets that are missing and may be made.

    Raises StackError with what to set. The data folder must be prepared and locked, or in use by the copy
    that is asked about.
    """
    given = {name: value for name, value in environ.items() if value}
    environment = _environment(instance, given)
    admin_url = _libpq(read_variable(given, "ADMIN_DATABASE_URL"))
    addresses = {
        role: _libpq(read_variable(given, f"{name}DATABASE_URL"))
        for role, name in ((APP, ""), (WORKER, "WORKER_"), (OWNER, "OWNER_"))
    }
    embedded_postgres = admin_url is None and not any(addresses.values())
    given_redis = read_variable(given, "REDIS_URL")
    _make_keys(instance, given, environment)
    if embedded_postgres:
        run_dir = instance.run_dir()
        admin_url = socket_url(run_dir, ADMINISTRATOR, instance.secret(ADMINISTRATOR), "postgres")
    passwords: dict[str, str] = {}
    if admin_url is not None:  # whoever may make the roles gives them their passwords
        passwords = {role: _password(url) or instance.secret(role) for role, url in addresses.items()}
    urls = {
        role: url or _derived(admin_url, role, passwords.get(role, "")) for role, url in addresses.items()
    }
    for role, url in urls.items():
        if role != OWNER and url is None:
            name = "NETWORK_DATABASE_URL" if role == APP else "NETWORK_WORKER_DATABASE_URL"
            raise StackError(
                f"Set {name} as well: the application and its worker each sign in as themselves. Or set "
                "NETWORK_ADMIN_DATABASE_URL alone, and the roles are made."
            )
    return Plan(
        instance=instance,
        environment=environment,
        embedded_postgres=embedded_postgres,
        embedded_redis=given_redis is None,
        app_url=urls[APP] or "",
        worker_url=urls[WORKER] or "",
        owner_url=urls[OWNER],
        admin_url=admin_url,
        redis_url=given_redis or redis_url(instance.run_dir(), instance.secret("redis")),
        passwords=passwords,
        given=given,
    )


def _environment(instance: Instance, given: Mapping[str, str]) -> str:
    """A folder of the demonstration stays one: its pages must go on saying that the people are invented."""
    named = given.get("NETWORK_ENVIRONMENT")
    invented = instance.is_demonstration
    if invented and named not in (None, "demonstration"):
        raise StackError(
            f"{instance.folder} holds the demonstration, whose people are invented. Give another folder in "
            f"NETWORK_DATA_DIR for NETWORK_ENVIRONMENT={named}."
        )
    return "demonstration" if invented else named or "development"


def _make_keys(instance: Instance, given: Mapping[str, str], environment: str) -> None:
    missing = [key for key in APPLICATION_KEYS if not read_variable(given, key.upper())]
    if environment == "production":
        missing = [key for key in missing if instance.find_secret(key) is None]
        if missing:
            names = ", ".join(f"NETWORK_{key.upper()}" for key in missing)
            raise StackError(
                f"In production nothing is made up: set {names}, each 32 random bytes in base64 "
                "(`openssl rand -base64 32`), or give a file's path under the same name with _FILE."
            )
    for key in missing:
        instance.secret(key)


def _derived(admin_url: str | None, role: str, password: str) -> str | None:
    """The administrator's address, for another role and the application's database."""
    if admin_url is None:
        return None
    parts = urlsplit(with_database(admin_url, DATABASE))
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{role}:{quote(password, safe='')}@{host}"))


def _password(url: str | None) -> str | None:
    password = urlsplit(url).password if url else None
    return unquote(password) if password else None


def _libpq(url: str | None) -> str | None:
    """The address without the name of a Python driver, which libpq doesn't know."""
    if url is None:
        return None
    scheme, _, rest = url.partition("://")
    return f"{scheme.partition('+')[0]}://{rest}"
