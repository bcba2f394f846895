"""A list of bookings against planned lines: what to close, enlarge or double, and the lines of that day."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from optimizer.booked_day import BookedDay, booked_day, spread_over
from optimizer.bookings import LineBooking, Proposal, Remedy, proposals
from optimizer.check import violations_together
from optimizer.line_days import after_problem
from optimizer.line_figures import Line, lines_of
from optimizer.lines import LineDraft
from optimizer.model import Problem, Schedule
from optimizer.policy.tariffs import commuter_terms
from optimizer.price import price
from service.errors import DocumentError
from service.exchange.documents import load_map_note, load_plans, load_problems, problem_hash
from service.intake import commute_columns
from service.kinds import EVENING, MORNING
from service.sheets import SheetReport, read_sheet
from service.sheets.parsers import choice
from service.store.plans import Judged
from service.use_cases.folders import require_writable, staged
from service.use_cases.handouts import RIDERS, timetable
from service.use_cases.outputs import put_documents
from service.use_cases.shuttles import DIRECTIONS

Lines = Mapping[str, Sequence[Line]]
"""Kind of plan → its lines."""
Seats = Mapping[tuple[str, str], Sequence[tuple[str, int]]]
"""(line, rider) → requests and riders in each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFigures:
    """What a day of lines comes to, both directions together; riders count once in each."""

    name: str
    buses: int
    metres: int
    riders: int
    left_out: int
    violations: int
    cost_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedLines:
    """What a list of bookings came to.

    Parameters
    ----------
    proposals
        One for each of `bookings`, in its order.
    figures
        The plan, the day as it was booked, and the day if the proposals are followed.
    left_out
        A sentence for each crowd that has no seat if they are.
    days
        The lines of that day, by kind of plan.
    """

    report: SheetReport
    bookings: tuple[LineBooking, ...]
    proposals: tuple[Proposal, ...]
    synthetic: bool
    figures: tuple[DayFigures, ...] = ()
    left_out: tuple[str, ...] = ()
    days: Mapping[str, BookedDay] = field(default_factory=dict)
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Folder:
    """Planned lines as they lie in a folder."""

    path: Path
    problems: Mapping[str, Problem]
    schedules: Mapping[str, Schedule]
    lines: Lines
    seats: Seats


def weigh_bookings(
    folder: Path,
    file: Path,
    *,
    days: int = 0,
    when: date | None = None,
    region: str = "cn",
    out: Path | None = None,
) -> BookedLines:
    """Count the bookings of each planned line, say what to do with it, and drive the lines of that day.

    Parameters
    ----------
    folder
        With the `problem.json` and `schedule.json` of planned lines, and `riders.csv` where it is known who
        rides from which stop.
    days
        On how many days the lines have run: after a month their load is judged, before it their riders.
    when
        Only bookings of this day, and those without a day; None: all of them.
    out
        Folder for the lines of that day; None writes none.

    Raises
    ------
    DocumentError
        The folder holds no planned lines, or not their travel times.
    SheetError
        The file is no sheet, or lacks the required headings.
    OutputError
        `out` cannot be written.
    """
    if out is not None:
        require_writable(out)
    planned = _opened(folder)
    every = [line for lines in planned.lines.values() for line in lines]
    names = {line.name: line.name for line in every}
    report = read_sheet(file, commute_columns.bookings(choice(names), tuple(names)))
    of_line, of_request = _counted(report, when, planned)
    found = tuple(
        LineBooking(
            line_id=line.id, name=line.name, seats=line.seats, planned=line.riders, booked=of_line[line.name],
            days=days,
        )
        for line in every
    )  # fmt: skip
    seats = sorted({k.capacity[0] for problem in planned.problems.values() for k in problem.vehicle_types})
    told = proposals(found, seats, commuter_terms(region))
    closed = {p.line_id for p in told if p.remedy is Remedy.CLOSE}
    as_booked, as_told = (_days(planned, of_request, shut) for shut in (set[str](), closed))
    result = BookedLines(
        report=report,
        bookings=found,
        proposals=told,
        synthetic=any(problem.synthetic for problem in planned.problems.values()),
        figures=(
            _figures("原计划", [(p, planned.schedules[kind]) for kind, p in planned.problems.items()]),
            _figures("按预约", _plans(as_booked)),
            _figures("按建议", _plans(as_told)),
        ),
        left_out=tuple(u.detail for day in as_told.values() for u in day.schedule.unserved),
        days=as_told,
    )
    return result if out is None else replace(result, files=_written(out, planned, result))


def _opened(folder: Path) -> _Folder:
    problems, plans = load_problems(folder / "problem.json"), load_plans(folder / "schedule.json")
    kinds = [kind for kind in (MORNING, EVENING) if kind in problems and kind in plans]
    if not kinds:
        message = f"{folder} 中没有班车方案；请先运行 paiche plan shuttles --out {folder}"
        raise DocumentError(message)
    if not all(problems[kind].travel.blocks for kind in kinds):
        message = (
            f"{folder} 中没有出行时间（travel），不能按预约重新排时刻；请重新运行 paiche plan shuttles --out"
        )
        raise DocumentError(message)
    lines: dict[str, Sequence[Line]] = {
        kind: lines_of(LineDraft(problem=problems[kind], members={}), plans[kind].schedule, DIRECTIONS[kind])
        for kind in kinds
    }
    return _Folder(
        path=folder,
        problems={kind: problems[kind] for kind in kinds},
        schedules={kind: plans[kind].schedule for kind in kinds},
        lines=lines,
        seats=_seats(folder / RIDERS),
    )


def _seats(file: Path) -> Seats:
    """Read who rides from where; nobody is known without the list."""
    found: dict[tuple[str, str], list[tuple[str, int]]] = {}
    if file.is_file():
        for row in read_sheet(file, commute_columns.seat_list()).rows:
            found.setdefault((row["line"], row["id"]), []).append((row["request"], row["people"]))
    return found


def _counted(report: SheetReport, when: date | None, planned: _Folder) -> tuple[Counter[str], Counter[str]]:
    """Count the bookings of each line, and of each request: where who booked is known, at his stop."""
    of_line, of_request, unknown = Counter[str](), Counter[str](), Counter[str]()
    for row in report.rows:
        if when is not None and row["date"] not in {None, when}:
            continue
        of_line[row["line"]] += row["people"]
        left = row["people"]
        seats = planned.seats.get((row["line"], row["id"] or ""), ())
        for n, (request_id, riders) in enumerate(seats, 1):
            here = left if n == len(seats) else min(left, riders)
            of_request[request_id] += here
            left -= here
        unknown[row["line"]] += left
    for line in (line for lines in planned.lines.values() for line in lines):
        of_request.update(spread_over(line, unknown[line.name]))
    return of_line, of_request


def _days(planned: _Folder, booked: Mapping[str, int], closed: set[str]) -> dict[str, BookedDay]:
    """Drive both directions; what the morning no longer drives the evening pays for."""
    found: dict[str, BookedDay] = {}
    for kind, problem in planned.problems.items():
        asked = problem
        if MORNING in found:
            base = planned.problems[MORNING]
            whole = replace(problem, vehicles=base.vehicles, vehicle_types=base.vehicle_types)
            asked = after_problem(whole, found[MORNING].schedule)
        found[kind] = booked_day(asked, planned.schedules[kind], planned.lines[kind], booked, closed=closed)
    return found


def _figures(name: str, plans: Sequence[tuple[Problem, Schedule]]) -> DayFigures:
    routes = [route for _, schedule in plans for route in schedule.routes]
    left = {unserved.request_id for _, schedule in plans for unserved in schedule.unserved}
    crowd = {r.id: _riders(r.stops[0].load) for problem, _ in plans for r in problem.requests}
    return DayFigures(
        name=name,
        buses=len({route.vehicle_id for route in routes}),
        metres=sum(route.distance_m for route in routes),
        riders=sum(n for i, n in crowd.items() if i not in left),
        left_out=sum(crowd[i] for i in left),
        violations=len(violations_together(plans)),
        cost_fen=sum(price(problem, schedule, idle=False).total_fen for problem, schedule in plans),
    )


def _plans(days: Mapping[str, BookedDay]) -> list[tuple[Problem, Schedule]]:
    return [(day.problem, day.schedule) for day in days.values()]


def _riders(load: tuple[int, ...]) -> int:
    return load[0] if load else 0


def _written(out: Path, planned: _Folder, found: BookedLines) -> tuple[str, ...]:
    judged = {
        kind: Judged(
            kind=kind, problem=day.problem, problem_hash=problem_hash(day.problem), schedule=day.schedule,
            bill=price(day.problem, day.schedule, idle=False), paths={},
            findings=tuple(violation.message for violation in day.violations),
        )
        for kind, day in found.days.items()
    }  # fmt: skip
    lines = {kind: tuple(_named(kind, day, planned)) for kind, day in found.days.items()}
    with staged(out) as stage:
        note = load_map_note(planned.path / "problem.json")
        put_documents(stage, judged, note, synthetic=found.synthetic)
        (stage / "timetable.csv").write_bytes(timetable(lines))
    return "problem.json", "schedule.json", "timetable.csv"


def _named(kind: str, day: BookedDay, planned: _Folder) -> Iterator[Line]:
    """Give the lines of that day the names that riders know."""
    names = {ride.request_id: line.name for line in planned.lines[kind] for ride in line.rides}
    draft = LineDraft(problem=day.problem, members={})
    for line in lines_of(draft, day.schedule, DIRECTIONS[kind]):
        known = Counter[str]()
        for ride in line.rides:
            known[names.get(ride.request_id, "")] += ride.riders
        own = max((name for name in known if name), key=lambda name: known[name], default="")
        yield replace(line, name=own or f"加开{line.name}")
