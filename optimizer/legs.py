"""One leg of a route by the one definition of travel time, where staying at a place needs no matrix entry."""

from gis.matrix import TravelError
from optimizer.model import TravelMatrix


def leg(
    travel: TravelMatrix, profile: str, origin_id: str, destination_id: str, depart_s: int
) -> tuple[int, int]:
    """Seconds and metres of the leg that leaves at `depart_s`; `UNREACHABLE` twice if there is no way.

    A leg from a place to itself takes nothing where the matrix does not hold that pair.

    Raises
    ------
    gis.matrix.TravelError
        The matrix does not hold the pair or the profile.
    """
    try:
        return travel.travel(profile, origin_id, destination_id, depart_s)
    except TravelError:
        if origin_id != destination_id:
            raise
        return 0, 0
