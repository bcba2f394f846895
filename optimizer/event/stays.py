"""How long a car would stand in a lot, what that costs, and whether it may stand there at all."""

from dataclasses import dataclass

from optimizer.event.values import MINUTE_S, Event, EventCar, EventSettings, Lot
from optimizer.price import half_even

__all__ = ["Stay", "cost_fen", "obstacle", "stay"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """When a car enters and leaves a lot, and the minutes for which its space is taken."""

    in_s: int
    out_s: int
    first_minute: int
    end_minute: int


def stay(car: EventCar, lot: Lot, door_s: int | None, settings: EventSettings) -> Stay:
    """Say from when to when a car stands in a lot; minutes are those it touches, with the time to clear."""
    way = lot.drive(car.kind)
    if door_s is None:
        in_s, out_s = car.arrive_s, car.leave_s
    else:
        in_s, out_s = door_s + settings.dwell_s + way.there_s, car.leave_s - way.back_s
    return Stay(
        in_s=in_s,
        out_s=out_s,
        first_minute=in_s // MINUTE_S,
        end_minute=-(-(out_s + settings.clear_s) // MINUTE_S),
    )


def obstacle(car: EventCar, lot: Lot, door_s: int | None, settings: EventSettings) -> str:
    """Say why a car may not stand in a lot, however empty it is: a code of `LeftOut`, or ""."""
    found = stay(car, lot, door_s, settings)
    named = not car.lots or lot.id in car.lots
    welcome = not lot.units or car.unit in lot.units
    near = not car.standby or lot.drive(car.kind).back_s <= settings.standby_within_s
    if not (named and welcome and near):
        return "no_lot"
    if not lot.spaces(car.kind):
        return "no_kind"
    if found.out_s <= found.in_s:
        return "too_short"
    return "" if lot.open.start_s <= found.in_s and found.out_s <= lot.open.end_s else "closed"


def cost_fen(event: Event, car: EventCar, lot: Lot) -> tuple[int, int, int]:
    """Price a stay: driving to the lot and back, people on foot both ways, response of a standby car."""
    way, rates = lot.drive(car.kind), event.rates
    if car.standby:
        return 0, 0, half_even(way.back_s * rates.response_minute_fen, 60)
    if car.drops_off:
        return half_even((way.there_m + way.back_m) * rates.km_fen(car.kind), 1_000), 0, 0
    return 0, half_even(2 * lot.walk_m * car.people * rates.walk_km_fen, 1_000), 0
