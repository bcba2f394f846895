"""The results of `roads` as tables in a README, between two marks; the rest of the file stays as it is."""

from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.pages import Record, figure, line, marks, measured_where, put, table

BEGIN, END = marks("roads")

GOALS: tuple[tuple[str, str, str, Callable[[float], bool], str], ...] = (
    ("read", "cpu_s", "Porto from .osm.pbf to a routable network, CPU s", lambda v: v <= 2.5, "≤ 2.5"),
    ("read", "peak_mb", "… peak memory of the process, MB", lambda v: v <= 200, "≤ 200"),
    ("cached", "wall_s", "… from the cache, s", lambda v: v <= 0.1, "≤ 0.1"),
    ("matrix", "cpu_s", "1000 × 1000 matrix with turn bans, CPU s", lambda v: v <= 4, "≤ 4"),
    ("matrix", "times_networkx", "… times faster than networkx", lambda v: v >= 50, "≥ 50"),
    ("matrix", "different_answers", "… answers that differ from networkx", lambda v: v == 0, "0"),
    ("closures", "median_ms", "3,000 edges closed and asked again, ms", lambda v: v <= 90, "≤ 90"),
    ("closures", "median_cpu_ms", "… in CPU ms", lambda v: v <= 90, "≤ 90"),
    ("closures", "undone_exactly", "… undone exactly (1 = yes)", lambda v: v == 1, "1"),
    ("ways", "path_ms", "point to point with geometry, ms", lambda v: v <= 2, "≤ 2"),
    ("ways", "path_cpu_ms", "… in CPU ms", lambda v: v <= 2, "≤ 2"),
    ("ways", "violations", "… violations found by the judge in 1,000 paths", lambda v: v == 0, "0"),
    ("walks", "cpu_s", "walks of 1,700 homes to 425 stops, CPU s", lambda v: v <= 5, "≤ 5"),
)
"""Measure, figure, what it is, whether a value reaches the goal, and the goal in words."""


def write_tables(readme: Path, records: Sequence[Record]) -> None:
    """Put the tables between the marks, or at the end of the file where there are none yet."""
    put(readme, "roads", tables(records))


def tables(records: Sequence[Record]) -> str:
    """Markdown: goals on Porto, matrix blocks by size, routers by size, and where it was measured."""
    parts = (
        "## Roads",
        *measured_where("roads", records),
        _goals(records),
        *_sampled(records),
        _blocks(records),
        _routers(records),
    )
    return "\n\n".join(part for part in parts if part)


def _goals(records: Sequence[Record]) -> str:
    porto = {r["measure"]: r for r in records if r["map"] == "porto" and r["measure"] != "block"}
    lines = []
    for measure, key, what, reached, goal in GOALS:
        if key in porto.get(measure, {}):
            value = porto[measure][key]
            lines.append(f"| {what} | {figure(value)} | {goal} | {'yes' if reached(value) else '**no**'} |")
    edges = f", {porto['read']['edges']:,} directed edges" if "read" in porto else ""
    return table((f"measured on Porto{edges}", "value", "goal", "reached"), lines)


def _sampled(records: Sequence[Record]) -> list[str]:
    sentence = (
        "networkx ran Dijkstra from {networkx_sample} of the {count} places over the same turns in the same "
        "process; its {networkx_cpu_s:.0f} CPU s for all of them are extrapolated from those."
    )
    return [sentence.format(**r) for r in records if r["measure"] == "matrix"]


def _blocks(records: Sequence[Record]) -> str:
    figures = ("count", "cpu_s", "wall_s", "arrays_mb", "peak_mb")
    lines = [line(r[key] for key in figures) for r in records if r["measure"] == "block"]
    return table(("places, all pairs on Porto, one bucket", "CPU s", "s", "arrays MB", "peak MB"), lines)


def _routers(records: Sequence[Record]) -> str:
    reads = {r["map"]: r["cpu_s"] for r in records if r["measure"] == "read"}
    figures = ("build_cpu_s", "build_again_cpu_s", "reweigh_all_ms", "path_ms", "peak_mb")
    lines = [
        line((r["map"], r["edges"], r["turns"], reads.get(r["map"], "—"), *(r[f] for f in figures)))
        for r in records
        if r["measure"] == "build"
    ]
    head = ("router on", "directed edges", "turns", "read CPU s", "build CPU s", "build again CPU s")
    return table((*head, "reweigh all ms", "path with geometry ms", "peak MB"), lines)
