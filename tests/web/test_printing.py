"""Text on paper: every script in its own letters, in its own direction, and to be read back."""

from __future__ import annotations

import re

import pytest

from network.web.printing import (
    A4,
    A5,
    Block,
    Flow,
    Paper,
    Sheet,
    gap,
    isolated,
    readable,
    set_lines,
    unbroken,
)
from tests.support.pdf import reader, text_of

SCRIPTS = {
    "am": "የኢትዮጵያ ኤምባሲ", "ar": "المساعدة القانونية", "bn": "বাংলাদেশ দূতাবাস", "en": "Legal aid – 3 € “yes”",
    "fil": "Tulong para sa mga manggagawa", "hi": "मानसिक स्वास्थ्य परामर्श", "km": "ភាសាខ្មែរ", "ko": "대한민국 대사관",
    "lo": "ພາສາລາວ", "ml": "മലയാളം", "my": "မြန်မာဘာသာ", "ne": "श्रम सल्लाह", "pa": "ਪੰਜਾਬੀ", "ru": "Посольство",
    "si": "ශ්‍රී ලංකා", "ta": "தமிழ் தூதரகம்", "te": "తెలుగు", "th": "สถานทูตไทย", "ti": "ትግርኛ",
    "ur": "پاکستانی سفارت خانہ ٹیلیفون",
    "vi": "Đại sứ quán Việt Nam", "zh": "駐約旦辦事處",
}  # fmt: skip
PHONE = isolated(unbroken("+962 79 123 4567"))
WIDE = 1_000_000


def printed(text: str, direction="ltr", bold: bool = False) -> bytes:
    flow = Flow(Sheet(A5, direction))
    flow.add(Block(tuple(flow.text(text, 10, bold=bold))))
    paper = Paper(A5, language="en", direction=direction, title="Test")
    for page in flow.pages:
        paper.turn_page()
        flow.draw(paper, page)
    return paper.to_bytes()


@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize("language", SCRIPTS)
def test_every_script_is_printed_in_its_own_letters(language: str, bold: bool):
    text = SCRIPTS[language]
    assert readable(text) == text
    glyphs = [
        glyph
        for line in set_lines(text, WIDE, "ltr", bold)
        for piece in line.pieces
        for glyph in piece.shaped.glyphs
    ]
    assert glyphs
    assert all(glyph.number for glyph in glyphs), "a box stands for a character that no face has"


@pytest.mark.parametrize("language", ["ar", "en", "ru", "ta", "th", "ur", "vi", "zh"])
def test_what_is_printed_is_found_again_in_the_file(language: str):
    direction = "rtl" if language in ("ar", "ur") else "ltr"
    assert SCRIPTS[language] in text_of(printed(SCRIPTS[language], direction))


def test_a_character_that_no_face_has_is_written_in_latin_letters():
    assert readable("ગુજરાતી ☎") == "gujrati" + readable(" ☎")
    assert all(g.number for line in set_lines("𐤀ગ☎☂", WIDE) for p in line.pieces for g in p.shaped.glyphs)


def test_letters_that_join_are_not_torn_by_the_direction_of_the_page():
    [line] = set_lines(SCRIPTS["si"], WIDE, "rtl")
    assert [piece.text for piece in line.pieces] == ["ශ්‍රී", " ", "ලංකා"]


def test_arabic_runs_from_the_right_and_a_telephone_number_in_it_from_the_left():
    [line] = set_lines(f"الهاتف {PHONE} مجاناً", WIDE, "rtl")
    assert [piece.text for piece in line.pieces] == [
        "مجاناً",
        " ",
        unbroken("+962 79 123 4567"),
        " ",
        "الهاتف",
    ]
    first = line.pieces[-1].shaped.glyphs
    assert first[-1].text == "ا", "the first letter stands at the right"


def test_brackets_around_latin_in_arabic_open_where_reading_goes_on():
    [line] = set_lines("مركز (Tamkeen) هنا", WIDE, "rtl")
    assert "".join(piece.text for piece in reversed(line.pieces)).split() == ["مركز", "(Tamkeen)", "هنا"]


def test_a_line_breaks_before_it_is_too_wide_and_a_word_only_where_it_must():
    lines = set_lines("one two three " + "x" * 60, 6000)
    assert all(line.width <= 6000 for line in lines)
    assert lines[0].text == "one two"
    assert sum(len(line.text) for line in lines[2:]) == 60


def test_thai_without_spaces_breaks_between_letters_and_their_marks():
    text = "สำนักงานแรงงานประจำกรุงเทพมหานคร"
    lines = set_lines(text, 4000)
    assert len(lines) > 1
    assert "".join(line.text for line in lines) == text


def test_marks_above_one_another_stand_over_their_letter():
    """The way back from one mark and the way to the next are two numbers; written as one they led far away."""
    [page] = reader(printed("ที่ชื่อนี้ দূতাবাস काठमाडौँ")).pages
    shown = re.findall(rb"\[(.*?)\] TJ", page.get_contents().get_data())
    moves = [float(number) for run in shown for number in re.sub(rb"<.*?>", b" ", run).split()]
    assert len(moves) > 4
    assert max(map(abs, moves)) < 400  # thousandths of the letters' size


def test_what_is_too_long_ends_in_dots():
    lines = set_lines("word " * 100, 10_000, limit=2)
    assert len(lines) == 2
    assert lines[-1].text.endswith("…")


def test_a_telephone_number_is_not_torn():
    assert any(line.text == unbroken("+962 79 123 4567") for line in set_lines(f"Call {PHONE}", 9000))


@pytest.mark.parametrize(("direction", "first"), [("ltr", "left"), ("rtl", "right")])
def test_columns_begin_on_the_side_where_reading_begins(direction, first: str):
    sheet = Sheet(A4, direction, 2)
    flow = Flow(sheet)
    for number in range(90):
        flow.add(Block((*flow.text(f"Block {number}", 10), gap(5))))
    columns = [placed.column for placed in flow.pages[0].placed]
    assert columns == sorted(columns)
    assert (sheet.left(0) < sheet.left(1)) == (first == "left")
    assert len(flow.pages) == 2


def test_a_block_is_not_torn_if_a_column_can_hold_it():
    flow = Flow(Sheet(A5, "ltr"))
    flow.add(Block(tuple(flow.text("a " * 1500, 10))))
    flow.add(Block(tuple(flow.text("b " * 900, 10)), key="b"))
    assert flow.page_of["b"] == 1
    assert len({id(page) for page in flow.pages for placed in page.placed}) == 2


def test_a_block_with_a_head_goes_on_in_the_next_column_but_not_by_a_line_alone():
    flow = Flow(Sheet(A5, "ltr", columns=2))
    line = flow.text("x", 10)  # 36 of them fill a column
    flow.add(Block(tuple(line * 24)))
    flow.add(Block(tuple(line * 14), head=3))
    assert [placed.column for placed in flow.pages[0].placed[24:]] == [0] * 10 + [1] * 4
    flow.add(Block(tuple(line * 30)))  # whole
    flow.add(Block(tuple(line * 40), head=3))
    assert len(flow.pages) == 2
    assert [placed.column for placed in flow.pages[1].placed] == [0] * 36 + [1] * 4


@pytest.mark.parametrize(("direction", "said"), [("ltr", "/L2R"), ("rtl", "/R2L")])
def test_the_file_tells_from_which_side_it_is_read(direction, said: str):
    opened = reader(printed("x", direction))
    assert opened.trailer["/Root"]["/ViewerPreferences"]["/Direction"] == said
    assert opened.metadata.title == "Test"
    assert opened.metadata.producer in (None, "")
    assert opened.metadata.creation_date.hour == 0
