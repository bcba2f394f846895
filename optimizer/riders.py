"""What a shuttle planner is asked: groups of riders with a home, and compounds with a start of work."""

from dataclasses import dataclass

from gis.places import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Compound:
    """An office compound (院) that shuttles serve.

    Parameters
    ----------
    work_start_s, work_end_s
        Seconds since the start of the service day.
    """

    id: str
    place: Place
    work_start_s: int
    work_end_s: int
    unit_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RiderGroup:
    """Riders who live close together (one home or one 500 m cell) and work in one compound.

    Parameters
    ----------
    weekdays
        Days of the week on which they ride, Monday 0; empty: every workday.
    """

    id: str
    home: Place
    count: int
    compound_id: str
    weekdays: tuple[int, ...] = ()
