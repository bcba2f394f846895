"""Why a car has no place, in one sentence that a dispatcher can act on."""

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from optimizer.event.door import DoorTimes
from optimizer.event.spaces import busy_minutes, stretches
from optimizer.event.stays import obstacle, stay
from optimizer.event.values import (
    KIND_NAMES,
    MINUTE_S,
    Event,
    EventCar,
    LeftOut,
    Lot,
    Pass,
    convoys_of,
)

__all__ = ["left_out", "time_text"]

NEAREST: Final = ("too_short", "closed", "no_kind", "no_lot")
"""Obstacles, the one that is easiest to remove first."""
LOTS_NAMED: Final = 3


def time_text(seconds: int) -> str:
    """Write a second of the day as hours and minutes."""
    return f"{seconds // 3_600:02}:{seconds % 3_600 // 60:02}"


def left_out(
    event: Event, times: DoorTimes, passes: Sequence[Pass], together: Collection[str]
) -> tuple[LeftOut, ...]:
    """Name every guest without a pass, with the reason."""
    placed = {found.car_id for found in passes}
    full = _full(event, passes)
    convoys = convoys_of(event)
    found: list[LeftOut] = []
    for car in event.cars:
        if car.id in placed or car.standby:
            continue
        code, reason = _reason(event, car, times, full)
        if code == "full" and car.convoy in together:
            reason += f"（车队 {car.convoy} 共 {len(convoys[car.convoy])} 辆，同场停放）"
        found.append(LeftOut(car_id=car.id, code=code, reason=f"{car.label}：{reason}"))
    return tuple(found)


def _full(event: Event, passes: Sequence[Pass]) -> dict[tuple[str, str], list[tuple[int, int, int]]]:
    """(Lot id, kind) → stretches of minutes in which it has no free space."""
    spans: dict[tuple[str, str], list[range]] = {}
    for p in passes:
        spans.setdefault((p.lot_id, p.kind), []).append(busy_minutes(p, event.settings.clear_s))
    lots = {lot.id: lot for lot in event.lots}
    kinds = {p.kind.value: p.kind for p in passes}
    return {key: stretches(s, lots[key[0]].spaces(kinds[key[1]]) - 1) for key, s in spans.items()}


def _reason(
    event: Event, car: EventCar, times: DoorTimes, full: dict[tuple[str, str], list[tuple[int, int, int]]]
) -> tuple[str, str]:
    settings = event.settings
    if car.id in times.turned_away:
        first, last = time_text(car.arrive_s - settings.early_s), time_text(car.arrive_s)
        return "door", f"{first} 至 {last} 的 {settings.bays} 个落客位已排满"
    door_s = times.door_s.get(car.id)
    codes = {lot.id: obstacle(car, lot, door_s, settings) for lot in event.lots}
    if all(codes.values()):
        code = next(code for code in NEAREST if code in codes.values())
        lot = next(lot for lot in event.lots if codes[lot.id] == code)
        return code, _sentence(code, car, lot)
    kind = KIND_NAMES[car.kind]
    named = list(_when_full(event, car, door_s, codes, full))
    more = f"等 {len(named)} 个停车场" if len(named) > LOTS_NAMED else ""
    return "full", f"{kind}位已满：{'、'.join(named[:LOTS_NAMED])}{more}" if named else f"{kind}位不够"


def _when_full(
    event: Event,
    car: EventCar,
    door_s: int | None,
    codes: dict[str, str],
    full: dict[tuple[str, str], list[tuple[int, int, int]]],
) -> Iterator[str]:
    for lot in event.lots:
        if codes[lot.id]:
            continue
        here = stay(car, lot, door_s, event.settings)
        for first, end, _ in full.get((lot.id, car.kind), ()):
            if first < here.end_minute and here.first_minute < end:
                yield f"{lot.id} {time_text(first * MINUTE_S)}–{time_text(end * MINUTE_S)}"
                break


def _sentence(code: str, car: EventCar, lot: Lot) -> str:
    kind = KIND_NAMES[car.kind]
    if code == "too_short":
        return f"停留太短，送到 {lot.id} 再回来接人已来不及"
    if code == "closed":
        hours = f"{time_text(lot.open.start_s)}–{time_text(lot.open.end_s)}"
        return f"{lot.id} 只在 {hours} 开放"
    if code == "no_kind":
        return f"可用的停车场没有{kind}位"
    return "指定的停车场不可用" if car.lots else f"没有向 {car.unit} 开放的停车场"
