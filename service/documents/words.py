"""How the figures of lines are said: one list of key figures for every kind of document."""

from dataclasses import dataclass, replace

from optimizer.contract_tables import Cell
from optimizer.line_figures import Line, LineFigures, LineStop
from service.clock import clock_text
from service.documents.book import EARLY_S, FEWEST

SYNTHETIC = "合成数据，非真实人员与行程"
INTERNAL = "内部使用：含各站人数"
CLOCK_NOTE = "时刻舍去秒；到站时间供参考，允许偏差 ±3 分钟"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One key figure.

    Parameters
    ----------
    value
        None where it cannot be said (no line, no rider).
    digits
        Behind the point.
    """

    name: str
    value: float | None
    unit: str
    digits: int = 0

    @property
    def text(self) -> str:
        """Number and unit, or a dash."""
        if self.value is None:
            return "—"
        return f"{self.value:,.{self.digits}f} {self.unit}".rstrip()


def key_figures(figures: LineFigures) -> tuple[Figure, ...]:
    """List the key figures of a set of lines, in the order in which they are printed."""
    walk, ride, margin = figures.walk_m, figures.ride_s, figures.margin_s
    return (
        Figure(name="乘客", value=figures.riders, unit="人"),
        Figure(name="有座乘客", value=figures.served, unit="人"),
        Figure(name="线路", value=figures.lines, unit="条"),
        Figure(name="车辆", value=figures.buses, unit="辆"),
        Figure(name="站点（含院区）", value=figures.stops, unit="个"),
        Figure(name="步行 中位", value=walk.p50 if walk else None, unit="米"),
        Figure(name="步行 90% 以内", value=walk.p90 if walk else None, unit="米"),
        Figure(name="步行 最远", value=walk.most if walk else None, unit="米"),
        Figure(name="乘车 中位", value=ride.p50 / 60 if ride else None, unit="分", digits=1),
        Figure(name="乘车 90% 以内", value=ride.p90 / 60 if ride else None, unit="分", digits=1),
        Figure(name="乘车 最长", value=ride.most / 60 if ride else None, unit="分", digits=1),
        Figure(name="满载率", value=_percent(figures.load_factor), unit="%", digits=1),
        Figure(name="客公里/座公里", value=_percent(figures.seat_use), unit="%", digits=1),
        Figure(name="座公里", value=figures.seat_m / 1000, unit="座公里"),
        Figure(name="载客里程", value=figures.loaded_m / 1000, unit="公里", digits=1),
        Figure(name="空驶里程", value=figures.empty_m / 1000, unit="公里", digits=1),
        Figure(name="当日费用", value=figures.cost_fen / 100, unit="元", digits=2),
        Figure(name="每人次费用", value=_yuan(figures.cost_per_ride_fen), unit="元", digits=2),
        Figure(name="到发时限余量 最小", value=margin[0] / 60 if margin else None, unit="分", digits=1),
        Figure(name="到发时限余量 最大", value=margin[1] / 60 if margin else None, unit="分", digits=1),
    )


def public_figures(figures: LineFigures) -> tuple[Figure, ...]:
    """List the key figures as they may be posted: where fewer than three ride, nothing is said of them."""
    if figures.served >= FEWEST:
        return key_figures(figures)
    return key_figures(replace(figures, walk_m=None, ride_s=None))


def workplaces(line: Line) -> str:
    """Name where the riders of a line work."""
    return "、".join(short(place.label) for place in line.workplaces)


def heading(line: Line) -> str:
    """Say from where to where a line goes."""
    return f"{short(line.stops[0].place.label)} → {short(line.stops[-1].place.label)}"


def short(label: str) -> str:
    """Leave out what stands in brackets after a name."""
    return label.split("（", maxsplit=1)[0] or label


def km(metres: int) -> str:
    """Kilometres with one digit."""
    return f"{metres / 1000:.1f}"


def arrival(stop: LineStop, *, first: bool) -> str:
    """When the bus comes; nothing at the first stop, where it stands ready."""
    return "" if first else clock_text(stop.arrival_s)


def departure(stop: LineStop, *, last: bool) -> str:
    """When the bus leaves; nothing at the last stop."""
    return "" if last else clock_text(stop.depart_s)


def be_there(board_s: int) -> str:
    """When a rider should stand at the stop."""
    return clock_text(board_s - EARLY_S)


def public_count(people: int) -> str:
    """Count people for the public: few are not counted."""
    return f"{people:,}" if people >= FEWEST or people == 0 else f"＜{FEWEST}"


def cell_text(value: Cell) -> str:
    """Write a cell of a table: numbers with thousands apart."""
    return value if isinstance(value, str) else f"{value:,}"


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _yuan(fen: int | None) -> float | None:
    return None if fen is None else fen / 100
