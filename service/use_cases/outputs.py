"""Write the day into a folder: every file whole or not at all, nothing else in the folder touched."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gis import layers
from gis.layers import Feature
from gis.paths import Path as DrivenPath
from gis.places import Place
from optimizer.contract_tables import Table
from optimizer.line_figures import lines_of
from optimizer.lines import LineDraft
from optimizer.model import VehicleClass
from scenarios.prefecture.values import Prefecture
from service.exchange.documents import (
    MapNote,
    plan_document,
    problem_json,
    save_travel,
    schedule_json,
)
from service.exchange.summary import Summary, summary_json
from service.kinds import CARS, EMERGENCY, MORNING
from service.store.plans import Judged
from service.use_cases.driving import legs_of
from service.use_cases.folders import require_writable, staged
from service.use_cases.line_outputs import put_line_files
from service.use_cases.line_tracks import driven, map_line
from service.use_cases.roads import Roads
from service.use_cases.shuttles import DIRECTIONS, Lines
from service.use_cases.steps import Progress

if TYPE_CHECKING:
    from gis.picture import MapContent, MapLine

__all__ = ["require_writable", "write_day", "write_plans"]

TRAVEL_LIMIT_BYTES = 2_000_000_000
"""Travel times beyond this are left out of the folder: the problem then says so with a null."""

TITLE = "Paiche 派车"


def write_plans(
    folder: Path, judged: Mapping[str, Judged], roads: Roads, more: Mapping[str, bytes]
) -> tuple[str, ...]:
    """Write `problem.json` with its travel times, `schedule.json` and more files; return the names."""
    with staged(folder) as stage:
        _write_documents(stage, judged, roads)
        for name, content in more.items():
            (stage / name).write_bytes(content)
    return ("problem.json", "schedule.json", *more)


def write_day(
    folder: Path,
    day: Prefecture,
    roads: Roads,
    judged: Mapping[str, Judged],
    lines: Mapping[str, Lines],
    summary: Callable[[], Summary],
    *,
    tables: Sequence[Table] = (),
    progress: Progress | None = None,
) -> tuple[str, ...]:
    """Write plans, `map.geojson`, `map.png`, the documents of the lines and `summary.json`; return the names.

    Parameters
    ----------
    lines
        Shuttle plans by kind; see `line_outputs` for what is written of them.
    summary
        Asked last, so that its seconds count the other files.
    tables
        Printed beside the lines.
    """
    with staged(folder) as stage:
        _write_documents(stage, judged, roads)
        _write_layers(stage / "map.geojson", day, roads, judged)
        _draw(stage / "map.png", day, roads, judged)
        documents = put_line_files(
            stage, lines, judged, roads, title=day.name, tables=tables, progress=progress
        )
        (stage / "summary.json").write_text(summary_json(summary()), encoding="utf-8")
    return ("problem.json", "schedule.json", "map.geojson", "map.png", *documents, "summary.json")


def _write_documents(stage: Path, judged: Mapping[str, Judged], roads: Roads) -> None:
    network = roads.network
    note = MapNote(
        source=network.source,
        version=network.version,
        nodes=network.node_count,
        edges=network.edge_count,
    )
    put_documents(stage, judged, note, synthetic=network.synthetic)


def put_documents(stage: Path, judged: Mapping[str, Judged], note: MapNote, *, synthetic: bool) -> None:
    """Write `problem.json` with its travel times and `schedule.json` into a staged folder."""
    problems = {kind: plan.problem for kind, plan in judged.items()}
    blocks = [block for problem in problems.values() for block in problem.travel.blocks]
    small = sum(block.seconds.nbytes + block.metres.nbytes for block in blocks) <= TRAVEL_LIMIT_BYTES
    if small:
        save_travel(problems, stage)
    (stage / "problem.json").write_text(problem_json(problems, note, travel=small), encoding="utf-8")
    plans = {
        kind: plan_document(plan.problem_hash, plan.schedule, plan.bill, plan.findings)
        for kind, plan in judged.items()
    }
    first = next(iter(problems.values()))
    synthetic = synthetic or any(problem.synthetic for problem in problems.values())
    text = schedule_json(plans, first.date, synthetic=synthetic)
    (stage / "schedule.json").write_text(text, encoding="utf-8")


def _write_layers(file: Path, day: Prefecture, roads: Roads, judged: Mapping[str, Judged]) -> None:
    synthetic = day.synthetic or roads.network.synthetic
    layers.write_geojson(
        file,
        _features(day, roads, judged),
        attribution=layers.attribution(roads.network, synthetic=synthetic),
        synthetic=synthetic,
        name=f"{day.name} {day.date}",
    )


def _features(day: Prefecture, roads: Roads, judged: Mapping[str, Judged]) -> Iterator[Feature]:
    """Closures, stops, compounds, incidents, vehicles on call, and every driven path; no homes."""
    places = {place.id: place for place in day.places}
    yield from layers.closure_features(roads.network, day.closures)
    yield from layers.place_features(day.shuttle_stops, "stop")
    yield from layers.place_features([compound.place for compound in day.compounds], "compound")
    yield from layers.place_features(
        [places[incident.place_id] for incident in day.incidents],
        "incident",
        {i.place_id: {"incident_id": i.id, "kind": i.kind, "priority": i.priority} for i in day.incidents},
    )
    at = {state.vehicle_id: state.place_id for state in day.fleet_state}
    for vehicle in day.emergency_vehicles:
        place = places[at.get(vehicle.id, vehicle.start_place_id)]
        about = {"vehicle_id": vehicle.id, "plate": vehicle.plate, "skills": sorted(vehicle.skills)}
        for feature in layers.place_features([place], "vehicle", {place.id: about}):
            yield {**feature, "id": f"vehicle-{vehicle.id}"}
    for kind, plan in judged.items():
        yield from _drive_features(kind, plan)


def _drive_features(kind: str, plan: Judged) -> Iterator[Feature]:
    """One line per leg, with the second at which each edge is entered."""
    hidden = {v.id for v in plan.problem.vehicles if v.vehicle_class is VehicleClass.CONFIDENTIAL}
    plates = {v.id: v.plate for v in plan.problem.vehicles}
    for route in plan.schedule.routes:
        if route.vehicle_id in hidden:
            continue
        for number, (leg, path) in enumerate(
            zip(legs_of(route), plan.paths[route.vehicle_id], strict=True), 1
        ):
            if path is None:
                continue
            about = {
                "plan": kind,
                "vehicle_id": route.vehicle_id,
                "plate": plates[route.vehicle_id],
                "leg": number,
                "from_place_id": leg.origin_id,
                "to_place_id": leg.destination_id,
                "due_s": leg.due_s,
                "edges": list(path.edges),
                "entry_s": [round(second, 1) for second in path.entry_s],
            }
            ids = [f"{kind}-{route.vehicle_id}-{number}"]
            yield from layers.path_features([path], "drive", ids=ids, properties=[about])


def _draw(file: Path, day: Prefecture, roads: Roads, judged: Mapping[str, Judged]) -> None:
    from gis.picture import draw_map

    total_fen = sum(plan.bill.total_fen for plan in judged.values())
    content = _content(day, judged)
    away = len(day.incidents) - len(content.incidents)
    outside = f" · 图外另有事件 {away} 起" if away else ""
    draw_map(
        file,
        roads.network,
        content,
        title=f"{TITLE} · {day.name}",
        note=f"{day.date} · 当日费用 {total_fen / 100:,.0f} 元{outside}",
        synthetic=day.synthetic,
    )


def _content(day: Prefecture, judged: Mapping[str, Judged]) -> "MapContent":
    """Frame the commuters' city: what happens far outside would make it a dot."""
    from gis.picture import MapContent

    compounds = tuple(compound.place for compound in day.compounds)
    near = _box((*compounds, *day.shuttle_stops))
    scenes = {place.id: place for place in day.places if near.holds(place.lon, place.lat)}
    return MapContent(
        lines=tuple(_lines(judged)),
        stops=day.shuttle_stops,
        compounds=compounds,
        trips=tuple(_visible_paths(judged, CARS)),
        incidents=tuple(scenes[i.place_id] for i in day.incidents if i.place_id in scenes),
        dispatches=tuple(
            path for path in _visible_paths(judged, EMERGENCY) if near.holds(path.lon[-1], path.lat[-1])
        ),
        closures=day.closures,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Box:
    """West, south, east, north in degrees."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, lon: float, lat: float) -> bool:
        return self.west <= lon <= self.east and self.south <= lat <= self.north


def _box(places: Sequence[Place]) -> _Box:
    """Box of the places, with half of its width and height on every side."""
    lon, lat = [place.lon for place in places], [place.lat for place in places]
    wide, high = (max(lon) - min(lon)) / 2, (max(lat) - min(lat)) / 2
    return _Box(west=min(lon) - wide, south=min(lat) - high, east=max(lon) + wide, north=max(lat) + high)


def _lines(judged: Mapping[str, Judged]) -> Iterator["MapLine"]:
    plan = judged.get(MORNING)
    if plan is None:
        return
    draft = LineDraft(problem=plan.problem, members={})
    for line in lines_of(draft, plan.schedule, DIRECTIONS[MORNING]):
        yield map_line(line, [path for path in driven(line, plan) if path is not None])


def _visible_paths(judged: Mapping[str, Judged], kind: str) -> Iterator[DrivenPath]:
    plan = judged.get(kind)
    if plan is None:
        return
    hidden = {v.id for v in plan.problem.vehicles if v.vehicle_class is VehicleClass.CONFIDENTIAL}
    for vehicle_id, paths in plan.paths.items():
        if vehicle_id not in hidden:
            yield from (path for path in paths if path is not None)
