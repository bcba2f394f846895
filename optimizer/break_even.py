"""Where two contracts for the same timetable cost the same: the price of a kilometre, the riders."""

from optimizer.bus_days import BusDay
from optimizer.contracts import ContractCost
from optimizer.price import half_even

__all__ = ["break_even_km_rate_fen", "break_even_riders", "kilometre_price_fen", "rider_price_fen"]


def kilometre_price_fen(cost: ContractCost, buses: tuple[BusDay, ...]) -> int | None:
    """All-in price of a driven kilometre: a tariff by the kilometre alone breaks even with it there.

    None where nothing is driven or the contract has no price.
    """
    metres = cost.period.days * sum(bus.distance_m for bus in buses)
    return half_even(cost.total_fen * 1_000, metres) if metres and not cost.reason else None


def rider_price_fen(cost: ContractCost, buses: tuple[BusDay, ...]) -> int | None:
    """Price of one boarding; None where nobody rides or the contract has no price."""
    boardings = cost.period.days * sum(bus.riders for bus in buses)
    return half_even(cost.total_fen, boardings) if boardings and not cost.reason else None


def break_even_km_rate_fen(cost: ContractCost, other: ContractCost) -> int | None:
    """Rate per kilometre at which a contract with such a rate costs what another does.

    Below it the contract is the cheaper one. Where its buses have different rates it is the mean over the
    kilometres billed. None where no kilometre is billed, or no rate would do.
    """
    metres = sum(line.quantity for line in cost.lines if line.kind == "km")
    beside_fen = sum(line.amount_fen for line in cost.lines if line.kind != "km")
    if not metres or cost.reason or other.reason or other.total_fen < beside_fen:
        return None
    return half_even((other.total_fen - beside_fen) * 1_000, metres)


def break_even_riders(cost: ContractCost, other: ContractCost, riders: int) -> int | None:
    """Riders from which a contract costs less for each of them than another does at `riders`, rounded up.

    Both drive the same buses: the question is how many must use them. None without prices.
    """
    if cost.reason or other.reason or not other.total_fen:
        return None
    return -(-cost.total_fen * riders // other.total_fen)
