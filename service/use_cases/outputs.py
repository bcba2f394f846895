"""Write the day into a folder: every file whole or not at all, nothing else in the folder touched."""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gis import layers
from gis.layers import Feature
from gis.paths import Path as DrivenPath
from gis.places import Place
from optimizer.model import VehicleClass
from scenarios.prefecture.values import Prefecture
from service.errors import OutputError
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
from service.use_cases.figures import runs
from service.use_cases.roads import Roads
from service.words import why

if TYPE_CHECKING:
    from gis.picture import MapContent, MapLine

TRAVEL_LIMIT_BYTES = 2_000_000_000
"""Travel times beyond this are left out of the folder: the problem then says so with a null."""

TITLE = "Paiche 派车"


def require_writable(folder: Path) -> None:
    """Make the folder and try it, before hours of work are done for it.

    Raises
    ------
    OutputError
        It cannot be made or written to.
    """
    with _explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass


def write_plans(
    folder: Path, judged: Mapping[str, Judged], roads: Roads, more: Mapping[str, bytes]
) -> tuple[str, ...]:
    """Write `problem.json` with its travel times, `schedule.json` and more files; return the names."""
    with _staged(folder) as stage:
        _write_documents(stage, judged, roads)
        for name, content in more.items():
            (stage / name).write_bytes(content)
    return ("problem.json", "schedule.json", *more)


def write_day(
    folder: Path,
    day: Prefecture,
    roads: Roads,
    judged: Mapping[str, Judged],
    summary: Callable[[], Summary],
) -> tuple[str, ...]:
    """Write `problem.json`, `schedule.json`, `map.geojson`, `map.png`, `summary.json`; return the names.

    Parameters
    ----------
    summary
        Asked last, so that its seconds count the other files.
    """
    with _staged(folder) as stage:
        _write_documents(stage, judged, roads)
        _write_layers(stage / "map.geojson", day, roads, judged)
        _draw(stage / "map.png", day, roads, judged)
        (stage / "summary.json").write_text(summary_json(summary()), encoding="utf-8")
    return ("problem.json", "schedule.json", "map.geojson", "map.png", "summary.json")


@contextmanager
def _staged(folder: Path) -> Iterator[Path]:
    """Collect files beside their place and move them there when all are done."""
    with _explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
        stage = Path(tempfile.mkdtemp(prefix=".paiche-", dir=folder))
    try:
        with _explained(folder):
            yield stage
            for made in sorted(stage.iterdir()):
                _put(made, folder / made.name)
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _put(made: Path, place: Path) -> None:
    """Replace a file, or a folder of ours, by a new one."""
    if made.is_dir() and place.is_dir():
        shutil.rmtree(place)
    made.replace(place)


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        message = f"无法写入文件夹 {folder}（{why(error)}）；请用 --out 指定一个可写的文件夹"
        raise OutputError(message) from error


def _write_documents(stage: Path, judged: Mapping[str, Judged], roads: Roads) -> None:
    problems = {kind: plan.problem for kind, plan in judged.items()}
    network = roads.network
    note = MapNote(
        source=network.source,
        version=network.version,
        nodes=network.node_count,
        edges=network.edge_count,
    )
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
    synthetic = any(problem.synthetic for problem in problems.values()) or network.synthetic
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
    from gis.picture import MapLine

    plan = judged.get(MORNING)
    if plan is None:
        return
    names = {place.id: place for place in plan.problem.places}
    for number, (trip, visits) in enumerate(runs(plan), 1):
        ends = dict.fromkeys(names[v.place_id].label.split("（")[0] for v in visits if v.stop == 1)
        boarding = dict.fromkeys(visit.place_id for visit in visits if visit.stop == 0)
        first, _ = trip.legs
        paths = plan.paths[trip.vehicle_id][first + 1 : first + len(visits)]
        yield MapLine(
            name=f"{number} 号线 → {'、'.join(ends)}",
            paths=tuple(path for path in paths if path is not None),
            stops=tuple(names[stop] for stop in boarding),
        )


def _visible_paths(judged: Mapping[str, Judged], kind: str) -> Iterator[DrivenPath]:
    plan = judged.get(kind)
    if plan is None:
        return
    hidden = {v.id for v in plan.problem.vehicles if v.vehicle_class is VehicleClass.CONFIDENTIAL}
    for vehicle_id, paths in plan.paths.items():
        if vehicle_id not in hidden:
            yield from (path for path in paths if path is not None)
