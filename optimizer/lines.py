"""From riders and stops to the problem of shuttle lines: a request for the riders of a stop and compound."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from gis.matrix import TravelMatrix
from gis.places import Place
from optimizer.errors import ProblemError
from optimizer.line_requests import Direction, LineSource, opened_stops, party_request
from optimizer.model import Depot, Problem, Request, Vehicle, VehicleType
from optimizer.parties import Party, ShuttleSettings, largest_load, parties
from optimizer.riders import Compound, RiderGroup

__all__ = ["Direction", "LineDraft", "LineSource", "ShuttleSettings", "line_draft", "redrafted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineDraft:
    """A shuttle problem and who is behind each of its requests.

    Parameters
    ----------
    members
        Request id → `(group id, riders)` of everyone it carries.
    parties
        Behind each request of the problem, in the same order.
    source
        What the requests were made of; None where they may not be made again with other stops.
    """

    problem: Problem
    members: Mapping[str, tuple[tuple[str, int], ...]]
    parties: tuple[Party, ...] = field(default=(), compare=False, repr=False)
    source: LineSource | None = field(default=None, compare=False, repr=False)


def line_draft(  # noqa: PLR0913, PLR0917
    groups: Sequence[RiderGroup],
    compounds: Sequence[Compound],
    stops: Sequence[Place],
    walks_m: NDArray[np.int32],
    vehicle_types: Sequence[VehicleType],
    vehicles: Sequence[Vehicle],
    depots: Sequence[Depot],
    travel: TravelMatrix,
    *,
    date: str,
    direction: Direction = "morning",
    settings: ShuttleSettings | None = None,
    places: Sequence[Place] = (),
    synthetic: bool = False,
    prefix: str = "",
) -> LineDraft:
    """Turn riders and stops into requests: one for the riders of one stop and one compound.

    Parameters
    ----------
    walks_m
        `[group, stop]` walking metres.
    places
        Of depots and of buses that stand elsewhere than at a stop or compound.
    travel
        Holds every pair of stops, compounds and bus depots.
    prefix
        Before the id of every request.

    Returns
    -------
    LineDraft
        Riders beyond every stop's limit have a request too, at the nearest stop, which no vehicle may
        serve: its reason is `Reason.TOO_FAR_TO_WALK`.

    Raises
    ------
    ProblemError
        A group names an unknown compound, a bus stands at an unknown place, or `walks_m` has another shape
        than groups × stops.
    """
    settings = settings or ShuttleSettings()
    _check(groups, compounds, stops, walks_m)
    source = LineSource(
        groups=tuple(groups), compounds=tuple(compounds), stops=tuple(stops), walks_m=walks_m,
        direction=direction, settings=settings, prefix=prefix,
    )  # fmt: skip
    problem = Problem(
        name="早班车" if direction == "morning" else "晚班车",
        date=date,
        synthetic=synthetic,
        places=_places((*stops, *(c.place for c in compounds), *places), vehicles),
        vehicle_types=tuple(_of_few_stops(kind, settings) for kind in vehicle_types),
        vehicles=tuple(vehicles),
        depots=tuple(depots),
        requests=(),
        travel=travel,
    )
    largest = largest_load(vehicle_types, vehicles, settings)
    return _drafted(problem, source, parties(groups, compounds, walks_m, settings, largest))


def redrafted(draft: LineDraft, parties: Sequence[Party]) -> LineDraft:
    """Make the requests of a draft anew, for other parties of the same riders; all else stays.

    Raises
    ------
    ProblemError
        The draft does not say what it was made of.
    """
    if draft.source is None:
        raise ProblemError(("这份线路问题没有乘客与站点的来源，不能重新选站",))
    return _drafted(draft.problem, draft.source, parties)


def _drafted(problem: Problem, source: LineSource, parties: Sequence[Party]) -> LineDraft:
    opened = opened_stops(parties)
    nobody = frozenset(v.id for v in problem.vehicles)
    requests: list[Request] = []
    for party in parties:
        known = opened.get(party.compound.id, frozenset())
        request = party_request(source, party, known, problem.travel, problem.vehicle_types)
        requests.append(request if party.stop is not None else replace(request, forbidden_vehicle_ids=nobody))
    return LineDraft(
        problem=replace(problem, requests=tuple(requests)),
        members={r.id: p.members for r, p in zip(requests, parties, strict=True)},
        parties=tuple(parties),
        source=source,
    )


def _of_few_stops(kind: VehicleType, settings: ShuttleSettings) -> VehicleType:
    """Hold a kind of bus to the most stops of a line."""
    limits = [most for most in (kind.max_stops, settings.stops_max) if most is not None]
    return replace(kind, max_stops=min(limits)) if limits else kind


def _check(
    groups: Sequence[RiderGroup],
    compounds: Sequence[Compound],
    stops: Sequence[Place],
    walks_m: NDArray[np.int32],
) -> None:
    known = {c.id for c in compounds}
    faults = [
        f"乘客组 {g.id!r} 的单位院 {g.compound_id!r} 不在院的名单中"
        for g in groups
        if g.compound_id not in known
    ]
    faults += [f"乘客组 {g.id!r} 的人数 {g.count} 应至少为 1" for g in groups if g.count < 1]
    if walks_m.shape != (len(groups), len(stops)):
        faults.append(f"步行距离表的大小 {walks_m.shape} 应为 乘客组×站点 {(len(groups), len(stops))}")
    if faults:
        raise ProblemError(faults)


def _places(places: Iterable[Place], vehicles: Sequence[Vehicle]) -> tuple[Place, ...]:
    found: dict[str, Place] = {}
    for place in places:
        found.setdefault(place.id, place)
    ends = {v.start_place_id for v in vehicles} | {v.end_place_id or v.start_place_id for v in vehicles}
    if unknown := sorted(ends - found.keys()):
        raise ProblemError(
            [f"车辆停放地点 {place_id!r} 不在地点表中，请在 places 中给出" for place_id in unknown]
        )
    return tuple(found.values())
