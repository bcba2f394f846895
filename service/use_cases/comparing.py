"""Compare the day as planned with a few changes: fewer cars, pooled requests, another shuttle tariff."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from optimizer import cars as car_planner
from optimizer import shuttle
from optimizer.model import Problem, Schedule
from scenarios.changes import leased, usual_changes
from scenarios.prefecture.values import Prefecture
from scenarios.study import Outcome, Part
from scenarios.study import compare as compare_parts
from service.exchange.summary import ScenarioFigures
from service.kinds import CARS, SHUTTLES
from service.use_cases import cars
from service.use_cases.engine import warm_engine
from service.use_cases.roads import Roads
from service.use_cases.shuttles import plan_shuttles
from service.use_cases.steps import Step, Steps

TARIFF: Final = "education_bureau"
FEWEST: Final = 5
"""So many cars fewer, or a tenth of them where that is more."""

Planned = Mapping[str, tuple[Problem, Schedule]]


def compare(planned: Planned, seed: int, step: Step) -> tuple[Outcome, ...]:
    """Solve each change of a planned day; the base comes first, then the changes.

    Parameters
    ----------
    planned
        Problem and schedule by kind: both directions of the shuttles, and the cars.
    """
    parts = tuple(_part(kind, *planned[kind], seed) for kind in (CARS, *SHUTTLES))
    fewer = max(FEWEST, len(planned[CARS][0].vehicles) // 10)
    *of_cars, of_shuttles = usual_changes(cars=CARS, shuttles="", fewer=fewer, tariff_id=TARIFF)
    base, *changed = compare_parts(parts, of_cars, progress=step.keep_going)
    return (base, *changed, _with_tariff(of_shuttles.name, parts, base))


def compare_stored(day: Prefecture, roads: Roads, seed: int, steps: Steps) -> tuple[Outcome, ...]:
    """Plan a stored day, then compare it with its changes."""
    warm_engine(steps)
    with steps.step("shuttles", "编排早晚班车") as step:
        lines = plan_shuttles(day, roads, seed, step)
    with steps.step("cars", "编排公务用车") as step:
        planned = {CARS: cars.plan_cars(day, roads, seed, step)}
    planned |= {kind: (line.draft.problem, line.schedule) for kind, line in lines.items()}
    with steps.step("scenarios", "比较几种改变") as step:
        return compare(planned, seed, step)


def figures(outcomes: tuple[Outcome, ...]) -> tuple[ScenarioFigures, ...]:
    """Take what the summary says of each change; the base is left out."""
    return tuple(
        ScenarioFigures(name=outcome.name, saving_fen=outcome.saving_fen, unserved=outcome.unserved)
        for outcome in outcomes[1:]
    )


def _with_tariff(name: str, parts: tuple[Part, ...], base: Outcome) -> Outcome:
    """Charge both directions by the other tariff at once, as one contract does."""
    changed = tuple(
        replace(part, problem=leased(part.problem, TARIFF), plan=None) if part.name in SHUTTLES else part
        for part in parts
    )
    (outcome,) = compare_parts(changed, ())
    return replace(outcome, name=name, saving_fen=base.cost_fen - outcome.cost_fen)


def _part(kind: str, problem: Problem, plan: Schedule, seed: int) -> Part:
    def solve(changed: Problem) -> Schedule:
        if kind == CARS:
            return car_planner.plan(changed, seed=seed)
        return shuttle.plan(changed, seed=seed)

    return Part(name=kind, problem=problem, solve=solve, plan=plan)
