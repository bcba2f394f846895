"""Public research instances as values, in the numbering of their own files."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Family = Literal["cvrp", "hfvrp", "vrptw", "pdptw", "darp"]


class InstanceError(ValueError):
    """A file that is not an instance of a known family, or is damaged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BestKnown:
    """Best published value: `vehicles` is None where the family does not count them first."""

    cost: float
    vehicles: int | None = None
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetGroup:
    """`count` identical vehicles.

    Parameters
    ----------
    fixed, per_distance
        Cost of using one, and per unit of distance.
    """

    capacity: int
    count: int
    fixed: float = 0.0
    per_distance: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RoutingInstance:
    """One depot (node 0) and nodes to visit.

    Parameters
    ----------
    distance
        float64[n, n]; travel time equals distance in every family here.
    demand
        int64[n]: positive is collected (or delivered: with one depot the same thing), a pair has +q and −q.
    ready, due, service
        float64[n]: earliest and latest start of service, and its length.
    pairs
        (pickup node, delivery node) where requests have two ends.
    fleet
        Vehicles in groups; where the family sets no number, one per node.
    max_route, max_ride
        Longest route (leaving to returning) and ride (leaving the pickup to service at the delivery).
    vehicles_first
        Whether fewer vehicles beat any saving of distance.
    """

    name: str
    family: Family
    distance: NDArray[np.float64]
    demand: NDArray[np.int64]
    ready: NDArray[np.float64]
    due: NDArray[np.float64]
    service: NDArray[np.float64]
    fleet: tuple[FleetGroup, ...]
    pairs: tuple[tuple[int, int], ...] = ()
    max_route: float | None = None
    max_ride: float | None = None
    vehicles_first: bool = False
    best: BestKnown | None = None
    notes: tuple[str, ...] = field(default=())

    @property
    def size(self) -> int:
        """Number of nodes, depot included."""
        return len(self.demand)


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolStop:
    """A bus stop of one school: position in feet, students waiting."""

    id: int
    x: float
    y: float
    school_id: int
    students: int


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    """A school: position in feet, earliest and latest bell in seconds of the day."""

    id: int
    x: float
    y: float
    early_s: float
    late_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolInstance:
    """School bus routing after Park, Tae & Kim (2012): the cost is the number of buses."""

    name: str
    stops: tuple[SchoolStop, ...]
    schools: tuple[School, ...]
    max_ride_s: float
    best: BestKnown | None = None
    family: Literal["sbrp"] = "sbrp"
    vehicles_first: Literal[True] = True


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScheduleInstance:
    """Multi-depot vehicle scheduling: fixed trips, each served once, vehicles return to their depot.

    Parameters
    ----------
    pull_out, pull_in
        int64[depots, trips]: cost from a depot to a trip, and back.
    link
        int64[trips, trips]: cost of serving the second after the first, −1 where it cannot be.
    vehicles
        Vehicles per depot.
    """

    name: str
    pull_out: NDArray[np.int64]
    pull_in: NDArray[np.int64]
    link: NDArray[np.int64]
    vehicles: tuple[int, ...]
    best: BestKnown | None = None
    proven_bound: int | None = None
    family: Literal["mdvsp"] = "mdvsp"

    @property
    def trips(self) -> int:
        """Number of trips."""
        return len(self.link)
