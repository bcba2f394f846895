"""How far apart two duties of one driver must be."""

from datetime import timedelta

from optimizer.roster.values import DAY_S, DutyDriver, Post, RosterProblem, RosterRules

__all__ = ["apart", "blocked_until"]


def apart(earlier: Post, later: Post, rules: RosterRules) -> int:
    """Count the days from the one duty to the other, at least."""
    rest_s = max(rules.rest_s, rules.rest_after_night_s if earlier.night else 0)
    by_rest = -(-(earlier.end_s + rest_s - later.start_s) // DAY_S)
    return max(1 + rules.free_days, by_rest)


def blocked_until(problem: RosterProblem, driver: DutyDriver, post: Post) -> int:
    """Give the first day, counted from the first, on which a driver may take a post after the last duty."""
    if driver.last is None:
        return 0
    kinds = [p for p in problem.posts if p.night == driver.last_night] or list(problem.posts)
    gap = max(apart(before, post, problem.rules) for before in kinds)
    return max(0, (driver.last + timedelta(days=gap) - problem.days[0].date).days)
