"""What would give everybody a place: the fewest further spaces of each kind, for the shortest time."""

from collections import Counter
from collections.abc import Collection, Sequence

from optimizer.event.door import DoorTimes
from optimizer.event.parking import ELSEWHERE, Choice, Class, Group, choose, class_of
from optimizer.event.spaces import occupancy, stretches
from optimizer.event.stays import Stay
from optimizer.event.values import MINUTE_S, Event, Kind, MoreSpaces
from optimizer.model import Status

__all__ = ["further_spaces"]


def further_spaces(
    event: Event,
    guests: Sequence[Group],
    times: DoorTimes,
    needy: Collection[str],
    standing_by: Sequence[Group],
    seconds: float | None,
) -> tuple[MoreSpaces, ...]:
    """Count the spaces that are missing, as if there were a lot at the door itself.

    Parameters
    ----------
    guests
        All guests, those that found no space too.
    needy
        Cars that more spaces would help.
    standing_by
        The cars that stand by; they keep a place.
    """
    if not needy:
        return ()
    helped = [g for g in guests if g.stays or any(car.id in needy for car in g.cars)]
    elsewhere = {group.first.id: _at_the_door(event, group, times) for group in helped}
    groups = [*helped, *standing_by]
    demand = Counter[Class]()
    for group in groups:
        demand[class_of(group.first)] += len(group.cars)
    first = choose(event, groups, demand=demand, elsewhere=elsewhere, seconds=seconds)
    if not first.solved.found:
        return ()
    counts = {
        kind: max(occupancy(_spans(first, groups, elsewhere, kind)).values(), default=0) for kind in Kind
    }
    then = choose(event, groups, demand=demand, elsewhere=elsewhere, fewest=counts, seconds=seconds)
    least = first.solved.status is Status.OPTIMAL
    best = then if then.solved.found else first
    return tuple(
        MoreSpaces(kind=kind, spaces=most, start_s=begin * MINUTE_S, end_s=end * MINUTE_S, least=least)
        for kind in Kind
        for begin, end, most in stretches(_spans(best, groups, elsewhere, kind), 0)
    )


def _at_the_door(event: Event, group: Group, times: DoorTimes) -> Stay:
    car = group.first
    door_s = times.door_s.get(car.id)
    in_s = car.arrive_s if door_s is None else door_s + event.settings.dwell_s
    end = -(-(car.leave_s + event.settings.clear_s) // MINUTE_S)
    return Stay(in_s=in_s, out_s=car.leave_s, first_minute=in_s // MINUTE_S, end_minute=end)


def _spans(choice: Choice, groups: Sequence[Group], elsewhere: dict[str, Stay], kind: Kind) -> list[range]:
    """Minutes of every car of a kind that stands elsewhere."""
    return [
        range(elsewhere[group.first.id].first_minute, elsewhere[group.first.id].end_minute)
        for group in groups
        if group.first.kind is kind
        for car in group.cars
        if choice.lot_of.get(car.id) == ELSEWHERE
    ]
