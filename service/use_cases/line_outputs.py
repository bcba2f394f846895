"""Everything that comes out of a plan of lines: timetables, notices, workbook, page, feed, layers, maps."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import numpy as np

from gis import layers
from gis.colours import line_colours
from gis.layers import Feature
from gis.paths import Path as DrivenPath
from gis.places import Place
from optimizer.contract_tables import Table
from optimizer.errors import PolicyError
from optimizer.line_figures import Line, LineStop
from optimizer.lines import LineDraft
from optimizer.policy.calendar import is_workday, parse_date
from service.clock import clock_text
from service.documents.book import LineBook, Side, side_of, texts_of
from service.documents.fonts import typeface
from service.documents.gtfs import Agency, Track, gtfs_feed
from service.documents.notice_pdf import notice_pdf
from service.documents.page import Picture, line_page
from service.documents.timetable_pdf import timetable_pdf
from service.documents.words import heading, public_count, workplaces
from service.documents.workbook import line_workbook
from service.kinds import SHUTTLES
from service.store.plans import Judged
from service.use_cases.folders import staged
from service.use_cases.line_tracks import driven, map_line, track
from service.use_cases.roads import Roads
from service.use_cases.shuttles import DIRECTIONS, Lines
from service.use_cases.steps import Progress

USUAL_ZONE: Final = "Asia/Shanghai"
FEED_DAYS: Final = 60
"""Days from the service day on whose workdays the feed runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What all files are made of.

    Parameters
    ----------
    paths
        Line id → what its bus drives from its first stop to its last, in order.
    """

    book: LineBook
    roads: Roads
    paths: Mapping[str, tuple[DrivenPath, ...]]
    tracks: Mapping[str, Track]


def write_line_outputs(
    folder: Path,
    lines: Mapping[str, Lines],
    judged: Mapping[str, Judged],
    roads: Roads,
    *,
    title: str,
    tables: Sequence[Table] = (),
    zone: str = USUAL_ZONE,
    progress: Progress | None = None,
) -> tuple[str, ...]:
    """Write all documents of planned lines into a folder, and return their names.

    Parameters
    ----------
    lines, judged
        Plans by kind, of one or both directions.
    title
        Whose lines these are.
    tables
        Printed beside the lines, e.g. `contract_tables(...)`.
    zone
        IANA time zone of the times of the feed.

    Raises
    ------
    OutputError
        The folder cannot be written to.
    gis.errors.FontError
        No font can write Chinese.
    """
    with staged(folder) as stage:
        return put_line_files(
            stage, lines, judged, roads,
            title=title, tables=tables, zone=zone, progress=progress,
        )  # fmt: skip


def put_line_files(
    stage: Path,
    lines: Mapping[str, Lines],
    judged: Mapping[str, Judged],
    roads: Roads,
    *,
    title: str,
    tables: Sequence[Table] = (),
    zone: str = USUAL_ZONE,
    progress: Progress | None = None,
) -> tuple[str, ...]:
    """Do as `write_line_outputs` in a folder that is collected anyway (`staged`)."""
    plan = _plan(lines, judged, roads, title, tables)
    book, names = plan.book, list[str]()
    writers: Mapping[str, Callable[[LineBook], bytes]] = {
        "timetables.pdf": timetable_pdf,
        "notices.pdf": notice_pdf,
        "timetables.xlsx": line_workbook,
    }
    pictures = [f"lines_{side.direction}.png" for side in book.sides if side.lines]
    todo = len(writers) + len(pictures) + 3
    for name, write in writers.items():
        (stage / name).write_bytes(write(book))
        names.append(name)
        _tell(progress, len(names) / todo)
    names += _layers_and_feed(stage, plan, zone)
    for name, side in zip(pictures, (side for side in book.sides if side.lines), strict=True):
        _draw(stage / name, plan, side)
        names.append(name)
        _tell(progress, len(names) / todo)
    shown = [Picture(png=(stage / name).read_bytes(), caption=_caption(book, name)) for name in pictures]
    (stage / "lines.html").write_bytes(line_page(book, shown))
    return (*names, "lines.html")


def service_dates(day: str) -> tuple[date, ...]:
    """Workdays of two months from a day on; it ends where no calendar is published yet.

    The day itself is always among them.
    """
    first = parse_date(day)
    found = [first]
    for n in range(1, FEED_DAYS):
        try:
            if is_workday(first + timedelta(days=n)):
                found.append(first + timedelta(days=n))
        except PolicyError:
            break
    return tuple(found)


def book_of(
    lines: Mapping[str, Lines], roads: Roads, *, title: str, tables: Sequence[Table] = ()
) -> LineBook:
    """Put together what the documents of planned lines hold."""
    problems = [plan.draft.problem for plan in lines.values()]
    synthetic = roads.network.synthetic or any(problem.synthetic for problem in problems)
    return LineBook(
        title=title,
        date=problems[0].date,
        synthetic=synthetic,
        source=layers.attribution(roads.network) if not roads.network.synthetic else "",
        sides=sides_of(lines),
        tables=tuple(tables),
    )


def sides_of(lines: Mapping[str, Lines]) -> tuple[Side, ...]:
    """Put together what each planned direction comes to, the morning first."""
    return tuple(
        side_of(plan.draft, plan.schedule, DIRECTIONS[kind], walks_m=_walks(plan.draft))
        for kind, plan in ((kind, lines[kind]) for kind in SHUTTLES if kind in lines)
    )


def _plan(
    lines: Mapping[str, Lines],
    judged: Mapping[str, Judged],
    roads: Roads,
    title: str,
    tables: Sequence[Table],
) -> _Plan:
    book = book_of(lines, roads, title=title, tables=tables)
    kinds = {direction: kind for kind, direction in DIRECTIONS.items()}
    paths: dict[str, tuple[DrivenPath, ...]] = {}
    tracks: dict[str, Track] = {}
    for line in book.lines:
        legs = driven(line, judged[kinds[line.direction]])
        paths[line.id] = tuple(path for path in legs if path is not None and path.lon)
        if (found := track(line, legs)) is not None:
            tracks[line.id] = found
    return _Plan(book=book, roads=roads, paths=paths, tracks=tracks)


def _walks(draft: LineDraft) -> dict[tuple[str, str], int]:
    """Metres that each group walks to each stop within its reach."""
    source = draft.source
    if source is None:
        return {}
    rows, columns = np.nonzero(source.walks_m <= source.settings.walk_max_m)
    return {
        (source.groups[i].id, source.stops[j].id): int(source.walks_m[i, j])
        for i, j in zip(rows.tolist(), columns.tolist(), strict=True)
    }


def _tell(progress: Progress | None, done: float) -> None:
    if progress is not None:
        progress(done)


def _layers_and_feed(stage: Path, plan: _Plan, zone: str) -> Iterator[str]:
    book = plan.book
    layers.write_geojson(
        stage / "lines.geojson",
        _features(plan),
        attribution=layers.attribution(plan.roads.network, synthetic=book.synthetic),
        synthetic=book.synthetic,
        name=f"{book.title} {book.date}",
    )
    yield "lines.geojson"
    if book.lines:  # a feed without a trip is none
        agency = Agency(name=f"{book.title} 通勤班车", zone=zone)
        feed = gtfs_feed(book, service_dates(book.date), agency, plan.tracks)
        (stage / "gtfs.zip").write_bytes(feed)
        yield "gtfs.zip"


def _features(plan: _Plan) -> Iterator[Feature]:
    """Every line with the times of its stops, every stop and workplace; no homes and no counts of a stop."""
    names: dict[str, list[str]] = {}
    places: dict[str, Place] = {}
    work = {place.id for line in plan.book.lines for place in line.workplaces}
    for side in plan.book.sides:
        for line, colour in zip(side.lines, line_colours(len(side.lines)), strict=True):
            yield _line_feature(line, colour, plan.tracks.get(line.id))
            for stop in line.stops:
                places[stop.place.id] = stop.place
                names.setdefault(stop.place.id, []).append(line.name)
    for place in places.values():
        about = {place.id: {"lines": list(dict.fromkeys(names[place.id]))}}
        yield from layers.place_features([place], "compound" if place.id in work else "stop", about)


def _line_feature(line: Line, colour: str, track: Track | None) -> Feature:
    points = [] if track is None else [[round(lon, 6), round(lat, 6)] for lon, lat, _ in track.points]
    return {
        "type": "Feature",
        "id": f"line-{line.id}",
        "geometry": {"type": "LineString", "coordinates": points} if len(points) > 1 else None,
        "properties": {
            "layer": "line",
            "name": line.name,
            "heading": heading(line),
            "direction": line.direction,
            "workplaces": workplaces(line),
            "plate": line.plate,
            "vehicle_type": line.type_name,
            "seats": line.seats,
            "riders": public_count(line.riders),
            "length_m": line.metres,
            "start_s": line.start_s,
            "end_s": line.end_s,
            "stops": [f"{clock_text(_shown_s(line, stop))} {stop.place.label}" for stop in line.stops],
            "colour": colour,
        },
    }


def _shown_s(line: Line, stop: LineStop) -> int:
    """When it leaves a stop, or reaches its last."""
    return stop.arrival_s if stop is line.stops[-1] else stop.depart_s


def _caption(book: LineBook, name: str) -> str:
    side = next(side for side in book.sides if name == f"lines_{side.direction}.png")
    return f"{side.name} {len(side.lines)} 条线路"


def _draw(file: Path, plan: _Plan, side: Side) -> None:
    from gis.picture import MapContent, draw_map

    write = typeface(texts_of(plan.book)).legible  # one sign that no font has must not cost the map
    work = {place.id: place for line in side.lines for place in line.workplaces}
    drawn = [map_line(line, plan.paths[line.id]) for line in side.lines]
    draw_map(
        file,
        plan.roads.network,
        MapContent(
            lines=tuple(replace(line, name=write(line.name)) for line in drawn),
            compounds=tuple(replace(place, name=write(place.label)) for place in work.values()),
        ),
        title=write(f"{plan.book.title} · {side.name}"),
        note=f"{plan.book.date} · {len(side.lines)} 条线路",
        synthetic=plan.book.synthetic,
    )
