"""What people and programs do to feeds: cells merged over rows, strings for objects, and pieces that fail."""

from __future__ import annotations

import io

import openpyxl
from flask import Flask

from network.directory.models import Organization, Service
from tests.directory.conftest import Members
from tests.directory.feeds.conftest import Bring
from tests.directory.feeds.test_feeds import mine


def test_a_cell_merged_over_rows_counts_for_each_of_them(app: Flask, members: Members, bring: Bring):
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ("Organization", "Service", "Needs", "Town", "Country"),
        ("House of Bread", "Meals", "legal.advice", "Irbid", "JO"),
        (None, "Parcels", "legal.advice", "Irbid", "JO"),
        (None, "Cooking", "legal.advice", None, None),
        ("Open Door", "Advice", "legal.advice", "Irbid", "JO"),
        (None, "Lost", "legal.advice", "Irbid", "JO"),
    ):
        sheet.append(row)
    sheet.merge_cells("A2:A4")
    sheet.merge_cells("D3:D4")
    sheet.merge_cells("E3:E4")
    sheet.merge_cells("A5:A5")
    made = io.BytesIO()
    book.save(made)
    bring(made.getvalue(), file_name="listings.xlsx", source="workbook")
    names = {one.id: one.name for one in mine(app, members, Organization)}
    under = {one.name: names[one.organization_id] for one in mine(app, members, Service)}
    assert {name: under[name] for name in ("Meals", "Parcels", "Cooking")} == dict.fromkeys(
        ("Meals", "Parcels", "Cooking"), "House of Bread"
    )
    assert under["Advice"] == "Open Door"
    assert under.get("Lost", "workbook: no organization named") != "House of Bread"
