"""Compare a day with changed days: what each costs and what it loses, side by side."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from optimizer.model import Problem, Schedule
from optimizer.pooling import members
from optimizer.price import price
from scenarios.changes import Change

__all__ = ["Outcome", "Part", "compare", "table"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One question of the day: its problem, how it is solved, and its plan where there is one already."""

    name: str
    problem: Problem
    solve: Callable[[Problem], Schedule]
    plan: Schedule | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a day comes to, all parts together.

    Parameters
    ----------
    cost_fen
        Decision and standing costs of every vehicle that is kept, moving or not.
    saving_fen
        Base cost minus this cost; 0 for the base. It says nothing of what is left unserved: that stands
        beside it.
    vehicles, vehicles_used
        Kept, and moving that day.
    unserved
        Requests without a vehicle, pooled ones counted one by one.
    lines
        `(part, cost line, fen)`, which add up to `cost_fen`.
    plans
        `(part, problem, schedule)`.
    """

    name: str
    cost_fen: int
    saving_fen: int
    vehicles: int
    vehicles_used: int
    distance_m: int
    requests: int
    unserved: int
    lines: tuple[tuple[str, str, int], ...]
    plans: tuple[tuple[str, Problem, Schedule], ...]


def compare(
    base: Sequence[Part],
    changes: Sequence[Change],
    *,
    progress: Callable[[float], bool] | None = None,
) -> tuple[Outcome, ...]:
    """Solve the base and each change of it; only the part that a change touches is solved again.

    Parameters
    ----------
    progress
        Called with the share of changes done; False ends the comparison with those it has.

    Returns
    -------
    tuple of Outcome
        The base first, then the changes in the order given.

    Raises
    ------
    LookupError
        A change names a part that the base does not have.
    """
    _require_parts(base, changes)
    solved = tuple(part if part.plan else replace(part, plan=part.solve(part.problem)) for part in base)
    outcomes = [_outcome("基准", solved, None)]
    for number, change in enumerate(changes):
        if progress is not None and not progress(number / len(changes)):
            break
        changed = tuple(_changed(part, change) for part in solved)
        outcomes.append(_outcome(change.name, changed, outcomes[0]))
    return tuple(outcomes)


def table(outcomes: Sequence[Outcome]) -> str:
    """Lay the outcomes side by side as text: one row each, money in yuan, distance in kilometres."""
    head = ("方案", "费用（元）", "节省（元）", "车辆", "出车", "公里", "申请", "未满足")
    rows = [head, *(_row(outcome) for outcome in outcomes)]
    widths = [max(_width(row[i]) for row in rows) for i in range(len(head))]
    return "\n".join(
        "  ".join(
            cell + " " * (width - _width(cell)) if i == 0 else " " * (width - _width(cell)) + cell
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )


def _require_parts(base: Sequence[Part], changes: Sequence[Change]) -> None:
    known = [part.name for part in base]
    for change in changes:
        if change.part not in known:
            message = f"改变 {change.name!r} 针对 {change.part!r}，基准只有 {'、'.join(known)}"
            raise LookupError(message)


def _changed(part: Part, change: Change) -> Part:
    if part.name != change.part or part.plan is None:
        return part
    problem = change.apply(part.problem, part.plan)
    return replace(part, problem=problem, plan=part.solve(problem))


def _outcome(name: str, parts: Sequence[Part], base: Outcome | None) -> Outcome:
    plans = tuple((part.name, part.problem, part.plan) for part in parts if part.plan is not None)
    lines = tuple(line for part, problem, plan in plans for line in _lines(part, problem, plan))
    cost_fen = sum(fen for _, _, fen in lines)
    return Outcome(
        name=name,
        cost_fen=cost_fen,
        saving_fen=0 if base is None else base.cost_fen - cost_fen,
        vehicles=len({v.id for _, problem, _ in plans for v in problem.vehicles}),
        vehicles_used=len({route.vehicle_id for _, _, plan in plans for route in plan.routes}),
        distance_m=sum(route.distance_m for _, _, plan in plans for route in plan.routes),
        requests=sum(len(members(r.id)) for _, problem, _ in plans for r in problem.requests),
        unserved=sum(len(members(u.request_id)) for _, _, plan in plans for u in plan.unserved),
        lines=lines,
        plans=plans,
    )


def _lines(part: str, problem: Problem, plan: Schedule) -> list[tuple[str, str, int]]:
    """Cost by kind of line, summed over vehicles, in the order in which they first occur."""
    found: dict[str, int] = {}
    for line in price(problem, plan).lines:
        found[line.kind] = found.get(line.kind, 0) + line.amount_fen
    return [(part, kind, fen) for kind, fen in found.items()]


def _row(outcome: Outcome) -> tuple[str, ...]:
    return (
        outcome.name,
        _yuan(outcome.cost_fen),
        _yuan(outcome.saving_fen),
        str(outcome.vehicles),
        str(outcome.vehicles_used),
        f"{outcome.distance_m / 1_000:,.1f}",
        str(outcome.requests),
        str(outcome.unserved),
    )


def _yuan(fen: int) -> str:
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def _width(text: str) -> int:
    """Columns in a terminal: Chinese characters and full-width signs take two."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)
