"""What an event must not be: contradictions are refused before anybody plans, every one of them named."""

from collections import Counter
from dataclasses import dataclass, field

from optimizer.errors import ProblemError
from optimizer.event.values import Event, Kind, convoys_of

__all__ = ["require_sound"]


@dataclass(slots=True)
class _Faults:
    sentences: list[str] = field(default_factory=list)

    def unless(self, good: bool, sentence: str) -> None:
        if not good:
            self.sentences.append(sentence)


def require_sound(event: Event) -> None:
    """Refuse what contradicts itself.

    Raises
    ------
    ProblemError
        Names every fault: an id twice, a stay that ends before it begins, a convoy from several places or at
        several times, a lot that is not there, no spaces.
    """
    faults = _Faults()
    for what, ids in (("停车场", [lot.id for lot in event.lots]), ("车辆", [car.id for car in event.cars])):
        for name, times in Counter(ids).items():
            faults.unless(times == 1, f"{what} {name} 出现了 {times} 次")
    lots = {lot.id for lot in event.lots}
    for car in event.cars:
        faults.unless(car.arrive_s < car.leave_s, f"{car.label} 的离开时间不晚于到达时间")
        unknown = "、".join(sorted(car.lots - lots))
        faults.unless(not unknown, f"{car.label} 指定的停车场 {unknown} 不在停车场表中")
    for lot in event.lots:
        counts = [lot.spaces(kind) for kind in Kind]
        faults.unless(min(counts) >= 0 and sum(counts) > 0, f"停车场 {lot.id} 没有车位")
    _check_convoys(event, faults)
    positive = event.settings.dwell_s > 0 and (event.settings.bays is None or event.settings.bays > 0)
    faults.unless(positive, "落客位数和停靠时间应大于零")
    if faults.sentences:
        raise ProblemError(faults.sentences)


def _check_convoys(event: Event, faults: _Faults) -> None:
    for name, cars in convoys_of(event).items():
        together = len({(car.arrive_s, car.leave_s, car.drops_off, car.approach_s) for car in cars}) == 1
        faults.unless(together, f"车队 {name} 的车辆出发地、到达或离开时间不同，不能同时出发")
        faults.unless(not any(car.standby for car in cars), f"车队 {name} 中有备勤车，备勤车不编入车队")
