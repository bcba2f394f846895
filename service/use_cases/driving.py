"""From a schedule to the roads: the path of every leg, and whether it keeps what the schedule promises."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from gis.errors import RouteError
from gis.paths import Path
from gis.places import Place
from gis.snapping import Snap
from gis.travel import snapped
from optimizer.model import Problem, Route, Schedule
from service.clock import clock_text
from service.use_cases.roads import MAX_SNAP_M, Roads

LATE_S = 1.5
"""A path may be later than the plan by rounding to whole seconds, no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One drive of a route.

    Parameters
    ----------
    due_s
        When the plan says it arrives.
    """

    vehicle_id: str
    origin_id: str
    destination_id: str
    depart_s: int
    due_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Driven:
    """The paths of a schedule.

    Parameters
    ----------
    paths
        Vehicle id → path by leg; None where the vehicle stays where it is.
    findings
        Legs that no road connects, or whose path is later than planned: one sentence each.
    """

    paths: dict[str, tuple[Path | None, ...]]
    findings: tuple[str, ...]

    @property
    def all_paths(self) -> tuple[Path, ...]:
        """Every path, by vehicle and leg."""
        return tuple(path for legs in self.paths.values() for path in legs if path is not None)


def legs_of(route: Route) -> Iterator[Leg]:
    """Legs of a route in driving order: to each visit, and home."""
    places = [route.start_place_id, *(visit.place_id for visit in route.visits), route.end_place_id]
    departures = [route.start_s, *(visit.depart_s for visit in route.visits)]
    due = [*(visit.arrival_s for visit in route.visits), route.end_s]
    for i, depart_s in enumerate(departures):
        yield Leg(
            vehicle_id=route.vehicle_id,
            origin_id=places[i],
            destination_id=places[i + 1],
            depart_s=depart_s,
            due_s=due[i],
        )


def drive(
    problem: Problem, schedule: Schedule, roads: Roads, progress: Callable[[float], None] | None = None
) -> Driven:
    """Find the path of every leg of every route over the roads as they are closed now."""
    profiles = _profiles(problem)
    snaps = _snaps(problem, schedule, roads, profiles)
    paths: dict[str, tuple[Path | None, ...]] = {}
    findings: list[str] = []
    for done, route in enumerate(schedule.routes, 1):
        profile = profiles[route.vehicle_id]
        driven = [_drive_leg(leg, roads, profile, snaps, findings) for leg in legs_of(route)]
        paths[route.vehicle_id] = tuple(driven)
        if progress is not None and done % 16 == 0:
            progress(done / len(schedule.routes))
    return Driven(paths=paths, findings=tuple(findings))


def _drive_leg(
    leg: Leg, roads: Roads, profile: str, snaps: dict[tuple[str, str], Snap], findings: list[str]
) -> Path | None:
    if leg.origin_id == leg.destination_id:
        return None
    origin, destination = snaps[profile, leg.origin_id], snaps[profile, leg.destination_id]
    try:
        path = roads.router(profile).path(origin, destination, leg.depart_s)
    except RouteError as error:
        findings.append(f"车辆 {leg.vehicle_id} {clock_text(leg.depart_s)}：{error}")
        return None
    if path.arrive_s > leg.due_s + LATE_S:
        findings.append(
            f"车辆 {leg.vehicle_id} {clock_text(leg.depart_s)} 从 {origin.place.label} 到 "
            f"{destination.place.label} 按路径要晚到 {path.arrive_s - leg.due_s:.0f} 秒"
        )
    return path


def _profiles(problem: Problem) -> dict[str, str]:
    by_type = {kind.id: kind.profile for kind in problem.vehicle_types}
    return {vehicle.id: by_type[vehicle.type_id] for vehicle in problem.vehicles}


def _snaps(
    problem: Problem, schedule: Schedule, roads: Roads, profiles: dict[str, str]
) -> dict[tuple[str, str], Snap]:
    """Snap every place once for each profile that visits it."""
    places = {place.id: place for place in problem.places}
    wanted: dict[str, dict[str, Place]] = {}
    for route in schedule.routes:
        mine = wanted.setdefault(profiles[route.vehicle_id], {})
        for leg in legs_of(route):
            if leg.origin_id != leg.destination_id:
                mine |= {id_: places[id_] for id_ in (leg.origin_id, leg.destination_id)}
    found: dict[tuple[str, str], Snap] = {}
    for profile, asked in wanted.items():
        order: Sequence[Place] = list(asked.values())
        snaps = snapped(roads.router(profile), order, MAX_SNAP_M)
        found |= {(profile, place.id): snap for place, snap in zip(order, snaps, strict=True)}
    return found
