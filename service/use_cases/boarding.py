"""Riders of today's lines: counted at their stops, or found among the riders who are known."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gis.coordinates import metres_between
from gis.matrix import UNREACHABLE
from optimizer.boarding import OpenHalt, OpenLine, boarding
from optimizer.lines import ShuttleSettings
from optimizer.printed import ExistingHalt, ExistingLine
from optimizer.riders import Compound, RiderGroup
from scenarios.prefecture.values import Prefecture
from service.intake.printed_lines import OWN, PrintedHalt, PrintedLine
from service.use_cases.roads import Roads

MEASURED: Final = 3
"""Walks are measured up to this multiple of the limit: today's may be too long."""

Aboard = Mapping[tuple[int, int], tuple[tuple[str, int], ...]]
"""Line and halt by position → `(group id, riders)`."""


def groups_of(
    lines: Sequence[PrintedLine], compounds: Sequence[Compound]
) -> tuple[tuple[RiderGroup, ...], Mapping[str, str]]:
    """Make a group of those who are counted at one stop and work in one compound; and where it stands.

    Those of the evening are the same people as those of the morning: the larger number counts.
    """
    most: dict[tuple[str, str], int] = {}
    halts: dict[tuple[str, str], PrintedHalt] = {}
    for direction in ("morning", "evening"):
        here = Counter[tuple[str, str]]()
        for line in lines:
            for halt in line.halts if line.direction == direction else ():
                key = halt.place.id, _compound(line, halt, compounds).id
                here[key] += halt.people or 0
                halts.setdefault(key, halt)
        most = {key: max(here[key], most.get(key, 0)) for key in (*most, *here)}
    groups = {
        key: RiderGroup(id=_group_id(*key, halts[key]), home=halts[key].place, count=n, compound_id=key[1])
        for key, n in most.items()
        if n > 0
    }
    return tuple(groups.values()), {group.id: halts[key].where for key, group in groups.items()}


def counted(lines: Sequence[PrintedLine], compounds: Sequence[Compound]) -> Aboard:
    """Seat the riders who are counted at the halts of the lines of one direction."""
    found = {}
    for i, line in enumerate(lines):
        for h, halt in enumerate(line.halts):
            if halt.people:
                group_id = _group_id(halt.place.id, _compound(line, halt, compounds).id, halt)
                found[i, h] = ((group_id, halt.people),)
    return found


def found_among(
    day: Prefecture, lines: Sequence[PrintedLine], walks_m: NDArray[np.int32], limit_m: int
) -> tuple[Aboard, tuple[str, ...]]:
    """Seat the day's riders on the lines of one direction; and a sentence for each who is named in vain."""
    column = {stop.id: s for s, stop in enumerate(day.shuttle_stops)}
    seats = {kind.id: kind.capacity[0] for kind in day.vehicle_types}
    of_bus = {bus.id: seats[bus.type_id] for bus in day.buses}
    opened = [
        OpenLine(
            gate_ids=frozenset(gate.place_id for gate in line.gates),
            seats=of_bus[line.bus_id],
            halts=tuple(
                OpenHalt(stop=column[h.place.id], people=h.people, group_ids=h.group_ids) for h in line.halts
            ),
        )
        for line in lines
    ]
    gates = {compound.id: compound.place.id for compound in day.compounds}
    found = boarding(day.rider_groups, gates, opened, walks_m, limit_m)
    vain = tuple(
        f"{lines[i].halts[h].where}：线路“{lines[i].name}”的乘客“{group_id}”不在乘客表中，或不在这条线路的办公区上班"
        for i, h, group_id in found.unknown
    )
    return found.riders, vain


def existing(lines: Sequence[PrintedLine], aboard: Aboard) -> tuple[ExistingLine, ...]:
    """Put lines and riders together; lines are told apart by their position."""
    return tuple(
        ExistingLine(
            id=f"{i + 1}:{line.name}",
            name=line.name,
            bus_id=line.bus_id,
            gates=line.gates,
            halts=tuple(
                ExistingHalt(
                    place_id=halt.place.id,
                    time_s=halt.time_s,
                    riders=aboard.get((i, h), ()),
                    order=halt.order,
                )
                for h, halt in enumerate(line.halts)
            ),
        )
        for i, line in enumerate(lines)
    )


def walks_today(day: Prefecture, roads: Roads, settings: ShuttleSettings) -> NDArray[np.int32]:
    """Measure walks beyond the limit too, `[group, stop]`."""
    homes = [group.home for group in day.rider_groups]
    limit_m = MEASURED * settings.walk_max_m
    return roads.walking.distances(homes, day.shuttle_stops, limit_m).astype(np.int32)


def with_walks_of(
    aboard: Aboard, day: Prefecture, lines: Sequence[PrintedLine], walks_m: NDArray[np.int32], limit_m: int
) -> NDArray[np.int32]:
    """Fill in walks that nobody could measure, of those who board there all the same: beyond the limit."""
    found = walks_m.copy()
    row = {group.id: i for i, group in enumerate(day.rider_groups)}
    column = {stop.id: s for s, stop in enumerate(day.shuttle_stops)}
    for (i, h), riders in aboard.items():
        stop = lines[i].halts[h].place
        for group_id, _ in riders:
            at = row[group_id], column[stop.id]
            if found[at] >= UNREACHABLE:
                home = day.rider_groups[at[0]].home
                straight_m = float(metres_between(home.lon, home.lat, stop.lon, stop.lat))
                found[at] = max(limit_m + 1, round(straight_m))
    return found


def _compound(line: PrintedLine, halt: PrintedHalt, compounds: Sequence[Compound]) -> Compound:
    """Take the compound of the halt's riders: of several hours at a gate those that suit the printed time."""
    mine = [gate for gate in line.gates if not halt.gate_id or gate.place_id == halt.gate_id]
    if line.direction == "morning":
        gate = next((g for g in mine if g.order >= halt.order), line.gates[-1])
    else:
        gate = next((g for g in reversed(mine) if g.order <= halt.order), line.gates[0])
    here = sorted(_at(gate.place_id, compounds), key=lambda c: (c.work_start_s, c.id))
    if gate.time_s is None:
        return here[0]
    if line.direction == "morning":
        return next((c for c in here if c.work_start_s >= gate.time_s), here[-1])
    return next((c for c in reversed(here) if c.work_end_s <= gate.time_s), here[0])


def _at(gate_id: str, compounds: Sequence[Compound]) -> Iterator[Compound]:
    yield from (compound for compound in compounds if compound.place.id == gate_id)


def _group_id(stop_id: str, compound_id: str, halt: PrintedHalt) -> str:
    name = stop_id.removeprefix(OWN) if stop_id.startswith(OWN) else halt.place.label
    return f"{name}→{compound_id}"
