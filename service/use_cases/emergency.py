"""Send vehicles to the incidents of a moment, over the roads as they are closed then."""

from collections.abc import Sequence
from dataclasses import replace

from gis.places import Place
from optimizer import emergency
from optimizer.model import Problem, Request, Schedule
from optimizer.validate import require_valid
from scenarios.prefecture.values import Prefecture
from service.kinds import SKILL_NAMES
from service.use_cases.roads import Roads
from service.use_cases.steps import Step

SIREN_PROFILE = "emergency"
ROAD_PROFILE = "car"


def plan_dispatch(
    day: Prefecture, roads: Roads, now_s: int, seed: int, step: Step
) -> tuple[Problem, Schedule]:
    """Choose who goes where at `now_s`, with the reason of each choice."""
    problem = dispatch_problem(day, roads, now_s, step)
    require_valid(problem)
    return problem, emergency.plan(problem, seed=seed, progress=step.keep_going)


def dispatch_problem(day: Prefecture, roads: Roads, now_s: int, step: Step) -> Problem:
    """Ask which vehicles go to the incidents reported until `now_s`, from where the vehicles are."""
    incidents = tuple(incident for incident in day.incidents if incident.reported_s <= now_s)
    places = {place.id: place for place in day.places}
    state_at = {state.vehicle_id: state.place_id for state in day.fleet_state}
    standing = {state_at.get(v.id, v.start_place_id) for v in day.emergency_vehicles}
    fleet, scenes = _named(places, standing), _named(places, {i.place_id for i in incidents})
    types = {kind.id: kind for kind in day.vehicle_types}
    profiles = {types[v.type_id].profile for v in day.emergency_vehicles} | {SIREN_PROFILE, ROAD_PROFILE}
    travel = roads.travel(sorted(profiles), (), blocks=[(fleet, scenes)], progress=step.part)
    problem = emergency.dispatch_problem(
        incidents,
        day.fleet_state,
        day.emergency_vehicles,
        day.vehicle_types,
        tuple({place.id: place for place in (*fleet, *scenes)}.values()),
        travel,
        date=day.date,
        now_s=now_s,
        emergency_profile=SIREN_PROFILE,
        road_profile=ROAD_PROFILE,
        synthetic=day.synthetic,
    )
    return replace(problem, requests=tuple(map(_named_in_chinese, problem.requests)), versions=roads.versions)


def dispatched(problem: Problem, schedule: Schedule, incident_ids: Sequence[str]) -> list[str]:
    """Incidents to which every vehicle that they need goes."""
    left = {unserved.request_id for unserved in schedule.unserved}
    whole = {request.id.split("/")[0]: True for request in problem.requests}
    for request in problem.requests:
        if request.id in left:
            whole[request.id.split("/")[0]] = False
    return [incident_id for incident_id in incident_ids if whole.get(incident_id, False)]


def _named_in_chinese(request: Request) -> Request:
    """Say what goes as a dispatcher calls it, not by the key of the skill."""
    name = request.name
    for skill in request.skills:
        name = name.replace(f" {skill} ", f" {SKILL_NAMES.get(skill, skill)} ")
    return replace(request, name=name)


def _named(places: dict[str, Place], ids: set[str]) -> list[Place]:
    return [places[id_] for id_ in sorted(ids)]
