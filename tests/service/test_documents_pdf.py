"""Printed timetables and notices open in other readers, hold every name, and stay on the paper."""

import io
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pypdfium2
import pytest
from pypdf import PdfReader

from gis.errors import FontError
from service.documents.book import LineBook
from service.documents.fonts import typeface
from service.documents.notice_pdf import notice_pdf
from service.documents.timetable_pdf import timetable_pdf
from tests.service.line_book import NAMES, book, empty_book, plain_book, request, route, side, visit

Writer = Callable[[LineBook], bytes]


@cache
def printed(write: Writer) -> bytes:
    """The book of hard names, written once for all tests."""
    return write(book())


def _pages(content: bytes) -> list[str]:
    """Text of each page, without white space."""
    return ["".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages]


def _as_written(name: str) -> set[str]:
    """How a name may stand in a document: what no font has is written as its code point."""
    plain = "".join(name.split())
    return {plain, plain.replace("🚌", "[U+1F68C]"), plain.replace("\U00020bb7", "[U+20BB7]")}


def _margins_are_white(content: bytes, margin: float = 0.04) -> bool:
    """Whether nothing is drawn on the outer 4 % of any page, and something inside."""
    pictures = pypdfium2.PdfDocument(content)
    try:
        for i in range(len(pictures)):
            grey = np.asarray(pictures[i].render(scale=0.6, grayscale=True).to_numpy()).squeeze()
            edge = round(margin * grey.shape[0])
            inner = grey[edge:-edge, edge:-edge]
            if inner.min() > 200 or grey.sum() - inner.sum() != 255 * (grey.size - inner.size):
                return False
    finally:
        pictures.close()
    return True


def test_a_cover_names_every_line_and_each_line_has_its_page_with_every_stop() -> None:
    cover, early, late, home, tables = _pages(printed(timetable_pdf))
    for line in book().lines:
        assert line.name in cover
        assert line.plate in cover
    for page, stops in ((early, "ABC"), (late, "FEC"), (home, "CA")):
        for letter in stops:
            assert any(name in page for name in _as_written(NAMES[letter])), letter
    assert "07:01" in early
    assert "07:05" in early
    assert "未安排5人次" in cover
    assert "g-x" in cover
    assert "合同比较" in tables
    assert "+说明" in tables


def test_a_line_past_midnight_says_so() -> None:
    late = _pages(printed(timetable_pdf))[2]
    assert "23:58" in late
    assert "次日01:10" in late


def test_no_sign_is_an_empty_box() -> None:
    text = "".join(_pages(printed(timetable_pdf)))
    assert "囍里" in text
    assert "🚌" in text or "[U+1F68C]" in text
    assert "\U00020bb7" in text or "[U+20BB7]" in text


@pytest.mark.parametrize("write", [timetable_pdf, notice_pdf])
def test_pages_are_a4_with_white_margins_and_embedded_subsets(write: Writer) -> None:
    content = printed(write)
    assert _margins_are_white(content)
    assert len(content) < 200_000  # the whole font would be ten million
    for page in PdfReader(io.BytesIO(content)).pages:
        assert [round(float(side)) for side in page.mediabox[2:]] == [595, 842]
        fonts = page["/Resources"]["/Font"].values()  # type: ignore[index]
        for font in fonts:
            about = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
            assert {"/FontFile2", "/FontFile3"} & about.keys()
            assert "+" in about["/FontName"]


@pytest.mark.parametrize("write", [timetable_pdf, notice_pdf])
def test_equal_books_give_equal_bytes(write: Writer) -> None:
    assert write(plain_book()) == write(plain_book())


@pytest.mark.parametrize("write", [timetable_pdf, notice_pdf])
def test_no_lines_are_said_to_be_none(write: Writer) -> None:
    assert "没有线路" in "".join(_pages(write(empty_book())))


def test_a_long_line_goes_on_over_pages_with_its_headings() -> None:
    stops = ["AB"[i % 2] for i in range(60)]
    asked = [request(f"r{i}", f"{at}C", 1) for i, at in enumerate(stops)]
    visits = [visit(f"r{i}", 0, at, 25_200 + 200 * i) for i, at in enumerate(stops)]
    visits += [visit(f"r{i}", 1, "C", 40_000) for i in range(60)]
    long = replace(plain_book(), sides=(side("morning", asked, route("v1", *visits)),))
    content = timetable_pdf(long)
    _, *pages = _pages(content)
    assert len(pages) > 2
    assert all("站点" in page for page in pages[:2])
    assert pages[-1].count("各区间车上人数") == 1
    assert _margins_are_white(content)


def test_a_long_name_is_folded_and_nothing_of_it_is_lost() -> None:
    found = plain_book()
    line = found.lines[0]
    name = "".join(chr(0x4E00 + i) for i in range(120))
    stops = (replace(line.stops[0], place=replace(line.stops[0].place, name=name)), *line.stops[1:])
    long = replace(found.sides[0], lines=(replace(line, stops=stops),))
    content = timetable_pdf(replace(found, sides=(long,)))
    assert name in _pages(content)[1]
    assert _margins_are_white(content)


def test_a_notice_tells_the_stop_the_line_the_times_and_the_longest_walk() -> None:
    text = "".join(_pages(printed(notice_pdf)))
    for letter in "ABEF":
        assert any(name in text for name in _as_written(NAMES[letter])), letter
    assert "请06:58到站·07:01开车·07:05到达" in text
    assert "请17:27到站·17:30开车·17:36到达" in text
    assert "步行最远420米" in text


def test_a_notice_names_no_group_and_no_walk_of_fewer_than_three() -> None:
    text = "".join(_pages(printed(notice_pdf)))
    assert "g-" not in text
    assert "777" not in text  # two riders walk that far


def test_many_stops_fill_columns_and_pages_with_every_card_whole() -> None:
    side_ = plain_book().sides[0]
    line = side_.lines[0]
    rides = tuple(
        replace(line.rides[0], board=replace(line.rides[0].board, id=f"s{i}", name=f"第{i:03d}站"))
        for i in range(40)
    )
    many = replace(plain_book(), sides=(replace(side_, lines=(replace(line, rides=rides),)),))
    content = notice_pdf(many)
    text = "".join(_pages(content))
    assert all(f"第{i:03d}站" in text for i in range(40))
    assert len(_pages(content)) > 1
    assert _margins_are_white(content)


def test_without_a_chinese_font_the_error_names_what_to_install() -> None:
    with pytest.raises(FontError, match="apt install fonts-noto-cjk"):
        typeface(["早班车"], candidates=())


def test_what_no_font_has_stands_as_its_code_point_and_control_characters_are_left_out() -> None:
    face = typeface(["站\U000f0000"])
    assert face.legible("站\U000f0000\n 1") == "站 1"  # private use is not printable
    assert face.legible("站\U0001f9ff") in {"站[U+1F9FF]", "站\U0001f9ff"}
