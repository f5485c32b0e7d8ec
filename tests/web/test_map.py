"""The base of the map: outlines of every country of the gazetteer, Leaflet under our policy, tiles only where set."""

from __future__ import annotations

import base64
import json
import mimetypes
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from network.core.settings import Settings, SettingsError
from network.directory import geo
from network.web import assets
from network.web.security import content_security_policy

TILES = "https://tiles.example.org/{z}/{x}/{y}.png"


@pytest.fixture
def fresh() -> dict[str, str]:
    """The variables of an installation whose servers are never asked."""
    keys = ("MASTER_KEY", "CONTEXT_KEY", "AUDIT_KEY", "INDEX_KEY")
    given = {f"NETWORK_{key}": base64.b64encode(bytes(32)).decode() for key in keys}
    return {
        **given,
        "NETWORK_DATABASE_URL": "postgresql://localhost/none",
        "NETWORK_REDIS_URL": "redis://localhost/0",
        "NETWORK_SECRET_KEY": "not much of one",
    }


def outline(code: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        (assets.FOLDER / assets.manifest()[f"map-{code}.json"]).read_text("utf-8")
    )
    return found


def rings(collection: dict[str, Any]) -> Iterator[list[list[float]]]:
    for feature in collection["features"]:
        geometry = feature["geometry"]
        for polygon in (
            geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
        ):
            yield from polygon


@pytest.mark.parametrize("country", geo.countries())
def test_the_outline_of_each_country_holds_its_places(country: str) -> None:
    drawn = list(rings(outline(country.lower())))
    assert all(ring[0] == ring[-1] and len(ring) > 3 for ring in drawn if ring)
    west, east = (limit(point[0] for ring in drawn for point in ring) for limit in (min, max))
    south, north = (limit(point[1] for ring in drawn for point in ring) for limit in (min, max))
    outside = [
        place.code
        for place in geo.places(country)
        if not (south - 0.2 <= place.latitude <= north + 0.2 and west - 0.2 <= place.longitude <= east + 0.2)
    ]
    assert set(outside) <= {"tw-lienchiang"}  # the Matsu islands are too small for the outline


def test_the_outlines_are_light() -> None:
    for name in assets.manifest():
        if name.startswith("map-"):
            assert (assets.FOLDER / f"{assets.manifest()[name]}.br").stat().st_size < 40_000, name


def test_map_tiles_are_let_in_only_where_the_settings_name_them(fresh: dict[str, str]) -> None:
    without = Settings.from_environ(fresh)
    assert without.map_tiles_origin == ""
    assert "img-src 'self' data:;" in content_security_policy(without.map_tiles_origin)
    named = Settings.from_environ({**fresh, "NETWORK_MAP_TILES": TILES})
    assert "img-src 'self' data: https://tiles.example.org;" in content_security_policy(
        named.map_tiles_origin
    )


@pytest.mark.parametrize(
    "address",
    [
        "tiles.example.org/{z}/{x}/{y}.png",
        "http://tiles.example.org/{z}/{x}/{y}.png",
        "https://tiles.example.org/tiles.png",
        "https://{s}.example.org/{z}/{x}/{y}.png",
        "https://tiles.example.org; script-src */{z}/{x}/{y}.png",
        "https://tiles.example.org/{z}/{x}/{y}.png; script-src *",
        "https://user@tiles.example.org/{z}/{x}/{y}.png",
        "https://*/{z}/{x}/{y}.png",
    ],
)
def test_an_address_of_tiles_that_could_widen_the_policy_stops_the_start(
    fresh: dict[str, str], address: str
) -> None:
    with pytest.raises(SettingsError, match="NETWORK_MAP_TILES"):
        Settings.from_environ({**fresh, "NETWORK_MAP_TILES": address})


PAGE = """<!doctype html><html lang="{lang}" dir="{dir}"><title>Map</title>
<link rel="stylesheet" href="/assets/leaflet.css"><script src="/assets/leaflet.js"></script>
<div id="map"></div><script src="/map.js"></script>"""
SCRIPT = """document.getElementById('map').style.cssText = 'height:300px;width:300px'
const map = L.map('map', { zoomAnimation: false, fadeAnimation: false }).setView([31.95, 35.93], 8)
const icon = L.icon({ iconUrl: '/assets/marker-icon.png', iconSize: [25, 41], iconAnchor: [12, 41] })
L.marker([31.95, 35.93], { icon, alt: 'Amman' }).addTo(map).bindPopup('عمّان')
fetch('/assets/map-jo.json').then(one => one.json()).then(one => {
  window.drawn = L.geoJSON(one).addTo(map).getBounds().contains([31.95, 35.93])
})"""


def serve(route: Route) -> None:
    path = route.request.url.removeprefix("http://map.test")
    headers = {"Content-Security-Policy": content_security_policy()}
    if path.startswith("/assets/"):
        name = path.removeprefix("/assets/")
        body = (assets.FOLDER / assets.manifest()[name]).read_bytes()
        route.fulfill(body=body, content_type=mimetypes.guess_type(name)[0] or "", headers=headers)
    elif path == "/map.js":
        route.fulfill(body=SCRIPT, content_type="text/javascript", headers=headers)
    else:
        way = "rtl" if path == "/ar" else "ltr"
        route.fulfill(body=PAGE.format(lang=path[1:], dir=way), content_type="text/html", headers=headers)


def look(page: Page, path: str) -> dict[str, Any]:
    page.goto(f"http://map.test{path}")
    page.wait_for_function("window.drawn !== undefined")
    page.locator(".leaflet-marker-icon").click()
    page.wait_for_selector(".leaflet-popup-content")
    found: dict[str, Any] = page.evaluate(
        """() => {
          const around = document.getElementById('map').getBoundingClientRect()
          const off = name => {
            const one = document.querySelector(name).getBoundingClientRect()
            return [Math.round(one.x - around.x), Math.round(one.y - around.y)]
          }
          return { drawn: window.drawn, marker: off('.leaflet-marker-icon'), outline: off('path.leaflet-interactive'),
                   control: off('.leaflet-control-zoom'), wide: document.documentElement.scrollWidth > innerWidth }
        }"""
    )
    return found


def test_a_map_stands_the_same_in_both_directions_and_under_our_policy(browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 640})
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    page.route("http://map.test/**", serve)
    try:
        english, arabic = look(page, "/en"), look(page, "/ar")
    finally:
        page.close()
    assert told == []
    assert english == arabic
    assert english["drawn"] is True
    assert english["wide"] is False
