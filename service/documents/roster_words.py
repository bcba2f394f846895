"""How a duty roster is said in documents: days, names, shares."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise

from optimizer.policy.calendar import Day, DayKind
from optimizer.roster import Burden, Roster, RosterProblem, burdens
from optimizer.roster.values import HOUR_S, MEASURE_NAMES, Measure

WEEKDAYS = "一二三四五六日"
KINDS = {DayKind.WORKDAY: "", DayKind.MAKE_UP: "补班", DayKind.REST: "周末", DayKind.HOLIDAY: "节假日"}


def day_text(day: Day) -> str:
    """Name a day that is no plain workday: weekend, holiday or make-up workday."""
    name = day.name or KINDS[day.kind]
    return f"{name}（估计）" if day.estimated and name else name


def weekday_text(when: date) -> str:
    """Name the weekday."""
    return f"周{WEEKDAYS[when.weekday()]}"


def names_on(roster: Roster) -> Mapping[tuple[date, str], str]:
    """(Day, post) → who is on duty, with places that stay empty."""
    found: dict[tuple[date, str], list[str]] = {}
    for duty in roster.duties:
        found.setdefault((duty.day, duty.post_id), []).append(duty.driver_id)
    for place in roster.unmanned:
        found.setdefault((place.day, place.post_id), []).append(f"缺 {place.number} 人")
    return {key: "、".join(names) for key, names in found.items()}


def shares(problem: RosterProblem, roster: Roster) -> Iterator[tuple[str, int, float, Burden, int | None]]:
    """Of each driver: name, duties, hours of them, burden with what was brought, fewest days between two."""
    posts = {post.id: post for post in problem.posts}
    totals = burdens(problem, roster.duties)
    for driver in problem.drivers:
        own = sorted((d for d in roster.duties if d.driver_id == driver.id), key=lambda d: d.day)
        hours = sum(posts[d.post_id].end_s - posts[d.post_id].start_s for d in own) / HOUR_S
        gaps = [(b.day - a.day).days for a, b in pairwise(own)]
        yield driver.id, len(own), hours, totals[driver.id], min(gaps, default=None)


def balance_texts(roster: Roster) -> Iterator[str]:
    """Say how even each measure is."""
    for share in roster.balances:
        unit, word = (HOUR_S, "小时") if share.measure is Measure.HOURS else (1, "次")
        even = "已不可能更均" if not share.excess else f"与理论上最均还差 {share.excess / unit:g} {word}"
        ends = f"{share.least / unit:g}–{share.most / unit:g} {word}"
        yield f"{MEASURE_NAMES[share.measure]} {ends}（{even}）"


def texts_of(problem: RosterProblem, roster: Roster) -> Sequence[str]:
    """All that the values bring into a document: its fonts must be able to write them."""
    found = [problem.name, *(driver.id for driver in problem.drivers), *(post.id for post in problem.posts)]
    return [*found, *(day.name for day in problem.days), *(place.reason for place in roster.unmanned)]
