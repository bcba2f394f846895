"""Read a speed table from TOML, and say in one line what is wrong with it."""

import tomllib
from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Final

from gis.errors import SpeedTableError
from gis.network import CLASS_INDEX, PROFILE_BIT, PROFILES, ROAD_CLASSES
from gis.speed_table import Profile, SpeedTable

LIMITS: Final = ("height", "weight", "width")


def parse_table(text: str, where: str) -> SpeedTable:
    """Read the text of a table.

    Parameters
    ----------
    text
        TOML of the same shape as `gis/data/speeds_cn.toml`.
    where
        What to call it in errors.

    Raises
    ------
    SpeedTableError
        If it is no TOML, lacks a class or a profile, or holds an unknown key or an impossible value.
    """
    return _table(_parsed(text, where), where)


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
