"""`python -m benchmarks living`: late requests on a planned day, and plans with slack on disturbed days.

Prints one row for each; an answer to a late request includes the travel times to and from its places, which
are new to the day. Times are CPU seconds of this process: the machine may be shared.
"""

import argparse
import json
import random
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from optimizer import cars
from optimizer.model import Problem, Request, Schedule, TimeWindow
from optimizer.offers import Desk
from scenarios.disturbances import chosen_buffer, late_starts
from scenarios.prefecture import demand
from scenarios.prefecture.roads import write_roads
from scenarios.prefecture.values import Prefecture
from service.use_cases.cars import car_problem
from service.use_cases.late_ways import with_ways
from service.use_cases.roads import Roads
from service.use_cases.steps import Silent, Step

PROFILES = ("car", "bus", "emergency")
NOW_S = 28_800


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `living`."""
    parser.add_argument("--size", choices=("s", "m", "l"), default="m")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--questions", type=int, default=200, help="late requests")
    parser.add_argument("--days", type=int, default=0, help="disturbed days; 0 leaves them out")


def run(options: argparse.Namespace) -> int:
    """Make a synthetic day, plan it, and measure."""
    with tempfile.TemporaryDirectory(prefix="paiche-living-") as folder:
        roads, day = made(Path(folder), options.size, options.seed)
        problem = car_problem(day, roads, Step(Silent()))
        print(json.dumps({"size": options.size} | late(day, roads, problem, options.questions, options.seed)))
        if options.days:
            for row in disturbed(problem, options.days, options.seed):
                print(json.dumps(row))
    return 0


def late(day: Prefecture, roads: Roads, problem: Problem, questions: int, seed: int) -> dict[str, Any]:
    """Ask for places for late requests to places that the day does not know."""
    schedule: Schedule = cars.plan(problem, seed=seed)
    desk = Desk(problem, schedule, NOW_S)
    dice, taken, found = random.Random(seed), list[float](), 0
    known = {p.id for p in problem.places}
    strange = [p for p in day.places if p.id not in known]
    for _ in range(questions):
        request, goal = _late(dice.choice(problem.requests), dice), dice.choice(strange)
        stop = request.stops[1]
        there = replace(stop, options=(replace(stop.options[0], place_id=goal.id),))
        request = replace(request, stops=(request.stops[0], there, *request.stops[2:]))
        began = time.process_time()
        offers = desk.offers(request, travel=with_ways(problem, roads, request, (goal,)))
        taken.append(time.process_time() - began)
        found += bool(offers)
    taken.sort()
    return {
        "vehicles": len(problem.vehicles),
        "requests": len(problem.requests),
        "questions": questions,
        "answered": found,
        "p50_ms": round(1_000 * taken[questions // 2], 1),
        "p99_ms": round(1_000 * taken[min(questions - 1, questions * 99 // 100)], 1),
    }


def disturbed(problem: Problem, days: int, seed: int) -> list[dict[str, Any]]:
    """Try slack until late starts stay at five in a hundred; judge each on other days as well."""
    rows = []
    for t in chosen_buffer(problem, days=days, seed=seed):
        slack = replace(problem, buffer_s=t.buffer_s)
        late_elsewhere, starts = late_starts(slack, t.schedule, days=days, seed=seed + 1)
        row = {
            "buffer_s": t.buffer_s,
            "days": days,
            "late_percent": round(100 * t.late_share, 2),
            "late_percent_on_other_days": round(100 * late_elsewhere / max(1, starts), 2),
            "cars": len(t.schedule.routes),
            "decision_fen": t.cost_fen,
        }
        rows.append(row)
    return rows


def _late(request: Request, dice: random.Random) -> Request:
    at_s = dice.randrange(NOW_S + 1_800, NOW_S + 28_800, 300)
    first = request.stops[0]
    option = replace(first.options[0], window=TimeWindow(start_s=at_s, end_s=at_s))
    return replace(request, id="late", stops=(replace(first, options=(option,)), *request.stops[1:]))


def made(folder: Path, size: Any, seed: int) -> tuple[Roads, Prefecture]:
    """Make a synthetic prefecture of a size with the roads of its day."""
    path = write_roads(folder / "roads.osm.pbf", size=size, seed=seed)
    roads = Roads(path, cache_folder=folder)
    routable = roads.routable(PROFILES)
    day = demand.generate(roads.network, size=size, seed=seed, synthetic_roads=True, routable=routable)
    roads.close(day.closures)
    return roads, day
