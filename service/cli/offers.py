"""`paiche offers`: places for late requests, without changing the plan."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.asked import Asked, asking
from service.cli.options import day_of, opened
from service.cli.standing import (
    AtOption,
    FromOption,
    PlannedOption,
    clock_said,
    new_requests,
    require_whole,
    standing_of,
)

if TYPE_CHECKING:
    from service.sheets import SheetReport


@asking
def offers(
    *,
    requests: Annotated[
        Path,
        typer.Option(
            "--requests", metavar="FILE", help="迟到的用车申请 .xlsx/.csv，逐件回答 / late requests"
        ),
    ],
    at: AtOption = "00:00",
    planned: PlannedOption = None,
    from_: FromOption = None,
    asked: Asked,
) -> None:
    """为迟到的申请找位置：哪辆车、加多少钱、耽误谁、谁最早有空，不改方案 / places for late requests."""
    from service.cli.car_tables import show_offers
    from service.cli.plan_tables import show_head
    from service.cli.reporting import Bars
    from service.use_cases.living import day_problem, late_offers, require_known
    from service.use_cases.steps import Steps
    from service.use_cases.stored import open_day
    from service.use_cases.words import keep_words, load_words

    now_s = clock_said(at)
    reports: list[SheetReport] = []
    with opened(asked.database) as place, Bars() as bars:
        steps = Steps(bars)
        day, roads = open_day(place.engine, place.settings, day_of(asked.date), steps)
        words = load_words(place.engine)
        standing = standing_of(place.engine, day, roads, words, (planned, asked.crs), from_)
        require_known(standing.day, standing.schedule)
        day, added = new_requests(standing.day, roads, words, steps, (requests, asked.crs), reports)
        keep_words(place.engine, words)
        with steps.step("offers", "查找位置") as step:
            problem = day_problem(replace(standing, day=day), roads, step, added)
            answers = late_offers(problem, standing.schedule, added, now_s)
    show_head(day, clock=False)
    for request in added:
        show_offers(day, request, *answers[request.id])
    require_whole(reports)
