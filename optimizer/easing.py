"""Relaxations of what was asked: what changes at so many steps, and what that is called.

Each function looks at what is asked and returns an `Eased`, or None where the kind makes no sense for it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from optimizer.hands import Hand
from optimizer.model import (
    ALL_DAY,
    Problem,
    Relaxation,
    Request,
    StopOption,
    TimeWindow,
    VehicleClass,
)
from optimizer.policy.tariffs import LeaseTariff

__all__ = [
    "REARRANGE", "STEP_S", "Asked", "Change", "Eased", "borrow", "earlier", "later", "put_off", "seats",
    "unchanged", "vehicle_class",
]  # fmt: skip

STEP_S: Final = 300
MOST_TIME_STEPS: Final = 24
"""Two hours: who can wait longer asks for another time."""
REARRANGE: Final = Relaxation(
    kind="rearrange",
    steps=0,
    amount=0,
    text="不需放宽：重新编排即可安排，已安排的申请都保留",
    text_en="nothing has to give: planned anew, it fits beside all that is served",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request that is left out, and all that can have to do with it.

    Parameters
    ----------
    company
        Of its group, left out with it.
    served
        Requests that must stay served.
    tariffs
        To lease by, smallest vehicles first.
    """

    problem: Problem
    request: Request
    company: tuple[Request, ...]
    served: tuple[Request, ...]
    hands: tuple[Hand, ...]
    tariffs: tuple[LeaseTariff, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The question with something relaxed."""

    problem: Problem
    request: Request
    hands: tuple[Hand, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Eased:
    """One kind of relaxation of one request.

    Parameters
    ----------
    most
        Steps beyond which it makes no sense.
    at
        What is asked with so many steps; more steps only ever allow more.
    told
        The relaxation of so many steps in words.
    """

    kind: str
    most: int
    at: Callable[[int], Change]
    words: Callable[[int], tuple[str, str]] = lambda _n: ("", "")
    unit: int = 1
    fen: int | None = None

    def told(self, steps: int, *, least: bool) -> Relaxation:
        """Say the relaxation of so many steps; where less might do, that it does at most that."""
        text, text_en = self.words(steps)
        return Relaxation(
            kind=self.kind,
            steps=steps,
            amount=steps * self.unit,
            fen=self.fen,
            text=text if least else f"{text}（至多；更少是否可行尚未证明）",
            text_en=text_en if least else f"{text_en} (at most; less is not excluded)",
            least=least,
        )


def unchanged(asked: Asked) -> Change:
    """Relax nothing."""
    return Change(problem=asked.problem, request=asked.request, hands=asked.hands)


def later(asked: Asked) -> Eased:
    """Let it start, and all its latest moments be, so much later."""

    def at(steps: int) -> Change:
        return replace(unchanged(asked), request=put_off(asked.request, steps * STEP_S))

    return Eased(
        kind="later",
        most=MOST_TIME_STEPS,
        at=at,
        unit=STEP_S,
        words=lambda n: (f"晚出发 {n * 5} 分钟", f"leave {n * 5} min later"),
    )


def earlier(asked: Asked) -> Eased | None:
    """Let it start so much earlier, not before the day begins."""
    first = asked.request.stops[0].options[0].window
    most = min(MOST_TIME_STEPS, (first.start_s - ALL_DAY.start_s) // STEP_S)

    def at(steps: int) -> Change:
        stop = asked.request.stops[0]
        options = tuple(
            replace(o, window=TimeWindow(start_s=o.window.start_s - steps * STEP_S, end_s=o.window.end_s))
            for o in stop.options
        )
        request = replace(asked.request, stops=(replace(stop, options=options), *asked.request.stops[1:]))
        return replace(unchanged(asked), request=request)

    words = lambda n: (f"早出发 {n * 5} 分钟", f"leave {n * 5} min earlier")  # noqa: E731 - said once
    return Eased(kind="earlier", most=most, at=at, unit=STEP_S, words=words) if most > 0 else None


def seats(asked: Asked) -> Eased | None:
    """Let the vehicle have so many seats more: as many people fewer ride."""
    dimensions = asked.problem.dimensions
    board = asked.request.stops[0].load
    if "seats" not in dimensions or not board or len(asked.request.stops) < 2:
        return None
    d = dimensions.index("seats")
    people, last = board[d], asked.request.stops[-1]
    if people < 2 or not last.load or last.load[d] != -people:
        return None

    def at(steps: int) -> Change:
        on = tuple(n - steps * (i == d) for i, n in enumerate(board))
        off = tuple(n + steps * (i == d) for i, n in enumerate(last.load))
        stops = asked.request.stops
        changed = (replace(stops[0], load=on), *stops[1:-1], replace(last, load=off))
        return replace(unchanged(asked), request=replace(asked.request, stops=changed))

    def words(n: int) -> tuple[str, str]:
        return (
            f"多 {n} 个座位的车，或少去 {n} 人",
            f"{n} seat{'s' if n > 1 else ''} more, or {n} fewer people",
        )

    return Eased(kind="seats", most=people - 1, at=at, words=words)


def vehicle_class(asked: Asked) -> Eased | None:
    """Accept a vehicle of any class; secret papers never do."""
    wanted = asked.request.vehicle_classes
    if not wanted or VehicleClass.CONFIDENTIAL in wanted:
        return None
    request = replace(asked.request, vehicle_classes=frozenset())
    return Eased(
        kind="class",
        most=1,
        at=lambda n: replace(unchanged(asked), request=request if n else asked.request),
        words=lambda _n: ("改用其他类别的车", "accept a vehicle of another class"),
    )


def borrow(asked: Asked) -> Eased | None:
    """Accept another unit's vehicle, through a recorded platform dispatch."""
    if not asked.request.own_unit_only:
        return None
    request = replace(asked.request, own_unit_only=False)
    return Eased(
        kind="borrow",
        most=1,
        at=lambda n: replace(unchanged(asked), request=request if n else asked.request),
        words=lambda _n: ("接受平台调度的外单位车辆", "accept a vehicle lent by another unit"),
    )


def put_off(request: Request, more_s: int) -> Request:
    """Move every latest moment."""

    def option(old: StopOption) -> StopOption:
        window = TimeWindow(start_s=old.window.start_s, end_s=old.window.end_s + more_s)
        return replace(old, window=window)

    stops = tuple(replace(s, options=tuple(map(option, s.options))) for s in request.stops)
    return replace(request, stops=stops)
