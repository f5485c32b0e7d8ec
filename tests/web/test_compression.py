"""Answers leave compressed, and their length tells nothing about what they hold."""

from __future__ import annotations

import gzip

import pytest
from flask import Flask, Response

from network.web.compression import compress_answers, gzipped

WORDS = "The shelter has not answered. " * 100


@pytest.fixture
def app() -> Flask:
    """An application with answers of several kinds."""
    made = Flask(__name__)
    compress_answers(made)
    made.add_url_rule("/page", "page", lambda: WORDS)
    made.add_url_rule("/short", "short", lambda: "Saved")
    made.add_url_rule("/file", "file", lambda: Response(WORDS, mimetype="application/octet-stream"))
    made.add_url_rule("/parts", "parts", lambda: Response(iter([WORDS]), mimetype="text/html"))
    return made


def test_a_page_leaves_compressed_and_reads_the_same(app: Flask) -> None:
    answer = app.test_client().get("/page", headers={"Accept-Encoding": "gzip, br"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert int(answer.headers["Content-Length"]) == len(answer.data) < 400
    assert gzip.decompress(answer.data).decode() == WORDS
    assert "Accept-Encoding" in answer.headers["Vary"]


@pytest.mark.parametrize(
    ("path", "accepts"), [("/page", "identity"), ("/short", "gzip"), ("/file", "gzip"), ("/parts", "gzip")]
)
def test_what_is_not_asked_for_or_not_worth_it_stays_as_it_is(app: Flask, path: str, accepts: str) -> None:
    answer = app.test_client().get(path, headers={"Accept-Encoding": accepts})
    assert "Content-Encoding" not in answer.headers


def test_the_same_page_has_many_lengths(app: Flask) -> None:
    client = app.test_client()
    lengths = {len(client.get("/page", headers={"Accept-Encoding": "gzip"}).data) for _ in range(60)}
    assert len(lengths) > 10


@pytest.mark.parametrize("body", [b"", b"x", WORDS.encode(), "قيد التنفيذ".encode() * 50])
def test_every_body_comes_back_whole(body: bytes) -> None:
    assert gzip.decompress(gzipped(body, 7)) == body
