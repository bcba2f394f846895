"""The tables of `compare`: sets with their goals, every file, and where a peer leads."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from statistics import mean
from typing import Any, Final

from benchmarks.pages import Record, line, measured_where, table

GOALS: dict[tuple[str, float], tuple[float | None, float | None]] = {
    ("cvrp", 10): (0.4, None),
    ("cvrp", 30): (0.25, None),
    ("cvrp-large", 10): (1.5, None),
    ("cvrp-large", 30): (1.0, None),
    ("vrptw", 10): (None, 0.9),
    ("vrptw", 30): (1.5, 0.9),
    ("hfvrp", 10): (1.0, None),
    ("hfvrp", 30): (0.6, None),
    ("pdptw", 10): (None, 0.6),
    ("pdptw", 30): (None, 0.75),
    ("darp", 10): (3.0, None),
    ("darp", 30): (1.5, None),
}
"""Of this engine, by set and seconds: the mean gap in % at most, the share of best-known fleets at least."""
NOTE: Final = (
    "One solver after the other on one pinned core; a gap is against the best-known cost and is left out "
    "where the fleet is not the best-known one; OR-Tools and VROOM take no seed and run once."
)


def page(recorded: list[Record], sets: Iterable[str], solvers: Sequence[str]) -> str:
    """Markdown: sets with their goals, then every file, then where a peer leads."""
    order = list(sets)
    groups: dict[tuple[str, float], dict[str, list[Record]]] = defaultdict(dict)
    for row in recorded:
        groups[row["set"], row["seconds"]].setdefault(row["solver"], []).append(row)
    ranked = {key: groups[key] for key in sorted(groups, key=lambda k: (order.index(k[0]), k[1]))}
    head = ("set", "s", "solver", "runs", "gap % mean", "least", "most", "best-known fleet", "infeasible")
    lines = [
        line((*key, solver, *_summary(found), *_goal(key, solver, found)))
        for key, results in ranked.items()
        for solver, found in sorted(results.items(), key=lambda item: solvers.index(item[0]))
    ]
    return "\n\n".join(
        (
            "## Routes: this engine beside its peers",
            *measured_where("compare all", recorded),
            NOTE,
            table((*head, "goal", "reached"), lines),
            _leaders(ranked),
            *_files(recorded, order, solvers),
        )
    )


def _summary(found: list[Record]) -> tuple[Any, ...]:
    gaps = [row["gap"] for row in found if row["gap"] is not None and row["feasible"]]
    fleets = [row["fleet_reached"] for row in found if row["fleet_reached"] is not None]
    figures = tuple(map(_percent, (mean(gaps), min(gaps), max(gaps)))) if gaps else ("—",) * 3
    fleet = f"{sum(fleets)} of {len(fleets)}" if fleets else "—"
    return len(found), *figures, fleet, sum(not row["feasible"] for row in found)


def _goal(key: tuple[str, float], solver: str, found: list[Record]) -> tuple[str, str]:
    """Return the goal of a set and time, and whether this engine reached it."""
    if solver != "paiche" or key not in GOALS:
        return "", ""
    most_gap, least_fleets = GOALS[key]
    words, reached = [], all(row["feasible"] for row in found)
    if least_fleets is not None:
        words.append(f"fleet ≥ {least_fleets:.0%}")
        reached = reached and mean(bool(row["fleet_reached"]) for row in found) >= least_fleets
    if most_gap is not None:
        words.append(f"≤ {most_gap:g} %")
        reached = reached and mean(row["gap"] for row in found if row["gap"] is not None) <= most_gap
    return ", ".join(words), "yes" if reached else "**no**"


def _leaders(groups: dict[tuple[str, float], dict[str, list[Record]]]) -> str:
    """Name the sets where a peer is ahead: feasible runs first, then fleets, then the mean gap."""
    behind, alone = [], []
    for (name, seconds), results in groups.items():
        best = min(results, key=lambda solver: _rank(results[solver]))
        if len(results) == 1 or "paiche" not in results:
            alone.append(f"{name} at {seconds:g} s")
        elif best != "paiche":
            behind.append(f"{best} on {name} at {seconds:g} s")
    leads = f"A peer leads: {', '.join(behind)}." if behind else "No peer leads where there are rows of both."
    return f"{leads} Not compared yet: {', '.join(alone)}." if alone else leads


def _rank(found: list[Record]) -> tuple[float, float, float]:
    gaps = [row["gap"] for row in found if row["gap"] is not None and row["feasible"]]
    missed = mean(row["fleet_reached"] is False for row in found)
    return mean(not row["feasible"] for row in found), missed, mean(gaps) if gaps else float("inf")


def _files(recorded: list[Record], order: list[str], solvers: Sequence[str]) -> Iterator[str]:
    """Give the mean gap of every file and solver, and the vehicles where there is no gap."""
    for seconds in sorted({row["seconds"] for row in recorded}):
        these = [row for row in recorded if row["seconds"] == seconds]
        names = sorted({(order.index(row["set"]), row["file"]) for row in these})
        lines = [
            line(
                (name, *(_cell([r for r in these if (r["file"], r["solver"]) == (name, s)]) for s in solvers))
            )
            for _, name in names
        ]
        yield f"Mean gap in % at {seconds:g} s, by file:"
        yield table(("file", *solvers), lines)


def _cell(found: list[Record]) -> str:
    gaps = [row["gap"] for row in found if row["gap"] is not None and row["feasible"]]
    if len(gaps) == len(found) and found:
        return _percent(mean(gaps))
    if not found or any("why" in row for row in found):
        return "—"
    if not all(row["feasible"] for row in found):
        return f"{sum(not row['feasible'] for row in found)} of {len(found)} infeasible"
    return f"{min(row['vehicles'] for row in found)} vehicles"


def _percent(value: float) -> str:
    """Write two digits, and nothing as nothing: a gap of −0.001 % is rounding."""
    return f"{round(value, 2) + 0.0:.2f}"
