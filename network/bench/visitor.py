"""Somebody at a browser, as far as a measurement needs one: a kept connection, cookies and the tokens of forms."""

from __future__ import annotations

import gzip
import html
import http.client
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

TIMEOUT_S = 60.0
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Unexpected(RuntimeError):
    """An answer that a measurement cannot count."""


@dataclass(frozen=True)
class Ask:
    """One request. ``form`` is what a person would send; the tokens of a form are added by who sends it.

    ``expects`` is the status that it is answered with; ``mark`` tells the floor which page is asked for;
    ``part``: htmx asks for it, to put it into a page.
    """

    method: str
    path: str
    form: tuple[tuple[str, str], ...] = ()
    expects: int = 200
    mark: str = ""
    part: bool = False


@dataclass(frozen=True)
class Answer:
    """What came back. ``body`` is as it travelled: compressed, where it was."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text, unpacked."""
        body = gzip.decompress(self.body) if self.headers.get("content-encoding") == "gzip" else self.body
        return body.decode()


class Visitor:
    """One browser at ``address``. Not for several threads at once."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.cookies: dict[str, str] = {}
        self.csrf_token = ""
        self._connection: http.client.HTTPConnection | None = None

    def sign_in(self, email: str, password: str) -> None:
        """Sign in as a person does: on the page, with its form."""
        self.csrf_token = self._token_of(self.send(Ask("GET", "/sign-in")))
        form = (("email", email), ("password", password))
        self.send(Ask("POST", "/sign-in", form, expects=303))
        self.csrf_token = self._token_of(self.send(Ask("GET", "/account")))

    def at(self, address: str) -> Visitor:
        """The same person at another address, with the same session."""
        other = Visitor(address)
        other.cookies, other.csrf_token = dict(self.cookies), self.csrf_token
        return other

    def send(self, ask: Ask) -> Answer:
        """Send the request and read the whole answer; raises Unexpected for another status."""
        body, headers = self.packed(self.completed(ask))
        connection = self._connected()
        connection.request(ask.method, ask.path, body, headers)
        response = connection.getresponse()
        answer = Answer(
            response.status,
            {name.lower(): value for name, value in response.getheaders()},
            response.read(),
        )
        for line in response.headers.get_all("Set-Cookie", ()):
            self.cookies.update((name, one.value) for name, one in SimpleCookie(line).items())
        if answer.status != ask.expects:
            said = answer.text[:2000] if answer.status >= 400 else answer.headers.get("location", "")
            raise Unexpected(f"{ask.method} {ask.path} answered {answer.status}, not {ask.expects}: {said}")
        return answer

    def reconnect(self) -> None:
        """Drop the connection: the next request may reach another worker of the server."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def completed(self, ask: Ask) -> Ask:
        """The request with what a page of ours would add to its form."""
        if ask.method == "GET":
            return ask
        tokens = (("csrf_token", self.csrf_token), ("idempotency_key", str(uuid.uuid4())))
        return replace(ask, form=(*tokens, *ask.form))

    def packed(self, ask: Ask) -> tuple[bytes | None, dict[str, str]]:
        """The body and the headers of a completed request."""
        headers = {
            "Accept": "text/html",
            "Accept-Encoding": "gzip",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        if ask.mark:
            headers["X-Floor"] = ask.mark
        if ask.part:
            headers["HX-Request"] = "true"
        if ask.method == "GET":
            return None, headers
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        return urlencode(ask.form).encode(), headers

    def _connected(self) -> http.client.HTTPConnection:
        if self._connection is None:
            parts = urlsplit(self.address)
            self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=TIMEOUT_S)
        return self._connection

    @staticmethod
    def _token_of(answer: Answer) -> str:
        found = _TOKEN.search(answer.text)
        if found is None:
            raise Unexpected("the page has no form")
        return html.unescape(found[1])
