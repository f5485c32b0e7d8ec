"""Starting a process: what is imported and built then stays, and is not looked through for garbage."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def starting() -> Iterator[None]:
    """Collect no garbage while the application is imported and built, and leave what was made out of it for good.

    A fifth of a start went into looking through modules again and again; and processes that are forked from this one
    go on sharing them.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
