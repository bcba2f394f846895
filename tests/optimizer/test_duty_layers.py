"""Bounds of duties by layers: never above a duty, equal where every time of leaving has its own layer."""

from itertools import combinations, pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from optimizer.engines.vehicle_scheduling.day import Day, Rates, unrounded
from optimizer.engines.vehicle_scheduling.layers import spans_of, sweep, tables_of

TASKS = 8
FAR = 10**9


def a_day(seed: int, *, per_hour: int, included_s: int, overtime: int, regular_s: int) -> Day:
    """One group on a street of 30 km, a minute a kilometre, its yard at 0."""
    rng = np.random.default_rng(seed)
    place = rng.integers(0, 30, TASKS)
    start = np.sort(rng.integers(20, 900, TASKS)) * 60
    end = start + rng.integers(5, 90, TASKS) * 60
    apart = abs(place[:, None] - place[None, :])
    whole = {name: np.array([FAR]) for name in ("longest_m", "longest_s")}
    none = {name: np.array([0]) for name in ("toll_per_km", "included_m")}
    return Day(
        start_s=start,
        end_s=end[None],
        task_m=np.full((1, TASKS), 500),
        possible=np.triu(end[:, None] + apart * 60 <= start[None, :], 1)[None],
        link_m=(apart * 1_000)[None],
        table=np.array([0]),
        may=np.ones((1, TASKS), bool),
        out_m=(place * 1_000)[None],
        leave_s=(start - place * 60)[None],
        home_m=(place * 1_000)[None],
        back_s=(end + place * 60)[None],
        open_s=np.array([[-FAR]]),
        close_s=np.array([[FAR]]),
        rates=Rates(
            fixed=np.array([3_000]),
            per_km=np.array([90]),
            per_hour=np.array([per_hour]),
            overtime_per_hour=np.array([overtime]),
            included_s=np.array([included_s]),
            regular_s=np.array([regular_s]),
            **whole,
            **none,
        ),
        base=np.array([0]),
        counts=np.array([1]),
        penalty=np.full(TASKS, 1e6),
        together=np.full(TASKS, -1),
    )


def least_by_trying(day: Day, duals: NDArray[np.float64]) -> NDArray[np.float64]:
    """Least reduced cost of a duty that ends with each task, over every order there is."""
    least = np.full(TASKS, np.inf)
    for number in range(1, TASKS + 1):
        for chain in combinations(range(TASKS), number):
            if all(day.possible[0, a, b] for a, b in pairwise(chain)):
                metres, seconds = day.length(0, chain)
                cost = unrounded(day.rates, np.array([0]), np.array([metres]), np.array([seconds]))[0]
                least[chain[-1]] = min(least[chain[-1]], cost - duals[list(chain)].sum())
    return least


@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize(
    ("per_hour", "included_s", "overtime", "regular_s"),
    [(0, 0, 6_466, 14_400), (3_000, 7_200, 6_466, 14_400), (3_000, 0, 0, 0), (0, 0, 6_466, 3_600)],
)
@pytest.mark.parametrize("seed", range(6))
def test_few_layers_never_say_more_than_a_duty_costs(
    seed: int, per_hour: int, included_s: int, overtime: int, regular_s: int, layers: int
) -> None:
    day = a_day(seed, per_hour=per_hour, included_s=included_s, overtime=overtime, regular_s=regular_s)
    duals = np.random.default_rng(seed + 100).uniform(0, 20_000, TASKS)
    (span,), tables = spans_of(day), tables_of(day)
    least = least_by_trying(day, duals)
    assert (sweep(tables[0], span, duals, layers).total <= least + 1e-6).all()
    exact = sweep(tables[0], span, duals, TASKS)
    assert exact.total == pytest.approx(least)
    for last in range(TASKS):
        chain = exact.chain(last)
        metres, seconds = day.length(0, chain)
        cost = unrounded(day.rates, np.array([0]), np.array([metres]), np.array([seconds]))[0]
        assert cost - duals[list(chain)].sum() == pytest.approx(least[last])


def test_the_dearest_price_of_hours_bounds_long_duties_better_than_the_latest_leaving() -> None:
    day = a_day(0, per_hour=0, included_s=0, overtime=6_466, regular_s=3_600)
    duals = np.full(TASKS, 30_000.0)
    (span,), tables = spans_of(day), tables_of(day)
    found = sweep(tables[0], span, duals, 1)
    latest_only = found.costs[0][:, 0] + span.home
    latest_only += np.maximum(0.0, span.back_s - span.leave_s.max() - 3_600) * 6_466 / 3_600
    assert (found.total >= latest_only - 1e-6).all()
    assert (found.total > latest_only + 1.0).any()
