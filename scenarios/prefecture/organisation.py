"""The unit tree with offices, and the bases where cars stand."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from gis.places import Place
from scenarios.prefecture.ground import Ground, Label, apart, pick, place_beside
from scenarios.prefecture.names import PREFECTURE
from scenarios.prefecture.regions import Region
from scenarios.prefecture.values import Unit

_BUREAUS: Final = (
    "机关事务管理局", "发展和改革委员会", "教育体育局", "卫生健康委员会", "应急管理局", "交通运输局",
    "水务局", "农业农村局", "林业和草原局", "自然资源局", "生态环境局", "住房和城乡建设局", "财政局",
    "民政局", "审计局", "人力资源和社会保障局", "市场监督管理局", "文化和旅游局", "统计局", "乡村振兴局",
    "商务局", "科学技术局", "退役军人事务局", "医疗保障局",
)  # fmt: skip
_UNITS: Final = ("办公室", "执法大队", "服务中心", "监测站", "工作站", "信息中心", "培训中心", "事务所")
PREFECTURE_ID: Final = "prefecture"


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """Units of one prefecture and where they are.

    Parameters
    ----------
    leaves
        Positions in `units` of the lowest level, by region.
    bases
        Place ids of the bases, by region: the first is the region's main base.
    """

    units: tuple[Unit, ...]
    places: tuple[Place, ...]
    leaves: tuple[tuple[int, ...], ...]
    bases: tuple[tuple[str, ...], ...]


def organise(
    ground: Ground,
    rng: np.random.Generator,
    regions: tuple[Region, ...],
    label: Label,
    count: int,
    *,
    city_bases: int,
) -> Organisation:
    """Make a tree of prefecture, counties (the first is the city's own level), bureaus and `count` units."""
    units = [Unit(id=PREFECTURE_ID, parent_id=None, name=f"{PREFECTURE}（虚构）", level="prefecture")]
    places: list[Place] = []
    leaves, bases = [], []
    for at, (region, size) in enumerate(zip(regions, shares(count, len(regions)), strict=True)):
        units.append(Unit(id=region.id, parent_id=PREFECTURE_ID, name=region.name, level="county"))
        inside = _draw_inside(ground, rng, region, size)
        leaves.append(tuple(_add_units(units, places, ground, rng, region, inside)))
        names = ["公务用车平台", "二号车场", "三号车场"][: city_bases if at == 0 else 1]
        spots = apart(ground, pick(rng, ground, region.town, min(len(region.town), 60)), len(names), 500.0)
        bases.append(tuple(f"base-{at:02}-{i}" for i in range(1, len(names) + 1)))
        for base_id, name, edge in zip(bases[-1], names, spots, strict=True):
            full_name = f"{region.name}{name}（{label(edge)}）"
            places.append(place_beside(ground, rng, edge, base_id, full_name))
    return Organisation(units=tuple(units), places=tuple(places), leaves=tuple(leaves), bases=tuple(bases))


def shares(count: int, regions: int) -> list[int]:
    """Split a count over the regions: two fifths to the city (all where it is alone), the rest evenly."""
    if regions == 1:
        return [count]
    city = max(round(0.4 * count), count - (regions - 1) * count // regions)
    others, left = divmod(count - city, regions - 1)
    return [city, *(others + (i < left) for i in range(regions - 1))]


def _draw_inside(ground: Ground, rng: np.random.Generator, region: Region, count: int) -> list[int]:
    edges = region.town if len(region.town) >= 8 else region.land
    return pick(rng, ground, edges, count)


def _add_units(
    units: list[Unit],
    places: list[Place],
    ground: Ground,
    rng: np.random.Generator,
    region: Region,
    edges: list[int],
) -> list[int]:
    """Add bureaus, each with one to four units, and return the positions of the units."""
    added: list[int] = []
    bureaus = iter([*rng.permutation(len(_BUREAUS)).tolist()] * (1 + len(edges) // len(_BUREAUS)))
    bureau, room, number = "", 0, 0
    for edge in edges:
        if not room:
            number += 1
            room = int(rng.integers(2, 5))
            bureau = f"{region.id}-b{number:02}"
            name = f"{region.name}{_BUREAUS[next(bureaus)]}"
            units.append(Unit(id=bureau, parent_id=region.id, name=name, level="bureau"))
            bureau_name = name
        room -= 1
        unit_id = f"{bureau}-u{room}"
        name = f"{bureau_name}{_UNITS[int(rng.integers(len(_UNITS)))]}"
        place = place_beside(ground, rng, edge, f"office-{unit_id}", name)
        places.append(place)
        units.append(Unit(id=unit_id, parent_id=bureau, name=name, level="unit", place_id=place.id))
        added.append(len(units) - 1)
    return added
