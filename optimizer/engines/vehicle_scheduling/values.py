"""Vehicle scheduling at fixed times, as arrays: what may follow what, on which vehicles, at which cost."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

__all__ = ["Network", "Plan", "network"]

Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Network:
    """`n` tasks, `k` groups of like vehicles (a class at a base, a depot), `p` tables of costs between tasks.

    Parameters
    ----------
    out, home
        `[k, n]` cost of beginning a duty with a task (the vehicle's own cost included) and of ending with it;
        −1 where the group may not serve the task.
    link
        `[p, n, n]` cost of a task right after another, −1 where it cannot be; tasks are in an order in which
        nothing leads back.
    table
        `[k]` which table of `link` holds for a group.
    counts
        `[k]` vehicles.
    penalty
        `[n]` cost of leaving a task out.
    """

    out: Ints
    home: Ints
    link: Ints
    table: Ints
    counts: Ints
    penalty: Ints

    @property
    def tasks(self) -> int:
        """Number of tasks."""
        return len(self.penalty)

    @property
    def groups(self) -> int:
        """Number of groups."""
        return len(self.out)

    @cached_property
    def may(self) -> Flags:
        """`[k, n]` whether a group may serve a task."""
        return (self.out >= 0) & (self.home >= 0)

    def cost(self, group: int, chain: tuple[int, ...]) -> int:
        """Cost of one duty."""
        links = self.link[self.table[group]][list(chain[:-1]), list(chain[1:])]
        return int(self.out[group, chain[0]] + links.sum() + self.home[group, chain[-1]])

    def only(self, group: int, tasks: Ints) -> "Network":
        """Cut out one group and some tasks, ascending."""
        g, p = slice(group, group + 1), self.table[group]
        return Network(
            out=self.out[g, tasks],
            home=self.home[g, tasks],
            link=self.link[p][np.ix_(tasks, tasks)][None],
            table=np.zeros(1, np.int64),
            counts=self.counts[g],
            penalty=self.penalty[tasks],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Duties and how good they are proven to be.

    Parameters
    ----------
    duties
        Group and tasks in order, one per vehicle used.
    left
        Tasks left out.
    cost, bound
        Of the duties and of what is left out; a proven lower bound on it.
    rounds, nodes
        Rounds of pricing and nodes of the search that it took.
    """

    duties: tuple[tuple[int, tuple[int, ...]], ...]
    left: tuple[int, ...]
    cost: int
    bound: float
    rounds: int = 0
    nodes: int = 0

    @property
    def proven(self) -> bool:
        """Whether no plan is cheaper."""
        return self.bound >= self.cost


def network(
    *, out: Ints, home: Ints, link: Ints, counts: Ints, penalty: Ints, table: Ints | None = None
) -> tuple[Network, Ints]:
    """Put tasks in an order in which nothing leads back.

    Returns
    -------
    Network
    order
        `[n]` the given number of each task of the network.

    Raises
    ------
    ValueError
        Where tasks follow each other in a circle.
    """
    link = link[None] if link.ndim == 2 else link
    order = _order(np.any(link >= 0, axis=0))
    made = Network(
        out=np.ascontiguousarray(out[:, order], np.int64),
        home=np.ascontiguousarray(home[:, order], np.int64),
        link=np.ascontiguousarray(link[:, order[:, None], order[None, :]], np.int64),
        table=np.zeros(len(out), np.int64) if table is None else table,
        counts=np.asarray(counts, np.int64),
        penalty=np.asarray(penalty, np.int64)[order],
    )
    return made, order


def _order(follows: Flags) -> Ints:
    """Tasks by the number of those that can come before; where that is no order, one after another."""
    before = follows.sum(axis=0)
    order = np.argsort(before, kind="stable")
    if not np.tril(follows[np.ix_(order, order)]).any():
        return order
    found: list[int] = []
    left, ready = before.copy(), [int(i) for i in np.flatnonzero(before == 0)[::-1]]
    while ready:
        found.append(ready.pop())
        after = np.flatnonzero(follows[found[-1]])
        left[after] -= 1
        ready += [int(i) for i in after[::-1] if left[i] == 0]
    if len(found) < len(before):
        message = (
            f"{len(before) - len(found)} tasks follow each other in a circle; expected an order of tasks"
        )
        raise ValueError(message)
    return np.array(found, np.int64)
