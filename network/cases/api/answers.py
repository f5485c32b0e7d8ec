"""What the API of clients and cases answers with."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import Response, jsonify, url_for
from flask_smorest import Blueprint

from network.audit.trail import record
from network.cases import queries as read
from network.cases.schemas.answers import (
    CasePageOut,
    ClientPageOut,
)
from network.core.db import unit_of_work
from network.web.doors import run_once
from network.web.versions import etag

blueprint = Blueprint("cases_api", __name__, url_prefix="/api/v1", description="Clients and cases")


def made(operation: Callable[[], UUID]) -> dict[str, UUID]:
    return {"id": run_once(operation)}


def answer_client(client_id: UUID, status: int = 200) -> Response:
    with unit_of_work():
        page = read.client_page(client_id)
        record("viewed", "client", client_id)
    response = jsonify(ClientPageOut().dump(page))
    response.status_code = status
    response.headers["ETag"] = etag(page.client)
    response.headers["Location"] = url_for("cases_api.client", client_id=client_id)
    return response


def answer_case(case_id: UUID, status: int = 200) -> Response:
    with unit_of_work():
        page = read.case_page(case_id)
        record("viewed", "case", case_id)
    response = jsonify(CasePageOut().dump(page))
    response.status_code = status
    response.headers["ETag"] = etag(page.case)
    response.headers["Location"] = url_for("cases_api.case", case_id=case_id)
    return response
