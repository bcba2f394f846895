"""The judge of duty rosters: recomputes places, rest and burdens, and shares no code with planners."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import pairwise

from optimizer.model import Status, Violation
from optimizer.policy.calendar import Day, DayKind
from optimizer.roster.values import Duty, DutyDriver, Post, Roster, RosterProblem

__all__ = ["roster_violations"]


def roster_violations(problem: RosterProblem, roster: Roster) -> tuple[Violation, ...]:
    """List every broken rule of a roster; empty for a sound one."""
    posts, days = {post.id: post for post in problem.posts}, {day.date: day for day in problem.days}
    drivers = {driver.id: driver for driver in problem.drivers}
    known, found = list[Duty](), list[Violation]()
    for duty in roster.duties:
        if duty.post_id in posts and duty.day in days and duty.driver_id in drivers:
            known.append(duty)
        else:
            found.append(_broken("unknown", duty, "日期、班次或驾驶员不在值班表中"))
    found += _places(problem, roster, known)
    for duty in known:
        found += _allowed(duty, posts[duty.post_id], drivers[duty.driver_id])
    for driver in problem.drivers:
        own = sorted((d for d in known if d.driver_id == driver.id), key=lambda d: d.day)
        found += _rest(problem, driver, own, posts)
        found += _weeks(problem, own)
    found += _shares(problem, roster, known, posts, days)
    return tuple(found)


def _broken(rule: str, duty: Duty, sentence: str) -> Violation:
    return Violation(rule=rule, message=f"{duty.day} {duty.post_id} {duty.driver_id}：{sentence}")


def _places(problem: RosterProblem, roster: Roster, duties: list[Duty]) -> Iterator[Violation]:
    there = Counter((duty.day, duty.post_id) for duty in duties)
    said = {(u.day, u.post_id): u.number for u in roster.unmanned}
    for day in problem.days:
        for post in problem.posts:
            needed = {DayKind.HOLIDAY: post.holidays, DayKind.REST: post.weekends}.get(
                day.kind, post.workdays
            )
            here, empty = there[day.date, post.id], said.get((day.date, post.id), 0)
            if here + empty != needed or empty < 0:
                message = f"{day.date} {post.id} 有 {here} 人、空缺 {empty} 个，应共 {needed} 人"
                yield Violation(rule="places", message=message)


def _allowed(duty: Duty, post: Post, driver: DutyDriver) -> Iterator[Violation]:
    if duty.day in driver.away:
        yield _broken("away", duty, "当天不能值班")
    if post.licence and not (post.licence & driver.licences):
        yield _broken("licence", duty, f"准驾车型不符，需 {'/'.join(sorted(post.licence))}")


def _rest(
    problem: RosterProblem, driver: DutyDriver, own: list[Duty], posts: Mapping[str, Post]
) -> Iterator[Violation]:
    """Compare the end of each duty with the start of the next, in seconds."""
    rules = problem.rules
    for earlier, later in pairwise(own):
        before, after = posts[earlier.post_id], posts[later.post_id]
        apart = (later.day - earlier.day).days
        if apart <= rules.free_days:
            yield _broken("free_days", later, f"与 {earlier.day} 的值班只隔 {apart - 1} 天")
        rest_s = 86_400 * apart + after.start_s - before.end_s
        least_s = max(rules.rest_s, rules.rest_after_night_s if before.night else 0)
        if rest_s < least_s:
            yield _broken("rest", later, f"休息 {rest_s / 3_600:.1f} 小时，至少 {least_s / 3_600:.1f} 小时")
    if driver.last is not None and own and (own[0].day - driver.last).days <= rules.free_days:
        yield _broken("free_days", own[0], f"上次值班在 {driver.last}")


def _weeks(problem: RosterProblem, own: list[Duty]) -> Iterator[Violation]:
    for duty in own:
        week = [d for d in own if duty.day <= d.day < duty.day + timedelta(days=7)]
        if len(week) > problem.rules.week_most:
            yield _broken("week", duty, f"七天内值 {len(week)} 班，至多 {problem.rules.week_most} 班")


def _shares(
    problem: RosterProblem,
    roster: Roster,
    duties: list[Duty],
    posts: Mapping[str, Post],
    days: Mapping[date, Day],
) -> Iterator[Violation]:
    """Count every driver's hours, nights, weekends and holidays anew."""
    counts: dict[str, dict[str, int]] = {
        d.id: {
            "hours": d.past.hours_s, "nights": d.past.nights, "weekends": d.past.weekends,
            "holidays": d.past.holidays,
        }
        for d in problem.drivers
    }  # fmt: skip
    for duty in duties:
        post, kind = posts[duty.post_id], days[duty.day].kind
        own = counts[duty.driver_id]
        own["hours"] += post.end_s - post.start_s
        own["nights"] += post.night
        own["weekends"] += kind is DayKind.REST
        own["holidays"] += kind is DayKind.HOLIDAY
    alike = len({(d.past, d.away, d.last, d.licences) for d in problem.drivers}) == 1
    for share in roster.balances:
        ends = [own[share.measure.value] for own in counts.values()]
        if (share.least, share.most) != (min(ends), max(ends)):
            message = f"{share.measure} 写为 {share.least}–{share.most}，应为 {min(ends)}–{max(ends)}"
            yield Violation(rule="shares", message=message)
        if alike and not share.excess and share.measure != "hours" and max(ends) - min(ends) > 1:
            message = f"{share.measure} 相差 {max(ends) - min(ends)} 次，却写为最均衡"
            yield Violation(rule="shares", message=message)
    if roster.status is Status.OPTIMAL and roster.bound > roster.cost:
        message = f"下界 {roster.bound} 高于 {roster.cost}"
        yield Violation(rule="bound", message=message)
