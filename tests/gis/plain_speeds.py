"""A speed table to compute with in the head: everyone drives ten metres a second, whatever the road."""

from collections.abc import Mapping
from dataclasses import replace

from gis.network import ROAD_CLASSES
from gis.speeds import SpeedTable, default_speeds


def plain_speeds(factor_from_s: Mapping[int, float] | None = None, *, kmh: float = 36.0) -> SpeedTable:
    """Every class at `kmh`, times the factor of the bucket; one bucket unless more are given."""
    buckets = factor_from_s or {0: 1.0}
    table = default_speeds()
    return replace(
        table,
        bucket_starts_s=tuple(buckets),
        bucket_names=tuple(str(start) for start in buckets),
        factors=tuple((factor,) * len(ROAD_CLASSES) for factor in buckets.values()),
        profiles=tuple(
            replace(
                profile,
                class_kmh=(kmh,) * len(ROAD_CLASSES),
                speed_share=1.0,
                peak_share=1.0,
                top_kmh=200.0,
                follows_limits=False,
            )
            for profile in table.profiles
        ),
    )
