"""A page as an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue


def answer_with(
    template: str, errors: Mapping[str, Sequence[str]] | None = None, *, status: int = 0, **about: Any
) -> ResponseReturnValue:
    """A page; with errors it comes back as a 422, with what was typed still there."""
    given = {"errors": errors or {}, "values": request.form, **about}
    return render_template(f"{template}.html", **given), status or (422 if errors else 200)
