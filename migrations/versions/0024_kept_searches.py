"""Kept searches end with the access to the case; words that no listing holds go; figures of missing help."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations import ddl

revision = "0024"
down_revision = "0023"

SEARCH = "network_search"

# Whoever may not see the case sees no search for it: the case's own rules answer, need-to-know among them.
CASE_IS_SEEN = (
    "case_id IS NULL OR (SELECT context_kind()) = 'job' OR EXISTS (SELECT 1 FROM case_file "
    "WHERE case_file.tenant_id = directory_search.tenant_id AND case_file.id = directory_search.case_id)"
)

# First what seems unused, which takes long and hinders nobody; then, while no listing can be written, that alone is
# looked at again: a writer that found a word there relies on its staying.
PRUNE = r"""
CREATE FUNCTION prune_search_words() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public SET lock_timeout = '5s'
AS $$
DECLARE
    unused text[];
    gone bigint;
BEGIN
    SELECT array_agg(DISTINCT known.word) INTO unused
    FROM search_word AS known
    LEFT JOIN (SELECT DISTINCT lexeme FROM service_search
               CROSS JOIN LATERAL unnest(tsvector_to_array(words)) AS lexeme) AS used ON used.lexeme = known.word
    WHERE used.lexeme IS NULL;
    BEGIN
        LOCK TABLE service_search IN SHARE MODE;
    EXCEPTION WHEN lock_not_available THEN
        RETURN 0;
    END;
    DELETE FROM search_word AS known
    WHERE known.word = ANY (unused) AND NOT EXISTS (
            SELECT FROM service_search
            WHERE words @@ ('''' || replace(replace(known.word, '\', '\\'), '''', '''''') || '''')::tsquery)
       OR EXISTS (SELECT FROM search_word AS earlier WHERE earlier.word = known.word AND earlier.id < known.id);
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END
$$
"""


def upgrade() -> None:
    """A search that knew a person but not her case cannot be tied to it any more: it goes."""
    with ddl.walls_lifted("directory_search"):
        op.execute("DELETE FROM directory_search WHERE case_id IS NULL AND sealed IS NOT NULL")
    ddl.policy("directory_search", "case_is_seen", "ALL", CASE_IS_SEEN, CASE_IS_SEEN, kind="RESTRICTIVE")
    op.execute(PRUNE)
    ddl.definer("prune_search_words()", SEARCH)
    op.execute(f"SET LOCAL ROLE {SEARCH}")
    op.execute("GRANT EXECUTE ON FUNCTION prune_search_words() TO network_worker")
    op.execute("RESET ROLE")
    figures()


def figures() -> None:
    """How often each centre found that help is missing; every member reads it, the centre writes its own."""
    op.create_table(
        "service_gap_figure",
        sa.Column("published_by", sa.Uuid, sa.ForeignKey("tenant.id"), primary_key=True),
        sa.Column("need_code", sa.Text, primary_key=True),
        sa.Column("country", sa.Text, primary_key=True),
        sa.Column("place", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("until_on", sa.Date, nullable=False),
        sa.CheckConstraint("number > 0", name="number"),
    )
    ddl.protect_shared("service_gap_figure", write="published_by = (SELECT context_tenant())")
