"""Open a stored service day: its values, and its roads with the closures in force."""

from datetime import date
from pathlib import Path

from sqlalchemy import Engine

from scenarios.prefecture.values import Prefecture
from service.database import reading, writing
from service.errors import Conflict
from service.settings import Settings
from service.store.demand import ensure_day, get_day
from service.store.maps import get_map
from service.store.plans import Judged, save_plan
from service.store.prefecture import load_prefecture
from service.store.scope import EVERYTHING
from service.use_cases import corrections
from service.use_cases.roads import Roads, say_kept
from service.use_cases.steps import Steps


def open_day(engine: Engine, settings: Settings, when: date | None, steps: Steps) -> tuple[Prefecture, Roads]:
    """Load a day and read its map.

    Raises
    ------
    NotFound
        No such day.
    MapFileError
        The map's file is gone or damaged.
    Conflict
        The map's file, or how we read it, is another one than the day was stored on.
    """
    with steps.step("load", "读取当天数据") as step, reading(engine) as session:
        row = get_day(session, EVERYTHING, when)
        day = load_prefecture(session, EVERYTHING, row)
        road_map = get_map(session, row.map_id)
        path, version = Path(road_map.path), road_map.version
        step.note = f"{day.name} {day.date}"
    with steps.step("map", f"读取地图 {path.name}"):
        roads = Roads(
            path,
            cache_folder=settings.cache_folder,
            corrections=corrections.of_map(settings.data_folder, version[:16]),
            say=steps.say,
        )
    say_kept(roads, steps)
    if roads.network.version != version:
        message = (
            f"地图 {path} 与当天数据保存时不同（文件或读图程序已改变）；请恢复原文件，或重新运行 paiche demo"
        )
        raise Conflict(message)
    roads.close(day.closures)
    return day, roads


def begin_day(engine: Engine, when: date, steps: Steps) -> None:
    """Add the day to those stored, with the fleet and the map of the latest one, unless it is there."""
    with writing(engine) as session:
        if ensure_day(session, EVERYTHING, when):
            steps.say(f"提示：{when} 是新的一天，使用库中的车辆、驾驶员和地图")


def keep_draft(engine: Engine, day: Prefecture, plan: Judged) -> str:
    """Save a plan as a draft, whatever the judges said, and return its id."""
    with writing(engine) as session:
        row = get_day(session, EVERYTHING, date.fromisoformat(day.date))
        return save_plan(session, row, plan).id
