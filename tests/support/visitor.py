"""A visitor's browser without a screen: it keeps cookies, and sends forms as our pages would."""

from __future__ import annotations

import hashlib
import os
import uuid
from typing import Any

from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

_FORM_TOKEN = "csrf_token"


class Visitor(FlaskClient):
    """A client whose forms carry a CSRF token and an idempotency key, unless a test gives its own."""

    def send_form(self, path: str, fields: dict[str, Any] | None = None, **more: Any) -> TestResponse:
        """POST a form as a page of ours would. Lists are fields that are sent several times."""
        sent = {"csrf_token": self.csrf_token(), "idempotency_key": str(uuid.uuid4())}
        return self.post(path, data={**sent, **(fields or {}), **more})

    def api(
        self,
        method: str,
        path: str,
        json: Any = None,
        *,
        version: int | None = None,
        key: str | None = None,
        token: str | None = None,
    ) -> TestResponse:
        """A request to the API: with a bearer token if one is given, else with the cookie and a CSRF header."""
        headers = {"Idempotency-Key": key or str(uuid.uuid4())}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        else:
            headers["X-CSRFToken"] = self.csrf_token()
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        body = {} if json is None else {"json": json}
        return self.open(path, method=method, headers=headers, **body)

    def csrf_token(self) -> str:
        """The token that a page of ours would hold for this browser."""
        with self.session_transaction() as session:
            held = session.setdefault(_FORM_TOKEN, hashlib.sha1(os.urandom(64)).hexdigest())
        secret = self.application.secret_key
        return URLSafeTimedSerializer(secret, salt="wtf-csrf-token").dumps(held)
