"""The judge of event plans: recomputes every pass from the event alone and shares no code with the planner.

A lot is looked at minute by minute, each minute counted anew; money is added up line by line.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction

from optimizer.check.words import clock
from optimizer.event.values import Event, EventCar, EventPlan, Kind, Lot, Pass, Way
from optimizer.model import Violation

__all__ = ["event_violations"]


def event_violations(event: Event, plan: EventPlan) -> tuple[Violation, ...]:
    """List every broken rule of a plan; empty for a sound one."""
    cars, lots = {car.id: car for car in event.cars}, {lot.id: lot for lot in event.lots}
    known, found = [], list[Violation]()
    for p in plan.passes:
        if p.car_id in cars and p.lot_id in lots and (not p.instead_of or p.instead_of in cars):
            known.append(p)
        else:
            found.append(_broken("unknown", p, "车辆或停车场不在活动中"))
    found += _everybody_once(event, plan)
    for p in known:
        found += _lot_rules(p, _guest(p, cars), lots[p.lot_id])
        found += _times(event, p, _guest(p, cars), lots[p.lot_id])
        found += _stands_in(p, cars)
    found += _spaces(event, known, lots)
    found += _door(event, known)
    found += _convoys(event, plan, known, cars, lots)
    found += _standby(event, plan, known, lots)
    found += _money(event, plan, known, cars, lots)
    return tuple(found)


def _guest(p: Pass, cars: Mapping[str, EventCar]) -> EventCar:
    """Whose times and people a pass is for."""
    return cars[p.car_id if p.standby or not p.instead_of else p.instead_of]


def _broken(rule: str, p: Pass, sentence: str) -> Violation:
    return Violation(rule=rule, message=f"通行证 {p.number}（{p.car_id}）：{sentence}", vehicle_id=p.car_id)


def _everybody_once(event: Event, plan: EventPlan) -> Iterator[Violation]:
    held = Counter(p.instead_of if p.instead_of and not p.standby else p.car_id for p in plan.passes)
    driven = Counter(p.car_id for p in plan.passes)
    left = Counter(found.car_id for found in plan.left_out)
    for car in event.cars:
        times = held[car.id] + left[car.id]
        if car.standby:
            if driven[car.id] > 1 or left[car.id]:
                yield Violation(rule="once", message=f"备勤车 {car.id} 有 {driven[car.id]} 张通行证")
        elif times != 1:
            message = f"车辆 {car.id} 有 {held[car.id]} 张通行证、{left[car.id]} 条未安排说明，应共有 1 项"
            yield Violation(rule="once", message=message)
    for number, times in Counter(p.number for p in plan.passes).items():
        if times > 1 or not number:
            yield Violation(rule="number", message=f"通行证号“{number}”用了 {times} 次")
    for found in plan.left_out:
        if not found.reason:
            yield Violation(rule="reason", message=f"车辆 {found.car_id} 未安排而没有原因")


def _lot_rules(p: Pass, car: EventCar, lot: Lot) -> Iterator[Violation]:
    if p.kind is not car.kind:
        yield _broken("kind", p, f"车位类型是 {p.kind}，车辆是 {car.kind}")
    if not 1 <= p.space <= _size(lot, car.kind):
        yield _broken("space", p, f"车位 {p.space} 不在 1 至 {_size(lot, car.kind)} 之间")
    if car.lots and lot.id not in car.lots:
        yield _broken("lot", p, f"指定停在 {'、'.join(sorted(car.lots))}，却在 {lot.id}")
    if lot.units and car.unit not in lot.units:
        yield _broken("lot", p, f"{lot.id} 不向 {car.unit} 开放")
    if p.in_s < lot.open.start_s or p.out_s > lot.open.end_s:
        yield _broken("open", p, f"{clock(p.in_s)}–{clock(p.out_s)} 超出 {lot.id} 的开放时间")


def _times(event: Event, p: Pass, car: EventCar, lot: Lot) -> Iterator[Violation]:
    settings = event.settings
    way = _way(lot, car.kind)
    stops = car.drops_off and not car.standby
    if (p.door_s is not None) != stops:
        yield _broken("door", p, "应在门口停靠" if stops else "不应在门口停靠")
        return
    if p.door_s is None:
        enters, leaves = car.arrive_s, car.leave_s
    else:
        enters, leaves = p.door_s + settings.dwell_s + way.there_s, car.leave_s - way.back_s
        early_s = car.arrive_s - p.door_s
        most_s = 0 if settings.bays is None else settings.early_s
        if not 0 <= early_s <= most_s:
            yield _broken("early", p, f"{clock(p.door_s)} 到门口，比要求早 {early_s} 秒，只可早 {most_s} 秒")
    if (p.in_s, p.out_s) != (enters, leaves):
        wrong = f"进出时刻 {clock(p.in_s)}、{clock(p.out_s)}"
        yield _broken("times", p, f"{wrong}，应为 {clock(enters)}、{clock(leaves)}")
    if p.out_s <= p.in_s:
        yield _broken("times", p, "离场不晚于进场")


def _stands_in(p: Pass, cars: Mapping[str, EventCar]) -> Iterator[Violation]:
    if not p.instead_of:
        return
    driver, guest = cars[p.car_id], cars[p.instead_of]
    if not driver.standby:
        yield _broken("stand_in", p, "顶替的不是备勤车")
    if driver.kind is not guest.kind or driver.people < guest.people:
        yield _broken("stand_in", p, f"备勤车 {driver.people} 座，不能顶替 {guest.people} 人的车")


def _spaces(event: Event, passes: list[Pass], lots: Mapping[str, Lot]) -> Iterator[Violation]:
    """Count every minute anew: cars in each lot, and who stands on each space."""
    here: dict[tuple[str, Kind, int], int] = {}
    on: dict[tuple[str, Kind, int, int], str] = {}
    told: set[tuple[str, Kind]] = set()
    for p in passes:
        until_s = p.out_s + event.settings.clear_s
        for minute in range(p.in_s // 60, (until_s + 59) // 60):
            key = (p.lot_id, p.kind, minute)
            here[key] = here.get(key, 0) + 1
            most = _size(lots[p.lot_id], p.kind)
            if here[key] > most and key[:2] not in told:
                told.add((p.lot_id, p.kind))
                message = f"{p.lot_id} 在 {clock(60 * minute)} 有 {here[key]} 辆以上，只有 {most} 个车位"
                yield Violation(rule="capacity", message=message)
            other = on.setdefault((p.lot_id, p.kind, p.space, minute), p.number)
            if other != p.number:
                yield _broken("space", p, f"{p.lot_id} {p.space} 号位同时给了 {other}")
                break


def _door(event: Event, passes: list[Pass]) -> Iterator[Violation]:
    """Count who stands at the door at each moment at which somebody comes."""
    bays, dwell_s = event.settings.bays, event.settings.dwell_s
    if bays is None:
        return
    times = sorted(p.door_s for p in passes if p.door_s is not None)
    for i, now_s in enumerate(times):
        standing = sum(1 for earlier_s in times[: i + 1] if earlier_s > now_s - dwell_s)
        if standing > bays:
            message = f"{clock(now_s)} 门口有 {standing} 辆车，只有 {bays} 个落客位"
            yield Violation(rule="door", message=message)
            return


def _convoys(
    event: Event,
    plan: EventPlan,
    passes: list[Pass],
    cars: Mapping[str, EventCar],
    lots: Mapping[str, Lot],
) -> Iterator[Violation]:
    members: dict[str, list[Pass]] = {}
    for p in passes:
        if not p.standby and cars[p.instead_of or p.car_id].convoy:
            members.setdefault(cars[p.instead_of or p.car_id].convoy, []).append(p)
    broken = {found.car_id for found in plan.left_out if found.code == "breakdown"}
    for name, own in members.items():
        asked = [car for car in event.cars if car.convoy == name]
        if len({p.start_s for p in own if not p.instead_of}) > 1:
            yield Violation(rule="convoy", message=f"车队 {name} 没有同时出发")
        if name in plan.split:
            if any(_could_hold(lot, asked) for lot in lots.values()):
                yield Violation(rule="convoy", message=f"车队 {name} 分开停放，而有停车场放得下")
        elif len({p.lot_id for p in own}) > 1 or len(own) + len(broken & {c.id for c in asked}) < len(asked):
            yield Violation(rule="convoy", message=f"车队 {name} 没有全部停在一处")
        yield from _column(event, name, own)
    yield from _starts(event, passes, cars)


def _could_hold(lot: Lot, asked: list[EventCar]) -> bool:
    """Whether a lot has spaces for a convoy and stays open for it, without looking at its times."""
    counts = Counter(car.kind for car in asked)
    units = not lot.units or all(car.unit in lot.units for car in asked)
    named = all(not car.lots or lot.id in car.lots for car in asked)
    ways = [lot.way, *([lot.bus_way] if lot.bus_way else [])]
    hours = min(car.arrive_s for car in asked) - 7_200, max(car.leave_s for car in asked) + 7_200
    open_ = lot.open.start_s <= hours[0] and lot.open.end_s >= hours[1]
    room = min(car.leave_s - car.arrive_s for car in asked) > 7_200 + sum(w.there_s + w.back_s for w in ways)
    return units and named and open_ and room and all(_size(lot, k) >= n for k, n in counts.items())


def _column(event: Event, name: str, own: list[Pass]) -> Iterator[Violation]:
    """Cars of a convoy come to the door one behind the other, without a gap."""
    times = sorted(p.door_s for p in own if p.door_s is not None and not p.instead_of)
    if event.settings.bays is not None and times:
        slots = -(-len(times) // event.settings.bays)
        if times[-1] - times[0] > slots * event.settings.dwell_s:
            yield Violation(rule="convoy", message=f"车队 {name} 到门口时前后脱节")


def _starts(event: Event, passes: list[Pass], cars: Mapping[str, EventCar]) -> Iterator[Violation]:
    """Nobody sets out too late for its time at the door."""
    for p in passes:
        car = cars[p.car_id]
        if p.start_s is not None and car.approach_s is not None:
            due_s = car.arrive_s if p.door_s is None else p.door_s
            if p.start_s + car.approach_s + event.settings.ready_s > due_s:
                yield _broken("start", p, f"{clock(p.start_s)} 出发，{clock(due_s)} 到不了")


def _standby(
    event: Event, plan: EventPlan, passes: list[Pass], lots: Mapping[str, Lot]
) -> Iterator[Violation]:
    short, wanted = dict(plan.standby_short), dict(event.settings.standby)
    for p in passes:
        if p.standby and not p.instead_of:
            lot = lots[p.lot_id]
            way = _way(lot, p.kind)
            if way.back_s > event.settings.standby_within_s:
                yield _broken("standby", p, f"备勤车到门口要 {way.back_s} 秒")
    for kind in Kind:
        there = sum(1 for p in passes if _stood_by(p, kind))
        asked = wanted.get(kind, 0) - short.get(kind, 0)
        if there != asked:
            yield Violation(rule="standby", message=f"{kind} 备勤 {there} 辆，应为 {asked} 辆")


def _stood_by(p: Pass, kind: Kind) -> bool:
    """Whether a pass is of a car that stands by, or did before it took over."""
    return p.kind is kind and (p.standby or bool(p.instead_of))


def _money(
    event: Event,
    plan: EventPlan,
    passes: list[Pass],
    cars: Mapping[str, EventCar],
    lots: Mapping[str, Lot],
) -> Iterator[Violation]:
    rates, drive, walk, response = event.rates, 0, 0, 0
    per_km = {Kind.CAR: rates.car_km_fen, Kind.MINIBUS: rates.minibus_km_fen, Kind.COACH: rates.coach_km_fen}
    for p in passes:
        car, lot = _guest(p, cars), lots[p.lot_id]
        way = _way(lot, car.kind)
        if p.standby:
            response += round(Fraction(way.back_s * rates.response_minute_fen, 60))
        elif car.drops_off:
            drive += round(Fraction((way.there_m + way.back_m) * per_km[car.kind], 1_000))
        else:
            walk += round(Fraction(2 * lot.walk_m * car.people * rates.walk_km_fen, 1_000))
    for what, said, right in (
        ("行驶", plan.drive_fen, drive),
        ("步行", plan.walk_fen, walk),
        ("备勤", plan.response_fen, response),
    ):
        if said != right:
            yield Violation(rule="money", message=f"{what}费用写为 {said} 分，应为 {right} 分")
    if plan.bound_fen > drive + walk + response:
        message = f"下界 {plan.bound_fen} 分高于费用 {drive + walk + response} 分"
        yield Violation(rule="bound", message=message)


def _size(lot: Lot, kind: Kind) -> int:
    return {Kind.CAR: lot.cars, Kind.MINIBUS: lot.minibuses, Kind.COACH: lot.coaches}[kind]


def _way(lot: Lot, kind: Kind) -> Way:
    return lot.way if kind is Kind.CAR or lot.bus_way is None else lot.bus_way
