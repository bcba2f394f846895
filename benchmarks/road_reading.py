"""Road measurements that need no router: reading maps, and walking."""

from benchmarks.road_task import Figures, Task, peak, places, timed
from gis.read import read_network


def read(task: Task) -> Figures:
    """Read the file without any cache."""
    with timed() as spent:
        network = read_network(task.map)
    return {**spent, **peak(), "nodes": network.node_count, "edges": network.edge_count}


def cached(task: Task) -> Figures:
    """Read the file from the cache, which must be there."""
    with timed() as spent:
        read_network(task.map, cache_folder=task.cache)
    return {**spent, **peak()}


def walks(task: Task) -> Figures:
    """Measure walks of many homes to a quarter as many stops, at most 800 m."""
    from gis.walking import Walking

    network = read_network(task.map, kind="walk", cache_folder=task.cache)
    walking = Walking(network)
    people = places(network, task.count + task.count // 4)
    with timed() as spent:
        metres = walking.distances(people[: task.count], people[task.count :], 800.0)
    return {**spent, **peak(), "within_800_m": int((metres <= 800).sum())}
