"""How fast a profile moves on a class of road at a time of day, and which edges it may use at all.

The table is data (`gis/data/speeds_cn.toml`), not code: read it with `default_speeds` or your own copy with
`load_speeds`. Speeds are km/h; buckets are seconds since the start of the day.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from gis.errors import SpeedTableError
from gis.network import CLASS_INDEX, PROFILE_BIT, PROFILES, ROAD_CLASSES, RoadNetwork

LIMITS: Final = ("height", "weight", "width")


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A kind of traveller: its size, its top speed, and how the table applies to it.

    Parameters
    ----------
    name, bit
        One of `PROFILES` and its bit in `RoadNetwork.edge_access`.
    height_m, weight_t, width_m
        What is compared with the limits on the road.
    top_kmh
        Never faster than this.
    speed_share
        Multiplies the class speed or the usable part of a tagged limit.
    peak_share
        Part of the time-of-day effect that reaches this profile: 0 none, 1 all of it.
    follows_limits
        Whether a tagged `maxspeed` says anything about this profile.
    class_kmh
        float per `ROAD_CLASSES`, before `speed_share`.
    exempt
        Limits among `LIMITS` that do not bind this profile.
    """

    name: str
    bit: int
    height_m: float
    weight_t: float
    width_m: float
    top_kmh: float
    speed_share: float
    peak_share: float
    follows_limits: bool
    class_kmh: tuple[float, ...]
    exempt: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeedTable:
    """Speeds by class, multipliers by time of day, and the profiles they apply to.

    Parameters
    ----------
    region, valid_from, sources
        Where and since when the figures hold (ISO date), and where they come from.
    bucket_starts_s, bucket_names
        Start of each departure bucket, ascending from 0, and what people call it.
    limit_share
        float per `ROAD_CLASSES`: the part of a tagged limit that is covered in practice.
    factors
        `[bucket][class]` multipliers of speed.
    profiles
        One for each of `PROFILES`, in that order.
    """

    region: str
    valid_from: str
    sources: tuple[str, ...]
    bucket_starts_s: tuple[int, ...]
    bucket_names: tuple[str, ...]
    limit_share: tuple[float, ...]
    factors: tuple[tuple[float, ...], ...]
    profiles: tuple[Profile, ...]

    def profile(self, name: str) -> Profile:
        """Return the profile of that name.

        Raises
        ------
        SpeedTableError
            If the name is not one of `PROFILES`.
        """
        for profile in self.profiles:
            if profile.name == name:
                return profile
        message = f"没有这种出行方式 / unknown profile {name!r}; expected one of {', '.join(PROFILES)}"
        raise SpeedTableError(message)

    def speed_kmh(self, road_class: str | int, profile: "str | Profile") -> float:
        """Speed of a profile on a class of road without a tagged limit, before the time of day."""
        chosen = self._chosen(profile)
        return min(chosen.class_kmh[_class_index(road_class)] * chosen.speed_share, chosen.top_kmh)

    def factor(self, road_class: str | int, bucket: int, profile: "str | Profile" = "car") -> float:
        """Multiplier of speed in a bucket: below 1 in a peak."""
        share = self._chosen(profile).peak_share
        return 1.0 + share * (self.factors[bucket][_class_index(road_class)] - 1.0)

    def _chosen(self, profile: "str | Profile") -> Profile:
        return self.profile(profile) if isinstance(profile, str) else profile


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
    return _table(_parsed(file.read_text(encoding="utf-8"), file.name), file.name)


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
    return _table(_parsed(text, str(path)), str(path))


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


# --- reading ---------------------------------------------------------------------------------------------


def _parsed(text: str, where: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = f"速度表不是有效的 TOML / the speed table {where!r} is not valid TOML: {error}"
        raise SpeedTableError(message) from error


def _table(data: Mapping[str, Any], where: str) -> SpeedTable:
    _no_other_keys(
        data, {"region", "valid_from", "sources", "class_kmh", "limit_share", "bucket", "profile"}, where
    )
    class_kmh = _by_class(_section(data, "class_kmh", where), f"{where} [class_kmh]", 1.0, 200.0)
    buckets = data.get("bucket", [])
    return SpeedTable(
        region=str(data.get("region", "")),
        valid_from=str(data.get("valid_from", "")),
        sources=tuple(str(source) for source in data.get("sources", [])),
        bucket_starts_s=_starts(buckets, where),
        bucket_names=tuple(str(bucket.get("name", bucket.get("start"))) for bucket in buckets),
        limit_share=_by_class(_section(data, "limit_share", where), f"{where} [limit_share]", 0.05, 1.5),
        factors=tuple(_factors(bucket, where) for bucket in buckets),
        profiles=_profiles(_section(data, "profile", where), class_kmh, where),
    )


def _section(data: Mapping[str, Any], key: str, where: str) -> Mapping[str, Any]:
    section = data.get(key)
    if not isinstance(section, Mapping):
        message = f"速度表缺少一节 / {where} lacks the section [{key}]"
        raise SpeedTableError(message)
    return section


def _by_class(values: Mapping[str, Any], where: str, low: float, high: float) -> tuple[float, ...]:
    _no_other_keys(values, set(ROAD_CLASSES), where)
    missing = [name for name in ROAD_CLASSES if name not in values]
    if missing:
        message = f"速度表缺少道路等级 / {where} lacks the road classes {', '.join(missing)}"
        raise SpeedTableError(message)
    return tuple(_number(values[name], f"{where} {name}", low, high) for name in ROAD_CLASSES)


def _starts(buckets: Any, where: str) -> tuple[int, ...]:
    if not isinstance(buckets, list) or not buckets:
        message = f"速度表没有时段 / {where} has no [[bucket]]; give at least one that starts at 00:00"
        raise SpeedTableError(message)
    starts = tuple(_clock_s(bucket.get("start"), where) for bucket in buckets)
    if starts[0] != 0 or any(a >= b for a, b in pairwise(starts)):
        given = ", ".join(str(bucket.get("start")) for bucket in buckets)
        message = f"时段必须从 00:00 起依次递增 / {where}: buckets must start at 00:00 and rise, got {given}"
        raise SpeedTableError(message)
    return starts


def _clock_s(text: Any, where: str) -> int:
    hours, _, minutes = str(text).partition(":")
    if hours.isdigit() and minutes.isdigit() and int(hours) < 24 and int(minutes) < 60:
        return int(hours) * 3600 + int(minutes) * 60
    message = f'时刻无效 / {where}: {text!r} is not a time of day such as "07:30"'
    raise SpeedTableError(message)


def _factors(bucket: Mapping[str, Any], where: str) -> tuple[float, ...]:
    place = f"{where} bucket {bucket.get('name', bucket.get('start'))!r}"
    _no_other_keys(bucket, {"name", "start", "other", "factor"}, place)
    named = bucket.get("factor", {})
    _no_other_keys(named, set(ROAD_CLASSES), place)
    other = bucket.get("other", 1.0)
    return tuple(_number(named.get(name, other), f"{place} {name}", 0.05, 2.0) for name in ROAD_CLASSES)


def _profiles(section: Mapping[str, Any], class_kmh: tuple[float, ...], where: str) -> tuple[Profile, ...]:
    _no_other_keys(section, set(PROFILES), f"{where} [profile]")
    missing = [name for name in PROFILES if name not in section]
    if missing:
        message = f"速度表缺少出行方式 / {where} lacks the profiles {', '.join(missing)}"
        raise SpeedTableError(message)
    return tuple(_profile(name, section[name], class_kmh, f"{where} [profile.{name}]") for name in PROFILES)


_PROFILE_RANGES: Final[Mapping[str, tuple[float, float]]] = {
    "top_kmh": (1.0, 200.0),
    "speed_share": (0.1, 2.0),
    "peak_share": (0.0, 1.0),
    "height_m": (0.1, 6.0),
    "weight_t": (0.01, 100.0),
    "width_m": (0.1, 5.0),
}


def _profile(name: str, data: Mapping[str, Any], class_kmh: tuple[float, ...], where: str) -> Profile:
    _no_other_keys(
        data, {*_PROFILE_RANGES, "follows_limits", "every_class_kmh", "class_kmh", "exempt"}, where
    )
    numbers = {
        key: _number(data.get(key), f"{where} {key}", low, high)
        for key, (low, high) in _PROFILE_RANGES.items()
    }
    exempt = tuple(data.get("exempt", ()))
    _no_other_keys(dict.fromkeys(exempt), set(LIMITS), f"{where} exempt")
    return Profile(
        name=name,
        bit=PROFILE_BIT[name],
        follows_limits=bool(data.get("follows_limits", True)),
        class_kmh=_profile_classes(data, class_kmh, where),
        exempt=exempt,
        **numbers,
    )


def _profile_classes(data: Mapping[str, Any], class_kmh: tuple[float, ...], where: str) -> tuple[float, ...]:
    speeds = list(class_kmh)
    if "every_class_kmh" in data:
        speeds = [_number(data["every_class_kmh"], f"{where} every_class_kmh", 1.0, 200.0)] * len(
            ROAD_CLASSES
        )
    own = data.get("class_kmh", {})
    _no_other_keys(own, set(ROAD_CLASSES), f"{where} class_kmh")
    for road_class, value in own.items():
        speeds[CLASS_INDEX[road_class]] = _number(value, f"{where} class_kmh {road_class}", 1.0, 200.0)
    return tuple(speeds)


def _number(value: Any, where: str, low: float, high: float) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high:
        return float(value)
    message = f"速度表数值无效 / {where} is {value!r}; expected a number from {low:g} to {high:g}"
    raise SpeedTableError(message)


def _no_other_keys(data: Mapping[str, Any], known: set[str], where: str) -> None:
    unknown = sorted(set(data) - known)
    if unknown:
        message = (
            f"速度表含有未知项 / {where}: unknown {', '.join(unknown)}; known: {', '.join(sorted(known))}"
        )
        raise SpeedTableError(message)


def _class_index(road_class: str | int) -> int:
    if isinstance(road_class, int):
        return road_class
    if road_class in CLASS_INDEX:
        return CLASS_INDEX[road_class]
    message = f"未知的道路等级 / unknown road class {road_class!r}; expected one of {', '.join(ROAD_CLASSES)}"
    raise SpeedTableError(message)
