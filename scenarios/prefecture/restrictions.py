"""Turn restrictions at crossings of main streets and at the ring road."""

from typing import Final

import numpy as np

from scenarios.prefecture.sketch import Road, Sketch, TurnBan, roads_at, split_roads

_KINDS: Final = (
    ("no_left_turn", ()),
    ("no_left_turn", ()),
    ("only_straight_on", ()),
    ("no_left_turn", (("except", "bus"),)),
    ("no_u_turn", ()),
    ("no_right_turn", ()),
    ("only_right_turn", ()),
    ("no_left_turn", (("except", "bus;emergency"),)),
    ("conditional", ()),
)
_WANTED_DEGREES: Final = {"left": 90.0, "straight": 0.0, "right": -90.0}


def draw_turn_bans(
    sketch: Sketch,
    rng: np.random.Generator,
    *,
    connectors: tuple[tuple[int, int], ...],
    crossings: list[int],
    count: int,
) -> None:
    """Add node-via bans of all common kinds at crossings, and via-way u-turn bans across the ring road.

    Parameters
    ----------
    connectors
        (inner, outer) point of the short road between the ring's carriageways at each arterial.
    crossings
        Points of main crossings that may get a ban, in the order of use.
    """
    chosen = crossings[:count]
    split_roads(sketch, [*chosen, *(point for pair in connectors for point in pair)])
    ends = roads_at(sketch, [*chosen, *(point for pair in connectors for point in pair)])
    for point in chosen:
        kind, tags = _KINDS[len(sketch.bans) % len(_KINDS)]
        _ban_at(sketch, rng, point, ends[point], kind, tags)
    for i, pair in enumerate(connectors):
        if i % 3 != 2:
            _ban_turning_back(sketch, pair, ends)


def _ban_at(
    sketch: Sketch,
    rng: np.random.Generator,
    point: int,
    roads: list[int],
    kind: str,
    tags: tuple[tuple[str, str], ...],
) -> None:
    """Ban a turn at a crossing, from the first road that arrives there and has such a turn."""
    arriving = [i for i in roads if _arrives(sketch.roads[i], point)]
    leaving = [i for i in roads if _leaves(sketch.roads[i], point)]
    key, value = "restriction", kind
    if kind == "conditional":
        key, value = "restriction:conditional", "no_left_turn @ (Mo-Fr 07:00-09:00,17:00-19:00)"
    side = next((s for s in ("left", "right", "straight") if s in value), "u")
    for start in rng.permutation(arriving).tolist():
        if side == "u":
            end: int | None = start if "oneway" not in sketch.roads[start].tags else None
        else:
            end = _turning(sketch, point, start, leaving, _WANTED_DEGREES[side])
        if end is not None:
            ban = TurnBan(kind=value, from_road=start, to_road=end, via_point=point, key=key, tags=tags)
            sketch.bans.append(ban)
            return


def _ban_turning_back(sketch: Sketch, pair: tuple[int, int], ends: dict[int, list[int]]) -> None:
    """No way back from one carriageway of the ring over the connector into the other, in both directions."""
    for near, far in (pair, pair[::-1]):
        via = next(
            (i for i in ends[near] if far in {sketch.roads[i].points[0], sketch.roads[i].points[-1]}), None
        )
        start = next(
            (i for i in ends[near] if _ring(sketch.roads[i]) and sketch.roads[i].points[-1] == near), None
        )
        end = next(
            (i for i in ends[far] if _ring(sketch.roads[i]) and sketch.roads[i].points[0] == far), None
        )
        if via is not None and start is not None and end is not None:
            sketch.bans.append(TurnBan(kind="no_u_turn", from_road=start, to_road=end, via_road=via))


def _ring(road: Road) -> bool:
    return road.tags.get("highway") == "trunk" and road.tags.get("oneway") == "yes"


def _arrives(road: Road, point: int) -> bool:
    return road.points[-1] == point or (road.points[0] == point and "oneway" not in road.tags)


def _leaves(road: Road, point: int) -> bool:
    return road.points[0] == point or (road.points[-1] == point and "oneway" not in road.tags)


def _turning(sketch: Sketch, point: int, start: int, leaving: list[int], wanted: float) -> int | None:
    """Return the road that leaves closest to the wanted turn (degrees to the left), within 45 degrees."""
    arrival = _bearing(sketch, sketch.roads[start], point) + 180.0
    best: tuple[float, int] | None = None
    for i in leaving:
        if i == start:
            continue
        turn = (_bearing(sketch, sketch.roads[i], point) - arrival + 180.0) % 360.0 - 180.0
        error = abs(turn - wanted)
        if error < 45.0 and (best is None or error < best[0]):
            best = error, i
    return None if best is None else best[1]


def _bearing(sketch: Sketch, road: Road, point: int) -> float:
    """Direction in which a road leaves a point at its end, in degrees counter-clockwise from east."""
    other = road.points[1] if road.points[0] == point else road.points[-2]
    return float(np.degrees(np.arctan2(sketch.y[other] - sketch.y[point], sketch.x[other] - sketch.x[point])))
