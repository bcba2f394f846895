"""What would a quarter of an hour save? Working hours of one compound moved, and the lines planned again.

Buses that bring one compound's staff at eight can bring another's at half past: the fewer of them start at
once, the fewer buses a district hires. Both plans are searched alike; a search is not exact, so what two
seeds differ by on the present hours stands beside every saving.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from optimizer.line_days import plan_day
from optimizer.line_plans import Planned, riders_served, source_of
from optimizer.lines import Direction, LineDraft, redrafted
from optimizer.price import decision_cost_fen

__all__ = ["Stagger", "StaggerStudy", "shifted", "stagger"]

Day = Mapping[Direction, LineDraft]
Solve = Callable[[Day, int], Mapping[Direction, Planned]]
"""Plans the directions of a day with a seed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stagger:
    """One change of hours and what comes of it, in the directions planned together.

    Parameters
    ----------
    minutes
        Work begins and ends so much later; negative is earlier. 0 is the day as it is.
    cost_fen, buses, served
        Decision cost, buses that move, and riders with a seat, by direction.
    """

    compound_id: str
    name: str
    minutes: int
    cost_fen: Mapping[Direction, int]
    buses: Mapping[Direction, int]
    served: Mapping[Direction, int]

    @property
    def total_fen(self) -> int:
        """Decision cost of the directions together."""
        return sum(self.cost_fen.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class StaggerStudy:
    """The day as it is, changed days, and how far two searches of the same day differ.

    Parameters
    ----------
    unsure_fen
        Difference of cost between two seeds on the present hours: a saving below it says nothing.
    """

    before: Stagger
    after: tuple[Stagger, ...]
    unsure_fen: int

    def saving_fen(self, change: Stagger) -> int:
        """Give what a change saves a day, negative where it costs."""
        return self.before.total_fen - change.total_fen

    def text(self) -> str:
        """Tell it, the largest saving first."""
        ranked = sorted(self.after, key=lambda c: (-self.saving_fen(c), c.compound_id, c.minutes))
        head = f"现行上下班时间：每天 {_yuan(self.before.total_fen)} 元，{_buses(self.before)}"
        return "\n".join((head, *(self._line(change) for change in ranked)))

    def _line(self, change: Stagger) -> str:
        saved = self.saving_fen(change)
        when = f"{'晚' if change.minutes > 0 else '早'} {abs(change.minutes)} 分钟上下班"
        what = f"每天{'节省' if saved >= 0 else '多花'} {_yuan(abs(saved))} 元，{_buses(change)}"
        seats = sum(change.served.values()) - sum(self.before.served.values())
        lost = f"；有座人次{'增加' if seats > 0 else '减少'} {abs(seats)}" if seats else ""
        unsure = "（在搜索误差之内，不足为据）" if abs(saved) <= self.unsure_fen else ""
        return f"{change.name} {when}：{what}{lost}{unsure}"


def stagger(
    drafts: Day,
    *,
    compound_ids: Sequence[str] | None = None,
    minutes: Sequence[int] = (-15, 15),
    seed: int = 0,
    work_limit: int | None = None,
    seconds: float | None = None,
    solve: Solve | None = None,
    progress: Callable[[float], bool] | None = None,
) -> StaggerStudy:
    """Move the hours of one compound at a time and plan the day again.

    Parameters
    ----------
    drafts
        The morning, the evening, or both: then the evening has buses that the morning pays for.
    compound_ids
        Which compounds may move; None: each of them. One with two starts of work is two compounds.
    work_limit
        Iterations for each direction of each plan (`optimizer.joint.plan_lines`).
    seconds
        Wall time of all plans together, each with as much.
    solve
        Plans a day otherwise than `optimizer.line_days.plan_day`.
    progress
        Called with the share of plans made; False ends with the changes planned so far.

    Raises
    ------
    LookupError
        A compound is not in the drafts.
    """
    known = {c.id: c.place.label for draft in drafts.values() for c in source_of(draft).compounds}
    wanted = list(known) if compound_ids is None else list(compound_ids)
    for compound_id in wanted:
        if compound_id not in known:
            message = f"没有单位院 {compound_id!r}，可选 {'、'.join(known)}"
            raise LookupError(message)

    changes = [(c, m) for c in wanted for m in minutes]
    each_s = None if seconds is None else seconds / ((len(changes) + 2) * max(1, len(drafts)))

    def usual(day: Day, with_seed: int) -> Mapping[Direction, Planned]:
        return plan_day(day, seed=with_seed, work_limit=work_limit, seconds=each_s)

    plan = solve or usual
    twice = [_result("", "", 0, plan(drafts, s)) for s in (seed, seed + 1)]
    after: list[Stagger] = []
    for done, (compound_id, by) in enumerate(changes):
        if progress is not None and not progress((done + 2) / (len(changes) + 2)):
            break
        day = {d: shifted(draft, compound_id, 60 * by) for d, draft in drafts.items()}
        after.append(_result(compound_id, known[compound_id], by, plan(day, seed)))
    return StaggerStudy(
        before=min(twice, key=lambda b: (-sum(b.served.values()), b.total_fen)),
        after=tuple(after),
        unsure_fen=abs(twice[0].total_fen - twice[1].total_fen),
    )


def shifted(draft: LineDraft, compound_id: str, seconds: int) -> LineDraft:
    """Let work at a compound begin and end so many seconds later."""
    source = source_of(draft)
    compounds = {
        c.id: replace(c, work_start_s=c.work_start_s + seconds, work_end_s=c.work_end_s + seconds)
        if c.id == compound_id
        else c
        for c in source.compounds
    }
    parties = tuple(replace(p, compound=compounds[p.compound.id]) for p in draft.parties)
    moved = replace(draft, source=replace(source, compounds=tuple(compounds.values())))
    return redrafted(moved, parties)


def _result(compound_id: str, name: str, by: int, day: Mapping[Direction, Planned]) -> Stagger:
    return Stagger(
        compound_id=compound_id,
        name=name,
        minutes=by,
        cost_fen={d: decision_cost_fen(p.draft.problem, p.schedule) for d, p in day.items()},
        buses={d: len(p.schedule.routes) for d, p in day.items()},
        served={d: riders_served(p) for d, p in day.items()},
    )


def _buses(result: Stagger) -> str:
    words = {"morning": "早班", "evening": "晚班"}
    return "，".join(f"{words[d]} {n} 辆" for d, n in result.buses.items())


def _yuan(fen: int) -> str:
    return f"{fen // 100:,}.{fen % 100:02d}"
