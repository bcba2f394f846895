"""The workbook of a duty roster: the days, what each driver has, drivers by days, empty places."""

import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from xlsxwriter import Workbook

from optimizer.roster import Roster, RosterProblem
from optimizer.roster.values import HOUR_S
from service.documents.roster_words import (
    balance_texts,
    day_text,
    names_on,
    shares,
    weekday_text,
)
from service.documents.sheet_page import Styles, write_plain
from service.documents.words import SYNTHETIC
from service.documents.workbook_rows import COUNT, TENTH, Column, Value

_SHARES: Final[Sequence[Column]] = (
    ("驾驶员", 20, ""), ("本表班次", 10, COUNT), ("本表工时", 10, TENTH), ("累计工时", 10, TENTH),
    ("累计夜班", 10, COUNT), ("累计周末班", 11, COUNT), ("累计节假日班", 13, COUNT),
    ("最短间隔（天）", 14, COUNT),
)  # fmt: skip
_FIGURES: Final[Sequence[Column]] = (("项目", 14, ""), ("说明", 90, ""))
_EMPTY: Final[Sequence[Column]] = (("日期", 12, ""), ("班次", 12, ""), ("缺人", 8, COUNT), ("原因", 80, ""))


def roster_workbook(problem: RosterProblem, roster: Roster) -> bytes:
    """Write the workbook as `.xlsx`."""
    stream = io.BytesIO()
    first, last = problem.days[0].date, problem.days[-1].date
    title = f"{problem.name} {first} 至 {last}"
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(stream, options) as out:
        out.set_properties({"title": title, "created": datetime(first.year, first.month, first.day)})  # noqa: DTZ001
        styles = Styles(out)
        write_plain(out, styles, "值班表", title, _day_columns(problem), _day_rows(problem, roster))
        write_plain(out, styles, "个人统计", f"{title} 个人统计", _SHARES, _share_rows(problem, roster))
        write_plain(out, styles, "一览", f"{title} 一览", _grid_columns(problem), _grid_rows(problem, roster))
        write_plain(out, styles, "说明", title, _FIGURES, _figure_rows(problem, roster))
        if roster.unmanned:
            write_plain(out, styles, "空缺", f"{title} 空缺", _EMPTY, _empty_rows(roster))
    return stream.getvalue()


def _day_columns(problem: RosterProblem) -> Sequence[Column]:
    posts: list[Column] = [(post.id, 34, "") for post in problem.posts]
    return [("日期", 12, ""), ("星期", 7, ""), ("", 14, ""), *posts]


def _day_rows(problem: RosterProblem, roster: Roster) -> Iterator[Sequence[Value]]:
    names = names_on(roster)
    for day in problem.days:
        posts = [names.get((day.date, post.id), "") for post in problem.posts]
        yield day.date.isoformat(), weekday_text(day.date), day_text(day), *posts


def _share_rows(problem: RosterProblem, roster: Roster) -> Iterator[Sequence[Value]]:
    for name, count, hours, total, gap in shares(problem, roster):
        sums = (total.hours_s / HOUR_S, total.nights, total.weekends, total.holidays)
        yield name, count, hours, *sums, gap


def _grid_columns(problem: RosterProblem) -> Sequence[Column]:
    days: list[Column] = [(f"{day.date:%m-%d}", 5.5, "") for day in problem.days]
    return [("驾驶员", 16, ""), *days]


def _grid_rows(problem: RosterProblem, roster: Roster) -> Iterator[Sequence[Value]]:
    on = {(duty.driver_id, duty.day): duty.post_id[:2] for duty in roster.duties}
    for driver in problem.drivers:
        away = {day.date: "假" for day in problem.days if day.date in driver.away}
        yield driver.id, *(on.get((driver.id, d.date)) or away.get(d.date, "") for d in problem.days)


def _figure_rows(problem: RosterProblem, roster: Roster) -> Iterator[Sequence[Value]]:
    rules = problem.rules
    yield "轮换", f"同一人两班之间至少隔 {roster.free_days} 整天"
    yield (
        "休息",
        f"班后至少 {rules.rest_s / HOUR_S:g} 小时，夜班后至少 {rules.rest_after_night_s / HOUR_S:g} 小时",
    )
    yield "每周", f"任意七天至多 {rules.week_most} 班"
    yield from (("均衡", sentence) for sentence in balance_texts(roster))
    if problem.synthetic:
        yield "数据", SYNTHETIC


def _empty_rows(roster: Roster) -> Iterator[Sequence[Value]]:
    for place in roster.unmanned:
        yield place.day.isoformat(), place.post_id, place.number, place.reason
