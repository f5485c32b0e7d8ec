"""Keeping the lexicon of a search to the words that listings hold."""

from __future__ import annotations

from sqlalchemy import select, text

from network.core.db import db


def prune_words() -> int:
    """Take out the words that no listing holds any more, and what stands twice; returns how many rows went.

    While listings are being brought in nothing goes: the next round finds the same words. Only the worker may.
    """
    return int(db.session.scalar(select(text("prune_search_words()"))) or 0)
