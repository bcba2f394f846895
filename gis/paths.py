"""Paths: what a vehicle drives from place to place, edge by edge with the time it enters each."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """One drive over a `gis.network.RoadNetwork`.

    Parameters
    ----------
    profile
        Who drives: a name of `gis.network.PROFILES`.
    edges
        Positions of directed edges, in driving order, at least one.
    entry_s
        When each edge is entered, one per edge, seconds since the start of the service day; the first is the moment
        of leaving, not before `depart_s`.
    depart_s, arrive_s
        Asked departure, and arrival at the end.
    distance_m
        Length driven: from `start_offset_m` on the first edge to `end_offset_m` on the last.
    lon, lat
        WGS-84 degrees of the line driven, start and end points included; empty where no geometry was asked for.
    start_offset_m, end_offset_m
        Metres from the beginning of the first and of the last edge, in driving direction.
    """

    profile: str
    edges: tuple[int, ...]
    entry_s: tuple[float, ...]
    depart_s: float
    arrive_s: float
    distance_m: float
    start_offset_m: float
    end_offset_m: float
    lon: tuple[float, ...] = ()
    lat: tuple[float, ...] = ()
