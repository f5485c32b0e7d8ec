"""One person at the API: her requests, and what they must be answered with."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit
from uuid import uuid4

API = "/api/v1"
TIMEOUT_S = 30.0
PATIENCE_S = 30.0
T = TypeVar("T")


class StepFailed(Exception):
    """A step did not come out right; the words say what was wrong."""


def expect(condition: object, words: str) -> None:
    """Fail the step, in these words, unless the condition holds."""
    if not condition:
        raise StepFailed(words)


def eventually(look: Callable[[], T | None], words: str, *, every_s: float = 0.1) -> T:
    """What ``look`` finds, asked again while the worker works; fails the step where it never comes."""
    deadline = time.monotonic() + PATIENCE_S
    while not (found := look()):
        expect(time.monotonic() < deadline, f"{words} (waited {PATIENCE_S:.0f} s)")
        time.sleep(every_s)
    return found


@dataclass(frozen=True)
class Answer:
    """What the API answered."""

    status: int
    body: Any
    etag: str | None
    text: str

    def names(self, *secrets: str) -> list[str]:
        """Which of these words stand anywhere in the answer."""
        return [secret for secret in secrets if secret.lower() in self.text.lower()]


class Person:
    """Somebody at the API, signed in or not."""

    def __init__(self, title: str, address: str, token: str | None = None, account_id: str = "") -> None:
        self.title = title
        self.token = token
        self.account_id = account_id
        self._place = urlsplit(address).netloc
        self._connection: http.client.HTTPConnection | None = None

    def ask(self, method: str, path: str, body: object = None, *, version: str | int | None = None) -> Answer:
        """Send a request; any answer is good."""
        headers = {"Accept": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if method != "GET":
            headers["Idempotency-Key"] = str(uuid4())
            headers["Content-Type"] = "application/json"
        if version is not None:
            headers["If-Match"] = version if isinstance(version, str) else f'"{version}"'
        content = None if body is None and method == "GET" else json.dumps(body or {})
        return self._send(method, path if path.startswith("/") else f"{API}/{path}", content, headers)

    def get(self, path: str) -> Answer:
        """Read; fails the step unless it is answered with 200."""
        return self._good("GET", path, self.ask("GET", path))

    def post(self, path: str, body: object = None, *, version: str | int | None = None) -> Answer:
        """Send; fails the step unless it is carried out."""
        return self._good("POST", path, self.ask("POST", path, body, version=version))

    def move(self, path: str, move: str, body: object = None) -> Answer:
        """Make a move on the version that is there now."""
        return self.post(f"{path}/{move}", body, version=self.get(path).etag)

    def refused(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        status: int,
        version: str | int | None = None,
    ) -> Answer:
        """Send what must be refused, with this status and no other."""
        answer = self.ask(method, path, body, version=version)
        expect(answer.status == status, f"{method} {path} answered {answer.status}, not {status}")
        return answer

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _good(self, method: str, path: str, answer: Answer) -> Answer:
        expect(200 <= answer.status < 300, f"{method} {path} answered {answer.status}: {answer.text[:600]}")
        return answer

    def _send(self, method: str, path: str, content: str | None, headers: dict[str, str]) -> Answer:
        if self._connection is None:
            self._connection = http.client.HTTPConnection(self._place, timeout=TIMEOUT_S)
        try:
            self._connection.request(method, path, content, headers)
            response = self._connection.getresponse()
            text = response.read().decode()
        except (OSError, http.client.HTTPException) as error:
            self.close()  # half an answer must not be taken for the next one's
            raise StepFailed(f"{method} {path} was not answered: {type(error).__name__}") from error
        is_json = "json" in (response.getheader("Content-Type") or "")
        body = json.loads(text) if is_json and text else None
        return Answer(response.status, body, response.getheader("ETag"), text)
