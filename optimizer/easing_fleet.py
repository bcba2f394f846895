"""Relaxations of what there is: hours, drivers, reserves, leased vehicles.

Each function looks at what is asked and returns an `Eased`, or None where the kind makes no sense for it.
"""

from dataclasses import replace
from typing import Final

from optimizer.easing import STEP_S, Asked, Change, Eased, unchanged
from optimizer.hands import Hand, calls_for, driven
from optimizer.model import Driver, Problem, TimeWindow, Vehicle, VehicleType
from optimizer.policy.rules import may_serve
from optimizer.policy.tariffs import LeaseTariff, lease_rates
from optimizer.price import route_lines
from optimizer.timing import timetable

__all__ = ["driver", "hours", "lease", "reserve"]

MOST_HOURS: Final = 24
"""Steps of overtime: two hours."""
LEASED: Final = "租赁"
SPARE: Final = "替班驾驶员"


def hours(asked: Asked) -> Eased:
    """Let vehicles and drivers be on duty so much earlier and later."""

    def at(steps: int) -> Change:
        more = steps * STEP_S
        hands = tuple(
            replace(h, vehicle=replace(h.vehicle, shift=_wider(h.vehicle.shift, more))) for h in asked.hands
        )
        return replace(unchanged(asked), hands=hands)

    return Eased(
        kind="hours",
        most=MOST_HOURS,
        at=at,
        unit=STEP_S,
        words=lambda n: (f"加班 {n * 5} 分钟（早出或晚归）", f"{n * 5} min of overtime, early or late"),
    )


def driver(asked: Asked) -> Eased | None:
    """Let so many more drivers come, licensed for any car that needs one."""
    needy = sorted({v.id: v for v in asked.problem.vehicles if v.driver_ids}.values(), key=lambda v: v.id)
    begun = {h.vehicle.id for h in asked.hands if h.begun is not None}
    needy = [v for v in needy if v.id not in begun]
    if not needy:
        return None

    def at(steps: int) -> Change:
        spare = tuple(Driver(id=f"{SPARE}{k + 1}", licences=frozenset({"A1"})) for k in range(steps))
        more = [Hand(vehicle=v, driver_id=d.id) for v in needy for d in spare]
        allowed = tuple(
            replace(v, driver_ids=(*v.driver_ids, *(d.id for d in spare))) if v.driver_ids else v
            for v in asked.problem.vehicles
        )
        drivers = (*asked.problem.drivers, *spare)
        problem = replace(asked.problem, vehicles=allowed, drivers=drivers)
        return Change(problem=problem, request=asked.request, hands=(*asked.hands, *more))

    return Eased(
        kind="driver",
        most=1 + len(asked.company),
        at=at,
        words=lambda n: (f"增加 {n} 名驾驶员", f"{n} more driver{'s' if n > 1 else ''}"),
    )


def reserve(asked: Asked) -> Eased | None:
    """Let so many vehicles of every reserve go."""
    most = max((r.count for r in asked.problem.reserves), default=0)
    if not most:
        return None

    each = "每处各" if len(asked.problem.reserves) > 1 else ""

    def at(steps: int) -> Change:
        left = tuple(replace(r, count=max(0, r.count - steps)) for r in asked.problem.reserves)
        return replace(unchanged(asked), problem=replace(asked.problem, reserves=left))

    return Eased(
        kind="reserve",
        most=most,
        at=at,
        words=lambda n: (
            f"{each}少留 {n} 辆备勤车",
            f"keep {n} vehicle{'s' if n > 1 else ''} fewer in {'each' if each else 'the'} reserve",
        ),
    )


def lease(asked: Asked) -> Eased | None:
    """Hire so many vehicles with drivers by tariff, the smallest that has the seats."""
    offered = _leased(asked)
    if offered is None:
        return None
    kind, vehicle, fen = offered

    def at(steps: int) -> Change:
        hired = tuple(replace(vehicle, id=f"{LEASED}{k + 1}", plate="") for k in range(steps))
        problem = replace(
            asked.problem,
            vehicle_types=(*asked.problem.vehicle_types, kind),
            vehicles=(*asked.problem.vehicles, *hired),
        )
        more = tuple(Hand(vehicle=v) for v in hired)
        return Change(problem=problem, request=asked.request, hands=(*asked.hands, *more))

    def words(n: int) -> tuple[str, str]:
        yuan = f"{n * fen / 100:,.0f}"
        return f"租 {n} 辆（{kind.name}），约 {yuan} 元", f"lease {n} ({kind.name}), about {yuan} yuan"

    eased = Eased(kind="lease", most=1 + len(asked.company), at=at, words=words, fen=fen)
    return replace(eased, fen=None) if asked.company else eased


def _leased(asked: Asked) -> tuple[VehicleType, Vehicle, int] | None:
    """Smallest leased vehicle that serves the request alone, from the base that makes it cheapest."""
    profiles = asked.problem.travel.profiles
    bases = sorted({h.vehicle.start_place_id for h in asked.hands})
    for tariff in asked.tariffs:
        kind = VehicleType(
            id=f"{LEASED} {tariff.name}",
            name=f"{tariff.name}",
            capacity=_capacity(asked.problem, tariff),
            profile="car" if "car" in profiles else profiles[0],
            rates=lease_rates(tariff),
        )
        best: tuple[int, str, Vehicle] | None = None
        for base in bases:
            vehicle = Vehicle(id=LEASED, type_id=kind.id, start_place_id=base, end_place_id=base)
            fen = _price_alone(asked, kind, vehicle)
            if fen is not None and (best is None or (fen, base) < best[:2]):
                best = fen, base, vehicle
        if best is not None:
            return kind, best[2], best[0]
    return None


def _price_alone(asked: Asked, kind: VehicleType, vehicle: Vehicle) -> int | None:
    """Price of the request alone with a leased vehicle; None where it may not or cannot."""
    problem = replace(
        asked.problem,
        vehicle_types=(*asked.problem.vehicle_types, kind),
        vehicles=(*asked.problem.vehicles, vehicle),
        requests=(asked.request,),
    )
    if may_serve(problem, vehicle, asked.request, kind) is not None:
        return None
    table = timetable(problem)
    route = driven(table, Hand(vehicle=vehicle), calls_for(table, [asked.request.id]))
    return None if route is None else sum(line.amount_fen for line in route_lines(route, kind.rates))


def _capacity(problem: Problem, tariff: LeaseTariff) -> tuple[int, ...]:
    """Seats for passengers of the tariff's row; other dimensions are not leased by it."""
    return tuple(tariff.seats_at_most - 1 if name == "seats" else 0 for name in problem.dimensions)


def _wider(shift: TimeWindow, more_s: int) -> TimeWindow:
    return TimeWindow(start_s=shift.start_s - more_s, end_s=shift.end_s + more_s)
