"""Requests made up from the API's own document: none fails, and none is answered as the document does not say."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings

from network.directory.hsds import document
from tests.factories import Listed

OPERATIONS = [
    (path, method) for path, item in document.paths().items() for method in item if method != "parameters"
]


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_answer_is_as_the_document_says(app: Flask, rich: Listed, path: str, method: str):
    described = schemathesis.openapi.from_wsgi("/hsds/v3/openapi.json", app)

    @given(case=described[path][method].as_strategy())
    @settings(
        max_examples=5,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def check(case: Any) -> None:
        case.call_and_validate(headers={"Accept-Encoding": "identity"})

    check()
