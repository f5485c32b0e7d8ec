"""Settings: one frozen object read once from ``NETWORK_*`` variables.

Every variable may also be given as ``NETWORK_<NAME>_FILE``, the path of a file holding the value
(secrets of a container). Keys are 32 bytes in base64.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

ENVIRONMENTS = ("production", "development", "test", "demonstration")
KEY_BYTES = 32
_TILES = re.compile(
    r"(?:https://[a-z0-9.-]+|http://(?:localhost|127\.0\.0\.1))(?::[0-9]{1,5})?/"
    r"(?=[^?#]*\{z\})(?=[^?#]*\{x\})(?=[^?#]*\{y\})[A-Za-z0-9/._~{}@-]+(?:\?[A-Za-z0-9=&._~-]*)?"
)
URL_SAFE = str.maketrans("-_", "+/")


class SettingsError(Exception):
    """A setting is missing or unusable; the message says which and what to do."""


@dataclass(frozen=True)
class Settings:
    """What an installation is: where its servers are, and the keys it holds outside the database."""

    environment: str
    data_dir: Path
    database_url: str
    redis_url: str
    master_key: bytes
    context_key: bytes
    audit_key: bytes
    index_key: bytes
    secret_key: str
    worker_database_url: str = ""
    owner_database_url: str = ""
    admin_database_url: str = ""
    base_url: str = "http://127.0.0.1:8000"
    default_language: str = "en"
    trusted_proxies: int = 0
    audit_anchors: Path | None = None
    map_tiles: str = ""
    map_credit: str = ""
    import_rows_days: int = 90

    @property
    def map_tiles_origin(self) -> str:
        """The origin that pages may fetch map tiles from; empty where the map stands on outlines alone."""
        parts = urlsplit(self.map_tiles)
        return f"{parts.scheme}://{parts.netloc}" if self.map_tiles else ""

    @property
    def anchors_file(self) -> Path:
        """Where the signed heads of the audit chains are kept: outside the database."""
        return self.audit_anchors or self.data_dir / "audit" / "anchors.jsonl"

    @property
    def demonstration(self) -> bool:
        """Whether pages say that people, cases and partners' answers are invented."""
        return self.environment == "demonstration"

    @property
    def secure_cookies(self) -> bool:
        """Whether cookies travel over HTTPS alone: always, unless the base address itself is plain HTTP."""
        return self.base_url.startswith("https://")

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Settings:
        """Read the settings; raises ``SettingsError`` naming every variable that is missing or wrong."""
        missing: list[str] = []

        def text(name: str, default: str | None = None) -> str:
            value = read_variable(environ, name)
            if value is None:
                if default is None:
                    missing.append(f"NETWORK_{name}")
                    return ""
                return default
            return value

        def key(name: str) -> bytes:
            value = text(name)
            try:
                raw = base64.b64decode(value.translate(URL_SAFE), validate=True)
            except binascii.Error:
                raw = b""
            if value and len(raw) != KEY_BYTES:
                raise SettingsError(f"NETWORK_{name} must be {KEY_BYTES} bytes in base64")
            return raw

        def number(name: str, default: str = "0", digits: int = 2) -> int:
            value = text(name, default)
            if not value.isascii() or not value.isdigit() or len(value) > digits:
                raise SettingsError(f"NETWORK_{name} must be a small whole number")
            return int(value)

        environment = text("ENVIRONMENT", "production")
        if environment not in ENVIRONMENTS:
            raise SettingsError(f"NETWORK_ENVIRONMENT must be one of {', '.join(ENVIRONMENTS)}")
        settings = cls(
            environment=environment,
            data_dir=Path(text("DATA_DIR", "instance")),
            database_url=_driver(text("DATABASE_URL")),
            redis_url=text("REDIS_URL"),
            master_key=key("MASTER_KEY"),
            context_key=key("CONTEXT_KEY"),
            audit_key=key("AUDIT_KEY"),
            index_key=key("INDEX_KEY"),
            secret_key=text("SECRET_KEY"),
            worker_database_url=_driver(text("WORKER_DATABASE_URL", "")),
            owner_database_url=_driver(text("OWNER_DATABASE_URL", "")),
            admin_database_url=_driver(text("ADMIN_DATABASE_URL", "")),
            base_url=text("BASE_URL", "http://127.0.0.1:8000").rstrip("/"),
            default_language=text("DEFAULT_LANGUAGE", "en"),
            trusted_proxies=number("TRUSTED_PROXIES"),
            audit_anchors=Path(given) if (given := text("AUDIT_ANCHORS", "")) else None,
            map_tiles=_tiles(text("MAP_TILES", "")),
            map_credit=text("MAP_CREDIT", ""),
            import_rows_days=max(1, number("IMPORT_ROWS_DAYS", "90", 4)),
        )
        if missing:
            raise SettingsError(f"Set {', '.join(missing)} (or the same name with _FILE) and start again")
        return settings


def read_variable(environ: Mapping[str, str], name: str) -> str | None:
    """The value of ``NETWORK_<name>`` or of the file it names; None where neither is set."""
    if value := environ.get(f"NETWORK_{name}"):
        return value
    if path := environ.get(f"NETWORK_{name}_FILE"):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise SettingsError(f"NETWORK_{name}_FILE cannot be read: {error.strerror}") from error
    return None


def _tiles(address: str) -> str:
    """The address of map tiles, checked: what it names is let into every page's Content-Security-Policy."""
    if address and not _TILES.fullmatch(address):
        raise SettingsError(
            "NETWORK_MAP_TILES must be an https address with {z}, {x} and {y} and one host, "
            "such as https://tiles.example.org/{z}/{x}/{y}.png"
        )
    return address


def _driver(url: str) -> str:
    """The same address with the driver that we use (psycopg 3) named."""
    for scheme in ("postgresql://", "postgres://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url[len(scheme) :]
    return url
