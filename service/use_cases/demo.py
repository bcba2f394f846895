"""The demonstration: one workday from a map to a settled ledger, on a clock of its own.

At 09:40 of the day the plans are made, judged and published and vehicles are sent to the incidents. Then the
rest of the day is driven in one go exactly as planned (actual = planned, marked synthetic), so that the
ledger holds every trip.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Engine

from gis import layers
from optimizer.contract_tables import Comparison
from scenarios.prefecture import demand
from scenarios.prefecture.roads import write_roads
from scenarios.prefecture.sizes import Size
from scenarios.prefecture.values import Prefecture
from scenarios.study import Outcome
from service.database import reading, writing
from service.errors import Conflict
from service.exchange.summary import ContractFigures, ScenarioFigures, Summary
from service.kinds import CARS, EMERGENCY
from service.settings import Settings
from service.store import ledger
from service.store.demand import get_day
from service.store.maps import save_map
from service.store.plans import Judged, publish
from service.store.prefecture import is_empty, load_prefecture, save_prefecture
from service.store.scope import EVERYTHING
from service.use_cases import cars, corrections, emergency
from service.use_cases.car_trials import CarTrials, try_cars
from service.use_cases.comparing import compare, figures
from service.use_cases.contracts import compare_contracts, contract_tables
from service.use_cases.contracts import figures as contract_figures
from service.use_cases.engine import warm_engine
from service.use_cases.figures import summarise
from service.use_cases.judging import judge
from service.use_cases.outputs import require_writable, write_day
from service.use_cases.roads import Roads, say_kept
from service.use_cases.shuttles import Lines, plan_shuttles
from service.use_cases.steps import Steps

PROFILES: Final = ("car", "bus", "emergency")


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOrder:
    """What to demonstrate.

    Parameters
    ----------
    osm
        A real map; None makes a synthetic one of the size.
    out
        Folder for the documents; None writes none.
    """

    size: Size = "s"
    seed: int = 0
    osm: Path | None = None
    out: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoDay:
    """What came of it."""

    day: Prefecture
    roads: Roads
    lines: Mapping[str, Lines]
    judged: Mapping[str, Judged]
    outcomes: tuple[Outcome, ...]
    contracts: Comparison
    trials: CarTrials
    summary: Summary
    files: tuple[str, ...]


def run_demo(order: DemoOrder, engine: Engine, settings: Settings, steps: Steps) -> DemoDay:
    """Plan, judge, publish and drive one day, compare a few changes, and write it all down.

    Parameters
    ----------
    engine
        A database with the present tables and no rows.

    Raises
    ------
    Conflict
        The database has rows; it is left alone.
    PlanRefused
        A judge found a fault; nothing was published.
    """
    _require_empty(engine)
    if order.out is not None:
        require_writable(order.out)
    roads = open_roads(order, settings, steps)
    day = make_day(order, roads, engine, settings, steps)
    lines, judged = plan_day(day, roads, order.seed, steps)
    publish_day(judged, engine, steps)
    with steps.step("scenarios", "比较几种改变") as step:
        planned = {kind: (plan.problem, plan.schedule) for kind, plan in judged.items()}
        outcomes = compare(planned, order.seed, step)
    with steps.step("trials", "与人工派车比较，十点抛锚演练"):
        trials = try_cars(*planned[CARS])
    contracts = compare_contracts(planned, day.date)
    changed = figures(outcomes), contract_figures(contracts)
    summary = _summary(day, roads, lines, judged, changed, engine, steps)
    files = _written(order.out, day, roads, judged, lines, contracts, summary, steps)
    summary = summary.model_copy(update={"seconds": steps.seconds})
    return DemoDay(
        day=day,
        roads=roads,
        lines=lines,
        judged=judged,
        outcomes=outcomes,
        contracts=contracts,
        trials=trials,
        summary=summary,
        files=files,
    )


def open_roads(order: DemoOrder, settings: Settings, steps: Steps) -> Roads:
    """Read the real map, or make a synthetic one and read it like any other; build the routers."""
    path = order.osm
    if path is None:
        with steps.step("synthetic_map", f"绘制合成地图（规模 {order.size}）"):
            folder = settings.data_folder / "maps"
            folder.mkdir(parents=True, exist_ok=True)
            name = f"synthetic-{order.size}-{order.seed}.osm.pbf"
            path = write_roads(folder / name, size=order.size, seed=order.seed)
    with steps.step("map", f"读取地图 {path.name}") as step:
        kept = corrections.standing(settings.data_folder) if order.osm is not None else None
        rows = corrections.rows_of(kept)
        roads = Roads(path, cache_folder=settings.cache_folder, corrections=rows, say=steps.say)
        corrections.keep_beside(kept, settings.data_folder, roads.network.version[:16])
        step.note = f"{roads.network.node_count:,} 个路口，{roads.network.edge_count:,} 条有向路段"
    say_kept(roads, steps)
    with steps.step("routers", "准备路径计算") as step:
        for done, profile in enumerate(PROFILES, 1):
            roads.router(profile)
            step.part(done / len(PROFILES))
        step.note = "、".join(f"{p}（{roads.router(p).engine}）" for p in PROFILES)
    return roads


def make_day(order: DemoOrder, roads: Roads, engine: Engine, settings: Settings, steps: Steps) -> Prefecture:
    """Invent units, people, vehicles and requests on these roads, save them, and load them back."""
    with steps.step("prefecture", "生成单位、人员、车辆与任务") as step:
        made = demand.generate(
            roads.network,
            size=order.size,
            seed=order.seed,
            synthetic_roads=roads.network.synthetic,
            routable=roads.routable(PROFILES),
        )
        step.note = (
            f"{len(made.cars) + len(made.emergency_vehicles):,} 辆车，{len(made.requests):,} 件用车申请"
        )
    with steps.step("save", "写入数据库") as step:
        shapes = {
            closure.id: feature["geometry"] or {}
            for closure, feature in zip(
                made.closures, layers.closure_features(roads.network, made.closures), strict=True
            )
        }
        with writing(engine) as session:
            map_id = save_map(session, roads.network, str(roads.path.resolve()))
            save_prefecture(
                session, made, map_id=map_id, time_zone=settings.time_zone, closure_geometries=shapes
            )
        with reading(engine) as session:
            day = load_prefecture(session, EVERYTHING, get_day(session, EVERYTHING))
        roads.close(day.closures)
    return day


def plan_day(
    day: Prefecture, roads: Roads, seed: int, steps: Steps
) -> tuple[dict[str, Lines], dict[str, Judged]]:
    """Plan shuttles, cars and the dispatch, and have both judges look at them together."""
    warm_engine(steps)
    with steps.step("shuttles", "编排早晚班车") as step:
        lines = plan_shuttles(day, roads, seed, step)
    with steps.step("cars", "编排公务用车") as step:
        car_plan = cars.plan_cars(day, roads, seed, step)
    with steps.step("emergency", "调度应急车辆") as step:
        dispatch = emergency.plan_dispatch(day, roads, day.clock_s, seed, step)
    plans = {kind: (line.draft.problem, line.schedule) for kind, line in lines.items()}
    plans |= {CARS: car_plan, EMERGENCY: dispatch}
    with steps.step("judge", "两位评判员逐条核对") as step:
        judged = judge(plans, roads, step.part)
        faults = sum(len(plan.findings) for plan in judged.values())
        step.note = f"违规 {faults} 处"
    return lines, judged


def publish_day(judged: Mapping[str, Judged], engine: Engine, steps: Steps) -> None:
    """Publish every plan and drive it as planned, in one transaction."""
    with steps.step("publish", "发布、出车、结算入账") as step, writing(engine) as session:
        row = get_day(session, EVERYTHING)
        for plan in judged.values():
            publish(session, row, plan, driven=True)
        step.note = f"{len(judged)} 个方案"


def _summary(  # noqa: PLR0917
    day: Prefecture,
    roads: Roads,
    lines: Mapping[str, Lines],
    judged: Mapping[str, Judged],
    changed: tuple[tuple[ScenarioFigures, ...], tuple[ContractFigures, ...]],
    engine: Engine,
    steps: Steps,
) -> Summary:
    with reading(engine) as session:
        totals = ledger.totals(session, EVERYTHING)
    scenarios, contracts = changed
    return summarise(
        day, roads, judged, lines,
        ledger=totals, scenarios=scenarios, contracts=contracts, seconds=steps.seconds,
    )  # fmt: skip


def _written(  # noqa: PLR0917
    out: Path | None,
    day: Prefecture,
    roads: Roads,
    judged: Mapping[str, Judged],
    lines: Mapping[str, Lines],
    contracts: Comparison,
    summary: Summary,
    steps: Steps,
) -> tuple[str, ...]:
    if out is None:
        return ()
    with steps.step("outputs", f"写出文件到 {out}") as step:
        return write_day(
            out,
            day,
            roads,
            judged,
            lines,
            lambda: summary.model_copy(update={"seconds": steps.seconds}),
            tables=contract_tables(contracts),
            progress=step.part,
        )


def _require_empty(engine: Engine) -> None:
    with reading(engine) as session:
        if not is_empty(session):
            message = "演示只写入空的数据库，指定的库里已有数据，没有改动它；请用 --database 指定另一个"
            raise Conflict(message)
