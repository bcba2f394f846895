"""The comparison of contracts as plain tables, for the command line, the summary and the documents.

`tables(compare(default_offers(), bus_days(...), service_year(2026)), commuter_terms())` is all it takes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from optimizer.break_even import (
    break_even_km_rate_fen,
    break_even_riders,
    kilometre_price_fen,
    rider_price_fen,
)
from optimizer.bus_days import BusDay
from optimizer.contracts import ContractCost, costs
from optimizer.penalties import ServiceRecord, deductions
from optimizer.policy.offers import Offer
from optimizer.policy.periods import Period
from optimizer.policy.tariffs import CommuterTerms
from optimizer.price import half_even

__all__ = ["LINE_NAMES", "Cell", "Comparison", "Table", "compare", "tables"]

Cell = str | int | Decimal
"""Money in yuan and kilometres are `Decimal`, so that sheets have numbers in them."""

LINE_NAMES: Final[Mapping[str, str]] = {
    "round_trip": "往返趟",
    "single_run": "单程趟",
    "day": "包日",
    "driver_day": "驾驶员",
    "km": "公里",
    "hour": "超时",
    "waiting": "等候",
    "overnight": "过夜",
    "toll": "通行费（按实）",
    "month": "包月",
    "year": "包年",
    "extra_day": "超出天数",
    "depreciation": "折旧",
    "driver": "驾驶员工资",
    "overtime": "加班",
    "meal": "驾驶员餐补",
    "energy": "能耗",
    "repair": "维修轮胎",
    "insurance": "保险",
    "parking": "停车",
    "inspection": "年检",
    "off_time_runs": "晚点班次",
    "below_on_time": "准点率不足",
    "late_replacements": "换车超时",
    "above_most": "超过扣款上限",
}
_UNITS: Final[Mapping[int, str]] = {1_000: "公里", 100_000: "百公里", 3_600: "小时", 12: "年"}
_COUNTED: Final[Mapping[str, str]] = {"round_trip": "趟", "single_run": "趟", "month": "月"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The same bus days of a period under several offers."""

    period: Period
    buses: tuple[BusDay, ...]
    costs: tuple[ContractCost, ...]

    @property
    def boardings(self) -> int:
        """Boardings of a day, both directions."""
        return sum(bus.riders for bus in self.buses)

    @property
    def distance_m(self) -> int:
        """Metres of a day, empty ones too."""
        return sum(bus.distance_m for bus in self.buses)

    @property
    def priced(self) -> tuple[ContractCost, ...]:
        """Offers with a price for every bus, the cheapest first."""
        return tuple(sorted((c for c in self.costs if not c.reason), key=lambda c: (c.total_fen, c.offer.id)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Headings and rows; `notes` stand below."""

    name: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()


def compare(offers: Sequence[Offer], buses: Sequence[BusDay], period: Period) -> Comparison:
    """Cost the bus days of a period under each offer."""
    return Comparison(period=period, buses=tuple(buses), costs=costs(offers, buses, period))


def tables(found: Comparison, terms: CommuterTerms) -> tuple[Table, ...]:
    """Make the four tables: comparison, parts of each bill, where they break even, broken promises."""
    return overview(found), bills(found), break_evens(found), promise(found, terms)


def overview(found: Comparison) -> Table:
    """One row for each offer, the cheapest first; offers without a price last, with the reason."""
    rows = [
        (
            cost.offer.name,
            _yuan(cost.total_fen),
            _yuan(half_even(cost.total_fen, max(1, found.period.days))),
            _or_dash(kilometre_price_fen(cost, found.buses)),
            _or_dash(rider_price_fen(cost, found.buses)),
            "；".join(cost.notes),
        )
        for cost in found.priced
    ]
    lacking = [(c.offer.name, "—", "—", "—", "—", c.reason) for c in found.costs if c.reason]
    return Table(
        name=f"合同比较：{found.period.name}，{found.period.days} 个工作日",
        headings=("计价方式", "合计（元）", "每日（元）", "元/公里", "元/人次", "说明"),
        rows=(*rows, *lacking),
        notes=(
            f"每日 {len(found.buses)} 辆车、{_km(found.distance_m)} 公里（含空驶）、{found.boardings:,} 人次",
            "元/公里是全包的持平价：全包按公里的报价低于它才更便宜",
        ),
    )


def bills(found: Comparison) -> Table:
    """List the lines of every bill, those of one kind and rate together; they add up to the totals."""
    return Table(
        name=f"各合同的费用组成：{found.period.name}",
        headings=("计价方式", "项目", "数量", "单位", "单价（元）", "金额（元）"),
        rows=tuple(row for cost in found.priced for row in _bill(cost)),
    )


def break_evens(found: Comparison) -> Table:
    """Say at which price of a kilometre and with how many riders each contract breaks even.

    The price is that of the tariff by the kilometre, its waiting as it is; the riders are those that bring
    the price of each down to that of the cheapest contract today.
    """
    by_km = next((cost for cost in found.priced if cost.offer.basis == "km"), None)
    rows: list[tuple[Cell, ...]] = []
    for cost in found.priced:
        best = found.priced[0]
        row: tuple[Cell, ...] = (cost.offer.name, _yuan(cost.total_fen - best.total_fen))
        if by_km:
            row += (_or_dash(None if by_km is cost else break_even_km_rate_fen(by_km, cost)),)
        rows.append((*row, _or_dash(break_even_riders(cost, best, found.boardings), money=False)))
    price = ("按公里计价的持平单价（元）",) if by_km else ()
    named = (f"持平单价：“{by_km.offer.name}”每公里高于它，就不如该合同",) if by_km else ()
    riders = f"持平人次：坐车的人达到此数，每人次才与最低价的合同一样（现为 {found.boardings:,} 人次）"
    return Table(
        name="盈亏平衡",
        headings=("计价方式", "比最低价多（元）", *price, "持平的日人次"),
        rows=tuple(rows),
        notes=(*named, riders),
    )


def promise(found: Comparison, terms: CommuterTerms) -> Table:
    """Say what is taken off a month for one broken promise of each kind, under each contract of others."""
    months = max(1, len(found.period.months))
    runs_day = sum(bus.morning_runs + bus.evening_runs for bus in found.buses)
    runs = max(1, half_even(runs_day * found.period.days, months))
    rows = []
    for cost in found.priced:
        month_fen = half_even(cost.total_fen, months)
        rows.append((cost.offer.name, _yuan(month_fen), *_broken(cost, month_fen, runs, terms)))
    return Table(
        name="承诺没有兑现时的扣款",
        headings=("计价方式", "月均费用（元）", "一趟晚点", "准点率低 1 个点", "换车超时一次", "每月上限"),
        rows=tuple(rows),
        notes=_clause(terms),
    )


def _clause(terms: CommuterTerms) -> tuple[str, str]:
    clause, minutes = terms.penalty, terms.replacement_s // 60
    promised = f"准点率 ≥ {terms.on_time_percent} %，{minutes} 分钟内换车"
    late = f"晚点扣当趟的 {clause.off_time_run_percent} %"
    share = f"准点率每低 1 个点扣当月的 {clause.below_percent_per_point} %"
    replaced = f"换车超时扣当趟的 {clause.late_replacement_percent} %"
    return (
        f"承诺：到站 ±{terms.on_time_s // 60} 分钟且首站不晚，{promised}",
        f"扣款：{late}，{share}，{replaced}（{clause.origin.source}）",
    )


def _broken(cost: ContractCost, month_fen: int, runs: int, terms: CommuterTerms) -> Iterator[Cell]:
    if cost.offer.basis == "own":
        yield from ("无违约金", "无违约金", "无违约金", "—")
        return
    point = ServiceRecord(runs=runs, calls=100, calls_off_time=100 - terms.on_time_percent + 1)
    for record in (
        ServiceRecord(runs=runs, calls=0, runs_off_time=1),
        point,
        ServiceRecord(runs=runs, calls=0, late_replacements=1),
    ):
        yield _yuan(sum(line.amount_fen for line in deductions(month_fen, record, terms)))
    yield _yuan(-half_even(month_fen * terms.penalty.most_percent, 100))


def _bill(cost: ContractCost) -> Iterator[tuple[Cell, ...]]:
    sums: dict[tuple[str, int, int], tuple[int, int]] = {}
    for line in cost.lines:
        key = line.kind, line.rate_fen, line.per
        quantity, amount = sums.get(key, (0, 0))
        sums[key] = quantity + line.quantity, amount + line.amount_fen
    for (kind, rate_fen, per), (quantity, amount) in sums.items():
        unit = _UNITS.get(per) or _COUNTED.get(kind, "天")
        shown: Cell = quantity if per == 1 else (Decimal(quantity) / per).quantize(Decimal("0.01"))
        yield cost.offer.name, LINE_NAMES[kind], shown, unit, _yuan(rate_fen), _yuan(amount)
    yield cost.offer.name, "合计", "", "", "", _yuan(cost.total_fen)


def _yuan(fen: int) -> Decimal:
    return Decimal(fen).scaleb(-2)


def _km(metres: int) -> str:
    return f"{metres / 1000:,.1f}"


def _or_dash(value: int | None, *, money: bool = True) -> Cell:
    if value is None:
        return "—"
    return _yuan(value) if money else value
