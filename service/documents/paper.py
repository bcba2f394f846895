"""A4 paper to write Chinese on: text that fits its place, rules, badges, page numbers.

All lengths are millimetres from the upper left corner of the page. Equal values give equal bytes: the date in
the file is that of the document, not of the clock.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final, Literal

from fpdf import FPDF
from fpdf.enums import TextMode, WrapMode

from service.documents.fonts import Typeface, typeface

WIDTH, HEIGHT, MARGIN = 210.0, 297.0, 14.0
INNER: Final = WIDTH - 2 * MARGIN
FOOT: Final = HEIGHT - MARGIN - 6
INK, GREY, PALE, RULE = "#222222", "#6d6d6d", "#f1f3f5", "#c9cdd2"
LEAST_PT, BOLD_FROM_PT = 5.0, 10.0
_LEADING: Final = 1.3
_POINT: Final = 25.4 / 72

Align = Literal["L", "C", "R"]


class Paper(FPDF):
    """Pages with a note and a number at their foot.

    Parameters
    ----------
    date
        ISO date that the file bears.
    note
        At the foot of every page.
    """

    def __init__(self, face: Typeface, *, title: str, date: str, note: str) -> None:
        super().__init__(format="A4", unit="mm")
        self.face, self.note = face, note
        self.set_auto_page_break(auto=False)
        self.set_margin(MARGIN)
        self.c_margin = 0.0
        names = [f"face{i}" for i in range(len(face.files))]
        for name, file in zip(names, face.files, strict=True):
            self.add_font(name, fname=str(file.path), collection_font_number=file.number)
        self.set_font(names[0], size=10)
        self.set_fallback_fonts(names[1:])
        self.set_title(face.legible(title))
        self.set_creator("Paiche 派车")
        self.set_lang("zh-CN")
        self.set_creation_date(datetime.fromisoformat(date).replace(tzinfo=UTC))
        self.alias_nb_pages()

    def footer(self) -> None:
        """Write the note and the page's number."""
        rule(self, FOOT + 2)
        write(self, MARGIN, FOOT + 3, self.note, size=7.5, width=INNER - 30, colour=GREY)
        self.set_font(size=7.5)
        self.set_text_color(GREY)
        self.set_xy(WIDTH - MARGIN - 30, FOOT + 3)
        self.cell(30, 4, f"{self.page_no()} / {{nb}}", align="R")


def new_paper(texts: Iterable[str], *, title: str, date: str, note: str) -> Paper:
    """Get paper with fonts that can write the texts.

    Raises
    ------
    gis.errors.FontError
        No font can write Chinese.
    """
    return Paper(typeface([*texts, title, note]), title=title, date=date, note=note)


def finished(paper: Paper) -> bytes:
    """Bytes of the whole document."""
    return bytes(paper.output())


def write(  # noqa: PLR0913 - a place and a manner
    paper: Paper,
    x: float,
    y: float,
    text: str,
    *,
    size: float = 10,
    width: float = INNER,
    align: Align = "L",
    colour: str = INK,
    bold: bool = False,
) -> None:
    """Write one line of text with its top at `y`: smaller where it would be too wide, in the end cut."""
    said = _fitted(paper, paper.face.legible(text), size, width)
    paper.set_text_color(colour)
    with paper.local_context():
        if bold and paper.font_size_pt >= BOLD_FROM_PT:  # smaller, the strokes would run together
            paper.text_mode = TextMode.FILL_STROKE
            paper.set_draw_color(colour)
            paper.set_line_width(paper.font_size_pt * 0.006)
        paper.set_xy(x, y)
        paper.cell(width, size * _POINT * _LEADING, said, align=align)


def _fitted(paper: Paper, text: str, size: float, width: float) -> str:
    """Set a size at which a text fits into a width; what does not fit at the least size is cut off."""
    paper.set_font(size=size)
    wide = paper.get_string_width(text)
    if wide <= width:
        return text
    paper.set_font(size=max(LEAST_PT, size * width / wide * 0.99))
    kept = text
    while kept and paper.get_string_width(text) > width:
        kept = kept[:-1]
        text = f"{kept}…"
    return text


def fold(paper: Paper, text: str, *, size: float, width: float) -> Sequence[str]:
    """Cut a text into lines that fit into a width."""
    paper.set_font(size=size)
    found = paper.multi_cell(
        width, text=paper.face.legible(text), dry_run=True, output="LINES", wrapmode=WrapMode.CHAR, align="L"
    )
    return found if isinstance(found, list) else [text]


def line_height(size: float) -> float:
    """Millimetres from one line of text to the next."""
    return size * _POINT * _LEADING


def rule(paper: Paper, y: float, *, x: float = MARGIN, width: float = INNER, colour: str = RULE) -> None:
    """Draw a thin line across."""
    paper.set_draw_color(colour)
    paper.set_line_width(0.2)
    paper.line(x, y, x + width, y)


def box(paper: Paper, x: float, y: float, width: float, height: float, colour: str = PALE) -> None:
    """Fill a rectangle."""
    paper.set_fill_color(colour)
    paper.rect(x, y, width, height, style="F")


def badge(paper: Paper, x: float, y: float, text: str, colour: str, *, width: float, size: float) -> float:
    """Write the name of a line in white on its colour; returns its height."""
    height = size * _POINT * 1.75
    paper.set_fill_color(colour)
    paper.rect(x, y, width, height, style="F", round_corners=True, corner_radius=min(2.0, height / 4))
    top = y + (height - line_height(size)) / 2
    write(paper, x + 1, top, text, size=size, width=width - 2, align="C", colour="#ffffff", bold=True)
    return height


def table_row(  # noqa: PLR0913 - a place and a manner
    paper: Paper,
    y: float,
    cells: Sequence[str],
    columns: Sequence[tuple[str, float, Align]],
    *,
    x: float = MARGIN,
    height: float = 6.5,
    size: float = 9,
    colour: str = INK,
    bold: bool = False,
) -> None:
    """Write one row of a table: each cell inside its column, in the middle of the height."""
    top = y + (height - line_height(size)) / 2
    for cell, (_, width, align) in zip(cells, columns, strict=True):
        write(paper, x + 0.8, top, cell, size=size, width=width - 1.6, align=align, colour=colour, bold=bold)
        x += width


def table_head(
    paper: Paper,
    y: float,
    columns: Sequence[tuple[str, float, Align]],
    *,
    x: float = MARGIN,
    size: float = 8.5,
) -> float:
    """Write the headings of a table on a grey ground; returns where its rows begin."""
    height = line_height(size) + 2.2
    box(paper, x, y, sum(width for _, width, _ in columns), height)
    names = [name for name, _, _ in columns]
    table_row(paper, y, names, columns, x=x, height=height, size=size, colour=GREY)
    return y + height
