"""Health, and the day's plan as JSON, GeoJSON and a page to start from."""

from collections.abc import Iterator
from datetime import date as Date  # noqa: N812 - the query parameter is called date
from html import escape
from http import HTTPStatus
from importlib.metadata import version
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.orm import Session

from service.api.problems import documented
from service.database import reading
from service.errors import NotFound
from service.kinds import NAMES
from service.store.scope import EVERYTHING
from service.use_cases.day import DayView, view_day
from service.use_cases.day_map import map_day

GEOJSON: Final = "application/geo+json"
FAULTS: Final = documented(
    HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE
)

router = APIRouter()


def _session(request: Request) -> Iterator[Session]:
    with reading(request.app.state.engine) as opened:
        yield opened


Reads = Annotated[Session, Depends(_session)]
Day = Annotated[Date | None, Query(description="ISO date; the latest day where it is left out")]


class Health(BaseModel):
    """The service answers, and so does its database."""

    status: str
    version: str


@router.get("/healthz", responses=documented(HTTPStatus.SERVICE_UNAVAILABLE))
def healthz(session: Reads) -> Health:
    """Say whether the service and its database answer."""
    session.execute(text("SELECT version_num FROM alembic_version"))
    return Health(status="ok", version=version("paiche"))


@router.get("/v1/day", responses=FAULTS)
def day_view(session: Reads, date: Day = None) -> DayView:
    """Show the published plans and the trips of a service day."""
    return view_day(session, EVERYTHING, date)


@router.get(
    "/v1/day.geojson", responses=FAULTS | {200: {"content": {GEOJSON: {}}}}, response_class=JSONResponse
)
def day_map(session: Reads, date: Day = None) -> JSONResponse:
    """Show trips, stops, incidents and closures of a service day as GeoJSON (WGS-84)."""
    return JSONResponse(map_day(session, EVERYTHING, date), media_type=GEOJSON)


@router.get("/", include_in_schema=False)
def front(session: Reads) -> HTMLResponse:
    """Lead a person who opens the address in a browser to what there is."""
    try:
        day = view_day(session, EVERYTHING)
    except NotFound as error:
        return HTMLResponse(_page(f"<p>{escape(str(error))}</p>"))
    return HTMLResponse(_page(_about(day)))


def _page(body: str) -> str:
    return (
        "<!doctype html><html lang='zh'><meta charset='utf-8'><title>Paiche 派车</title>"
        f"<h1>Paiche 派车</h1>{body}</html>"
    )


def _about(day: DayView) -> str:
    note = "<p><strong>合成数据 Synthetic data</strong></p>" if day.synthetic else ""
    plans = "".join(
        f"<li>{escape(NAMES.get(plan.kind, plan.kind))}：{plan.cost_fen / 100:,.2f} 元，"
        f"违规 {plan.violations} 处</li>"
        for plan in day.plans
    )
    links = "".join(
        f"<li><a href='{address}'>{address}</a></li>"
        for address in ("/v1/day", "/v1/day.geojson", "/v1/openapi.json", "/healthz")
    )
    return (
        f"{note}<p>{escape(day.name)} · {day.date} · {len(day.trips)} 趟</p>"
        f"<ul>{plans}</ul><ul>{links}</ul><p>{escape(day.attribution)}</p>"
    )
