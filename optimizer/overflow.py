"""Who is left out goes by hired cars: leased by the day at a tariff, or hailed by the trip.

A hired car comes to where the first people board and leaves from where the last get off: how it comes there
is its owner's matter. It is bound by every rule; own vehicles keep what they do.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Final

from optimizer.hands import Hand, calls_for, driven
from optimizer.model import CostRates, Problem, Request, Route, Schedule, Status, Vehicle, VehicleType
from optimizer.policy.hailing import Hailing, default_hailing
from optimizer.policy.tariffs import LeaseTariff, lease_rates, lease_tariffs
from optimizer.price import decision_cost_fen, route_lines
from optimizer.several_days import aways
from optimizer.timing import Timetable, timetable

__all__ = ["HAILED", "LEASED", "with_hired"]

LEASED: Final = "租车"
HAILED: Final = "网约车"


@dataclass(frozen=True, slots=True)
class _Option:
    """A hired car with one request more, and what that adds."""

    fen: int
    vehicle: Vehicle
    request_ids: tuple[str, ...]
    route: Route


@dataclass(slots=True)
class _Hired:
    """Cars hired so far, with what each does."""

    table: Timetable
    leased: Sequence[VehicleType]
    hailed: VehicleType
    days: dict[str, _Option] = field(default_factory=dict)

    def taken(self, request: Request) -> bool:
        """Give a request to the hired car that it adds least to, or to another one; False if none may."""
        found = [*self._again(request), *self._new(request)]
        if not found:
            return False
        best = min(found, key=lambda option: (option.fen, option.vehicle.id))
        self.days[best.vehicle.id] = best
        return True

    def _again(self, request: Request) -> Iterable[_Option]:
        """Try the day cars that are hired already: their day is paid for."""
        for day in list(self.days.values()):
            if day.vehicle.type_id == self.hailed.id:
                continue
            ids = sorted((*day.request_ids, request.id), key=self._start_s)
            option = self._driven(day.vehicle, ids)
            if option is not None:
                yield replace(option, fen=option.fen - self._fen(day))

    def _new(self, request: Request) -> Iterable[_Option]:
        for kind, name in (*((kind, LEASED) for kind in self.leased), (self.hailed, HAILED)):
            number = 1 + sum(i.startswith(name) for i in self.days)
            place_id = request.stops[0].options[0].place_id
            vehicle = Vehicle(
                id=f"{name}{number}", type_id=kind.id, start_place_id=place_id, plate=f"{name}{number}"
            )
            option = self._driven(vehicle, [request.id])
            if option is not None:
                yield option

    def _driven(self, vehicle: Vehicle, request_ids: Sequence[str]) -> _Option | None:
        route = driven(self.table, Hand(vehicle=vehicle), calls_for(self.table, request_ids))
        if route is None:
            return None
        option = _Option(0, vehicle, tuple(request_ids), route)
        return replace(option, fen=self._fen(option))

    def _fen(self, option: _Option) -> int:
        rates = self.table.types[option.vehicle.type_id].rates
        return sum(line.amount_fen for line in route_lines(option.route, rates))

    def _start_s(self, request_id: str) -> tuple[int, str]:
        return self.table.requests[request_id].stops[0].options[0].window.start_s, request_id


def with_hired(
    problem: Problem,
    schedule: Schedule,
    *,
    tariffs: Sequence[LeaseTariff] | None = None,
    hailing: Hailing | None = None,
) -> tuple[Problem, Schedule]:
    """Hire for everybody whom a plan of cars leaves out and whom a hired car may take.

    Requests go in the order of their class and penalty, each to the cheapest hired car at that moment; those
    of a group all or none.

    Parameters
    ----------
    tariffs
        To lease by; None takes the published ones of `university`.
    hailing
        What a hailed trip costs; None takes the default.

    Returns
    -------
    tuple
        The problem with the cars hired, and the plan with what they do. No bound is known of it.
    """
    kinds = _kinds(problem, tariffs if tariffs is not None else lease_tariffs("university"))
    hailed = _hailed(problem, hailing or default_hailing())
    types = (*problem.vehicle_types, *kinds, hailed)
    table = timetable(replace(problem, vehicle_types=types))
    hired = _Hired(table, kinds, hailed)
    for unit in _units(problem, schedule):
        before = dict(hired.days)
        if not all(hired.taken(request) for request in unit):
            hired.days = before
    return _together(problem, schedule, hired) if hired.days else (problem, schedule)


def _kinds(problem: Problem, tariffs: Sequence[LeaseTariff]) -> tuple[VehicleType, ...]:
    return tuple(_kind(problem, f"{LEASED} {t.name}", t.seats_at_most, lease_rates(t)) for t in tariffs)


def _hailed(problem: Problem, hailing: Hailing) -> VehicleType:
    return _kind(problem, HAILED, hailing.seats_at_most, hailing.rates)


def _kind(problem: Problem, name: str, seats_at_most: int, rates: CostRates) -> VehicleType:
    """Make a kind of hired car; goods are not carried by it."""
    profiles = problem.travel.profiles
    capacity = tuple(seats_at_most - 1 if d == "seats" else 0 for d in problem.dimensions)
    profile = "car" if "car" in profiles else profiles[0]
    return VehicleType(id=name, name=name, capacity=capacity, profile=profile, rates=rates, energy="other")


def _units(problem: Problem, schedule: Schedule) -> Iterable[list[Request]]:
    """Give the requests left out, most urgent first; a group stays together."""
    left = {unserved.request_id for unserved in schedule.unserved}
    asked = [request for request in problem.requests if request.id in left]
    asked.sort(key=lambda r: (r.priority, -r.unserved_penalty_fen, r.group_id or r.id, r.id))
    for _, unit in groupby(asked, key=lambda r: r.group_id or r.id):
        yield list(unit)


def _together(problem: Problem, schedule: Schedule, hired: _Hired) -> tuple[Problem, Schedule]:
    days = [hired.days[i] for i in sorted(hired.days)]
    used = {day.vehicle.type_id for day in days}
    taken = {request_id for day in days for request_id in day.request_ids}
    more = tuple(kind for kind in (*hired.leased, hired.hailed) if kind.id in used)
    larger = replace(
        problem,
        vehicle_types=(*problem.vehicle_types, *more),
        vehicles=(*problem.vehicles, *(day.vehicle for day in days)),
    )
    routes = (*schedule.routes, *(day.route for day in days))
    plan = replace(
        schedule,
        routes=routes,
        unserved=tuple(u for u in schedule.unserved if u.request_id not in taken),
        bound_fen=None,
        gap=None,
        status=Status.FEASIBLE if schedule.status is Status.OPTIMAL else schedule.status,
        engine=f"{schedule.engine}, overflow hired",
        away=aways(larger, routes),
    )
    return larger, replace(plan, objective_fen=decision_cost_fen(larger, plan))
