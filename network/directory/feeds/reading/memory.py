"""How much memory the reading of a file may take: a small one can be made that unfolds without end."""

from __future__ import annotations

import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from network.directory.feeds.records import Unreadable

MOST_BYTES: Final = 2 * 1024**3  # beyond what the process has


@contextmanager
def bounded(most_bytes: int = MOST_BYTES) -> Iterator[None]:
    """Let this process take so much more; raises Unreadable where it would take more. On Linux; elsewhere nothing."""
    if sys.platform != "linux":
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + most_bytes
    limits = [one for one in (most, soft, hard) if one != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_AS, (min(limits), hard))
    try:
        yield
    except MemoryError:
        raise Unreadable("too_large") from None
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
