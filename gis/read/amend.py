"""Apply local corrections to drawn ways, before they are cut and directed.

Rows are applied in their order, so a later row may join a road that an earlier one added.
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from gis.read.corrections import Correction, Point
from gis.read.nearest import node_distances_m, segments_near, way_distances_m
from gis.read.report import Tally
from gis.read.roads import DrawnRoads, Restriction
from gis.read.tags import way_rule

_SAME_PLACE_M = 5.0
"""A joint this near to a drawn node uses that node."""
_ON_THE_ROAD_M = 3.0
"""A middle point of a new road this near to another road crosses it there on one level."""


class _NoMatchError(LookupError):
    """Why a row matches nothing in this map."""


def amended(roads: DrawnRoads, corrections: Iterable[Correction], tally: Tally) -> DrawnRoads:
    """Apply corrections; one that matches nothing becomes a warning.

    Parameters
    ----------
    roads
        As drawn in the map.
    corrections
        In order.
    tally
        Grows by the number applied and by warnings.
    """
    if not len(roads.way_id):
        return roads
    for number, row in enumerate(corrections, start=1):
        try:
            roads = _STEPS[row.kind](roads, row)
            tally.read["corrections"] += 1
        except _NoMatchError as why:
            tally.warnings.append(f"更正未生效 / correction {number} was not applied ({row.label}): {why}")
    return roads


# --- rows about one way ----------------------------------------------------------------------------------


def _set_oneway(roads: DrawnRoads, row: Correction) -> DrawnRoads:
    way = _way(roads, row)
    value = row.oneway
    if value != "no" and not row.way and len(row.points) >= 2 and not _runs_along(roads, way, row.points):
        value = {"yes": "-1", "-1": "yes"}[value]
    return _retagged(roads, way, {"oneway": value})


def _set_limit(roads: DrawnRoads, row: Correction) -> DrawnRoads:
    limits = {"maxheight": row.max_height_m, "maxweight": row.max_weight_t, "maxwidth": row.max_width_m}
    return _retagged(roads, _way(roads, row), {key: f"{value:g}" for key, value in limits.items() if value})


def _set_speed(roads: DrawnRoads, row: Correction) -> DrawnRoads:
    speed = f"{row.speed_kmh:g}"
    every = {"maxspeed": speed, "maxspeed:forward": speed, "maxspeed:backward": speed}
    return _retagged(roads, _way(roads, row), every)


def _close_way(roads: DrawnRoads, row: Correction) -> DrawnRoads:
    way = _way(roads, row)
    span = slice(roads.way_start[way], roads.way_start[way + 1])
    sizes = np.delete(np.diff(roads.way_start), way)
    return replace(
        roads,
        way_id=np.delete(roads.way_id, way),
        way_rule=np.delete(roads.way_rule, way),
        way_name=np.delete(roads.way_name, way),
        way_start=np.concatenate([[0], np.cumsum(sizes)]),
        ref=np.delete(roads.ref, span),
        lon=np.delete(roads.lon, span),
        lat=np.delete(roads.lat, span),
        unused_ways=np.sort(np.append(roads.unused_ways, roads.way_id[way])),
    )


def _retagged(roads: DrawnRoads, way: int, changes: dict[str, str]) -> DrawnRoads:
    tags = {**roads.rule_tags[roads.way_rule[way]], **changes}
    rules = roads.way_rule.copy()
    rules[way] = len(roads.rules)
    return replace(
        roads,
        way_rule=rules,
        rules=(*roads.rules, way_rule(tags, roads.kind, ferries=True)),
        rule_tags=(*roads.rule_tags, tags),
    )


def _way(roads: DrawnRoads, row: Correction) -> int:
    """Find the way that a row means: by its id, else by the points."""
    if row.way:
        at = np.flatnonzero(roads.way_id == row.way)
        if len(at):
            return int(at[0])
        if not row.points:
            unused = "is not used by this traffic" if row.way in roads.unused_ways else "is not in the map"
            message = f"way {row.way} {unused}"
            raise _NoMatchError(message)
    return _way_at(roads, row.points, row.tolerance_m)


def _way_at(
    roads: DrawnRoads, points: tuple[Point, ...], tolerance_m: float, through: int | None = None
) -> int:
    """Find the way, of those through a node if one is given, from which no point is far."""
    distances = np.max([way_distances_m(roads, point) for point in points], axis=0)
    if through is not None:
        distances[~np.isin(np.arange(len(distances)), roads.way_of_ref[roads.ref == through])] = np.inf
    way = int(np.argmin(distances)) if len(distances) else 0
    if not len(distances) or distances[way] > tolerance_m:
        nearest = f", the nearest is {distances[way]:.0f} m off" if len(distances) else ""
        message = f"no road within {tolerance_m:g} m of its points{nearest}"
        raise _NoMatchError(message)
    return way


def _runs_along(roads: DrawnRoads, way: int, points: tuple[Point, ...]) -> bool:
    """Whether a way is drawn in the order of the points."""
    segments = segments_near(roads, points[0], way), segments_near(roads, points[-1], way)
    first, last = (float(s.position[np.argmin(s.distance_m)]) for s in segments)
    return first <= last


# --- a barrier -------------------------------------------------------------------------------------------


def _remove_barrier(roads: DrawnRoads, row: Correction) -> DrawnRoads:
    node = row.via_node or _barrier_at(roads, row.points[0], row.tolerance_m)
    left = tuple(barrier for barrier in roads.barriers if barrier.node != node)
    if len(left) == len(roads.barriers):
        message = f"no barrier on node {node}"
        raise _NoMatchError(message)
    return replace(roads, barriers=left)


def _barrier_at(roads: DrawnRoads, point: Point, tolerance_m: float) -> int:
    standing = np.isin(roads.ref, [barrier.node for barrier in roads.barriers])
    distance = np.where(standing, node_distances_m(roads, point), np.inf)
    nearest = int(np.argmin(distance))
    if distance[nearest] > tolerance_m:
        message = f"no barrier within {tolerance_m:g} m of {point[0]:g} {point[1]:g}"
        raise _NoMatchError(message)
    return int(roads.ref[nearest])


# --- a banned turn ---------------------------------------------------------------------------------------


def _ban_turn(roads: DrawnRoads, row: Correction) -> DrawnRoads:
    """Write the row as a restriction of the map; the reader says whether its members meet."""
    members: tuple[int, ...] = (row.from_way, row.via_node, row.to_way)
    bearings = None
    if not all(members):
        came, via, left = row.points
        node = _junction_at(roads, via, row.tolerance_m)
        arms = [_way_at(roads, (point,), row.tolerance_m, through=node) for point in (came, left)]
        members = (int(roads.way_id[arms[0]]), node, int(roads.way_id[arms[1]]))
        bearings = _bearing(came, via), _bearing(via, left)
    modes = {"car": "motorcar", "truck": "hgv"}
    keys = [f"restriction:{modes.get(profile, profile)}" for profile in row.profiles] or ["restriction"]
    restriction = Restriction(
        id=-1 - len(roads.restrictions),
        tags={"type": "restriction", **dict.fromkeys(keys, "no_turn")},
        members=(("w", members[0], "from"), ("n", members[1], "via"), ("w", members[2], "to")),
        label=row.label,
        bearings=bearings,
    )
    return replace(roads, restrictions=(*roads.restrictions, restriction))


def _junction_at(roads: DrawnRoads, point: Point, tolerance_m: float) -> int:
    """Find the nearest node where ways meet or a way ends."""
    ids, uses = np.unique(roads.ref, return_counts=True)
    ends = np.concatenate([roads.ref[roads.way_start[:-1]], roads.ref[roads.way_start[1:] - 1]])
    meeting = np.isin(roads.ref, np.union1d(ids[uses >= 2], ends))
    distance = np.where(meeting, node_distances_m(roads, point), np.inf)
    nearest = int(np.argmin(distance))
    if distance[nearest] > tolerance_m:
        message = f"no junction within {tolerance_m:g} m of {point[0]:g} {point[1]:g}"
        raise _NoMatchError(message)
    return int(roads.ref[nearest])


def _bearing(start: Point, end: Point) -> float:
    east = (end[0] - start[0]) * np.cos(np.radians(start[1]))
    return float(np.degrees(np.arctan2(east, end[1] - start[1])) % 360.0)


# --- a new road ------------------------------------------------------------------------------------------


def _add_road(roads: DrawnRoads, row: Correction) -> DrawnRoads:
    """Draw a new way; its ends join the nearest road within the tolerance, else they are dead ends."""
    tags = {"highway": row.road_class, "oneway": row.oneway}
    rule = way_rule(tags, roads.kind, ferries=True)
    if rule.drop:
        message = f"a {row.road_class} is no road for {roads.kind!r}"
        raise _NoMatchError(message)
    refs: list[tuple[int, float, float]] = []
    joined = 0
    fresh = min(0, int(roads.ref.min(initial=0))) - 1
    for index, point in enumerate(row.points):
        at_end = index in {0, len(row.points) - 1}
        reach_m = row.tolerance_m if at_end else _ON_THE_ROAD_M
        roads, ref = _joint(roads, point, reach_m, fresh - index)
        joined += ref is not None
        refs.append(ref or (fresh - index, *point))
    if not joined:
        message = f"no road within {row.tolerance_m:g} m of either end"
        raise _NoMatchError(message)
    return _with_way(roads, row, refs, tags)


def _with_way(
    roads: DrawnRoads, row: Correction, refs: list[tuple[int, float, float]], tags: dict[str, str]
) -> DrawnRoads:
    names = roads.names if row.name in roads.names else (*roads.names, row.name)
    rows = np.array(refs, dtype=np.float64)
    return replace(
        roads,
        way_id=np.append(roads.way_id, min(0, int(roads.way_id.min(initial=0))) - 1),
        way_rule=np.append(roads.way_rule, len(roads.rules)).astype(np.int32),
        way_name=np.append(roads.way_name, names.index(row.name)).astype(np.int32),
        way_start=np.append(roads.way_start, roads.way_start[-1] + len(refs)),
        ref=np.concatenate([roads.ref, rows[:, 0].astype(np.int64)]),
        lon=np.concatenate([roads.lon, rows[:, 1]]),
        lat=np.concatenate([roads.lat, rows[:, 2]]),
        rules=(*roads.rules, way_rule(tags, roads.kind, ferries=True)),
        rule_tags=(*roads.rule_tags, tags),
        names=names,
    )


def _joint(
    roads: DrawnRoads, point: Point, tolerance_m: float, fresh: int
) -> tuple[DrawnRoads, tuple[int, float, float] | None]:
    """Find the node of a road at which a new road joins it, or make one with the id `fresh`."""
    segments = segments_near(roads, point)
    if not len(segments.at):
        return roads, None
    best = int(np.argmin(segments.distance_m))
    if segments.distance_m[best] > tolerance_m:
        return roads, None
    at, along = int(segments.at[best]), float(segments.along[best])
    near = at if along * segments.length_m[best] <= _SAME_PLACE_M else at + 1
    if near == at or (1.0 - along) * segments.length_m[best] <= _SAME_PLACE_M:
        return roads, (int(roads.ref[near]), float(roads.lon[near]), float(roads.lat[near]))
    lon = float(roads.lon[at] + along * (roads.lon[at + 1] - roads.lon[at]))
    lat = float(roads.lat[at] + along * (roads.lat[at + 1] - roads.lat[at]))
    return _with_node(roads, at + 1, (fresh, lon, lat)), (fresh, lon, lat)


def _with_node(roads: DrawnRoads, position: int, node: tuple[int, float, float]) -> DrawnRoads:
    """Put a node into a way."""
    return replace(
        roads,
        ref=np.insert(roads.ref, position, node[0]),
        lon=np.insert(roads.lon, position, node[1]),
        lat=np.insert(roads.lat, position, node[2]),
        way_start=roads.way_start + (roads.way_start >= position),
    )


_STEPS = {
    "add_road": _add_road,
    "set_oneway": _set_oneway,
    "set_limit": _set_limit,
    "set_speed": _set_speed,
    "close_way": _close_way,
    "remove_barrier": _remove_barrier,
    "ban_turn": _ban_turn,
}
