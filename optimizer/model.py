"""The vocabulary and the one `Problem`: what was asked, what there is to serve it, what was planned.

Values only: frozen, built by keyword, tuples for lists, ids are `str`. Units are in the names: integer
seconds since the start of the service day (may pass 86,400), integer metres, money as integer fen (分).
A feature is a field with a neutral default. *Request* is what was asked, *order* is what was assigned, *trip*
is what was driven and recorded.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from gis.matrix import UNREACHABLE, Block, TravelMatrix
from gis.places import Place

__all__ = [
    "ALL_DAY", "UNREACHABLE", "Block", "CostBreakdown", "CostLine", "CostRates", "Depot", "Driver",
    "FleetState", "Incident", "Need", "Place", "PlanWarning", "Priority", "Problem", "Reason",
    "ReasonCount", "Relaxation", "Request", "Reserve", "Route", "Schedule", "Shift", "Status", "Stop",
    "StopOption", "TimeWindow", "TravelMatrix", "Unserved", "Vehicle", "VehicleClass", "VehicleType",
    "Violation", "Visit",
]  # fmt: skip


class VehicleClass(StrEnum):
    """Classes of official vehicles (中办发〔2017〕71号)."""

    CONFIDENTIAL = "CONFIDENTIAL"
    EMERGENCY = "EMERGENCY"
    ENFORCEMENT = "ENFORCEMENT"
    SPECIAL_TECH = "SPECIAL_TECH"
    POST_ASSIGNED = "POST_ASSIGNED"
    OTHER = "OTHER"


class Priority(StrEnum):
    """How much it matters that a request is served; compared in this order."""

    P0 = "P0"  # life
    P1 = "P1"  # rescue, evacuation
    P2 = "P2"  # urgent supply or medical transfer
    P3 = "P3"  # planned support
    P4 = "P4"  # routine


class Reason(StrEnum):
    """Why a request is not served."""

    NO_VEHICLE = "no_vehicle"
    NO_SEATS = "no_seats"
    NO_CLASS = "no_class"
    NO_SKILL = "no_skill"
    NO_LICENCE = "no_licence"
    NO_DRIVER = "no_driver"
    FROZEN = "frozen"  # a holiday freeze (节假日封存停驶)
    NOT_ALLOWED = "not_allowed"
    BUSY = "busy"
    OUTSIDE_SHIFT = "outside_shift"
    OUTSIDE_WINDOW = "outside_window"
    UNREACHABLE = "unreachable"
    TOO_FAR_TO_WALK = "too_far_to_walk"
    RIDE_TOO_LONG = "ride_too_long"
    LIMIT = "limit"  # metres, hours or stops of the vehicle's day
    REST = "rest"  # four hours of driving without twenty minutes of rest
    RESERVE = "reserve"
    GROUP = "group"
    NOT_WORTH_IT = "not_worth_it"
    SEARCH_ENDED = "search_ended"


class Status(StrEnum):
    """How a search ended."""

    OPTIMAL = "optimal"  # proven
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"  # not even an empty plan obeys the locks
    STOPPED = "stopped"  # by the caller, with the best so far


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeWindow:
    """Closed interval of seconds since the start of the service day."""

    start_s: int
    end_s: int


ALL_DAY: Final = TimeWindow(start_s=0, end_s=172_800)
"""Wide enough for a service day that runs past midnight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CostRates:
    """What a vehicle costs: decision rates enter the objective, standing costs only the price.

    Each line is rounded half-even to fen once per route.

    Parameters
    ----------
    vehicle_used_fen
        Once for a vehicle that drives at all that day (lease day, shift start).
    per_trip_fen
        Once per trip that leaves a depot (round-trip tariffs).
    per_km_fen, toll_per_km_fen
        Energy, wear, kilometre tariff; tolls apart so that they stay a line of their own.
    per_hour_fen, overtime_per_hour_fen
        Per hour from departure to return; on top of it per hour beyond `regular_hours_s`.
    regular_hours_s
        Duty seconds a day after which overtime starts.
    standing_per_day_fen
        Depreciation, insurance, salary: in `price`, never in the objective.
    included_m, included_s
        Metres and seconds a day that `vehicle_used_fen` already pays for (lease tariffs).
    """

    vehicle_used_fen: int = 0
    per_trip_fen: int = 0
    per_km_fen: int = 0
    toll_per_km_fen: int = 0
    per_hour_fen: int = 0
    overtime_per_hour_fen: int = 0
    regular_hours_s: int = 28_800
    standing_per_day_fen: int = 0
    included_m: int = 0
    included_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleType:
    """A kind of vehicle.

    Parameters
    ----------
    capacity
        Licensed capacity, one amount per `Problem.dimensions`; the driver's seat is not in it.
    profile
        Which travel times it drives by: a profile of `Problem.travel`.
    max_route_m, max_route_s, max_stops
        Limits of one vehicle's day; None is no limit.
    energy
        petrol | diesel | battery | other.
    """

    id: str
    name: str = ""
    capacity: tuple[int, ...] = (4,)
    profile: str = "car"
    rates: CostRates = CostRates()
    energy: str = "petrol"
    max_route_m: int | None = None
    max_route_s: int | None = None
    max_stops: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """When a vehicle or a driver may be on duty."""

    window: TimeWindow
    driver_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Vehicle:
    """One vehicle.

    Parameters
    ----------
    start_place_id, end_place_id
        Where its day starts and must end; an end of None is open (it may stop anywhere).
    shift
        It leaves no earlier and is back no later.
    busy
        Times inside the shift when it is held by something else (another plan, repair, inspection).
    vehicle_class, unit_id, county_id, plate, skills, marked
        Facts that the rules in `Problem` and in requests look at.
    lendable
        Whether other units may use it through a recorded platform dispatch.
    driver_ids
        Who may drive it; empty means its driver comes with it.
    siren
        Entitled to the emergency profile while on a task.
    trips
        How often it may leave a depot with a new load (1 = no reload).
    exempt
        Rules that do not bind it, on approval: `"marking"` (统一标识), `"freeze"` (封存停驶).
    """

    id: str
    type_id: str
    start_place_id: str
    end_place_id: str | None = None
    shift: TimeWindow = ALL_DAY
    busy: tuple[TimeWindow, ...] = ()
    vehicle_class: VehicleClass = VehicleClass.OTHER
    unit_id: str = ""
    county_id: str = ""
    plate: str = ""
    skills: frozenset[str] = frozenset()
    marked: bool = True
    lendable: bool = True
    driver_ids: tuple[str, ...] = ()
    siren: bool = False
    trips: int = 1
    exempt: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """One driver."""

    id: str
    unit_id: str = ""
    licences: frozenset[str] = frozenset()
    shift: TimeWindow = ALL_DAY
    busy: tuple[TimeWindow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Depot:
    """A place where vehicles stand.

    Parameters
    ----------
    spaces
        How many vehicles may stand there at once; None is no limit.
    """

    place_id: str
    window: TimeWindow = ALL_DAY
    spaces: int | None = None


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
    unit_id
        The unit that asked; with `own_unit_only` no borrowed vehicle.
    group_id
        Requests with one group id are served all or none.
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
    vehicle_ids: frozenset[str] = frozenset()
    forbidden_vehicle_ids: frozenset[str] = frozenset()
    group_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserve:
    """Vehicles that must stay free: at least `count` with the skill, of the county (or any), all day."""

    count: int
    skill: str = ""
    county_id: str = ""


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
    """

    request_id: str | None
    stop: int = 0
    option: int = 0
    place_id: str
    arrival_s: int
    start_s: int
    depart_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One vehicle's day from leaving its start to reaching its end.

    Parameters
    ----------
    end_place_id
        Last place; for an open end the place of the last visit.
    distance_m, drive_s
        Sums over the legs, by the profile of the vehicle's type.
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
class Problem:
    """All that a planner may know; nothing else enters a plan.

    Parameters
    ----------
    date
        ISO date of the service day.
    dimensions
        Names of the capacity dimensions, e.g. `("seats",)` or `("kg", "litres")`.
    travel
        Left out of equality and hash: it is derived from the places and the roads.
    locked
        Routes whose visits must stand as they are, as prefixes of the vehicles' routes.
    frozen_until_s
        Nothing that starts before it may be changed.
    buffer_s
        Slack kept between the end of one request and the start of the next on a vehicle.
    reserves
        Vehicles that must stay free.
    fleet_frozen
        A holiday freeze (节假日封存停驶): only vehicles exempt from it move.
    versions
        `(("map", …), ("tariff", …), ("roads", …))`: what the inputs were.
    """

    name: str = ""
    date: str
    synthetic: bool = False
    dimensions: tuple[str, ...] = ("seats",)
    places: tuple[Place, ...]
    vehicle_types: tuple[VehicleType, ...]
    vehicles: tuple[Vehicle, ...]
    drivers: tuple[Driver, ...] = ()
    depots: tuple[Depot, ...] = ()
    requests: tuple[Request, ...]
    travel: TravelMatrix = field(compare=False, repr=False)
    locked: tuple[Route, ...] = ()
    frozen_until_s: int = 0
    buffer_s: int = 0
    reserves: tuple[Reserve, ...] = ()
    fleet_frozen: bool = False
    versions: tuple[tuple[str, str], ...] = ()


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A broken hard rule: a plan with one is not published.

    Parameters
    ----------
    rule
        Short code, e.g. `"capacity"`, `"window"`, `"two_places_at_once"`.
    message
        One sentence with the values, for a dispatcher.
    excess
        How far beyond the limit, in the rule's unit.
    """

    rule: str
    message: str
    vehicle_id: str | None = None
    request_id: str | None = None
    at_s: int | None = None
    excess: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanWarning:
    """A soft rule that a plan touches: shown, never counted as a violation."""

    rule: str
    message: str
    vehicle_id: str | None = None
    request_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CostLine:
    """One line of a bill: quantity × rate, rounded half-even to fen once.

    Parameters
    ----------
    kind
        `"vehicle_used" | "trip" | "km" | "toll" | "hour" | "overtime" | "standing"`.
    quantity
        Metres, seconds or a count, as the kind says.
    decision
        Whether it is part of the decision cost (standing lines are not).
    """

    kind: str
    vehicle_id: str
    quantity: int
    rate_fen: int
    amount_fen: int
    decision: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CostBreakdown:
    """A bill: its total is the sum of its lines."""

    lines: tuple[CostLine, ...]

    @property
    def total_fen(self) -> int:
        """Sum of all lines."""
        return sum(line.amount_fen for line in self.lines)

    @property
    def decision_fen(self) -> int:
        """Sum of the lines that planning can change."""
        return sum(line.amount_fen for line in self.lines if line.decision)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetState:
    """Where a vehicle is and what it is doing at a moment.

    Parameters
    ----------
    status
        available | en_route | on_task | returning | off.
    free_from_s
        When it can start something new.
    """

    vehicle_id: str
    place_id: str
    at_s: int
    status: str = "available"
    free_from_s: int = 0
