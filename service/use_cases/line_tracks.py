"""Where lines drive: the paths between their stops, one track for a feed or a layer, one line on a map."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from gis.coordinates import metres_between
from gis.paths import Path as DrivenPath
from optimizer.line_figures import Line
from service.documents.gtfs import Track
from service.documents.words import workplaces
from service.store.plans import Judged

if TYPE_CHECKING:
    from gis.picture import MapLine

LEAST_STEP_M: Final = 0.5


def driven(line: Line, plan: Judged) -> tuple[DrivenPath | None, ...]:
    """Give the paths between the stops of a line; None where the bus stays where it is."""
    first, last = line.legs
    route = next(route for route in plan.schedule.routes if route.vehicle_id == line.vehicle_id)
    stays = [
        a.place_id == b.place_id
        for a, b in zip(route.visits[first:], route.visits[first + 1 : last], strict=False)
    ]
    found = plan.paths[line.vehicle_id][first + 1 : last]
    return tuple(path for path, stay in zip(found, stays, strict=True) if not stay)


def track(line: Line, paths: Sequence[DrivenPath | None]) -> Track | None:
    """Join the paths of a line; None where one is missing."""
    points: list[tuple[float, float, float]] = []
    stops_m = [0.0]
    for path in paths:
        if path is None or not path.lon:
            return None
        apart = metres_between(path.lon[:-1], path.lat[:-1], path.lon[1:], path.lat[1:])
        along = np.concatenate(([0.0], np.cumsum(apart)))
        points += [
            (lon, lat, stops_m[-1] + metres)
            for lon, lat, metres in zip(path.lon, path.lat, along.tolist(), strict=True)
        ]
        stops_m.append(stops_m[-1] + float(along[-1]))
    return Track(points=_thinned(points), stops_m=tuple(stops_m)) if len(stops_m) == len(line.stops) else None


def _thinned(points: Sequence[tuple[float, float, float]]) -> tuple[tuple[float, float, float], ...]:
    """Leave out points less than half a metre on from the one before: they repeat it."""
    kept = list(points[:1])
    for point in points[1:]:
        if point[2] - kept[-1][2] >= LEAST_STEP_M:
            kept.append(point)
    return tuple(kept)


def map_line(line: Line, paths: Sequence[DrivenPath]) -> "MapLine":
    """Make what a map draws of a line: stops where its riders live, its number and where they work."""
    from gis.picture import MapLine

    work = {place.id for place in line.workplaces}
    return MapLine(
        name=f"{line.name} {'→' if line.direction == 'morning' else '←'} {workplaces(line)}",
        paths=tuple(paths),
        stops=tuple({s.place.id: s.place for s in line.stops if s.place.id not in work}.values()),
    )
