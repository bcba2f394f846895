"""Values to rows and back, by field name.

A field that the table has as a column goes there; what is left goes, without defaults, into the JSON column
`more`. So a new field of a value needs no migration until somebody wants to search by it, and loading gives
back exactly the value that was saved.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from typing import Any, Final, TypeVar

from pydantic import TypeAdapter
from sqlalchemy import insert
from sqlalchemy.orm import Session

from service.rows import Row

T = TypeVar("T")

_ADAPTERS: Final[dict[Any, TypeAdapter[Any]]] = {}
_KEPT: Final[dict[tuple[Any, Any], tuple[str, ...]]] = {}


def columns_of(row: type[Row], value: Any, **own: Any) -> dict[str, Any]:
    """Column values of one row.

    Parameters
    ----------
    row
        Its table.
    value
        A dataclass of `optimizer.model`, `optimizer.riders` or `gis.closures`.
    own
        Columns that the value does not know, or knows in another form.
    """
    kept, adapter = _kept_fields(row, type(value)), adapter_of(type(value))
    plain = adapter.dump_python(value, mode="json")
    found = {name: plain[name] for name in kept}
    if "more" in row.__table__.c:
        slim = adapter.dump_python(value, mode="json", exclude_defaults=True)
        known = {*kept, *own, *(name.removesuffix("_id").removesuffix("_place") for name in own)}
        found["more"] = {name: item for name, item in slim.items() if name not in known}
    return found | own


def value_of(kind: type[T], row: Row, **own: Any) -> T:
    """Build the value that `columns_of` took apart; `own` gives the fields that are no column."""
    kept = _kept_fields(type(row), kind)
    found = dict(getattr(row, "more", None) or {})
    found.update({name: getattr(row, name) for name in kept})
    value: T = adapter_of(kind).validate_python(found | own)
    return value


def add_all(session: Session, row: type[Row], columns: Iterable[dict[str, Any]]) -> int:
    """Insert many rows in one statement and return how many."""
    rows = list(columns)
    if rows:
        session.execute(insert(row), rows)
    return len(rows)


def slices(items: Sequence[T], length: int = 500) -> Iterator[Sequence[T]]:
    """Cut a long sequence for statements with a limited number of parameters."""
    for start in range(0, len(items), length):
        yield items[start : start + length]


def adapter_of(kind: Any) -> TypeAdapter[Any]:
    """Pydantic's reader and writer of a dataclass, made once."""
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def _kept_fields(row: Any, kind: Any) -> tuple[str, ...]:
    if (row, kind) not in _KEPT:
        _KEPT[row, kind] = tuple(f.name for f in fields(kind) if f.name in row.__table__.c)
    return _KEPT[row, kind]
