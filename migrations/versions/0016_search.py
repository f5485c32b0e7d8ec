"""Searching by fitness: hours with exceptions, whom a service takes, capacity, words in any spelling, the public."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import ddl

revision = "0016"
down_revision = "0015"

SEARCH = "network_search"
TEXTS = postgresql.ARRAY(sa.Text)

# What a search reads of a service at a location, whoever asks: columns that the public's table has too.
NEW = (
    ("organization_kind", sa.Text, False),
    ("interpreted_languages", TEXTS, False),
    ("x_km", sa.Double, True),
    ("y_km", sa.Double, True),
    ("z_km", sa.Double, True),
    ("exceptions", postgresql.JSONB, False),
    ("unusual", sa.Boolean, False),
    ("conditions", TEXTS, False),
    ("age_min", sa.Integer, True),
    ("age_max", sa.Integer, True),
    ("girls_up_to", sa.Integer, True),
    ("boys_up_to", sa.Integer, True),
    ("known_on", sa.Date, False),
    ("words", postgresql.TSVECTOR, False),
)
# What the public's table has of the network's older columns: nothing of referrals, practices and house rules.
PUBLIC = (
    ("service_id", sa.Uuid, False),
    ("location_id", sa.Uuid, False),
    ("organization_id", sa.Uuid, False),
    ("service_name", sa.Text, False),
    ("service_alternate_name", sa.Text, True),
    ("organization_name", sa.Text, False),
    ("organization_alternate_name", sa.Text, True),
    ("status", sa.Text, False),
    ("alert", sa.Text, True),
    ("need_codes", TEXTS, False),
    ("languages", TEXTS, False),
    ("latitude", sa.Double, True),
    ("longitude", sa.Double, True),
    ("town", sa.Text, False),
    ("country", sa.Text, False),
    ("time_zone", sa.Text, False),
    ("location_type", sa.Text, False),
    ("confidential", sa.Boolean, False),
    ("hours", postgresql.INT4MULTIRANGE, True),
    ("openings", postgresql.JSONB, False),
    ("eligibility", postgresql.JSONB, False),
    ("cost", sa.Text, True),
    ("invented", sa.Boolean, False),
    ("verified_on", sa.Date, True),
)

# The conditions of a service as marks that an array operator compares: a criterion that is stated
# ("legal_status"), what it takes ("legal_status:irregular", "legal_status:any"), and what it does not
# ("nationality!XX"). network/directory/eligibility.py says what they mean, and a test compares the two.
MARKS = """
CREATE FUNCTION condition_marks(conditions jsonb) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog
AS $$
SELECT coalesce(array_agg(DISTINCT mark ORDER BY mark), '{}')
FROM (
    SELECT key AS mark FROM jsonb_each(conditions)
    WHERE key IN ('sex', 'legal_status', 'sector') AND jsonb_typeof(value) = 'array'
       OR key IN ('age', 'nationality') AND jsonb_typeof(value) = 'object'
    UNION ALL
    SELECT key || ':' || code FROM jsonb_each(conditions)
        CROSS JOIN LATERAL jsonb_array_elements_text(
            CASE WHEN jsonb_typeof(value) = 'array' THEN value ELSE '[]' END) AS code
    WHERE key IN ('sex', 'legal_status', 'sector')
    UNION ALL
    SELECT 'sex:any' WHERE conditions -> 'sex' ?& '{women,men}'
    UNION ALL
    SELECT 'age:any' WHERE conditions #>> '{age,min}' IS NULL AND conditions #>> '{age,max}' IS NULL
    UNION ALL
    SELECT 'nationality:' || code FROM jsonb_array_elements_text(
        CASE WHEN jsonb_typeof(conditions #> '{nationality,include}') = 'array'
             THEN conditions #> '{nationality,include}' ELSE '[]' END) AS code
    UNION ALL
    SELECT 'nationality!' || code FROM jsonb_array_elements_text(
        CASE WHEN jsonb_typeof(conditions #> '{nationality,exclude}') = 'array'
             THEN conditions #> '{nationality,exclude}' ELSE '[]' END) AS code
    UNION ALL
    SELECT unnest(CASE WHEN coalesce(conditions #> '{nationality,exclude}', '[]') IN ('[]', 'null')
                       THEN '{nationality:others,nationality:any}' ELSE '{nationality:others}' END::text[])
    WHERE coalesce(conditions #> '{nationality,include}', '[]') IN ('[]', 'null')
    UNION ALL
    SELECT 'children:' || (conditions #>> '{children_along,accepted}')
    WHERE conditions #>> '{children_along,accepted}' IS NOT NULL
    UNION ALL
    SELECT CASE WHEN papers.asked OR conditions -> 'works_without_documents' = 'false' THEN 'documents:needed'
                WHEN conditions -> 'works_without_documents' = 'true' THEN 'documents:free' END
    FROM (SELECT coalesce(conditions -> 'documents_required', '[]') NOT IN ('[]', 'null') AS asked) AS papers
) AS found
WHERE mark IS NOT NULL
$$
"""

WHOLE_NUMBER = """
CREATE FUNCTION whole_number(conditions jsonb, criterion text, name text) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog
AS $$
SELECT CASE WHEN jsonb_typeof(conditions -> criterion -> name) = 'number'
            THEN floor((conditions -> criterion ->> name)::numeric)::integer END
$$
"""

# The words of a text as they were written, in small letters. Spellings are forgiven where words are looked for.
WORDS = """
CREATE FUNCTION words_of(written text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog
AS $$
SELECT coalesce(array_agg(DISTINCT word), '{}')
FROM regexp_split_to_table(lower(normalize(coalesce(written, ''), NFKC)), '[[:space:][:punct:]]+') AS word
WHERE length(word) BETWEEN 2 AND 40
$$
"""

# Words of the directory that are written like a word somebody typed: the lexicon corrects by trigrams. The
# threshold is low, because a slip in a short word spoils most of its trigrams; the application looks again.
LIKE = """
CREATE FUNCTION words_like(typed text[]) RETURNS TABLE (place bigint, word text, folded text)
LANGUAGE sql STABLE SET search_path = pg_catalog, public SET pg_trgm.similarity_threshold = 0.25
AS $$
SELECT asked.place, near.word, near.folded
FROM unnest(typed) WITH ORDINALITY AS asked (typed, place)
CROSS JOIN LATERAL (
    SELECT known.word, known.folded FROM search_word AS known
    WHERE known.folded % asked.typed
    ORDER BY similarity(known.folded, asked.typed) DESC, known.word
    LIMIT 40) AS near
$$
"""

# Which minutes of a day, from its midnight on, are open: the exceptions of the nearest owner, the shortest first,
# replace the weekly hours. Past 1440 is the next day. network/directory/hours.py says the same in Python.
DAY = """
CREATE FUNCTION minutes_of_day(openings jsonb, exceptions jsonb, day date) RETURNS int4multirange
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog
AS $$
WITH special AS (
    SELECT (one ->> 'closed')::boolean AS closed, (one ->> 'opens')::integer AS opens,
        (one ->> 'closes')::integer AS closes,
        rank() OVER (ORDER BY (one ->> 'rank')::integer, (one ->> 'to')::date - (one ->> 'from')::date) AS place
    FROM jsonb_array_elements(exceptions) AS one
    WHERE day BETWEEN (one ->> 'from')::date AND (one ->> 'to')::date
      AND (one -> 'days' = 'null' OR one -> 'days' @> to_jsonb(extract(isodow FROM day)::integer - 1))
)
SELECT CASE WHEN EXISTS (SELECT FROM special) THEN (
    SELECT CASE WHEN bool_or(closed) THEN '{}' ELSE range_agg(int4range(opens, closes)) END
    FROM special WHERE place = 1)
ELSE (
    SELECT coalesce(range_agg(int4range((one ->> 'opens')::integer, (one ->> 'closes')::integer)), '{}')
    FROM jsonb_array_elements(openings) AS one
    WHERE one -> 'days' @> to_jsonb(extract(isodow FROM day)::integer - 1)
      AND day >= coalesce((one ->> 'from')::date, '-infinity')
      AND day <= coalesce((one ->> 'to')::date, 'infinity'))
END
$$
"""

# 0 open, 1 not known, 2 closed, at a time of the location's own clock.
OPEN = """
CREATE FUNCTION open_despite(openings jsonb, exceptions jsonb, moment timestamp) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public
AS $$
SELECT CASE
    WHEN openings = '[]' AND NOT EXISTS (
        SELECT FROM jsonb_array_elements(exceptions) AS one
        WHERE moment::date BETWEEN (one ->> 'from')::date AND (one ->> 'to')::date
          AND (one -> 'days' = 'null' OR one -> 'days' @> to_jsonb(extract(isodow FROM moment)::integer - 1)))
    THEN 1
    WHEN minutes_of_day(openings, exceptions, moment::date) @> minute
      OR minutes_of_day(openings, exceptions, moment::date - 1) @> (minute + 1440) THEN 0
    ELSE 2
END
FROM (SELECT extract(hour FROM moment)::integer * 60 + extract(minute FROM moment)::integer AS minute) AS clock
$$
"""

WGS84 = "6378.137 / sqrt(1 - 0.00669437999014 * power(sin(radians(location.latitude)), 2))"
COLUMNS = """
    service_at_location_id, service_id, location_id, organization_id, service_name, service_alternate_name,
    organization_name, organization_alternate_name, organization_country, status, alert, need_codes, languages,
    latitude, longitude, town, country, time_zone, location_type, confidential, hours, openings, eligibility,
    practices, house_rules, referral_method, other_referral_methods, response_hours, cost, visibility, invented,
    verified_on, organization_kind, interpreted_languages, x_km, y_km, z_km, exceptions, unusual, conditions,
    age_min, age_max, girls_up_to, boys_up_to, known_on, words
"""
PUBLIC_COLUMNS = ", ".join(["service_at_location_id", *(name for name, _, _ in (*PUBLIC, *NEW))])

# Minutes of the local week from Monday 00:00; what runs past Sunday midnight goes on on Monday. The most particular
# schedules count: those of the service at the location, else the service's, else the location's. ``hours`` holds
# those without dates; where there are dates or exceptions, ``unusual`` says to look at ``openings`` and
# ``exceptions``. A position is kept as a point in space, too: a chord is quicker to measure than an angle.
REFRESH = f"""
CREATE OR REPLACE FUNCTION refresh_service_search(wanted uuid[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public
AS $$
BEGIN
    DELETE FROM service_need_search WHERE service_at_location_id = ANY (wanted);
    DELETE FROM public_search WHERE service_at_location_id = ANY (wanted);
    DELETE FROM service_search WHERE service_at_location_id = ANY (wanted);
    INSERT INTO service_search ({COLUMNS})
    SELECT sal.id, service.id, location.id, organization.id, service.name, service.alternate_name,
        organization.name, organization.alternate_name, organization.country, service.status, service.alert,
        needs.codes, spoken.codes, location.latitude, location.longitude, location.town, location.country,
        location.time_zone, location.location_type, location.confidential, weekly.hours, weekly.openings,
        stated.by_criterion, practised.practices, practised.house_rules, service.referral_method,
        service.other_referral_methods, service.response_hours, service.cost,
        CASE WHEN 'network' IN (organization.visibility, service.visibility, location.visibility)
             THEN 'network' ELSE 'public' END,
        service.invented, service.verified_on, organization.recipient_class, spoken.interpreted,
        {WGS84} * cos(radians(location.latitude)) * cos(radians(location.longitude)),
        {WGS84} * cos(radians(location.latitude)) * sin(radians(location.longitude)),
        {WGS84} * (1 - 0.00669437999014) * sin(radians(location.latitude)),
        special.exceptions, weekly.dated OR special.exceptions <> '[]',
        condition_marks(stated.by_criterion),
        whole_number(stated.by_criterion, 'age', 'min'), whole_number(stated.by_criterion, 'age', 'max'),
        whole_number(stated.by_criterion, 'children_along', 'girls_up_to'),
        whole_number(stated.by_criterion, 'children_along', 'boys_up_to'),
        coalesce(service.verified_on, (service.created_at AT TIME ZONE 'UTC')::date),
        array_to_tsvector(named.words || named.marked || needs.marked
            || words_of(location.town) || words_of(left(service.description, 2000)))
    FROM service_at_location AS sal
    JOIN service ON service.id = sal.service_id AND service.removed_at IS NULL
        AND service.merged_into_id IS NULL AND NOT service.do_not_list
    JOIN organization ON organization.id = service.organization_id AND organization.removed_at IS NULL
        AND organization.merged_into_id IS NULL AND NOT organization.do_not_list
    JOIN location ON location.id = sal.location_id AND location.removed_at IS NULL
        AND location.merged_into_id IS NULL AND NOT location.do_not_list
    CROSS JOIN LATERAL (
        SELECT coalesce(array_agg(DISTINCT term.code ORDER BY term.code), '{{}}') AS codes,
            coalesce(array_agg(DISTINCT 'need:' || term.code), '{{}}') AS marked
        FROM attribute JOIN taxonomy_term AS term ON term.id = attribute.taxonomy_term_id
        WHERE attribute.link_id = service.id AND term.taxonomy_id = '6d1c2f4e-7a53-5b0e-9d3b-3f0c8a1e5b72') AS needs
    CROSS JOIN LATERAL (
        SELECT coalesce(array_agg(DISTINCT language.code ORDER BY language.code)
                FILTER (WHERE NOT language.interpreted), '{{}}') AS codes,
            coalesce(array_agg(DISTINCT language.code ORDER BY language.code)
                FILTER (WHERE language.interpreted), '{{}}') AS interpreted
        FROM language
        WHERE (language.service_id = service.id OR language.location_id = location.id)
          AND language.code IS NOT NULL) AS spoken
    CROSS JOIN LATERAL (
        SELECT coalesce(jsonb_object_agg(criterion, value), '{{}}') AS by_criterion
        FROM service_eligibility WHERE service_id = service.id) AS stated
    CROSS JOIN LATERAL (
        SELECT coalesce(jsonb_object_agg(code, value) FILTER (WHERE kind = 'practice'), '{{}}') AS practices,
            coalesce(jsonb_object_agg(code, value) FILTER (WHERE kind = 'house_rule'), '{{}}') AS house_rules
        FROM service_practice WHERE service_id = service.id) AS practised
    CROSS JOIN LATERAL (
        SELECT range_agg(piece.minutes) FILTER (WHERE NOT isempty(piece.minutes)) AS hours,
            coalesce(jsonb_agg(DISTINCT jsonb_build_object('days', on_day.days, 'opens', clock.opens,
                'closes', clock.closes, 'from', applying.valid_from, 'to', applying.valid_to)), '[]') AS openings,
            coalesce(bool_or(applying.valid_from IS NOT NULL OR applying.valid_to IS NOT NULL), false) AS dated
        FROM (
            SELECT schedule.*, min(rank) OVER () AS best
            FROM (
                SELECT schedule.*, CASE WHEN schedule.service_at_location_id IS NOT NULL THEN 1
                                        WHEN schedule.service_id IS NOT NULL THEN 2 ELSE 3 END AS rank
                FROM schedule
                WHERE (schedule.service_at_location_id = sal.id OR schedule.service_id = service.id
                       OR schedule.location_id = location.id)
                  AND num_nulls(schedule.byday, schedule.opens_at, schedule.closes_at) = 0
                  AND schedule.freq IS DISTINCT FROM 'MONTHLY' AND coalesce(schedule."interval", 1) = 1
            ) AS schedule
        ) AS applying
        CROSS JOIN LATERAL (
            SELECT array_agg(array_position('{{MO,TU,WE,TH,FR,SA,SU}}'::text[], part) - 1 ORDER BY 1) AS days
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
    CROSS JOIN LATERAL (
        SELECT coalesce(jsonb_agg(exception_as_json(one.*) ORDER BY one.first_on, one.id), '[]') AS exceptions
        FROM schedule_exception AS one
        WHERE one.service_at_location_id = sal.id OR one.service_id = service.id
           OR one.location_id = location.id) AS special
    CROSS JOIN LATERAL (
        SELECT names.words, (SELECT array_agg('=' || word) FROM unnest(names.words) AS word) AS marked
        FROM (SELECT words_of(concat_ws(' ', service.name, service.alternate_name, organization.name,
            organization.alternate_name)) AS words) AS names) AS named
    WHERE sal.id = ANY (wanted) AND sal.removed_at IS NULL;
    INSERT INTO service_need_search (service_at_location_id, need_code, latitude, longitude, country)
    SELECT service_at_location_id, unnest(need_codes), latitude, longitude, country
    FROM service_search
    WHERE service_at_location_id = ANY (wanted) AND status IN ('active', 'temporarily closed');
    INSERT INTO public_search ({PUBLIC_COLUMNS})
    SELECT {PUBLIC_COLUMNS} FROM service_search
    WHERE service_at_location_id = ANY (wanted) AND visibility = 'public';
    INSERT INTO search_word (word, added_in, folded)
    SELECT lexeme, pg_current_xact_id()::text::bigint, unaccent('public.unaccent', translate(lexeme, 'أإآٱىئیےؤةکگ', 'ااااييييوهكك'))
    FROM (
        SELECT DISTINCT lexeme FROM service_search CROSS JOIN LATERAL unnest(tsvector_to_array(words)) AS lexeme
        WHERE service_at_location_id = ANY (wanted) AND lexeme !~ '^(=|need:)') AS used
    WHERE NOT EXISTS (SELECT FROM search_word AS known WHERE known.word = used.lexeme);
END
$$
"""

EXCEPTION = """
CREATE FUNCTION exception_as_json(one schedule_exception) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public
AS $$
SELECT jsonb_build_object(
    'rank', CASE WHEN one.service_at_location_id IS NOT NULL THEN 1 WHEN one.service_id IS NOT NULL THEN 2
                 WHEN one.location_id IS NOT NULL THEN 3 ELSE 4 END,
    'from', one.first_on, 'to', one.last_on, 'closed', one.closed, 'kind', one.kind,
    'days', (SELECT jsonb_agg(array_position('{MO,TU,WE,TH,FR,SA,SU}'::text[], part) - 1)
             FROM unnest(string_to_array(one.byday, ',')) AS part),
    'opens', left(one.opens_at, 2)::integer * 60 + right(one.opens_at, 2)::integer,
    'closes', left(one.closes_at, 2)::integer * 60 + right(one.closes_at, 2)::integer
        + CASE WHEN one.closes_at <= one.opens_at THEN 1440 ELSE 0 END)
$$
"""

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
    "schedule_exception": """SELECT sal.id FROM changed AS hit JOIN service_at_location AS sal
        ON sal.service_id = hit.service_id OR sal.location_id = hit.location_id OR sal.id = hit.service_at_location_id""",
}
NEWLY_WATCHED = ("schedule_exception", "service_capacity")


def fill() -> str:
    """The trigger function. Writers of one steward wait for each other, so that the last one sees what the others
    wrote. Free places change often and by themselves: they stand beside the rows of a search."""
    cases = "\n".join(
        f"        WHEN '{table}' THEN SELECT array_agg(DISTINCT id) INTO wanted FROM ({touched}) AS touched;"
        for table, touched in TOUCHED.items()
    )
    return f"""
CREATE OR REPLACE FUNCTION fill_service_search() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public
AS $$
DECLARE wanted uuid[];
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(steward::text, 3))
        FROM (SELECT DISTINCT steward_tenant_id AS steward FROM changed ORDER BY 1) AS stewards;
    CASE TG_TABLE_NAME
        WHEN 'service_capacity' THEN
            DELETE FROM capacity_search WHERE service_id IN (SELECT service_id FROM changed);
            INSERT INTO capacity_search (service_id, available, counted_at, next_free_at)
            SELECT DISTINCT ON (service_id) service_id, available, updated_at, next_free_at
            FROM service_capacity WHERE service_id IN (SELECT service_id FROM changed)
            ORDER BY service_id, available DESC, updated_at DESC;
{cases}
    END CASE;
    IF wanted IS NOT NULL THEN
        PERFORM refresh_service_search(wanted);
    END IF;
    RETURN NULL;
END
$$
"""


def upgrade() -> None:
    """Empty the search tables, let them hold more, and fill them again."""
    op.execute("DELETE FROM service_need_search")
    op.execute("DELETE FROM service_search")
    for name, kind, nullable in NEW:
        op.add_column("service_search", sa.Column(name, kind, nullable=nullable))
    public_table()
    capacity_table()
    word_table()
    index("service_search")
    index("public_search")
    functions()
    for table in ("schedule_exception", "service_capacity"):
        op.execute(f"GRANT SELECT ON {table} TO {SEARCH}")
        ddl.policy(table, "fills_search", "SELECT", "true", role=SEARCH)
    watch(NEWLY_WATCHED)
    fill_anew()


def public_table() -> None:
    """What the public may find: a narrower table, so that no search of theirs can read anything else."""
    op.create_table(
        "public_search",
        sa.Column("service_at_location_id", sa.Uuid, primary_key=True),
        *(sa.Column(name, kind, nullable=nullable) for name, kind, nullable in (*PUBLIC, *NEW)),
    )
    readable("public_search")


def capacity_table() -> None:
    """What a service has free, where anybody has said so."""
    op.create_table(
        "capacity_search",
        sa.Column("service_id", sa.Uuid, primary_key=True),
        sa.Column("available", sa.Double, nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_free_at", sa.DateTime(timezone=True)),
    )
    readable("capacity_search")


def word_table() -> None:
    """The words of the directory. Two writers may bring the same word: it then stands there twice.

    ``added_in`` is the transaction that brought it: who has read up to a snapshot knows what may have come since.
    """
    op.create_table(
        "search_word",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("word", sa.Text, nullable=False),
        sa.Column("folded", sa.Text, nullable=False),
        sa.Column("added_in", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_search_word_word", "search_word", ["word"])
    op.create_index("ix_search_word_added_in", "search_word", ["added_in"])
    op.create_index(
        "ix_search_word_folded",
        "search_word",
        ["folded"],
        postgresql_using="gin",
        postgresql_ops={"folded": "gin_trgm_ops"},
    )
    readable("search_word")


def readable(table: str) -> None:
    """The application reads; the filling role alone writes."""
    ddl.grant(table, "SELECT")
    op.execute(f"GRANT SELECT, INSERT, DELETE ON {table} TO {SEARCH}")


def index(table: str) -> None:
    """Find by words, and by country where no place is given."""
    op.create_index(f"ix_{table}_words", table, ["words"], postgresql_using="gin")
    op.create_index(f"ix_{table}_country", table, ["country"])
    op.create_index(
        f"ix_{table}_everywhere", table, ["country"], postgresql_where=sa.text("latitude IS NULL")
    )
    if table == "public_search":
        op.create_index("ix_public_search_latitude_longitude", table, ["latitude", "longitude"])
        op.create_index("ix_public_search_organization_id", table, ["organization_id"])


def functions() -> None:
    """What fills the tables, and what a search computes on the way."""
    for text in (MARKS, WHOLE_NUMBER, WORDS, LIKE, DAY, OPEN, EXCEPTION):
        op.execute(text)
    for signature in ("words_like(text[])", "open_despite(jsonb, jsonb, timestamp)",
                      "minutes_of_day(jsonb, jsonb, date)"):  # fmt: skip
        op.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO {ddl.APP}")
    op.execute(REFRESH)
    # The trigger's function belongs to the role that fills: it alone may replace it.
    op.execute(f"GRANT CREATE ON SCHEMA public TO {SEARCH}")
    op.execute(f"SET LOCAL ROLE {SEARCH}")
    op.execute(fill())
    op.execute("RESET ROLE")
    op.execute(f"REVOKE CREATE ON SCHEMA public FROM {SEARCH}")


def watch(tables: Iterable[str]) -> None:
    """Refill what a change touches, in the change's own transaction."""
    for table in tables:
        for event, rows in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
            op.execute(
                f"CREATE TRIGGER fill_search_on_{event.lower()} AFTER {event} ON {table} "
                f"REFERENCING {rows} TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION fill_service_search()"
            )


def fill_anew() -> None:
    """Fill the tables from the listings that are there, as the role that may read them all."""
    op.execute(f"SET LOCAL ROLE {SEARCH}")
    op.execute("SELECT refresh_service_search(array_agg(id)) FROM service_at_location")
    op.execute(
        "INSERT INTO capacity_search (service_id, available, counted_at, next_free_at) "
        "SELECT DISTINCT ON (service_id) service_id, available, updated_at, next_free_at FROM service_capacity "
        "ORDER BY service_id, available DESC, updated_at DESC"
    )
    op.execute("RESET ROLE")
