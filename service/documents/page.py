"""One web page of a plan of lines: everything inside, nothing loaded from elsewhere, fit to print.

It may be shown in public: no group, no count of a stop, no count of a line below three, no contracts.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from gis.colours import line_colours
from optimizer.line_figures import Line
from service.clock import clock_text
from service.documents.book import LineBook
from service.documents.words import (
    CLOCK_NOTE,
    SYNTHETIC,
    heading,
    km,
    public_count,
    public_figures,
    short,
    workplaces,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A PNG that stands in the page."""

    png: bytes
    caption: str

    @property
    def data(self) -> str:
        """Its bytes as base64."""
        return base64.b64encode(self.png).decode()


def line_page(book: LineBook, pictures: Sequence[Picture] = ()) -> bytes:
    """Write the page as HTML in UTF-8; every value is escaped."""
    text = (
        _environment()
        .get_template("lines.html.j2")
        .render(
            book=book,
            sides=[
                {
                    "name": side.name,
                    "lines": list(zip(side.lines, line_colours(len(side.lines)), strict=True)),
                }
                for side in book.sides
            ],
            figures=list(zip(*(public_figures(side.figures) for side in book.sides), strict=True)),
            pictures=pictures,
            synthetic=SYNTHETIC,
            clock_note=CLOCK_NOTE,
        )
    )
    return text.encode()


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("service.documents"),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
    )
    made.filters |= {
        "clock": clock_text,
        "heading": heading,
        "km": km,
        "people": public_count,
        "short": short,
        "work_ids": _work_ids,
        "workplaces": workplaces,
    }
    return made


def _work_ids(line: Line) -> set[str]:
    return {place.id for place in line.workplaces}
