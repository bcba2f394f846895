"""A sheet of car requests becomes what the car planner is asked, on the fleet of a stored day."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import OSA

from optimizer.convoys import convoy
from optimizer.model import Request
from optimizer.policy.recurring import Recurrence, falls_on
from optimizer.policy.stays import StayTable, default_stays
from optimizer.sameness import Likely, likely_same
from scenarios.prefecture.values import Prefecture
from service.intake.car_columns import car_requests, driver_of, vehicle_of
from service.intake.car_rows import Fault, faults, request_of
from service.intake.places import Placer
from service.intake.words import Words
from service.sheets import CellFault, Parser, Row, SheetReport, read_sheet
from service.sheets.parsers import tidy
from service.sheets.values import Value
from service.use_cases.roads import Roads


@dataclass(frozen=True, slots=True, kw_only=True)
class CarSheet:
    """What a sheet of requests came to.

    Parameters
    ----------
    report
        Every row, good or bad.
    day
        The stored day with the good rows in place of its own requests.
    hint
        Why the coordinates may be of another system, or None.
    not_due
        Good rows that are for other days.
    likely
        Requests that may be one: to be looked at, not changed.
    """

    report: SheetReport
    day: Prefecture
    hint: str | None
    not_due: int = 0
    likely: tuple[Likely, ...] = ()


def read_car_requests(
    file: Path,
    day: Prefecture,
    roads: Roads,
    *,
    crs: str = "wgs84",
    words: Words | None = None,
    stays: StayTable | None = None,
) -> CarSheet:
    """Read a sheet of car requests; rows whose places or times cannot be become faults of the report.

    Parameters
    ----------
    crs
        Coordinate system of rows that name none.
    words
        Pins and past destinations; what cannot be placed is kept in it, and what is given with a point.
    stays
        How long errands without a known end keep the car; None: as assumed.

    Raises
    ------
    SheetError
        The file is no sheet, or lacks the required headings.
    """
    placer = Placer(
        day, roads, crs=crs, profiles=_profiles(day), words=words, destinations=True, origin=file.name
    )
    today = date.fromisoformat(day.date)
    vehicle = vehicle_of({car.plate or car.id: car.id for car in day.cars})
    driver = driver_of({**{d.id: d.id for d in day.drivers}, **{n: i for i, n in day.driver_names}})
    check = partial(_checked, placer=placer, today=today)
    spec = car_requests(unit_of(day), vehicle, driver, check)
    report = read_sheet(file, spec)
    several = len({row.sheet for row in report.rows}) > 1
    due = [row for row in report.rows if _is_due(row, today)]
    lengths = stays or default_stays()
    made = [(row, *request_of(row, placer, today, lengths, several=several)) for row in due]
    places = {place.id: place for place in day.places}
    places |= {place.id: place for _, _, ends in made for place in ends}
    requests = tuple(one for row, request, _ in made for one in _vehicles(row, request))
    asked = replace(day, requests=requests, places=tuple(places.values()))
    return CarSheet(
        report=report,
        day=asked,
        hint=placer.shift_hint,
        not_due=len(report.rows) - len(due),
        likely=likely_same(requests),
    )


def _checked(values: Mapping[str, Any], placer: Placer, today: date) -> tuple[Fault, ...]:
    return tuple(faults(values, placer, today))


def _vehicles(row: Row, request: Request) -> tuple[Request, ...]:
    return (request,) if row["vehicles"] == 1 else convoy(request, row["vehicles"])


def _is_due(row: Row, day: date) -> bool:
    """Whether a row is for that day: one that does not come again is for any day it is brought."""
    if row["repeat"] is None:
        return day not in row["skip"]
    rule = Recurrence(
        first=row["first"] or day,
        last=row["last"] or day,
        weekdays=frozenset(row["repeat"]),
        workdays_only=not row["repeat"],
        skip=frozenset(row["skip"]),
    )
    return falls_on(rule, day, estimate=True)


def unit_of(day: Prefecture) -> Parser:
    """Return a parser of unit names as unit ids; the likest names are offered for one that is unknown."""
    by_name = {unit.name: unit.id for unit in day.units}

    def parse(value: Value) -> str:
        said = tidy(value)
        if said in by_name:
            return by_name[said]
        near = process.extract(said, list(by_name), scorer=OSA.normalized_similarity, limit=3)
        offered = "、".join(name for name, score, _ in near if score > 0.3)
        reason = "库中没有这个单位"
        raise CellFault(reason, f"可填：{offered}" if offered else "请核对单位名称，或留空")

    return parse


def _profiles(day: Prefecture) -> list[str]:
    used = {car.type_id for car in day.cars}
    return sorted({kind.profile for kind in day.vehicle_types if kind.id in used}) or ["car"]
