"""What any solver gives back on an instance, in the instance's own numbering."""

from dataclasses import dataclass


class CannotSolve(ValueError):
    """A solver that has no words for a family."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Routes found.

    Parameters
    ----------
    vehicle_types
        Position in the instance's fleet per route.
    seconds
        Wall time of the search alone.
    cpu_seconds
        Processor time of it, where it was measured.
    """

    routes: tuple[tuple[int, ...], ...]
    vehicle_types: tuple[int, ...]
    seconds: float
    setup_seconds: float = 0.0
    cpu_seconds: float = 0.0
    iterations: int = 0
    bound: float | None = None
    depots: tuple[int, ...] = ()
