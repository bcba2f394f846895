"""Both judges over the plans of a day, and the bill of each: what stands between planning and publishing."""

from collections.abc import Mapping, Sequence

from gis import paths as path_judge
from gis.paths import Path
from optimizer import check
from optimizer.model import Problem, Schedule
from optimizer.price import price
from service.exchange.documents import problem_hash
from service.store.plans import Judged
from service.use_cases.driving import Driven, drive
from service.use_cases.roads import Roads
from service.use_cases.steps import Progress

Planned = tuple[Problem, Schedule]


def judge(
    planned: Mapping[str, Planned], roads: Roads, progress: Progress | None = None
) -> dict[str, Judged]:
    """Drive, judge and price the plans of one day.

    The plans are judged together as well: a vehicle or driver of two plans is in one place at a time, and
    what only shows over the whole day is put down to the last plan that the vehicle is in.

    Parameters
    ----------
    planned
        Problem and schedule by kind of plan.
    """
    driven = {kind: drive(*plan, roads, progress) for kind, plan in planned.items()}
    findings = {kind: _alone(planned[kind], driven[kind], roads) for kind in planned}
    _add_day_findings(planned, findings)
    return {
        kind: Judged(
            kind=kind,
            problem=problem,
            problem_hash=problem_hash(problem),
            schedule=schedule,
            bill=price(problem, schedule, idle=False),
            paths=driven[kind].paths,
            findings=tuple(findings[kind]),
        )
        for kind, (problem, schedule) in planned.items()
    }


def _alone(plan: Planned, driven: Driven, roads: Roads) -> list[str]:
    by_schedule = [violation.message for violation in check.violations(*plan)]
    by_path = _path_findings(driven.all_paths, roads)
    return [*by_schedule, *driven.findings, *by_path]


def _path_findings(paths: Sequence[Path], roads: Roads) -> list[str]:
    found = path_judge.violations(roads.network, roads.closures, paths, speeds=roads.speeds)
    return [violation.message for violation in found]


def _add_day_findings(planned: Mapping[str, Planned], findings: dict[str, list[str]]) -> None:
    """Put what the plans break only together down to the last plan of the vehicle it is about."""
    known = {message for messages in findings.values() for message in messages}
    last = {route.vehicle_id: kind for kind, (_, s) in planned.items() for route in s.routes}
    for violation in check.violations_together(planned.values()):
        if violation.message not in known:
            kind = last.get(violation.vehicle_id or "", list(planned)[-1])
            findings[kind].append(violation.message)
