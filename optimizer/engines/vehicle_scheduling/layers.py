"""Cheapest duties where hours count: shortest ways through the tasks, one layer for each time of leaving.

What a duty costs beyond its legs depends on how long it lasts. All ways of one layer leave their base at the
same time, so inside it a sum over the legs tells which is cheapest. Where a layer holds several times, what a
duty costs is bounded twice from below: as if it left at the latest of them, and as if all its seconds cost
as much as the dearest (the price of hours is convex, so that line never lies above it). The first is true of
duties without overtime, the second of duties with it; the larger of the two bounds every duty.
Metres included in a tariff, or limited, are looked at when a duty is billed, and left aside until then.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from gis.compiled import jit
from optimizer.engines.vehicle_scheduling.day import Day

__all__ = ["Span", "Swept", "Tables", "duties_within", "spans_of", "sweep", "tables_of"]

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

compiled = jit(__file__)

FREE_S, PER_S, REGULAR_S, OVERTIME, LONGEST_S, LONGEST_M, INCLUDED_M, BEYOND = range(8)
ROUNDED: Final = 1e-9
"""Share by which sums of the same numbers in another order may differ."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tables:
    """Possible successions of one table of ways, by the later task (`_in`) and by the earlier (`_out`)."""

    begin_in: Ints
    tail: Ints
    metres_in: Floats
    begin_out: Ints
    head: Ints
    metres_out: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Span:
    """One group in one of its free intervals: what its duties cost, first axis the tasks.

    Parameters
    ----------
    first, home
        Cost of beginning with a task and doing it, the vehicle's own cost included, and of going home from
        it; infinite where it may not.
    first_m, home_m, work
        Metres of both, and of the task itself.
    per_m
        Cost of a metre, without what is charged beyond included metres only.
    terms
        Free seconds and cost of one beyond, regular seconds and further cost of one beyond, most seconds and
        metres, included metres and cost of one beyond.
    """

    group: int
    table: int
    may: Flags
    first: Floats
    first_m: Floats
    leave_s: Floats
    home: Floats
    home_m: Floats
    back_s: Floats
    end_s: Floats
    work: Floats
    per_m: float
    terms: Floats


def tables_of(day: Day) -> tuple[Tables, ...]:
    """Lay out every table of ways."""
    return tuple(
        _laid_out(possible, metres) for possible, metres in zip(day.possible, day.link_m, strict=True)
    )


def _laid_out(possible: Flags, metres: Ints) -> Tables:
    i, j = np.nonzero(possible)
    length = metres[i, j].astype(np.float64)
    order = np.argsort(j, kind="stable")
    numbers = np.arange(len(possible) + 1)
    return Tables(
        begin_in=np.searchsorted(j[order], numbers),
        tail=i[order],
        metres_in=length[order],
        begin_out=np.searchsorted(i, numbers),
        head=j,
        metres_out=length,
    )


def spans_of(day: Day) -> tuple[Span, ...]:
    """Give every group in every free interval in which it can do anything."""
    found = []
    for g in range(day.groups):
        for opens_s, closes_s in zip(day.open_s[g], day.close_s[g], strict=True):
            if opens_s < closes_s:
                found.append(_span(day, g, int(opens_s), int(closes_s)))
    return tuple(s for s in found if np.isfinite(s.first).any())


def _span(day: Day, g: int, opens_s: int, closes_s: int) -> Span:
    r, p = day.rates, int(day.table[g])
    beyond = r.per_km[g] / 1_000 if r.included_m[g] else 0.0
    per_m = float((r.per_km[g] + r.toll_per_km[g]) / 1_000 - beyond)
    begins = day.may[g] & (day.leave_s[g] >= opens_s)
    ends = day.may[g] & (day.back_s[g] <= closes_s)
    first_m = (day.out_m[g] + day.task_m[p]).astype(np.float64)
    terms = (
        r.included_s[g], r.per_hour[g] / 3_600, r.regular_s[g], r.overtime_per_hour[g] / 3_600,
        r.longest_s[g], r.longest_m[g], r.included_m[g], beyond,
    )  # fmt: skip
    return Span(
        group=g,
        table=p,
        may=day.may[g],
        first=np.where(begins, first_m * per_m + r.fixed[g], np.inf),
        first_m=first_m,
        leave_s=day.leave_s[g].astype(np.float64),
        home=np.where(ends, day.home_m[g] * per_m, np.inf),
        home_m=day.home_m[g].astype(np.float64),
        back_s=day.back_s[g].astype(np.float64),
        end_s=day.end_s[p].astype(np.float64),
        work=day.task_m[p].astype(np.float64),
        per_m=per_m,
        terms=np.array(terms, np.float64),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Swept:
    """Least cost of a duty of a span that ends with each task, and the layers it comes through.

    `costs` are sums over the legs `[task, layer]`, once or twice (see above); `layer` counts through both.
    """

    tables: Tables
    span: Span
    duals: Floats
    costs: tuple[Floats, ...]
    total: Floats
    layer: Ints

    def chain(self, last: int) -> tuple[int, ...]:
        """Tasks of the cheapest duty that ends with a task."""
        t, s = self.tables, self.span
        which, layer = divmod(int(self.layer[last]), self.costs[0].shape[1])
        cost = self.costs[which]
        return tuple(_back(t.begin_in, t.tail, t.metres_in, s.work, s.per_m, self.duals, cost, last, layer))


def sweep(tables: Tables, span: Span, duals: Floats, layers: int) -> Swept:
    """Find the cheapest duties of a span at given worths of the tasks, in at most so many layers."""
    layer, latest_s, early_s = _layers(span, layers)
    terms = span.terms
    dearest = terms[PER_S] + terms[OVERTIME]
    costs = tuple(
        _swept(
            tables.begin_in, tables.tail, tables.metres_in, span.may, span.first - duals + early_s * slope,
            layer, len(latest_s), span.work, span.per_m, duals,
        )
        for slope in ((0.0, dearest) if dearest and early_s.any() else (0.0,))
    )  # fmt: skip
    total, best = _ended(costs[0], costs[-1], span.home, span.back_s, latest_s, terms, len(costs) > 1)
    return Swept(tables=tables, span=span, duals=duals, costs=costs, total=total, layer=best)


def _layers(span: Span, most: int) -> tuple[Ints, Floats, Floats]:
    """Layer of each task a duty can begin with, the latest leaving of each layer, ascending, and how much
    earlier a duty that begins with the task leaves.
    """
    terms = span.terms
    begins = np.isfinite(span.first)
    last_s = span.back_s[np.isfinite(span.home)].max(initial=0.0)
    # Who leaves so late has no hours that cost: one layer holds them all.
    careless_s = last_s - min(
        terms[FREE_S] if terms[PER_S] else np.inf,
        terms[REGULAR_S] if terms[OVERTIME] else np.inf,
        terms[LONGEST_S],
    )
    leave_s = np.minimum(span.leave_s, careless_s)
    times = np.unique(leave_s[begins])
    if len(times) > most:
        times = times[np.linspace(0, len(times) - 1, most + 1).astype(np.int64)[1:]]
    layer = np.where(begins, np.searchsorted(times, leave_s), 0)
    return (
        layer,
        times,
        np.where(begins, times[layer] - leave_s, 0.0) if len(times) else np.zeros(len(begins)),
    )


@compiled
def _swept(  # noqa: PLR0913, PLR0917
    begin: Ints, tail: Ints, metres: Floats, may: Flags, first: Floats, layer: Ints, layers: int,
    work: Floats, per_m: float, duals: Floats,
) -> Floats:  # fmt: skip
    n = len(first)
    cost = np.full((n, layers), np.inf)
    top = np.zeros(n, np.int64)
    for j in range(n):
        if not may[j]:
            continue
        here = cost[j]
        if np.isfinite(first[j]):
            here[layer[j]] = first[j]
            top[j] = layer[j] + 1
        for a in range(begin[j], begin[j + 1]):
            i = tail[a]
            there, step = cost[i], (metres[a] + work[j]) * per_m - duals[j]
            for s in range(top[i]):
                value = there[s] + step
                here[s] = value if value < here[s] else here[s]  # noqa: FURB136 - vectorised
            top[j] = max(top[j], top[i])
    return cost


@compiled
def _ended(  # noqa: PLR0917
    cost: Floats, dear: Floats, home: Floats, back_s: Floats, latest_s: Floats, terms: Floats, both: bool
) -> tuple[Floats, Ints]:
    n, layers = cost.shape
    per_s, spared = terms[PER_S] + terms[OVERTIME], 0.0
    if terms[PER_S] > 0.0:
        spared += terms[PER_S] * terms[FREE_S]
    if terms[OVERTIME] > 0.0:
        spared += terms[OVERTIME] * terms[REGULAR_S]
    total, best = np.full(n, np.inf), np.full(n, -1)
    for j in range(n):
        if not np.isfinite(home[j]):
            continue
        for s in range(layers):
            seconds = back_s[j] - latest_s[s]
            value = _whole(cost[j, s] + home[j], 0.0, seconds, terms)
            at = s
            if both and value < total[j]:
                by_dearest = dear[j, s] + home[j] + seconds * per_s - spared
                if by_dearest > value:
                    value, at = by_dearest, s + layers
            if value < total[j]:
                total[j], best[j] = value, at
    return total, best


@compiled
def _back(  # noqa: PLR0913, PLR0917
    begin: Ints, tail: Ints, metres: Floats, work: Floats, per_m: float, duals: Floats, cost: Floats,
    last: int, layer: int,
) -> list[int]:  # fmt: skip
    """Find again which task came before, from the last to the first."""
    chain = [last]
    j = last
    while True:
        best, before = np.inf, -1
        for a in range(begin[j], begin[j + 1]):
            value = cost[tail[a], layer] + (metres[a] + work[j]) * per_m - duals[j]
            if value < best:
                best, before = value, tail[a]
        if before < 0 or best > cost[j, layer] + ROUNDED * (1.0 + abs(best)):
            return chain[::-1]
        j = before
        chain.append(j)


@compiled
def _whole(cost: float, metres: float, seconds: float, terms: Floats) -> float:
    """Cost of a duty with what depends on its whole length; infinite beyond its limits."""
    if seconds > terms[LONGEST_S] or metres > terms[LONGEST_M]:
        return np.inf
    cost += max(0.0, metres - terms[INCLUDED_M]) * terms[BEYOND]
    cost += max(0.0, seconds - terms[FREE_S]) * terms[PER_S]
    return float(cost + max(0.0, seconds - terms[REGULAR_S]) * terms[OVERTIME])


@compiled
def _longer(array: NDArray[Any]) -> NDArray[Any]:
    longer = np.empty(2 * len(array), array.dtype)
    longer[: len(array)] = array
    return longer


def duties_within(
    tables: Tables, span: Span, duals: Floats, limit: float, most: int
) -> list[tuple[int, ...]] | None:
    """List every duty whose reduced cost is at most the limit; None where there are more than so many."""
    found, ends = _within(
        tables.begin_out, tables.head, tables.metres_out, span.may, span.first, span.first_m, span.leave_s,
        span.home, span.home_m, span.back_s, span.end_s, span.work, span.per_m, span.terms, duals,
        limit, most,
    )  # fmt: skip
    if len(ends) > most:
        return None
    begins = np.concatenate([np.zeros(1, np.int64), ends])[:-1]
    return [tuple(found[a:b].tolist()) for a, b in zip(begins, ends, strict=True)]


@compiled
def _within(  # noqa: C901, PLR0912, PLR0913, PLR0915, PLR0917
    begin: Ints, head: Ints, metres: Floats, may: Flags, first: Floats, first_m: Floats, leave_s: Floats,
    home: Floats, home_m: Floats, back_s: Floats, end_s: Floats, work: Floats, per_m: float, terms: Floats,
    duals: Floats, limit: float, most: int,
) -> tuple[Ints, Ints]:  # fmt: skip
    """Depth first, cut off where even the cheapest way on, its hours left aside, is too dear."""
    n = len(first)
    onward = np.full(n, np.inf)
    for i in range(n - 1, -1, -1):
        if not may[i]:
            continue
        onward[i] = home[i]
        for a in range(begin[i], begin[i + 1]):
            j = head[a]
            if may[j]:
                onward[i] = min(onward[i], (metres[a] + work[j]) * per_m - duals[j] + onward[j])
    found, ends = np.empty(1_024, np.int64), np.empty(1_024, np.int64)
    used = count = 0
    chain, at = np.empty(n, np.int64), np.empty(n, np.int64)
    cost, length = np.empty(n), np.empty(n)
    for f in range(n):
        if not may[f] or first[f] - duals[f] + onward[f] > limit:
            continue
        chain[0], at[0], cost[0], length[0] = f, begin[f] - 1, first[f] - duals[f], first_m[f]
        depth = 0
        while depth >= 0:
            i = chain[depth]
            if at[depth] < begin[i]:
                whole = _whole(
                    cost[depth] + home[i], length[depth] + home_m[i], back_s[i] - leave_s[f], terms
                )
                if whole <= limit:
                    if count > most:
                        return found[:used], ends[:count]
                    while used + depth + 1 > len(found):
                        found = _longer(found)
                    if count == len(ends):
                        ends = _longer(ends)
                    found[used : used + depth + 1] = chain[: depth + 1]
                    used += depth + 1
                    ends[count] = used
                    count += 1
            at[depth] += 1
            if at[depth] >= begin[i + 1]:
                depth -= 1
                continue
            a = max(at[depth], begin[i])
            at[depth] = a
            j = head[a]
            if not may[j]:
                continue
            c = cost[depth] + (metres[a] + work[j]) * per_m - duals[j]
            m = length[depth] + metres[a] + work[j]
            if _whole(c + onward[j], m, end_s[j] - leave_s[f], terms) > limit:
                continue
            depth += 1
            chain[depth], at[depth], cost[depth], length[depth] = j, begin[j] - 1, c, m
    return found[:used], ends[:count]
