"""What no template may do, whoever wrote it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask, render_template_string
from jinja2 import UndefinedError

import network

ROOT = Path(network.__file__).parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
INLINE = re.compile(
    r"<script(?![^>]*(?:\bsrc=|type=\"application/json\" data-))|<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']"
    r"|javascript:|\bhx-on|\|\s*safe\b",
    re.IGNORECASE,
)
OUTSIDE = re.compile(r"(?:src|srcset)\s*=\s*[\"']https?:|<link[^>]+href=[\"']https?:", re.IGNORECASE)


def _names(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", TEMPLATES, ids=_names)
def test_no_template_holds_inline_scripts_styles_or_unescaped_values(path: Path) -> None:
    assert INLINE.findall(path.read_text("utf-8")) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=_names)
def test_no_template_loads_anything_from_elsewhere(path: Path) -> None:
    assert OUTSIDE.findall(path.read_text("utf-8")) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=_names)
def test_every_posted_form_carries_a_guard(path: Path) -> None:
    text = path.read_text("utf-8")
    for form in re.findall(
        r"<form\b[^>]*method=[\"']post[\"'][^>]*>.*?</form>", text, re.DOTALL | re.IGNORECASE
    ):
        asks_only = "'finder_pages." in form  # they change nothing, and the finder sets no cookie
        assert asks_only != ("form_guard()" in form or "csrf_token()" in form)


@pytest.mark.parametrize("path", TEMPLATES, ids=_names)
def test_telephone_and_email_inputs_read_from_left_to_right(path: Path) -> None:
    for tag in re.findall(r"<input\b[^>]*>", path.read_text("utf-8"), re.DOTALL):
        if re.search(r"type=[\"'](tel|email|password|date|datetime-local|url)[\"']", tag):
            assert 'dir="ltr"' in tag, tag


@pytest.mark.parametrize(
    "bad",
    [
        "<script>x</script>",
        '<p style="x">',
        '<a onclick="x">',
        "{{ x|safe }}",
        "<style>",
        '<a href="javascript:x">',
    ],
)
def test_the_search_for_inline_code_finds_it(bad: str) -> None:
    assert INLINE.search(bad)


def test_a_name_that_does_not_exist_is_an_error_and_not_an_empty_place(gallery: Flask) -> None:
    with gallery.test_request_context(), pytest.raises(UndefinedError):
        render_template_string("{{ clinet_name }}")


def test_telephone_email_and_code_fields_are_rendered_left_to_right_in_arabic(gallery: Flask) -> None:
    client = gallery.test_client()
    client.set_cookie("language", "ar")
    html = client.get("/form").get_data(as_text=True)
    assert '<html lang="ar" dir="rtl"' in html
    for name in ("phone", "email", "passport", "age", "born_on"):
        tag = re.search(rf'<input[^>]*id="{name}"[^>]*>', html, re.DOTALL)
        assert tag
        assert 'dir="ltr"' in tag[0]
