"""The commute: three compounds, homes in clusters, places where buses may stop."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from gis.network import CLASS_INDEX
from gis.places import Place
from optimizer.riders import Compound, RiderGroup
from scenarios.prefecture.ground import (
    Edges,
    Ground,
    Label,
    apart,
    distance_m,
    pick,
    place_beside,
    within,
)
from scenarios.prefecture.regions import Region
from scenarios.prefecture.sizes import DemandSize

_HOURS: Final = (("一号院", 28_800, 63_000), ("二号院", 30_600, 63_000), ("三号院", 32_400, 64_800))
_COMPOUND_SHARE: Final = (0.45, 0.33, 0.22)
_STOP_CLASSES: Final = ("primary", "secondary", "tertiary", "unclassified", "residential")
_NEAR_STOP_M: Final = 560.0
_FAR_SHARE: Final = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Commute:
    """Who goes to work where, and which stops buses may use."""

    compounds: tuple[Compound, ...]
    groups: tuple[RiderGroup, ...]
    stops: tuple[Place, ...]


def settle_staff(
    ground: Ground, rng: np.random.Generator, city: Region, label: Label, demand: DemandSize
) -> Commute:
    """Place compounds near the middle of the city, stops where people live, and homes around the stops.

    Homes lie within 560 m of a stop along the roads, but for two in a hundred that lie anywhere. A group has
    one home and one compound. On a small map there may be fewer stops than the size asks for.
    """
    centre = _near_middle(ground, city)
    sites = apart(ground, pick(rng, ground, centre, min(len(centre), 80)), 3, 0.3 * city.town_m)
    compounds = tuple(
        Compound(
            id=f"compound-{i}",
            place=place_beside(ground, rng, edge, f"compound-{i}-gate", f"{name}（{label(edge)}）"),
            work_start_s=start_s,
            work_end_s=end_s,
            unit_id=city.id,
        )
        for i, (edge, (name, start_s, end_s)) in enumerate(zip(sites, _HOURS, strict=True), start=1)
    )
    stop_edges = _stop_edges(ground, rng, city, demand.stops)
    stops = tuple(
        place_beside(ground, rng, edge, f"stop-{i:03}", f"{label(edge).removesuffix('附近')}站{i}")
        for i, edge in enumerate(stop_edges, start=1)
    )
    return Commute(
        compounds=compounds,
        stops=stops,
        groups=_groups(ground, rng, city, (stop_edges, sites), label, demand),
    )  # fmt: skip


def _near_middle(ground: Ground, city: Region) -> Edges:
    """Edges in the middle of the city where a coach can stop."""
    classes = [CLASS_INDEX[name] for name in _STOP_CLASSES[1:]]
    able = city.town[np.isin(ground.network.edge_class[city.town], classes)]
    able = able if len(able) >= 12 else city.town
    away = np.hypot(ground.x[able] - city.at[0], ground.y[able] - city.at[1])
    return able[np.argsort(away, kind="stable")[: max(40, len(able) // 5)]]


def _stop_edges(ground: Ground, rng: np.random.Generator, city: Region, count: int) -> list[int]:
    """Edges of roads that suit buses, where many live, spread over the city."""
    classes = [CLASS_INDEX[name] for name in _STOP_CLASSES]
    able = city.town[np.isin(ground.network.edge_class[city.town], classes)]
    able = able if len(able) >= count else city.town
    crowd = [
        float(ground.people[within(ground.near_home, ground.homes, at, 500.0)].sum())
        for at in _at(ground, able)
    ]
    weight = np.array(crowd) + 1e-9
    order = rng.choice(able, size=min(len(able), 12 * count), replace=False, p=weight / weight.sum()).tolist()
    gap_m = float(np.clip(city.town_m / np.sqrt(count) * 1.5, 250.0, 900.0))
    return apart(ground, order, min(count, len(order)), gap_m)


def _at(ground: Ground, edges: Edges) -> list[tuple[float, float]]:
    return list(zip(ground.x[edges].tolist(), ground.y[edges].tolist(), strict=True))


def _homes_around(ground: Ground, stops: list[int]) -> list[Edges]:
    """Edges with homes from which a walk along the roads to each stop is short."""
    network, homes = ground.network, ground.homes
    walkable = network.edge_class >= CLASS_INDEX["primary"]
    n = network.node_count
    ends = (network.edge_from[walkable], network.edge_to[walkable])
    # Parallel edges add up in a sparse matrix: the sum is longer, never shorter, than the shortest of them.
    web = coo_array((network.edge_length_m[walkable], ends), shape=(n, n)).tocsr()
    half = network.edge_length_m / 2
    found = []
    for stop in stops:
        start = [int(network.edge_from[stop]), int(network.edge_to[stop])]
        away = dijkstra(web, directed=False, indices=start, limit=_NEAR_STOP_M, min_only=True)
        reach = np.minimum(away[network.edge_from[homes]], away[network.edge_to[homes]])
        found.append(homes[reach + half[homes] + half[stop] <= _NEAR_STOP_M])
    return found


def _groups(
    ground: Ground,
    rng: np.random.Generator,
    city: Region,
    stops_and_sites: tuple[list[int], list[int]],
    label: Label,
    demand: DemandSize,
) -> tuple[RiderGroup, ...]:
    """Draw one home for each group; together they count exactly the staff of the size."""
    stops, sites = stops_and_sites
    count = min(demand.groups, demand.staff)
    sizes = 1 + rng.multinomial(demand.staff - count, rng.dirichlet(np.full(count, 4.0)))
    compounds = rng.choice(3, size=count, p=_COMPOUND_SHARE)
    around = _homes_around(ground, stops)
    crowd = np.array([float(ground.people[edges].sum()) for edges in around]) + 1e-9
    anywhere = np.intersect1d(city.town, ground.homes)
    groups = []
    for i, (riders, compound) in enumerate(zip(sizes.tolist(), compounds.tolist(), strict=True), start=1):
        site = (float(ground.x[sites[compound]]), float(ground.y[sites[compound]]))
        if rng.random() < _FAR_SHARE:
            candidates = anywhere
        else:
            away = np.array(
                [distance_m(ground, stop, site) > min(900.0, 0.3 * city.town_m) for stop in stops]
            )
            weight = crowd * away if (crowd * away).any() else crowd
            candidates = around[int(rng.choice(len(stops), p=weight / weight.sum()))]
        candidates = candidates if len(candidates) else ground.homes
        edge = pick(rng, ground, candidates, 1)[0]
        home = place_beside(ground, rng, edge, f"home-{i:04}", f"小区{i}（{label(edge)}）")
        groups.append(
            RiderGroup(id=f"riders-{i:04}", home=home, count=riders, compound_id=f"compound-{compound + 1}")
        )
    return tuple(groups)
