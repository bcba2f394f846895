"""Sheets to fill in, with the units and compounds of the database in their lists."""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine

from service.database import reading
from service.errors import OutputError
from service.intake import commute_columns, event_columns
from service.intake.car_columns import car_requests
from service.intake.printed_columns import printed_lines
from service.intake.quotes import quotes_sheet
from service.intake.requests import unit_of
from service.intake.riders import compound_names, compound_of
from service.intake.rosters import duty_drivers, duty_posts
from service.intake.stays import stay_sheet
from service.intake.vehicle_states import vehicle_states
from service.intake.wave_groups import wave_groups
from service.sheets import SheetSpec, template
from service.sheets.parsers import text
from service.store.demand import get_day
from service.store.prefecture import load_prefecture
from service.store.scope import EVERYTHING
from service.words import why


def write_template(engine: Engine | None, sheet: str, file: Path) -> Path:
    """Write the template of a sheet, never over a file that is there, and return its path.

    Parameters
    ----------
    engine
        Database whose units and compounds are listed; without one, riders may name any compound.
    sheet
        `"cars"`, `"riders"`, `"compounds"`, `"buses"`, `"stops"`, `"quotes"`,
        `"bookings"`, `"groups"`, `"lines"`,
        `"arrivals"`, `"lots"`, `"vehicles"`, `"stays"`, `"drivers"` or `"posts"`.

    Raises
    ------
    NotFound
        The database has no day whose units and compounds could be listed.
    OutputError
        The file exists or cannot be written.
    """
    content = template(_spec(engine, sheet))
    target = file if file.suffix else file.with_suffix(".xlsx")
    try:
        with target.open("xb") as opened:
            opened.write(content)
    except FileExistsError:
        message = f"文件 {target} 已存在，没有改动它；请换一个文件名"
        raise OutputError(message) from None
    except OSError as error:
        message = f"无法写入 {target}（{why(error)}）；请换一个可写的位置"
        raise OutputError(message) from None
    return target


def _spec(engine: Engine | None, sheet: str) -> SheetSpec:
    plain: dict[str, Callable[[], SheetSpec]] = {
        "compounds": commute_columns.compounds,
        "buses": commute_columns.buses,
        "stops": commute_columns.stops,
        "quotes": quotes_sheet,
        "bookings": lambda: commute_columns.bookings(text()),
        "groups": wave_groups,
        "lines": printed_lines,
        "vehicles": lambda: vehicle_states(text()),
        "stays": lambda: stay_sheet(text()),
        "arrivals": event_columns.arrivals,
        "lots": event_columns.lots,
        "drivers": duty_drivers,
        "posts": duty_posts,
    }
    if sheet in plain:
        return plain[sheet]()
    if engine is None:
        return commute_columns.riders(text())
    with reading(engine) as session:
        day = load_prefecture(session, EVERYTHING, get_day(session, EVERYTHING))
    if sheet == "cars":
        return car_requests(unit_of(day))
    return commute_columns.riders(compound_of(day), tuple(compound_names(day)))
