"""Service days and what is asked for on them: rider groups, requests, incidents, closures."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from gis.closures import Closure
from optimizer.model import Incident, Request
from optimizer.riders import Compound, RiderGroup
from service.errors import NotFound
from service.rows import ClosureRow, DayRow, IncidentRow, RequestRow, RiderGroupRow
from service.store.land import load_places
from service.store.scope import Scope, within
from service.store.values import add_all, columns_of, slices, value_of


def get_day(session: Session, scope: Scope, day: date | None = None) -> DayRow:
    """Service day by its date, or the latest one that is stored.

    Raises
    ------
    NotFound
        No such day, or none that the scope may see.
    """
    statement = within(select(DayRow), DayRow, scope).order_by(DayRow.service_date.desc()).limit(1)
    latest: DayRow | None = session.scalars(statement).first()
    if latest is None:
        asked = f"没有 {day} 这一天的数据" if day else "库中还没有任何一天的数据"
        message = f"{asked}；先运行 paiche demo，再加 --database demo 使用演示数据库"
        raise NotFound(message)
    if day is None or day == latest.service_date:
        return latest
    row: DayRow | None = session.scalars(statement.where(DayRow.service_date == day)).first()
    if row is None:
        message = f"没有 {day} 这一天的数据；库中最近的一天是 {latest.service_date}"
        raise NotFound(message)
    return row


def ensure_day(session: Session, scope: Scope, day: date) -> bool:
    """Add a service day on which nothing is asked yet, on the map of the latest one; say whether it was new.

    Raises
    ------
    NotFound
        There is no day yet whose map could be used.
    """
    latest = get_day(session, scope)
    if session.get(DayRow, day) is not None:
        return False
    session.add(
        DayRow(
            service_date=day,
            name=latest.name,
            map_id=latest.map_id,
            unit_id=latest.unit_id,
            now_s=latest.now_s,
            time_zone=latest.time_zone,
            size=latest.size,
            seed=latest.seed,
            synthetic=latest.synthetic,
        )
    )
    session.flush()
    return True


def save_rider_groups(
    session: Session, groups: Sequence[RiderGroup], compounds: Sequence[Compound], root_id: str
) -> None:
    """Save rider groups; they belong to the unit of their compound."""
    units = {compound.id: compound.unit_id or root_id for compound in compounds}
    columns = (
        columns_of(RiderGroupRow, group, home_place_id=group.home.id, unit_id=units[group.compound_id])
        for group in groups
    )
    add_all(session, RiderGroupRow, columns)


def load_rider_groups(session: Session, scope: Scope) -> tuple[RiderGroup, ...]:
    """Rider groups of the scope by id."""
    statement = within(select(RiderGroupRow), RiderGroupRow, scope).order_by(RiderGroupRow.id)
    rows = session.scalars(statement).all()
    homes = load_places(session, (row.home_place_id for row in rows))
    return tuple(value_of(RiderGroup, row, home=homes[row.home_place_id]) for row in rows)


def save_requests(session: Session, day: date, kind: str, requests: Iterable[Request], root_id: str) -> None:
    """Save what is asked of one planner; a request without unit is the root's."""
    columns = (
        columns_of(
            RequestRow, r, service_date=day, plan_kind=kind, status="APPROVED", unit_id=r.unit_id or root_id
        )
        for r in requests
    )
    add_all(session, RequestRow, columns)


def load_requests(session: Session, scope: Scope, day: date, kind: str) -> tuple[Request, ...]:
    """Load what one planner is asked in the scope, by id."""
    statement = within(select(RequestRow), RequestRow, scope).order_by(RequestRow.id)
    statement = statement.where(RequestRow.service_date == day, RequestRow.plan_kind == kind)
    return tuple(value_of(Request, row) for row in session.scalars(statement))


def known_requests(session: Session, ids: Sequence[str]) -> set[str]:
    """Which of these request ids are stored."""
    found: set[str] = set()
    for part in slices(ids):
        found.update(session.scalars(select(RequestRow.id).where(RequestRow.id.in_(part))))
    return found


def set_request_status(session: Session, ids: Sequence[str], status: str) -> None:
    """Move requests to a status of the life cycle."""
    for part in slices(ids):
        session.execute(update(RequestRow).where(RequestRow.id.in_(part)).values(status=status))


def save_incidents(session: Session, day: date, incidents: Sequence[Incident], root_id: str) -> None:
    """Save incidents; they concern the root unit."""
    columns = (columns_of(IncidentRow, i, service_date=day, unit_id=root_id) for i in incidents)
    add_all(session, IncidentRow, columns)


def load_incidents(session: Session, scope: Scope, day: date) -> tuple[Incident, ...]:
    """Incidents of a day by id."""
    statement = within(select(IncidentRow), IncidentRow, scope).order_by(IncidentRow.id)
    return tuple(
        value_of(Incident, row) for row in session.scalars(statement.where(IncidentRow.service_date == day))
    )


def save_closures(
    session: Session,
    day: date,
    map_id: str,
    closures: Sequence[Closure],
    geometries: Mapping[str, dict[str, Any]],
) -> None:
    """Save closures of one map; roads are everybody's, so closures have no unit.

    Parameters
    ----------
    geometries
        Closure id → GeoJSON geometry that draws it.
    """
    columns = (
        columns_of(ClosureRow, c, service_date=day, map_id=map_id, geometry=geometries[c.id])
        for c in closures
    )
    add_all(session, ClosureRow, columns)


def load_closures(session: Session, day: date, map_id: str) -> tuple[Closure, ...]:
    """Closures of a day on one map, by id."""
    statement = select(ClosureRow).where(ClosureRow.service_date == day, ClosureRow.map_id == map_id)
    return tuple(value_of(Closure, row) for row in session.scalars(statement.order_by(ClosureRow.id)))
