"""`problem.json` and `schedule.json`: one document each for all plans of a day.

Travel times are too large for JSON: they lie beside the document in `travel/<kind>/` as memory-mapped arrays
(`gis.matrix.TravelMatrix.save`) and the problem names that folder.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, make_dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, get_type_hints

from pydantic import ValidationError

from gis.matrix import TravelMatrix
from optimizer.model import CostBreakdown, CostLine, PlanWarning, Problem, Schedule
from service.errors import DocumentError
from service.store.maps import ATTRIBUTION
from service.store.values import adapter_of
from service.words import why

FORMAT_VERSION: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class MapNote:
    """The road map that a document was made on.

    Parameters
    ----------
    source
        File or place it was read from.
    version
        Hash of its content and of how it was read.
    nodes, edges
        Junctions and directed edges.
    """

    source: str
    version: str
    nodes: int
    edges: int


@cache
def _problem_class() -> type[Any]:
    """`Problem` with the name of a folder in the place of its travel times."""
    hints = get_type_hints(Problem)
    columns: list[Any] = []
    for f in fields(Problem):
        if f.name == "travel":
            columns.append(("travel", str | None, field(default=None)))
        elif f.default is MISSING:
            columns.append((f.name, hints[f.name]))
        else:
            columns.append((f.name, hints[f.name], field(default=f.default)))
    made = make_dataclass("Problem", columns, frozen=True, kw_only=True)
    travel = "    Folder beside this document that holds the travel times; null where they were left out."
    made.__doc__ = (Problem.__doc__ or "").replace(
        "    Left out of equality and hash: it is derived from the places and the roads.", travel
    )
    return made


@cache
def problem_document_class() -> type[Any]:
    """Class of `problem.json`."""
    columns: list[Any] = [
        ("format", str), ("version", int), ("synthetic", bool), ("attribution", str), ("date", str),
        ("map", MapNote), ("plans", dict.__class_getitem__((str, _problem_class()))),
    ]  # fmt: skip
    made = make_dataclass("ProblemDocument", columns, frozen=True, kw_only=True)
    made.__doc__ = _PROBLEM_DOC
    return made


_PROBLEM_DOC: Final = """What was asked on one service day, for every planner.

Parameters
----------
format, version
    `"paiche/problem"` and the version of this form.
synthetic
    Whether roads, people or requests are invented.
attribution
    Where the map data comes from.
date
    ISO date of the service day.
plans
    Problem by kind of plan: `shuttles_morning`, `shuttles_evening`, `cars`, `emergency`.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDocument:
    """One plan with its bill and with what the judges said.

    Parameters
    ----------
    problem_hash
        SHA-256 of the problem as JSON with sorted keys, without its travel times.
    cost_fen, decision_cost_fen
        Sum of all lines, and of those that planning can change.
    violations
        One sentence per broken rule, from both judges; a published plan has none.
    """

    problem_hash: str
    schedule: Schedule
    cost_fen: int
    decision_cost_fen: int
    lines: tuple[CostLine, ...]
    violations: tuple[str, ...] = ()
    warnings: tuple[PlanWarning, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleDocument:
    """What was planned on one service day.

    Parameters
    ----------
    format, version
        `"paiche/schedule"` and the version of this form.
    synthetic
        Whether roads, people or requests are invented.
    attribution
        Where the map data comes from.
    date
        ISO date of the service day; seconds count from its local midnight.
    plans
        Plan by kind: `shuttles_morning`, `shuttles_evening`, `cars`, `emergency`.
    """

    format: str
    version: int
    synthetic: bool
    attribution: str
    date: str
    plans: dict[str, PlanDocument]


def problem_json(problems: Mapping[str, Problem], note: MapNote, *, travel: bool = True) -> str:
    """Render `problem.json`.

    Parameters
    ----------
    problems
        By kind of plan, at least one.
    travel
        Whether the travel times will lie beside it (`save_travel`).
    """
    first = next(iter(problems.values()))
    document = {
        "format": "paiche/problem",
        "version": FORMAT_VERSION,
        "synthetic": any(problem.synthetic for problem in problems.values()),
        "attribution": ATTRIBUTION,
        "date": first.date,
        "map": adapter_of(MapNote).dump_python(note),
        "plans": {
            kind: _plain(problem) | {"travel": travel_folder(kind) if travel else None}
            for kind, problem in problems.items()
        },
    }
    return _render(document)


def schedule_json(plans: Mapping[str, PlanDocument], date: str, *, synthetic: bool) -> str:
    """Render `schedule.json`."""
    document = ScheduleDocument(
        format="paiche/schedule",
        version=FORMAT_VERSION,
        synthetic=synthetic,
        attribution=ATTRIBUTION,
        date=date,
        plans=dict(plans),
    )
    return _render(adapter_of(ScheduleDocument).dump_python(document))


def plan_document(
    problem_hash: str, schedule: Schedule, bill: CostBreakdown, violations: tuple[str, ...] = ()
) -> PlanDocument:
    """Put one plan and its bill together."""
    return PlanDocument(
        problem_hash=problem_hash,
        schedule=schedule,
        cost_fen=bill.total_fen,
        decision_cost_fen=bill.decision_fen,
        lines=bill.lines,
        violations=violations,
    )


def travel_folder(kind: str) -> str:
    """Folder of a plan's travel times, relative to its document."""
    return f"travel/{kind}"


def save_travel(problems: Mapping[str, Problem], folder: Path) -> None:
    """Write the travel times of every problem beside its document."""
    for kind, problem in problems.items():
        problem.travel.save(folder / travel_folder(kind))


def load_problems(path: Path) -> dict[str, Problem]:
    """Read `problem.json` and map the travel times beside it; gives the problems by kind.

    Raises
    ------
    DocumentError
        Not such a document, or its travel times are missing.
    """
    document = _parsed(problem_document_class(), path)
    return {
        kind: Problem(
            travel=_load_travel(path, kind, plain.travel),
            **{f.name: getattr(plain, f.name) for f in fields(plain) if f.name != "travel"},
        )
        for kind, plain in document.plans.items()
    }


def load_map_note(path: Path) -> MapNote:
    """Read of `problem.json` which map it was planned on; errors as `load_problems`."""
    note: MapNote = _parsed(problem_document_class(), path).map
    return note


def load_plans(path: Path) -> dict[str, PlanDocument]:
    """Read `schedule.json`; gives the plans by kind."""
    document: ScheduleDocument = _parsed(ScheduleDocument, path)
    return document.plans


def problem_hash(problem: Problem) -> str:
    """SHA-256 of what was asked, in hex; travel times are represented by the versions of their inputs."""
    text = json.dumps(_plain(problem), sort_keys=True, ensure_ascii=False, default=_sorted)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(problem: Problem) -> dict[str, Any]:
    kind = _problem_class()
    values = {f.name: getattr(problem, f.name) for f in fields(problem) if f.name != "travel"}
    plain: dict[str, Any] = adapter_of(kind).dump_python(kind(**values))
    del plain["travel"]
    return plain


def _render(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1, default=_sorted) + "\n"


def _sorted(value: object) -> list[str]:
    """Give sets one order, so that equal documents are equal text."""
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    message = f"{type(value).__name__} cannot be written as JSON"
    raise TypeError(message)


def _parsed(kind: type[Any], path: Path) -> Any:
    try:
        return adapter_of(kind).validate_json(path.read_bytes())
    except OSError as error:
        message = f"无法读取 {path}（{why(error)}）"
        raise DocumentError(message) from None
    except ValidationError as error:
        first = error.errors()[0]
        pointer = "/" + "/".join(str(part) for part in first["loc"])
        message = f"{path} 不符合格式：{pointer} {first['msg']}"
        raise DocumentError(message) from None


def _load_travel(path: Path, kind: str, folder: str | None) -> TravelMatrix:
    if folder is None:
        return TravelMatrix(profiles=(), bucket_starts_s=(0,), blocks=())
    place = (path.parent / folder).resolve()
    if not place.is_relative_to(path.parent.resolve()) or not (place / "axes.npz").is_file():
        message = f"{path} 的方案 {kind} 缺少出行时间文件夹 {folder}；请把它与文档放在一起"
        raise DocumentError(message)
    return TravelMatrix.load(place)
