"""What a dispatcher tells of the day, and the events that it means."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gis.places import Place
from optimizer.happenings import Added, Breakdown, Cancelled, Delay, DriverOut, Event
from optimizer.model import Problem, Request, TravelMatrix
from optimizer.policy.rules import licence_fits
from scenarios.prefecture.values import Prefecture
from service.errors import IntakeError


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """What is told of the day, in the words of a dispatcher.

    Parameters
    ----------
    now_s
        Nothing that begins before it changes.
    broken
        Plates or ids of vehicles that move no more.
    where
        Where the first of them stands; None: at its last stop.
    delayed
        Plate or id → minutes.
    cancelled, locked
        Ids of requests.
    sick
        Names or ids of drivers.
    added
        New requests, whose places are among the day's.
    """

    now_s: int
    broken: tuple[str, ...] = ()
    where: Place | None = None
    delayed: tuple[tuple[str, int], ...] = ()
    cancelled: tuple[str, ...] = ()
    locked: tuple[str, ...] = ()
    sick: tuple[str, ...] = ()
    added: tuple[Request, ...] = ()


def events_of(day: Prefecture, what: Happened) -> tuple[Event, ...]:
    """Make events of what was told; everybody and everything must be known."""
    vehicle = _finder({v.id: v.plate for v in day.cars}, "车辆", "车牌或编号")
    request = _finder({r.id: "" for r in day.requests}, "申请", "申请编号")
    driver = _finder({d.id: "" for d in day.drivers} | dict(day.driver_names), "驾驶员", "姓名或编号")
    where = what.where.id if what.where is not None else None
    events: list[Event] = [
        Breakdown(vehicle_id=vehicle(said), place_id=where if k == 0 else None)
        for k, said in enumerate(what.broken)
    ]
    events += [Delay(vehicle_id=vehicle(said), seconds=60 * minutes) for said, minutes in what.delayed]
    events += [Cancelled(request_id=request(said)) for said in what.cancelled]
    events += [driver_out(day, driver(said)) for said in what.sick]
    events += [Added(request=new) for new in what.added]
    return tuple(events)


def driver_out(day: Prefecture, driver_id: str) -> DriverOut:
    """Say which cars only he drives, and who may drive them instead: drivers without a car of their own."""
    fixed = set(dict(day.fixed_drivers).values())
    his = tuple(car.id for car in day.cars if (car.id, driver_id) in day.fixed_drivers)
    types = {kind.id: kind for kind in day.vehicle_types}
    needed = [types[car.type_id] for car in day.cars if car.id in his]
    problem = only_seats(day)
    spare = tuple(
        d.id
        for d in day.drivers
        if d.id not in fixed and d.id != driver_id and all(licence_fits(problem, d, kind) for kind in needed)
    )
    return DriverOut(driver_id=driver_id, vehicle_ids=his, spare_ids=spare)


def only_seats(day: Prefecture) -> Problem:
    """Make a problem of seats in which rules about licences can be asked."""
    nowhere = TravelMatrix(profiles=("car",), bucket_starts_s=(0,), blocks=())
    return Problem(date=day.date, places=(), vehicle_types=(), vehicles=(), requests=(), travel=nowhere)


def _finder(known: Mapping[str, str], what: str, by: str) -> Callable[[str], str]:
    """Return a function that finds an id by itself or by a name."""
    names = {name: id_ for id_, name in known.items() if name}

    def find(said: str) -> str:
        id_ = said if said in known else names.get(said.strip())
        if id_ is None:
            message = f"当天没有{what} {said!r}；请填{by}"
            raise IntakeError(message)
        return id_

    return find
