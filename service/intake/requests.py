"""A sheet of car requests becomes what the car planner is asked, on the fleet of a stored day."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from pyproj import Geod
from rapidfuzz import process
from rapidfuzz.distance import OSA

from gis.places import Place
from optimizer.convoys import convoy
from optimizer.model import ALL_DAY, Priority, Request, Stop, StopOption, TimeWindow
from optimizer.policy.recurring import Recurrence, falls_on
from optimizer.policy.stays import default_stays
from optimizer.sameness import Likely, likely_same
from scenarios.prefecture.values import Prefecture
from service.clock import clock_text
from service.intake import columns
from service.intake.places import Placer, cell_of, said_of
from service.intake.words import Words
from service.sheets import CellFault, Parser, Row, SheetReport, read_sheet
from service.sheets.parsers import tidy
from service.sheets.values import Value
from service.use_cases.roads import Roads

BOARDING_S: Final = 120
"""Getting in, and getting out again."""
EARTH: Final = Geod(ellps="WGS84")
PENALTY_FEN: Final = {Priority.P3: 100_000, Priority.P4: 50_000}


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
    file: Path, day: Prefecture, roads: Roads, *, crs: str = "wgs84", words: Words | None = None
) -> CarSheet:
    """Read a sheet of car requests; rows whose places or times cannot be become faults of the report.

    Parameters
    ----------
    crs
        Coordinate system of rows that name none.
    words
        Pins and past destinations; what cannot be placed is kept in it, and what is given with a point.

    Raises
    ------
    SheetError
        The file is no sheet, or lacks the required headings.
    """
    placer = Placer(
        day, roads, crs=crs, profiles=_profiles(day), words=words, destinations=True, origin=file.name
    )
    spec = columns.car_requests(unit_of(day), lambda values: tuple(_faults(values, placer)))
    report = read_sheet(file, spec)
    several = len({row.sheet for row in report.rows}) > 1
    due = [row for row in report.rows if _is_due(row, date.fromisoformat(day.date))]
    made = [(row, *_request(row, placer, several=several)) for row in due]
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


def _faults(values: Mapping[str, Any], placer: Placer) -> Iterator[tuple[str, str, str]]:
    """Find times out of order, and places that are unknown or off the roads."""
    start_s, return_s = values["start_s"], values["return_s"]
    if return_s is not None and return_s <= start_s:
        reason = f"返回时间 {clock_text(return_s)} 不晚于出发时间 {clock_text(start_s)}"
        yield "return_s", reason, "请核对两个时间；第二天写“次日1:30”"
    if values["last"] is not None and values["first"] is not None and values["last"] < values["first"]:
        yield "last", f"截止日期 {values['last']} 早于开始日期 {values['first']}", "请核对两个日期"
    if values["vehicles"] > max(1, values["people"]):
        reason = f"{values['vehicles']} 辆车只有 {values['people']} 人"
        yield "vehicles", reason, "每辆至少 1 人，请核对"
    ends = []
    for field in ("from", "to"):
        said = said_of(values.get, field)
        try:
            ends.append(placer.place(said))
        except CellFault as fault:
            yield cell_of(said, field), fault.reason, fault.way_out
    if len(ends) == 2 and ends[0].id == ends[1].id:
        yield "to_words", "目的地与出发地是同一地点", "请核对地点"


def _request(row: Row, placer: Placer, *, several: bool) -> tuple[Request, tuple[Place, Place]]:
    origin, goal = (placer.place(said_of(row.values.get, field)) for field in ("from", "to"))
    priority = Priority(row["urgency"])
    where = f"{row.sheet} 第 {row.number} 行" if several else f"第 {row.number} 行"
    request = Request(
        id=row["id"] or where,
        name=f"{row['purpose'] or '用车'}：{origin.label}→{goal.label}",
        stops=_stops(row, origin, goal),
        unit_id=row["unit"] or "",
        category=row["purpose"],
        priority=priority,
        unserved_penalty_fen=PENALTY_FEN[priority],
        sole_use=not row["shared"],
    )
    return request, (origin, goal)


def _stops(row: Row, origin: Place, goal: Place) -> tuple[Stop, ...]:
    """There, or there and back: the car is held until the hour of return, or as long as such errands last."""
    start = TimeWindow(start_s=row["start_s"], end_s=row["start_s"])
    board = Stop(
        options=(StopOption(place_id=origin.id, window=start, service_s=BOARDING_S),), load=(row["people"],)
    )
    if row["return_s"] is None and row["waits"]:
        return board, *_unknown_end(row, origin, goal)
    if row["return_s"] is None:
        ends = StopOption(place_id=goal.id, service_s=BOARDING_S)
        return board, Stop(options=(ends,), load=(-row["people"],))
    back = TimeWindow(start_s=row["return_s"], end_s=ALL_DAY.end_s)
    ends = StopOption(place_id=origin.id, window=back, service_s=BOARDING_S)
    return (
        board,
        Stop(options=(StopOption(place_id=goal.id, service_s=BOARDING_S),)),
        Stop(options=(ends,), load=(-row["people"],)),
    )


def _unknown_end(row: Row, origin: Place, goal: Place) -> tuple[Stop, Stop]:
    """Stay as long as three of four errands of this kind last, then back when it is done."""
    stays = default_stays()
    category = next((name for name in stays.by_category if name in row["purpose"]), row["purpose"])
    away_m = round(float(EARTH.inv(origin.lon, origin.lat, goal.lon, goal.lat)[2]))
    stay_s = stays.planned(category, row["unit"] or "", away_m).seconds
    there = StopOption(place_id=goal.id, service_s=max(BOARDING_S, stay_s))
    back = StopOption(place_id=origin.id, service_s=BOARDING_S)
    return Stop(options=(there,)), Stop(options=(back,), load=(-row["people"],))
