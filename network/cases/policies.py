"""May this identity do this to this client or case? Who sees a record at all is the database's answer."""

from __future__ import annotations

from flask_babel import gettext as _

from network.cases.models import CaseFile, Client
from network.cases.states import CaseState, Custody
from network.core.errors import Conflict, Forbidden
from network.tenants.context import Identity


def check_keeps_cases(identity: Identity) -> None:
    """Cases are kept by centres: neither a partner nor the headquarters has any. Raises Forbidden."""
    if identity.kind == "staff" and identity.tenant_kind != "centre":
        raise Forbidden(_("Cases are kept by centres."))
    if identity.kind not in ("staff", "job"):
        raise Forbidden(_("Cases are kept by centres."))


def check_may_write_case(identity: Identity, case: CaseFile) -> None:
    """A case that was handed over, or closed, is read-only. Raises Forbidden or Conflict."""
    check_keeps_cases(identity)
    if case.custody == Custody.HANDED_OVER:
        raise Conflict(_("This case was handed over to another centre. It can be read, not changed."))
    if case.state == CaseState.CLOSED:
        raise Conflict(_("This case is closed. Reopen it to go on working on it."))


def check_may_move_case(identity: Identity, case: CaseFile) -> None:
    """A case that was handed over stays as it is. Raises Forbidden or Conflict."""
    check_keeps_cases(identity)
    if case.custody == Custody.HANDED_OVER:
        raise Conflict(_("This case was handed over to another centre. It can be read, not changed."))


def check_may_reach(client: Client) -> None:
    """Nobody reaches a client who wants no contact, or who died. Raises Conflict."""
    if client.contact_stopped_at is not None:
        raise Conflict(_("All contact with this client has been stopped."))
