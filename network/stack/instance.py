"""The data folder: where everything of one installation lives, and who may use it at once.

instance/            0700
  keys/              one secret a file, 0600
  postgres/          the embedded server's data
  run/               sockets
  logs/              what the servers say
  audit/             anchors of the audit trail, only ever added to
  lock               held by the running copy
  demonstration      present where the people in it are invented
"""

from __future__ import annotations

import base64
import errno
import fcntl
import json
import os
import re
import secrets
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from network.stack.errors import DataFolderInUse, DataFolderNotWritable, StackError

SOCKET_PATH_LIMIT = 100  # the kernel allows 107 bytes
LONGEST_SOCKET_NAME = "/.s.PGSQL.5432"
PLAIN_PATH = re.compile(r"[A-Za-z0-9/._-]+")  # others need quoting, differently in every server and address

APPLICATION_KEYS = ("master_key", "context_key", "audit_key", "index_key", "secret_key")
PASSWORDS = ("administrator", "network_owner", "network_app", "network_worker", "redis")


class Instance:
    """One installation's data folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.postgres_dir = self.folder / "postgres"
        self.keys_dir = self.folder / "keys"
        self.logs_dir = self.folder / "logs"
        self._lock_file = self.folder / "lock"
        self._demonstration_mark = self.folder / "demonstration"
        self._run_record = self.folder / "run-folder"

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Instance:
        """The folder in NETWORK_DATA_DIR, else ./instance."""
        return cls(Path(environ.get("NETWORK_DATA_DIR") or "instance").expanduser())

    def prepare(self) -> None:
        """Make the folders and see that they can be written."""
        try:
            for folder in (self.folder, self.keys_dir, self.logs_dir):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.keys_dir.chmod(0o700)
            with tempfile.TemporaryFile(dir=self.folder):
                pass
        except OSError as error:
            raise _not_writable(self.folder, error) from error

    # The lock

    @contextmanager
    def locked(self) -> Iterator[bool]:
        """Hold the folder. Yields whether the copy before us ended without saying goodbye.

        The kernel lets go of the lock however its holder ends, so a crash never leaves one behind.
        """
        try:
            handle = self._lock_file.open("a+", encoding="utf-8")
        except OSError as error:
            raise _not_writable(self.folder, error) from error
        with handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise DataFolderInUse(self._who_runs()) from None
            handle.seek(0)
            unclean = bool(handle.read().strip())
            self.announce(None)
            try:
                yield unclean
            finally:
                handle.truncate(0)

    def announce(self, address: str | None) -> None:
        """Note in the lock who holds it and where it listens, for whoever tries to start a second copy."""
        self._lock_file.write_text(json.dumps({"pid": os.getpid(), "address": address}), encoding="utf-8")

    def running(self) -> dict[str, object] | None:
        """Pid and address of the copy that runs on this folder, or None."""
        try:
            with self._lock_file.open("r", encoding="utf-8") as handle:
                try:
                    fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
                except BlockingIOError:
                    found = json.loads(handle.read() or "{}")
                    return found if isinstance(found, dict) else {}
        except (OSError, json.JSONDecodeError):
            return None
        return None

    def _who_runs(self) -> str:
        found = self.running() or {}
        where = f" at {found['address']}" if found.get("address") else ""
        who = f" (process {found['pid']})" if found.get("pid") else ""
        return (
            f"Another copy is already running on {self.folder}{where}{who}. Stop it, or give another "
            "folder in NETWORK_DATA_DIR."
        )

    # The demonstration

    @property
    def is_demonstration(self) -> bool:
        """Whether the people in this folder are invented."""
        return self._demonstration_mark.exists()

    def become_demonstration(self) -> None:
        """Mark a folder that is still empty; a folder with a real network in it is refused."""
        if not self.is_demonstration and self.postgres_dir.exists():
            raise StackError(
                f"{self.folder} holds a network that is not the demonstration. Give an empty folder in "
                "NETWORK_DATA_DIR, so that invented people never mix with real ones."
            )
        self._demonstration_mark.touch(mode=0o600)

    def demonstration_sign_ins(self) -> list[dict[str, Any]] | None:
        """The sign-ins of the demonstration, or None while it isn't loaded."""
        try:
            text = self._demonstration_mark.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        return json.loads(text) if text else None

    def keep_demonstration_sign_ins(self, sign_ins: list[dict[str, Any]]) -> None:
        """Note that the demonstration is loaded. Its passwords are invented like its people."""
        self._demonstration_mark.write_text(json.dumps(sign_ins), encoding="utf-8")

    # Secrets

    def find_secret(self, name: str) -> str | None:
        """The secret called `name`, or None where there is none yet."""
        try:
            return (self.keys_dir / name).read_text(encoding="utf-8").strip() or None
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StackError(f"The key {self.keys_dir / name} can't be read: {error.strerror}.") from error

    def secret(self, name: str) -> str:
        """The secret called `name`, made at its first use."""
        if (found := self.find_secret(name)) is not None:
            return found
        made = base64.b64encode(secrets.token_bytes(32)).decode()
        if name in PASSWORDS:
            made = secrets.token_hex(24)  # goes into addresses and configuration files
        try:
            self._write_secret(name, made)
        except OSError as error:
            raise _not_writable(self.keys_dir, error) from error
        return made

    def _write_secret(self, name: str, value: str) -> None:
        """Write whole or not at all: half a master key would be found out too late."""
        path = self.keys_dir / name
        making = path.with_name(f".{name}-{secrets.token_hex(4)}")
        descriptor = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
            handle.write(value + "\n")
            handle.flush()
            os.fsync(handle.fileno())
        making.rename(path)

    def loose_secrets(self) -> list[Path]:
        """Keys that somebody besides their owner may read."""
        found = sorted(self.keys_dir.glob("*")) if self.keys_dir.exists() else []
        return [path for path in found if stat.S_IMODE(path.stat().st_mode) & 0o077]

    # Sockets

    def run_dir(self) -> Path:
        """Folder of the sockets: `run` in the data folder, or a short one where its path is unsuitable."""
        usual = self.folder / "run"
        if _fits(usual):
            usual.mkdir(exist_ok=True, mode=0o700)
            return usual
        if (recorded := self._recorded_run_dir()) is not None:
            return recorded
        made = _make_short_folder()
        self._run_record.write_text(f"{made}\n", encoding="utf-8")
        return made

    def drop_short_run_dir(self) -> None:
        """Remove the short folder, if one was made."""
        if (recorded := self._recorded_run_dir()) is not None:
            shutil.rmtree(recorded, ignore_errors=True)
        self._run_record.unlink(missing_ok=True)

    def _recorded_run_dir(self) -> Path | None:
        """The short folder of the last start, if it still is ours alone: anybody may write to /tmp."""
        try:
            recorded = Path(self._run_record.read_text(encoding="utf-8").strip())
            found = recorded.lstat()
        except OSError:
            return None
        ours = found.st_uid in (os.geteuid(), self._server_uid()) and stat.S_IMODE(found.st_mode) == 0o700
        return recorded if stat.S_ISDIR(found.st_mode) and ours else None

    def _server_uid(self) -> int:
        """Owner of the server's data: another user than ours where root had to give up its rights."""
        try:
            return self.postgres_dir.stat().st_uid
        except OSError:
            return os.geteuid()


def _fits(folder: Path) -> bool:
    text = str(folder)
    return len(text + LONGEST_SOCKET_NAME) < SOCKET_PATH_LIMIT and PLAIN_PATH.fullmatch(text) is not None


def _make_short_folder() -> Path:
    for parent in (os.environ.get("XDG_RUNTIME_DIR"), tempfile.gettempdir(), "/tmp", "/dev/shm"):  # noqa: S108  # a folder of our own is made there
        if not parent or not _fits(Path(parent) / "network-12345678"):
            continue
        try:
            return Path(tempfile.mkdtemp(prefix="network-", dir=parent))
        except OSError:
            continue
    raise StackError("There is no short folder for sockets: set TMPDIR to one that can be written.")


def _not_writable(folder: Path, error: OSError) -> DataFolderNotWritable:
    why = {
        errno.EROFS: "the disk is read-only",
        errno.EACCES: "it belongs to somebody else",
        errno.EPERM: "it belongs to somebody else",
        errno.ENOENT: "it can't be made there",
        errno.ENOSPC: "the disk is full",
        errno.ENOTDIR: "a file is in the way",
        errno.EEXIST: "a file is in the way",
    }.get(error.errno or 0, error.strerror or "unknown reason")
    return DataFolderNotWritable(
        f"The data folder {folder} can't be written: {why}. Give another one in NETWORK_DATA_DIR."
    )
