"""Stop choice and routing together against every choice and every order, on seven stops.

A straight road: D, seven stops and the office E between them, a kilometre and 100 s apart. One bus of many
seats, so a plan is who walks where and in which order the bus passes by.
"""

import itertools
from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from gis.matrix import UNREACHABLE
from optimizer.check import violations
from optimizer.joint import plan_lines
from optimizer.line_plans import full_cost_fen, riders_served
from optimizer.lines import ShuttleSettings, line_draft
from optimizer.model import CostRates, VehicleType
from optimizer.riders import Compound, RiderGroup
from tests.optimizer.line_town import car, places, travel

ROAD = "DABCEFGHI"
STOPS = "ABCFGHI"
KM = {letter: i for i, letter in enumerate(ROAD)}
FEN_PER_KM, USED_FEN, STOP_FEN = 400, 3_000, 700
BUS = VehicleType(id="bus", capacity=(60,), rates=CostRates(vehicle_used_fen=USED_FEN, per_km_fen=FEN_PER_KM))


def walks(seed: int) -> list[dict[str, int]]:
    """Five groups; each reaches two or three stops in a row, at 50 to 800 m."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(5):
        first, many = int(rng.integers(0, 5)), int(rng.integers(2, 4))
        reach = STOPS[first : first + many]
        found.append({letter: int(rng.integers(1, 17)) * 50 for letter in reach})
    return found


def walk_fen(metres: int, riders: int) -> int:
    """A yuan for a kilometre, threefold beyond 500 m."""
    return round(riders * (metres + 2 * max(0, metres - 500)) * 100 / 1_000)


def drive_fen(used: frozenset[str]) -> int:
    """Cheapest way from D through the stops to E and home: every order is tried."""
    orders = itertools.permutations(sorted(used))
    return FEN_PER_KM * min(
        sum(abs(KM[a] - KM[b]) for a, b in itertools.pairwise(("D", *order, "E", "D"))) for order in orders
    )


def least_cost_fen(reach: Sequence[Mapping[str, int]], riders: Sequence[int]) -> int:
    """Everybody to one of the stops in reach, in every way."""
    return min(
        sum(walk_fen(walk[s], n) for walk, n, s in zip(reach, riders, choice, strict=True))
        + STOP_FEN * len(set(choice))
        + drive_fen(frozenset(choice))
        + USED_FEN
        for choice in itertools.product(*reach)
    )


@pytest.mark.parametrize("seed", range(5))
def test_stops_and_order_are_the_best_of_all(seed: int) -> None:
    reach, riders = walks(seed), [3, 7, 2, 5, 4]
    office = Compound(id="office", place=places(ROAD)[4], work_start_s=28_800, work_end_s=61_200)
    groups = [
        RiderGroup(id=f"g{i}", home=places(ROAD)[1], count=n, compound_id="office")
        for i, n in enumerate(riders)
    ]
    walks_m = np.array([[walk.get(s, UNREACHABLE) for s in STOPS] for walk in reach], np.int32)
    by_letter = {p.id: p for p in places(ROAD)}
    draft = line_draft(
        groups, [office], [by_letter[s] for s in STOPS], walks_m, [BUS], [car("b1", type_id="bus")], [],
        travel(ROAD), date="2026-11-10", places=places(ROAD),
        settings=ShuttleSettings(stop_cost_fen=STOP_FEN),
    )  # fmt: skip
    planned = plan_lines(draft, seed=seed, work_limit=600)
    assert violations(planned.draft.problem, planned.schedule) == ()
    assert riders_served(planned) == sum(riders)
    assert full_cost_fen(planned) == least_cost_fen(reach, riders)
