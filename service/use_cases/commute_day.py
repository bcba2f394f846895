"""A day of commuting from sheets: who rides, from where to where, by which buses, from which stops."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from gis.coordinates import metres_between
from gis.places import Place
from scenarios.prefecture.commute import commute_town
from scenarios.prefecture.sizes import Size
from scenarios.prefecture.values import Prefecture, Unit
from service.errors import IntakeError
from service.intake.buses import read_buses
from service.intake.compounds import read_compounds, read_stops
from service.intake.places import Placer
from service.intake.printed_lines import PrintedLine, read_printed_lines
from service.intake.riders import HOME_LIMIT_M, NO_ROAD, read_riders
from service.intake.words import Words
from service.sheets import SheetReport
from service.use_cases.boarding import groups_of
from service.use_cases.roads import MAX_SNAP_M, Roads
from service.use_cases.stop_candidates import stop_candidates

RIDERS_A_GROUP: Final = 3
RIDERS_A_STOP: Final = 40
RIDERS_A_BUS: Final = 55
"""What is invented where riders are: about as many as in a district."""
APART_M: Final = 150.0
"""A stop that is suggested lies at least so far from those of today's lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheets:
    """What a planner brings.

    Parameters
    ----------
    riders, compounds, buses, stops
        Sheets (.xlsx, .csv); None: what the day has already.
    lines
        Sheet of today's lines; None: they are not asked about.
    crs
        Coordinate system of rows that name none.
    invented_riders
        So many riders are invented, with compounds, stops and buses where there is no sheet of them.
    """

    riders: Path | None = None
    compounds: Path | None = None
    buses: Path | None = None
    stops: Path | None = None
    lines: Path | None = None
    crs: str = "wgs84"
    invented_riders: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CommuteDay:
    """What the sheets came to.

    Parameters
    ----------
    day
        With the good rows of every sheet in place of its own.
    reports
        One for each sheet.
    hints
        Why coordinates may be of another system.
    rows
        Group id → where it stands in the sheet of riders.
    printed
        Today's lines.
    counted
        Whether riders are known by their number at each stop of today's lines alone.
    """

    day: Prefecture
    reports: tuple[SheetReport, ...] = ()
    hints: tuple[str, ...] = ()
    rows: Mapping[str, str] = field(default_factory=dict)
    printed: tuple[PrintedLine, ...] = ()
    counted: bool = False


def blank_day(name: str, date: str) -> Prefecture:
    """Make a day without anybody in it, to be filled from sheets."""
    return Prefecture(
        name=name, synthetic=False, synthetic_roads=False, seed=0, size="s", date=date, clock_s=0,
        units=(Unit(id="unit", parent_id=None, name=name, level="unit"),),
        places=(), compounds=(), rider_groups=(), shuttle_stops=(), vehicle_types=(), cars=(), buses=(),
        emergency_vehicles=(), drivers=(), fixed_drivers=(), driver_names=(), depots=(), requests=(),
        incidents=(), fleet_state=(), closures=(),
    )  # fmt: skip


def commute_day(
    base: Prefecture,
    roads: Roads,
    sheets: Sheets,
    *,
    seed: int = 1,
    words: Words | None = None,
    tell: Callable[[SheetReport, str | None], None] | None = None,
) -> CommuteDay:
    """Put the good rows of the sheets into a day; compounds, buses and stops come before riders.

    Parameters
    ----------
    words
        Pins and past destinations; what cannot be placed is kept in it.
    tell
        Told of each sheet as soon as it is read, with the hint about its coordinates.

    Raises
    ------
    SheetError
        A file is no sheet, or lacks the required headings.
    IntakeError
        Nobody rides, or there is no compound, no bus or no stop; it names the option that gives them.
    """
    day = invented(base, roads, sheets.invented_riders, seed) if sheets.invented_riders else base
    reading = _Reading(day, roads, sheets, words or Words(), tell)
    for read in (reading.compounds, reading.buses, reading.stops, reading.riders, reading.lines):
        read()
    reading.suggest_stops()
    reading.require()
    return CommuteDay(
        day=reading.day,
        reports=tuple(reading.reports),
        hints=tuple(reading.hints),
        rows=reading.rows,
        printed=reading.printed,
        counted=reading.counted,
    )


def invented(base: Prefecture, roads: Roads, riders: int, seed: int) -> Prefecture:
    """Invent riders with compounds, stops and buses on the day's roads; all of it is synthetic."""
    size: Size = "s" if riders <= 600 else "m"
    town = commute_town(
        roads.network,
        size=size,
        seed=seed,
        riders=riders,
        groups=max(1, riders // RIDERS_A_GROUP),
        stops=max(6, riders // RIDERS_A_STOP),
        buses=max(2, -(-riders // RIDERS_A_BUS)),
        routable=roads.routable(("car", "bus")),
    )
    places = {place.id: place for place in (*base.places, *town.yards)}
    return replace(
        base,
        synthetic=True,
        places=tuple(places.values()),
        compounds=town.compounds,
        rider_groups=town.groups,
        shuttle_stops=town.stops,
        vehicle_types=town.vehicle_types,
        buses=town.buses,
        depots=town.depots,
    )


def _near(stop: Place, others: Iterable[Place]) -> bool:
    """Whether a stop would stand beside one that is there already."""
    return any(float(metres_between(stop.lon, stop.lat, other.lon, other.lat)) < APART_M for other in others)


class _Reading:
    """The day while its sheets are read, one after the other."""

    def __init__(
        self,
        day: Prefecture,
        roads: Roads,
        sheets: Sheets,
        words: Words,
        tell: Callable[[SheetReport, str | None], None] | None,
    ) -> None:
        self.day, self._roads, self._sheets, self._tell = day, roads, sheets, tell
        self._words = words
        self.reports: list[SheetReport] = []
        self.hints: list[str] = []
        self.rows: Mapping[str, str] = {}
        self.printed: tuple[PrintedLine, ...] = ()
        self.counted = False

    def compounds(self) -> None:
        if self._sheets.compounds is None:
            return
        placer = self._placer(("bus",), self._sheets.compounds)
        sheet = read_compounds(self._sheets.compounds, placer)
        self._keep(sheet.report, sheet.hint)
        # Riders of the day's own compounds have nowhere to go now.
        self.day = replace(self.day, compounds=sheet.compounds, rider_groups=())
        self._add_places(compound.place for compound in sheet.compounds)

    def buses(self) -> None:
        if self._sheets.buses is None:
            return
        placer = self._placer(("bus",), self._sheets.buses)
        sheet = read_buses(self._sheets.buses, placer)
        self._keep(sheet.report, sheet.hint)
        kept = {kind.id: kind for kind in self.day.vehicle_types if self._moves_others(kind.id)}
        kinds = kept | {kind.id: kind for kind in sheet.vehicle_types}
        depots = {depot.place_id: depot for depot in (*self.day.depots, *sheet.depots)}
        self.day = replace(
            self.day,
            vehicle_types=tuple(kinds.values()),
            buses=sheet.buses,
            depots=tuple(depots.values()),
        )
        self._add_places(sheet.yards)

    def stops(self) -> None:
        if self._sheets.stops is None:
            return
        placer = self._placer(("bus",), self._sheets.stops)
        sheet = read_stops(self._sheets.stops, placer)
        self._keep(sheet.report, sheet.hint)
        self.day = replace(self.day, shuttle_stops=sheet.stops)

    def riders(self) -> None:
        if self._sheets.riders is not None and self.day.compounds:
            placer = self._placer(("car",), self._sheets.riders, limit_m=HOME_LIMIT_M, off_road=NO_ROAD)
            sheet = read_riders(self._sheets.riders, self.day, placer)
            self._keep(sheet.report, sheet.hint)
            self.day, self.rows = sheet.day, sheet.rows

    def lines(self) -> None:
        """Put the stops of today's lines before others, and riders at them where no sheet has riders."""
        file = self._sheets.lines
        if file is None or not self.day.compounds or not self.day.buses:
            return
        sheet = read_printed_lines(file, self.day, self._placer(("bus",), file))
        self._keep(sheet.report, sheet.hint)
        self.printed = sheet.lines
        if not self.day.rider_groups:
            self.counted = True
            groups, self.rows = groups_of(sheet.lines, self.day.compounds)
            self.day = replace(self.day, rider_groups=groups)
        own = {stop.id for stop in sheet.stops}
        others = (stop for stop in self.day.shuttle_stops if stop.id not in own)
        self.day = replace(self.day, shuttle_stops=(*sheet.stops, *others))

    def suggest_stops(self) -> None:
        """Where no sheet of stops says where buses may stop, the roads do; today's stops stay."""
        today = {halt.place.id: halt.place for line in self.printed for halt in line.halts}
        known = [stop for stop in self.day.shuttle_stops if stop.id not in today]
        if known or not self.day.rider_groups or not self.day.buses:
            return
        others = stop_candidates(self._roads, self.day)
        apart = [stop for stop in others if not _near(stop, today.values())]
        self.day = replace(self.day, shuttle_stops=(*today.values(), *apart))

    def require(self) -> None:
        """Raise where something is missing without which no line can be planned."""
        lacking = [
            f"{what}（{option}）"
            for what, option, there in (
                ("办公区", "--compounds", self.day.compounds),
                ("班车", "--buses", self.day.buses),
                ("乘客", "--riders", self.day.rider_groups),
                ("站点", "--stops", self.day.shuttle_stops),
            )
            if not there
        ]
        if lacking:
            message = f"没有{'、'.join(lacking)}，无法编排班车；请给出表格，模板见 paiche plan template"
            raise IntakeError(message)

    def _placer(
        self, profiles: tuple[str, ...], file: Path, *, limit_m: float = MAX_SNAP_M, off_road: str = ""
    ) -> Placer:
        return Placer(
            self.day, self._roads, crs=self._sheets.crs, profiles=profiles, words=self._words,
            limit_m=limit_m, off_road=off_road, origin=file.name,
        )  # fmt: skip

    def _keep(self, report: SheetReport, hint: str | None) -> None:
        self.reports.append(report)
        self.hints += [hint] if hint else []
        if self._tell is not None:
            self._tell(report, hint)

    def _add_places(self, places: Iterable[Place]) -> None:
        known = {place.id: place for place in self.day.places}
        known |= {place.id: place for place in places}
        self.day = replace(self.day, places=tuple(known.values()))

    def _moves_others(self, type_id: str) -> bool:
        others = (*self.day.cars, *self.day.emergency_vehicles)
        return any(vehicle.type_id == type_id for vehicle in others)
