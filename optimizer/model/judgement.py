"""What judges and prices say of a plan: broken rules, warnings, lines of a bill."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A broken hard rule: a plan with one is not published.

    Parameters
    ----------
    rule
        Short code, e.g. `"capacity"`, `"window"`, `"two_places_at_once"`.
    message
        One sentence with the values, for a dispatcher.
    excess
        How far beyond the limit, in the rule's unit.
    """

    rule: str
    message: str
    vehicle_id: str | None = None
    request_id: str | None = None
    at_s: int | None = None
    excess: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanWarning:
    """A soft rule that a plan touches: shown, never counted as a violation."""

    rule: str
    message: str
    vehicle_id: str | None = None
    request_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CostLine:
    """One line of a bill: quantity × rate, rounded half-even to fen once.

    Parameters
    ----------
    kind
        `"vehicle_used" | "trip" | "km" | "toll" | "hour" | "overtime" | "other_driver" |
        "night" | "standing"`.
    quantity
        Metres, seconds or a count, as the kind says.
    decision
        Whether it is part of the decision cost (standing lines are not).
    """

    kind: str
    vehicle_id: str
    quantity: int
    rate_fen: int
    amount_fen: int
    decision: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CostBreakdown:
    """A bill: its total is the sum of its lines."""

    lines: tuple[CostLine, ...]

    @property
    def total_fen(self) -> int:
        """Sum of all lines."""
        return sum(line.amount_fen for line in self.lines)

    @property
    def decision_fen(self) -> int:
        """Sum of the lines that planning can change."""
        return sum(line.amount_fen for line in self.lines if line.decision)
