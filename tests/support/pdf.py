"""Reading a PDF back: its text page by page, and what its pages are made of."""

from __future__ import annotations

from io import BytesIO

from pypdf import PdfReader

# What a glyph stands for that is part of its neighbour.
_NOTHING = "\u200b"


def reader(content: bytes) -> PdfReader:
    """The file, opened strictly: what is wrong in it is an error."""
    return PdfReader(BytesIO(content), strict=True)


def pages(content: bytes) -> list[str]:
    """The text of each page, with single spaces."""
    return [
        " ".join(page.extract_text().replace(_NOTHING, "").replace("\u00a0", " ").split())
        for page in reader(content).pages
    ]


def text_of(content: bytes) -> str:
    """The text of all pages."""
    return " ".join(pages(content))
