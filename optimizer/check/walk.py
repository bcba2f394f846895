"""A plan read against its problem: every id and every leg looked up, nothing in it taken on trust."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gis.matrix import TravelError
from optimizer.check.words import car, clock
from optimizer.legs import leg
from optimizer.model import (
    UNREACHABLE,
    Depot,
    Driver,
    Place,
    Problem,
    Request,
    Route,
    Schedule,
    StopOption,
    Vehicle,
    VehicleType,
    Violation,
    Visit,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """A problem by id."""

    problem: Problem
    places: Mapping[str, Place]
    types: Mapping[str, VehicleType]
    vehicles: Mapping[str, Vehicle]
    drivers: Mapping[str, Driver]
    depots: Mapping[str, Depot]
    requests: Mapping[str, Request]

    def place(self, place_id: str) -> str:
        """Name a place as people call it."""
        return self.places[place_id].label if place_id in self.places else place_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Halt:
    """A visit and what the problem says about it; both None for a reload and for an unknown request."""

    visit: Visit
    request: Request | None = None
    option: StopOption | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One leg with its planned times and the true ones.

    Parameters
    ----------
    seconds, metres
        By the travel matrix at departure; None where it has no such pair or no way.
    lost
        Rule code of that None: `unreachable` or `no_travel_time`.
    rest_s
        Stood on the way, as the plan says.
    """

    origin_id: str
    destination_id: str
    depart_s: int
    arrive_s: int
    seconds: int | None
    metres: int | None
    lost: str = ""
    rest_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Drive:
    """A route of a known vehicle; leg `i` leads to halt `i`, the last leg to the end."""

    book: Book
    route: Route
    vehicle: Vehicle
    kind: VehicleType
    halts: tuple[Halt, ...]
    legs: tuple[Leg, ...]

    def broken(
        self,
        rule: str,
        message: str,
        *,
        request_id: str | None = None,
        at_s: int | None = None,
        excess: int | None = None,
    ) -> Violation:
        """Say that this route breaks a rule; the sentence begins with the vehicle."""
        return Violation(
            rule=rule,
            message=f"{car(self.vehicle)}：{message}",
            vehicle_id=self.vehicle.id,
            request_id=request_id,
            at_s=at_s,
            excess=excess,
        )


def open_book(problem: Problem) -> Book:
    """Index a problem by its ids."""
    return Book(
        problem=problem,
        places={place.id: place for place in problem.places},
        types={kind.id: kind for kind in problem.vehicle_types},
        vehicles={vehicle.id: vehicle for vehicle in problem.vehicles},
        drivers={driver.id: driver for driver in problem.drivers},
        depots={depot.place_id: depot for depot in problem.depots},
        requests={request.id: request for request in problem.requests},
    )


def drives_of(book: Book, schedules: Sequence[Schedule]) -> tuple[Drive, ...]:
    """Read the routes of known vehicles, in the order of the schedules; `unknown_ids` names the others."""
    routes = [route for schedule in schedules for route in schedule.routes]
    return tuple(_drive(book, route) for route in routes if _is_known(book, route))


def unknown_ids(book: Book, schedules: Sequence[Schedule]) -> Iterator[Violation]:
    """Every vehicle, driver, request, stop, option and place of a plan is one of the problem's."""
    for schedule in schedules:
        for route in schedule.routes:
            yield from _unknown_in_route(book, route)
        for left in schedule.unserved:
            if left.request_id not in book.requests:
                message = f"未安排清单里的申请 {left.request_id!r} 不在问题中"
                yield Violation(rule="unknown_request", message=message, request_id=left.request_id)


def _is_known(book: Book, route: Route) -> bool:
    vehicle = book.vehicles.get(route.vehicle_id)
    return vehicle is not None and vehicle.type_id in book.types


def _drive(book: Book, route: Route) -> Drive:
    vehicle = book.vehicles[route.vehicle_id]
    kind = book.types[vehicle.type_id]
    places = [route.start_place_id, *(visit.place_id for visit in route.visits), route.end_place_id]
    departures = [route.start_s, *(visit.depart_s for visit in route.visits)]
    arrivals = [*(visit.arrival_s for visit in route.visits), route.end_s]
    rests = [*(visit.rest_s for visit in route.visits), route.rest_s]
    planned = zip(places, places[1:], departures, arrivals, rests, strict=False)
    return Drive(
        book=book,
        route=route,
        vehicle=vehicle,
        kind=kind,
        halts=tuple(_halt(book, visit) for visit in route.visits),
        legs=tuple(_leg(book, kind.profile, *one) for one in planned),
    )


def _halt(book: Book, visit: Visit) -> Halt:
    request = book.requests.get(visit.request_id or "")
    if request is None or not _has(request.stops, visit.stop):
        return Halt(visit=visit)
    options = request.stops[visit.stop].options
    option = options[visit.option] if _has(options, visit.option) else None
    return Halt(visit=visit, request=request, option=option)


def _leg(  # noqa: PLR0917
    book: Book, profile: str, origin: str, destination: str, depart_s: int, arrive_s: int, rest_s: int
) -> Leg:
    seconds: int | None
    metres: int | None
    try:
        seconds, metres = leg(book.problem.travel, profile, origin, destination, depart_s)
        lost = "unreachable" if seconds == UNREACHABLE else ""
    except TravelError:
        seconds, metres, lost = None, None, "no_travel_time"
    return Leg(
        origin_id=origin,
        destination_id=destination,
        depart_s=depart_s,
        arrive_s=arrive_s,
        seconds=None if lost else seconds,
        metres=None if lost else metres,
        lost=lost,
        rest_s=rest_s,
    )


def _unknown_in_route(book: Book, route: Route) -> Iterator[Violation]:
    if not _is_known(book, route):
        message = f"路线的车辆 {route.vehicle_id!r} 不在问题中（或其车型未知），这条路线无法核对"
        yield Violation(rule="unknown_vehicle", message=message, vehicle_id=route.vehicle_id)
    if route.driver_id is not None and route.driver_id not in book.drivers:
        message = f"路线的驾驶员 {route.driver_id!r} 不在问题中"
        yield Violation(rule="unknown_driver", message=message, vehicle_id=route.vehicle_id)
    ends = (route.start_place_id, route.end_place_id)
    for place_id in dict.fromkeys((*ends, *(visit.place_id for visit in route.visits))):
        if place_id not in book.places:
            message = f"路线上的地点 {place_id!r} 不在问题中"
            yield Violation(rule="unknown_place", message=message, vehicle_id=route.vehicle_id)
    for visit in route.visits:
        yield from _unknown_in_visit(book, route, visit)


def _unknown_in_visit(book: Book, route: Route, visit: Visit) -> Iterator[Violation]:
    if visit.request_id is None:
        return
    request = book.requests.get(visit.request_id)
    if request is None:
        rule, what = "unknown_request", "不在问题中"
    elif not _has(request.stops, visit.stop):
        rule, what = "unknown_stop", f"没有第 {visit.stop} 站，只有 {len(request.stops)} 站（从 0 数起）"
    elif not _has(options := request.stops[visit.stop].options, visit.option):
        rule, what = (
            "unknown_option",
            f"第 {visit.stop} 站没有备选 {visit.option}，只有 {len(options)} 个（从 0 数起）",
        )
    elif (expected := options[visit.option].place_id) != visit.place_id:
        rule, what = "wrong_place", f"第 {visit.stop} 站应在 {book.place(expected)}"
    else:
        return
    where = f"{clock(visit.arrival_s)} 到达 {book.place(visit.place_id)}"
    yield Violation(
        rule=rule,
        message=f"{where}：申请 {visit.request_id!r} {what}",
        vehicle_id=route.vehicle_id,
        request_id=visit.request_id,
        at_s=visit.arrival_s,
    )


def _has(items: Sequence[object], index: int) -> bool:
    return 0 <= index < len(items)
