"""Places that car requests go to: facilities in the towns and on the land around them."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from gis.places import Place
from scenarios.prefecture.ground import Ground, Label, pick, place_beside
from scenarios.prefecture.organisation import shares
from scenarios.prefecture.regions import Region

_IN_TOWN: Final = (
    "会议中心", "政务服务中心", "人民医院", "客运站", "学校", "项目工地", "档案馆", "会展中心",
)  # fmt: skip
_ON_LAND: Final = (
    "村委会", "水库工地", "卫生院", "护林站", "产业园", "公路项目部", "水文站", "小学",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Destinations:
    """Places that requests go to, by region.

    Parameters
    ----------
    town, land
        Positions in `places`: in the town of each region, and on the land around it.
    """

    places: tuple[Place, ...]
    town: tuple[tuple[int, ...], ...]
    land: tuple[tuple[int, ...], ...]


def find_destinations(
    ground: Ground,
    rng: np.random.Generator,
    regions: tuple[Region, ...],
    label: Label,
    count: int,
    *,
    real: bool,
) -> Destinations:
    """Choose the places that requests of each region go to: half of them in town.

    Parameters
    ----------
    real
        Whether the roads are real: then the names say that the facility is invented.
    """
    places: list[Place] = []
    town: list[tuple[int, ...]] = []
    land: list[tuple[int, ...]] = []
    suffix = "（虚构）" if real else ""
    for region, size in zip(regions, shares(count, len(regions)), strict=True):
        inside = region.town if len(region.town) else region.land
        outside = np.setdiff1d(region.land, inside)
        outside = outside if len(outside) > 20 else region.land
        for edges, names, group, many in (
            (inside, _IN_TOWN, town, size - size // 2),
            (outside, _ON_LAND, land, size // 2),
        ):
            first = len(places)
            for edge in pick(rng, ground, edges, many):
                name = f"{label(edge)}{names[int(rng.integers(len(names)))]}{suffix}"
                places.append(place_beside(ground, rng, edge, f"dest-{len(places) + 1:04}", name))
            group.append(tuple(range(first, len(places))))
    return Destinations(places=tuple(places), town=tuple(town), land=tuple(land))
