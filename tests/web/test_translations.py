"""Every word on a page goes through gettext, and Arabic says all of them."""

from __future__ import annotations

import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

import network

ROOT = Path(network.__file__).parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SPOKEN_ATTRIBUTES = {"alt", "aria-label", "placeholder", "title", "label", "content"}
UNSPOKEN_META = {"viewport", "theme-color", "robots", "referrer", "format-detection", "csrf-token"}


class _BareWords(HTMLParser):
    """Collects the words of a template that no expression produced."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self._look(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "meta" and values.get("name") in UNSPOKEN_META:
            return
        for name in SPOKEN_ATTRIBUTES & set(values):
            self._look(values[name] or "")

    def _look(self, text: str) -> None:
        bare = text.replace("\N{OBJECT REPLACEMENT CHARACTER}", " ").strip()
        if any(letter.isalpha() for letter in bare):
            self.found.append(bare)


def bare_words(source: str) -> list[str]:
    """The words a reader would see that stand in a template outside of gettext."""
    tree = Environment(autoescape=True, extensions=["jinja2.ext.do", "jinja2.ext.i18n"]).parse(source)
    pieces: list[str] = []
    # What an expression prints stands as one sign, so that tags around it stay whole.
    for output in tree.find_all(nodes.Output):
        for node in output.nodes:
            whole = isinstance(node, nodes.TemplateData)
            pieces.append(node.data if whole else "\N{OBJECT REPLACEMENT CHARACTER}")
    parser = _BareWords()
    parser.feed("".join(pieces))
    parser.close()
    return parser.found


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_template_shows_words_outside_of_gettext(path: Path) -> None:
    assert bare_words(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "<p>Send referral</p>",
        '<img alt="Map">',
        "{% if x %}<b>Yes</b>{% endif %}",
        '<a title="Back {{ x }}">',
    ],
)
def test_the_search_for_bare_words_finds_them(source: str) -> None:
    assert bare_words(source)


def test_the_search_for_bare_words_lets_translated_ones_pass() -> None:
    assert bare_words("<p class='govuk-body'>{{ _('Send referral') }} · {{ name }}</p>") == []


def _check(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT.parent / "tools" / "translations.py"), *command],
        capture_output=True,
        text=True,
        check=False,
    )


def test_arabic_says_every_message_with_its_placeholders() -> None:
    done = _check("check")
    assert done.returncode == 0, done.stdout


def test_an_unknown_command_explains_itself() -> None:
    done = _check("translate")
    assert done.returncode == 2
    assert "check" in done.stderr
