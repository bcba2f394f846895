"""The roads of a day: one network, a router for each profile asked for, and walking."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path as FilePath

import numpy as np
from numpy.typing import NDArray

from gis.closures import Closure
from gis.errors import MapFileError
from gis.matrix import TravelMatrix
from gis.network import RoadNetwork
from gis.places import Place
from gis.read import read_network
from gis.read.corrections import Correction
from gis.read.water import read_water
from gis.router import Router
from gis.speeds import SpeedTable, default_speeds
from gis.travel import BlockRequest, travel_matrix
from gis.walking import Walking
from gis.water import Water
from service.use_cases.steps import Steps

MAX_SNAP_M = 500.0


class Roads:
    """One map, ready to be driven and walked.

    Parameters
    ----------
    path
        The map file.
    cache_folder
        Where networks and node orders are kept for the next start.
    corrections
        Local rows that are applied to the map.
    say
        Told in a sentence what takes long at the first use.
    """

    def __init__(
        self,
        path: FilePath,
        *,
        cache_folder: FilePath,
        corrections: tuple[Correction, ...] = (),
        say: Callable[[str], None] | None = None,
    ) -> None:
        self.path, self._cache, self._corrections, self._say = path, cache_folder, corrections, say
        self.speeds: SpeedTable = default_speeds()
        self.network: RoadNetwork = read_network(path, corrections=corrections, cache_folder=cache_folder)
        self.closures: tuple[Closure, ...] = ()
        self._routers: dict[str, Router] = {}

    @cached_property
    def walking(self) -> Walking:
        """Distances on foot over the footways of the same map."""
        return Walking(
            read_network(self.path, kind="walk", corrections=self._corrections, cache_folder=self._cache)
        )

    @cached_property
    def water(self) -> Water:
        """Lakes and rivers of the same map; none where it is no OSM file."""
        try:
            return read_water(self.path)
        except MapFileError:
            return Water()

    def router(self, profile: str) -> Router:
        """Router of a profile, made when first asked for, with the closures in force."""
        if profile not in self._routers:
            router = Router(
                self.network,
                profile=profile,
                speeds=self.speeds,
                cache_folder=self._cache,
                progress=self._say,
            )
            router.close(self.closures)
            self._routers[profile] = router
        return self._routers[profile]

    def routable(self, profiles: Iterable[str]) -> NDArray[np.bool_]:
        """bool[m]: edges that vehicles of every one of these profiles can reach and leave."""
        found: NDArray[np.bool_] = np.logical_and.reduce([self.router(p).graph.routable for p in profiles])
        return found

    def close(self, closures: Sequence[Closure]) -> None:
        """Put these closures in force for every router, present and to come."""
        for router in self._routers.values():
            router.close(closures)
        self.closures = (*self.closures, *closures)

    def travel(
        self,
        profiles: Iterable[str],
        places: Sequence[Place],
        *,
        blocks: Sequence[BlockRequest] | None = None,
        folder: FilePath | None = None,
        progress: Callable[[float], None] | None = None,
    ) -> TravelMatrix:
        """Travel times of several profiles: between all places, or of the blocks asked for."""
        routers: Mapping[str, Router] = {profile: self.router(profile) for profile in dict.fromkeys(profiles)}
        return travel_matrix(
            routers, places, max_snap_m=MAX_SNAP_M, blocks=blocks, folder=folder, progress=progress
        )

    @property
    def versions(self) -> tuple[tuple[str, str], ...]:
        """What a plan on these roads must name: map, and closures in force."""
        closed = ",".join(sorted(closure.id for closure in self.closures))
        return (("map", self.network.version), ("closures", closed))


def say_kept(roads: Roads, steps: Steps) -> None:
    """Warn when what was read cannot be kept for the next start: nothing is lost but time."""
    for warning in roads.network.report.warnings:
        if "缓存" in warning:
            steps.say(f"提示：{warning}；可用 PAICHE_CACHE_FOLDER 指定可写的文件夹")
