"""Somebody who walks through the pages as a person does: by what is visible, and every tap is counted."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _
from playwright.sync_api import Locator, Page

from network.core import vocabulary
from tests.support.look import faults

MOST_TAPS = 25
# What a page offers beside the way back and what stands on every page.
WAYS_ON = "main a[href], main button, main summary, .bar a, .menu summary"
TYPED = "input:not([type=radio]):not([type=checkbox]), textarea, select"
# Parts of a page that load by themselves begin with a link to what they will show.
ALL_LOADED = """() => [...document.querySelectorAll('section[hx-get]')]
  .every(part => ![...part.querySelectorAll('a')].some(a => a.getAttribute('href') === part.getAttribute('hx-get')))"""
AT_A_GLANCE = """ways => ({
  url: location.href, title: document.title, direction: document.documentElement.dir,
  ways_on: [...document.querySelectorAll(ways)].some(e => e.checkVisibility({visibilityProperty: true})),
  errors: document.querySelectorAll('.govuk-error-summary').length,
  headings: [...document.querySelectorAll('h1, h2')].map(e => e.innerText),
})"""
SHOTS = os.environ.get("NETWORK_TEST_SHOTS", "")
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


@dataclass
class Walker:
    """A person at a screen. Words are given in English and looked for in the language of the screen."""

    app: Flask
    page: Page
    language: str
    name: str
    taps: int = 0
    counted: dict[str, int] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    met: set[str] = field(default_factory=set)

    # what she reads

    def say(self, text: str, **values: object) -> str:
        """Words of ours in the language of the screen."""
        with self.app.test_request_context(), force_locale(self.language):
            return str(_(text, **values) if values else _(text))

    def term(self, list_name: str, code: str) -> str:
        """A word of the vocabulary in the language of the screen."""
        return vocabulary.label(list_name, code, self.language)

    def text(self) -> str:
        """All that the page says."""
        return self.page.locator("main").inner_text()

    # what she does; each is one tap

    def home(self) -> None:
        """Begin, as every day, on the first page."""
        self.page.goto("/")
        self.look()

    def press(self, text: str, within: Locator | None = None, nth: int = 0, **values: object) -> None:
        """Press the button, or follow the link, that says this."""
        self.press_said(self.say(text, **values), within, nth)

    def press_said(self, said: str, within: Locator | None = None, nth: int = 0) -> None:
        """The same with words that are in her language already."""
        where = within or self.page.locator("body")
        named = where.get_by_role("link", name=said, exact=True).or_(
            where.get_by_role("button", name=said, exact=True)
        )
        self.follow(named.locator("visible=true").nth(nth))

    def follow(self, target: Locator) -> None:
        """Press what was found, and look at the page that comes."""
        # The page she leaves is marked: under load the next one may begin to come after the click has returned, and
        # what is looked at would be the old one.
        self.page.evaluate("window.left = true")
        target.click()
        self.taps += 1
        self.page.wait_for_function("() => !window.left")
        self.look()

    def unfold(self, text: str) -> None:
        """Open a fold, if it is closed."""
        self.unfold_said(self.say(text))

    def unfold_said(self, said: str) -> None:
        """The same with words that are in her language already."""
        fold = self.page.locator("main summary:visible", has_text=said).first
        if fold.locator("..").get_attribute("open") is None:
            fold.click()
            self.taps += 1

    def write(self, label: str, text: str, **values: object) -> None:
        """Type into the field with this label."""
        self._labelled(self.say(label, **values)).fill(text)
        self.taps += 1

    def select(self, label: str, option: str) -> None:
        """Choose from the list with this label."""
        self._labelled(self.say(label)).select_option(option)
        self.taps += 1

    def choose(self, question: str, answer: str, nth: int = 0) -> None:
        """Answer a question by its radio button or box; both as the page says them."""
        group = self.page.get_by_role("group", name=question)
        self.tick(answer, group, nth)

    def tick(self, answer: str, within: Locator | None = None, nth: int = 0) -> None:
        """Tick a box or choose an answer, by what stands beside it."""
        where = within or self.page.locator("main")
        found = where.get_by_label(answer, exact=True).locator("visible=true").nth(nth)
        found.check()
        self.taps += 1

    def untick(self, answer: str) -> None:
        """Take a tick away, by what stands beside it."""
        self.page.locator("main").get_by_label(answer, exact=True).locator("visible=true").first.uncheck()
        self.taps += 1

    def press_first_task(self) -> None:
        """Begin with what stands first on the list of what needs her action."""
        self.follow(self.page.locator("#tasks a").first)

    def press_counter(self, one: str) -> None:
        """Press the figure on the first page that counts this."""
        plural = {"open cases of mine": "open case of mine"}
        with self.app.test_request_context(), force_locale(self.language):
            said = ngettext(plural.get(one, one), one, 2)
        figures = self.page.locator("a.counters__one", has_text=said)
        with self.app.test_request_context(), force_locale(self.language):
            single = ngettext(plural.get(one, one), one, 1)
        self.follow(figures.or_(self.page.locator("a.counters__one", has_text=single)).first)

    def _labelled(self, said: str) -> Locator:
        optional = f"{said} {self.say('(optional)')}"
        where = self.page.locator("main")
        exact = where.get_by_label(said, exact=True).or_(where.get_by_label(optional, exact=True))
        return exact.and_(self.page.locator(TYPED)).locator("visible=true").first

    # what is asked of every page

    def look(self) -> None:
        """Wait for the page, and find nothing wrong with it, and a way on."""
        self.page.wait_for_load_state("load")
        self.page.wait_for_function(ALL_LOADED)
        told = self.page.evaluate(AT_A_GLANCE, WAYS_ON)
        where = f"{self.name}: {told['url']} {told['title']}"
        assert told["direction"] == ("rtl" if self.language == "ar" else "ltr"), where
        assert told["ways_on"], f"{where}: a dead end"
        assert not told["errors"], f"{where}: {self.text()}"
        self.met.add("/" + told["url"].split("/", 3)[-1])
        outline = _ID.sub("#", told["url"]) + "|".join(told["headings"])
        if outline in self.seen:
            return
        self.seen.add(outline)
        self.shoot()
        assert faults(self.page) == [], where

    def shoot(self) -> None:
        """Keep a picture, where somebody wants to see them."""
        if not SHOTS:
            return
        width = (self.page.viewport_size or {"width": 0})["width"]
        folder = Path(SHOTS) / f"{self.language}-{width}"
        folder.mkdir(parents=True, exist_ok=True)
        number = len(list(folder.iterdir()))
        path = re.sub(r"\W+", "-", _ID.sub("", self.page.url.split("/", 3)[-1]))
        self.page.screenshot(path=folder / f"{number:03d}-{self.name}-{path}.png", full_page=True)

    def whole(self, beginning: str) -> int:
        """The taps of all sittings whose name begins like this: a step of the main job as a whole."""
        return sum(taps for name, taps in self.counted.items() if name.startswith(beginning))

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """A piece of work, from the home page on; it is done in a few taps."""
        self.taps = 0
        self.home()
        yield
        self.counted[name] = self.taps
        assert self.taps <= MOST_TAPS, f"{name}: {self.taps} taps"
