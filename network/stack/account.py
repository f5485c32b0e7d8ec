"""As whom PostgreSQL runs: it refuses root, and a user that has no name."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from network.stack.errors import StackError

PREFERRED_UID = 1000
FALLBACK_NAMES = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """How to become somebody whom PostgreSQL accepts.

    `prefix` comes before its commands; `user` is a user and group to become, to whom its files must belong.
    Both are empty for an ordinary user.
    """

    prefix: tuple[str, ...] = ()
    user: tuple[int, int] | None = None

    @property
    def words(self) -> str:
        """What `network doctor` says of it."""
        if self.user:
            return f"own, as user {self.user[0]}"
        return "own, as another user in a namespace" if self.prefix else "own"


def find_account(data_dir: Path) -> Account:
    """The account for a server whose data is, or will be, in `data_dir`. Raises StackError with what to do.

    Root, or a number without a name (as containers have them), becomes another user in a namespace of its
    own: seen from outside, files still belong to whoever runs us. Where namespaces are refused, root gives up
    its rights instead.
    """
    names = {user.pw_uid: user for user in pwd.getpwall()}
    root = os.geteuid() == 0
    if not root and os.geteuid() in names:
        return Account()
    owner = data_dir.stat() if data_dir.exists() else None
    if root and owner is not None and owner.st_uid != 0:
        return Account(user=(owner.st_uid, owner.st_gid))
    other = PREFERRED_UID if PREFERRED_UID in names else max(names.keys() - {0}, default=PREFERRED_UID)
    prefix = ("unshare", "--user", f"--map-user={other}", f"--map-group={other}")
    refusal = _refusal(prefix)
    if refusal is None:
        return Account(prefix=prefix)
    fallback = next(
        (user for name in FALLBACK_NAMES for user in names.values() if user.pw_name == name), None
    )
    if root and fallback is not None:
        return Account(user=(fallback.pw_uid, fallback.pw_gid))
    raise StackError(
        "PostgreSQL runs only as an ordinary user with a name, and this machine refuses the way around "
        f"({refusal}). Run as such a user, or give the address of a PostgreSQL 18 server in "
        "NETWORK_ADMIN_DATABASE_URL."
    )


def give_to(account: Account, *paths: Path, whole: bool = True) -> None:
    """Let the account own `paths`, and if `whole` what is in them. Nothing to do for most accounts."""
    if account.user is None:
        return
    uid, gid = account.user
    for top in paths:
        for path in [top, *(top.rglob("*") if whole else ())]:
            if path.lstat().st_uid != uid:
                os.chown(path, uid, gid, follow_symlinks=False)


def require_way(account: Account, *folders: Path) -> None:
    """See that the account can pass through every folder above `folders`; raises StackError naming the one."""
    if account.user is None:
        return
    for folder in folders:
        for above in folder.absolute().parents:
            found = above.stat()
            if not found.st_mode & 0o001 and found.st_uid != account.user[0]:
                raise StackError(
                    f"PostgreSQL doesn't run as root, and user {account.user[0]} may not pass through {above}. "
                    "Run as an ordinary user, move to a folder that everybody may pass through, or give the "
                    "address of a PostgreSQL 18 server in NETWORK_ADMIN_DATABASE_URL."
                )


def _refusal(prefix: tuple[str, ...]) -> str | None:
    """Why this machine refuses the namespace, or None."""
    try:
        tried = subprocess.run([*prefix, "unshare", "--version"], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return "unshare is not installed"
    return tried.stderr.strip() or "no reason given" if tried.returncode != 0 else None
