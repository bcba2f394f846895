"""`paiche places`: texts that nobody could place, and the pins that settle them once."""

from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.options import CrsName, CrsOption, DatabaseOption, DateOption, day_of, opened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.gazetteer import Answer, Pin
    from service.rows import WaitingTextRow

app = typer.Typer(help="地名与定位 / places in words", no_args_is_help=True)


@app.command("list")
def list_places(database: DatabaseOption = None) -> None:
    """列出还没有定位的地名，以及已定位的 / texts that wait for a pin, and the pins."""
    from service.use_cases.words import pins, waiting

    with opened(database) as at:
        _show(waiting(at.engine), pins(at.engine))


@app.command("pin", context_settings={"ignore_unknown_options": True})
def pin(
    text: Annotated[str, typer.Argument(help="表格里写的地名 / the text as people write it")],
    lon: Annotated[float, typer.Argument(help="经度 / longitude")],
    lat: Annotated[float, typer.Argument(help="纬度 / latitude")],
    name: Annotated[str, typer.Option("--name", help="显示用的名称，默认为原文 / name to show")] = "",
    crs: CrsOption = CrsName.WGS84,
    database: DatabaseOption = None,
) -> None:
    """给一个地名定位一次，以后每次导入都用它 / settle a text once, for every later import."""
    from service.use_cases.words import pin_place

    with opened(database) as at:
        made, waited = pin_place(at.engine, text, lon, lat, crs=crs.value, name=name)
    who = f"；等它的有 {'、'.join(waited)}" if waited else ""
    typer.echo(f"“{made.text}”已定位到 {made.lon:.6f}, {made.lat:.6f}（WGS-84）{who}；请重新导入表格")


@app.command("find")
def find(
    text: Annotated[str, typer.Argument(help="地名、简称、拼音、首字母、门牌或 G320 K1234+500 / a text")],
    date: DateOption = None,
    database: DatabaseOption = None,
) -> None:
    """查一个地名可能是哪里，按把握排列并说明理由 / what a text may mean, ranked with reasons."""
    from service.cli.reporting import Bars
    from service.use_cases.steps import Steps
    from service.use_cases.words import find_place

    with opened(database) as at, Bars() as bars:
        answer = find_place(at.engine, at.settings, text, day_of(date), Steps(bars))
    _show_answer(answer)


def _show(waiting: "Sequence[WaitingTextRow]", pins: "Sequence[Pin]") -> None:
    from service.cli.tables import console, table_of

    screen = console()
    if waiting:
        table = table_of("等待定位的地名", "地名~", "原因~", "可能是~", "来自~")
        for row in waiting:
            table.add_row(row.text, row.reason, "、".join(row.suggestions), "、".join(row.origins))
        screen.print(table)
        screen.print("用 paiche places pin 地名 经度 纬度 定位一次，以后每次导入都用它")
    else:
        screen.print("没有等待定位的地名")
    if pins:
        table = table_of("已定位的地名", "地名~", "名称~", "经度>", "纬度>")
        for one in pins:
            table.add_row(one.text, one.name, f"{one.lon:.6f}", f"{one.lat:.6f}")
        screen.print(table)


def _show_answer(answer: "Answer") -> None:
    from service.cli.tables import console, table_of

    screen = console()
    if answer.matches:
        table = table_of(f"“{answer.text}”可能是", "地名~", "经度>", "纬度>", "把握>", "理由~")
        for match in answer.matches:
            place = match.place
            table.add_row(
                place.name, f"{place.lon:.5f}", f"{place.lat:.5f}", f"{match.score:.2f}", match.reason
            )
        screen.print(table)
    screen.print(answer.reason, soft_wrap=True)
