"""Words with a fixed meaning: classes of vehicles, priorities, reasons, ends of a search."""

from enum import StrEnum


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
    NO_ROOM = "no_room"  # for goods
    NO_CLASS = "no_class"
    NO_SKILL = "no_skill"
    NO_ENERGY = "no_energy"  # another kind of energy is asked for, e.g. new energy
    NO_LICENCE = "no_licence"
    NO_DRIVER = "no_driver"
    FROZEN = "frozen"  # a holiday freeze (节假日封存停驶)
    BARRED = "barred"  # plates of its last digit may not drive that day (限行)
    INSPECTION = "inspection"  # no longer valid (年检过期)
    SELF_DRIVE = "self_drive"  # a car for applicants who drive, or an applicant who may not
    NOT_ALLOWED = "not_allowed"
    BUSY = "busy"
    OUTSIDE_SHIFT = "outside_shift"
    OUTSIDE_WINDOW = "outside_window"
    UNREACHABLE = "unreachable"
    TOO_FAR_TO_WALK = "too_far_to_walk"
    RIDE_TOO_LONG = "ride_too_long"
    LIMIT = "limit"  # metres, hours or stops of the vehicle's day
    RANGE = "out_of_range"
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
