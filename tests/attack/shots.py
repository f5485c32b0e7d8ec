"""One wrong or hostile request, and every way we know to make one."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any
from urllib.parse import quote

import orjson
from flask import Flask
from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict

from network.core.errors import DomainError
from network.web import forms
from tests.attack import bodies
from tests.attack.targets import Target

# Every member may read these: to ask for another's is no attack.
SHARED = frozenset(
    {"agreement_id", "at_location_id", "corridor_id", "location_id", "organization_id", "service_id"}
    | {"taxonomy_id", "taxonomy_term_id", "tenant_id", "term_id"}
)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "CONNECT")
ODD_QUERY, ODD_HEADERS = "the query is odd", "the headers are odd"


@dataclass(frozen=True)
class Shot:
    """A request and what is wrong with it."""

    method: str
    path: str
    what: str
    headers: dict[str, str] = field(default_factory=dict)
    data: Any = None
    content_type: str | None = None
    query: str = ""
    signed_out: bool = False

    def __str__(self) -> str:
        body = self.data if not isinstance(self.data, bytes) else self.data[:300]
        return (
            f"{self.what}: {self.method} {self.path}{'?' if self.query else ''}{self.query} {self.content_type} "
            f"{self.headers} {body!r:.600}"
        )


@dataclass(frozen=True)
class Hand:
    """Who shoots: the ids of her own tenant and of others, by the name of the argument; her CSRF token."""

    app: Flask
    chance: Random
    own: dict[str, list[str]]
    others: dict[str, list[str]]
    csrf: Callable[[], str]
    someone_elses_csrf: str

    def ids(self, target: Target, *, foreign: str = "") -> dict[str, str]:
        """What stands in the address: her own, and another's for the argument named."""
        found = {}
        for name in sorted(target.rule.arguments):
            known = self.others if name == foreign else self.own
            typed = f"<uuid:{name}>" in target.rule.rule
            found[name] = self.chance.choice(known.get(name) or [str(uuid.uuid4())]) if typed else "intake"
        return found

    def path(self, target: Target, ids: dict[str, str]) -> str:
        """The address with these ids."""
        made = target.rule.rule
        for name, value in ids.items():
            made = made.replace(f"<uuid:{name}>", value).replace(f"<{name}>", value)
        return made

    def body(self, target: Target, *, whole: bool = False) -> dict[str, Any]:
        """A body that may well be taken."""
        if target.schema is None:
            return {}
        known = [one for ids in self.own.values() for one in ids[:3]] or [str(uuid.uuid4())]
        return bodies.plausible(self.chance, target.schema(), known, whole=whole)

    def aimed(self, target: Target, what: str, body: dict[str, Any] | None = None, **ids: str) -> Shot:
        """The request as a program or page of ours would send it, apart from what the caller spoils."""
        path = self.path(target, self.ids(target) | ids)
        if not target.changes:
            return Shot(target.method, path, what)
        headers = {"Idempotency-Key": str(uuid.uuid4()), "X-CSRFToken": self.csrf(), "If-Match": '"1"'}
        body = self.body(target) if body is None else body
        if target.is_api:
            return Shot(target.method, path, what, headers, bodies.as_json(body), "application/json")
        sent = bodies.as_form(body | {"version": "1"})
        return Shot(
            target.method, path, what, headers, _urlencoded(sent), "application/x-www-form-urlencoded"
        )

    def is_taken(self, target: Target, body: dict[str, Any]) -> bool:
        """Whether the schema takes this body after all: then it is no attack."""
        if target.schema is None:
            return True
        with self.app.test_request_context():
            try:
                if target.is_api:
                    target.schema().load(orjson.loads(bodies.as_json(body)))
                else:
                    forms.load(target.schema, MultiDict(_arriving(bodies.as_form(body))))
            except (ValidationError, DomainError, ValueError):
                return False
            return True


def _arriving(sent: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The fields as they are read: half characters become the sign for what cannot be read."""
    return [
        tuple(text.encode("utf-8", "surrogatepass").decode("utf-8", "replace") for text in pair)
        for pair in sent
    ]


def _urlencoded(sent: list[tuple[str, str]]) -> bytes:
    return "&".join(
        f"{quote(name, errors='surrogatepass')}={quote(value, errors='surrogatepass')}"
        for name, value in sent
    ).encode()


Attack = Callable[[Hand, Target], Shot | None]


def wrong_field(hand: Hand, target: Target) -> Shot | None:
    """A field of the wrong kind, missing, unknown, or all of them wrong."""
    if target.schema is None or not target.changes:
        return None
    names = [one.data_key or name for name, one in target.schema().fields.items() if not one.dump_only]
    for _ in range(8):
        body = bodies.spoilt(hand.chance, hand.body(target), names)
        if not hand.is_taken(target, body):
            return hand.aimed(target, "a field is wrong", body)
    return None


def broken_body(hand: Hand, target: Target) -> Shot | None:
    """A body that nobody can read, or in a kind of content that it is not."""
    if not target.is_api or not target.changes or target.schema is None:
        return None
    data = hand.chance.choice(bodies.BROKEN)
    kind = "application/json" if hand.chance.random() < 0.6 else hand.chance.choice(bodies.CONTENT_TYPES)
    if not any(one.required for one in target.schema().fields.values()) and kind != "application/json":
        return None  # nothing that it needs is missing
    if data in (b"", b"{}") and not any(one.required for one in target.schema().fields.values()):
        return None
    return replace(hand.aimed(target, "the body is broken"), data=data, content_type=kind)


def huge_body(hand: Hand, target: Target) -> Shot | None:
    """More than a megabyte."""
    if not target.changes or hand.chance.random() > 0.15:
        return None
    aimed = hand.aimed(target, "the body is huge")
    start = b'{"text": "' if target.is_api else b"text="
    if target.is_api and target.schema is None:
        return None  # nothing of its body is read
    return replace(aimed, data=start + b"x" * (1024 * 1024 + 1))


def no_token(hand: Hand, target: Target) -> Shot | None:
    """A CSRF token that is missing, spoilt, or another visitor's."""
    if not target.changes:
        return None
    aimed = hand.aimed(target, "the CSRF token is bad")
    bad = hand.chance.choice(["", "x", "\u00ff" * 20, hand.someone_elses_csrf, hand.csrf()[:-3] + "abc"])
    headers = {name: value for name, value in aimed.headers.items() if name != "X-CSRFToken"}
    if bad:
        headers["X-CSRFToken"] = bad
    if hand.chance.random() < 0.3:
        headers["Authorization"] = hand.chance.choice(
            ["Bearer", "Bearer ", "bearer  ", "Bearer x=y", "Bearer \t"]
        )
    return replace(aimed, headers=headers)


def no_key(hand: Hand, target: Target) -> Shot | None:
    """An idempotency key that is missing or none."""
    if not target.changes or not target.runs_once:
        return None
    aimed = hand.aimed(target, "the idempotency key is bad")
    bad = hand.chance.choice(
        ["", "short", "x" * 101, "key with spaces", "\u00e9" * 10, "a;DROP TABLE", "{}" * 10]
    )
    return replace(aimed, headers=aimed.headers | {"Idempotency-Key": bad})


def bad_version(hand: Hand, target: Target) -> Shot | None:
    """A version that never was, or no version."""
    if not target.changes or not target.needs_version:
        return None
    bad = hand.chance.choice(
        ["", "*", "x", '"', '"-1"', '"999999999999"', '"1", "2"', "1", '"٣"', "0", '"777777"']
    )
    aimed = hand.aimed(target, "the version is bad")
    if target.is_api:
        return replace(aimed, headers=aimed.headers | {"If-Match": bad})
    body = [*bodies.as_form(hand.body(target)), ("version", bad.strip('"') if bad != "1" else "")]
    return replace(aimed, data=_urlencoded(body))


def another_tenants_id(hand: Hand, target: Target) -> Shot | None:
    """The id of a record of another centre, or of one that does not exist."""
    names = [one for one in target.rule.arguments if one.endswith("_id") and one not in SHARED]
    names = [one for one in names if f"<uuid:{one}>" in target.rule.rule]
    if not names or target.rule.rule.startswith("/drafts/"):
        return None  # a draft is one's own, whatever it is about
    return hand.aimed(
        target, "the id is another's", None, **hand.ids(target, foreign=hand.chance.choice(names))
    )


def an_id_of_another_kind(hand: Hand, target: Target) -> Shot | None:
    """The id of a record of one's own at the door of another kind: a referral's at a handoff's."""
    names = [one for one in target.rule.arguments if f"<uuid:{one}>" in target.rule.rule]
    if not names or target.rule.rule.startswith("/drafts/"):
        return None  # a draft is one's own, whatever it is about
    name = hand.chance.choice(names)
    right = {*hand.own.get(name, ()), *hand.others.get(name, ())}
    pools = [sorted({*ids} - right) for kind, ids in sorted(hand.own.items()) if kind != name]
    pools = [ids for ids in pools if ids]
    if not pools:
        return None
    wrong = hand.chance.choice(hand.chance.choice(pools))
    return hand.aimed(target, "the id is of another kind", None, **hand.ids(target) | {name: wrong})


def unusable_address(hand: Hand, target: Target) -> Shot | None:
    """Dots, NUL, half characters and other nonsense where an id or a folder belongs."""
    wrong = hand.chance.choice(bodies.ADDRESSES)
    path = hand.path(target, hand.ids(target))
    if target.rule.arguments:
        ids = dict.fromkeys(target.rule.arguments, wrong)
        path = hand.path(target, ids)
        if "<token>" not in target.rule.rule and "<uuid:" not in target.rule.rule:
            return None
    else:
        path = f"{path.rstrip('/')}/{wrong}"
    aimed = hand.aimed(target, "the address is unusable", {})
    return replace(aimed, path=path)


def wrong_method(hand: Hand, target: Target) -> Shot | None:
    """A method that this address does not take."""
    path = hand.path(target, hand.ids(target))
    allowed = set(hand.app.url_map.bind("localhost").allowed_methods(path))
    method = hand.chance.choice([one for one in METHODS if one not in allowed])
    return replace(hand.aimed(target, "the method is wrong"), method=method, path=path)


def signed_out(hand: Hand, target: Target) -> Shot | None:
    """No session, or a cookie that was made up."""
    if target.guard == "public":
        return None
    bad = hand.chance.choice(bodies.COOKIES)
    aimed = hand.aimed(target, "the session is made up")
    headers = aimed.headers | ({"Cookie": bad} if bad else {})
    if hand.chance.random() < 0.3:
        headers["Authorization"] = hand.chance.choice(
            ["Bearer " + "A" * 43, "Basic eDp5", "Bearer \u00e9", "Digest x"]
        )
    return replace(aimed, headers=headers, signed_out=True)


def odd_question(hand: Hand, target: Target) -> Shot | None:
    """Cursors, sizes and filters that are not ours, in the query of what is only looked at."""
    if target.changes:
        return None
    wrong = hand.chance.choice(bodies.QUERIES)
    return replace(hand.aimed(target, ODD_QUERY), query=wrong)


def odd_headers(hand: Hand, target: Target) -> Shot | None:
    """Hosts, proxies and ranges that somebody made up."""
    if target.changes or target.rule.endpoint in ("health.readyz",):
        return None
    method = hand.chance.choice(["GET", "HEAD", "OPTIONS"])
    headers = hand.chance.choice(bodies.HEADERS)
    return replace(hand.aimed(target, ODD_HEADERS), method=method, headers=headers)


ATTACKS: tuple[Attack, ...] = (
    wrong_field, wrong_field, broken_body, huge_body, no_token, no_key, bad_version, another_tenants_id,
    another_tenants_id, an_id_of_another_kind,
    unusable_address, wrong_method, signed_out, odd_question, odd_headers,
)  # fmt: skip
