"""The built stylesheets and scripts: found by plain names, light, and kept by browsers for ever."""

from __future__ import annotations

import gzip
import re

import pytest
from flask import Flask

from network.web import assets

BUDGET_BYTES = 60_000


def test_every_name_in_the_manifest_has_its_file_and_a_compressed_copy() -> None:
    for name in assets.manifest().values():
        assert re.search(r"\.[0-9a-f]{10}\.", name)
        packed = name.endswith(".woff")  # compressed in itself
        for extension in ("",) if packed else ("", ".gz", ".br"):
            assert (assets.FOLDER / f"{name}{extension}").stat().st_size > 0


def test_a_name_that_was_never_built_is_an_error() -> None:
    with pytest.raises(KeyError):
        assets.asset("bootstrap.css")


def test_an_asset_is_served_compressed_and_kept_for_ever(gallery: Flask) -> None:
    answer = gallery.test_client().get(
        assets.asset("app.css"), headers={"Accept-Encoding": "gzip"}, buffered=True
    )
    assert answer.status_code == 200
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "immutable" in answer.headers["Cache-Control"]


def test_nothing_beside_the_built_files_is_served(gallery: Flask) -> None:
    client = gallery.test_client()
    for path in (
        "/assets/../src/scripts/app.js",
        "/assets/%2e%2e/src/scripts/app.js",
        "/static/src/scripts/app.js",
    ):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize("page", ["/", "/form", "/records", "/components", "/plain"])
def test_the_first_visit_of_a_page_stays_within_its_budget(gallery: Flask, page: str) -> None:
    client = gallery.test_client()
    answer = client.get(page)
    html = answer.get_data(as_text=True)
    wanted = re.findall(r'(?:src|href)="(/assets/[^"]+)"', html)
    sizes = [len(client.get(one, headers={"Accept-Encoding": "gzip"}, buffered=True).data) for one in wanted]
    assert len(wanted) + 1 <= 12
    assert sum(sizes) + len(gzip.compress(answer.data)) <= BUDGET_BYTES


def test_the_stylesheet_carries_neither_the_government_font_nor_the_crown() -> None:
    for name in ("app.css", "app.rtl.css"):
        css = (assets.FOLDER / assets.manifest()[name]).read_text("utf-8")
        assert "GDS Transport" not in css
        assert "@font-face" not in css
        assert "crown" not in css
        assert "url(" not in css
