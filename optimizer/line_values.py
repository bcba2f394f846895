"""Values of planned lines: stops with times and loads, who rides, and the figures of a set of lines."""

from dataclasses import dataclass
from itertools import pairwise

from optimizer.line_requests import Direction
from optimizer.model import Place
from optimizer.price import half_even


@dataclass(frozen=True, slots=True, kw_only=True)
class LineStop:
    """One halt of a line.

    Parameters
    ----------
    arrival_s, depart_s
        Wheels stop, wheels turn.
    boarding, alighting, aboard
        Riders who get on and off, and those on board when it leaves.
    metres
        Driven since the first stop of the line.
    """

    place: Place
    arrival_s: int
    depart_s: int
    boarding: int
    alighting: int
    aboard: int
    metres: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ride:
    """Riders of one group who travel together: what a notice tells them.

    Parameters
    ----------
    board_s, alight_s
        The bus leaves the stop where they board; it reaches the one where they get off.
    walk_m
        Metres between home and stop; the longest of their party where only that is known.
    """

    request_id: str
    group_id: str
    riders: int
    board: Place
    board_s: int
    alight: Place
    alight_s: int
    walk_m: int
    ride_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One run of one bus with riders on board.

    Parameters
    ----------
    id, name, number
        E.g. `morning-3`, 早3线, 3: counted by where its riders work, then by its outer stop, so that a plan
        whose times shift by minutes keeps its names.
    seats
        Licensed capacity without the driver.
    legs
        First leg of the vehicle's route that belongs to it and one past the last: leg `i` leads to visit `i`.
    margin_s
        Smallest time left between a visit and the end of its window; None where no visit has a window.
    """

    id: str
    name: str
    number: int
    direction: Direction
    vehicle_id: str
    plate: str
    type_name: str
    seats: int
    legs: tuple[int, int]
    stops: tuple[LineStop, ...]
    rides: tuple[Ride, ...]
    margin_s: int | None

    @property
    def start_s(self) -> int:
        """Departure from its first stop."""
        return self.stops[0].depart_s

    @property
    def end_s(self) -> int:
        """Arrival at its last stop."""
        return self.stops[-1].arrival_s

    @property
    def riders(self) -> int:
        """All who board."""
        return sum(stop.boarding for stop in self.stops)

    @property
    def peak(self) -> int:
        """Most on board at one time."""
        return max(stop.aboard for stop in self.stops)

    @property
    def metres(self) -> int:
        """Length from its first stop to its last."""
        return self.stops[-1].metres

    @property
    def load_factor(self) -> float:
        """Most on board over seats (满载率)."""
        return self.peak / self.seats if self.seats else 0.0

    @property
    def seat_m(self) -> int:
        """Seat-metres offered between its first stop and its last."""
        return self.seats * self.metres

    @property
    def rider_m(self) -> int:
        """Rider-metres carried."""
        return sum(at.aboard * (to.metres - at.metres) for at, to in pairwise(self.stops))

    @property
    def workplaces(self) -> tuple[Place, ...]:
        """Where its riders work, in driving order."""
        seen = [stop for stop in self.stops if (stop.alighting if self._to_work else stop.boarding)]
        return tuple({stop.place.id: stop.place for stop in seen}.values())

    @property
    def _to_work(self) -> bool:
        return self.direction == "morning"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Riders of one group without a seat, and why."""

    request_id: str
    group_id: str
    riders: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Half of the riders have at most `p50`, nine of ten at most `p90`, all at most `most`."""

    p50: int
    p90: int
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFigures:
    """A set of lines in figures.

    Parameters
    ----------
    walk_m, ride_s
        Over the riders served; None where there are none.
    loaded_m, empty_m
        Metres with riders on board, and without (空驶).
    seat_m, rider_m
        Seat-metres offered and rider-metres carried while anybody is on board.
    load_factor
        Most on board over seats, summed over the lines (满载率); None without lines.
    cost_fen
        Bill of the buses that drive, standing lines included.
    margin_s
        Smallest and largest time left to the end of a window; None where no visit has a window.
    """

    lines: int
    buses: int
    stops: int
    riders: int
    served: int
    walk_m: Spread | None
    ride_s: Spread | None
    loaded_m: int
    empty_m: int
    seat_m: int
    rider_m: int
    load_factor: float | None
    cost_fen: int
    margin_s: tuple[int, int] | None

    @property
    def cost_per_ride_fen(self) -> int | None:
        """Cost of one rider's ride, rounded half-even; None where nobody rides."""
        return half_even(self.cost_fen, self.served) if self.served else None

    @property
    def seat_use(self) -> float | None:
        """Rider-metres over seat-metres; None where no seat is offered."""
        return self.rider_m / self.seat_m if self.seat_m else None
