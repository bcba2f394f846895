"""How an event's plan is said in documents: times, places, who is who."""

from collections.abc import Iterator, Sequence

from optimizer.event import Event, EventCar, EventPlan, Pass
from optimizer.event.values import KIND_NAMES
from service.clock import clock_text
from service.documents.words import SYNTHETIC

PASSES_KNOWN = "内部使用：含车牌和单位"


def cars_of(event: Event) -> dict[str, EventCar]:
    """Cars by id."""
    return {car.id: car for car in event.cars}


def place_text(p: Pass) -> str:
    """Lot and space."""
    return f"{p.lot_id} {KIND_NAMES[p.kind]} {p.space} 号位"


def when_text(event: Event, p: Pass) -> str:
    """Say when a car comes and when it fetches its people, in one line."""
    cars = cars_of(event)
    car = cars[p.instead_of or p.car_id]
    if p.standby:
        busy = f"顶替 {car.label}，{clock_text(car.leave_s)} 接人" if p.instead_of else "听候调度"
        return f"{clock_text(p.in_s)}–{clock_text(p.out_s)} 备勤，{busy}"
    if p.door_s is None:
        return f"{clock_text(p.in_s)} 进场，{clock_text(p.out_s)} 离场"
    return f"{clock_text(p.door_s)} 到{event.door}下客，{clock_text(car.leave_s)} 到{event.door}接人"


def start_text(p: Pass, car: EventCar) -> str:
    """Say when it sets out, with its convoy; "" where that is not known."""
    convoy = f"车队 {car.convoy}" if car.convoy else ""
    start = f"{clock_text(p.start_s)} 出发" if p.start_s is not None else ""
    return "，".join(part for part in (convoy, start) if part)


def notes(event: Event) -> str:
    """Say what stands at the foot of every page."""
    return " · ".join([PASSES_KNOWN, *([SYNTHETIC] if event.synthetic else []), f"{event.name} {event.date}"])


def texts_of(event: Event, plan: EventPlan) -> Sequence[str]:
    """All that the values bring into a document: its fonts must be able to write them."""
    return list(_texts(event, plan))


def _texts(event: Event, plan: EventPlan) -> Iterator[str]:
    yield from (event.name, event.date, event.venue, event.door)
    for lot in event.lots:
        yield from (lot.id, lot.gate)
    for car in event.cars:
        yield from (car.id, car.plate, car.unit, car.convoy)
    for left in plan.left_out:
        yield left.reason
