"""Become a command that ends when its parent ends, even if the parent is killed with -9.

Run as a script: `python -I -S tether.py <parent pid> <signal> <user:group or -> <command> [argument ...]`.
A script and not a `preexec_fn`, because code between fork and exec can deadlock in a process that has threads.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    """Ask the kernel for `signal` at the parent's death, then exec the command."""
    parent, end_signal, whom, *command = arguments
    if whom != "-":  # before the kernel is asked: it forgets the request when a process changes its user
        uid, gid = map(int, whom.split(":"))
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(end_signal), 0, 0, 0)
    # The parent may have died before the kernel was asked: then the signal never comes.
    if os.getppid() != int(parent):
        sys.exit(1)
    # A shell that starts us in the background ignores SIGINT, Python ignores SIGPIPE; exec would hand it on.
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT, signal.SIGPIPE):
        signal.signal(ignored, signal.SIG_DFL)
    os.execvp(command[0], command)  # noqa: S606  # the point of this file


if __name__ == "__main__":
    main(sys.argv[1:])
