"""The web page holds everything itself, escapes every value, and shows no group and no small count."""

from dataclasses import dataclass, field, replace
from html.parser import HTMLParser

from service.documents.book import LineBook
from service.documents.page import Picture, line_page
from tests.service.line_book import NAMES, TITLE, book, empty_book

VOID = {"meta", "img", "link", "br", "hr", "input"}


@dataclass
class Seen(HTMLParser):
    """What a reader of a page sees: its text, its tags, and what it would load."""

    texts: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.loaded += [value or "" for name, value in attrs if name in {"src", "href", "srcset", "action"}]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip() and (not self.open or self.open[-1] != "style"):
            self.texts.append(data.strip())


def _seen(found: LineBook, *pictures: Picture) -> Seen:
    seen = Seen()
    seen.feed(line_page(found, pictures).decode())
    seen.close()
    assert seen.open == []
    return seen


def test_every_stop_line_and_time_is_text_of_the_page() -> None:
    texts = _seen(book()).texts
    assert set(NAMES.values()) <= set(texts)
    assert {"早1线", "早2线", "晚1线", "云D00001", "07:01", "次日 01:10"} <= set(texts)
    assert any(TITLE in text for text in texts)


def test_a_name_never_becomes_a_tag() -> None:
    assert "b" not in _seen(book()).tags
    assert "市" not in _seen(book()).tags


def test_nothing_is_loaded_from_elsewhere_and_nothing_runs() -> None:
    seen = _seen(book(), Picture(png=b"\x89PNG", caption="早班车"))
    assert all(address.startswith(("#", "data:image/png;base64,")) for address in seen.loaded)
    assert any(address.startswith("data:") for address in seen.loaded)
    assert not {"script", "link", "iframe"} & set(seen.tags)
    text = line_page(book()).decode()
    assert "url(" not in text
    assert "@import" not in text
    assert "http" not in text


def test_the_page_is_fit_for_the_public() -> None:
    texts = _seen(book()).texts
    assert not {f"g-{request}" for request in "abefhx"} & set(texts)
    assert not {"合同比较", "包月", "座位不足"} & set(texts)
    timetable = texts[texts.index("上下客") :]
    assert timetable[timetable.index(NAMES["A"]) :][:3] == [NAMES["A"], "07:01", "上"]


def test_a_line_with_fewer_than_three_riders_does_not_say_how_many() -> None:
    found = book()
    line = found.lines[0]
    few = replace(line, stops=tuple(replace(s, boarding=min(s.boarding, 1)) for s in line.stops))
    side = replace(found.sides[0], lines=(few,))
    assert "＜3" in _seen(replace(found, sides=(side,))).texts


def test_no_lines_are_said_to_be_none() -> None:
    assert _seen(empty_book()).texts.count("没有线路") == 2


def test_the_source_of_the_map_is_named_and_invented_data_says_so() -> None:
    assert "© OpenStreetMap contributors" in _seen(book()).texts
    assert "合成数据" in line_page(replace(book(), synthetic=True)).decode()
    assert "合成数据" not in line_page(book()).decode()


def test_walks_of_fewer_than_three_riders_are_no_figure_of_the_page() -> None:
    found = book()
    lonely = replace(found.sides[0], figures=replace(found.sides[0].figures, served=2))
    assert "777 米" in _seen(found).texts
    assert "777 米" not in _seen(replace(found, sides=(lonely,))).texts
