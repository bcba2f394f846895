"""Even out a roster by small exchanges: a duty given away, or two duties swapped, until levels are reached.

A descent with sideways steps. It proves nothing by itself: that a roster at its levels is best is known from
`optimizer.roster.levels`, and what it leaves uneven is for the exact search.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from optimizer.roster.levels import Level, levels, may_stand
from optimizer.roster.rest import apart, blocked_until
from optimizer.roster.values import Burden, DutyDriver, Post, RosterProblem, burden_of

__all__ = ["evened"]

STEPS: Final = 1_500
WEIGHTS: Final = (50, 20, 5, 1)
"""Of a square of excess, in the order of the measures."""

Spot = tuple[int, str]
"""Day counted from the first, and post."""
Taken = set[tuple[int, str, str]]


def evened(problem: RosterProblem, taken: Taken, free_days: int, seed: int, *, steps: int = STEPS) -> Taken:
    """Exchange duties until no driver is beyond his levels, or for so many steps.

    Parameters
    ----------
    free_days
        Full days between two duties, where the rules ask for fewer.
    """
    state = _State(problem, taken, free_days)
    dice = random.Random(seed)
    for _ in range(steps):
        uneven = state.uneven()
        if not uneven:
            break
        state.improve(dice.choice(uneven), dice)
    return {(t, post_id, name) for name, spots in state.held.items() for t, post_id in spots}


@dataclass(slots=True)
class _State:
    problem: RosterProblem
    taken: Taken
    free_days: int
    drivers: dict[str, DutyDriver] = field(init=False)
    held: dict[str, list[Spot]] = field(init=False)
    ends: dict[str, list[int]] = field(init=False)
    all: tuple[Level, ...] = field(init=False)
    worth: dict[Spot, tuple[int, ...]] = field(init=False)
    gaps: dict[tuple[str, str], int] = field(init=False)
    posts: dict[str, Post] = field(init=False)
    most: dict[str, list[tuple[int, int]]] = field(init=False)
    first: dict[tuple[str, str], int] = field(init=False)

    def __post_init__(self) -> None:
        problem = self.problem
        self.drivers = {driver.id: driver for driver in problem.drivers}
        self.posts = {post.id: post for post in problem.posts}
        self.all = levels(problem)
        self.worth = {
            (t, post.id): self._units(burden_of(post, day))
            for t, day in enumerate(problem.days)
            for post in problem.posts
        }
        self.gaps = {
            (a.id, b.id): max(1 + self.free_days, apart(a, b, problem.rules))
            for a in problem.posts
            for b in problem.posts
        }
        self.first = {
            (d.id, post.id): blocked_until(problem, d, post)
            for d in problem.drivers
            for post in problem.posts
        }
        self.held = {driver.id: [] for driver in problem.drivers}
        self.ends = {d.id: [level.past[i] for level in self.all] for i, d in enumerate(problem.drivers)}
        self.most = {
            d.id: [(level.least[i], level.most[i]) for level in self.all]
            for i, d in enumerate(problem.drivers)
        }
        for t, post_id, name in sorted(self.taken):
            self._put(name, (t, post_id))

    def _units(self, more: Burden) -> tuple[int, ...]:
        return tuple(more.of(level.measure) // level.unit for level in self.all)

    def _put(self, name: str, spot: Spot) -> None:
        self.held[name].append(spot)
        self.ends[name] = [a + b for a, b in zip(self.ends[name], self.worth[spot], strict=True)]

    def _drop(self, name: str, spot: Spot) -> None:
        self.held[name].remove(spot)
        self.ends[name] = [a - b for a, b in zip(self.ends[name], self.worth[spot], strict=True)]

    def price(self, name: str, ends: list[int]) -> int:
        """Add up the squares by which a driver would be beyond his levels."""
        total = 0
        for end, (least, most), weight in zip(ends, self.most[name], WEIGHTS, strict=True):
            beyond = least - end if end < least else end - most if end > most else 0
            total += weight * beyond * beyond
        return total

    def uneven(self) -> list[str]:
        """List the drivers who are beyond their levels."""
        return [name for name, ends in self.ends.items() if self.price(name, ends)]

    def improve(self, name: str, dice: random.Random) -> None:
        """Take the best exchange with this driver, a sideways one where none is better."""
        best: list[tuple[str, Spot | None, Spot | None]] = []
        least = 0
        for other, given, got in self._exchanges(name):
            change = self._change(name, other, given, got)
            if change < least and self._allowed(name, other, given, got):
                best, least = [(other, given, got)], change
            elif change == least and len(best) < 20 and self._allowed(name, other, given, got):
                best.append((other, given, got))
        if best:
            other, given, got = dice.choice(best)
            for giver, taker, spot in ((name, other, given), (other, name, got)):
                if spot is not None:
                    self._drop(giver, spot)
                    self._put(taker, spot)

    def _exchanges(self, name: str) -> Iterator[tuple[str, Spot | None, Spot | None]]:
        """Give a duty away, take one over, or swap two."""
        for other in self.drivers:
            if other != name:
                yield from ((other, spot, None) for spot in list(self.held[name]))
                yield from ((other, None, spot) for spot in list(self.held[other]))
                for spot in list(self.held[name]):
                    yield from ((other, spot, back) for back in list(self.held[other]) if back != spot)

    def _change(self, name: str, other: str, given: Spot | None, got: Spot | None) -> int:
        nothing = (0,) * len(self.all)
        out = self.worth[given] if given else nothing
        back = self.worth[got] if got else nothing
        mine = [end - a + b for end, a, b in zip(self.ends[name], out, back, strict=True)]
        theirs = [end + a - b for end, a, b in zip(self.ends[other], out, back, strict=True)]
        before = self.price(name, self.ends[name]) + self.price(other, self.ends[other])
        return self.price(name, mine) + self.price(other, theirs) - before

    def _allowed(self, name: str, other: str, given: Spot | None, got: Spot | None) -> bool:
        return (given is None or self._fits(other, given, got)) and (
            got is None or self._fits(name, got, given)
        )

    def _fits(self, name: str, spot: Spot, without: Spot | None) -> bool:
        """Whether a driver may take a duty, rested before it and after it, if another of his is gone."""
        t, post_id = spot
        driver = self.drivers[name]
        if self.problem.days[t].date in driver.away or t < self.first[name, post_id]:
            return False
        if not may_stand(driver, self.posts[post_id]):
            return False
        near: list[int] = [t]
        for s, held_post in self.held[name]:
            if (s, held_post) == without:
                continue
            gap = self.gaps[held_post, post_id] if s <= t else self.gaps[post_id, held_post]
            if abs(s - t) < gap:
                return False
            if abs(s - t) < 7:
                near.append(s)
        week = self.problem.rules.week_most
        return all(sum(1 for s in near if b <= s < b + 7) <= week for b in range(t - 6, t + 1))
