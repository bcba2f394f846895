"""What would have to give so that a left-out request is served as well: least steps of each kind, proven.

Judged against the plan as published: every served request stays served, times may move inside their windows,
vehicles may change. Steps are 5 minutes, 1 seat, 1 vehicle. Each kind of relaxation only ever adds ways to
serve, so the least step is found by halving; that one step less does not do is proven or not claimed.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from optimizer import easing, easing_fleet
from optimizer.easing import Eased
from optimizer.engines.board import board
from optimizer.engines.faults import Faults
from optimizer.engines.serving import Answer, serve
from optimizer.hands import Hand, hands_of
from optimizer.model import Problem, Reason, Relaxation, Request, Schedule, Unserved
from optimizer.neighbours import neighbourhood
from optimizer.policy.tariffs import LeaseTariff, lease_tariffs

__all__ = ["KINDS", "MOST_KINDS", "relaxations", "with_relaxations"]

MOST_KINDS: Final = 3
"""Kinds that a request is told of unless more are asked for."""
KINDS: Final[Mapping[str, Callable[[easing.Asked], Eased | None]]] = {
    "later": easing.later,
    "earlier": easing.earlier,
    "seats": easing.seats,
    "hours": easing_fleet.hours,
    "driver": easing_fleet.driver,
    "reserve": easing_fleet.reserve,
    "class": easing.vehicle_class,
    "borrow": easing.borrow,
    "lease": easing_fleet.lease,
}
"""Kinds of relaxation, least effort first."""
PROMPTED: Final[Mapping[Reason, tuple[str, ...]]] = {
    Reason.NO_SEATS: ("seats",),
    Reason.NO_CLASS: ("class",),
    Reason.NO_DRIVER: ("driver",),
    Reason.NO_LICENCE: ("driver",),
    Reason.OUTSIDE_SHIFT: ("hours",),
    Reason.RESERVE: ("reserve",),
    Reason.NOT_ALLOWED: ("borrow",),
}
"""Kinds that are tried only where a vehicle is kept away by this reason."""
ALWAYS: Final = ("later", "earlier", "lease")


def with_relaxations(
    problem: Problem,
    schedule: Schedule,
    *,
    most: int = MOST_KINDS,
    tariffs: Sequence[LeaseTariff] | None = None,
    requests: int | None = None,
    keep_going: Callable[[float], bool] | None = None,
) -> Schedule:
    """Tell each left-out request of a plan of cars what would serve it.

    Parameters
    ----------
    most
        Kinds per request.
    tariffs
        To lease by, smallest vehicles first; None takes the published ones of `university`.
    requests
        How many are told, in the order of the plan; None: all.
    keep_going
        Asked before each request with the part done; False leaves the rest without.
    """
    told: list[Unserved] = []
    for done, left in enumerate(schedule.unserved):
        enough = requests is not None and done >= requests
        if enough or (keep_going is not None and not keep_going(done / len(schedule.unserved))):
            told += schedule.unserved[done:]
            break
        found = relaxations(problem, schedule, left.request_id, most=most, tariffs=tariffs)
        told.append(replace(left, relaxations=found))
    return replace(schedule, unserved=tuple(told))


def relaxations(
    problem: Problem,
    schedule: Schedule,
    request_id: str,
    *,
    kinds: Iterable[str] | None = None,
    most: int = MOST_KINDS,
    tariffs: Sequence[LeaseTariff] | None = None,
) -> tuple[Relaxation, ...]:
    """Find the least relaxation of each kind that serves one more request; the first `most` kinds that do.

    Parameters
    ----------
    kinds
        Names in `KINDS`; None: those that its reasons prompt, and time and lease.

    Raises
    ------
    LookupError
        The plan does not leave out such a request, or there is no such kind.
    """
    left = next((u for u in schedule.unserved if u.request_id == request_id), None)
    if left is None:
        message = f"方案没有遗漏申请 {request_id!r}；放宽条件只对未安排的申请计算"
        raise LookupError(message)
    wanted = tuple(kinds) if kinds is not None else _prompted(left)
    if unknown := [kind for kind in wanted if kind not in KINDS]:
        message = f"没有放宽方式 {unknown[0]!r}，只有 {'、'.join(KINDS)}"
        raise LookupError(message)
    asked = _asked(problem, schedule, request_id, tariffs)
    plain = _solved(asked, Eased(kind="rearrange", most=0, at=lambda _n: easing.unchanged(asked)), 0)
    if plain.routes is not None:
        return (easing.REARRANGE,)
    found: list[Relaxation] = []
    for kind in sorted(set(wanted), key=list(KINDS).index):
        eased = KINDS[kind](asked)
        relaxation = _least(asked, eased, certain=plain.certain) if eased is not None else None
        if relaxation is not None:
            found.append(relaxation)
        if len(found) == most:
            break
    return tuple(found)


def _prompted(left: Unserved) -> tuple[str, ...]:
    reasons = {count.reason for count in left.counts} | {left.reason}
    return tuple({k: None for r in reasons for k in PROMPTED.get(r, ())} | dict.fromkeys(ALWAYS))


def _asked(
    problem: Problem, schedule: Schedule, request_id: str, tariffs: Sequence[LeaseTariff] | None
) -> easing.Asked:
    """Cut the question out of the day: who could have to do with it."""
    begun = {route.vehicle_id: route for route in problem.locked}
    under_way = {visit.request_id for route in problem.locked for visit in route.visits}
    served = {visit.request_id for route in schedule.routes for visit in route.visits} - under_way
    requests = {r.id: replace(r, sole_use=True) for r in problem.requests}
    request = requests[request_id]
    together = [r for r in requests.values() if r.id == request_id or _goes_along(r, request, served)]
    day = replace(problem, requests=tuple(requests.values()))
    hands, others = neighbourhood(
        hands_of(day, begun), [requests[i] for i in sorted(i for i in served if i)], together, day.travel
    )
    return easing.Asked(
        problem=day,
        request=request,
        company=tuple(r for r in together if r.id != request_id),
        served=tuple(others),
        hands=tuple(hands),
        tariffs=tuple(lease_tariffs("university") if tariffs is None else tariffs),
    )


def _goes_along(other: Request, request: Request, served: set[str | None]) -> bool:
    """Whether the other is of the same group, so that both are served or neither."""
    return request.group_id is not None and other.group_id == request.group_id and other.id not in served


@dataclass(frozen=True, slots=True)
class _Bounds:
    """What halving knows: `low` does not do (surely or not), `high` does."""

    low: int
    high: int
    certain: bool


def _least(asked: easing.Asked, eased: Eased, *, certain: bool) -> Relaxation | None:
    """Halve between nothing, which does not do, and the most."""
    if eased.most < 1 or _solved(asked, eased, eased.most).routes is None:
        return None
    bounds = _Bounds(0, eased.most, certain)
    while bounds.high - bounds.low > 1:
        middle = (bounds.low + bounds.high) // 2
        answer = _solved(asked, eased, middle)
        if answer.routes is None:
            bounds = _Bounds(middle, bounds.high, answer.certain)
        else:
            bounds = _Bounds(bounds.low, middle, bounds.certain)
    return eased.told(bounds.high, least=bounds.certain)


def _solved(asked: easing.Asked, eased: Eased, steps: int) -> Answer:
    change = eased.at(steps)
    hands: tuple[Hand, ...] = tuple(sorted(change.hands, key=lambda h: (h.vehicle.id, h.driver_id or "")))
    tasks = (*asked.served, *asked.company, change.request)
    if not hands:
        return Answer(routes=None)
    compiled = board(change.problem, hands, tasks)
    if Faults(compiled).never(len(tasks) - 1):
        return Answer(routes=None, certain=compiled.exact)
    return serve(compiled, range(len(tasks)), change.problem.reserves)
