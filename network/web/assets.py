"""Finds the built stylesheets and scripts by their plain names, and serves them.

``make setup`` builds them; each file name carries a hash of its content, so a browser keeps it for ever.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

from flask import Flask
from whitenoise import WhiteNoise

FOLDER = Path(__file__).resolve().parent.parent / "static" / "vendor"
PREFIX = "/assets/"
_HASHED = re.compile(r"\.[0-9a-f]{10}\.\w+$")


class AssetsMissing(RuntimeError):
    """The assets were not built; ``make setup`` builds them."""


@cache
def manifest() -> dict[str, str]:
    """Plain name to hashed name of every built file; raises AssetsMissing."""
    try:
        content = json.loads((FOLDER / "manifest.json").read_text("utf-8"))
    except FileNotFoundError as wrong:
        raise AssetsMissing("The stylesheets and scripts are not built yet: run `make setup`.") from wrong
    files: dict[str, str] = content["files"]
    return files


def asset(name: str) -> str:
    """The address of a built file: ``asset('app.css')`` -> ``/assets/app.3f9c2a71b0.css``. KeyError if unknown."""
    return PREFIX + manifest()[name]


def serve_assets(app: Flask) -> None:
    """Serve the built files in front of the application, compressed, and kept by browsers for ever."""
    manifest()  # a missing build stops the start, not the first visitor
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]  # how Flask wants WSGI wrapped
        app.wsgi_app,
        root=FOLDER,
        prefix=PREFIX,
        max_age=60,
        allow_all_origins=False,
        immutable_file_test=lambda _path, url: _HASHED.search(url) is not None,
    )
