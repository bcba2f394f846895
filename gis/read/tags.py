"""What the tags of one way mean for traffic: class, directions, who may use it, limits.

The same few hundred combinations of tags come back on tens of thousands of ways, so `way_rule` may be slow
and clear: readers call it once per combination.
"""

import math
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from gis.network import CLASS_INDEX, PROFILE_BIT
from gis.read.access import DRIVE_PROFILES, Tags, unknown_access, verdict
from gis.read.amounts import duration_s, length_m, speed_kmh, weight_t

Kind = Literal["drive", "walk"]

MOTOR_CLASSES: Final = frozenset({
    "motorway", "motorway_link", "trunk", "trunk_link", "primary", "primary_link", "secondary",
    "secondary_link", "tertiary", "tertiary_link", "unclassified", "residential", "living_street", "service",
    "road", "track", "busway", "pedestrian",
})  # fmt: skip
WALK_CLASSES: Final = frozenset(CLASS_INDEX) - {"motorway", "motorway_link", "busway", "ferry"}
_POOR_TRACKS: Final = frozenset({"grade4", "grade5"})
_UNFIT_TO_DRIVE: Final = {
    "area": {"yes"}, "disused": {"yes"}, "abandoned": {"yes"}, "smoothness": {"impassable", "very_horrible"},
}  # fmt: skip
_UNFIT_TO_WALK: Final = {"disused": {"yes"}, "abandoned": {"yes"}}

_RULE_KEYS: Final = frozenset({
    "highway", "route", "area", "junction", "access", "vehicle", "motor_vehicle", "motorcar", "bus", "psv",
    "hgv", "goods", "emergency", "foot", "service", "tracktype", "smoothness", "motorroad", "disused",
    "abandoned", "maxspeed", "maxspeed:type", "zone:maxspeed", "source:maxspeed", "maxheight",
    "maxheight:physical", "maxwidth", "maxwidth:physical", "maxweight", "maxweightrating", "maxgcweight",
    "duration", "oneway", "tourist_bus", "coach",
})  # fmt: skip
_DIRECTED_KEYS: Final = frozenset({
    "access", "vehicle", "motor_vehicle", "motorcar", "bus", "psv", "hgv", "goods", "emergency", "maxspeed",
    "maxheight", "maxwidth", "maxweight",
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class WayRule:
    """What one combination of tags means.

    Parameters
    ----------
    drop
        Why the way is left out, or "" if it is kept.
    road_class
        Position in `ROAD_CLASSES`.
    forward, backward
        Bits of `PROFILE_BIT` that may use it along and against its nodes.
    speed_forward_kmh, speed_backward_kmh
        Tagged limit, NaN where there is none.
    max_height_m, max_weight_t, max_width_m
        Infinite where unlimited.
    duration_s
        Of a ferry; NaN where not stated.
    notes
        Things to count for the report, e.g. `"access=private: emergency vehicles only"`.
    """

    drop: str = ""
    road_class: int = 0
    forward: int = 0
    backward: int = 0
    speed_forward_kmh: float = math.nan
    speed_backward_kmh: float = math.nan
    max_height_m: float = math.inf
    max_weight_t: float = math.inf
    max_width_m: float = math.inf
    duration_s: float = math.nan
    notes: tuple[str, ...] = ()


@cache
def is_rule_key(key: str) -> bool:
    """Whether a tag with this key may change the meaning of a way."""
    if key in _RULE_KEYS:
        return True
    first, colon, last = key.partition(":")
    if not colon:
        return False
    return first == "oneway" or (
        first in _DIRECTED_KEYS and last.endswith(("forward", "backward", "conditional"))
    )


def way_rule(tags: Tags, kind: Kind, *, ferries: bool = False) -> WayRule:
    """Read the tags of a way.

    Parameters
    ----------
    tags
        Of a way that carries `highway` or `route`.
    kind
        For vehicles or for people on foot.
    ferries
        Whether ferries count as roads.
    """
    name = _class_name(tags)
    drop = _not_a_road(tags, name, kind, ferries=ferries)
    if drop:
        return WayRule(drop=drop)
    profiles = DRIVE_PROFILES if kind == "drive" else ("foot",)
    forward = _allowed(tags, name, profiles, ":forward")
    backward = _allowed(tags, name, profiles, ":backward")
    if not forward | backward:
        return WayRule(drop=_why_nobody(tags, profiles))
    return _rule(tags, name, forward, backward, kind)


def _rule(tags: Tags, name: str, forward: int, backward: int, kind: Kind) -> WayRule:
    notes: list[str] = [*_access_notes(tags, forward | backward, kind), *_conditional_notes(tags)]
    general = _speed(tags, notes)
    return WayRule(
        road_class=CLASS_INDEX[name],
        forward=forward,
        backward=backward,
        speed_forward_kmh=_directed_speed(tags, "maxspeed:forward", general, notes),
        speed_backward_kmh=_directed_speed(tags, "maxspeed:backward", general, notes),
        max_height_m=_lowest(tags, ("maxheight", "maxheight:physical"), notes),
        max_weight_t=_lowest(tags, ("maxweight", "maxweightrating", "maxgcweight"), notes),
        max_width_m=_lowest(tags, ("maxwidth", "maxwidth:physical"), notes),
        duration_s=(duration_s(tags["duration"]) or math.nan)
        if name == "ferry" and "duration" in tags
        else math.nan,
        notes=tuple(notes),
    )


# --- is it a road ----------------------------------------------------------------------------------------


def _class_name(tags: Tags) -> str:
    highway = tags.get("highway")
    if highway is None:
        return "ferry" if tags.get("route") == "ferry" else ""
    return highway


def _not_a_road(tags: Tags, name: str, kind: Kind, *, ferries: bool) -> str:
    if not name:
        return f"route={tags.get('route', '')}"
    if name == "ferry":
        return "" if ferries else "ferry"
    if name not in (MOTOR_CLASSES if kind == "drive" else WALK_CLASSES):
        return f"highway={name}"
    unfit = _UNFIT_TO_DRIVE if kind == "drive" else _UNFIT_TO_WALK
    return next((f"{key}={tags[key]}" for key, values in unfit.items() if tags.get(key) in values), "")


# --- who, in which direction -----------------------------------------------------------------------------


def _allowed(tags: Tags, name: str, profiles: tuple[str, ...], direction: str) -> int:
    against = ":backward" if direction == ":forward" else ":forward"
    return sum(
        PROFILE_BIT[profile]
        for profile in profiles
        if _one_way(tags, name, profile) not in {against, "never"}
        and verdict(
            tags,
            profile,
            default=_usual(tags, name, profile),
            direction=direction,
            from_key=_widest_key(name, profile),
        ).allowed
    )


def _widest_key(name: str, profile: str) -> str:
    """On a pedestrian street `access=yes` speaks of people on foot."""
    return "vehicle" if name == "pedestrian" and profile != "foot" else "access"


def _usual(tags: Tags, name: str, profile: str) -> bool:
    """Say who uses a class of road where no tag speaks."""
    if profile == "foot":
        return tags.get("motorroad") != "yes"
    if name == "busway":
        return profile in {"bus", "emergency"}
    if name == "pedestrian":
        return False
    if name == "track" and tags.get("tracktype") in _POOR_TRACKS:
        return profile == "emergency"
    if name == "service" and tags.get("service") == "emergency_access":
        return profile == "emergency"
    return True


_ONE_WAY_KEYS: Final = {
    "car": ("oneway:motorcar", "oneway:motor_vehicle", "oneway:vehicle", "oneway"),
    "bus": ("oneway:bus", "oneway:psv", "oneway:motor_vehicle", "oneway:vehicle", "oneway"),
    "truck": ("oneway:hgv", "oneway:goods", "oneway:motor_vehicle", "oneway:vehicle", "oneway"),
    "emergency": ("oneway:emergency", "oneway:motor_vehicle", "oneway:vehicle", "oneway"),
    "foot": ("oneway:foot",),
}
_ONE_WAY_VALUES: Final = {
    "yes": ":forward", "true": ":forward", "1": ":forward", "-1": ":backward", "reverse": ":backward",
    "no": "", "false": "", "0": "", "alternating": "", "reversible": "never",
}  # fmt: skip


def _one_way(tags: Tags, name: str, profile: str) -> str:
    """Return `":forward"`, `":backward"`, "" for both, or `"never"` if it depends on the hour."""
    for key in _ONE_WAY_KEYS[profile]:
        direction = _ONE_WAY_VALUES.get(tags.get(key, "").lower())
        if direction is not None:
            return direction
    if profile == "foot":
        return ""
    implied = name in {"motorway", "motorway_link"} or tags.get("junction") in {"roundabout", "circular"}
    return ":forward" if implied else ""


def _why_nobody(tags: Tags, profiles: tuple[str, ...]) -> str:
    if tags.get("oneway") == "reversible":
        return "oneway=reversible"
    name = _class_name(tags)
    deciding = (
        verdict(tags, profile, default=True, from_key=_widest_key(name, profile)).tag for profile in profiles
    )
    fallback = f"highway={tags['highway']}" if "highway" in tags else "ferry"
    return next((tag for tag in deciding if tag), fallback)


# --- notes for the report --------------------------------------------------------------------------------


def _access_notes(tags: Tags, bits: int, kind: Kind) -> list[str]:
    notes = []
    if kind == "drive" and not bits & PROFILE_BIT["car"]:
        tag = verdict(tags, "car", default=True).tag or _special_use(tags)
        notes.append(f"{tag}: {_who(bits)} only")
    unknown = unknown_access(tags)
    if unknown:
        notes.append(f"not understood: {unknown}")
    one_way = tags.get("oneway", "no")
    if one_way.lower() not in _ONE_WAY_VALUES:
        notes.append(f"not understood: oneway={one_way}")
    return notes


def _special_use(tags: Tags) -> str:
    for key in ("service", "tracktype"):
        if key in tags:
            return f"{key}={tags[key]}"
    return f"highway={tags.get('highway', 'ferry')}"


def _who(bits: int) -> str:
    return "/".join(profile for profile in DRIVE_PROFILES if bits & PROFILE_BIT[profile])


def _conditional_notes(tags: Tags) -> list[str]:
    return [f"conditional, not applied: {key}" for key in tags if key.endswith(":conditional")]


# --- limits ----------------------------------------------------------------------------------------------


def _speed(tags: Tags, notes: list[str]) -> float:
    for key in ("maxspeed", "maxspeed:type", "zone:maxspeed", "source:maxspeed"):
        text = tags.get(key)
        if text is None or (key != "maxspeed" and ":" not in text):
            continue
        speed = speed_kmh(text)
        if speed is not None:
            return speed
        if key == "maxspeed":
            notes.append(f"not understood: maxspeed={text}")
    return math.nan


def _directed_speed(tags: Tags, key: str, general: float, notes: list[str]) -> float:
    if key not in tags:
        return general
    speed = speed_kmh(tags[key])
    if speed is None:
        notes.append(f"not understood: {key}={tags[key]}")
        return general
    return speed


def _lowest(tags: Tags, keys: tuple[str, ...], notes: list[str]) -> float:
    lowest = math.inf
    for key in keys:
        if key not in tags:
            continue
        value = weight_t(tags[key]) if "weight" in key else length_m(tags[key])
        if value is None:
            notes.append(f"not understood: {key}={tags[key]}")
        else:
            lowest = min(lowest, value)
    return lowest
