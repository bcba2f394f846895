"""Circulators: waves of people between compounds and a canteen or an event, on foot or by bus, and back.

Who walks and in which wave is chosen by `optimizer.sittings`; the rides there and back become requests of the
one `Problem`, in parties that are carried both ways or not at all, and are planned like shuttles. That nobody
needs a bus is a valid answer, with its reason.
"""

from collections.abc import Sequence
from typing import Final

from gis.matrix import UNREACHABLE, TravelMatrix
from gis.places import Place
from optimizer import shuttle
from optimizer.circulation import BACK, THERE, CirculatorPlan, told
from optimizer.legs import leg
from optimizer.model import (
    Depot,
    Problem,
    Request,
    Schedule,
    Stop,
    StopOption,
    TimeWindow,
    Vehicle,
    VehicleType,
)
from optimizer.sittings import CirculatorSettings, Sitting, WaveGroup, choose_sittings, require_sound

__all__ = ["CirculatorPlan", "CirculatorSettings", "WaveGroup", "plan"]

FEN_PER_RIDER: Final = 10_000
"""Penalty of somebody who is left out: where seats are short, more people go, not more parties."""


def plan(  # noqa: PLR0913
    groups: Sequence[WaveGroup],
    destination: Place,
    vehicle_types: Sequence[VehicleType],
    vehicles: Sequence[Vehicle],
    travel: TravelMatrix,
    *,
    date: str,
    places: Sequence[Place] = (),
    depots: Sequence[Depot] = (),
    settings: CirculatorSettings | None = None,
    seed: int = 0,
    work_limit: int | None = None,
    synthetic: bool = False,
    versions: tuple[tuple[str, str], ...] = (),
) -> CirculatorPlan:
    """Choose walkers, waves and buses.

    Parameters
    ----------
    travel
        Holds every pair of the groups' places, the destination and where buses stand.
    places
        Where buses stand.
    work_limit
        Iterations of the search for rides.
    synthetic, versions
        As in `Problem`.

    Raises
    ------
    ProblemError
        A group without people, an empty window, an id twice, no seats: every fault is named.
    """
    settings = settings or CirculatorSettings()
    require_sound(groups, settings)
    kinds = {kind.id: kind for kind in vehicle_types}
    seats = [kinds[vehicle.type_id].capacity[0] for vehicle in vehicles]
    seats = [number for number in seats if number]
    party = _party_size(seats)
    profiles = sorted({kinds[vehicle.type_id].profile for vehicle in vehicles})
    rides_s = _rides_s(groups, destination, travel, profiles, settings, party)
    choice = choose_sittings(groups, rides_s, settings, bus_seats=max(seats, default=0), seed=seed)
    requests, members = _requests(groups, choice.sittings, destination, settings, party)
    problem: Problem | None = None
    schedule: Schedule | None = None
    if requests:
        problem = Problem(
            name="循环班车", date=date, synthetic=synthetic, versions=versions,
            places=_distinct((*(g.place for g in groups), destination, *places)),
            vehicle_types=tuple(vehicle_types), vehicles=tuple(vehicles), depots=tuple(depots),
            requests=requests, travel=travel,
        )  # fmt: skip
        schedule = shuttle.plan(problem, seed=seed, work_limit=work_limit)
    return told(groups, settings, choice, problem, schedule, members)


def _party_size(seats: Sequence[int]) -> int:
    """Size of a busload part that leaves the fewest seats empty, at least half of the smallest bus."""
    if not seats:
        return 0
    least = min(seats)
    return min(range(-(-least // 2), least + 1), key=lambda size: (sum(s % size for s in seats), -size))


def _rides_s(
    groups: Sequence[WaveGroup],
    destination: Place,
    travel: TravelMatrix,
    profiles: Sequence[str],
    settings: CirculatorSettings,
    party: int,
) -> dict[str, tuple[int, int]]:
    """Longest rides there and back over the kinds of bus; groups that a bus cannot fetch have none."""
    standing_s = 2 * _standing_s(party, settings)
    found: dict[str, tuple[int, int]] = {}
    if not party:
        return found
    for group in groups:
        there = [leg(travel, p, group.place.id, destination.id, group.window.start_s)[0] for p in profiles]
        back = [leg(travel, p, destination.id, group.place.id, group.window.start_s)[0] for p in profiles]
        longest_s = max((*there, *back), default=UNREACHABLE)
        if longest_s <= settings.ride_max_s:
            found[group.id] = (max(there) + standing_s, max(back) + standing_s)
    return found


def _standing_s(people: int, settings: CirculatorSettings) -> int:
    return round(settings.dwell_s + settings.boarding_s * people)


def _requests(
    groups: Sequence[WaveGroup],
    sittings: Sequence[Sitting],
    destination: Place,
    settings: CirculatorSettings,
    party: int,
) -> tuple[tuple[Request, ...], dict[str, tuple[str, int, int]]]:
    """Make two requests, there and back, for each party of those who ride."""
    by_id = {group.id: group for group in groups}
    requests: list[Request] = []
    members: dict[str, tuple[str, int, int]] = {}
    for sitting in sittings:
        if sitting.on_foot:
            continue
        group = by_id[sitting.group_id]
        parts = -(-sitting.count // party)
        for number in range(parts):
            people = sitting.count // parts + (number < sitting.count % parts)
            name = f"{group.id}/{sitting.start_s}/{number + 1}"
            for request in _there_and_back(name, group, sitting.start_s, people, destination, settings):
                requests.append(request)
                members[request.id] = (group.id, sitting.start_s, people)
    return tuple(requests), members


def _there_and_back(
    name: str,
    group: WaveGroup,
    start_s: int,
    people: int,
    destination: Place,
    settings: CirculatorSettings,
) -> tuple[Request, Request]:
    standing_s = _standing_s(people, settings)
    end_s = start_s + settings.sitting_s
    leave = TimeWindow(start_s=group.window.start_s, end_s=start_s)
    early_s = max(settings.early_s, standing_s)
    arrive = TimeWindow(start_s=max(0, start_s - early_s), end_s=start_s - standing_s)
    fetch = TimeWindow(start_s=end_s, end_s=end_s + settings.wait_s)
    home = TimeWindow(start_s=end_s, end_s=group.window.end_s - standing_s)

    def request(way: str, ends: tuple[tuple[str, TimeWindow], tuple[str, TimeWindow]]) -> Request:
        return Request(
            id=f"{name}/{way}",
            name=f"{group.id} {way} {people} 人",
            group_id=name,
            unserved_penalty_fen=FEN_PER_RIDER * people,
            max_ride_s=settings.ride_max_s,
            stops=tuple(
                Stop(
                    options=(StopOption(place_id=place_id, window=window, service_s=standing_s),),
                    load=(change,),
                )
                for (place_id, window), change in zip(ends, (people, -people), strict=True)
            ),
        )

    there = request(THERE, ((group.place.id, leave), (destination.id, arrive)))
    back = request(BACK, ((destination.id, fetch), (group.place.id, home)))
    return there, back


def _distinct(places: Sequence[Place]) -> tuple[Place, ...]:
    return tuple({place.id: place for place in places}.values())
