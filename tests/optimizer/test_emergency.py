"""Who goes where: a straight road, 100 s from one letter to the next, half of that with a siren."""

from dataclasses import replace
from typing import Any

from gis.matrix import TravelMatrix
from optimizer import emergency
from optimizer.check import violations
from optimizer.model import FleetState, Incident, Need, Priority, Problem, Reason, Reserve, Schedule, Status
from tests.optimizer.line_town import CAR, car, places, travel


def roads() -> TravelMatrix:
    slow = travel(profiles=("car", "emergency"))
    block = slow.blocks[0]
    seconds = block.seconds.copy()
    seconds[1] //= 2
    return replace(slow, blocks=(replace(block, seconds=seconds),))


def incident(incident_id: str, at: str, *skills: str, **fields: Any) -> Incident:
    defaults: dict[str, Any] = {"priority": Priority.P1, "reported_s": 1_000, "kind": "事故"}
    needs = tuple(Need(skill=skill) for skill in skills)
    return Incident(id=incident_id, place_id=at, needs=needs, **(defaults | fields))


def rescue(vehicle_id: str, at: str, *skills: str, siren: bool = True) -> Any:
    return car(vehicle_id, at, skills=frozenset(skills), siren=siren)


def ask(incidents: list[Incident], fleet: list[Any], *states: FleetState, **fields: Any) -> Problem:
    return emergency.dispatch_problem(
        incidents, states, fleet, (CAR,), places(), roads(), date="2026-11-10", **fields
    )


def sent(problem: Problem, schedule: Schedule) -> dict[str, tuple[str, int]]:
    assert violations(problem, schedule) == ()
    return {v.request_id or "": (r.vehicle_id, v.arrival_s) for r in schedule.routes for v in r.visits}


def test_weighted_response_decides_and_the_reason_names_the_next() -> None:
    problem = ask(
        [incident("i1", "A", "救护"), incident("i2", "C", "救护")],
        [rescue("v1", "B", "救护"), rescue("v2", "D", "救护")],
    )
    schedule = emergency.plan(problem)
    # v1 is nearest to both, 50 s each; v2 reaches A in 50 s and C in 150 s.
    assert sent(problem, schedule) == {"i1/救护/1": ("v2", 1_050), "i2/救护/1": ("v1", 1_050)}
    assert schedule.status is Status.OPTIMAL
    assert dict(schedule.reasons)["i2/救护/1"] == "v1 50 秒可到，次近 v2 2 分 30 秒"


def test_life_goes_before_routine() -> None:
    problem = ask(
        [
            incident("i1", "A", "救护", priority=Priority.P4),
            incident("i2", "F", "救护", priority=Priority.P0),
        ],
        [rescue("v1", "A", "救护")],
    )
    schedule = emergency.plan(problem)
    assert set(sent(problem, schedule)) == {"i2/救护/1"}
    assert [(u.request_id, u.reason) for u in schedule.unserved] == [("i1/救护/1", Reason.BUSY)]


def test_without_siren_nobody_drives_by_the_emergency_times() -> None:
    problem = ask([incident("i1", "C", "泵")], [rescue("v1", "A", "泵", siren=False)])
    assert sent(problem, emergency.plan(problem)) == {"i1/泵/1": ("v1", 1_200)}


def test_all_or_nothing_sends_none_where_one_is_missing() -> None:
    whole = incident("i1", "A", "救护", "泵", all_or_nothing=True)
    problem = ask([whole], [rescue("v1", "B", "救护")])
    schedule = emergency.plan(problem)
    assert sent(problem, schedule) == {}
    assert {u.request_id: u.reason for u in schedule.unserved}["i1/泵/1"] is Reason.NO_SKILL
    part = ask([replace(whole, all_or_nothing=False)], [rescue("v1", "B", "救护")])
    assert set(sent(part, emergency.plan(part))) == {"i1/救护/1"}


def test_vehicles_start_where_they_are_and_when_they_are_free() -> None:
    state = FleetState(vehicle_id="v1", place_id="C", at_s=900, status="returning", free_from_s=1_100)
    problem = ask([incident("i1", "A", "救护")], [rescue("v1", "F", "救护")], state)
    assert sent(problem, emergency.plan(problem)) == {"i1/救护/1": ("v1", 1_200)}


def test_one_on_a_task_is_never_taken_and_the_cover_floor_holds() -> None:
    fleet = [rescue("v1", "A", "救护"), rescue("v2", "F", "救护")]
    on_task = FleetState(vehicle_id="v1", place_id="A", at_s=900, status="on_task", free_from_s=900)
    problem = ask([incident("i1", "A", "救护")], fleet, on_task)
    assert sent(problem, emergency.plan(problem)) == {"i1/救护/1": ("v2", 1_200)}
    floor = (Reserve(count=2, skill="救护"),)
    kept = ask([incident("i1", "A", "救护")], fleet, reserves=floor)
    schedule = emergency.plan(kept)
    assert sent(kept, schedule) == {}
    assert [u.reason for u in schedule.unserved] == [Reason.RESERVE]
