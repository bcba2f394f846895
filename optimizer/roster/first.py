"""A first roster by turns: each place goes to whoever has had least of what it is, the longest ago."""

from optimizer.roster.levels import may_stand
from optimizer.roster.rest import apart, blocked_until
from optimizer.roster.values import Burden, DutyDriver, Measure, Post, RosterProblem, burden_of

__all__ = ["first_roster"]

Taken = list[tuple[int, Post]]


def first_roster(problem: RosterProblem, free_days: int) -> set[tuple[int, str, str]]:
    """Man the posts day by day; a place for which nobody is rested stays empty.

    Parameters
    ----------
    free_days
        Full days between two duties, where the rules ask for fewer.

    Returns
    -------
    set
        (Day counted from the first, post id, driver id) of each duty.
    """
    done = {d.id: {m: d.past.of(m) for m in Measure} for d in problem.drivers}
    taken: dict[str, Taken] = {d.id: [] for d in problem.drivers}
    skills = {d.id: sum(may_stand(d, post) for post in problem.posts) for d in problem.drivers}
    for t, day in enumerate(problem.days):
        for post in sorted(problem.posts, key=lambda p: (not p.licence, not p.night, p.id)):
            more = burden_of(post, day)
            for _ in range(post.needed(day)):
                able = [d for d in problem.drivers if _can(problem, d, taken[d.id], t, post, free_days)]
                if able:
                    plain = min(skills[d.id] for d in able)  # who can do less leaves the others free
                    wanted = [d for d in able if skills[d.id] == plain]
                    chosen = min(wanted, key=lambda d: _turn(done[d.id], taken[d.id], more, d.id)).id
                    taken[chosen].append((t, post))
                    for measure in Measure:
                        done[chosen][measure] += more.of(measure)
    return {(t, post.id, name) for name, own in taken.items() for t, post in own}


def _can(
    problem: RosterProblem, driver: DutyDriver, taken: Taken, t: int, post: Post, free_days: int
) -> bool:
    if problem.days[t].date in driver.away or not may_stand(driver, post):
        return False
    if not taken:
        return t >= blocked_until(problem, driver, post)
    last, before = taken[-1]
    week = sum(1 for s, _ in taken if s > t - 7)
    rested = t - last >= max(1 + free_days, apart(before, post, problem.rules))
    return rested and week < problem.rules.week_most


def _turn(done: dict[Measure, int], taken: Taken, more: Burden, name: str) -> tuple[object, ...]:
    """Order drivers by what they have had of what is given out, the dearest first, and by their last duty."""
    shares = tuple(done[m] if more.of(m) else 0 for m in Measure)
    return *shares, taken[-1][0] if taken else -1, name
