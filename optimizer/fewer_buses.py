"""Which buses may stay in the yard: the dearest seats are given up first, as long as nobody is left behind.

A search moves a few riders at a time and gives a bus up only when its whole line empties at once; a bus that
is paid by the day even takes more riders for nothing. So dear buses are forbidden and the lines searched anew
without them: in every search those who have no seat come first. This is route elimination (J. Christiaens and
G. Vanden Berghe, Transportation Science 54 (2020), section 5.4) for buses that do not cost the same.
"""

from collections.abc import Callable
from fractions import Fraction

from optimizer.line_plans import Planned, plan_value, riders_served
from optimizer.model import Problem, Vehicle

__all__ = ["with_fewer_buses"]

Ids = frozenset[str]
Search = Callable[[Planned, Ids], Planned | None]


def with_fewer_buses(planned: Planned, search: Search, *, most: int | None = None) -> tuple[Planned, Ids]:
    """Plan with fewer of the buses whose seats cost more than the fleet's on average, the dearest first.

    Parameters
    ----------
    search
        Searches lines anew from a plan while some buses stay in the yard; None where no work is left for it.
    most
        How many buses at one price to give up at most; None begins with all of them.

    Returns
    -------
    tuple[Planned, frozenset[str]]
        The best plan, and the dear buses that it does without.
    """
    best, prices = planned, _seat_prices(planned.draft.problem)
    if planned.draft.problem.reserves or not prices:  # idle buses are counted there
        return best, Ids()
    mean = sum(prices.values(), Fraction(0)) / len(prices)
    for price in sorted({fen for fen in prices.values() if fen > mean}, reverse=True):
        best = _fewer(best, price, mean, search, most)
    return best, _idle(best, mean)


def _idle(planned: Planned, above: Fraction) -> Ids:
    """Buses dearer than a price of a seat that do not drive."""
    drive = {route.vehicle_id for route in planned.schedule.routes}
    prices = _seat_prices(planned.draft.problem)
    return Ids(bus for bus, fen in prices.items() if fen > above and bus not in drive)


def _seat_prices(problem: Problem) -> dict[str, Fraction]:
    """Vehicle id → what the bus costs if it drives at all, in fen for each seat."""
    kinds = {kind.id: kind for kind in problem.vehicle_types}

    def price(vehicle: Vehicle) -> Fraction:
        kind = kinds[vehicle.type_id]
        return Fraction(kind.rates.vehicle_used_fen + kind.rates.per_trip_fen, max(1, kind.capacity[0]))

    return {vehicle.id: price(vehicle) for vehicle in problem.vehicles}


def _fewer(best: Planned, price: Fraction, mean: Fraction, search: Search, most: int | None) -> Planned:
    """Find how few buses at a price of a seat do: between a number that is enough and one that is short."""
    order = _busiest_first(best, price)
    enough = len(order)
    short = -1 if most is None else max(-1, enough - most - 1)
    keep = short + 1
    while short + 1 < enough:
        found = search(best, _idle(best, mean) | Ids(order[keep:]))
        if found is None:
            break
        if plan_value(found) < plan_value(best):
            best, order = found, _busiest_first(found, price)
            enough = len(order)
            keep = (short + enough) // 2
        else:
            short = keep
            keep = min(enough - 1, keep + _more_for(riders_served(best) - riders_served(found), best, order))
    return best


def _more_for(left: int, planned: Planned, buses: list[str]) -> int:
    """Guess how many more of the buses those who were left behind would fill."""
    carried = _carried(planned)
    return max(1, -(-left * len(buses) // max(1, sum(carried[bus] for bus in buses))))


def _busiest_first(planned: Planned, price: Fraction) -> list[str]:
    """List the buses that drive at a price of a seat by their riders; those of locked routes do not count."""
    problem, carried = planned.draft.problem, _carried(planned)
    locked = {route.vehicle_id for route in problem.locked}
    prices = _seat_prices(problem)
    buses = [bus for bus in carried if prices[bus] == price and bus not in locked]
    return sorted(buses, key=lambda bus: (-carried[bus], bus))


def _carried(planned: Planned) -> dict[str, int]:
    """Vehicle id → riders, of those that drive."""
    riders = {r: sum(n for _, n in members) for r, members in planned.draft.members.items()}
    return {
        route.vehicle_id: sum(riders[r] for r in {v.request_id for v in route.visits} if r is not None)
        for route in planned.schedule.routes
    }
