"""What plans from sheets stand on: a map with nobody on it, or a stored day on its map."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from sqlalchemy import Engine

from scenarios.prefecture.values import Prefecture
from service.errors import IntakeError
from service.settings import Settings
from service.use_cases import corrections
from service.use_cases.commute_day import blank_day
from service.use_cases.roads import Roads, say_kept
from service.use_cases.steps import Steps
from service.use_cases.stored import open_day


def map_or_day(
    map_file: Path | None, when: date | None, settings: Settings, steps: Steps, engine: Engine | None
) -> tuple[Prefecture, Roads]:
    """Open the stored day, or a map with nobody on it; without a date that is today.

    Raises
    ------
    IntakeError
        Neither a map nor a stored day is given.
    """
    if map_file is None:
        if engine is None:
            message = "没有指定地图（--map），也没有数据库中的服务日；请给出其中一个"
            raise IntakeError(message)
        return open_day(engine, settings, when, steps)
    with steps.step("map", f"读取地图 {map_file.name}"):
        rows = corrections.rows_of(corrections.standing(settings.data_folder))
        roads = Roads(map_file, cache_folder=settings.cache_folder, corrections=rows, say=steps.say)
    say_kept(roads, steps)
    day = blank_day(roads.network.source, (when or date.today()).isoformat())  # noqa: DTZ011 - a default only
    return replace(day, synthetic=roads.network.synthetic, synthetic_roads=roads.network.synthetic), roads
