"""What there is to serve requests: vehicles, what they cost, who drives, where they stand."""

from dataclasses import dataclass

from optimizer.model.times import ALL_DAY, TimeWindow
from optimizer.model.words import VehicleClass


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
    per_night_fen
        Lodging and meals of the driver for a night away: what was asked decides it, so in `price` only.
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
    per_night_fen: int = 0


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
    cargo_kg, cargo_litres
        Room for goods besides the people; part of `capacity` where somebody asks for it (`optimizer.cargo`).
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
    cargo_kg: int = 0
    cargo_litres: int = 0


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
    licences
        Held by the driver who has been given to it; empty where that is not known yet.
    siren
        Entitled to the emergency profile while on a task.
    trips
        How often it may leave a depot with a new load (1 = no reload).
    exempt
        Rules that do not bind it, on approval: `"marking"` (统一标识), `"freeze"` (封存停驶), `"plate"`
        (限行).
    barred
        Its plate may not drive that day (尾号限行, `optimizer.policy.plates`).
    range_m
        Metres that it can go that day with what it has charged; None is no limit.
    inspected_until
        Last ISO date on which its inspection (年检) is valid; "" where that is not known.
    self_drive
        Has no driver: only for applicants who drive themselves (自驾).
    own_driver_id, other_driver_fen
        Its usual driver (人车固定), and what it costs to give it to another one.
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
    licences: frozenset[str] = frozenset()
    siren: bool = False
    trips: int = 1
    exempt: frozenset[str] = frozenset()
    barred: bool = False
    range_m: int | None = None
    inspected_until: str = ""
    self_drive: bool = False
    own_driver_id: str = ""
    other_driver_fen: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """One driver.

    Parameters
    ----------
    week_s, today_s
        Seconds on duty on earlier days of the week, and today in other plans.
    regular_s, most_s
        Seconds on duty today, over all plans, after which hours are overtime, and beyond which nobody may
        be kept; None: as the rates of the vehicle say, and no limit.
    cleared
        No driver by trade, but may drive official cars himself (自驾).
    """

    id: str
    unit_id: str = ""
    licences: frozenset[str] = frozenset()
    shift: TimeWindow = ALL_DAY
    busy: tuple[TimeWindow, ...] = ()
    week_s: int = 0
    today_s: int = 0
    regular_s: int | None = None
    most_s: int | None = None
    cleared: bool = False


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
class Reserve:
    """Vehicles that must stay free: at least `count` with the skill, of the county (or any), all day."""

    count: int
    skill: str = ""
    county_id: str = ""


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
