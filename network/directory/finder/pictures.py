"""The finder's own pictures, 24 by 24, drawn in lines of the colour of the text. Beside each stand words."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import cast

from markupsafe import Markup

DRAWINGS = Path(__file__).parent.parent / "data" / "pictures.json"
FRAME = '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>'


def drawing(code: str) -> Markup:
    """The drawing of a need, of a group of needs, or of one of our own words such as ``call``. A need that has none
    of its own shows the one of its group."""
    return Markup(FRAME).format(Markup(shapes_of(code)))  # noqa: S704  # our own drawings, from our own file


def shapes_of(code: str) -> str:
    """The same without a frame, to be drawn on paper."""
    drawn = _drawings()
    shapes, of = drawn["shapes"], drawn["of"]
    return shapes[code if code in shapes and code not in of else of.get(code) or of[code.split(".")[0]]]


@cache
def _drawings() -> dict[str, dict[str, str]]:
    return cast("dict[str, dict[str, str]]", json.loads(DRAWINGS.read_text("utf-8")))
