"""A venue with two lots that a reader can compute by hand: 300 m and one minute to the near one, 1,200 m and
four minutes to the far one; a kilometre by car costs 1 yuan, a kilometre on foot 4."""

from typing import Any

from optimizer.event import Event, EventCar, EventRates, EventSettings, Kind, Lot, Way

H = 3_600
RATES = EventRates(
    car_km_fen=100, minibus_km_fen=150, coach_km_fen=200, walk_km_fen=400, response_minute_fen=100
)
NEAR = Lot(
    id="近场", cars=2, way=Way(there_m=300, there_s=60, back_m=300, back_s=60), walk_m=250, gate="东门"
)
FAR = Lot(
    id="远场", cars=10, coaches=2, way=Way(there_m=1_200, there_s=240, back_m=1_200, back_s=240), walk_m=1_000
)


def car(name: str, arrive_h: float = 8.0, leave_h: float = 12.0, **more: Any) -> EventCar:
    """A car of an office that comes and leaves at these hours."""
    about: dict[str, Any] = {"unit": "办公室", **more}
    return EventCar(id=name, arrive_s=round(arrive_h * H), leave_s=round(leave_h * H), **about)


def event(*cars: EventCar, lots: tuple[Lot, ...] = (NEAR, FAR), **settings: Any) -> Event:
    """An event at the two lots; `settings` are fields of `EventSettings`, without time to clear."""
    about = EventSettings(**{"clear_s": 0, **settings})
    return Event(name="会议", date="2026-03-02", lots=lots, cars=cars, settings=about, rates=RATES)


def coach(name: str, **more: Any) -> EventCar:
    """A coach of forty."""
    return car(name, kind=Kind.COACH, people=40, **more)
