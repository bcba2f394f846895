"""The ledger (台账): entries are booked and never changed; sums are taken from it alone."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from service.errors import NotFound
from service.rows import LedgerEntryRow, UnitRow, VehicleRow
from service.store.scope import Columns, Scope, within
from service.store.values import add_all


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """What is to be booked.

    Parameters
    ----------
    account
        Kind of cost: `"km"`, `"toll"`, `"hour"` …
    amount_fen
        Signed: a cost is positive, its reversal negative.
    reverses_id
        Entry that this one takes back.
    """

    service_date: date
    unit_id: str
    vehicle_id: str
    trip_id: str | None
    plan_kind: str
    account: str
    amount_fen: int
    synthetic: bool
    text: str = ""
    reverses_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One row of a cost table: how many trips, and what they cost."""

    key: str
    name: str
    trips: int
    amount_fen: int


def book(session: Session, bookings: Iterable[Booking], *, by: str) -> int:
    """Append entries, all at one moment, and return how many."""
    now = datetime.now(UTC)
    return add_all(
        session, LedgerEntryRow, (asdict(b) | {"booked_at": now, "booked_by": by} for b in bookings)
    )


def reverse(session: Session, scope: Scope, entry_id: int, *, by: str, text: str) -> None:
    """Take an entry back by a new one of the opposite amount; the old one stays.

    Raises
    ------
    NotFound
        No such entry in the scope.
    """
    statement = within(select(LedgerEntryRow), LedgerEntryRow, scope).where(LedgerEntryRow.id == entry_id)
    row = session.scalars(statement).first()
    if row is None:
        message = f"台账里没有第 {entry_id} 号分录"
        raise NotFound(message)
    back = Booking(
        service_date=row.service_date,
        unit_id=row.unit_id,
        vehicle_id=row.vehicle_id,
        trip_id=row.trip_id,
        plan_kind=row.plan_kind,
        account=row.account,
        amount_fen=-row.amount_fen,
        synthetic=row.synthetic,
        text=text,
        reverses_id=row.id,
    )
    book(session, (back,), by=by)


def totals(session: Session, scope: Scope, day: date | None = None) -> tuple[int, int]:
    """Trips that have entries, and the sum of all entries in fen."""
    statement = select(
        func.count(LedgerEntryRow.trip_id.distinct()), func.coalesce(func.sum(LedgerEntryRow.amount_fen), 0)
    )
    trips, total = session.execute(_of_day(within(statement, LedgerEntryRow, scope), day)).one()
    return int(trips), int(total)


def is_synthetic(session: Session, scope: Scope, day: date | None = None) -> bool:
    """Whether any entry is of invented trips."""
    statement = select(LedgerEntryRow.id).where(LedgerEntryRow.synthetic.is_(True)).limit(1)
    return session.scalar(_of_day(within(statement, LedgerEntryRow, scope), day)) is not None


def by_plan(session: Session, scope: Scope, day: date | None = None) -> tuple[Account, ...]:
    """Cost by kind of plan."""
    return _grouped(session, scope, day, LedgerEntryRow.plan_kind, LedgerEntryRow.plan_kind)


def by_account(session: Session, scope: Scope, day: date | None = None) -> tuple[Account, ...]:
    """Cost by kind of cost."""
    return _grouped(session, scope, day, LedgerEntryRow.account, LedgerEntryRow.account)


def by_unit(session: Session, scope: Scope, day: date | None = None) -> tuple[Account, ...]:
    """Cost by unit that owns the vehicle, the dearest first."""
    return _grouped(session, scope, day, LedgerEntryRow.unit_id, UnitRow.name, UnitRow)


def by_vehicle(session: Session, scope: Scope, day: date | None = None) -> tuple[Account, ...]:
    """Cost by vehicle (单车核算), the dearest first."""
    return _grouped(session, scope, day, LedgerEntryRow.vehicle_id, VehicleRow.plate, VehicleRow)


def _grouped(
    session: Session, scope: Scope, day: date | None, key: Any, name: Any, joined: Any = None
) -> tuple[Account, ...]:
    amount = func.sum(LedgerEntryRow.amount_fen)
    statement = select(key, name, func.count(LedgerEntryRow.trip_id.distinct()), amount)
    if joined is not None:
        statement = statement.join(joined, joined.id == key)
    statement = _of_day(within(statement, LedgerEntryRow, scope), day)
    statement = statement.group_by(key, name).order_by(amount.desc(), key)
    return tuple(
        Account(key=key_of, name=name_of, trips=trips, amount_fen=int(fen))
        for key_of, name_of, trips, fen in session.execute(statement)
    )


def _of_day(statement: Select[*Columns], day: date | None) -> Select[*Columns]:
    return statement if day is None else statement.where(LedgerEntryRow.service_date == day)
