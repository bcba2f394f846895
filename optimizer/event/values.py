"""What an event asks of its parking, and what was planned: values only, units in their names."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from optimizer.model import ALL_DAY, Status, TimeWindow

MINUTE_S: Final = 60


class Kind(StrEnum):
    """Kinds of vehicles, each with spaces of its own."""

    CAR = "car"
    MINIBUS = "minibus"
    COACH = "coach"


KIND_NAMES: Final = {Kind.CAR: "小型车", Kind.MINIBUS: "中型车", Kind.COACH: "大型车"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """The drive between the door and a lot: metres and seconds from the door (`there`) and to it (`back`)."""

    there_m: int = 0
    there_s: int = 0
    back_m: int = 0
    back_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """A parking lot.

    Parameters
    ----------
    cars, minibuses, coaches
        Spaces of each kind; no vehicle takes a space of another kind.
    way
        The drive of cars between the door and the lot.
    bus_way
        The same for minibuses and coaches; None: as cars.
    walk_m
        On foot from the lot to the venue, one way.
    open
        When vehicles may stand there.
    gate
        Which of its gates a pass names.
    units
        Only these park there; empty is everybody.
    """

    id: str
    cars: int = 0
    minibuses: int = 0
    coaches: int = 0
    way: Way = Way()
    bus_way: Way | None = None
    walk_m: int = 0
    open: TimeWindow = ALL_DAY
    gate: str = ""
    units: frozenset[str] = frozenset()

    def spaces(self, kind: Kind) -> int:
        """Count the spaces of a kind."""
        return {Kind.CAR: self.cars, Kind.MINIBUS: self.minibuses, Kind.COACH: self.coaches}[kind]

    def drive(self, kind: Kind) -> Way:
        """Return the drive of a kind of vehicle."""
        return self.way if kind is Kind.CAR or self.bus_way is None else self.bus_way


@dataclass(frozen=True, slots=True, kw_only=True)
class EventCar:
    """One vehicle that comes, waits and leaves with its people; or one that may stand by.

    Parameters
    ----------
    arrive_s, leave_s
        At the door: when its people get off, and when they are to be picked up. Of a vehicle whose people
        walk from its lot, when it reaches the lot and leaves it; of a standby car, from when to when it can
        be there.
    people
        On board without the driver; of a standby car, its seats for them.
    drops_off
        Whether people get off at the door and only the driver goes on to the lot.
    rank
        1 before 2: who gets a space where there are too few.
    convoy
        Cars with one name start together, come one behind the other and park in one lot.
    approach_s
        Drive from where it starts to the door; None: not known, no start is told.
    lots
        It parks in one of these; empty is any.
    standby
        It may stand by (备勤): it is chosen and placed only where cars to stand by are asked for.
    """

    id: str
    unit: str
    arrive_s: int
    leave_s: int
    kind: Kind = Kind.CAR
    plate: str = ""
    people: int = 1
    drops_off: bool = True
    rank: int = 2
    convoy: str = ""
    approach_s: int | None = None
    lots: frozenset[str] = frozenset()
    standby: bool = False

    @property
    def label(self) -> str:
        """What people call it: plate or id, and unit."""
        return f"{self.plate or self.id}（{self.unit}）" if self.unit else self.plate or self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRates:
    """What driving, walking and waiting for a standby car cost, in fen; see `optimizer.policy.events`."""

    car_km_fen: int = 0
    minibus_km_fen: int = 0
    coach_km_fen: int = 0
    walk_km_fen: int = 0
    response_minute_fen: int = 0

    def km_fen(self, kind: Kind) -> int:
        """Fen for a kilometre of a kind of vehicle."""
        return {
            Kind.CAR: self.car_km_fen,
            Kind.MINIBUS: self.minibus_km_fen,
            Kind.COACH: self.coach_km_fen,
        }[kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSettings:
    """How cars are received.

    Parameters
    ----------
    dwell_s
        Standing at the door.
    bays
        Cars that can stand at the door at once; None is no limit, and everybody comes when it says.
    early_s
        Where the door is full a car may be asked to come so much earlier, never later.
    clear_s
        Between two cars in one space.
    ready_s
        A convoy starts so much earlier than it must.
    standby
        How many cars of a kind are to stand by.
    standby_within_s
        Drive from their lot to the door at most.
    """

    dwell_s: int = 60
    bays: int | None = None
    early_s: int = 1_200
    clear_s: int = 300
    ready_s: int = 300
    standby: tuple[tuple[Kind, int], ...] = ()
    standby_within_s: int = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What is to be planned.

    Parameters
    ----------
    date
        ISO date of the day whose seconds are counted.
    venue, door
        What people call the place itself and where cars stop.
    """

    name: str
    date: str
    lots: tuple[Lot, ...]
    cars: tuple[EventCar, ...]
    venue: str = ""
    door: str = ""
    settings: EventSettings = EventSettings()
    rates: EventRates = EventRates()
    synthetic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """A pass (通行证): where one car stands from when to when.

    Parameters
    ----------
    number
        What is printed large; unique.
    space
        Number of the space among those of its kind in the lot, from 1.
    start_s
        When it sets out; None where the way to the door is not known.
    door_s
        When it stops at the door; None where it does not.
    in_s, out_s
        When it enters and leaves the lot.
    instead_of
        Id of the car that it took over from after a breakdown.
    """

    number: str
    car_id: str
    kind: Kind
    lot_id: str
    space: int
    in_s: int
    out_s: int
    door_s: int | None = None
    start_s: int | None = None
    standby: bool = False
    instead_of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A car without a place.

    Parameters
    ----------
    code
        `no_kind`, `no_lot`, `closed`, `too_short`, `door` or `full`.
    reason
        One Chinese sentence.
    """

    car_id: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoreSpaces:
    """The least that would give everybody a place: so many more spaces of a kind in a stretch of time.

    Parameters
    ----------
    least
        Whether it is proven that one less would not do.
    """

    kind: Kind
    spaces: int
    start_s: int
    end_s: int
    least: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPlan:
    """What was planned.

    Parameters
    ----------
    left_out
        Every car without a place, with its reason; cars that may stand by and were not chosen are not in it.
    more
        What would place them.
    split
        Convoys larger than every lot they may use, which park apart.
    standby_short
        Kind → how many cars to stand by are missing.
    drive_fen, walk_fen, response_fen
        Parts of the cost; their sum is what was minimised.
    bound_fen
        No plan that places as many costs less; equal to the cost where `status` is optimal.
    early_s
        Seconds that cars come earlier than they asked, all together.
    """

    passes: tuple[Pass, ...]
    left_out: tuple[LeftOut, ...] = ()
    more: tuple[MoreSpaces, ...] = ()
    split: tuple[str, ...] = ()
    standby_short: tuple[tuple[Kind, int], ...] = ()
    status: Status = Status.OPTIMAL
    drive_fen: int = 0
    walk_fen: int = 0
    response_fen: int = 0
    bound_fen: int = 0
    early_s: int = 0
    nodes: int = 0

    @property
    def cost_fen(self) -> int:
        """What was minimised."""
        return self.drive_fen + self.walk_fen + self.response_fen

    def pass_of(self, car_id: str) -> Pass | None:
        """Return the pass of a car, or of the one that took over from it."""
        found = (p for p in self.passes if car_id in {p.car_id, p.instead_of})
        return next(found, None)


def convoys_of(event: Event) -> dict[str, tuple[EventCar, ...]]:
    """Name of each convoy → its cars, in the order of their ids."""
    found: dict[str, list[EventCar]] = {}
    for car in sorted(event.cars, key=lambda car: car.id):
        if car.convoy:
            found.setdefault(car.convoy, []).append(car)
    return {name: tuple(cars) for name, cars in sorted(found.items())}
