"""Finding a port to listen on that nobody else has, or is about to have."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

from network.stack.errors import StackError

HOW_FAR = 100


@contextmanager
def reserved_port(host: str, wanted: int, *, patience_s: float = 0.0) -> Iterator[int]:
    """The first free port from `wanted` on, kept from other copies of us as long as the block runs.

    The web server's workers bind with SO_REUSEPORT, so two copies that both found a port free would share
    its visitors between them. A name in the kernel's abstract namespace, which goes away with its process,
    tells them apart. `patience_s` is for a predecessor that is still ending. Port 0 means any.
    """
    wanted = wanted or _any_port(host)
    deadline = time.monotonic() + patience_s
    while True:
        for port in range(wanted, min(wanted + HOW_FAR, 65536)):
            claim = socket.socket(socket.AF_UNIX)
            if _claim(claim, port) and is_free(host, port):
                with claim:
                    yield port
                return
            claim.close()
            if time.monotonic() < deadline:
                break
        else:
            raise StackError(
                f"The ports {wanted} to {wanted + HOW_FAR - 1} are all taken. Give another: --port."
            )
        time.sleep(0.05)


def _any_port(host: str) -> int:
    with socket.create_server((host, 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def _claim(claim: socket.socket, port: int) -> bool:
    try:
        claim.bind(f"\0network-port-{port}")
    except OSError:
        return False
    return True


def is_free(host: str, port: int) -> bool:
    """Whether nobody listens there. Connections that are still winding down don't count."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError as error:
            raise StackError(f"Port {port} needs special rights. Give one above 1023: --port.") from error
        except OSError:
            return False
    return True
