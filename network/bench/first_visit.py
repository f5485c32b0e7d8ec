"""What a first visit of a page fetches with an empty cache: how many requests, and how many bytes as they travel."""

from __future__ import annotations

import re
from dataclasses import dataclass

from network.bench.visitor import Ask, Visitor

_FETCHED = re.compile(r'<(?:link|script|img)\b[^>]*?\b(?:href|src)="(/[^"]+)"')
_LOADED = re.compile(r'<[^>]*\bhx-get="([^"]+)"[^>]*>')
_IN_STYLES = re.compile(r"url\(\s*['\"]?(/[^'\")]+)")


# A first visit asks for no more, on a poor connection.
MOST_REQUESTS = 12
MOST_BYTES = 60_000


@dataclass(frozen=True)
class Visit:
    """Requests and bytes: of the page itself, of styles and scripts, and of parts that it loads by itself."""

    name: str
    requests: int
    page_bytes: int
    asset_bytes: int
    part_bytes: int

    @property
    def total_bytes(self) -> int:
        """All that travels."""
        return self.page_bytes + self.asset_bytes + self.part_bytes

    @property
    def is_light(self) -> bool:
        """Whether it keeps within what a first visit may ask for."""
        return self.requests <= MOST_REQUESTS and self.total_bytes <= MOST_BYTES


def first_visit(name: str, visitor: Visitor, path: str) -> Visit:
    """Fetch a page with all that it needs, as a browser does that was never here."""
    visitor.reconnect()  # the server closes a connection on which nothing was asked for long
    page = visitor.send(Ask("GET", path))
    text = page.text
    assets = list(dict.fromkeys(_FETCHED.findall(text)))
    asset_bytes = 0
    for asset in assets:
        answer = visitor.send(Ask("GET", asset))
        asset_bytes += len(answer.body)
        if asset.endswith(".css"):
            assets += [one for one in _IN_STYLES.findall(answer.text) if one not in assets]
    parts = [
        found[1].replace("&amp;", "&")
        for found in _LOADED.finditer(text)
        if re.search(r'hx-trigger="[^"]*\b(?:load|revealed)', found[0])
    ]
    part_bytes = sum(len(visitor.send(Ask("GET", part, part=True)).body) for part in parts)
    return Visit(name, 1 + len(assets) + len(parts), len(page.body), asset_bytes, part_bytes)
