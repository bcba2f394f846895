"""How judges speak: one Chinese sentence with the values, for a dispatcher."""

from collections.abc import Sequence

from optimizer.model import Problem, Request, Vehicle


def clock(seconds: int) -> str:
    """Write seconds since the start of the service day as HH:MM:SS; hours may pass 24."""
    sign = "-" if seconds < 0 else ""
    minutes, second = divmod(abs(seconds), 60)
    return f"{sign}{minutes // 60:02d}:{minutes % 60:02d}:{second:02d}"


def car(vehicle: Vehicle) -> str:
    """Name a vehicle by its plate, or its id where it has none."""
    return f"车辆 {vehicle.plate or vehicle.id}"


def ask(request: Request) -> str:
    """Name a request by what people call it, or its id."""
    return f"申请 {request.name or request.id}"


def amounts(values: Sequence[int], problem: Problem) -> str:
    """Write one amount per dimension with its name."""
    return "、".join(f"{name} {value}" for name, value in zip(problem.dimensions, values, strict=True))
