"""The directory: HSDS listings with a steward, our profile, the search table, and a centre's own records."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import ddl

revision = "0003"
down_revision = "0002"

NOW = sa.DateTime(timezone=True)
STEWARD = "steward_tenant_id = (SELECT context_tenant())"
SEARCH = "network_search"

# What the application may change in a row of the steward's; keys and owners stay for good.
CHANGEABLE = {
    "organization": (
        "name", "alternate_name", "description", "email", "website", "country", "recipient_class",
        "parent_organization_id", "visibility", "invented", "verified_on", "version", "modified_at",
        "steward_tenant_id",
    ),
    "organization_role": ("relation", "class_code", "country", "name", "other_organization_id"),
    "service": (
        "name", "alternate_name", "description", "url", "email", "status", "interpretation_services",
        "application_process", "alert", "referral_method", "other_referral_methods", "response_hours", "cost",
        "visibility", "invented", "verified_on", "version", "modified_at",
    ),
    "location": (
        "location_type", "name", "alternate_name", "description", "transportation", "latitude", "longitude",
        "place_code", "town", "country", "time_zone", "confidential", "visibility", "version", "modified_at",
    ),
    "service_at_location": ("description",),
    "address": (
        "attention", "address_1", "address_2", "city", "region", "state_province", "postal_code", "country",
        "address_type",
    ),
    "phone": ("number", "extension", "type", "description"),
    "language": ("note",),
    "schedule": ("valid_from", "valid_to", "byday", "opens_at", "closes_at", "description"),
    "service_eligibility": ("value",),
    "service_practice": ("value",),
    "attribute": ("value",),
}  # fmt: skip

# The column that leads from a row to each thing it may belong to, for who may read it.
OWNERS = {
    "organization_role": ("organization",),
    "service_at_location": ("service",),
    "address": ("location",),
    "phone": ("organization", "service", "location"),
    "language": ("service", "location"),
    "schedule": ("service", "location"),
    "service_eligibility": ("service",),
    "service_practice": ("service",),
}

# Which services at a location a changed row touches, by the table that changed.
TOUCHED = {
    "service_at_location": "SELECT hit.id FROM changed AS hit",
    "organization": """SELECT sal.id FROM changed AS hit JOIN service ON service.organization_id = hit.id
        JOIN service_at_location AS sal ON sal.service_id = service.id""",
    "service": "SELECT sal.id FROM changed AS hit JOIN service_at_location AS sal ON sal.service_id = hit.id",
    "location": "SELECT sal.id FROM changed AS hit JOIN service_at_location AS sal ON sal.location_id = hit.id",
    "attribute": "SELECT sal.id FROM changed AS hit JOIN service_at_location AS sal ON sal.service_id = hit.link_id",
    "service_eligibility": """SELECT sal.id FROM changed AS hit
        JOIN service_at_location AS sal ON sal.service_id = hit.service_id""",
    "service_practice": """SELECT sal.id FROM changed AS hit
        JOIN service_at_location AS sal ON sal.service_id = hit.service_id""",
    "language": """SELECT sal.id FROM changed AS hit JOIN service_at_location AS sal
        ON sal.service_id = hit.service_id OR sal.location_id = hit.location_id""",
    "schedule": """SELECT sal.id FROM changed AS hit JOIN service_at_location AS sal ON sal.service_id = hit.service_id
        OR sal.location_id = hit.location_id OR sal.id = hit.service_at_location_id""",
}

READ_TO_FILL = (*TOUCHED, "taxonomy_term")

# Minutes of the local week from Monday 00:00. Hours past midnight run into the next day; Sunday's into Monday.
# The most particular schedules count: those of the service at the location, else the service's, else the
# location's. ``hours`` takes schedules of every season; the application looks at their dates in ``openings``.
REFRESH = """
CREATE FUNCTION refresh_service_search(wanted uuid[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public
AS $$
BEGIN
    DELETE FROM service_need_search WHERE service_at_location_id = ANY (wanted);
    DELETE FROM service_search WHERE service_at_location_id = ANY (wanted);
    INSERT INTO service_search (
        service_at_location_id, service_id, location_id, organization_id, service_name, service_alternate_name,
        organization_name, organization_alternate_name, organization_country, status, alert, need_codes, languages,
        latitude, longitude, town, country, time_zone, location_type, confidential, hours, openings, eligibility,
        practices, house_rules, referral_method, other_referral_methods, response_hours, cost, visibility, invented,
        verified_on)
    SELECT sal.id, service.id, location.id, organization.id, service.name, service.alternate_name,
        organization.name, organization.alternate_name, organization.country, service.status, service.alert,
        needs.codes, spoken.codes, location.latitude, location.longitude, location.town, location.country,
        location.time_zone, location.location_type, location.confidential, weekly.hours, weekly.openings,
        conditions.by_criterion, practised.practices, practised.house_rules, service.referral_method,
        service.other_referral_methods, service.response_hours, service.cost,
        CASE WHEN 'network' IN (organization.visibility, service.visibility, location.visibility)
             THEN 'network' ELSE 'public' END,
        service.invented, service.verified_on
    FROM service_at_location AS sal
    JOIN service ON service.id = sal.service_id
    JOIN organization ON organization.id = service.organization_id
    JOIN location ON location.id = sal.location_id
    CROSS JOIN LATERAL (
        SELECT coalesce(array_agg(term.code ORDER BY term.code), '{}') AS codes
        FROM attribute JOIN taxonomy_term AS term ON term.id = attribute.taxonomy_term_id
        WHERE attribute.link_id = service.id) AS needs
    CROSS JOIN LATERAL (
        SELECT coalesce(array_agg(DISTINCT language.code ORDER BY language.code), '{}') AS codes
        FROM language WHERE language.service_id = service.id OR language.location_id = location.id) AS spoken
    CROSS JOIN LATERAL (
        SELECT coalesce(jsonb_object_agg(criterion, value), '{}') AS by_criterion
        FROM service_eligibility WHERE service_id = service.id) AS conditions
    CROSS JOIN LATERAL (
        SELECT coalesce(jsonb_object_agg(code, value) FILTER (WHERE kind = 'practice'), '{}') AS practices,
            coalesce(jsonb_object_agg(code, value) FILTER (WHERE kind = 'house_rule'), '{}') AS house_rules
        FROM service_practice WHERE service_id = service.id) AS practised
    CROSS JOIN LATERAL (
        SELECT range_agg(piece.minutes) FILTER (WHERE NOT isempty(piece.minutes)) AS hours,
            coalesce(jsonb_agg(DISTINCT jsonb_build_object('days', on_day.days, 'opens', clock.opens,
                'closes', clock.closes, 'from', applying.valid_from, 'to', applying.valid_to)), '[]') AS openings
        FROM (
            SELECT schedule.*, min(rank) OVER () AS best
            FROM (
                SELECT schedule.*, CASE WHEN schedule.service_at_location_id IS NOT NULL THEN 1
                                        WHEN schedule.service_id IS NOT NULL THEN 2 ELSE 3 END AS rank
                FROM schedule
                WHERE (schedule.service_at_location_id = sal.id OR schedule.service_id = service.id
                       OR schedule.location_id = location.id) AND schedule.byday IS NOT NULL) AS schedule
        ) AS applying
        CROSS JOIN LATERAL (
            SELECT array_agg(array_position('{MO,TU,WE,TH,FR,SA,SU}'::text[], part) - 1 ORDER BY 1) AS days
            FROM unnest(string_to_array(applying.byday, ',')) AS part) AS on_day
        CROSS JOIN LATERAL (
            SELECT left(applying.opens_at, 2)::int * 60 + right(applying.opens_at, 2)::int AS opens,
                left(applying.closes_at, 2)::int * 60 + right(applying.closes_at, 2)::int
                + CASE WHEN applying.closes_at <= applying.opens_at THEN 1440 ELSE 0 END AS closes) AS clock
        CROSS JOIN LATERAL unnest(on_day.days) AS day
        CROSS JOIN LATERAL (VALUES
            (int4range(day * 1440 + clock.opens, least(day * 1440 + clock.closes, 10080))),
            (int4range(0, greatest(day * 1440 + clock.closes - 10080, 0)))) AS piece (minutes)
        WHERE applying.rank = applying.best) AS weekly
    WHERE sal.id = ANY (wanted);
    INSERT INTO service_need_search (service_at_location_id, need_code, latitude, longitude, country)
    SELECT service_at_location_id, unnest(need_codes), latitude, longitude, country
    FROM service_search
    WHERE service_at_location_id = ANY (wanted) AND status IN ('active', 'temporarily closed');
END
$$
"""

# Writers of one steward wait for each other, so that the last one sees what the others wrote.
CASES = "\n".join(
    f"        WHEN '{table}' THEN SELECT array_agg(DISTINCT id) INTO wanted FROM ({touched}) AS touched;"
    for table, touched in TOUCHED.items()
)
FILL = f"""
CREATE FUNCTION fill_service_search() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public
AS $$
DECLARE wanted uuid[];
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(steward::text, 3))
        FROM (SELECT DISTINCT steward_tenant_id AS steward FROM changed ORDER BY 1) AS stewards;
    CASE TG_TABLE_NAME
{CASES}
    END CASE;
    IF wanted IS NOT NULL THEN
        PERFORM refresh_service_search(wanted);
    END IF;
    RETURN NULL;
END
$$
"""


def upgrade() -> None:
    """Open the directory."""
    organizations()
    services()
    locations()
    contacts()
    taxonomy()
    profile()
    who_may_read_and_write()
    search()
    own_records()


def of_steward(column: str, parent: str) -> sa.ForeignKeyConstraint:
    """A foreign key to a row of the same steward, which follows that row to a new steward."""
    return sa.ForeignKeyConstraint(
        [column, "steward_tenant_id"], [f"{parent}.id", f"{parent}.steward_tenant_id"], onupdate="CASCADE"
    )


def steward() -> sa.Column[object]:
    """The tenant that writes the row."""
    return sa.Column("steward_tenant_id", sa.Uuid, nullable=False)


def organizations() -> None:
    """Organizations, and who runs them or sits on their board."""
    op.create_unique_constraint(None, "tenant", ["organization_id"])
    op.create_table(
        "organization",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("steward_tenant_id", sa.Uuid, sa.ForeignKey("tenant.id"), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("alternate_name", sa.Text),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("email", sa.Text),
        sa.Column("website", sa.Text),
        sa.Column("country", sa.Text, nullable=False),
        sa.Column("recipient_class", sa.Text, nullable=False),
        sa.Column("parent_organization_id", sa.Uuid, sa.ForeignKey("organization.id")),
        *published(),
        sa.UniqueConstraint("id", "steward_tenant_id"),
        sa.CheckConstraint("parent_organization_id <> id", name="parent_is_another"),
    )
    op.create_table(
        "organization_role",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        steward(),
        sa.Column("relation", sa.Text, nullable=False),
        sa.Column("class_code", sa.Text, nullable=False),
        sa.Column("country", sa.Text),
        sa.Column("name", sa.Text),
        sa.Column("other_organization_id", sa.Uuid, sa.ForeignKey("organization.id")),
        of_steward("organization_id", "organization"),
        sa.CheckConstraint("relation IN ('run_by', 'board', 'parent')", name="relation"),
        sa.CheckConstraint("other_organization_id <> organization_id", name="another_organization"),
    )
    op.create_index("ix_organization_role_organization_id", "organization_role", ["organization_id"])


def published() -> tuple[sa.Column[object] | sa.CheckConstraint, ...]:
    """What organizations and services say about themselves as records."""
    return (
        sa.Column("visibility", sa.Text, nullable=False),
        sa.Column("invented", sa.Boolean, nullable=False),
        sa.Column("verified_on", sa.Date),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", NOW, nullable=False),
        sa.Column("modified_at", NOW, nullable=False),
        sa.CheckConstraint("visibility IN ('public', 'network')", name="visibility"),
    )


def services() -> None:
    """Services and how they take referrals."""
    methods = "'in_platform', 'email', 'phone', 'form', 'walk_in', 'not_accepted'"
    op.create_table(
        "service",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        steward(),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("alternate_name", sa.Text),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("url", sa.Text),
        sa.Column("email", sa.Text),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("interpretation_services", sa.Text),
        sa.Column("application_process", sa.Text),
        sa.Column("alert", sa.Text),
        sa.Column("referral_method", sa.Text, nullable=False),
        sa.Column("other_referral_methods", postgresql.ARRAY(sa.Text), nullable=False),
        sa.Column("response_hours", sa.Integer),
        sa.Column("cost", sa.Text),
        *published(),
        sa.UniqueConstraint("id", "steward_tenant_id"),
        of_steward("organization_id", "organization"),
        sa.CheckConstraint(
            "status IN ('active', 'inactive', 'defunct', 'temporarily closed')", name="status"
        ),
        sa.CheckConstraint(f"referral_method IN ({methods})", name="referral_method"),
        sa.CheckConstraint("response_hours > 0", name="response_hours"),
    )
    op.create_index("ix_service_organization_id", "service", ["organization_id"])


def locations() -> None:
    """Locations, what is offered at them, and addresses, which a confidential location cannot have."""
    op.create_table(
        "location",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        steward(),
        sa.Column("location_type", sa.Text, nullable=False),
        sa.Column("name", sa.Text),
        sa.Column("alternate_name", sa.Text),
        sa.Column("description", sa.Text),
        sa.Column("transportation", sa.Text),
        sa.Column("latitude", sa.Double),
        sa.Column("longitude", sa.Double),
        sa.Column("place_code", sa.Text),
        sa.Column("town", sa.Text, nullable=False),
        sa.Column("country", sa.Text, nullable=False),
        sa.Column("time_zone", sa.Text, nullable=False),
        sa.Column("confidential", sa.Boolean, nullable=False),
        sa.Column("visibility", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", NOW, nullable=False),
        sa.Column("modified_at", NOW, nullable=False),
        sa.UniqueConstraint("id", "steward_tenant_id"),
        sa.UniqueConstraint("id", "steward_tenant_id", "confidential", name="uq_location_confidential"),
        of_steward("organization_id", "organization"),
        sa.CheckConstraint("location_type IN ('physical', 'postal', 'virtual')", name="location_type"),
        sa.CheckConstraint("visibility IN ('public', 'network')", name="visibility"),
        sa.CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude"),
        sa.CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude"),
        sa.CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="both_coordinates"),
        sa.CheckConstraint(
            "location_type <> 'physical' OR latitude IS NOT NULL", name="physical_is_somewhere"
        ),
        sa.CheckConstraint(
            "NOT confidential OR (place_code IS NOT NULL AND name IS NULL AND alternate_name IS NULL "
            "AND description IS NULL AND transportation IS NULL)",
            name="confidential",
        ),
    )
    op.create_index("ix_location_organization_id", "location", ["organization_id"])
    op.create_table(
        "service_at_location",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("service_id", sa.Uuid, nullable=False),
        sa.Column("location_id", sa.Uuid, nullable=False),
        steward(),
        sa.Column("description", sa.Text),
        sa.UniqueConstraint("id", "steward_tenant_id"),
        sa.UniqueConstraint("service_id", "location_id"),
        of_steward("service_id", "service"),
        of_steward("location_id", "location"),
    )
    op.create_index("ix_service_at_location_location_id", "service_at_location", ["location_id"])
    op.create_table(
        "address",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("location_id", sa.Uuid, nullable=False),
        steward(),
        sa.Column("confidential", sa.Boolean, nullable=False),
        sa.Column("attention", sa.Text),
        sa.Column("address_1", sa.Text),
        sa.Column("address_2", sa.Text),
        sa.Column("city", sa.Text, nullable=False),
        sa.Column("region", sa.Text),
        sa.Column("state_province", sa.Text),
        sa.Column("postal_code", sa.Text),
        sa.Column("country", sa.Text, nullable=False),
        sa.Column("address_type", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(
            ["location_id", "steward_tenant_id", "confidential"],
            ["location.id", "location.steward_tenant_id", "location.confidential"],
            name="fk_address_location",
            onupdate="CASCADE",
        ),
        sa.CheckConstraint("NOT confidential", name="not_confidential"),
        sa.CheckConstraint("address_type IN ('physical', 'postal', 'virtual')", name="address_type"),
    )
    op.create_index("ix_address_location_id", "address", ["location_id"])


def contacts() -> None:
    """Phones, languages and schedules: each belongs to exactly one thing."""
    op.create_table(
        "phone",
        sa.Column("id", sa.Uuid, primary_key=True),
        steward(),
        *owned_by("organization", "service", "location", "service_at_location"),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("extension", sa.Integer),
        sa.Column("type", sa.Text),
        sa.Column("description", sa.Text),
    )
    op.create_table(
        "language",
        sa.Column("id", sa.Uuid, primary_key=True),
        steward(),
        *owned_by("service", "location"),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("note", sa.Text),
        sa.UniqueConstraint("service_id", "location_id", "code", postgresql_nulls_not_distinct=True),
    )
    op.create_table(
        "schedule",
        sa.Column("id", sa.Uuid, primary_key=True),
        steward(),
        *owned_by("service", "location", "service_at_location"),
        sa.Column("valid_from", sa.Date),
        sa.Column("valid_to", sa.Date),
        sa.Column("byday", sa.Text),
        sa.Column("opens_at", sa.Text),
        sa.Column("closes_at", sa.Text),
        sa.Column("description", sa.Text),
        sa.CheckConstraint("num_nonnulls(byday, opens_at, closes_at) IN (0, 3)", name="whole_hours"),
        sa.CheckConstraint("byday ~ '^(MO|TU|WE|TH|FR|SA|SU)(,(MO|TU|WE|TH|FR|SA|SU))*$'", name="byday"),
        sa.CheckConstraint("opens_at ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'", name="opens_at"),
        sa.CheckConstraint("closes_at ~ '^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$'", name="closes_at"),
        sa.CheckConstraint("valid_to >= valid_from", name="valid"),
    )
    for table, owners in (
        ("phone", ("organization", "service", "location", "service_at_location")),
        ("language", ("location",)),
        ("schedule", ("service", "location", "service_at_location")),
    ):
        for owner in owners:
            op.create_index(f"ix_{table}_{owner}_id", table, [f"{owner}_id"])


def owned_by(*owners: str) -> list[sa.Column[object] | sa.Constraint]:
    """One column for each possible owner, of which exactly one is filled."""
    columns = [f"{owner}_id" for owner in owners]
    return [
        *(sa.Column(column, sa.Uuid) for column in columns),
        *(of_steward(f"{owner}_id", owner) for owner in owners),
        sa.CheckConstraint(f"num_nonnulls({', '.join(columns)}) = 1", name="one_owner"),
    ]


def taxonomy() -> None:
    """The taxonomy of needs, stewarded by the headquarters, and the terms of each service."""
    op.create_table(
        "taxonomy",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
    )
    op.create_table(
        "taxonomy_term",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("taxonomy_id", sa.Uuid, sa.ForeignKey("taxonomy.id"), nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("parent_id", sa.Uuid, sa.ForeignKey("taxonomy_term.id")),
        sa.Column("language", sa.Text, nullable=False),
        sa.UniqueConstraint("taxonomy_id", "code"),
    )
    op.create_table(
        "attribute",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("link_id", sa.Uuid, nullable=False),
        sa.Column("link_entity", sa.Text, nullable=False),
        steward(),
        sa.Column("taxonomy_term_id", sa.Uuid, sa.ForeignKey("taxonomy_term.id"), nullable=False),
        sa.Column("value", sa.Text),
        sa.ForeignKeyConstraint(
            ["link_id", "steward_tenant_id"],
            ["service.id", "service.steward_tenant_id"],
            name="fk_attribute_service",
            onupdate="CASCADE",
        ),
        sa.CheckConstraint("link_entity = 'service'", name="link_entity"),
        sa.UniqueConstraint("link_id", "taxonomy_term_id"),
    )
    op.create_index("ix_attribute_taxonomy_term_id", "attribute", ["taxonomy_term_id"])


def profile() -> None:
    """Whom a service takes; what it does that a client must hear of, and its house rules."""
    op.create_table(
        "service_eligibility",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("service_id", sa.Uuid, nullable=False),
        steward(),
        sa.Column("criterion", sa.Text, nullable=False),
        sa.Column("value", postgresql.JSONB, nullable=False),
        of_steward("service_id", "service"),
        sa.UniqueConstraint("service_id", "criterion"),
    )
    op.create_table(
        "service_practice",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("service_id", sa.Uuid, nullable=False),
        steward(),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        of_steward("service_id", "service"),
        sa.CheckConstraint("kind IN ('practice', 'house_rule')", name="kind"),
        sa.UniqueConstraint("service_id", "kind", "code"),
    )


def who_may_read_and_write() -> None:
    """Members read, anyone reads what is public, the steward writes."""
    for table in ("organization", "service", "location"):
        listed(table, f"{ddl.STAFF_OR_JOB} OR visibility = 'public'")
    for table, owners in OWNERS.items():
        public = " OR ".join(
            f"EXISTS (SELECT 1 FROM {owner} AS owner "
            f"WHERE owner.id = {table}.{owner}_id AND owner.visibility = 'public')"
            for owner in owners
        )
        listed(table, f"{ddl.STAFF_OR_JOB} OR {public}")
    listed(
        "attribute",
        f"{ddl.STAFF_OR_JOB} OR EXISTS (SELECT 1 FROM service AS owner WHERE owner.id = attribute.link_id "
        "AND owner.visibility = 'public')",
    )
    # Whoever runs the network hands a listing to the organization that it is about.
    ddl.policy("organization", "headquarters_hand_over", "UPDATE", ddl.HEADQUARTERS, ddl.HEADQUARTERS)
    for table in ("taxonomy", "taxonomy_term"):
        ddl.protect_shared(table, read="true", write=ddl.HEADQUARTERS)


def listed(table: str, read: str) -> None:
    """A table of listings: who may read, and its steward, who changes all but keys and owners."""
    ddl.force_row_security(table)
    ddl.policy(table, "readers", "SELECT", read)
    ddl.policy(table, "steward_inserts", "INSERT", check=STEWARD)
    ddl.policy(table, "steward_updates", "UPDATE", STEWARD, STEWARD)
    ddl.policy(table, "steward_deletes", "DELETE", STEWARD)
    ddl.grant(table, "SELECT", "INSERT", "DELETE")
    ddl.grant(table, "UPDATE", columns=CHANGEABLE[table])


def search() -> None:
    """The search table: no row security, filled by triggers alone, read by the application."""
    op.create_table(
        "service_search",
        sa.Column("service_at_location_id", sa.Uuid, primary_key=True),
        sa.Column("service_id", sa.Uuid, nullable=False),
        sa.Column("location_id", sa.Uuid, nullable=False),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        sa.Column("service_name", sa.Text, nullable=False),
        sa.Column("service_alternate_name", sa.Text),
        sa.Column("organization_name", sa.Text, nullable=False),
        sa.Column("organization_alternate_name", sa.Text),
        sa.Column("organization_country", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("alert", sa.Text),
        sa.Column("need_codes", postgresql.ARRAY(sa.Text), nullable=False),
        sa.Column("languages", postgresql.ARRAY(sa.Text), nullable=False),
        sa.Column("latitude", sa.Double),
        sa.Column("longitude", sa.Double),
        sa.Column("town", sa.Text, nullable=False),
        sa.Column("country", sa.Text, nullable=False),
        sa.Column("time_zone", sa.Text, nullable=False),
        sa.Column("location_type", sa.Text, nullable=False),
        sa.Column("confidential", sa.Boolean, nullable=False),
        sa.Column("hours", postgresql.INT4MULTIRANGE),
        sa.Column("openings", postgresql.JSONB, nullable=False),
        sa.Column("eligibility", postgresql.JSONB, nullable=False),
        sa.Column("practices", postgresql.JSONB, nullable=False),
        sa.Column("house_rules", postgresql.JSONB, nullable=False),
        sa.Column("referral_method", sa.Text, nullable=False),
        sa.Column("other_referral_methods", postgresql.ARRAY(sa.Text), nullable=False),
        sa.Column("response_hours", sa.Integer),
        sa.Column("cost", sa.Text),
        sa.Column("visibility", sa.Text, nullable=False),
        sa.Column("invented", sa.Boolean, nullable=False),
        sa.Column("verified_on", sa.Date),
    )
    op.create_index("ix_service_search_service_id", "service_search", ["service_id"])
    op.create_index("ix_service_search_organization_id", "service_search", ["organization_id"])
    op.create_index("ix_service_search_latitude_longitude", "service_search", ["latitude", "longitude"])
    op.create_table(
        "service_need_search",
        sa.Column("service_at_location_id", sa.Uuid, primary_key=True),
        sa.Column("need_code", sa.Text, primary_key=True),
        sa.Column("latitude", sa.Double),
        sa.Column("longitude", sa.Double),
        sa.Column("country", sa.Text, nullable=False),
    )
    op.create_index(
        "ix_service_need_search_near",
        "service_need_search",
        ["need_code", "latitude", "longitude", "service_at_location_id"],
    )
    op.create_index(
        "ix_service_need_search_country",
        "service_need_search",
        ["need_code", "country"],
        postgresql_where=sa.text("latitude IS NULL"),
    )
    for table in ("service_search", "service_need_search"):
        ddl.grant(table, "SELECT")
        op.execute(f"GRANT SELECT, INSERT, DELETE ON {table} TO {SEARCH}")
    for table in READ_TO_FILL:
        op.execute(f"GRANT SELECT ON {table} TO {SEARCH}")
        ddl.policy(table, "fills_search", "SELECT", "true", role=SEARCH)
    op.execute(REFRESH)
    op.execute(FILL)
    op.execute("REVOKE ALL ON FUNCTION refresh_service_search(uuid[]) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION refresh_service_search(uuid[]) TO {SEARCH}")
    ddl.definer("fill_service_search()", SEARCH)
    for table in TOUCHED:
        for event, rows in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
            op.execute(
                f"CREATE TRIGGER fill_search_on_{event.lower()} AFTER {event} ON {table} "
                f"REFERENCING {rows} TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION fill_service_search()"
            )


def own_records() -> None:
    """What a centre keeps to itself, and reports from one tenant to a listing's steward."""
    op.create_table(
        "location_private",
        sa.Column("tenant_id", sa.Uuid, sa.ForeignKey("tenant.id"), primary_key=True),
        sa.Column("id", sa.Uuid, sa.ForeignKey("location.id"), primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("modified_at", NOW, nullable=False),
    )
    ddl.protect_private("location_private", columns=["sealed", "version", "modified_at"])
    op.create_table(
        "directory_search",
        sa.Column("tenant_id", sa.Uuid, sa.ForeignKey("tenant.id"), primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("case_id", sa.Uuid),
        sa.Column("criteria", postgresql.JSONB, nullable=False),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("created_at", NOW, nullable=False),
    )
    op.create_index(
        "ix_directory_search_tenant_id_created_at", "directory_search", ["tenant_id", "created_at"]
    )
    ddl.protect_private("directory_search", append_only=True)
    ddl.grant("directory_search", "DELETE")
    ddl.policy(
        "directory_search",
        "own_searches",
        "ALL",
        "account_id = (SELECT context_account()) OR (SELECT context_kind()) = 'job'",
        kind="RESTRICTIVE",
    )
    op.create_table(
        "service_gap",
        sa.Column("tenant_id", sa.Uuid, sa.ForeignKey("tenant.id"), primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("case_id", sa.Uuid),
        sa.Column("need_code", sa.Text, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("country", sa.Text, nullable=False),
        sa.Column("noticed_on", sa.Date, nullable=False),
        sa.Column("barrier_list", sa.Text),
        sa.Column("barrier_code", sa.Text),
        sa.Column("created_at", NOW, nullable=False),
        sa.CheckConstraint("(barrier_list IS NULL) = (barrier_code IS NULL)", name="barrier"),
    )
    op.create_index("ix_service_gap_tenant_id_noticed_on", "service_gap", ["tenant_id", "noticed_on"])
    ddl.protect_private("service_gap", append_only=True)
    op.create_table(
        "service_hold",
        sa.Column("tenant_id", sa.Uuid, sa.ForeignKey("tenant.id"), primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("service_id", sa.Uuid, sa.ForeignKey("service.id"), nullable=False),
        sa.Column("reason_list", sa.Text, nullable=False),
        sa.Column("reason_code", sa.Text, nullable=False),
        sa.Column("held_at", NOW, nullable=False),
        sa.Column("released_at", NOW),
        sa.Column("released_by", sa.Uuid),
    )
    op.create_index(
        "uq_service_hold_standing",
        "service_hold",
        ["tenant_id", "service_id"],
        unique=True,
        postgresql_where=sa.text("released_at IS NULL"),
    )
    ddl.protect_private("service_hold", columns=["released_at", "released_by"])
    reports()


def reports() -> None:
    """Reports on a listing: the reporter writes one, the steward reads it and says what came of it."""
    op.create_table(
        "listing_report",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("from_tenant_id", sa.Uuid, sa.ForeignKey("tenant.id"), nullable=False),
        steward(),
        sa.Column("service_id", sa.Uuid, nullable=False),
        sa.Column("reason_list", sa.Text, nullable=False),
        sa.Column("reason_code", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("created_at", NOW, nullable=False),
        sa.Column("resolved_at", NOW),
        sa.ForeignKeyConstraint(
            ["service_id", "steward_tenant_id"],
            ["service.id", "service.steward_tenant_id"],
            name="fk_listing_report_service",
            onupdate="CASCADE",
        ),
        sa.CheckConstraint("state IN ('open', 'accepted', 'rejected')", name="state"),
    )
    op.create_index(
        "ix_listing_report_steward_tenant_id_state", "listing_report", ["steward_tenant_id", "state"]
    )
    op.create_index("ix_listing_report_service_id", "listing_report", ["service_id"])
    ddl.force_row_security("listing_report")
    mine = "from_tenant_id = (SELECT context_tenant())"
    ddl.policy("listing_report", "reporter_writes", "INSERT", check=f"{mine} AND state = 'open'")
    ddl.policy("listing_report", "both_read", "SELECT", f"{mine} OR {STEWARD}")
    ddl.policy("listing_report", "steward_resolves", "UPDATE", STEWARD, STEWARD)
    ddl.grant("listing_report", "SELECT", "INSERT")
    ddl.grant("listing_report", "UPDATE", columns=["state", "resolved_at"])
