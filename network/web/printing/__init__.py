"""Setting text in every script on paper: typefaces, shaping, both directions, lines, columns, and the PDF itself.

HarfBuzz shapes; fpdf2 orders what runs both ways, embeds the typefaces and writes the file. It knows nothing of what
is printed: a feature says which lines stand where.
"""

from network.web.printing.flow import Band, Block, Flow, Mark, Sheet, draw_band, gap, height_of
from network.web.printing.paper import A4, A5, Paper, Size
from network.web.printing.setting import (
    Direction,
    SetLine,
    as_it_is,
    isolated,
    readable,
    set_lines,
    unbroken,
)

__all__ = [
    "A4",
    "A5",
    "Band",
    "Block",
    "Direction",
    "Flow",
    "Mark",
    "Paper",
    "SetLine",
    "Sheet",
    "Size",
    "as_it_is",
    "draw_band",
    "gap",
    "height_of",
    "isolated",
    "readable",
    "set_lines",
    "unbroken",
]
