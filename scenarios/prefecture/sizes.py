"""How much of everything a synthetic prefecture has, by size."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Size = Literal["s", "m", "l"]


class SizeError(ValueError):
    """A size that is not one of s, m, l was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadSize:
    """How large the invented land is.

    Parameters
    ----------
    half_width_m, half_height_m
        The prefecture reaches so far from its centre.
    city_radius_m, county_radius_m, township_radius_m, village_radius_m
        Mean radius of the street grid of a settlement.
    townships, villages
        In the whole prefecture.
    lanes, gated
        Dead-end service lanes, and gated housing estates.
    roundabouts, one_way_pairs, parks, turn_bans
        In the city.
    """

    half_width_m: float
    half_height_m: float
    city_radius_m: float
    county_radius_m: float
    township_radius_m: float
    village_radius_m: float
    counties: int
    townships: int
    villages: int
    lanes: int
    gated: int
    roundabouts: int
    one_way_pairs: int
    parks: int
    turn_bans: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandSize:
    """How much is asked for and what there is to serve it (domain.md, sizes to plan for).

    Parameters
    ----------
    vehicles
        Official vehicles: cars and emergency vehicles together; buses come on top.
    emergency
        How many of them are emergency vehicles.
    destinations
        Distinct places that car requests go to, beside the units' own offices.
    commute_radius_m
        Homes and stops lie at most so far from the middle of the city.
    """

    vehicles: int
    emergency: int
    requests: int
    counties: int
    units: int
    destinations: int
    staff: int
    groups: int
    stops: int
    buses: int
    drivers: int
    commute_radius_m: float


ROAD_SIZES: Final[Mapping[str, RoadSize]] = {
    "s": RoadSize(
        half_width_m=30_000, half_height_m=26_000, city_radius_m=2_750, county_radius_m=1_150,
        township_radius_m=420, village_radius_m=180, counties=2, townships=9, villages=64, lanes=200,
        gated=40, roundabouts=2, one_way_pairs=2, parks=2, turn_bans=24,
    ),
    "m": RoadSize(
        half_width_m=78_000, half_height_m=82_000, city_radius_m=5_700, county_radius_m=1_500,
        township_radius_m=480, village_radius_m=200, counties=18, townships=72, villages=420, lanes=1_300,
        gated=350, roundabouts=4, one_way_pairs=4, parks=5, turn_bans=120,
    ),
    "l": RoadSize(
        half_width_m=90_000, half_height_m=98_000, city_radius_m=10_500, county_radius_m=2_300,
        township_radius_m=620, village_radius_m=240, counties=18, townships=180, villages=2_600, lanes=10_500,
        gated=1_500, roundabouts=8, one_way_pairs=6, parks=9, turn_bans=400,
    ),
}  # fmt: skip

DEMAND_SIZES: Final[Mapping[str, DemandSize]] = {
    "s": DemandSize(
        vehicles=50, emergency=10, requests=60, counties=2, units=24, destinations=60, staff=300, groups=90,
        stops=16, buses=10, drivers=60, commute_radius_m=3_500,
    ),
    "m": DemandSize(
        vehicles=722, emergency=42, requests=800, counties=18, units=150, destinations=420, staff=1_700,
        groups=400, stops=54, buses=44, drivers=810, commute_radius_m=6_500,
    ),
    "l": DemandSize(
        vehicles=6_000, emergency=240, requests=7_000, counties=18, units=620, destinations=1_600,
        staff=5_000, groups=1_000, stops=120, buses=130, drivers=6_400, commute_radius_m=9_500,
    ),
}  # fmt: skip


def road_size(size: str) -> RoadSize:
    """Return the extent of the invented roads of a size."""
    return ROAD_SIZES[_known(size)]


def demand_size(size: str) -> DemandSize:
    """Return the amounts of demand and supply of a size."""
    return DEMAND_SIZES[_known(size)]


def _known(size: str) -> str:
    if size not in ROAD_SIZES:
        message = f"没有规模 {size!r}，请用 s、m 或 l（unknown size, use s, m or l）"
        raise SizeError(message)
    return size
