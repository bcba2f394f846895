"""One roster as a CP-SAT model: a choice for each driver, day and post; rest as cliques, shares by level."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ortools.sat.python import cp_model

from optimizer.model import Status
from optimizer.roster.levels import Level, levels, may_stand
from optimizer.roster.rest import apart, blocked_until
from optimizer.roster.values import DutyDriver, Measure, Post, RosterProblem, burden_of

__all__ = ["Found", "Search", "Taken"]

Taken = set[tuple[int, str, str]]
"""(Day counted from the first, post id, driver id) of each duty."""

WEIGHTS: Final[Mapping[Measure, int]] = {
    Measure.HOLIDAYS: 1_000,
    Measure.WEEKENDS: 100,
    Measure.NIGHTS: 10,
    Measure.HOURS: 1,
}
"""Price of one unit of excess: an uneven holiday is not bought by even hours."""

EMPTY, NEW = 100_000_000, 1_000_000
"""Price of an empty place and of a new duty where little is to change: more than any unfairness."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search found: duties, what was minimised, and what no roster is below."""

    taken: Taken
    cost: int
    bound: int
    status: Status


class Search:
    """The model of one problem.

    Parameters
    ----------
    free_days
        Full days between two duties of a driver, where the rules ask for fewer.
    """

    def __init__(self, problem: RosterProblem, free_days: int, *, seed: int, work_limit: float) -> None:
        self._problem, self._free_days = problem, free_days
        self._seed, self._work_limit = seed, work_limit
        self._model = cp_model.CpModel()
        self._posts = {post.id: post for post in problem.posts}
        self.take: dict[tuple[int, str, str], cp_model.IntVar] = {}
        for driver in problem.drivers:
            for t, post in self._allowed(driver):
                self.take[t, post.id, driver.id] = self._model.new_bool_var("")
        self._empty = self._man()
        for driver in problem.drivers:
            self._rest(driver)

    def _allowed(self, driver: DutyDriver) -> Iterator[tuple[int, Post]]:
        for post in self._problem.posts:
            if may_stand(driver, post):
                first = blocked_until(self._problem, driver, post)
                for t, day in enumerate(self._problem.days):
                    if t >= first and post.needed(day) and day.date not in driver.away:
                        yield t, post

    def _man(self) -> list[cp_model.IntVar]:
        """Give each post its drivers, or count the places that stay empty."""
        of_post: dict[tuple[int, str], list[cp_model.IntVar]] = {}
        for (t, post_id, _), chosen in self.take.items():
            of_post.setdefault((t, post_id), []).append(chosen)
        empties: list[cp_model.IntVar] = []
        for t, day in enumerate(self._problem.days):
            for post in self._problem.posts:
                needed = post.needed(day)
                if needed:
                    empty = self._model.new_int_var(0, needed, "")
                    empties.append(empty)
                    self._model.add(sum(of_post.get((t, post.id), ())) + empty == needed)
        return empties

    def _rest(self, driver: DutyDriver) -> None:
        """Keep duties apart by the rotation and by rest, and no more in seven days than the rules allow."""
        last = len(self._problem.days)
        on = {(t, p): x for (t, p, name), x in self.take.items() if name == driver.id}
        gap = self._free_days + 1
        for t in range(max(1, last - gap + 1)):
            self._at_most([x for (s, _), x in on.items() if t <= s < t + gap], 1)
        if gap < 7:
            for t in range(max(1, last - 6)):
                self._at_most(
                    [x for (s, _), x in on.items() if t <= s < t + 7], self._problem.rules.week_most
                )
        for (t, post_id), chosen in on.items():
            for later in self._problem.posts:
                for s in range(t + gap, t + apart(self._posts[post_id], later, self._problem.rules)):
                    if (s, later.id) in on:
                        self._model.add_at_most_one([chosen, on[s, later.id]])

    def _at_most(self, chosen: list[cp_model.IntVar], most: int) -> None:
        if len(chosen) > most:
            if most == 1:
                self._model.add_at_most_one(chosen)
            else:
                self._model.add(sum(chosen) <= most)

    def hint(self, taken: Iterable[tuple[int, str, str]]) -> None:
        """Begin the search at these duties."""
        known = set(taken)
        self._model.clear_hints()  # type: ignore[no-untyped-call]
        for key, chosen in self.take.items():
            self._model.add_hint(chosen, key in known)

    def fewest_empty(self) -> Found | None:
        """Leave as few places empty as can be; None where the work ends before anything is found."""
        self._model.minimize(sum(self._empty))
        return self._solved()

    def fairest(self, *, empty: int) -> Found | None:
        """Share out burdens as evenly as can be, with so many places empty; None where that cannot be."""
        self._model.add(sum(self._empty) == empty)
        self._model.minimize(sum(self._excess(level) for level in levels(self._problem)))
        return self._solved()

    def keep(self, duties: Iterable[tuple[int, str, str]]) -> None:
        """Let these duties stand."""
        for key in duties:
            self._model.add(self.take[key] == 1)

    def least_changed(self, before: Taken, first_day: int) -> Found | None:
        """Leave the fewest places empty, with the fewest new duties, none before a day; then be fair."""
        for key, chosen in self.take.items():
            if key[0] < first_day:
                self._model.add(chosen == (key in before))
        prices: list[cp_model.LinearExprT] = [EMPTY * empty for empty in self._empty]
        prices += [NEW * chosen for key, chosen in self.take.items() if key not in before]
        prices += [self._excess(level) for level in levels(self._problem)]
        self._model.minimize(sum(prices))
        return self._solved()

    def _excess(self, level: Level) -> cp_model.LinearExprT:
        """Price how far the worst off is above his level and the best off below it."""
        totals: dict[str, list[cp_model.LinearExprT]] = {d.id: [] for d in self._problem.drivers}
        for (t, post_id, name), chosen in self.take.items():
            more = burden_of(self._posts[post_id], self._problem.days[t]).of(level.measure) // level.unit
            if more:
                totals[name].append(more * chosen)
        top = max(level.most) + len(self._problem.days)
        over, under = (self._model.new_int_var(0, top * 24, "") for _ in range(2))
        for i, driver in enumerate(self._problem.drivers):
            end = level.past[i] + sum(totals[driver.id])
            self._model.add(end <= level.most[i] + over)
            self._model.add(end >= level.least[i] - under)
        return WEIGHTS[level.measure] * (over + under)

    def _solved(self) -> Found | None:
        solver = cp_model.CpSolver()
        solver.parameters.catch_sigint_signal = False  # it would not give the signal back
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = self._seed
        solver.parameters.max_deterministic_time = self._work_limit
        result = solver.solve(self._model)
        if result not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
            return None
        return Found(
            taken={key for key, chosen in self.take.items() if solver.value(chosen)},
            cost=round(solver.objective_value),
            bound=round(solver.best_objective_bound),
            status=Status.OPTIMAL if result == cp_model.OPTIMAL else Status.FEASIBLE,
        )
