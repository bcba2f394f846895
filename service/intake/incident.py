"""An incident that comes in by telephone: where it is, and which vehicles it needs."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from optimizer.model import Incident, Need, Priority
from scenarios.prefecture.values import Prefecture
from service.errors import IntakeError
from service.intake.places import Placer, Said
from service.intake.words import Words
from service.kinds import SKILL_NAMES
from service.sheets import CellFault
from service.use_cases.roads import Roads

ON_SCENE_S: Final = 1_800
"""How long vehicles are taken to stay where nothing else is known."""
_MOST: Final = 50
_NEED: Final = re.compile(r"^(?P<what>.+?)(?:[=×x*:：](?P<count>\d{1,3}))?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What the caller says.

    Parameters
    ----------
    place
        Words, or `"lon,lat"`.
    crs
        Coordinate system of the coordinates.
    needs
        `"救护车"`, `"ambulance"` or `"救护车=2"`.
    """

    place: str
    crs: str = "wgs84"
    needs: Sequence[str] = ()
    priority: str = "P1"
    name: str = ""


def with_incident(
    day: Prefecture, call: Call, roads: Roads, words: Words | None = None
) -> tuple[Prefecture, str | None]:
    """Add an incident at the day's clock to those of the day; it is not stored.

    Returns
    -------
    tuple
        The day, and why the coordinates may be of another system, or None.

    Raises
    ------
    IntakeError
        The place cannot be found or reached, or a need is unknown; it names what was given.
    """
    placer = Placer(day, roads, crs=call.crs, words=words, origin="来电")
    try:
        scene = placer.place(Said(words=call.place))
    except CellFault as fault:
        message = f"地点 {call.place!r} {fault.reason}；{fault.way_out}"
        raise IntakeError(message) from None
    known = {skill for vehicle in day.emergency_vehicles for skill in vehicle.skills}
    incident = Incident(
        id="incident-call",
        kind="call",
        name=call.name or f"来电：{scene.label}",
        priority=Priority(call.priority),
        place_id=scene.id,
        reported_s=day.clock_s,
        on_scene_s=ON_SCENE_S,
        needs=tuple(need_of(text, known) for text in call.needs),
    )
    places = {place.id: place for place in (*day.places, scene)}
    with_call = replace(day, incidents=(*day.incidents, incident), places=tuple(places.values()))
    return with_call, placer.shift_hint


def need_of(text: str, known: set[str]) -> Need:
    """Read one need, e.g. `"救护车=2"`; the vehicles of the fleet say what is known.

    Raises
    ------
    IntakeError
        Nothing in the fleet can do it, or the count cannot be.
    """
    found = _NEED.match(text.strip())
    meanings = {name: skill for skill, name in SKILL_NAMES.items()} | {skill: skill for skill in known}
    skill = meanings.get(found["what"].strip(), "") if found else ""
    count = int(found["count"] or 1) if found else 0
    if skill not in known or not 1 <= count <= _MOST:
        offered = "、".join(sorted(SKILL_NAMES.get(one, one) for one in known))
        message = f"需要的车辆 {text!r} 不可用；可填：{offered or '（库中没有应急车辆）'}，多辆写成 救护车=2"
        raise IntakeError(message)
    return Need(skill=skill, count=count)
