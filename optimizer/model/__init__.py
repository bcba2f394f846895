"""The vocabulary and the one `Problem`: what was asked, what there is to serve it, what was planned.

Values only: frozen, built by keyword, tuples for lists, ids are `str`. Units are in the names: integer
seconds since the start of the service day (may pass 86,400), integer metres, money as integer fen (分).
A feature is a field with a neutral default. *Request* is what was asked, *order* is what was assigned, *trip*
is what was driven and recorded.
"""

from gis.matrix import UNREACHABLE, Block, TravelMatrix
from gis.places import Place
from optimizer.model.fleet import CostRates, Depot, Driver, FleetState, Reserve, Shift, Vehicle, VehicleType
from optimizer.model.judgement import CostBreakdown, CostLine, PlanWarning, Violation
from optimizer.model.plan import Away, ReasonCount, Relaxation, Route, Schedule, Unserved, Visit
from optimizer.model.problem import Problem
from optimizer.model.requests import Incident, Need, Request, Return, Stop, StopOption
from optimizer.model.times import ALL_DAY, TimeWindow
from optimizer.model.words import Priority, Reason, Status, VehicleClass

__all__ = [
    "ALL_DAY", "UNREACHABLE", "Away", "Block", "CostBreakdown", "CostLine", "CostRates", "Depot", "Driver",
    "FleetState", "Incident", "Need", "Place", "PlanWarning", "Priority", "Problem", "Reason",
    "ReasonCount", "Relaxation", "Request", "Reserve", "Return", "Route", "Schedule", "Shift", "Status",
    "Stop", "StopOption", "TimeWindow", "TravelMatrix", "Unserved", "Vehicle", "VehicleClass", "VehicleType",
    "Violation", "Visit",
]  # fmt: skip
