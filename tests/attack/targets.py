"""What there is to attack: every route of the application, with what it takes, found from the application itself."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import CodeType
from typing import Any

from flask import Flask
from marshmallow import Schema
from werkzeug.routing import Rule

from network.accounts.guards import Guard
from network.web.forms import RequestSchema
from network.web.security import GUARD, HARMLESS

DEEPEST_CALL = 3
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Target:
    """One method of one route: who may call it, and what its body says."""

    rule: Rule
    method: str
    guard: Any
    schema: type[Schema] | None
    in_query: bool
    names: frozenset[str]
    own_names: frozenset[str]
    harmless: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.rule.rule}"

    @property
    def is_api(self) -> bool:
        """Whether programs call it."""
        return self.rule.rule.startswith(("/api/", "/hsds/"))

    @property
    def changes(self) -> bool:
        """Whether it may change something. A POST of the HSDS API, or of the finder, is a question."""
        return self.method not in SAFE and not self.rule.rule.startswith("/hsds/") and not self.harmless

    @property
    def runs_once(self) -> bool:
        """Whether it demands an idempotency key."""
        return "run_once" in self.names

    @property
    def needs_version(self) -> bool:
        """Whether it surely demands the version that the sender saw: a page may ask for an answer without."""
        return "given_version" in (self.names if self.is_api else self.own_names)

    def admits(self, permissions: frozenset[str]) -> bool:
        """Whether somebody with these permissions may call it."""
        return not isinstance(self.guard, Guard) or self.guard.admits(permissions)


def targets(app: Flask) -> list[Target]:
    """Every method of every route, in the order in which they were registered."""
    found = []
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            schema, in_query, names = _takes(view)
            own = frozenset(_names(inspect.unwrap(view).__code__))
            guard, harmless = getattr(view, GUARD, None), getattr(view, HARMLESS, False)
            found.append(Target(rule, method, guard, schema, in_query, names, own, harmless))
    return found


def _takes(view: Callable[..., Any]) -> tuple[type[Schema] | None, bool, frozenset[str]]:
    """The schema of what the view takes, whether it comes in the query, and every name the view uses."""
    used = dict(_used(inspect.unwrap(view), DEEPEST_CALL))
    for parameter in getattr(view, "_apidoc", {}).get("arguments", {}).get("parameters", []):
        schema = parameter["schema"]
        return _class_of(schema), parameter["in"] == "query", frozenset(used)
    schemas = [one for one in used.values() if isinstance(one, type) and issubclass(one, RequestSchema)]
    return (schemas[0] if schemas else None), "args" in used, frozenset(used)


def _class_of(schema: Any) -> type[Schema]:
    found: type[Schema] = schema if isinstance(schema, type) else type(schema)
    return found


def _used(function: Callable[..., Any], depth: int) -> Iterator[tuple[str, Any]]:
    """Every global that a function names, itself and through the functions of its own module."""
    world = getattr(function, "__globals__", {})
    for name in _names(function.__code__):
        value = world.get(name)
        yield name, value
        if depth and inspect.isfunction(value) and _feature(value) == _feature(function):
            yield from _used(inspect.unwrap(value), depth - 1)


def _feature(function: Callable[..., Any]) -> list[str]:
    """The package of the feature that the function is in."""
    return function.__module__.split(".")[:2]


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)
