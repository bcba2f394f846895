"""`paiche plan roster`: a duty roster from a sheet of drivers, and who takes over from somebody away."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.from_sheets import fail_where_wrong, reporting
from service.cli.options import OutOption, SeedOption

if TYPE_CHECKING:
    from service.use_cases.roster import RosterDone

DRIVERS_SHOWN = 60
CHANGES_SHOWN = 40

DriversOption = Annotated[
    Path | None,
    typer.Option("--drivers", metavar="FILE", help="值班驾驶员表，模板见 paiche plan template / who can"),
]
PostsOption = Annotated[
    Path | None,
    typer.Option("--posts", metavar="FILE", help="班次表；不给时白班、夜班各一人 / shifts to be manned"),
]
FirstOption = Annotated[
    datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="起始日期 / first day")
]
DaysOption = Annotated[int, typer.Option("--days", min=1, max=400, help="编排多少天 / how many days")]
GenerateOption = Annotated[
    int,
    typer.Option("--generate-drivers", min=0, max=500, metavar="N", help="虚构 N 名驾驶员 / synthetic"),
]
NameOption = Annotated[str, typer.Option("--name", help="印在表头的名称 / title")]
FreeDaysOption = Annotated[
    int, typer.Option("--free-days", min=0, max=60, help="两班之间至少隔几整天 / days between duties")
]
WeekMostOption = Annotated[
    int, typer.Option("--week-most", min=1, max=7, help="任意七天至多几班 / duties in seven days")
]
NightRestOption = Annotated[
    int, typer.Option("--night-rest", min=0, max=240, help="夜班后至少休息几小时 / hours after a night")
]
RegionOption = Annotated[str, typer.Option("--region", help="节假日的地区，如 cn-53 / whose holidays")]
BaseOption = Annotated[
    Path | None,
    typer.Option("--base", metavar="DIR", help="已编值班表，与 --away 连用 / a roster"),
]
AwayOption = Annotated[
    str | None,
    typer.Option("--away", metavar="姓名=起[:止]", help="谁在哪几天不能值班，由别人顶替 / who is away"),
]


def roster(  # noqa: PLR0913, PLR0917 - one parameter for each option
    drivers: DriversOption = None,
    posts: PostsOption = None,
    first: FirstOption = None,
    days: DaysOption = 100,
    generate: GenerateOption = 0,
    name: NameOption = "驾驶员值班表",
    free_days: FreeDaysOption = 1,
    week_most: WeekMostOption = 2,
    night_rest: NightRestOption = 24,
    region: RegionOption = "cn",
    base: BaseOption = None,
    away: AwayOption = None,
    seed: SeedOption = 0,
    out: OutOption = None,
) -> None:
    """编排值班表：轮换、休息、节假日和周末均摊；有人请假时改动最少 / a fair duty roster."""
    if base is not None or away is not None:
        _finish(_replaced(base, away, out), out)
        return
    if first is None or not (drivers or generate):
        message = "请给出 --drivers（驾驶员表）和 --from（起始日期）；换人用 --base 和 --away"
        raise typer.BadParameter(message)
    from optimizer.roster import RosterRules
    from service.use_cases.roster import RosterOrder, plan_roster

    rules = RosterRules(free_days=free_days, week_most=week_most, rest_after_night_s=3_600 * night_rest)
    order = RosterOrder(
        drivers=drivers, posts=posts, first=first.date(), days=days, invented=generate, name=name,
        region=region, rules=rules, seed=seed, out=out,
    )  # fmt: skip
    with reporting() as (steps, tell):
        done = plan_roster(order, steps, tell=tell)
    _finish(done, out)


def _replaced(base: Path | None, away: str | None, out: Path | None) -> "RosterDone":
    from service.use_cases.roster import replace_driver

    if base is None or away is None or "=" not in away.replace("＝", "="):
        message = "换人要同时给出 --base（值班表的文件夹）和 --away 姓名=2026-03-02:2026-03-05"
        raise typer.BadParameter(message)
    who, _, when = away.replace("＝", "=").rpartition("=")
    first, _, last = when.partition(":")
    with reporting() as (steps, _):
        return replace_driver(base, who.strip(), _day(first), _day(last or first), out, steps)


def _day(said: str) -> date:
    from service.sheets import CellFault
    from service.sheets.moments import day

    try:
        found: date = day()(said)
    except CellFault as fault:
        message = f"--away {said}：{fault.reason}；{fault.way_out}"
        raise typer.BadParameter(message) from None
    return found


def _finish(done: "RosterDone", out: Path | None) -> None:
    """Show what came of it; fail at the end if rows were left out or a rule is broken."""
    _show(done, out)
    fail_where_wrong(done.reports, "可用的行已编排，有误的行未编入", len(done.findings))


def _show(done: "RosterDone", out: Path | None) -> None:
    from optimizer.roster.values import HOUR_S
    from service.cli.tables import SYNTHETIC, console, say_more, table_of
    from service.documents.roster_words import balance_texts, shares

    screen, problem, plan = console(), done.problem, done.roster
    if problem.synthetic:
        screen.print(f"{problem.name}{SYNTHETIC}", style="bold")
    for sentence in done.changes[:CHANGES_SHOWN]:
        screen.print(sentence, soft_wrap=True)
    table = table_of("个人统计", "驾驶员", "班次>", "累计工时>", "夜班>", "周末>", "节假日>", "最短间隔天>")
    for driver, count, _, total, gap in list(shares(problem, plan))[:DRIVERS_SHOWN]:
        sums = (f"{total.hours_s / HOUR_S:g}", str(total.nights), str(total.weekends), str(total.holidays))
        table.add_row(driver, str(count), *sums, "" if gap is None else str(gap))
    if not done.changes:
        screen.print(table)
        say_more(screen, len(problem.drivers), "人", DRIVERS_SHOWN)
    for sentence in balance_texts(plan):
        screen.print(f"  {sentence}", soft_wrap=True)
    for place in plan.unmanned[:CHANGES_SHOWN]:
        screen.print(f"  空缺：{place.reason}", soft_wrap=True)
    if done.estimated:
        years = "、".join(map(str, done.estimated))
        screen.print(f"  提示：{years} 年的放假安排尚未公布，按估计编排", soft_wrap=True)
    empty = sum(place.number for place in plan.unmanned)
    first, last = problem.days[0].date, problem.days[-1].date
    screen.print(
        f"{problem.name} {first} 至 {last}：{len(plan.duties)} 个班，{empty} 个空缺；"
        f"两班至少隔 {plan.free_days} 整天；违规 {len(done.findings)} 处",
        soft_wrap=True,
    )
    for finding in done.findings[:CHANGES_SHOWN]:
        screen.print(f"  违规：{finding.message}", soft_wrap=True)
    if out is not None:
        screen.print(f"文件夹 {out}：{'、'.join(done.files)}", soft_wrap=True)
