"""Turn restrictions become bans: sequences of edges that some profiles may not drive in one go.

Node-via and way-via, `no_*` and `only_*`, several `from` of a `no_entry` and several `to` of a `no_exit`,
`restriction:bus` and `except=psv;emergency` (https://wiki.openstreetmap.org/wiki/Relation:restriction).
`only_*` becomes a ban of every other way on. Conditional restrictions are counted, not applied.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gis.network import PROFILE_BIT
from gis.read.access import DRIVE_BITS, Tags
from gis.read.edges import Edges
from gis.read.report import Tally
from gis.read.roads import DrawnRoads, Restriction
from gis.read.sequences import Members, NotApplied, Sequence, Streets, sequences, streets_named

_MODE_BITS: Final = {
    "": DRIVE_BITS,
    "vehicle": DRIVE_BITS,
    "motor_vehicle": DRIVE_BITS,
    "motorcar": PROFILE_BIT["car"],
    "bus": PROFILE_BIT["bus"],
    "psv": PROFILE_BIT["bus"],
    "coach": PROFILE_BIT["bus"],
    "tourist_bus": PROFILE_BIT["bus"],
    "hgv": PROFILE_BIT["truck"],
    "goods": PROFILE_BIT["truck"],
    "emergency": PROFILE_BIT["emergency"],
}
_TIMED_KEYS: Final = ("day_on", "day_off", "hour_on", "hour_off")
_VALUE: Final = re.compile(
    r"(no|only)_(left_turn|right_turn|straight_on|u_turn|entry|exit|left|right|turn)\w*$"
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bans:
    """Forbidden sequences in the layout of `RoadNetwork.ban_*`."""

    start: NDArray[np.int32]
    edges: NDArray[np.int32]
    profiles: NDArray[np.uint8]


def via_nodes(restrictions: Iterable[Restriction]) -> list[int]:
    """Return ids of the nodes at which ways must be cut so that restrictions can be told."""
    return [ref for r in restrictions for kind, ref, role in r.members if kind == "n" and role == "via"]


def turn_bans(roads: DrawnRoads, edges: Edges, tally: Tally) -> Bans:
    """Turn restrictions into forbidden sequences.

    Parameters
    ----------
    roads
        Their restrictions are read.
    edges
        The edges that bans are made of.
    tally
        Grows by what was applied, and by what was not and why.
    """
    streets = streets_named(roads, edges)
    found: dict[Sequence, int] = defaultdict(int)
    for restriction in roads.restrictions:
        _apply(restriction, streets, found, tally)
    return _frozen(found, edges)


def _frozen(found: dict[Sequence, int], edges: Edges) -> Bans:
    """Lay bans out in order, without those that concern nobody who may use all their edges."""
    kept = []
    for sequence in sorted(found):
        bits = found[sequence] & int(np.bitwise_and.reduce(edges.access[list(sequence)]))
        if bits:
            kept.append((sequence, bits))
    return Bans(
        start=np.cumsum([0, *(len(sequence) for sequence, _ in kept)]).astype(np.int32),
        edges=np.array([edge for sequence, _ in kept for edge in sequence], dtype=np.int32),
        profiles=np.array([bits for _, bits in kept], dtype=np.uint8),
    )


# --- one restriction -------------------------------------------------------------------------------------


def _apply(restriction: Restriction, streets: Streets, found: dict[Sequence, int], tally: Tally) -> None:
    applied = False
    for value, bits, reason in _orders(restriction.tags):
        try:
            if reason:
                raise NotApplied(reason)
            members = _members(restriction, value)
            for sequence, banned in sequences(members, value, bits, streets).items():
                found[sequence] |= banned
            applied = True
        except NotApplied as why:
            tally.dropped[f"turn restriction: {why}"] += 1
            if restriction.label:
                tally.warnings.append(f"更正未生效 / the correction {restriction.label} has no effect: {why}")
    tally.read["turn restrictions"] += applied


def _orders(tags: Tags) -> list[tuple[str, int, str]]:
    """Read what is ordered: value, profile bits, and why it is not applied or ""."""
    orders = []
    exempt = 0
    for mode in re.split(r"[;,]", tags.get("except", "")):
        exempt |= _MODE_BITS.get(mode.strip(), 0) if mode.strip() else 0
    for key, text in tags.items():
        if key != "restriction" and not key.startswith("restriction:"):
            continue
        mode = key.removeprefix("restriction").removeprefix(":")
        for value in text.split(";") if not mode.endswith("conditional") else [text]:
            bits = _MODE_BITS.get(mode, 0) & ~exempt
            orders.append((value.strip(), bits, _why_not(mode, value.strip(), bits, tags)))
    return orders or [("", 0, "it orders nothing")]


def _why_not(mode: str, value: str, bits: int, tags: Tags) -> str:
    if mode.endswith("conditional") or any(key in tags for key in _TIMED_KEYS):
        return "conditional, not applied"
    if not _VALUE.match(value):
        return f"value {value!r} not understood"
    return "" if bits else "for other vehicles only"


def _members(restriction: Restriction, value: str) -> Members:
    by_role: dict[tuple[str, str], list[int]] = defaultdict(list)
    for kind, ref, role in restriction.members:
        by_role[role, kind].append(ref)
    origins, targets = by_role["from", "w"], by_role["to", "w"]
    nodes, ways = by_role["via", "n"], by_role["via", "w"]
    if not origins or not targets or not (nodes or ways):
        reason = "from, via or to is missing"
        raise NotApplied(reason)
    several = {"no_entry": (True, False), "no_exit": (False, True)}.get(value, (False, False))
    if len(nodes) > 1 or (nodes and ways) or len(origins) > 1 > several[0] or len(targets) > 1 > several[1]:
        reason = "several from, via or to"
        raise NotApplied(reason)
    return Members(
        origins=tuple(origins),
        via_node=nodes[0] if nodes else None,
        via_ways=tuple(ways),
        targets=tuple(targets),
        bearings=restriction.bearings,
    )
