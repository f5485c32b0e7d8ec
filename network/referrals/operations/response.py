"""Counting how the acting tenant's services answer referrals, for everybody who looks for a service."""

from __future__ import annotations

from uuid import UUID

from network.directory.operations import publish_response, withdraw_response
from network.referrals.queries.response import response_of

# Below these a figure could tell of one centre, or of one client.
FEWEST_REFERRALS, FEWEST_CENTRES = 10, 3
STEPS_HOURS = (1, 2, 4, 8, 24, 48, 72, 168, 336)
PERCENT_STEP = 5


def count_response(service_id: UUID) -> None:
    """Publish what share of its referrals a service answers and how soon, in steps; nothing where few asked."""
    found = response_of(service_id)
    if found.referrals < FEWEST_REFERRALS or found.centres < FEWEST_CENTRES:
        withdraw_response(service_id)
        return
    percent = round(100 * found.answered / found.referrals / PERCENT_STEP) * PERCENT_STEP
    hours = found.median_hours
    usual = None if hours is None else next((step for step in STEPS_HOURS if hours <= step), STEPS_HOURS[-1])
    publish_response(service_id, percent, usual)
