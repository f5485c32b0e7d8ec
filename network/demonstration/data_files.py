"""The demonstration's data files, read once."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import orjson


@cache
def data_file(name: str) -> dict[str, Any]:
    """One of the package's data files, by its name without the ending."""
    held = resources.files("network.demonstration").joinpath("data", f"{name}.json")
    content: dict[str, Any] = orjson.loads(held.read_bytes())
    return content


def centres() -> list[dict[str, Any]]:
    """Every centre that is live, the real and the invented, in one shape."""
    real = [
        centre | centre["demonstration"] | {"invented": False}
        for centre in data_file("centres")["centres"]
        if centre["status"] == "live"
    ]
    return [*real, *data_file("origin_centres")["centres"]]


def partners() -> list[dict[str, Any]]:
    """Every invented partner organization with its services."""
    listed: list[dict[str, Any]] = data_file("partners")["organizations"]
    return listed
