"""Even out a roster by small exchanges: a duty given away, or two duties swapped, until levels are reached.

Simulated annealing with the drivers beyond their levels (Kirkpatrick, Gelatt & Vecchi 1983). It proves
nothing by itself: that a roster at its levels is best is known from `optimizer.roster.levels`, and what it
leaves uneven is for the exact search.
"""

import math
import random
from dataclasses import dataclass, field
from typing import Final

from optimizer.roster.levels import Level, levels, may_stand
from optimizer.roster.rest import apart, blocked_until
from optimizer.roster.values import Burden, DutyDriver, Post, RosterProblem, burden_of

__all__ = ["evened"]

STEPS: Final = 120_000
HOT, COLD = 20.0, 0.5
"""Temperatures at the beginning and at the end, in units of the price."""
WEIGHTS: Final = (50, 20, 5, 1)
"""Of a square of excess, in the order of the measures."""

Spot = tuple[int, str]
"""Day counted from the first, and post."""
Taken = set[tuple[int, str, str]]


def evened(problem: RosterProblem, taken: Taken, free_days: int, seed: int, *, steps: int = STEPS) -> Taken:
    """Exchange duties until no driver is beyond his levels, or for so many proposals; the best seen is kept.

    Parameters
    ----------
    free_days
        Full days between two duties, where the rules ask for fewer.
    """
    state = _State(problem, taken, free_days)
    dice = random.Random(seed)
    best, least = taken, state.total()
    for step in range(steps if least else 0):
        state.propose(dice, HOT * (COLD / HOT) ** (step / steps))
        if state.sum < least:
            best, least = state.duties(), state.sum
            if not least:
                break
    return best


@dataclass(slots=True)
class _State:
    problem: RosterProblem
    taken: Taken
    free_days: int
    drivers: dict[str, DutyDriver] = field(init=False)
    names: list[str] = field(init=False)
    prices: dict[str, int] = field(default_factory=dict)
    uneven: list[str] = field(default_factory=list)
    sum: int = 0
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
        self.names = sorted(self.drivers)
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

    def total(self) -> int:
        """Add up the prices of all drivers, and note who is beyond his levels."""
        self.prices = {name: self.price(name, ends) for name, ends in self.ends.items()}
        self.uneven = [name for name, price in self.prices.items() if price]
        self.sum = sum(self.prices.values())
        return self.sum

    def duties(self) -> Taken:
        """Return the duties as they are."""
        return {(t, post_id, name) for name, spots in self.held.items() for t, post_id in spots}

    def propose(self, dice: random.Random, heat: float) -> None:
        """Try one exchange between a driver beyond his levels and any other."""
        name, other = dice.choice(self.uneven), dice.choice(self.names)
        if other == name:
            return
        how = dice.random()
        given = dice.choice(self.held[name]) if how < 0.8 and self.held[name] else None
        got = dice.choice(self.held[other]) if how > 0.2 and self.held[other] else None
        if given == got:
            return
        change = self._change(name, other, given, got)
        if change > 0 and dice.random() >= math.exp(-change / heat):
            return
        if self._allowed(name, other, given, got):
            for giver, taker, spot in ((name, other, given), (other, name, got)):
                if spot is not None:
                    self._drop(giver, spot)
                    self._put(taker, spot)
            for one in (name, other):
                self.prices[one] = self.price(one, self.ends[one])
            self.sum += change
            if change:
                self.uneven = [one for one, price in self.prices.items() if price]

    def _change(self, name: str, other: str, given: Spot | None, got: Spot | None) -> int:
        nothing = (0,) * len(self.all)
        out = self.worth[given] if given else nothing
        back = self.worth[got] if got else nothing
        mine = [end - a + b for end, a, b in zip(self.ends[name], out, back, strict=True)]
        theirs = [end + a - b for end, a, b in zip(self.ends[other], out, back, strict=True)]
        before = self.prices[name] + self.prices[other]
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
