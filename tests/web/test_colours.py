"""Contrast, computed from the stylesheet's own variables: axe tests text, nobody tests borders and focus."""

from __future__ import annotations

import re

import pytest

from network.web import assets

TEXT, MARK = 4.5, 3.0


@pytest.fixture(scope="module")
def colours() -> dict[str, str]:
    """Every colour that the stylesheet names, by variable."""
    css = (assets.FOLDER / assets.manifest()["app.css"]).read_text("utf-8")
    found = {}
    for name, value in re.findall(r"--([a-z-]+): ?(#[0-9a-f]{3,8})\b", css):
        found.setdefault(name, value)
    return found


def _luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    if len(digits) in {3, 4}:
        digits = "".join(2 * digit for digit in digits)
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2 between two colours."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_measure_knows_black_on_white() -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("paper", ["paper", "card"])
@pytest.mark.parametrize(
    "mark", ["govuk-input-border-colour", "edge", "danger", "accent", "brand", "good", "plum"]
)
def test_borders_and_signs_stand_out_from_what_they_lie_on(
    colours: dict[str, str], mark: str, paper: str
) -> None:
    assert contrast(colours[mark], colours[paper]) >= MARK


@pytest.mark.parametrize(
    ("front", "back"),
    [
        ("govuk-text-colour", "paper"),
        ("quiet", "paper"),
        ("quiet", "card"),
        ("govuk-link-colour", "paper"),
        ("govuk-link-visited-colour", "paper"),
        ("accent", "paper"),
        ("accent", "accent-soft"),
        ("danger", "paper"),
        ("danger", "danger-soft"),
        ("good", "good-soft"),
        ("plum", "plum-soft"),
        ("brand", "brand-soft"),
        ("card", "brand"),
        ("card", "brand-deep"),
        ("card", "accent"),
        ("card", "danger"),
        ("ink", "focus"),
    ],
)
def test_words_can_be_read(colours: dict[str, str], front: str, back: str) -> None:
    assert contrast(colours[front], colours[back]) >= TEXT


@pytest.mark.parametrize("around", ["brand-deep", "ink"])
def test_focus_stands_out_in_the_header_and_beside_its_own_edge(colours: dict[str, str], around: str) -> None:
    # On paper the focused thing also gets an edge of ink, which stands out from paper and focus alike.
    assert contrast(colours["focus"], colours[around]) >= MARK
    assert contrast(colours["ink"], colours["paper"]) >= MARK
    assert contrast(colours["ink"], colours["card"]) >= MARK
