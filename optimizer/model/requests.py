"""What was asked: stops with their options, who may serve them, what happened that needs vehicles."""

from dataclasses import dataclass

from optimizer.model.times import ALL_DAY, TimeWindow
from optimizer.model.words import Priority, VehicleClass


@dataclass(frozen=True, slots=True, kw_only=True)
class StopOption:
    """One way to make a stop: where, when, for how long.

    Parameters
    ----------
    window
        Service may start inside it; an early vehicle waits.
    service_s
        Standing time after the start of service (dwell, waiting for a meeting).
    walk_m
        What the riders walk to get there.
    cost_fen
        Soft price of choosing this option (long walk, moved stop).
    """

    place_id: str
    window: TimeWindow = ALL_DAY
    service_s: int = 0
    walk_m: int = 0
    cost_fen: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A stop of a request: exactly one of its options is visited.

    Parameters
    ----------
    load
        Change on board per dimension: positive boards, negative alights. Empty is no change.
    """

    options: tuple[StopOption, ...]
    load: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """The way back of a request of several days: the vehicle stays where the way out ends until then.

    Parameters
    ----------
    nights
        How many days after the way out; at least one.
    window
        When it leaves for home, in seconds since the start of that day.
    place_id
        Where it takes the people.
    """

    nights: int
    window: TimeWindow
    place_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Something to be carried: served once, whole, by one vehicle, or unserved once with a reason.

    Its stops are visited in order by the same vehicle. Loads that do not sum to zero come from the depot
    (a delivery, sum below zero, is on board from the start of its trip) or stay on board to the end of
    the trip (a collection).

    Parameters
    ----------
    max_ride_s
        From leaving the first stop to the start of service at the last (Cordeau & Laporte 2003).
    sole_use
        Nobody else on board between its first and last stop, and no other stop in between.
    priority, unserved_penalty_fen
        Serving goes by priority class first; the penalty orders requests inside a class.
    vehicle_classes, skills, vehicle_ids, forbidden_vehicle_ids
        Who may serve it: an empty set of classes or ids allows all; all skills are needed.
    energies, licences
        Kinds of energy that the vehicle may run on (`VehicleType.energy`; empty allows all), and licence
        classes that its driver must hold, all of them.
    unit_id
        The unit that asked; with `own_unit_only` no borrowed vehicle.
    self_driver_id
        Of the drivers of the problem: the applicant, who drives himself (自驾).
    leaves
        "city" or "province" where it goes beyond: whoever approves must know.
    group_id
        Requests with one group id are served all or none.
    back
        A request of several days: its vehicle's day ends at its last stop, and it is held until the way back.
    """

    id: str
    stops: tuple[Stop, ...]
    name: str = ""
    unit_id: str = ""
    category: str = ""
    priority: Priority = Priority.P4
    unserved_penalty_fen: int = 100_000
    max_ride_s: int | None = None
    sole_use: bool = False
    own_unit_only: bool = False
    vehicle_classes: frozenset[VehicleClass] = frozenset()
    skills: frozenset[str] = frozenset()
    energies: frozenset[str] = frozenset()
    licences: frozenset[str] = frozenset()
    vehicle_ids: frozenset[str] = frozenset()
    forbidden_vehicle_ids: frozenset[str] = frozenset()
    self_driver_id: str = ""
    leaves: str = ""
    group_id: str | None = None
    back: Return | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """So many vehicles with a skill."""

    skill: str
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """Something happened: where, when, how bad, and what must go.

    Parameters
    ----------
    all_or_nothing
        Whether a part of the needs is better than none (best effort) or not.
    on_scene_s
        Expected time at the place.
    """

    id: str
    kind: str
    priority: Priority
    place_id: str
    reported_s: int
    needs: tuple[Need, ...]
    name: str = ""
    all_or_nothing: bool = False
    on_scene_s: int = 1_800
