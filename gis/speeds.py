"""How fast a profile moves on a class of road at a time of day, and which edges it may use at all.

The table is data (`gis/data/speeds_cn.toml`), not code: read it with `default_speeds` or your own copy with
`load_speeds`. Speeds are km/h; buckets are seconds since the start of the day.
"""

from functools import cache
from importlib import resources
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gis.errors import SpeedTableError
from gis.network import RoadNetwork
from gis.speed_files import parse_table
from gis.speed_table import Profile, SpeedTable

__all__ = ["Profile", "SpeedTable", "allowed_edges", "default_speeds", "edge_speed_kmh", "load_speeds"]


def default_speeds(region: str = "cn") -> SpeedTable:
    """Return the table that comes with the package.

    Raises
    ------
    SpeedTableError
        If there is none for that region.
    """
    return _packaged_table(region)


@cache
def _packaged_table(region: str) -> SpeedTable:
    file = resources.files("gis") / "data" / f"speeds_{region}.toml"
    if not file.is_file():
        message = (
            f"没有该地区的速度表 / no speed table for region {region!r}; write one and use load_speeds(path)"
        )
        raise SpeedTableError(message)
    return parse_table(file.read_text(encoding="utf-8"), file.name)


def load_speeds(path: str | Path) -> SpeedTable:
    """Read a speed table from a TOML file of the same shape as `gis/data/speeds_cn.toml`.

    Raises
    ------
    SpeedTableError
        If the file cannot be read, is no TOML, lacks a class or a profile, or holds an impossible value.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"无法读取速度表 / cannot read the speed table {str(path)!r}: {error}"
        raise SpeedTableError(message) from error
    return parse_table(text, str(path))


def allowed_edges(network: RoadNetwork, profile: Profile | str) -> NDArray[np.bool_]:
    """Which directed edges a profile may use: access, and height, weight and width within the limits.

    Parameters
    ----------
    network
        The roads.
    profile
        A profile of some table, or the name of one of the default table.

    Returns
    -------
    bool[m].
    """
    chosen = default_speeds().profile(profile) if isinstance(profile, str) else profile
    allowed: NDArray[np.bool_] = (network.edge_access & chosen.bit) != 0
    if "height" not in chosen.exempt:
        allowed &= network.edge_max_height_m >= chosen.height_m
    if "weight" not in chosen.exempt:
        allowed &= network.edge_max_weight_t >= chosen.weight_t
    if "width" not in chosen.exempt:
        allowed &= network.edge_max_width_m >= chosen.width_m
    return allowed


def edge_speed_kmh(
    network: RoadNetwork, profile: Profile | str, table: SpeedTable | None = None, bucket: int = 0
) -> NDArray[np.float64]:
    """Speed of a profile on every edge in a bucket, whether or not it may use the edge.

    A tagged limit counts by the part of it that the class allows in practice; an untagged edge moves at its
    class speed. Neither exceeds the profile's top speed.

    Returns
    -------
    float64[m], all positive.
    """
    chosen_table = table if table is not None else default_speeds()
    chosen = chosen_table.profile(profile) if isinstance(profile, str) else profile
    road_class = network.edge_class
    base = np.asarray(chosen.class_kmh)[road_class]
    if chosen.follows_limits:
        usable = network.edge_maxspeed_kmh * np.asarray(chosen_table.limit_share)[road_class]
        base = np.where(np.isnan(network.edge_maxspeed_kmh), base, usable)
    factor = 1.0 + chosen.peak_share * (np.asarray(chosen_table.factors[bucket])[road_class] - 1.0)
    return np.minimum(base * chosen.speed_share * factor, chosen.top_kmh)
