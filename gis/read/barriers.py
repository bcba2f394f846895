"""Barriers that stand on the road: whom they stop, and how high or wide one may be to get through."""

import math
from dataclasses import dataclass
from typing import Final

from gis.network import PROFILE_BIT
from gis.read.access import CHAINS, DRIVE_PROFILES, Tags, verdict
from gis.read.amounts import length_m, weight_t

_STOPS_VEHICLES: Final = frozenset({
    "bollard", "block", "cycle_barrier", "motorcycle_barrier", "jersey_barrier", "concrete_barrier", "log",
    "debris", "chain", "rope", "stile", "turnstile", "full-height_turnstile", "kissing_gate", "horse_stile",
    "wicket_gate", "door", "planter", "wedge", "bar", "barrier_board", "tyres", "rock", "boulder", "yes",
})  # fmt: skip
_STOPS_EVERYONE: Final = frozenset({
    "fence", "wall", "hedge", "guard_rail", "retaining_wall", "city_wall", "ditch", "tank_trap",
    "cable_barrier", "handrail",
})  # fmt: skip
_STOPS_CARS: Final = frozenset({"bus_trap", "sump_buster"})
_LETS_PASS: Final = frozenset({
    "gate", "lift_gate", "swing_gate", "sliding_gate", "sliding_beam", "hampshire_gate", "toll_booth", "no",
    "border_control", "checkpoint", "cattle_grid", "entrance", "height_restrictor", "kerb", "arch",
    "sally_port", "spikes", "rumble_strip", "speed_bump", "coupure", "portcullis", "bump_gate",
    "horse_jump", "control",
})  # fmt: skip
_GATES: Final = frozenset(
    {"gate", "lift_gate", "swing_gate", "sliding_gate", "sliding_beam", "hampshire_gate"}
)
_MOVABLE: Final = frozenset({"removable", "rising", "foldable", "flexible", "movable"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Barrier:
    """A barrier on one node of a road.

    Parameters
    ----------
    node
        OSM node id.
    kind
        Value of the `barrier` tag.
    blocked
        Bits of `PROFILE_BIT` that do not get through.
    max_height_m, max_width_m, max_weight_t
        Limits for those that do; infinite where there are none.
    known
        False if the kind is not in our lists: it lets pass and is counted.
    """

    node: int
    kind: str
    blocked: int
    max_height_m: float = math.inf
    max_width_m: float = math.inf
    max_weight_t: float = math.inf
    known: bool = True

    @property
    def limits(self) -> bool:
        """Whether it limits the size of those it lets pass."""
        return min(self.max_height_m, self.max_width_m, self.max_weight_t) < math.inf


def barrier(node: int, tags: Tags) -> Barrier:
    """Read a barrier: its kind says who passes by default, its access tags say otherwise."""
    kind = tags["barrier"]
    blocked = sum(
        PROFILE_BIT[profile]
        for profile in CHAINS
        if not verdict(tags, profile, default=_passes(kind, profile, tags)).allowed
    )
    known = kind in _STOPS_VEHICLES | _STOPS_EVERYONE | _STOPS_CARS | _LETS_PASS
    return Barrier(
        node=node,
        kind=kind,
        blocked=blocked,
        max_height_m=_limit(tags.get("maxheight")),
        max_width_m=_limit(tags.get("maxwidth")),
        max_weight_t=(weight_t(tags["maxweight"]) or math.inf) if "maxweight" in tags else math.inf,
        known=known,
    )


def _passes(kind: str, profile: str, tags: Tags) -> bool:
    if profile == "emergency" and tags.get(kind) in _MOVABLE:
        return True
    if kind in _GATES and tags.get("locked") == "yes":
        return profile == "emergency"
    if kind in _STOPS_CARS:
        return profile != "car"
    if kind in _STOPS_VEHICLES:
        return profile not in DRIVE_PROFILES
    return kind not in _STOPS_EVERYONE


def _limit(text: str | None) -> float:
    metres = length_m(text) if text else None
    return math.inf if metres is None else metres
