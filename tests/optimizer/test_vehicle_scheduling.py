"""Vehicle scheduling against every plan there is, on networks of up to five tasks and three groups."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.engines.vehicle_scheduling import Network, Plan, network, schedule

FEW = st.integers(0, 30)


@st.composite
def networks(draw: st.DrawFn) -> Network:
    n, k, p = draw(st.integers(1, 5)), draw(st.integers(1, 3)), draw(st.integers(1, 2))
    costs = st.lists(st.integers(-1, 30), min_size=n, max_size=n)
    out, home = (np.array(draw(st.lists(costs, min_size=k, max_size=k))) for _ in range(2))
    squares = [[draw(costs) for _ in range(n)] for _ in range(p)]
    link = np.where(np.triu(np.ones((n, n)), 1) > 0, np.array(squares), -1)
    counts = np.array(draw(st.lists(st.integers(0, 3), min_size=k, max_size=k)))
    penalty = np.array(draw(st.lists(st.integers(1, 80), min_size=n, max_size=n)))
    table = np.array(draw(st.lists(st.integers(0, p - 1), min_size=k, max_size=k)))
    return network(out=out, home=home, link=link, counts=counts, penalty=penalty, table=table)[0]


def cheapest(net: Network) -> int:
    """Try every owner and every way to cut the order of tasks into duties."""
    best = int(net.penalty.sum())
    for owners in product(range(-1, net.groups), repeat=net.tasks):
        cost = sum(int(net.penalty[i]) for i, g in enumerate(owners) if g < 0)
        for group in range(net.groups):
            mine = [i for i, g in enumerate(owners) if g == group]
            least = _group_cost(net, group, mine)
            if least is None:
                break
            cost += least
        else:
            best = min(best, cost)
    return best


def _group_cost(net: Network, group: int, tasks: list[int]) -> int | None:
    """Give each task a predecessor among those before it, or a vehicle of its own; None where none fits."""
    if not all(net.may[group, i] for i in tasks):
        return None
    link = net.link[net.table[group]]
    costs = []
    for before in product(*([-1, *tasks[:k]] for k in range(len(tasks)))):
        taken = [b for b in before if b >= 0]
        pairs = [(b, i) for b, i in zip(before, tasks, strict=True) if b >= 0]
        fits = len(set(taken)) == len(taken) and before.count(-1) <= net.counts[group]
        if fits and all(link[pair] >= 0 for pair in pairs):
            ends = [i for i in tasks if i not in taken]
            starts = [i for b, i in zip(before, tasks, strict=True) if b < 0]
            cost = sum(int(net.out[group, i]) for i in starts) + sum(int(net.home[group, i]) for i in ends)
            costs.append(cost + sum(int(link[pair]) for pair in pairs))
    return min(costs, default=None)


def assert_sound(net: Network, plan: Plan) -> None:
    """Recompute cost and rules of a plan from the network alone."""
    served = [i for _, tasks in plan.duties for i in tasks]
    assert sorted([*served, *plan.left]) == list(range(net.tasks))
    used = [group for group, _ in plan.duties]
    assert all(used.count(g) <= net.counts[g] for g in range(net.groups))
    assert all(net.may[group, i] for group, tasks in plan.duties for i in tasks)
    cost = sum(net.cost(group, tasks) for group, tasks in plan.duties)
    assert plan.cost == cost + int(net.penalty[list(plan.left)].sum())
    assert plan.bound <= plan.cost


@settings(deadline=None, max_examples=60, derandomize=True)
@given(networks())
def test_a_plan_is_the_cheapest_of_all_and_says_so(net: Network) -> None:
    plan = schedule(net)
    assert_sound(net, plan)
    assert plan.cost == cheapest(net)
    assert plan.proven


@settings(deadline=None, max_examples=30, derandomize=True)
@given(networks())
def test_a_search_cut_short_has_a_plan_and_a_bound_that_is_never_above_the_optimum(net: Network) -> None:
    plan = schedule(net, nodes=0)
    assert_sound(net, plan)
    assert plan.bound <= cheapest(net) <= plan.cost


def test_groups_that_are_each_cheap_at_one_end_are_not_mixed_on_one_duty() -> None:
    # The flow would leave group 0 for 1 and come home to group 1 for 1; a duty pays 1 + 9 either way.
    cross = np.array([[1, 1], [9, 9]])
    link = np.array([[-1, 2], [-1, -1]])
    net, _ = network(
        out=cross, home=cross[::-1], link=link, counts=np.ones(2, np.int64), penalty=np.full(2, 99)
    )
    plan = schedule(net)
    assert (plan.cost, plan.bound, plan.proven) == (12, 12, True)
    assert len(plan.duties) == 1


def test_tasks_keep_the_numbers_they_came_with() -> None:
    link = np.array([[-1, -1, -1], [5, -1, -1], [4, 3, -1]])  # 2, then 1, then 0
    ends = np.full((1, 3), 10)
    net, order = network(out=ends, home=ends, link=link, counts=np.array([3]), penalty=np.full(3, 99))
    plan = schedule(net)
    assert [tuple(order[list(tasks)]) for _, tasks in plan.duties] == [(2, 1, 0)]
    assert plan.cost == 28


def test_tasks_in_a_circle_are_refused() -> None:
    link = np.array([[-1, 1], [1, -1]])
    ends = np.ones((1, 2), np.int64)
    with pytest.raises(ValueError, match="2 tasks follow each other in a circle"):
        network(out=ends, home=ends, link=link, counts=ends[0, :1], penalty=ends[0])
