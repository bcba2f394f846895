"""What each bus does on one service day: the quantities that every form of contract is billed by."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from optimizer.model import Problem, Request, Route, Schedule, VehicleType, Visit

__all__ = ["BusDay", "bus_days", "run_count"]

Plan = tuple[Problem, Schedule]


@dataclass(frozen=True, slots=True, kw_only=True)
class BusDay:
    """One bus on one day, both directions together.

    Parameters
    ----------
    seats
        On the licence, the driver's included.
    morning_runs, evening_runs
        Times it fills up and empties again.
    distance_m, drive_s
        All that it drives, empty metres too.
    duty_s
        From leaving to being back, each direction by itself: in between it stands at its base.
    riders
        Boardings.
    toll_per_km_fen
        What the plan reckons for tolls.
    start_place_id, end_place_id
        Where its day begins and ends; a night is spent away where they differ.
    """

    bus_id: str
    seats: int
    morning_runs: int = 0
    evening_runs: int = 0
    distance_m: int = 0
    drive_s: int = 0
    duty_s: int = 0
    riders: int = 0
    toll_per_km_fen: int = 0
    start_place_id: str = ""
    end_place_id: str = ""

    @property
    def away(self) -> bool:
        """Whether it stands elsewhere at night than in the morning."""
        return self.start_place_id != self.end_place_id


def bus_days(*, morning: Plan | None = None, evening: Plan | None = None) -> tuple[BusDay, ...]:
    """Add up what the two plans of a day ask of each bus that drives, by id.

    Raises
    ------
    LookupError
        A route's vehicle is not in its problem.
    """
    found: dict[str, BusDay] = {}
    for plan, is_morning in ((morning, True), (evening, False)):
        for part in _parts(plan, is_morning=is_morning) if plan else ():
            before = found.get(part.bus_id)
            found[part.bus_id] = _together(before, part) if before else part
    return tuple(found[bus_id] for bus_id in sorted(found))


def run_count(visits: Sequence[Visit], requests: dict[str, Request]) -> int:
    """Count how often a bus that is empty takes riders on."""
    runs = on_board = 0
    for visit in visits:
        change = _change(visit, requests)
        runs += on_board == 0 and change > 0
        on_board += change
    return runs


def _parts(plan: Plan, *, is_morning: bool) -> Iterator[BusDay]:
    problem, schedule = plan
    requests = {request.id: request for request in problem.requests}
    types = {kind.id: kind for kind in problem.vehicle_types}
    kinds = {vehicle.id: types[vehicle.type_id] for vehicle in problem.vehicles}
    for route in schedule.routes:
        if route.vehicle_id not in kinds:
            message = f"路线的车辆 {route.vehicle_id!r} 不在问题的车辆表中，无法测算合同费用"
            raise LookupError(message)
        if route.visits:
            yield _part(route, kinds[route.vehicle_id], requests, is_morning=is_morning)


def _part(route: Route, kind: VehicleType, requests: dict[str, Request], *, is_morning: bool) -> BusDay:
    runs = run_count(route.visits, requests)
    return BusDay(
        bus_id=route.vehicle_id,
        seats=kind.capacity[0] + 1,
        morning_runs=runs if is_morning else 0,
        evening_runs=0 if is_morning else runs,
        distance_m=route.distance_m,
        drive_s=route.drive_s,
        duty_s=route.end_s - route.start_s,
        riders=sum(max(0, _change(visit, requests)) for visit in route.visits),
        toll_per_km_fen=kind.rates.toll_per_km_fen,
        start_place_id=route.start_place_id,
        end_place_id=route.end_place_id,
    )


def _together(first: BusDay, second: BusDay) -> BusDay:
    return replace(
        first,
        morning_runs=first.morning_runs + second.morning_runs,
        evening_runs=first.evening_runs + second.evening_runs,
        distance_m=first.distance_m + second.distance_m,
        drive_s=first.drive_s + second.drive_s,
        duty_s=first.duty_s + second.duty_s,
        riders=first.riders + second.riders,
        end_place_id=second.end_place_id,
    )


def _change(visit: Visit, requests: dict[str, Request]) -> int:
    if visit.request_id is None:
        return 0
    load = requests[visit.request_id].stops[visit.stop].load
    return load[0] if load else 0
