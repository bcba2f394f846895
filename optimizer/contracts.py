"""The same timetable costed under every form of tariff: exact fen, as lines that add up.

What a timetable asks of each bus is `optimizer.bus_days`, what carriers charge `optimizer.policy.offers`, on
how many days it runs `optimizer.policy.periods`. Each line is rounded half-even once.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from optimizer.bus_days import BusDay
from optimizer.errors import PolicyError
from optimizer.policy.offers import Basis, Offer, SeatPrice
from optimizer.policy.own_buses import OwnBus
from optimizer.policy.periods import Period
from optimizer.policy.tariffs import LeaseTariff
from optimizer.price import half_even

__all__ = ["ContractCost", "ContractLine", "cost", "costs"]

REGULAR_S: Final = 28_800
"""Duty of a driver's day that is no overtime."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractLine:
    """One line of a contract's bill: quantity ÷ `per` × rate.

    Parameters
    ----------
    kind
        round_trip, single_run, day, driver_day, km, hour, waiting, overnight, toll, month, year, extra_day,
        depreciation, driver, overtime, meal, energy, repair, insurance, parking, inspection.
    bus
        Id of the bus, or the size of the buses that share the line.
    quantity, per
        Metres by 1,000, seconds by 3,600, months by 12, or a count by 1.
    rate_fen
        For each `per` of the quantity.
    """

    kind: str
    bus: str
    quantity: int
    per: int
    rate_fen: int
    amount_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractCost:
    """What a timetable costs under one offer in a period.

    Parameters
    ----------
    lines
        Empty where the offer has no price for one of the buses: `reason` says which.
    notes
        Whatever a planner should know of the figures.
    """

    offer: Offer
    period: Period
    lines: tuple[ContractLine, ...]
    reason: str = ""
    notes: tuple[str, ...] = ()

    @property
    def total_fen(self) -> int:
        """Sum of the lines."""
        return sum(line.amount_fen for line in self.lines)


def costs(offers: Sequence[Offer], buses: Sequence[BusDay], period: Period) -> tuple[ContractCost, ...]:
    """Cost the same bus days under each offer, in the order given."""
    return tuple(cost(offer, buses, period) for offer in offers)


def cost(offer: Offer, buses: Sequence[BusDay], period: Period) -> ContractCost:
    """Cost the bus days of every service day of a period under one offer.

    An offer without a price for one of the buses is no error: it has no lines, and a reason.
    """
    try:
        lines = tuple(line for line in _FORMS[offer.basis](offer, buses, period) if line.amount_fen)
    except PolicyError as lacking:
        return ContractCost(offer=offer, period=period, lines=(), reason=str(lacking))
    return ContractCost(offer=offer, period=period, lines=lines, notes=tuple(_notes(offer, buses)))


# --- the forms --------------------------------------------------------------------------------------------


def _by_round_trip(offer: Offer, buses: Sequence[BusDay], period: Period) -> Iterator[ContractLine]:
    """Bill runs by the size of bus: a morning run goes with an evening run of any bus of its size."""
    by_price: dict[SeatPrice, list[BusDay]] = defaultdict(list)
    for bus in buses:
        by_price[_price(offer, bus)].append(bus)
    for price, alike in sorted(by_price.items(), key=lambda item: item[0].seats_at_most):
        morning = sum(bus.morning_runs for bus in alike)
        evening = sum(bus.evening_runs for bus in alike)
        size = _sizes(alike)
        single_fen = half_even(price.price_fen * offer.single_run_percent, 100)
        yield _line("round_trip", size, min(morning, evening) * period.days, price.price_fen)
        yield _line("single_run", size, abs(morning - evening) * period.days, single_fen)


def _by_day(offer: Offer, buses: Sequence[BusDay], period: Period) -> Iterator[ContractLine]:
    days = period.days
    for bus in buses:
        tariff = _lease(offer, bus)
        beyond_m = max(0, bus.distance_m - tariff.included_m)
        beyond_s = max(0, bus.duty_s - tariff.included_s)
        yield _line("day", bus.bus_id, days, tariff.day_fen)
        yield _line("driver_day", bus.bus_id, days, tariff.driver_fen)
        yield _line("km", bus.bus_id, beyond_m * days, tariff.per_km_fen, per=1_000)
        yield _line("hour", bus.bus_id, beyond_s * days, tariff.per_hour_fen, per=3_600)
        yield from _at_cost(bus, tariff, days)


def _by_km(offer: Offer, buses: Sequence[BusDay], period: Period) -> Iterator[ContractLine]:
    """Bill every kilometre, and every hour on duty that is not driven as waiting."""
    days = period.days
    for bus in buses:
        tariff = _lease(offer, bus)
        waiting_s = (bus.duty_s - bus.drive_s) * days
        yield _line("km", bus.bus_id, bus.distance_m * days, tariff.per_km_fen, per=1_000)
        yield _line("waiting", bus.bus_id, waiting_s, tariff.per_hour_fen, per=3_600)
        yield from _at_cost(bus, tariff, days)


def _by_month(offer: Offer, buses: Sequence[BusDay], period: Period) -> Iterator[ContractLine]:
    extra = sum(max(0, days - offer.days) for days in period.months)
    for bus in buses:
        price_fen = _price(offer, bus).price_fen
        yield _line("month", bus.bus_id, len(period.months), price_fen)
        yield _line("extra_day", bus.bus_id, extra, half_even(price_fen, offer.days))


def _by_year(offer: Offer, buses: Sequence[BusDay], period: Period) -> Iterator[ContractLine]:
    """Bill by the year, a part of one by its months; days beyond those paid for only over whole years."""
    years, rest = divmod(len(period.months), 12)
    extra = max(0, period.days - years * offer.days) if years and not rest else 0
    for bus in buses:
        price_fen = _price(offer, bus).price_fen
        yield _line("year", bus.bus_id, len(period.months), price_fen, per=12)
        yield _line("extra_day", bus.bus_id, extra, half_even(price_fen, offer.days))


def _by_own(offer: Offer, buses: Sequence[BusDay], period: Period) -> Iterator[ContractLine]:
    months, days = len(period.months), period.days
    for bus in buses:
        own, id_ = _own(offer, bus), bus.bus_id
        overtime_s = max(0, bus.duty_s - REGULAR_S) * days
        yield _line("depreciation", id_, months, own.depreciation_year_fen, per=12)
        yield _line("driver", id_, months, own.driver_year_fen, per=12)
        yield _line("overtime", id_, overtime_s, own.overtime_hour_fen, per=3_600)
        yield _line("meal", id_, days, own.meal_day_fen)
        yield _line("energy", id_, bus.distance_m * days, own.energy_100km_fen, per=100_000)
        yield _line("repair", id_, bus.distance_m * days, own.repair_100km_fen, per=100_000)
        yield _line("insurance", id_, months, own.insurance_year_fen, per=12)
        yield _line("parking", id_, months, own.parking_year_fen, per=12)
        yield _line("inspection", id_, months, own.inspection_year_fen, per=12)
        yield _line("toll", id_, bus.distance_m * days, own.toll_per_km_fen, per=1_000)


_FORMS: Final[dict[Basis, Callable[[Offer, Sequence[BusDay], Period], Iterator[ContractLine]]]] = {
    "round_trip": _by_round_trip,
    "day": _by_day,
    "km": _by_km,
    "month": _by_month,
    "year": _by_year,
    "own": _by_own,
}


# --- their parts ------------------------------------------------------------------------------------------


def _line(kind: str, bus: str, quantity: int, rate_fen: int, *, per: int = 1) -> ContractLine:
    amount = half_even(quantity * rate_fen, per)
    return ContractLine(kind=kind, bus=bus, quantity=quantity, per=per, rate_fen=rate_fen, amount_fen=amount)


def _at_cost(bus: BusDay, tariff: LeaseTariff, days: int) -> Iterator[ContractLine]:
    yield _line("overnight", bus.bus_id, days if bus.away else 0, tariff.overnight_fen)
    yield _line("toll", bus.bus_id, bus.distance_m * days, bus.toll_per_km_fen, per=1_000)


def _price(offer: Offer, bus: BusDay) -> SeatPrice:
    found = next((price for price in offer.prices if bus.seats <= price.seats_at_most), None)
    if found is None:
        raise PolicyError(_too_large(bus, max((p.seats_at_most for p in offer.prices), default=0)))
    return found


def _lease(offer: Offer, bus: BusDay) -> LeaseTariff:
    found = next((tariff for tariff in offer.lease if bus.seats <= tariff.seats_at_most), None)
    if found is None:
        raise PolicyError(_too_large(bus, max((t.seats_at_most for t in offer.lease), default=0)))
    return found


def _own(offer: Offer, bus: BusDay) -> OwnBus:
    if not offer.own:
        message = "没有给出任何车型的费用"
        raise PolicyError(message)
    return next((own for own in offer.own if bus.seats <= own.seats), offer.own[-1])


def _too_large(bus: BusDay, most: int) -> str:
    return f"没有 {bus.seats} 座的价格（最多 {most} 座）"


def _sizes(buses: Sequence[BusDay]) -> str:
    return "、".join(f"{seats} 座" for seats in sorted({bus.seats for bus in buses}))


def _notes(offer: Offer, buses: Sequence[BusDay]) -> Iterator[str]:
    if offer.origin.status == "assume":
        yield "假定价"
    if offer.basis == "km":
        yield "价目没有最低收费"
    if offer.basis == "day" and (included := _included(offer)):
        yield f"每天含 {included}"
    if offer.basis in {"month", "year"}:
        yield f"含 {offer.days} 个工作日"
    ended = {tariff.valid_to for tariff in offer.lease if tariff.valid_to}
    if ended:
        yield f"价目公布至 {max(ended)}"
    borrowed = sorted(
        {own.seats for bus in buses if offer.own and (own := _own(offer, bus)).seats != bus.seats}
    )
    if borrowed:
        yield f"别的座位数按 {'、'.join(map(str, borrowed))} 座计"
    if offer.own:
        yield "未计备用车"


def _included(offer: Offer) -> str:
    most = max(offer.lease, key=lambda tariff: tariff.included_m)
    parts = (most.included_m // 1_000, "公里"), (most.included_s // 3_600, "小时")
    return "".join(f" {amount} {unit}" for amount, unit in parts if amount).strip()
