"""Our profile on HSDS: whom a service takes, what it does, how its residents live."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from network.core.db import Base
from network.directory.models.owners import of_steward
from network.directory.states import PRACTICE_KINDS
from network.tenants.models import one_of


class ServiceEligibility(Base):
    """One condition that a service sets. A criterion without a row is unknown: neither yes nor no."""

    __tablename__ = "service_eligibility"
    __table_args__: Any = (
        of_steward("service_id", "service"),
        UniqueConstraint("service_id", "criterion"),
        {"info": {"kind": "shared"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    service_id: Mapped[UUID]
    steward_tenant_id: Mapped[UUID]
    criterion: Mapped[str]
    value: Mapped[Any] = mapped_column(JSONB)


class ServicePractice(Base):
    """A practice that a client must hear of before she agrees, or a rule that residents live under."""

    __tablename__ = "service_practice"
    __table_args__: Any = (
        of_steward("service_id", "service"),
        CheckConstraint(one_of("kind", PRACTICE_KINDS), name="kind"),
        UniqueConstraint("service_id", "kind", "code"),
        {"info": {"kind": "shared"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    service_id: Mapped[UUID]
    steward_tenant_id: Mapped[UUID]
    kind: Mapped[str]
    code: Mapped[str]
    value: Mapped[str]
