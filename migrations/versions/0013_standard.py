"""Every entity and field of HSDS 3.1, and what casework needs beside them; what is there is kept.

Telephone numbers that hung on a confidential location led to its door: they go, as an address would.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations import ddl

revision = "0013"
down_revision = "0012"

NOW = sa.DateTime(timezone=True)
STEWARD = "steward_tenant_id = (SELECT context_tenant())"
SEARCH = "network_search"

# New columns of what was there: all may be empty.
MORE = {
    "organization": (
        ("tax_status", sa.Text), ("tax_id", sa.Text), ("year_incorporated", sa.Integer), ("legal_status", sa.Text),
        ("logo", sa.Text), ("uri", sa.Text),
    ),
    "service": (
        ("program_id", sa.Uuid), ("fees_description", sa.Text), ("wait_time", sa.Text), ("fees", sa.Text),
        ("accreditations", sa.Text), ("licenses", sa.Text), ("eligibility_description", sa.Text),
        ("minimum_age", sa.Double), ("maximum_age", sa.Double), ("assured_date", sa.Date),
        ("assurer_email", sa.Text), ("next_step", sa.Text), ("feedback_promised", sa.Text),
    ),
    "location": (("url", sa.Text), ("external_identifier", sa.Text), ("external_identifier_type", sa.Text)),
    "service_at_location": (("removed_at", NOW), ("created_at", NOW), ("modified_at", NOW)),
    "phone": (("contact_id", sa.Uuid),),
    "language": (("phone_id", sa.Uuid), ("name", sa.Text)),
    "schedule": (
        ("dtstart", sa.Date), ("timezone", sa.Double), ("until", sa.Date), ("count", sa.Integer), ("wkst", sa.Text),
        ("freq", sa.Text), ("interval", sa.Integer), ("byweekno", sa.Text), ("bymonthday", sa.Text),
        ("byyearday", sa.Text), ("schedule_link", sa.Text), ("attending_type", sa.Text), ("notes", sa.Text),
    ),
    "taxonomy": (("steward_tenant_id", sa.Uuid), ("uri", sa.Text)),
    "taxonomy_term": (("steward_tenant_id", sa.Uuid), ("term_uri", sa.Text)),
    "attribute": (
        ("organization_id", sa.Uuid), ("service_id", sa.Uuid), ("location_id", sa.Uuid), ("link_type", sa.Text),
        ("label", sa.Text),
    ),
}  # fmt: skip
TRUSTED = (
    ("verified_by_tenant_id", sa.Uuid), ("verified_by_account_id", sa.Uuid), ("verification_due_on", sa.Date),
    ("merged_into_id", sa.Uuid), ("removed_at", NOW),
)  # fmt: skip
OPENS_AT = "opens_at ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'"
CLOSES_AT = "closes_at ~ '^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$'"
# Tables of this migration whose rows hang on a listing, with the owners that they may have.
NEW = {
    "program": ("organization",),
    "contact": ("organization", "service", "location", "service_at_location"),
    "accessibility": ("location",),
    "organization_identifier": ("organization",),
    "url": ("organization", "service"),
    "funding": ("organization", "service"),
    "service_area": ("service", "service_at_location"),
    "cost_option": ("service",),
    "required_document": ("service",),
    "service_capacity": ("service",),
    "schedule_exception": ("service", "location", "service_at_location"),
    "metadata": ("organization", "service", "location"),
}
# What one may newly hang on.
NEWLY_OWNED = {
    "phone": ("contact", "service_at_location"),
    "language": ("phone",),
    "schedule": ("service_at_location",),
}
ENTITIES = (
    "'organization', 'program', 'service', 'location', 'service_at_location', 'organization_identifier', 'url', "
    "'funding', 'contact', 'phone', 'address', 'accessibility', 'language', 'schedule', 'service_area', "
    "'cost_option', 'required_document', 'service_capacity'"
)
PROFILE = "'organization_role', 'service_eligibility', 'service_practice', 'schedule_exception'"
ONE_LISTING = "num_nonnulls(organization_id, service_id, location_id) = 1"

# The listing that a row is part of, through a number or contact that it hangs on. One SELECT, so that it is inlined.
LISTING_OF = """
CREATE FUNCTION listing_of(entity text, part jsonb)
RETURNS TABLE (organization_id uuid, service_id uuid, location_id uuid, service_at_location_id uuid)
LANGUAGE sql STABLE AS $$
    SELECT coalesce(CASE entity WHEN 'organization' THEN (part ->> 'id')::uuid END,
            (part ->> 'organization_id')::uuid, contact.organization_id, phone.organization_id),
        coalesce(CASE entity WHEN 'service' THEN (part ->> 'id')::uuid END,
            (part ->> 'service_id')::uuid, contact.service_id, phone.service_id, offered.service_id),
        coalesce(CASE entity WHEN 'location' THEN (part ->> 'id')::uuid END,
            (part ->> 'location_id')::uuid, contact.location_id, phone.location_id, offered.location_id),
        offered.id
    FROM (VALUES (1)) AS once (one)
    LEFT JOIN public.phone ON phone.id = (part ->> 'phone_id')::uuid
    LEFT JOIN public.contact ON contact.id = coalesce((part ->> 'contact_id')::uuid, phone.contact_id)
    LEFT JOIN public.service_at_location AS offered ON offered.id = coalesce(
        CASE entity WHEN 'service_at_location' THEN (part ->> 'id')::uuid END,
        (part ->> 'service_at_location_id')::uuid, contact.service_at_location_id, phone.service_at_location_id)
$$
"""
# A link by name and id: what it leads to is there, and the listing above that is the listing of the link.
PLACE_LINK = """
CREATE FUNCTION place_link() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public
AS $$
DECLARE
    entity text := to_jsonb(NEW) ->> TG_ARGV[0];
    linked uuid := (to_jsonb(NEW) ->> TG_ARGV[1])::uuid;
    part jsonb;
    place record;
BEGIN
    EXECUTE format('SELECT to_jsonb(one) FROM public.%I AS one WHERE id = $1', entity) INTO part USING linked;
    IF part IS NULL THEN
        RAISE EXCEPTION 'a link to nothing' USING ERRCODE = '23503';
    END IF;
    SELECT * INTO place FROM listing_of(entity, part);
    NEW.service_id := place.service_id;
    NEW.location_id := CASE WHEN place.service_id IS NULL THEN place.location_id END;
    NEW.organization_id := CASE WHEN num_nonnulls(place.service_id, place.location_id) = 0
                                THEN place.organization_id END;
    RETURN NEW;
END
$$
"""
# As before, but: without what was removed, merged or must not be listed; needs are terms of the network's own
# taxonomy; languages are those spoken without an interpreter; only hours of every week count.
REFRESH = """
CREATE OR REPLACE FUNCTION refresh_service_search(wanted uuid[]) RETURNS void
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
        SELECT coalesce(array_agg(DISTINCT term.code ORDER BY term.code), '{}') AS codes
        FROM attribute JOIN taxonomy_term AS term ON term.id = attribute.taxonomy_term_id
        WHERE attribute.link_id = service.id AND term.taxonomy_id = '6d1c2f4e-7a53-5b0e-9d3b-3f0c8a1e5b72') AS needs
    CROSS JOIN LATERAL (
        SELECT coalesce(array_agg(DISTINCT language.code ORDER BY language.code), '{}') AS codes
        FROM language WHERE (language.service_id = service.id OR language.location_id = location.id)
            AND language.code IS NOT NULL AND NOT language.interpreted) AS spoken
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
                       OR schedule.location_id = location.id) AND schedule.byday IS NOT NULL
                    AND schedule.opens_at IS NOT NULL AND schedule.closes_at IS NOT NULL
                    AND schedule.freq IS DISTINCT FROM 'MONTHLY' AND coalesce(schedule."interval", 1) = 1) AS schedule
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
    WHERE sal.id = ANY (wanted) AND sal.removed_at IS NULL
        AND organization.removed_at IS NULL AND organization.merged_into_id IS NULL AND NOT organization.do_not_list
        AND service.removed_at IS NULL AND service.merged_into_id IS NULL AND NOT service.do_not_list
        AND location.removed_at IS NULL AND location.merged_into_id IS NULL AND NOT location.do_not_list;
    INSERT INTO service_need_search (service_at_location_id, need_code, latitude, longitude, country)
    SELECT service_at_location_id, unnest(need_codes), latitude, longitude, country
    FROM service_search
    WHERE service_at_location_id = ANY (wanted) AND status IN ('active', 'temporarily closed');
END
$$
"""


def upgrade() -> None:
    """Make room for the whole standard."""
    walled = (
        "tenant",
        "organization",
        "service",
        "location",
        "service_at_location",
        "phone",
        "schedule",
        "attribute",
    )
    with ddl.walls_lifted(*walled):
        more_columns()
        entities()
        hours()
        terms()
        what_was_there()
        ties()
    who_may_read_and_write()
    op.execute(REFRESH)


def more_columns() -> None:
    """What the standard and the profile name beside the columns that are there."""
    for table, columns in MORE.items():
        for name, kind in columns:
            op.add_column(table, sa.Column(name, kind))
    for table in ("organization", "service", "location"):
        for name, kind in TRUSTED:
            op.add_column(table, sa.Column(name, kind))
        op.add_column(table, sa.Column("do_not_list", sa.Boolean, nullable=False, server_default="false"))
        op.alter_column(table, "do_not_list", server_default=None)
    op.add_column("location", sa.Column("verified_on", sa.Date))
    op.add_column("phone", sa.Column("confidential", sa.Boolean, nullable=False, server_default="false"))
    op.alter_column("phone", "confidential", server_default=None)
    op.add_column("language", sa.Column("interpreted", sa.Boolean, nullable=False, server_default="false"))
    op.alter_column("language", "interpreted", server_default=None)
    op.alter_column("language", "code", nullable=True)
    for table, column in (("taxonomy", "version"), ("taxonomy_term", "code"), ("taxonomy_term", "language")):
        op.alter_column(table, column, nullable=True)


def of_steward(column: str, parent: str) -> sa.ForeignKeyConstraint:
    """A foreign key to a row of the same steward, which follows that row to a new steward."""
    return sa.ForeignKeyConstraint(
        [column, "steward_tenant_id"], [f"{parent}.id", f"{parent}.steward_tenant_id"], onupdate="CASCADE"
    )


def of_open_place(table: str) -> tuple[sa.Constraint, ...]:
    """What would lead to the door of a confidential location cannot hang on one."""
    return (
        sa.ForeignKeyConstraint(
            ["location_id", "steward_tenant_id", "confidential"],
            ["location.id", "location.steward_tenant_id", "location.confidential"],
            name=f"fk_{table}_location",
            onupdate="CASCADE",
        ),
        sa.CheckConstraint("NOT confidential", name="not_confidential"),
    )


def part(table: str, *more: sa.Column[object] | sa.Constraint) -> None:
    """A table of rows that belong to exactly one of its owners, and an index for each of them."""
    columns = [f"{owner}_id" for owner in NEW[table]]
    op.create_table(
        table,
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("steward_tenant_id", sa.Uuid, nullable=False),
        *(sa.Column(column, sa.Uuid, nullable=len(columns) > 1) for column in columns),
        *more,
    )
    for column in columns:
        if table != "service_capacity":
            op.create_index(f"ix_{table}_{column}", table, [column])


def owned(table: str) -> tuple[sa.Constraint, ...]:
    """The keys to the owners, of whom there is exactly one."""
    columns = [f"{owner}_id" for owner in NEW[table]]
    keys = [of_steward(column, owner) for column, owner in zip(columns, NEW[table], strict=True)]
    if len(columns) == 1:
        return tuple(keys)
    return (*keys, sa.CheckConstraint(f"num_nonnulls({', '.join(columns)}) = 1", name="one_owner"))


def texts(*names: str) -> tuple[sa.Column[object], ...]:
    """Columns of text that may be empty."""
    return tuple(sa.Column(name, sa.Text) for name in names)


def entities() -> None:
    """The entities that were missing."""
    part(
        "program",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("alternate_name", sa.Text),
        sa.Column("description", sa.Text, nullable=False),
        sa.UniqueConstraint("id", "steward_tenant_id"),
        *owned("program"),
    )
    part(
        "contact",
        sa.Column("confidential", sa.Boolean, nullable=False),
        *texts("name", "title", "department", "email"),
        sa.UniqueConstraint("id", "steward_tenant_id"),
        of_steward("organization_id", "organization"),
        of_steward("service_id", "service"),
        *of_open_place("contact"),
        of_steward("service_at_location_id", "service_at_location"),
        sa.CheckConstraint(
            "num_nonnulls(organization_id, service_id, location_id, service_at_location_id) = 1",
            name="one_owner",
        ),
    )
    part(
        "accessibility",
        sa.Column("confidential", sa.Boolean, nullable=False),
        *texts("description", "details", "url"),
        *of_open_place("accessibility"),
    )
    part(
        "organization_identifier",
        sa.Column("identifier_scheme", sa.Text),
        sa.Column("identifier_type", sa.Text, nullable=False),
        sa.Column("identifier", sa.Text, nullable=False),
        *owned("organization_identifier"),
    )
    part("url", sa.Column("label", sa.Text), sa.Column("url", sa.Text, nullable=False), *owned("url"))
    part("funding", *texts("source"), *owned("funding"))
    part(
        "service_area", *texts("name", "description", "extent", "extent_type", "uri"), *owned("service_area")
    )
    part("required_document", *texts("document", "uri"), *owned("required_document"))
    part(
        "cost_option",
        sa.Column("valid_from", sa.Date),
        sa.Column("valid_to", sa.Date),
        sa.Column("option", sa.Text),
        sa.Column("currency", sa.Text),
        sa.Column("amount", sa.Numeric),
        sa.Column("amount_description", sa.Text),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        sa.CheckConstraint("amount >= 0", name="amount"),
        sa.CheckConstraint("valid_to >= valid_from", name="valid"),
        *owned("cost_option"),
    )
    capacity()


def capacity() -> None:
    """What is free, and what it is counted in."""
    op.create_table(
        "unit",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("steward_tenant_id", sa.Uuid, sa.ForeignKey("tenant.id")),
        sa.Column("name", sa.Text, nullable=False),
        *texts("scheme", "identifier", "uri"),
        sa.UniqueConstraint("steward_tenant_id", "name", postgresql_nulls_not_distinct=True),
    )
    part(
        "service_capacity",
        sa.Column("unit_id", sa.Uuid, sa.ForeignKey("unit.id"), nullable=False),
        sa.Column("available", sa.Double, nullable=False),
        sa.Column("maximum", sa.Double),
        sa.Column("description", sa.Text),
        sa.Column("updated_at", NOW, nullable=False),
        sa.Column("next_free_at", NOW),
        sa.UniqueConstraint("service_id", "unit_id"),
        sa.CheckConstraint("available >= 0 AND maximum >= 0", name="counted"),
        *owned("service_capacity"),
    )


def hours() -> None:
    """Days on which weekly hours do not hold."""
    op.create_table(
        "schedule_exception",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("steward_tenant_id", sa.Uuid, sa.ForeignKey("tenant.id"), nullable=False),
        sa.Column("service_id", sa.Uuid),
        sa.Column("location_id", sa.Uuid),
        sa.Column("service_at_location_id", sa.Uuid),
        sa.Column("country", sa.Text),
        sa.Column("first_on", sa.Date, nullable=False),
        sa.Column("last_on", sa.Date, nullable=False),
        sa.Column("closed", sa.Boolean, nullable=False),
        *texts("byday", "opens_at", "closes_at"),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("description", sa.Text),
        *(of_steward(f"{owner}_id", owner) for owner in NEW["schedule_exception"]),
        sa.CheckConstraint(
            "num_nonnulls(service_id, location_id, service_at_location_id, country) = 1", name="one_owner"
        ),
        sa.CheckConstraint("kind IN ('holiday', 'ramadan', 'closure', 'other')", name="kind"),
        sa.CheckConstraint("last_on >= first_on", name="first_before_last"),
        sa.CheckConstraint("country ~ '^[A-Z]{2}$'", name="country"),
        sa.CheckConstraint("byday ~ '^(MO|TU|WE|TH|FR|SA|SU)(,(MO|TU|WE|TH|FR|SA|SU))*$'", name="byday"),
        sa.CheckConstraint(OPENS_AT, name="opens_at"),
        sa.CheckConstraint(CLOSES_AT, name="closes_at"),
        sa.CheckConstraint(
            "num_nonnulls(opens_at, closes_at) = CASE WHEN closed THEN 0 ELSE 2 END", name="closed_or_hours"
        ),
    )
    for owner in NEW["schedule_exception"]:
        op.create_index(f"ix_schedule_exception_{owner}_id", "schedule_exception", [f"{owner}_id"])
    op.create_index("ix_schedule_exception_country", "schedule_exception", ["country", "first_on"])


def terms() -> None:
    """Attributes of any row, and what feeds tell of their own history and tables."""
    op.execute(LISTING_OF)
    op.execute(PLACE_LINK)
    required = ("last_action_date", "last_action_type", "field_name", "previous_value", "replacement_value")
    part(
        "metadata",
        sa.Column("resource_id", sa.Uuid, nullable=False),
        sa.Column("resource_type", sa.Text, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in (*required, "updated_by")),
        *(of_steward(f"{owner}_id", owner) for owner in NEW["metadata"]),
        sa.CheckConstraint(ONE_LISTING, name="one_listing"),
        sa.CheckConstraint(f"resource_type IN ({ENTITIES}, 'attribute', {PROFILE})", name="resource_type"),
    )
    op.create_index("ix_metadata_resource_id", "metadata", ["resource_id"])
    op.create_table(
        "meta_table_description",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("steward_tenant_id", sa.Uuid, sa.ForeignKey("tenant.id"), nullable=False),
        *texts("name", "language", "character_set"),
        sa.UniqueConstraint("steward_tenant_id", "name", postgresql_nulls_not_distinct=True),
    )
    for table, names in (("attribute", "link_entity, link_id"), ("metadata", "resource_type, resource_id")):
        op.execute(
            f"CREATE TRIGGER place_link BEFORE INSERT OR UPDATE OF {names} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION place_link({names})"
        )


def what_was_there() -> None:
    """Fill the new columns of existing rows."""
    op.execute("UPDATE attribute SET service_id = link_id")
    op.execute("UPDATE schedule SET freq = 'WEEKLY' WHERE byday IS NOT NULL")
    op.execute(
        "UPDATE service_at_location AS offered SET created_at = service.created_at, modified_at = service.modified_at "
        "FROM service WHERE service.id = offered.service_id"
    )
    for table in ("organization", "service"):
        op.execute(
            f"UPDATE {table} SET verified_by_tenant_id = steward_tenant_id, "
            "verification_due_on = verified_on + interval '6 months' WHERE verified_on IS NOT NULL"
        )
    op.execute(
        "DELETE FROM phone USING location WHERE location.id = phone.location_id AND location.confidential"
    )
    # Keys and checks cannot be made while rows wait to be checked.
    op.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for column in ("created_at", "modified_at"):
        op.alter_column("service_at_location", column, nullable=False)


def ties() -> None:
    """Keys, checks and indexes of the new columns."""
    for table in ("organization", "service", "location"):
        op.create_foreign_key(None, table, "tenant", ["verified_by_tenant_id"], ["id"])
        op.create_foreign_key(None, table, table, ["merged_into_id"], ["id"])
        op.create_check_constraint("merged_into_another", table, "merged_into_id <> id")
        op.create_index(f"ix_{table}_modified_at", table, ["modified_at"])
    op.create_index("ix_service_at_location_modified_at", "service_at_location", ["modified_at"])
    key("service", "program_id", "program")
    promises = "'none', 'served_or_not', 'outcome'"
    op.create_check_constraint("feedback_promised", "service", f"feedback_promised IN ({promises})")
    op.create_check_constraint("ages", "service", "minimum_age >= 0 AND maximum_age >= 0")
    op.drop_constraint("ck_location_confidential", "location")
    op.create_check_constraint(
        "confidential",
        "location",
        "NOT confidential OR (place_code IS NOT NULL AND name IS NULL AND alternate_name IS NULL "
        "AND description IS NULL AND transportation IS NULL AND url IS NULL AND external_identifier IS NULL)",
    )
    ties_of_details()
    ties_of_terms()


def key(table: str, column: str, parent: str) -> None:
    """A key to a row of the same steward, and its index."""
    op.create_foreign_key(
        None,
        table,
        parent,
        [column, "steward_tenant_id"],
        ["id", "steward_tenant_id"],
        onupdate="CASCADE",
    )
    op.create_index(f"ix_{table}_{column}", table, [column])


def ties_of_details() -> None:
    """Numbers, languages and hours."""
    op.create_unique_constraint(None, "phone", ["id", "steward_tenant_id"])
    op.drop_constraint("fk_phone_location_id_steward_tenant_id", "phone")
    op.create_foreign_key(
        "fk_phone_location",
        "phone",
        "location",
        ["location_id", "steward_tenant_id", "confidential"],
        ["id", "steward_tenant_id", "confidential"],
        onupdate="CASCADE",
    )
    op.create_check_constraint("not_confidential", "phone", "NOT confidential")
    key("phone", "contact_id", "contact")
    owners("phone", "organization_id", "service_id", "location_id", "service_at_location_id", "contact_id")
    key("language", "phone_id", "phone")
    owners("language", "service_id", "location_id", "phone_id")
    op.create_check_constraint("said", "language", "num_nonnulls(code, name) >= 1")
    op.drop_constraint("uq_language_service_id_location_id_code", "language")
    op.create_unique_constraint(
        "uq_language_of_an_owner",
        "language",
        ["service_id", "location_id", "phone_id", "code", "name", "interpreted"],
        postgresql_nulls_not_distinct=True,
    )
    for name in ("whole_hours", "byday"):
        op.drop_constraint(f"ck_schedule_{name}", "schedule")
    days = "([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)"
    op.create_check_constraint(
        "byday", "schedule", f"byday ~ '^{days}(,{days})*$' AND (freq = 'MONTHLY' OR byday !~ '[0-9]')"
    )
    op.create_check_constraint("freq", "schedule", "freq IN ('WEEKLY', 'MONTHLY')")
    op.create_check_constraint("wkst", "schedule", "wkst IN ('MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU')")
    op.create_check_constraint("repeats", "schedule", '"interval" > 0 AND count > 0')


def owners(table: str, *columns: str) -> None:
    """Exactly one of these, from now on."""
    op.drop_constraint(f"ck_{table}_one_owner", table)
    op.create_check_constraint("one_owner", table, f"num_nonnulls({', '.join(columns)}) = 1")


def ties_of_terms() -> None:
    """Taxonomies of others, and attributes of whatever there is."""
    for table in ("taxonomy", "taxonomy_term"):
        op.create_foreign_key(None, table, "tenant", ["steward_tenant_id"], ["id"])
    op.drop_constraint("fk_attribute_service", "attribute")
    for owner in ("organization", "service", "location"):
        key("attribute", f"{owner}_id", owner)
    op.drop_constraint("ck_attribute_link_entity", "attribute")
    op.create_check_constraint("link_entity", "attribute", f"link_entity IN ({ENTITIES}, {PROFILE})")
    op.create_check_constraint("one_listing", "attribute", ONE_LISTING)
    op.drop_constraint("uq_attribute_link_id_taxonomy_term_id", "attribute")
    op.create_unique_constraint(
        "uq_attribute_link",
        "attribute",
        ["link_id", "taxonomy_term_id", "link_type", "value"],
        postgresql_nulls_not_distinct=True,
    )


def who_may_read_and_write() -> None:
    """As for the tables that are there: members read, anyone reads what is public, the steward writes."""
    for table, parents in NEW.items():
        national = " OR country IS NOT NULL" if table == "schedule_exception" else ""
        listed(table, f"{ddl.STAFF_OR_JOB} OR {seen_with(table, parents)}{national}")
    for table, parents in NEWLY_OWNED.items():
        ddl.policy(table, "readers_of_its_owner", "SELECT", seen_with(table, parents))
    ddl.policy(
        "attribute",
        "readers_of_its_listing",
        "SELECT",
        seen_with("attribute", ("organization", "service", "location")),
    )
    ddl.policy(
        "schedule_exception",
        "headquarters_keep_holidays",
        "INSERT",
        check=f"country IS NULL OR {ddl.HEADQUARTERS}",
        kind="RESTRICTIVE",
    )
    for table in MORE:
        if table not in ("taxonomy", "taxonomy_term"):
            names = [name for name, _ in MORE[table] if name not in ("created_at",)]
            trusted = (
                [name for name, _ in TRUSTED] if table in ("organization", "service", "location") else []
            )
            more = [*trusted, "do_not_list", "verified_on"] if trusted else []
            quoted = [f'"{name}"' for name in (*names, *more)]
            ddl.grant(table, "UPDATE", columns=quoted)
    ddl.grant("language", "UPDATE", columns=["code", "interpreted"])
    ddl.protect_shared("unit", read="true", write=f"{ddl.HEADQUARTERS} OR {STEWARD}")
    ddl.protect_shared("meta_table_description", read="true", write=STEWARD)
    own_taxonomies()
    movable()
    for table in ("phone", "contact"):
        op.execute(f"GRANT SELECT ON {table} TO {SEARCH}")
        ddl.policy(table, "fills_search", "SELECT", "true", role=SEARCH)
    # What is removed leaves a trace by which other systems learn of it, so no row of these goes.
    for table in ("organization", "service", "location", "service_at_location"):
        op.execute(f"REVOKE DELETE ON {table} FROM {ddl.APP}")


def seen_with(table: str, parents: tuple[str, ...]) -> str:
    """Whoever sees the owner sees the row: the owner's own policy answers."""
    return " OR ".join(
        f"EXISTS (SELECT 1 FROM {parent} AS owner WHERE owner.id = {table}.{parent}_id)" for parent in parents
    )


def listed(table: str, read: str) -> None:
    """A table of parts of listings: who may read, and its steward, who writes; a row keeps id and steward."""
    ddl.force_row_security(table)
    ddl.policy(table, "readers", "SELECT", read)
    ddl.policy(table, "steward_inserts", "INSERT", check=STEWARD)
    ddl.policy(table, "steward_updates", "UPDATE", STEWARD, STEWARD)
    ddl.policy(table, "steward_deletes", "DELETE", STEWARD)
    ddl.grant(table, "SELECT", "INSERT", "DELETE")
    kept = {"id", "steward_tenant_id", "confidential"}
    columns = [
        f'"{column["name"]}"'
        for column in sa.inspect(op.get_bind()).get_columns(table)
        if column["name"] not in kept
    ]
    ddl.grant(table, "UPDATE", columns=columns)


def own_taxonomies() -> None:
    """Whoever imports a feed stewards the taxonomies in it; those of the network stay the headquarters'."""
    own_list = (
        "EXISTS (SELECT 1 FROM taxonomy AS list WHERE list.id = taxonomy_term.taxonomy_id "
        "AND list.steward_tenant_id = (SELECT context_tenant()))"
    )
    for table, mine in (("taxonomy", STEWARD), ("taxonomy_term", f"{STEWARD} AND {own_list}")):
        ddl.policy(table, "importer_inserts", "INSERT", check=mine)
        ddl.policy(table, "importer_updates", "UPDATE", mine, mine)
        ddl.policy(table, "importer_deletes", "DELETE", mine)


def movable() -> None:
    """A merge moves rows from one listing to another of the same steward; the keys let them go no further."""
    for table, names in (
        ("service", ["organization"]),
        ("location", ["organization"]),
        ("organization_role", ["organization"]),
        ("service_at_location", ["service", "location"]),
        ("address", ["location"]),
        ("phone", ["organization", "service", "location"]),
        ("language", ["service", "location"]),
        ("schedule", ["service", "location"]),
        ("service_eligibility", ["service"]),
        ("service_practice", ["service"]),
        ("attribute", ["link"]),
    ):
        ddl.grant(table, "UPDATE", columns=[f"{name}_id" for name in names])
