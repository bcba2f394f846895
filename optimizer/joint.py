"""Stops and lines chosen together: riders change stops while buses change lines.

First stops come from a set cover at several prices of a stop, and busloads are searched: few requests find
their lines soonest. Dear buses are given up (`fewer_buses`). Then small parties that keep other stops as
options go on from there; stops are chosen again at the prices that the lines found give them; another bus is
given up; riders who ride together become one party, whose lines are searched once more; at last lines leave
out stops that do not pay.
Of all this the plan with most riders and then the least full cost stays (`line_plans.full_cost_fen`).
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from optimizer import shuttle
from optimizer.consolidation import consolidated
from optimizer.fewer_buses import with_fewer_buses
from optimizer.line_plans import (
    Line,
    Planned,
    assembled,
    driven,
    lines_of,
    plan_value,
    source_of,
)
from optimizer.lines import LineDraft, redrafted
from optimizer.model import Schedule, Status
from optimizer.moves import moved
from optimizer.parties import Party, largest_load
from optimizer.regrouping import finer, merged, split
from optimizer.stop_prices import stop_prices_fen
from optimizer.stops import choose_stops

__all__ = ["Planned", "plan_lines", "usual_work"]

Progress = Callable[[float], bool]

WORK_PER_PARTY: Final = 450
"""Iterations for each small party: some 30 s for 1,700 riders, two minutes for 5,000."""
LEAST_WORK: Final = 3_000
PARTS_OF_A_BUS: Final = 4
"""A small party fills at most such a part of a usual bus."""
PRICES: Final = (1.0, 0.4, 2.5)
"""Multiples of the price of a stop at which first stops are chosen and compared."""
TRIAL: Final = 0.05
"""Share of the work for each of them."""
COARSE: Final = 0.25
"""Share of the work after which dear buses are given up."""
FEWER: Final = 0.06
"""Share of the work for one search with fewer buses."""
FEWEST: Final = 0.6
"""Share of the work after which busloads become small parties."""
SMALL: Final = 0.72
"""Share of the work after which small parties do without another bus of each price."""
ROUNDS: Final = 1
"""How often stops are chosen again at the prices of the lines."""
POLISH: Final = 0.1
"""Share of the seconds for leaving out stops of lines at last."""
FINE: Final = 0.9
"""Share of the work after which small parties become those who ride together."""


@dataclass(slots=True, kw_only=True)
class _Work:
    """How much of the work is done, whether to go on, and which buses are to stay in the yard."""

    iterations: int | None
    seconds: float | None
    seed: int
    progress: Progress | None
    began: float
    done: float = 0.0
    count: int = 0
    stopped: bool = False
    parked: frozenset[str] = frozenset()

    def left_s(self) -> float:
        """Give the seconds that are left to searches; choosing stops has had some of them."""
        return (1.0 - POLISH) * (self.seconds or 0.0) - (time.perf_counter() - self.began)

    def over(self) -> bool:
        """Whether to end now: the seconds are used up, or nobody wants more."""
        late = self.seconds is not None and time.perf_counter() - self.began >= self.seconds
        return self.stopped or late


def plan_lines(
    draft: LineDraft,
    *,
    seed: int = 0,
    work_limit: int | None = None,
    seconds: float | None = None,
    start: Planned | None = None,
    progress: Progress | None = None,
) -> Planned:
    """Choose stops, buses, lines and times together, from the riders behind a draft.

    Parameters
    ----------
    draft
        With its source; one without is planned with the stops it has.
    work_limit
        Iterations of all searches together; the same limit and seed give the same plan. With neither limit,
        as many as `usual_work` says.
    seconds
        Wall time, if it is to end earlier.
    start
        A plan of the same riders to begin with beside others: what is returned is no worse.
    progress
        Called with the share of the work done; False ends with the best so far.

    Returns
    -------
    Planned
        A draft whose requests are those who use one stop for one compound on one bus, and its plan.

    Raises
    ------
    Unsupported
        The problem has a field that no engine can honour.
    """
    if work_limit is None and seconds is None:
        work_limit = usual_work(draft)
    work = _Work(
        iterations=work_limit, seconds=seconds, seed=seed, progress=progress, began=time.perf_counter()
    )
    if draft.source is None or not any(p.stop is not None for p in draft.parties):
        return _searched(work, draft, 1.0, None)
    best = merged(_small_parties(work, _busloads(work, draft), start))
    best = _better(best, _searched(work, best.draft, 1.0 - work.done, best.schedule))
    best = consolidated(merged(_by_all_buses(work, best)), over=work.over)
    return _signed(best if start is None else _better(start, best), work)


def usual_work(draft: LineDraft) -> int:
    """Give the iterations of a plan without a limit: as many for each small party, whatever the size."""
    size = _small(draft)
    riders = sum(p.riders for p in draft.parties if p.stop is not None)
    return max(LEAST_WORK, WORK_PER_PARTY * 3 * riders // (2 * size))


def _usual(draft: LineDraft) -> int:
    """Give the riders that fill a usual bus."""
    problem = draft.problem
    return largest_load(problem.vehicle_types, problem.vehicles, source_of(draft).settings)


def _small(draft: LineDraft) -> int:
    return 1 if draft.source is None else max(1, _usual(draft) // PARTS_OF_A_BUS)


def _busloads(work: _Work, draft: LineDraft) -> Planned:
    """Plan with parties as large as a usual bus takes."""
    best = _first(work, draft)
    best = _better(best, _searched(work, best.draft, COARSE - work.done, best.schedule))
    return _with_fewer_buses(work, best, until=FEWEST)


def _with_fewer_buses(work: _Work, best: Planned, *, until: float, most: int | None = None) -> Planned:
    """Let dear buses stay in the yard, in this search and all later ones."""

    def without(planned: Planned, parked: frozenset[str]) -> Planned | None:
        if work.over() or work.done + FEWER > until + 1e-9:
            return None
        work.parked = parked
        return _searched(work, planned.draft, FEWER, planned.schedule)

    best, work.parked = with_fewer_buses(best, without, most=most)
    return best


def _small_parties(work: _Work, best: Planned, start: Planned | None) -> Planned:
    """Go on with small parties, and choose their stops again as the lines suggest."""
    best = split(best, _small(best.draft))
    if start is not None:
        small = split(start, _small(best.draft))
        best = _better(best, _searched(work, small.draft, TRIAL, small.schedule))
    share = (SMALL - work.done) / (ROUNDS + 1)
    best = _better(best, _searched(work, best.draft, share, best.schedule))
    for _ in range(ROUNDS):
        again = _rechosen(best)
        found = _searched(work, again.draft, share, again.schedule)
        best = _better(best, found)
    return _with_fewer_buses(work, best, until=FINE, most=1)


def _by_all_buses(work: _Work, best: Planned) -> Planned:
    """Ask the buses in the yard, too, before somebody is told that there is no seat."""
    if not work.parked or not best.schedule.unserved:
        return best
    work.parked = frozenset()
    return _better(_searched(work, best.draft, 0.0, best.schedule), best)


def _first(work: _Work, draft: LineDraft) -> Planned:
    """Compare first stops at several prices by short searches; those alike are searched once."""
    source, size = source_of(draft), _usual(draft)
    tried: dict[tuple[Party, ...], Planned] = {}
    for factor in PRICES:
        prices = {
            (s, compound.id): round(source.stop_fen(s) * factor)
            for s in range(len(source.stops))
            for compound in source.compounds
        }
        chosen = finer(_with_stops(draft, prices), size)
        if chosen.parties not in tried:
            tried[chosen.parties] = _searched(work, chosen, TRIAL, None)
    return min(tried.values(), key=plan_value)


def _with_stops(draft: LineDraft, prices: Mapping[tuple[int, str], int]) -> LineDraft:
    """Choose every group's stop by set cover."""
    chosen = _chosen(draft, prices)
    compound = {c.id: c for c in source_of(draft).compounds}
    parties = [
        Party(chosen[g.id], compound[g.compound_id], n, ((g.id, g.count),))
        for n, g in enumerate(source_of(draft).groups, start=1)
        if g.id in chosen
    ]
    return redrafted(draft, (*parties, *(p for p in draft.parties if p.stop is None)))


def _chosen(draft: LineDraft, prices: Mapping[tuple[int, str], int]) -> dict[str, int]:
    source = source_of(draft)
    settings = source.settings
    choice = choose_stops(
        source.groups,
        source.walks_m,
        preferred_m=settings.walk_preferred_m,
        limit_m=settings.walk_max_m,
        walk_fen_per_km=settings.walk_fen_per_km,
        stop_cost_fen=settings.stop_cost_fen,
        prices_fen=prices,
        moves_fen=source.moves_fen,
        work_limit=settings.cover_work,
    )
    return dict(choice.stop_of)


def _rechosen(planned: Planned) -> Planned:
    """Send riders to other stops where the lines say so; a line that cannot follow stays."""
    draft = planned.draft
    to = _chosen(draft, stop_prices_fen(planned))
    lines: list[Line] = []
    for line in lines_of(draft, planned.schedule):
        other = moved(draft, line, to)
        lines.append(other if driven(draft, other) is not None else line)
    again = assembled(planned, lines)
    return planned if again is None else split(again, _small(draft))


def _searched(work: _Work, draft: LineDraft, share: float, start: Schedule | None) -> Planned:
    """Search the lines of a draft with a share of the work."""
    if work.stopped and start is not None:
        return Planned(draft, start)
    iterations = None if work.iterations is None else max(1, round(share * work.iterations))
    seconds = None if work.seconds is None else max(0.01, min(share * work.seconds, work.left_s()))
    before = work.done

    def tell(done: Schedule | float) -> bool:
        share_done = done if isinstance(done, float) else 0.0
        if work.progress is not None and not work.progress(min(1.0, before + share_done * share)):
            work.stopped = True
        return not work.stopped

    driving = tuple(v for v in draft.problem.vehicles if v.id not in work.parked)
    found = shuttle.plan(
        replace(draft.problem, vehicles=driving),
        seed=work.seed,
        work_limit=1 if work.stopped else iterations,
        seconds=seconds,
        warm_start=start,
        progress=tell if work.progress is not None else None,
    )
    work.done, work.count = work.done + share, work.count + found.work
    return Planned(draft, found)


def _better(old: Planned, new: Planned) -> Planned:
    return min(old, new, key=plan_value)


def _signed(planned: Planned, work: _Work) -> Planned:
    """Say how the plan was found."""
    status = Status.STOPPED if work.stopped else planned.schedule.status
    seconds = time.perf_counter() - work.began
    return replace(
        planned, schedule=replace(planned.schedule, status=status, work=work.count, seconds=seconds)
    )
