"""Which driving licence a number of seats needs, and which licences include which."""

from collections.abc import Iterable

from optimizer.errors import PolicyError
from optimizer.policy.package_data import load


def licence_for_seats(seats: int, region: str = "cn") -> str:
    """Name the lowest licence class for a passenger vehicle with so many seats, the driver's included.

    Raises
    ------
    PolicyError
        Fewer than one seat.
    """
    for step in reversed(load("licences", region)["seats"]):
        if seats >= step["at_least"]:
            return str(step["licence"])
    message = f"座位数 {seats} 不对：至少要有驾驶员的 1 个座位"
    raise PolicyError(message)


def may_drive_seats(licences: Iterable[str], seats: int, region: str = "cn") -> bool:
    """Whether any of the licences covers a passenger vehicle with so many seats, the driver's included."""
    needed = licence_for_seats(seats, region)
    includes = load("licences", region)["includes"]
    return any(held == needed or needed in includes.get(held, ()) for held in licences)


def covers(held: Iterable[str], needed: Iterable[str], region: str = "cn") -> bool:
    """Whether licences held cover every class that is needed, by itself or by one that includes it."""
    includes = load("licences", region)["includes"]
    mine = {klass for one in held for klass in (one, *includes.get(one, ()))}
    return mine.issuperset(needed)
