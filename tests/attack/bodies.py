"""Bodies that could be meant, made from a schema, and the ways to spoil them."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from marshmallow import Schema, fields, validate

HUGE = int("9" * 400)
TODAY = "2026-11-21"

# What no field of ours can hold, or few: text, numbers, lists and objects in the wrong place.
NASTY: tuple[Any, ...] = (
    "", " ", "x" * 30_000, "\0", "a\0b", "\ud800", "\udfff tail", "'; DROP TABLE client; --", "' OR 1=1 --",
    "<script>alert(1)</script>", "{{7*7}}", "../../etc/passwd", "\r\nSet-Cookie: a=b", "٣", "\u202e\u200f",
    -1, 0, 10**12, 2**63, -(2**63), HUGE, 1e308, float("nan"), float("inf"), -float("inf"), 0.1, True, None,
    [], {}, [[[[]]]], {"a": {"b": []}}, ["\0"], [None], [{}], {"$ne": None}, {"\ud800": 1}, [1] * 3000,
    "00000000-0000-0000-0000-000000000000", "not-an-id", "2026-02-30", "0000-00-00", "9999-12-31T25:61:61Z",
    "+0000000000000000000000000", "%00", "\uffff", "true", "NaN",
)  # fmt: skip

# Whole bodies that no parser of ours takes.
BROKEN: tuple[bytes, ...] = (
    b"", b"{", b"\xff\xfe", b"\xc3\x28", b"null", b"[1]", b'"x"', b"true", b"NaN", b"Infinity", b"9" * 5000,
    b'{"a":' * 50_000, b"[" * 100_000, b'{"a":1,}', b'{"a":NaN}', b'{"\\ud800":"\\udc00"}', b'{"a":"\xff"}',
    b'{"a":1}{"b":2}', b"\0", b"<x/>", b"a=1&a=%FF%FE&%00=%ZZ", b'{"a": 1e999999}',
)  # fmt: skip
CONTENT_TYPES = (
    "application/json", "application/json; charset=utf-7", "application/problem+json", "text/plain", "",
    "application/xml", "application/x-www-form-urlencoded", "multipart/form-data", "x/y; boundary=\"",
    "multipart/form-data; boundary=x", "application/octet-stream", "application/json, text/html", "\u00fc",
)  # fmt: skip
EVIL = "evil.example"
ADDRESSES = (
    "%00", "..%2f..", "%2e%2e", "%ff%fe", "%ed%a0%80", "0", "-1", "*", "a" * 3000, "%0d%0aSet-Cookie:a=b", "{7*7}",
    "00000000-0000-0000-0000-00000000000g", "%252e", "%u0041", "null", "[]", "0x1", "%2e%2e%5c%2e%2e", ";id=1",
)  # fmt: skip
COOKIES = (
    "", "network=x", "network=" + "A" * 43, "network=" + "A" * 5000, "network=\u00ff", "network=; network=y",
    "network_form=.eJw.x.y", "network=%00", 'network="a;b"', ";;;=", "network=../../x", "network=" + "0" * 200,
)  # fmt: skip
QUERIES = (
    "cursor=x", "cursor=" + "A" * 2000, "cursor=%00", "cursor=%ed%a0%80", "cursor=AAAAAAAAAAAAAAAAAAAAAAA",
    "limit=-1", "limit=99999999999999999999", "limit=NaN", "limit=0", "limit=1e3", "limit=&limit=2", "size=-1",
    "done=maybe", "case_id=x", "state=%27", "a=" + "b" * 5000, "&&&=", "%ff=%ff", "next=//elsewhere.example",
    "page=-1", "day=x", "arrival_on=2026-99-99", "need=x", "search=x", "client_id=0", "q[]=1", "parent=x",
    "case_id=00000000-0000-7000-8000-000000000000", "search=00000000-0000-7000-8000-000000000000", "lang=\u00fc",
)  # fmt: skip
HEADERS: tuple[dict[str, str], ...] = (
    {"X-Forwarded-Host": EVIL, "X-Forwarded-Proto": "javascript", "X-Forwarded-For": "\u00ff"},
    {"Forwarded": f"host={EVIL};proto=https;for=unknown"},
    {"Host": EVIL},
    {"Host": "a b"},
    {"Host": ""},
    {"X-Original-URL": "/staff", "X-Rewrite-URL": "/staff", "X-HTTP-Method-Override": "DELETE"},
    {"Range": "bytes=0-9999999999,5-1", "If-None-Match": "*", "If-Modified-Since": "yesterday"},
    {"Accept-Language": "x" * 4000, "Accept-Encoding": "gzip;q=x", "Accept": "\u00ff/*"},
    {"HX-Request": "true", "HX-Current-URL": f"https://{EVIL}/", "HX-Target": "<x>"},
    {"Content-Length": "-1"},
    {"Content-Type": "application/json"},
    {"X-Request-ID": "x\ty" * 90},
    {"Cookie": "language=../../etc; language=\u00ff"},
)


def plausible(chance: Random, schema: Schema, ids: list[str], *, whole: bool = False) -> dict[str, Any]:
    """An object that the schema may well take; ``ids`` are what an identifier is chosen from."""
    made = {}
    for name, field in schema.fields.items():
        if field.dump_only or not (field.required or whole or chance.random() < 0.5):
            continue
        made[field.data_key or name] = _value(chance, field, ids)
    return made


def _value(chance: Random, field: Any, ids: list[str]) -> Any:
    choices = next((v.choices for v in field.validators if isinstance(v, validate.OneOf)), None)
    if choices:
        return chance.choice(list(choices))
    if isinstance(field, fields.Nested):
        one = plausible(chance, field.schema, ids)
        return [one] if field.many else one
    if isinstance(field, fields.List):
        return [_value(chance, field.inner, ids)]
    if isinstance(field, fields.UUID):
        return chance.choice(ids)
    if isinstance(field, fields.Boolean):
        return chance.random() < 0.5
    if isinstance(field, fields.Integer):
        return 3
    if isinstance(field, fields.Number):
        return "12.50" if isinstance(field, fields.Decimal) else 12.5
    if isinstance(field, fields.DateTime):
        return TODAY if isinstance(field, fields.Date) else f"{TODAY}T09:30:00+00:00"
    if isinstance(field, fields.Time):
        return "09:30"
    if isinstance(field, fields.Email):
        return "somebody@example.org"
    if isinstance(field, fields.Dict):
        return {}
    return "Something plausible"


def spoilt(chance: Random, body: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """The body with something wrong in it: a field of the wrong kind, missing, too many, or unknown."""
    made = dict(body)
    kind = chance.randrange(6)
    if kind == 0 and made:
        made.pop(chance.choice(sorted(made)))
    elif kind == 1:
        made[chance.choice(["tenant_id", "restricted_by", "__proto__", "is_admin", "\0", "a.b.c"])] = "x"
    elif kind == 2:
        for name in names:
            made[name] = chance.choice(NASTY)
    elif names:
        made[chance.choice(names)] = chance.choice(NASTY)
    return made


def as_json(body: Any) -> bytes:
    """JSON as a careless program writes it: not a number, half pairs and endless numbers included."""
    return json.dumps(body, default=str).encode("utf-8", "surrogatepass")


def as_form(body: dict[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """The fields of a form that says the same: nested ones with dots."""
    sent: list[tuple[str, str]] = []
    for name, value in body.items():
        path = f"{prefix}{name}"
        if isinstance(value, dict):
            sent += as_form({str(key): inner for key, inner in value.items()}, f"{path}.")
        elif isinstance(value, list):
            for place, inner in enumerate(value[:50]):
                if isinstance(inner, dict):
                    sent += as_form(inner, f"{path}.{place}.")
                else:
                    sent.append((path, _text(inner)))
        else:
            sent.append((path, _text(value)))
    return sent


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return (
        "" if value is None else str(value) if not isinstance(value, int) or abs(value) < 2**64 else "9" * 400
    )
