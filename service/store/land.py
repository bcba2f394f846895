"""Units with their closure, places, compounds, depots."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis.places import Place
from optimizer.model import Depot
from optimizer.riders import Compound
from scenarios.prefecture.values import Unit
from service.errors import Conflict
from service.rows import CompoundRow, DepotRow, PlaceRow, UnitClosureRow, UnitRow
from service.store.scope import Scope, within
from service.store.values import add_all, columns_of, slices, value_of


def save_units(session: Session, units: Sequence[Unit]) -> None:
    """Save the unit tree with the pairs (ancestor, descendant) that row scope asks.

    Raises
    ------
    Conflict
        A parent is missing, or units are each other's parents.
    """
    by_id = {unit.id: unit for unit in units}
    chains = {unit.id: list(_ancestors(unit, by_id)) for unit in units}
    top_first = sorted(units, key=lambda unit: (len(chains[unit.id]), unit.id))
    add_all(session, UnitRow, (columns_of(UnitRow, unit) for unit in top_first))
    pairs = (
        {"ancestor_id": ancestor, "descendant_id": unit_id, "depth": depth}
        for unit_id, chain in chains.items()
        for depth, ancestor in enumerate(chain)
    )
    add_all(session, UnitClosureRow, pairs)


def load_units(session: Session, scope: Scope) -> tuple[Unit, ...]:
    """Units of the scope by id."""
    statement = select(UnitRow).order_by(UnitRow.id)
    if scope.unit_id is not None:
        below = select(UnitClosureRow.descendant_id).where(UnitClosureRow.ancestor_id == scope.unit_id)
        statement = statement.where(UnitRow.id.in_(below))
    return tuple(value_of(Unit, row) for row in session.scalars(statement))


def save_places(session: Session, places: Iterable[tuple[str, Place]]) -> None:
    """Save `(kind, place)` pairs; the first kind of an id stands."""
    rows: dict[str, dict[str, object]] = {}
    for kind, place in places:
        rows.setdefault(place.id, columns_of(PlaceRow, place, kind=kind))
    add_all(session, PlaceRow, rows.values())


def load_places(session: Session, ids: Iterable[str] | None = None) -> Mapping[str, Place]:
    """Places by id: those asked for, or all."""
    statement = select(PlaceRow)
    if ids is None:
        return {row.id: value_of(Place, row) for row in session.scalars(statement)}
    found: dict[str, Place] = {}
    for part in slices(sorted(set(ids))):
        rows = session.scalars(statement.where(PlaceRow.id.in_(part)))
        found.update((row.id, value_of(Place, row)) for row in rows)
    return found


def places_of_kind(session: Session, kind: str) -> tuple[Place, ...]:
    """Places of one kind by id, e.g. `"shuttle_stop"`."""
    rows = session.scalars(select(PlaceRow).where(PlaceRow.kind == kind).order_by(PlaceRow.id))
    return tuple(value_of(Place, row) for row in rows)


def save_compounds(session: Session, compounds: Sequence[Compound], root_id: str) -> None:
    """Save compounds; their places are saved before."""
    add_all(
        session,
        CompoundRow,
        (columns_of(CompoundRow, c, place_id=c.place.id, unit_id=c.unit_id or root_id) for c in compounds),
    )


def load_compounds(session: Session, scope: Scope) -> tuple[Compound, ...]:
    """Compounds of the scope by id."""
    rows = session.scalars(within(select(CompoundRow), CompoundRow, scope).order_by(CompoundRow.id)).all()
    places = load_places(session, (row.place_id for row in rows))
    return tuple(value_of(Compound, row, place=places[row.place_id]) for row in rows)


def save_depots(session: Session, depots: Sequence[Depot]) -> None:
    """Save depots; their places are saved before."""
    add_all(session, DepotRow, (columns_of(DepotRow, depot) for depot in depots))


def load_depots(session: Session) -> tuple[Depot, ...]:
    """All depots by place."""
    return tuple(
        value_of(Depot, row) for row in session.scalars(select(DepotRow).order_by(DepotRow.place_id))
    )


def _ancestors(unit: Unit, by_id: Mapping[str, Unit]) -> Iterator[str]:
    """Ids from the unit itself up to the root."""
    at: Unit | None = unit
    seen: set[str] = set()
    while at is not None:
        if at.id in seen:
            message = f"单位 {unit.id!r} 的上级关系成环（经过 {at.id!r}）；请更正上级单位"
            raise Conflict(message)
        seen.add(at.id)
        yield at.id
        if at.parent_id is not None and at.parent_id not in by_id:
            message = f"单位 {at.id!r} 的上级 {at.parent_id!r} 不存在；请先录入上级单位"
            raise Conflict(message)
        at = by_id.get(at.parent_id) if at.parent_id is not None else None
