"""What if: pure changes of a problem. Nothing is solved here; `scenarios.study` compares the results."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from optimizer.model import CostRates, Problem, Schedule, Vehicle
from optimizer.policy.tariffs import lease_rates, lease_tariff
from optimizer.pooling import PoolingSettings, pooled

__all__ = ["Change", "PoolingSettings", "fewer_cars", "leased", "pooled", "shuttle_tariff", "usual_changes"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A named change of one part of the day.

    Parameters
    ----------
    part
        Name of the part of the base that it changes, e.g. `"cars"` or `"shuttles"`.
    apply
        From the part's problem and its base plan to the changed problem.
    """

    name: str
    part: str
    apply: Callable[[Problem, Schedule], Problem]


def fewer_cars(problem: Problem, base: Schedule, count: int) -> Problem:
    """Take away the cars that the base plan can spare most easily.

    Idle ones first, then those with the fewest requests and the shortest duty; ties by id. At least one car
    stays.

    Parameters
    ----------
    count
        How many, at most all but one.
    """
    work = {r.vehicle_id: (len({v.request_id for v in r.visits}), r.end_s - r.start_s) for r in base.routes}

    def spared(vehicle: Vehicle) -> tuple[int, int, str]:
        return (*work.get(vehicle.id, (0, 0)), vehicle.id)

    most = max(0, min(count, len(problem.vehicles) - 1))
    gone = {v.id for v in sorted(problem.vehicles, key=spared)[:most]}
    return replace(problem, vehicles=tuple(v for v in problem.vehicles if v.id not in gone))


def shuttle_tariff(problem: Problem, rates: Mapping[str, CostRates]) -> Problem:
    """Charge other rates for some kinds of vehicles.

    Parameters
    ----------
    rates
        Type id → new rates; other types keep theirs.

    Raises
    ------
    LookupError
        A type that the problem does not have.
    """
    if unknown := sorted(rates.keys() - {t.id for t in problem.vehicle_types}):
        message = f"价目改变的车型 {'、'.join(unknown)} 不在问题的车型表中"
        raise LookupError(message)
    types = tuple(replace(t, rates=rates.get(t.id, t.rates)) for t in problem.vehicle_types)
    return replace(problem, vehicle_types=types)


def leased(problem: Problem, tariff_id: str, *, type_prefix: str = "") -> Problem:
    """Hire vehicles by a published lease tariff for their seats (`optimizer.policy.tariffs`).

    Parameters
    ----------
    type_prefix
        Only types whose id starts so, e.g. `"hired"`; empty takes all.

    Returns
    -------
    Problem
        A type that pays nothing for the day, used or standing (another plan of the day pays it), pays nothing
        for it under the tariff either.

    Raises
    ------
    PolicyError
        There is no such tariff, or none for so many seats.
    """
    seats = problem.dimensions.index("seats")
    rates = {}
    for kind in problem.vehicle_types:
        if kind.id.startswith(type_prefix):
            new = lease_rates(lease_tariff(tariff_id, kind.capacity[seats] + 1))
            paid = kind.rates.vehicle_used_fen == kind.rates.standing_per_day_fen == 0
            rates[kind.id] = replace(new, vehicle_used_fen=0) if paid else new
    return shuttle_tariff(problem, rates)


def usual_changes(
    *,
    cars: str = "cars",
    shuttles: str = "shuttles",
    fewer: int = 5,
    tariff_id: str = "education_bureau",
) -> tuple[Change, ...]:
    """List the first comparison: a few cars fewer, pooled requests, another shuttle tariff.

    Pooling comes twice: of those who are willing, and of all whose kind of trip allows it, which says what
    a rule to share would save.

    Parameters
    ----------
    cars, shuttles
        Names of the parts of the base.
    """
    everybody = PoolingSettings(willing_only=False)
    return (
        Change(name=f"减少 {fewer} 辆车", part=cars, apply=lambda p, base: fewer_cars(p, base, fewer)),
        Change(name="拼车（愿意的）", part=cars, apply=lambda p, _base: pooled(p)),
        Change(name="拼车（可合乘的类别）", part=cars, apply=lambda p, _base: pooled(p, everybody)),
        Change(name="班车改按租赁价目", part=shuttles, apply=lambda p, _base: leased(p, tariff_id)),
    )
