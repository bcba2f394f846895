"""The first endpoints: what they answer, and how they fail."""

import json
from collections.abc import Iterator

import jsonschema
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from service.api.app import create_app
from service.database import writing
from service.store.demand import get_day
from service.store.plans import Judged, publish
from service.store.scope import EVERYTHING


@pytest.fixture
def client(stored_town: Engine, town_plan: Judged) -> Iterator[TestClient]:
    """A client of the service over the town's published day."""
    with writing(stored_town) as session:
        publish(session, get_day(session, EVERYTHING), town_plan, driven=True)
    with TestClient(create_app(stored_town), raise_server_exceptions=False) as client:
        yield client


def test_health_answers_while_the_database_does(client: TestClient) -> None:
    assert client.get("/healthz").json()["status"] == "ok"


def test_health_fails_with_a_problem_when_the_database_is_gone(database: Engine) -> None:
    with database.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    with TestClient(create_app(database), raise_server_exceptions=False) as client:
        answer = client.get("/healthz")
    assert answer.status_code in {500, 503}


def test_the_day_shows_plans_trips_stops_and_costs(client: TestClient) -> None:
    day = client.get("/v1/day").json()
    assert (day["date"], day["now"], day["synthetic"]) == ("2026-05-12", "2026-05-12T09:40:00+08:00", True)
    assert "OpenStreetMap" in day["attribution"]
    (plan,) = day["plans"]
    assert (plan["kind"], plan["cost_fen"], plan["violations"]) == ("cars", 8_999, 0)
    first, last = day["trips"]
    assert (first["plate"], first["request_ids"]) == ("云D12341", ["r1"])
    assert [stop["name"] for stop in last["stops"]] == ["医院", "机关"]
    assert first["cost_fen"] + last["cost_fen"] == 8_999
    assert first["planned_departure"] == "2026-05-12T08:58:20+08:00"
    assert last["stops"][0]["arrives_at"] == "2026-05-12T09:04:20+08:00"


def test_the_day_is_asked_for_by_date(client: TestClient) -> None:
    assert client.get("/v1/day", params={"date": "2026-05-12"}).status_code == 200


def test_the_map_of_the_day_is_geojson_without_homes(client: TestClient) -> None:
    answer = client.get("/v1/day.geojson")
    assert answer.headers["content-type"] == "application/geo+json"
    layers = answer.json()
    assert "OpenStreetMap" in layers["attribution"]
    assert layers["synthetic"] is True
    names = [feature["properties"]["layer"] for feature in layers["features"]]
    assert sorted(names) == ["closure", "incident", "stop", "trip"]
    (trip,) = [f for f in layers["features"] if f["properties"]["layer"] == "trip"]
    assert trip["geometry"]["coordinates"] == [[103.82, 25.5], [103.83, 25.5]]


def test_confidential_vehicles_are_left_out(client: TestClient, stored_town: Engine) -> None:
    with stored_town.begin() as connection:
        connection.execute(text("UPDATE vehicles SET vehicle_class = 'CONFIDENTIAL' WHERE id = 'car-1'"))
    assert client.get("/v1/day").json()["trips"] == []
    assert "trip" not in [f["properties"]["layer"] for f in client.get("/v1/day.geojson").json()["features"]]


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("/v1/day?date=2020-01-01", 404, "2020-01-01"),
        ("/v1/day?date=tomorrow", 422, "参数"),
        ("/v1/day.geojson?date=2026-02-30", 422, "参数"),
        ("/nowhere", 404, "没有这个地址"),
        ("/docs", 404, "没有这个地址"),
    ],
)
def test_faults_are_problem_details(client: TestClient, address: str, status: int, said: str) -> None:
    answer = client.get(address)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert said in problem["detail"]
    if status == 422:
        assert problem["errors"][0]["pointer"] == "/query/date"


def test_a_wrong_method_names_the_right_ones(client: TestClient) -> None:
    answer = client.post("/v1/day")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")
    assert answer.headers["content-type"] == "application/problem+json"


def test_head_answers_as_get_without_the_body(client: TestClient) -> None:
    for address in ("/healthz", "/v1/day", "/v1/day.geojson", "/"):
        head, get = client.head(address), client.get(address)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == get.headers["content-length"]
    assert client.head("/nowhere").status_code == 404


def test_a_day_that_is_not_there_names_the_latest_one(client: TestClient) -> None:
    assert "最近的一天是 2026-05-12" in client.get("/v1/day?date=2020-01-01").json()["detail"]


def test_an_empty_database_has_no_day_but_a_front_page(database: Engine) -> None:
    with TestClient(create_app(database)) as client:
        assert client.get("/v1/day").status_code == 404
        page = client.get("/")
    assert page.status_code == 200
    assert "还没有" in page.text


def test_the_front_page_loads_nothing_from_elsewhere(client: TestClient) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert "合成数据" in page.text
    assert "src=" not in page.text
    assert "href='http" not in page.text


def test_the_answers_are_what_the_openapi_document_says(client: TestClient) -> None:
    document = client.get("/v1/openapi.json").json()
    assert set(document["paths"]) == {"/healthz", "/v1/day", "/v1/day.geojson"}
    schema = document["paths"]["/v1/day"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    whole = schema | {"components": document["components"]}
    jsonschema.Draft202012Validator(whole).validate(client.get("/v1/day").json())
    missing = document["paths"]["/v1/day"]["get"]["responses"]["404"]["content"]
    assert list(missing) == ["application/problem+json"]
    assert json.dumps(document)
