"""Documents follow their schemas, come back as they were, and the committed schemas are the code's."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from service.errors import DocumentError
from service.exchange.documents import (
    MapNote,
    load_plans,
    load_problems,
    plan_document,
    problem_hash,
    problem_json,
    save_travel,
    schedule_json,
)
from service.exchange.schemas import rendered, schemas
from service.exchange.summary import Summary, summary_json
from service.store.plans import Judged

DOCS = Path(__file__).resolve().parents[2] / "docs" / "schemas"
NOTE = MapNote(source="tiny.osm", version="v1", nodes=4, edges=6)


def _write(folder: Path, plan: Judged) -> Path:
    problems = {"cars": plan.problem}
    save_travel(problems, folder)
    (folder / "problem.json").write_text(problem_json(problems, NOTE), encoding="utf-8")
    document = plan_document(plan.problem_hash, plan.schedule, plan.bill, plan.findings)
    text = schedule_json({"cars": document}, plan.problem.date, synthetic=True)
    (folder / "schedule.json").write_text(text, encoding="utf-8")
    return folder


def _check(text: str, name: str) -> None:
    jsonschema.Draft202012Validator(schemas()[name]).validate(json.loads(text))


@pytest.mark.parametrize("name", ["problem", "schedule", "summary"])
def test_the_committed_schema_is_the_one_of_the_code(name: str) -> None:
    committed = (DOCS / f"{name}.schema.json").read_text(encoding="utf-8")
    hint = "run: python -m service.exchange.schemas docs/schemas"
    assert committed == rendered(schemas()[name]), hint


@pytest.mark.parametrize("name", ["problem", "schedule", "summary"])
def test_a_schema_is_a_schema_and_describes_its_fields(name: str) -> None:
    schema = schemas()[name]
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["description"]


def test_descriptions_come_from_the_docstrings() -> None:
    rates = schemas()["problem"]["$defs"]["CostRates"]["properties"]
    assert "Once for a vehicle that drives at all that day" in rates["vehicle_used_fen"]["description"]
    assert "folder" in schemas()["problem"]["$defs"]["Problem"]["properties"]["travel"]["description"].lower()


def test_a_problem_comes_back_as_it_was_with_its_travel_times(tmp_path: Path, town_plan: Judged) -> None:
    loaded = load_problems(_write(tmp_path, town_plan) / "problem.json")["cars"]
    assert loaded == town_plan.problem
    assert loaded.travel.travel("car", "base", "hospital", 30_000) == (300, 3_000)
    assert loaded.travel.path == tmp_path / "travel" / "cars"
    assert problem_hash(loaded) == town_plan.problem_hash


def test_a_schedule_comes_back_with_its_bill(tmp_path: Path, town_plan: Judged) -> None:
    document = load_plans(_write(tmp_path, town_plan) / "schedule.json")["cars"]
    assert document.schedule == town_plan.schedule
    assert document.lines == town_plan.bill.lines
    assert document.cost_fen == sum(line.amount_fen for line in document.lines) == 8_999


def test_documents_hold_to_their_schemas(tmp_path: Path, town_plan: Judged) -> None:
    _write(tmp_path, town_plan)
    for name in ("problem", "schedule"):
        _check((tmp_path / f"{name}.json").read_text(encoding="utf-8"), name)


def test_documents_say_where_the_map_is_from_and_what_is_invented(tmp_path: Path, town_plan: Judged) -> None:
    _write(tmp_path, town_plan)
    for name in ("problem", "schedule"):
        document = json.loads((tmp_path / f"{name}.json").read_text(encoding="utf-8"))
        assert "OpenStreetMap" in document["attribution"]
        assert document["synthetic"] is True


def test_equal_problems_are_equal_text_whatever_the_order_of_their_sets(town_plan: Judged) -> None:
    skills = ("quiet", "warm", "cold", "fast", "heavy")
    cars = town_plan.problem.vehicles
    one, other = (
        replace(town_plan.problem, vehicles=tuple(replace(v, skills=frozenset(s)) for v in cars))
        for s in (skills, skills[::-1])
    )
    assert problem_json({"cars": one}, NOTE) == problem_json({"cars": other}, NOTE)
    assert problem_hash(one) == problem_hash(other) != problem_hash(town_plan.problem)


def _spoil(document: Any, pointer: list[Any], value: Any) -> None:
    for key in pointer[:-1]:
        document = document[key]
    document[pointer[-1]] = value


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        (["plans", "cars", "vehicle_types", 0, "capacity"], "many"),
        (["plans", "cars", "requests", 0, "priority"], "P9"),
        (["plans", "cars", "places", 0, "lon"], None),
        (["map"], "tiny.osm"),
    ],
)
def test_a_document_that_breaks_its_schema_is_refused_with_a_pointer(
    tmp_path: Path, town_plan: Judged, pointer: list[Any], value: Any
) -> None:
    path = _write(tmp_path, town_plan) / "problem.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    _spoil(document, pointer, value)
    with pytest.raises(jsonschema.ValidationError):
        _check(json.dumps(document), "problem")
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(DocumentError, match="/".join(str(part) for part in pointer)) as caught:
        load_problems(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("folder", ["travel/elsewhere", "../outside", "/"])
def test_travel_times_that_are_not_beside_the_document_are_refused(
    tmp_path: Path, town_plan: Judged, folder: str
) -> None:
    path = _write(tmp_path, town_plan) / "problem.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    document["plans"]["cars"]["travel"] = folder
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(DocumentError, match="出行时间"):
        load_problems(path)


@pytest.mark.parametrize("content", ["", "{", "[]", "\x00"])
def test_a_file_that_is_no_document_is_refused_in_one_line(tmp_path: Path, content: str) -> None:
    path = tmp_path / "schedule.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DocumentError, match=r"schedule\.json"):
        load_plans(path)
    with pytest.raises(DocumentError, match=r"none\.json"):
        load_plans(tmp_path / "none.json")


def test_a_summary_has_the_keys_of_its_schema_and_no_others() -> None:
    summary = Summary.model_validate(
        {
            "synthetic": True,
            "map": {"source": "tiny.osm", "nodes": 4, "edges": 6},
            "shuttles": {"riders": 3, "served": 3, "lines": 2, "buses": 1, "violations": 0, "cost_fen": 5},
            "cars": {
                "requests": 2, "served": 1, "unserved": [{"id": "r2", "reason": "没有空车"}],
                "vehicles_used": 1, "violations": 0, "cost_fen": 7,
            },
            "emergency": {"incidents": 1, "dispatched": 1, "closures": 0, "violations": 0},
            "ledger": {"trips": 3, "total_fen": 12},
            "scenarios": [{"name": "少用车", "saving_fen": -4, "unserved": 1}],
            "seconds": {"total": 1.5},
        }
    )  # fmt: skip
    _check(summary_json(summary), "summary")
    with pytest.raises(ValueError, match="extra"):
        Summary.model_validate(summary.model_dump() | {"more": 1})
