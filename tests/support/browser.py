"""A real Chromium for the tests, the one that setup found or installed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from playwright.sync_api import Browser, Locator, sync_playwright

# The one without a window is asked for first: it shows the same pages with half the work.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def browser_path() -> str:
    """The browser named by NETWORK_TEST_BROWSER, or the first known one on the PATH."""
    for name in (os.environ.get("NETWORK_TEST_BROWSER", ""), *NAMES):
        found = shutil.which(name) if name else None
        if found:
            return found
    raise RuntimeError("The tests need a browser: run `make test`, which finds or installs one.")


def until_the_page_is_there(act: Callable[..., None]) -> Callable[..., None]:
    """The same act, over when the page that it leads to is read; by itself it ends with that page's first byte."""

    @wraps(act)
    def acted(self: Locator, *given: Any, **more: Any) -> None:
        act(self, *given, **more)
        self.page.wait_for_load_state()

    return acted


# What follows a click looks at what is there; a key may send a form as well.
Locator.click = until_the_page_is_there(Locator.click)
Locator.press = until_the_page_is_there(Locator.press)


@contextmanager
def open_browser() -> Iterator[Browser]:
    """A browser that closes at the end of the block."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=browser_path(), args=FLAGS)
        yield opened
        opened.close()
