"""Plans to rows: the schedule as a document; at publication its orders, trips, bills, ledger entries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gis.paths import Path
from optimizer.model import CostBreakdown, Problem, Schedule
from service.clock import moment, zone_of
from service.errors import Conflict, NotFound, PlanRefused
from service.kinds import NAMES
from service.rows import (
    CostLineRow,
    DayRow,
    OrderRequestRow,
    OrderRow,
    PlanRow,
    TripPathRow,
    TripRow,
)
from service.store.demand import known_requests, save_requests, set_request_status
from service.store.ledger import Booking, book
from service.store.lines import pack
from service.store.scope import Scope, within
from service.store.trips import Trip, trips_of
from service.store.values import adapter_of, add_all


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A plan with everything that publishing it needs.

    Parameters
    ----------
    kind
        `"shuttles_morning"`, `"shuttles_evening"`, `"cars"` or `"emergency"`.
    problem_hash
        SHA-256 of the problem's document.
    bill
        Lines of the vehicles that drive.
    paths
        Vehicle id → paths of the legs of its route, by leg; None where a leg has no length.
    findings
        One sentence per violation of either judge; empty means publishable.
    """

    kind: str
    problem: Problem
    problem_hash: str
    schedule: Schedule
    bill: CostBreakdown
    paths: Mapping[str, Sequence[Path | None]]
    findings: tuple[str, ...] = ()


def save_plan(session: Session, day: DayRow, plan: Judged) -> PlanRow:
    """Save a plan as a draft, numbered within its day and kind."""
    last = session.scalar(
        select(func.max(PlanRow.number)).where(
            PlanRow.service_date == day.service_date, PlanRow.kind == plan.kind
        )
    )
    number, schedule = (last or 0) + 1, plan.schedule
    row = PlanRow(
        id=f"{day.service_date.isoformat()}-{plan.kind}-{number}",
        service_date=day.service_date,
        unit_id=day.unit_id,
        kind=plan.kind,
        number=number,
        status="draft",
        problem_hash=plan.problem_hash,
        schedule=adapter_of(Schedule).dump_python(schedule, mode="json"),
        versions=[list(pair) for pair in plan.problem.versions],
        seed=schedule.seed,
        engine=schedule.engine,
        outcome=schedule.status.value,
        objective_fen=schedule.objective_fen,
        bound_fen=schedule.bound_fen,
        cost_fen=plan.bill.total_fen,
        violation_count=len(plan.findings),
        findings=list(plan.findings),
        synthetic=plan.problem.synthetic,
        created_at=datetime.now(UTC),
    )
    session.add(row)
    session.flush()
    return row


def publish(session: Session, day: DayRow, plan: Judged, *, driven: bool = False) -> PlanRow:
    """Save a plan with its orders, trips and planned bills; with `driven` also actual bills and the ledger.

    Parameters
    ----------
    driven
        The trips are recorded as driven exactly as planned and settled (demonstrations; synthetic only).

    Raises
    ------
    PlanRefused
        A judge found a fault.
    Conflict
        Another plan of this kind is published for the day.
    """
    if plan.findings:
        message = f"方案 {plan.kind} 有 {len(plan.findings)} 处违规，未发布；第一处：{plan.findings[0]}"
        raise PlanRefused(message)
    if other := published(session, Scope(unit_id=day.unit_id), day.service_date).get(plan.kind):
        message = f"{day.service_date} 已发布方案 {other.id}；同一天同一类只能有一个已发布的方案"
        raise Conflict(message)
    row = save_plan(session, day, plan)
    row.status, row.published_at = "published", datetime.now(UTC)
    session.flush()
    _save_unknown_requests(session, day, plan)
    trips = list(trips_of(plan.problem, plan.schedule, plan.bill))
    _save_trips(session, day, row, plan, trips, driven=driven)
    served = sorted({request_id for trip in trips for request_id in trip.request_ids})
    set_request_status(session, served, "SETTLED" if driven else "ASSIGNED")
    return row


def published(session: Session, scope: Scope, day: date) -> dict[str, PlanRow]:
    """Find the published plans of a day, by kind."""
    statement = within(select(PlanRow), PlanRow, scope)
    statement = statement.where(PlanRow.service_date == day, PlanRow.status == "published")
    return {row.kind: row for row in session.scalars(statement.order_by(PlanRow.kind))}


def in_force(session: Session, scope: Scope, day: date, kind: str) -> PlanRow:
    """Find the plan of a kind that a day goes by: the published one, or else the newest draft.

    Raises
    ------
    NotFound
        The day has neither.
    """
    statement = within(select(PlanRow), PlanRow, scope)
    statement = statement.where(PlanRow.service_date == day, PlanRow.kind == kind)
    rows: list[PlanRow] = list(session.scalars(statement.order_by(PlanRow.number)))
    if not rows:
        message = f"{day} 还没有{NAMES.get(kind, kind)}方案；请先运行 paiche plan {kind}"
        raise NotFound(message)
    return next((row for row in rows if row.status == "published"), rows[-1])


def plans_between(session: Session, scope: Scope, first: date, last: date) -> dict[tuple[date, str], PlanRow]:
    """Find the plans that some days go by, by day and kind, as `in_force` does for one."""
    statement = within(select(PlanRow), PlanRow, scope)
    statement = statement.where(PlanRow.service_date >= first, PlanRow.service_date <= last)
    found: dict[tuple[date, str], PlanRow] = {}
    for row in session.scalars(statement.order_by(PlanRow.service_date, PlanRow.kind, PlanRow.number)):
        key = row.service_date, row.kind
        if key not in found or found[key].status != "published":
            found[key] = row
    return found


def load_schedule(row: PlanRow) -> Schedule:
    """Read the schedule of a plan back."""
    schedule: Schedule = adapter_of(Schedule).validate_python(row.schedule)
    return schedule


def _save_unknown_requests(session: Session, day: DayRow, plan: Judged) -> None:
    """Rider groups and incidents become requests only when they are planned: save them with their plan."""
    known = known_requests(session, [request.id for request in plan.problem.requests])
    new = (request for request in plan.problem.requests if request.id not in known)
    save_requests(session, day.service_date, plan.kind, new, day.unit_id)


def _save_trips(
    session: Session, day: DayRow, row: PlanRow, plan: Judged, trips: Sequence[Trip], *, driven: bool
) -> None:
    zone = zone_of(day.time_zone)
    made = [_columns(day, row, trip, f"{row.id}-{i:05d}", zone) for i, trip in enumerate(trips, 1)]
    add_all(session, OrderRow, (order for order, _ in made))
    add_all(session, OrderRequestRow, _order_requests(trips, made))
    add_all(session, TripRow, (trip | _actual(trip, driven=driven) for _, trip in made))
    ids = [trip["id"] for _, trip in made]
    add_all(session, TripPathRow, _trip_paths(plan, trips, ids))
    add_all(session, CostLineRow, _cost_lines(trips, ids, "planned"))
    if driven:
        add_all(session, CostLineRow, _cost_lines(trips, ids, "actual"))
        book(session, _bookings(day, plan, trips, ids), by="demo" if row.synthetic else "system")


def _columns(
    day: DayRow, row: PlanRow, trip: Trip, number: str, zone: Any
) -> tuple[dict[str, Any], dict[str, Any]]:
    both = {
        "plan_id": row.id,
        "unit_id": trip.unit_id or day.unit_id,
        "vehicle_id": trip.vehicle_id,
        "driver_id": trip.driver_id,
        "planned_departure": moment(day.service_date, trip.start_s, zone),
        "planned_return": moment(day.service_date, trip.end_s, zone),
    }
    order = {"id": f"order-{number}", "number": number}
    own = {
        "id": f"trip-{number}",
        "order_id": order["id"],
        "service_date": day.service_date,
        "kind": row.kind,
        "planned_m": trip.distance_m,
        "planned_empty_m": trip.empty_m,
        "synthetic": row.synthetic,
    }
    return both | order, both | own


def _actual(trip: dict[str, Any], *, driven: bool) -> dict[str, Any]:
    if not driven:
        return {"status": "ASSIGNED", "actual_departure": None, "actual_return": None, "actual_m": None}
    return {
        "status": "SETTLED",
        "actual_departure": trip["planned_departure"],
        "actual_return": trip["planned_return"],
        "actual_m": trip["planned_m"],
    }


def _order_requests(
    trips: Sequence[Trip], made: Sequence[tuple[dict[str, Any], dict[str, Any]]]
) -> Iterable[dict[str, Any]]:
    for trip, (order, _) in zip(trips, made, strict=True):
        for position, request_id in enumerate(trip.request_ids):
            yield {"order_id": order["id"], "request_id": request_id, "position": position}


def _trip_paths(plan: Judged, trips: Sequence[Trip], ids: Sequence[str]) -> Iterable[dict[str, Any]]:
    for trip, trip_id in zip(trips, ids, strict=True):
        legs = plan.paths.get(trip.vehicle_id, ())[slice(*trip.legs)]
        if any(legs):
            yield {"trip_id": trip_id, "points": pack(path for path in legs if path is not None)}


def _cost_lines(trips: Sequence[Trip], ids: Sequence[str], basis: str) -> Iterable[dict[str, Any]]:
    for trip, trip_id in zip(trips, ids, strict=True):
        for line in trip.lines:
            yield {
                "trip_id": trip_id,
                "basis": basis,
                "kind": line.kind,
                "quantity": line.quantity,
                "rate_fen": line.rate_fen,
                "amount_fen": line.amount_fen,
                "decision": line.decision,
            }


def _bookings(day: DayRow, plan: Judged, trips: Sequence[Trip], ids: Sequence[str]) -> Iterable[Booking]:
    for trip, trip_id in zip(trips, ids, strict=True):
        # A trip that costs nothing is in the ledger too: every trip is.
        for account, amount_fen in [(line.kind, line.amount_fen) for line in trip.lines] or [("trip", 0)]:
            yield Booking(
                service_date=day.service_date,
                unit_id=trip.unit_id or day.unit_id,
                vehicle_id=trip.vehicle_id,
                trip_id=trip_id,
                plan_kind=plan.kind,
                account=account,
                amount_fen=amount_fen,
                synthetic=plan.problem.synthetic,
            )
