"""Convoys: several vehicles that start together and arrive in the same window, all of them or none."""

from dataclasses import replace

from optimizer.model import Request, Stop, TimeWindow

__all__ = ["convoy"]


def convoy(request: Request, vehicles: int, *, arrive_by_s: int | None = None) -> tuple[Request, ...]:
    """Make one request of several vehicles into so many of one each, in one group.

    All start at the very second at which the window of the request opens; people are spread evenly, the first
    vehicles take the rest.

    Parameters
    ----------
    arrive_by_s
        End of the window in which all reach the next place; None keeps that of the request.

    Raises
    ------
    ValueError
        Fewer than two vehicles, fewer people than vehicles, or a request that is in a group already.
    """
    people = max((sum(n for n in stop.load if n > 0) for stop in request.stops), default=0)
    if vehicles < 2 or (people and people < vehicles):
        message = f"车队 {request.name or request.id} 要 {vehicles} 辆、{people} 人；至少 2 辆，每辆至少 1 人"
        raise ValueError(message)
    if request.group_id is not None:
        message = f"申请 {request.id!r} 已在 {request.group_id!r} 组中，不能再编成车队"
        raise ValueError(message)
    start_s = request.stops[0].options[0].window.start_s
    together = _at(request.stops[0], TimeWindow(start_s=start_s, end_s=start_s))
    stops = [together, *request.stops[1:]]
    if arrive_by_s is not None and len(stops) > 1:
        window = stops[1].options[0].window
        stops[1] = _at(stops[1], TimeWindow(start_s=window.start_s, end_s=arrive_by_s))
    return tuple(
        replace(
            request,
            id=f"{request.id}/{k + 1}",
            name=f"{request.name or request.id}（{k + 1}/{vehicles}）",
            stops=tuple(_share(stop, k, vehicles) for stop in stops),
            group_id=f"convoy {request.id}",
            sole_use=True,
        )
        for k in range(vehicles)
    )


def _at(stop: Stop, window: TimeWindow) -> Stop:
    return replace(stop, options=tuple(replace(option, window=window) for option in stop.options))


def _share(stop: Stop, k: int, vehicles: int) -> Stop:
    """Give vehicle `k` its part of every load."""
    return replace(stop, load=tuple(_part(amount, k, vehicles) for amount in stop.load))


def _part(amount: int, k: int, vehicles: int) -> int:
    whole, rest = divmod(abs(amount), vehicles)
    part = whole + (k < rest)
    return part if amount >= 0 else -part
