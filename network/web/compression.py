"""Pages and JSON answers leave compressed: connections are slow, and a list shrinks to a fifth.

A page that holds a secret token beside words from outside can leak it by its compressed length. Cookies are
SameSite, so a stranger's page cannot ask for ours unseen; and every answer gets a random length on top, in the
file name field of the gzip header, which browsers pass over.
"""

from __future__ import annotations

import secrets
import struct
import zlib
from typing import Final

from flask import Flask, Response, request

SMALLEST_BYTES: Final = 860
KINDS: Final = frozenset({"text/html", "application/json", "application/problem+json", "text/plain"})
LEVEL: Final = 5
MOST_PADDING: Final = 64
_NAMED: Final = 8


def gzipped(body: bytes, padding: int) -> bytes:
    """The body as gzip, its header holding a name of ``padding`` letters."""
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    head = struct.pack("<BBBBIBB", 0x1F, 0x8B, 8, _NAMED, 0, 0, 255) + b"x" * padding + b"\0"
    tail = struct.pack("<II", zlib.crc32(body), len(body) & 0xFFFFFFFF)
    return head + packer.compress(body) + packer.flush() + tail


def _compress(response: Response) -> Response:
    if response.mimetype not in KINDS or response.direct_passthrough or response.is_streamed:
        return response
    response.vary.add("Accept-Encoding")
    if response.status_code in {204, 206, 304} or "Content-Encoding" in response.headers:
        return response
    body = response.get_data()
    if len(body) < SMALLEST_BYTES or not request.accept_encodings["gzip"]:
        return response
    response.set_data(gzipped(body, secrets.randbelow(MOST_PADDING)))
    response.headers["Content-Encoding"] = "gzip"
    return response


def compress_answers(app: Flask) -> None:
    """Compress what browsers and programs accept compressed. Registered first, so that it runs last."""
    app.after_request(_compress)
