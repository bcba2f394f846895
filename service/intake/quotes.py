"""A sheet of quotations (报价): what carriers would charge for the lines, by any form of tariff."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from optimizer.policy.offers import Basis, Offer, SeatPrice
from optimizer.policy.package_data import Origin
from optimizer.policy.tariffs import LeaseTariff
from service.sheets import Column, Row, SheetReport, SheetSpec, read_sheet
from service.sheets.parsers import choice, integer, money_fen, number, text

FORMS: Final[Mapping[str, Basis]] = {
    "往返趟": "round_trip",
    "包日": "day",
    "公里": "km",
    "按公里": "km",
    "包月": "month",
    "包年": "year",
}
DAYS: Final[Mapping[Basis, int]] = {"month": 22, "year": 250}


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteSheet:
    """What a sheet of quotations came to: one offer for each name and form."""

    report: SheetReport
    offers: tuple[Offer, ...]


def quotes_sheet() -> SheetSpec:
    """Describe a sheet of quotations: a row for each size of bus."""
    money = money_fen()
    columns = (
        Column(
            field="name",
            headings=("报价单位", "名称", "公司", "供应商"),
            parse=text(longest=40),
            required=True,
            examples=("公交公司", "公交公司"),
        ),
        Column(
            field="basis",
            headings=("计价方式", "计价"),
            parse=choice(dict(FORMS.items())),
            required=True,
            choices=("往返趟", "包日", "公里", "包月", "包年"),
            examples=("包月", "包月"),
        ),
        Column(
            field="seats",
            headings=("座位至", "座位数", "核定载客"),
            parse=integer(least=2, most=999, units=("座",)),
            required=True,
            examples=("19", "49"),
            note="核定载客（含驾驶员）不超过此数的车用这一行的价",
        ),
        Column(
            field="price",
            headings=("价格（元）", "价格", "单价", "报价"),
            parse=money,
            examples=("9000", "16000"),
            note="往返趟、每天、每月或每年的价；按公里计价时不填",
        ),
        Column(field="km", headings=("每公里（元）",), parse=money, default=0, note="包日：超出含公里的部分"),
        Column(
            field="hour", headings=("每小时（元）",), parse=money, default=0, note="包日：超时；公里：等候"
        ),
        Column(field="included_km", headings=("含公里",), parse=number(least=0), default=0.0),
        Column(field="included_h", headings=("含小时",), parse=number(least=0), default=0.0),
        Column(field="driver", headings=("驾驶员（元/天）",), parse=money, default=0),
        Column(field="overnight", headings=("过夜（元）",), parse=money, default=0),
        Column(
            field="days", headings=("含天数",), parse=integer(least=1, most=366), note="包月 22、包年 250"
        ),
    )
    return SheetSpec(
        name="班车报价",
        columns=columns,
        key=("name", "basis", "seats"),
        check=lambda values: tuple(_faults(values)),
    )


def read_quotes(file: Path, today: date) -> QuoteSheet:
    """Read a sheet of quotations.

    Raises
    ------
    SheetError
        The file is no sheet, or lacks the required headings.
    """
    report = read_sheet(file, quotes_sheet())
    together: dict[tuple[str, Basis], list[Row]] = {}
    for row in report.rows:
        together.setdefault((row["name"], row["basis"]), []).append(row)
    origin = Origin(region="cn", valid_from=today, source=file.name, status="src")
    offers = [
        _offer(f"quote-{number}", key, sorted(rows, key=lambda row: int(row["seats"])), origin)
        for number, (key, rows) in enumerate(together.items(), 1)
    ]
    return QuoteSheet(report=report, offers=tuple(offers))


def _offer(id_: str, key: tuple[str, Basis], rows: Sequence[Row], origin: Origin) -> Offer:
    name, basis = key
    shown = f"{name}（{next(word for word, meaning in FORMS.items() if meaning == basis)}）"
    if basis in {"day", "km"}:
        return Offer(
            id=id_, name=shown, basis=basis, lease=tuple(_lease(id_, shown, row, origin) for row in rows),
            origin=origin,
        )  # fmt: skip
    return Offer(
        id=id_,
        name=shown,
        basis=basis,
        prices=tuple(SeatPrice(seats_at_most=row["seats"], price_fen=row["price"]) for row in rows),
        days=rows[0]["days"] or DAYS.get(basis, 22),
        origin=origin,
    )


def _lease(id_: str, name: str, row: Row, origin: Origin) -> LeaseTariff:
    return LeaseTariff(
        id=id_,
        name=name,
        day_fen=row["price"] or 0,
        seats_at_most=row["seats"],
        driver_fen=row["driver"],
        included_m=round(row["included_km"] * 1_000),
        included_s=round(row["included_h"] * 3_600),
        per_km_fen=row["km"],
        per_hour_fen=row["hour"],
        overnight_fen=row["overnight"],
        origin=origin,
    )


def _faults(values: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    if values["basis"] == "km":
        if not values["km"]:
            yield "km", "按公里计价而没有每公里的价", "请填写“每公里（元）”"
    elif values["price"] is None:
        yield "price", "没有填写价格", "请填写价格"
