"""The links at the head of every page: each feature offers its own, a person sees those she may follow."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, has_request_context, request, url_for

from network.tenants.context import find_acting


@dataclass(frozen=True)
class Item:
    """One entry: a lazy label, the endpoint it leads to, the permission it needs, and a count to show beside it.

    Home has order 0, work with people 10 to 40, what is looked up 50 to 70, administration 80 and more.
    """

    label: Any
    endpoint: str
    permission: str | None = None
    count: Callable[[], int] | None = None
    order: int = 50


@dataclass(frozen=True)
class Link:
    """An entry ready to be shown; ``current`` is the value for aria-current, or empty."""

    label: str
    href: str
    current: str
    count: int


def offer(app: Flask, items: Iterable[Item]) -> None:
    """Add entries to the navigation of an application; those of equal order stay as they came."""
    entries: list[Item] = app.extensions.setdefault("navigation", [])
    entries.extend(items)
    entries.sort(key=lambda item: item.order)


def _current(endpoint: str, href: str, addresses: list[str]) -> str:
    """The page itself, or what stands below it; where no entry's address says so, the same feature's entry."""
    if not has_request_context() or request.endpoint is None:
        return ""
    if request.endpoint == endpoint:
        return "page"
    below = [one for one in addresses if request.path == one or request.path.startswith(f"{one}/")]
    if below:
        return "true" if href == max(below, key=len) else ""
    return "true" if request.blueprint and request.blueprint == endpoint.rpartition(".")[0] else ""


def navigation() -> list[Link]:
    """What the person who acts may go to, in order; nothing for somebody signed out."""
    identity = find_acting()
    if identity is None or identity.kind != "staff":
        return []
    offered: list[Item] = current_app.extensions.get("navigation", [])
    items = [item for item in offered if item.permission is None or item.permission in identity.permissions]
    addresses = [url_for(item.endpoint) for item in items]
    return [
        Link(
            str(item.label),
            href,
            _current(item.endpoint, href, addresses),
            item.count() if item.count else 0,
        )
        for item, href in zip(items, addresses, strict=True)
    ]
