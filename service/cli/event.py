"""`paiche plan event`: parking, passes, convoys and standby cars of an event from sheets."""

import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.asked import Asked, asking
from service.cli.from_sheets import MapOption, SecondsOption, fail_where_wrong, reporting, run_on_sheets
from service.cli.options import day_of

if TYPE_CHECKING:
    from optimizer.event import Kind
    from service.use_cases.event_values import EventDone, EventOrder

ArrivalsOption = Annotated[
    Path | None,
    typer.Option("--arrivals", metavar="FILE", help="到场车辆表，模板见 paiche plan template / who comes"),
]
LotsOption = Annotated[
    Path | None,
    typer.Option("--lots", metavar="FILE", help="停车场表：车位、地点或距离 / parking lots"),
]
GenerateOption = Annotated[
    int,
    typer.Option("--generate-cars", min=0, max=2_000, metavar="N", help="虚构 N 辆车的活动 / synthetic"),
]
VenueOption = Annotated[str, typer.Option("--venue", metavar="LON,LAT|地名", help="会场 / where people go")]
DoorOption = Annotated[
    str | None, typer.Option("--door", metavar="LON,LAT|地名", help="落客点，不给时为会场 / drop-off")
]
NameOption = Annotated[str, typer.Option("--name", help="活动名称，印在通行证上 / name of the event")]
StoredOption = Annotated[
    bool, typer.Option("--stored-day", help="用库中服务日的道路 / roads of the stored day")
]
StandbyOption = Annotated[
    list[str] | None,
    typer.Option("--standby", metavar="[车型=]N", help="备勤几辆，可多次，如 3、大型车=1 / to stand by"),
]
BaysOption = Annotated[
    int | None, typer.Option("--bays", min=1, max=200, help="落客位数，不给时不限 / bays at the door")
]
DwellOption = Annotated[
    int | None, typer.Option("--dwell", min=1, max=1_800, help="每车停靠秒数，缺省 60 / seconds at it")
]
EarlyOption = Annotated[
    int | None,
    typer.Option("--early", min=0, max=240, help="门口排不下时至多提前几分钟到，缺省 20 / minutes early"),
]
PlannedOption = Annotated[
    Path | None,
    typer.Option("--from", metavar="DIR", help="已编方案的文件夹，与 --breakdown 连用 / a plan made"),
]
BrokenOption = Annotated[
    str | None,
    typer.Option("--breakdown", metavar="车牌|编号", help="抛锚的车，由备勤车顶替 / the car that broke down"),
]
NowOption = Annotated[str | None, typer.Option("--at", metavar="HH:MM", help="抛锚的时刻 / when")]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="只核对表格和距离，不编排 / check, plan nothing")
]


@asking
def event(  # noqa: PLR0913
    *,
    arrivals: ArrivalsOption = None,
    lots: LotsOption = None,
    generate: GenerateOption = 0,
    venue: VenueOption = "会场",
    door: DoorOption = None,
    name: NameOption = "活动",
    map_file: MapOption = None,
    stored: StoredOption = False,
    standby: StandbyOption = None,
    bays: BaysOption = None,
    dwell: DwellOption = None,
    early: EarlyOption = None,
    planned: PlannedOption = None,
    broken: BrokenOption = None,
    now: NowOption = None,
    seconds: SecondsOption = None,
    dry_run: DryRunOption = False,
    asked: Asked,
) -> None:
    """大型活动（两会、接待）：停车、通行证、车队、备勤；一车抛锚只换一车 / parking for an event.

    停车场表里有步行和行车距离时，不需要地图，也不需要数据库。
    """
    if broken is not None or planned is not None or now is not None:
        _swap(planned, broken, now, asked.out)
        return
    from service.use_cases.event_values import EventOrder

    if not generate and (arrivals is None or lots is None):
        message = "请给出 --arrivals 和 --lots，或 --generate-cars；换车用 --from、--breakdown 和 --at"
        raise typer.BadParameter(message)
    order = EventOrder(
        arrivals=arrivals, lots=lots, invented=generate, venue=venue, door=door, name=name,
        map_file=map_file, stored=stored, crs=asked.crs, when=day_of(asked.date),
        standby=_standby(standby or []), bays=bays, dwell_s=dwell,
        early_s=None if early is None else 60 * early, seconds=seconds, out=asked.out, dry_run=dry_run,
    )  # fmt: skip
    _finish(_planned(order, asked.database), order)


def _standby(said: list[str]) -> "tuple[tuple[Kind, int], ...]":
    from optimizer.event import Kind
    from service.intake.event_columns import KINDS

    found: dict[Kind, int] = {}
    for one in said:
        match = re.fullmatch(r"(?:(\S+?)[=＝:：])?(\d{1,3})", one.strip())
        if match is None or (match[1] and match[1] not in KINDS):
            message = f"--standby {one}：应写成 3 或 大型车=1"
            raise typer.BadParameter(message)
        kind = KINDS[match[1]] if match[1] else Kind.CAR
        found[kind] = found.get(kind, 0) + int(match[2])
    return tuple(found.items())


def _planned(order: "EventOrder", database: str | None) -> "EventDone":
    from service.use_cases.event import plan_event

    if order.map_file is None and not order.stored:
        from service.settings import load_settings

        with reporting() as (steps, tell):
            return plan_event(order, load_settings(), steps, tell=tell)
    return run_on_sheets(partial(plan_event, order), order.map_file, database)


def _swap(folder: Path | None, broken: str | None, now: str | None, out: Path | None) -> None:
    from service.cli.tables import console, yuan
    from service.sheets import CellFault
    from service.sheets.moments import time_of_day_s
    from service.use_cases.event import swap_car

    if folder is None or broken is None or now is None:
        message = "换车要同时给出 --from（方案文件夹）、--breakdown（车牌）和 --at（时刻）"
        raise typer.BadParameter(message)
    try:
        at_s = int(time_of_day_s()(now))
    except CellFault as fault:
        message = f"--at {now}：{fault.reason}；{fault.way_out}"
        raise typer.BadParameter(message) from None
    with reporting() as (steps, _):
        done = swap_car(folder, broken, at_s, out, steps)
    screen = console()
    screen.print(done.changed, soft_wrap=True)
    cost = done.plan.cost_fen if done.plan else 0
    screen.print(f"违规 {len(done.findings)} 处；费用 {yuan(cost)} 元", soft_wrap=True)
    if out is not None:
        screen.print(f"文件夹 {out}：{'、'.join(done.files)}", soft_wrap=True)
    fail_where_wrong((), "", len(done.findings))


def _finish(done: "EventDone", order: "EventOrder") -> None:
    """Show what came of it; fail at the end if rows were left out or a rule is broken."""
    from service.cli.event_tables import show_event

    show_event(done, order.out)
    done_with = "仅核对，未编排" if order.dry_run else "可用的行已编排，有误的行未编入"
    fail_where_wrong(done.reports, done_with, len(done.findings))
