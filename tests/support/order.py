"""How the files of the tests are dealt out to the processes that run side by side.

Those that take longest come first, so that no process works on alone at the end; and all that look at the
demonstration network go to one process, where it is loaded once.
"""

from __future__ import annotations

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

# What begins with one of these is dealt out first, in this order.
FIRST = (
    "tests/journeys/",
    "tests/attack/",
    "tests/stack/test_supervisor.py",
    "tests/referrals/test_browser.py",
    "tests/crossborder/test_browser.py",
    "tests/cases/test_in_a_browser.py",
    "tests/architecture/test_routes.py",
    "tests/directory/keeping/test_browser.py",
    "tests/bench/",
    "tests/web/test_scripts.py",
    "tests/rehearsal/",
    "tests/stack/",
    "tests/accounts/test_pages.py",
    "tests/directory/test_browser.py",
    "tests/web/test_components.py",
    "tests/directory/feeds/",
    "tests/crossborder/",
    "tests/consent/",
    "tests/referrals/",
)
OF_THE_DEMONSTRATION = ("tests/attack/", "tests/demonstration/", "tests/directory/test_booklet.py")


class SideBySide(LoadScopeScheduling):
    """Deals out whole files, in the order in which they were collected."""

    def __init__(self, config: pytest.Config, log: Producer | None = None) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False  # by the number of tests: what takes longest is often one test

    def _split_scope(self, nodeid: str) -> str:
        """The file of a test, or what it shares with others."""
        path = nodeid.split("::", 1)[0]
        return "demonstration" if path.startswith(OF_THE_DEMONSTRATION) else path


def rank(item: pytest.Item) -> int:
    """Where the file of a test stands in the order."""
    return next((place for place, start in enumerate(FIRST) if item.nodeid.startswith(start)), len(FIRST))
