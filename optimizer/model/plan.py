"""What was planned: visits, routes, who is left out and why, the schedule of a day."""

from dataclasses import dataclass, field

from gis.places import Place
from optimizer.model.times import TimeWindow
from optimizer.model.words import Reason, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One planned stop.

    Parameters
    ----------
    request_id
        None for a reload at a depot between two trips.
    stop, option
        Positions in `Request.stops` and `Stop.options`.
    arrival_s, start_s, depart_s
        Wheels stop, service starts (not before the window), wheels turn.
    rest_s
        Stood on the way here, in rests of 20 minutes, where the way is too long to be driven at once.
    """

    request_id: str | None
    stop: int = 0
    option: int = 0
    place_id: str
    arrival_s: int
    start_s: int
    depart_s: int
    rest_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One vehicle's day from leaving its start to reaching its end.

    Parameters
    ----------
    end_place_id
        Last place; for an open end the place of the last visit.
    distance_m, drive_s
        Sums over the legs, by the profile of the vehicle's type.
    rest_s
        Stood on the way to the end, as `Visit.rest_s`.
    """

    vehicle_id: str
    driver_id: str | None = None
    start_place_id: str
    end_place_id: str
    start_s: int
    end_s: int
    visits: tuple[Visit, ...]
    distance_m: int
    drive_s: int
    rest_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """A vehicle that stays away over night: held until it takes its people home on a later day.

    Parameters
    ----------
    request_id, name, unit_id
        Of the request of several days.
    place, home
        Where it stays, and where its people go back to.
    load
        Who goes back, one amount per dimension.
    nights, window
        How many days later it leaves for home, and when on that day.
    """

    request_id: str
    name: str = ""
    unit_id: str = ""
    vehicle_id: str
    driver_id: str | None = None
    place: Place
    home: Place
    load: tuple[int, ...] = ()
    nights: int
    window: TimeWindow


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonCount:
    """How many vehicles one reason keeps from a request, and one of them."""

    reason: Reason
    vehicles: int
    vehicle_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxation:
    """What would have to give so that a request is served as well, with all that is served already.

    Parameters
    ----------
    kind
        One of `optimizer.relaxations.KINDS`.
    steps
        Of 5 minutes, 1 seat or 1 vehicle; 0 where nothing has to give but the plan itself.
    amount
        The same in seconds, seats, vehicles or drivers.
    fen
        What it costs beyond the plan, where that is known (a lease).
    text, text_en
        For people.
    least
        Whether it is proven that one step less would not do.
    """

    kind: str
    steps: int
    amount: int
    fen: int | None = None
    text: str = ""
    text_en: str = ""
    least: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Unserved:
    """A request that the plan leaves out, and why, in a sentence a dispatcher can read.

    Parameters
    ----------
    reason
        Of the vehicles that came nearest to serving it.
    counts
        Every reason with the number of vehicles it keeps away, nearest first.
    relaxations
        What would serve it, least effort first.
    """

    request_id: str
    reason: Reason
    detail: str = ""
    detail_en: str = ""
    counts: tuple[ReasonCount, ...] = ()
    relaxations: tuple[Relaxation, ...] = ()

    @property
    def primary_code(self) -> str:
        """Short code of the reason that is given first."""
        return self.reason.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A plan and how it was found.

    Parameters
    ----------
    objective_fen, bound_fen
        Decision cost of the served set, and a proven lower bound on it where there is one.
    gap
        (objective − bound) / (objective − cost of every served request without an empty metre); None where
        there is no bound.
    work
        Iterations, columns or nodes: the unit of the work limit of that engine.
    reasons
        `(id, sentence)`: why this vehicle, why this line.
    away
        Vehicles that are not back when the day ends, by vehicle.
    """

    routes: tuple[Route, ...]
    unserved: tuple[Unserved, ...] = ()
    status: Status = Status.FEASIBLE
    objective_fen: int = 0
    bound_fen: int | None = None
    gap: float | None = None
    seconds: float = field(default=0.0, compare=False)
    seed: int = 0
    work: int = 0
    engine: str = ""
    reasons: tuple[tuple[str, str], ...] = ()
    away: tuple[Away, ...] = ()
