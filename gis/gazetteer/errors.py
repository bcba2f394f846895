"""What can go wrong with a gazetteer: its data, never a query.

::

    GisError
    └── GazetteerError    (ValueError)   two places with one id, a pin without coordinates

A text that cannot be placed is a result (`Unresolved`), not an error.
"""

from collections import Counter
from collections.abc import Iterable

from gis.errors import GisError
from gis.gazetteer.values import NamedPlace


class GazetteerError(GisError, ValueError):
    """Places that cannot stand in one gazetteer."""


def require_distinct(places: Iterable[NamedPlace]) -> None:
    """Raise `GazetteerError` if two places have one id."""
    count = Counter(place.id for place in places)
    twice = [place_id for place_id, n in count.items() if n > 1]
    if twice:
        message = (
            f"地名编号 {twice[0]!r} 出现 {count[twice[0]]} 次，应当唯一；请改编号或合并 (duplicate place id)"
        )
        raise GazetteerError(message)
