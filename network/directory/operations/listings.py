"""Making listings: organizations, who stands behind them, services, locations, and what is offered where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from network.audit.trail import record
from network.core import clock, vocabulary
from network.core.db import db
from network.core.errors import Conflict
from network.core.ids import new_id
from network.directory import fields
from network.directory.models import (
    Organization,
    OrganizationRole,
    Service,
)
from network.directory.operations.details import set_needs
from network.directory.policies import require_headquarters, require_steward
from network.directory.queries import get_organization
from network.directory.states import (
    REFERRAL_METHODS,
    RELATIONS,
    SERVICE_STATUSES,
    VISIBILITIES,
)
from network.tenants.context import acting
from network.tenants.models import Tenant


def create_organization(
    *,
    name: str,
    country: str,
    description: str = "",
    recipient_class: str = "service_provider",
    alternate_name: str | None = None,
    email: str | None = None,
    website: str | None = None,
    parent_organization_id: UUID | None = None,
    visibility: str = "network",
    invented: bool = False,
    verified_on: date | None = None,
) -> UUID:
    """List an organization; whoever acts becomes its steward. ``recipient_class``: what it is to a refusal."""
    if parent_organization_id is not None:
        get_organization(parent_organization_id)
    now = clock.now()
    organization = Organization(
        id=new_id(),
        steward_tenant_id=acting().tenant,
        name=fields.name("name", name),
        alternate_name=fields.optional_text("alternate_name", alternate_name),
        description=fields.optional_text("description", description) or "",
        email=fields.optional_text("email", email),
        website=fields.optional_text("website", website),
        country=fields.country("country", country),
        recipient_class=vocabulary.check("recipient_classes", recipient_class),
        parent_organization_id=parent_organization_id,
        visibility=fields.one_of("visibility", visibility, VISIBILITIES),
        invented=invented,
        verified_on=verified_on,
        created_at=now,
        modified_at=now,
    )
    db.session.add(organization)
    db.session.flush()
    record("organization.created", "organization", organization.id)
    return organization.id


def add_role(
    organization_id: UUID,
    relation: str,
    class_code: str,
    *,
    country: str | None = None,
    name: str | None = None,
    other_organization_id: UUID | None = None,
) -> UUID:
    """State who runs an organization, sits on its board or stands above it. Refusals of clients go by it."""
    organization = get_organization(organization_id)
    require_steward(acting(), organization)
    if other_organization_id is not None:
        if other_organization_id == organization_id:
            raise fields.wrong("other_organization_id", _("Choose another organization."))
        get_organization(other_organization_id)
    role = OrganizationRole(
        id=new_id(),
        organization_id=organization_id,
        steward_tenant_id=organization.steward_tenant_id,
        relation=fields.one_of("relation", relation, RELATIONS),
        class_code=vocabulary.check("recipient_classes", class_code),
        country=fields.country("country", country) if country else None,
        name=fields.optional_text("name", name),
        other_organization_id=other_organization_id,
    )
    db.session.add(role)
    db.session.flush()
    record("organization.role_added", "organization", organization_id, fields=(relation,))
    return role.id


def create_service(
    organization_id: UUID,
    *,
    name: str,
    needs: Sequence[str],
    referral_methods: Sequence[str],
    description: str = "",
    alternate_name: str | None = None,
    url: str | None = None,
    email: str | None = None,
    status: str = "active",
    interpretation_services: str | None = None,
    application_process: str | None = None,
    alert: str | None = None,
    response_hours: int | None = None,
    cost: str | None = None,
    visibility: str = "network",
    invented: bool = False,
    verified_on: date | None = None,
) -> UUID:
    """List a service of an organization. ``referral_methods``: the first is the one to use; ``not_accepted`` stands
    alone."""
    organization = get_organization(organization_id)
    require_steward(acting(), organization)
    methods = _methods(referral_methods)
    if response_hours is not None and response_hours < 1:
        raise fields.wrong("response_hours", _("Enter at least one hour."))
    now = clock.now()
    service = Service(
        id=new_id(),
        organization_id=organization_id,
        steward_tenant_id=organization.steward_tenant_id,
        name=fields.name("name", name),
        alternate_name=fields.optional_text("alternate_name", alternate_name),
        description=fields.optional_text("description", description) or "",
        url=fields.optional_text("url", url),
        email=fields.optional_text("email", email),
        status=fields.one_of("status", status, SERVICE_STATUSES),
        interpretation_services=fields.optional_text("interpretation_services", interpretation_services),
        application_process=fields.optional_text("application_process", application_process),
        alert=fields.optional_text("alert", alert),
        referral_method=methods[0],
        other_referral_methods=methods[1:],
        response_hours=response_hours,
        cost=vocabulary.check("eligibility.cost", cost) if cost is not None else None,
        visibility=fields.one_of("visibility", visibility, VISIBILITIES),
        invented=invented,
        verified_on=verified_on,
        created_at=now,
        modified_at=now,
    )
    db.session.add(service)
    db.session.flush()
    set_needs(service.id, needs)
    record("service.created", "service", service.id)
    return service.id


def list_service(organization_id: UUID, given: Mapping[str, Any]) -> UUID:
    """List a service as it is asked for at first: name, needs, how it takes referrals, who may read it."""
    rest = dict(given)
    return create_service(organization_id, referral_methods=[rest.pop("referral_method")], **rest)


def _methods(given: Sequence[str]) -> list[str]:
    methods = [fields.one_of("referral_method", method, REFERRAL_METHODS) for method in dict.fromkeys(given)]
    if not methods:
        raise fields.wrong("referral_methods", _("Say how it takes referrals, or that it does not."))
    if "not_accepted" in methods and len(methods) > 1:
        raise fields.wrong("referral_methods", _("It takes referrals or it does not."))
    return methods


def link_tenant(organization_id: UUID, tenant_id: UUID) -> None:
    """Give a tenant its organization in the directory, and the stewardship of the listing. Headquarters only."""
    require_headquarters(acting())
    organization = get_organization(organization_id)
    tenant = db.session.get(Tenant, tenant_id)
    if tenant is None:
        raise fields.wrong("tenant_id", _("There is no such member."))
    claimed = db.session.query(Tenant.id).filter(Tenant.organization_id == organization_id).scalar()
    if claimed not in (None, tenant_id) or tenant.organization_id not in (None, organization_id):
        raise Conflict(_("This organization or this member is linked already."))
    tenant.organization_id = organization_id
    organization.steward_tenant_id = tenant_id
    db.session.flush()
    record("organization.linked", "organization", organization_id)
