"""The address of the page that is shown: where Back, a reload or the switch of language lead without sending again."""

from __future__ import annotations

from flask import current_app, request
from werkzeug.exceptions import HTTPException


def page_address() -> str:
    """The address that opens this page, or, where it answers a form that has no page of its own, the nearest
    page above it."""
    if request.method in ("GET", "HEAD"):
        return request.full_path.rstrip("?")
    return request.full_path.rstrip("?") if _opens(request.path) else page_above()


def page_above() -> str:
    """The nearest page above the address of this request; the first page where there is none."""
    path = request.path.rstrip("/")
    while path := path.rpartition("/")[0]:
        if _opens(path):
            return path
    return "/"


def _opens(path: str) -> bool:
    """Whether a page answers there."""
    try:
        current_app.url_map.bind_to_environ(request.environ).match(path, method="GET")
    except HTTPException:
        return False
    return True
