"""Who may pass: OpenStreetMap's hierarchy of access tags, for roads and for barriers.

A tag of a narrower group wins over one of a wider group: `access` < `vehicle` < `motor_vehicle` < the keys of
the profile itself (https://wiki.openstreetmap.org/wiki/Key:access).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from gis.network import PROFILE_BIT

Tags = Mapping[str, str]

CHAINS: Final[Mapping[str, tuple[str, ...]]] = {
    "car": ("motorcar", "motor_vehicle", "vehicle", "access"),
    "bus": ("tourist_bus", "coach", "bus", "psv", "motor_vehicle", "vehicle", "access"),
    "truck": ("hgv", "goods", "motor_vehicle", "vehicle", "access"),
    "emergency": ("emergency", "motor_vehicle", "vehicle", "access"),
    "foot": ("foot", "access"),
}
"""Keys that speak about a profile, the narrowest first.

A commuter coach is chartered, so signs for coaches bind it first; [assume] it may use what is open to buses.
"""

DRIVE_PROFILES: Final = ("car", "bus", "truck", "emergency")
DRIVE_BITS: Final = sum(PROFILE_BIT[name] for name in DRIVE_PROFILES)
FOOT_BIT: Final = PROFILE_BIT["foot"]

_EVERYONE: Final = frozenset(CHAINS)
_VALUES: Final[Mapping[str, frozenset[str]]] = {
    **dict.fromkeys(
        ("yes", "permissive", "designated", "official", "public", "destination", "customers", "residents",
         "discouraged", "unsuitable", "allowed", "true", "1"),
        _EVERYONE,
    ),
    # Who has business there gets in; an emergency on a task gets in as well.
    **dict.fromkeys(
        ("private", "permit", "agricultural", "forestry", "agricultural;forestry", "emergency", "employees",
         "restricted"),
        frozenset({"emergency"}),
    ),
    "delivery": frozenset({"truck", "emergency"}),
    "hgv": frozenset({"truck", "emergency"}),
    **dict.fromkeys(("psv", "bus"), frozenset({"bus", "emergency"})),
    **dict.fromkeys(("no", "false", "0", "military", "impassable", "use_sidepath"), frozenset[str]()),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether one profile may pass, and the tag that decided it.

    Parameters
    ----------
    allowed
        The answer.
    tag
        `key=value` that decided, or "" where the default did.
    """

    allowed: bool
    tag: str = ""


def verdict(
    tags: Tags, profile: str, *, default: bool, direction: str = "", from_key: str = "access"
) -> Verdict:
    """Decide whether a profile may pass.

    Parameters
    ----------
    tags
        Of a way or of a barrier.
    profile
        One of `PROFILES`.
    default
        Where no tag speaks about the profile.
    direction
        `":forward"` or `":backward"` to let `motor_vehicle:backward=no` and the like win over the plain key.
    from_key
        Widest key that counts: on a pedestrian street `access=yes` does not invite cars.
    """
    for key in CHAINS[profile]:
        for name in (key + direction, key) if direction else (key,):
            value = tags.get(name)
            who = _admitted(value)
            if who is not None:
                return Verdict(allowed=profile in who, tag=f"{name}={value}")
        if key == from_key:
            break
    return Verdict(allowed=default)


def _admitted(value: str | None) -> frozenset[str] | None:
    """Return the profiles that a value lets in; of a list such as `private;delivery` the first one speaks."""
    if value is None or value in _VALUES:
        return _VALUES.get(value or "")
    return _VALUES.get(value.partition(";")[0])


def unknown_access(tags: Tags) -> str:
    """Return the first access tag whose value nobody understands, as `key=value`, or ""."""
    for key in ("access", "vehicle", "motor_vehicle", "motorcar", "bus", "psv", "coach", "hgv", "foot"):
        value = tags.get(key)
        if value and _admitted(value) is None:
            return f"{key}={value}"
    return ""
