"""What the promise costs if broken: deductions from a month's bill by the clause of the contract."""

from dataclasses import dataclass

from optimizer.contracts import ContractLine
from optimizer.policy.tariffs import CommuterTerms
from optimizer.price import half_even

__all__ = ["ServiceRecord", "deductions", "is_on_time", "points_below"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRecord:
    """What was driven in a month.

    Parameters
    ----------
    runs
        That the contract asks for.
    calls, calls_off_time
        Stops that were to be served, and those of them early or late by more than the contract allows.
    runs_off_time
        Runs with at least one such stop.
    late_replacements
        Runs whose bus broke down and whose replacement came too late or never.
    """

    runs: int
    calls: int
    calls_off_time: int = 0
    runs_off_time: int = 0
    late_replacements: int = 0


def is_on_time(planned_s: int, actual_s: int, terms: CommuterTerms, *, first: bool = False) -> bool:
    """Whether a stop was served within the promised time; the first stop of a run never late."""
    late_s = actual_s - planned_s
    return -terms.on_time_s <= late_s <= (0 if first else terms.on_time_s)


def points_below(record: ServiceRecord, terms: CommuterTerms) -> int:
    """Full percentage points by which the share on time is below the promise."""
    if not record.calls:
        return 0
    on_time = record.calls - record.calls_off_time
    return max(0, (terms.on_time_percent * record.calls - 100 * on_time) // record.calls)


def deductions(month_fen: int, record: ServiceRecord, terms: CommuterTerms) -> tuple[ContractLine, ...]:
    """Lines to take off a month's bill, none of them positive; never more together than the clause allows.

    Parameters
    ----------
    month_fen
        The month's bill. The price of a run is its share of it, rounded half-even.
    """
    clause = terms.penalty
    run_fen = half_even(month_fen, record.runs) if record.runs else 0
    off_time_fen = half_even(run_fen * clause.off_time_run_percent, 100)
    replacement_fen = half_even(run_fen * clause.late_replacement_percent, 100)
    point_fen = half_even(month_fen * clause.below_percent_per_point, 100)
    most_fen = half_even(month_fen * clause.most_percent, 100)
    lines = (
        _line("off_time_runs", record.runs_off_time, off_time_fen),
        _line("below_on_time", points_below(record, terms), point_fen),
        _line("late_replacements", record.late_replacements, replacement_fen),
    )
    beyond_fen = -sum(line.amount_fen for line in lines) - most_fen
    capped = (*lines, _line("above_most", 1, -beyond_fen)) if beyond_fen > 0 else lines
    return tuple(line for line in capped if line.amount_fen)


def _line(kind: str, quantity: int, rate_fen: int) -> ContractLine:
    return ContractLine(
        kind=kind, bus="", quantity=quantity, per=1, rate_fen=-rate_fen, amount_fen=-quantity * rate_fen
    )
