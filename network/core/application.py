"""The application itself, for what goes on after the context in which it was asked for."""

from __future__ import annotations

from typing import cast

from flask import Flask, current_app


def this_application() -> Flask:
    """The application behind Flask's proxy, which ends with its context."""
    return cast(Flask, current_app._get_current_object())  # type: ignore[attr-defined]  # werkzeug's proxies hide it
