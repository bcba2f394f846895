"""What every search over the turn graph is asked, and where places touch that graph."""

from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from gis.costs import Costs

_Ints = NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Anchors:
    """Where points touch the states: point `i` may begin (or end) in any of its states, at a cost.

    All states of one point belong to one road.

    Parameters
    ----------
    first
        int32[p + 1]: those of point `i` are `first[i]:first[i + 1]`, at least one.
    state, cost
        int32, int64: to begin in a state costs minus what lies behind the vehicle on that edge (each turn
        costs the whole edge that it leaves); to end in it costs what lies before the end.
    """

    first: _Ints
    state: _Ints
    cost: Costs

    def __len__(self) -> int:
        return len(self.first) - 1

    def take(self, points: NDArray[np.intp]) -> Self:
        """Return the anchors of some of the points, in the order given."""
        count = np.diff(self.first)[points]
        begin = np.cumsum(count) - count
        at = np.arange(count.sum()) + np.repeat(self.first[points] - begin, count)
        first = np.append(begin, count.sum()).astype(np.int32)
        return type(self)(first=first, state=self.state[at], cost=self.cost[at])


class Metric(Protocol):
    """Edge costs made ready for searching. Never changed once made."""

    @property
    def edge_cost(self) -> Costs:
        """int64[m] cost of each edge, `SHUT` where closed."""


class Search(Protocol):
    """Answers for one turn graph under any costs of its edges; all engines agree to the last unit."""

    @property
    def name(self) -> str:
        """What to call it: "cch" or "scipy"."""

    def metric(self, edge_cost: Costs) -> Metric:
        """Make edge costs ready; int64[m], `SHUT` for closed."""

    def changed(self, metric: Metric, edges: _Ints, cost: Costs) -> Metric:
        """Make a metric with other costs on a few edges, none lower than before."""

    def block(self, metric: Metric, starts: Anchors, ends: Anchors) -> Costs:
        """int64[starts, ends] cheapest costs, at least `NO_WAY` where there is none.

        A pair on one road needs care by the caller: standing still is a way too.
        """

    def pairs(self, metric: Metric, starts: Anchors, ends: Anchors) -> Costs:
        """int64[p] cheapest costs from each start to the end of the same position."""

    def route(self, metric: Metric, starts: Anchors, ends: Anchors) -> tuple[int, tuple[int, ...]]:
        """Cost and states of the cheapest way from the one start to the one end; `()` if there is none."""

    def sweep(self, metric: Metric, states: _Ints, costs: Costs) -> Costs:
        """int64[n] cheapest cost to the beginning of every state, from any of some states at a cost."""
