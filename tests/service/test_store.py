"""What is saved comes back the same, within its scope, on both databases."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from scenarios.prefecture.values import Prefecture, Unit
from service.database import reading, writing
from service.errors import Conflict, NotFound, PlanRefused
from service.rows import CostLineRow, LedgerEntryRow, OrderRequestRow, PlanRow, RequestRow, TripRow
from service.store import fleet, land, ledger
from service.store.demand import get_day, load_requests
from service.store.land import load_units, save_units
from service.store.plans import Judged, load_schedule, publish, published, save_plan
from service.store.prefecture import load_prefecture, save_prefecture
from service.store.scope import EVERYTHING, Scope

DAY = date(2026, 5, 12)
COUNTY_1 = Scope(unit_id="county-1")
COUNTY_2 = Scope(unit_id="county-2")
CITY = Scope(unit_id="city")


def _publish(engine: Engine, plan: Judged) -> None:
    with writing(engine) as session:
        publish(session, get_day(session, EVERYTHING), plan, driven=True)


def test_a_prefecture_comes_back_as_it_was_saved(stored_town: Engine, town: Prefecture) -> None:
    with reading(stored_town) as session:
        assert load_prefecture(session, EVERYTHING, get_day(session, EVERYTHING, DAY)) == town


def test_a_second_prefecture_is_refused_and_the_first_stays(stored_town: Engine, town: Prefecture) -> None:
    with pytest.raises(Conflict, match="已有单位"), writing(stored_town) as session:
        save_prefecture(
            session, town, map_id="tinymap", time_zone="Asia/Shanghai", closure_geometries={"c1": {}}
        )
    with reading(stored_town) as session:
        assert len(load_units(session, EVERYTHING)) == 3


def test_a_county_sees_its_own_rows_and_no_others(stored_town: Engine) -> None:
    with reading(stored_town) as session:
        for scope, car, request in ((COUNTY_1, "car-1", "r1"), (COUNTY_2, "car-2", "r2")):
            assert [v.id for v in fleet.load_vehicles(session, scope, "car")] == [car]
            assert [r.id for r in load_requests(session, scope, DAY, "cars")] == [request]
            assert [u.id for u in load_units(session, scope)] == [scope.unit_id]
        assert fleet.load_drivers(session, COUNTY_2) == ()
        assert fleet.driver_names(session, COUNTY_2) == ()
        assert land.load_compounds(session, COUNTY_1) == ()
        assert len(fleet.load_vehicles(session, CITY, "car")) == 2


def test_a_day_outside_the_scope_does_not_exist(stored_town: Engine) -> None:
    with reading(stored_town) as session, pytest.raises(NotFound, match="2026-05-12"):
        get_day(session, COUNTY_1, DAY)


@pytest.mark.parametrize(
    ("parents", "said"),
    [({"a": "b", "b": "a"}, "成环"), ({"a": "nowhere", "b": None}, "不存在")],
    ids=["a ring", "no parent"],
)
def test_a_unit_tree_that_is_none_is_refused(
    database: Engine, parents: dict[str, str | None], said: str
) -> None:
    units = [Unit(id=i, parent_id=parent, name=i, level="unit") for i, parent in parents.items()]
    with pytest.raises(Conflict, match=said), writing(database) as session:
        save_units(session, units)


def test_duplicate_ids_are_refused_whole(database: Engine) -> None:
    unit = Unit(id="a", parent_id=None, name="a", level="unit")
    with pytest.raises(IntegrityError), writing(database) as session:
        save_units(session, [unit, replace(unit, name="b")])
    with reading(database) as session:
        assert load_units(session, EVERYTHING) == ()


def test_publishing_writes_orders_trips_bills_and_ledger_at_once(
    stored_town: Engine, town_plan: Judged
) -> None:
    _publish(stored_town, town_plan)
    with reading(stored_town) as session:
        trips = session.scalars(select(TripRow).order_by(TripRow.id)).all()
        assert [(t.planned_m, t.planned_empty_m, t.status) for t in trips] == [
            (2_000, 1_000, "SETTLED"),
            (4_000, 2_000, "SETTLED"),
        ]
        served = session.execute(select(OrderRequestRow.order_id, OrderRequestRow.request_id)).all()
        assert [request_id for _, request_id in sorted(served)] == ["r1", "r2"]
        statuses = session.scalars(select(RequestRow.status).where(RequestRow.plan_kind == "cars")).all()
        assert statuses == ["SETTLED", "SETTLED"]


def test_the_ledger_is_the_sum_of_the_trips_cost_lines_and_of_the_bill(
    stored_town: Engine, town_plan: Judged
) -> None:
    _publish(stored_town, town_plan)
    with reading(stored_town) as session:
        lines = session.scalars(select(CostLineRow.amount_fen).where(CostLineRow.basis == "actual")).all()
        trips, total_fen = ledger.totals(session, EVERYTHING)
        # one day 8,000 + 6 km × 1.01 + 6 km × 0.10 + standing 3.33 yuan
        assert (trips, total_fen) == (2, 8_000 + 606 + 60 + 333)
        assert sum(lines) == total_fen == town_plan.bill.total_fen
        for grouped in (ledger.by_plan, ledger.by_account, ledger.by_unit, ledger.by_vehicle):
            assert sum(account.amount_fen for account in grouped(session, EVERYTHING)) == total_fen
        assert [a.name for a in ledger.by_vehicle(session, EVERYTHING)] == ["云D12341"]
        assert ledger.totals(session, COUNTY_2) == (0, 0)
        assert ledger.totals(session, COUNTY_1) == (trips, total_fen)


def test_times_are_kept_with_their_offset(stored_town: Engine, town_plan: Judged) -> None:
    _publish(stored_town, town_plan)
    with reading(stored_town) as session:
        first = session.scalars(select(TripRow).order_by(TripRow.planned_departure)).first()
        assert first is not None
        # 32,300 s after midnight in Shanghai is 08:58:20 there and 00:58:20 UTC.
        assert first.planned_departure == datetime(2026, 5, 12, 0, 58, 20, tzinfo=UTC)
        assert first.planned_departure.tzinfo is not None


def test_a_time_without_an_offset_never_reaches_the_database(stored_town: Engine) -> None:
    naive = datetime(2026, 5, 12)  # noqa: DTZ001 - that is the point
    with pytest.raises(StatementError, match="没有时区"), reading(stored_town) as session:
        session.scalars(select(TripRow).where(TripRow.planned_departure == naive)).all()


def test_a_plan_with_a_finding_is_not_published(stored_town: Engine, town_plan: Judged) -> None:
    faulty = replace(town_plan, findings=("车辆 car-1 超员",))
    with pytest.raises(PlanRefused, match="超员"):
        _publish(stored_town, faulty)
    with reading(stored_town) as session:
        assert session.scalars(select(TripRow)).all() == []
        assert session.scalars(select(PlanRow)).all() == []


def test_the_database_itself_refuses_to_publish_a_plan_with_violations(
    stored_town: Engine, town_plan: Judged
) -> None:
    faulty = replace(town_plan, findings=("车辆 car-1 超员",))
    with pytest.raises(IntegrityError, match="published_is_faultless"), writing(stored_town) as session:
        save_plan(session, get_day(session, EVERYTHING), faulty).status = "published"


def test_a_day_has_one_published_plan_of_a_kind(stored_town: Engine, town_plan: Judged) -> None:
    _publish(stored_town, town_plan)
    with pytest.raises(Conflict, match="2026-05-12-cars-1"):
        _publish(stored_town, town_plan)


def test_plans_are_numbered_and_their_schedule_comes_back(stored_town: Engine, town_plan: Judged) -> None:
    with writing(stored_town) as session:
        day = get_day(session, EVERYTHING)
        assert [save_plan(session, day, town_plan).number for _ in range(2)] == [1, 2]
    _publish(stored_town, town_plan)
    with reading(stored_town) as session:
        row = published(session, EVERYTHING, DAY)["cars"]
        assert row.id == "2026-05-12-cars-3"
        assert load_schedule(row) == town_plan.schedule


def test_a_failure_in_the_middle_of_publishing_leaves_nothing(
    stored_town: Engine, town_plan: Judged, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        message = "disk full"
        raise RuntimeError(message)

    monkeypatch.setattr("service.store.plans.book", fail)
    with pytest.raises(RuntimeError, match="disk full"):
        _publish(stored_town, town_plan)
    with reading(stored_town) as session:
        assert session.scalars(select(TripRow)).all() == []
        assert session.scalars(select(RequestRow.status)).all() == ["APPROVED", "APPROVED"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entries SET amount_fen = 0",
        "DELETE FROM ledger_entries",
        "DELETE FROM ledger_entries WHERE id = 1",
    ],
)
def test_the_ledger_refuses_change(stored_town: Engine, town_plan: Judged, statement: str) -> None:
    _publish(stored_town, town_plan)
    with pytest.raises(DBAPIError, match="append-only"), stored_town.begin() as connection:
        connection.execute(text(statement))
    with reading(stored_town) as session:
        assert ledger.totals(session, EVERYTHING) == (2, 8_999)


def test_the_ledger_refuses_the_ways_around(stored_town: Engine, town_plan: Judged) -> None:
    _publish(stored_town, town_plan)
    columns = (
        "id, booked_at, booked_by, service_date, unit_id, vehicle_id, plan_kind, account, amount_fen, text,"
        " synthetic"
    )
    zeroed = columns.replace("amount_fen", "0")
    before, around = {
        "sqlite": (
            "PRAGMA recursive_triggers=OFF",
            f"REPLACE INTO ledger_entries ({columns}) SELECT {zeroed} FROM ledger_entries WHERE id = 1",
        ),
        "postgresql": ("SELECT 1", "TRUNCATE ledger_entries"),
    }[stored_town.dialect.name]
    with stored_town.connect() as connection:
        connection.execute(text(before))
        with pytest.raises(DBAPIError, match="append-only"):
            connection.execute(text(around))


def test_a_correction_is_a_new_entry(stored_town: Engine, town_plan: Judged) -> None:
    _publish(stored_town, town_plan)
    with writing(stored_town) as session:
        ledger.reverse(session, COUNTY_1, 1, by="审计", text="重复入账")
    with reading(stored_town) as session:
        first, last = (
            session.get(LedgerEntryRow, 1),
            session.scalars(select(LedgerEntryRow).order_by(LedgerEntryRow.id.desc())).first(),
        )
        assert first is not None
        assert last is not None
        assert (last.amount_fen, last.reverses_id) == (-first.amount_fen, 1)
        assert ledger.totals(session, EVERYTHING)[1] == 8_999 - first.amount_fen


def test_an_entry_of_another_county_cannot_be_reversed(stored_town: Engine, town_plan: Judged) -> None:
    _publish(stored_town, town_plan)
    with pytest.raises(NotFound), writing(stored_town) as session:
        ledger.reverse(session, COUNTY_2, 1, by="审计", text="")


def test_money_beyond_32_bits_is_kept(stored_town: Engine) -> None:
    entry = ledger.Booking(
        service_date=DAY, unit_id="city", vehicle_id="car-1", trip_id=None, plan_kind="cars",
        account="km", amount_fen=9_000_000_000_000, synthetic=True,
    )  # fmt: skip
    with writing(stored_town) as session:
        ledger.book(session, [entry], by="test")
    with reading(stored_town) as session:
        assert ledger.totals(session, EVERYTHING) == (0, 9_000_000_000_000)
