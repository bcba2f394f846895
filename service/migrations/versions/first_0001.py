"""The first tables: units with row scope, land, fleet, demand, work, and the append-only ledger."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

JSON_COLUMN = sa.JSON().with_variant(JSONB(), "postgresql")
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

TABLES = (
    "units",
    "unit_closure",
    "maps",
    "places",
    "compounds",
    "depots",
    "vehicle_types",
    "drivers",
    "vehicles",
    "days",
    "rider_groups",
    "requests",
    "incidents",
    "closures",
    "fleet_states",
    "plans",
    "orders",
    "order_requests",
    "trips",
    "trip_paths",
    "cost_lines",
    "ledger_entries",
)

SQLITE_GUARDS = (
    """CREATE TRIGGER ledger_entries_no_update BEFORE UPDATE ON ledger_entries
    BEGIN SELECT RAISE(ABORT, 'ledger_entries is append-only: book a reversal instead'); END""",
    """CREATE TRIGGER ledger_entries_no_delete BEFORE DELETE ON ledger_entries
    BEGIN SELECT RAISE(ABORT, 'ledger_entries is append-only: book a reversal instead'); END""",
    # INSERT OR REPLACE asks the delete trigger only if the connection says so; this one always asks.
    """CREATE TRIGGER ledger_entries_no_replace BEFORE INSERT ON ledger_entries
    WHEN EXISTS (SELECT 1 FROM ledger_entries WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'ledger_entries is append-only: book a reversal instead'); END""",
)

POSTGRESQL_GUARDS = (
    """CREATE FUNCTION ledger_entries_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'ledger_entries is append-only: book a reversal instead'; END $$""",
    """CREATE TRIGGER ledger_entries_no_change BEFORE UPDATE OR DELETE ON ledger_entries
    FOR EACH ROW EXECUTE FUNCTION ledger_entries_refuse()""",
    """CREATE TRIGGER ledger_entries_no_truncate BEFORE TRUNCATE ON ledger_entries
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_entries_refuse()""",
)


def upgrade() -> None:
    """Forward."""
    _create_land()
    _create_fleet()
    _create_demand()
    _create_work()
    _create_money()
    _guard_ledger()


def downgrade() -> None:
    """Back to nothing."""
    for table in reversed(TABLES):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION ledger_entries_refuse()")


def _guard_ledger() -> None:
    guards = POSTGRESQL_GUARDS if op.get_bind().dialect.name == "postgresql" else SQLITE_GUARDS
    for guard in guards:
        op.execute(guard)


def _create_land() -> None:
    op.create_table(
        "units",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("parent_id", sa.String(length=100), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("place_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["units.id"], name="fk_units_parent_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_units"),
    )
    op.create_index("ix_units_parent_id", "units", ["parent_id"])
    op.create_table(
        "unit_closure",
        sa.Column("ancestor_id", sa.String(length=100), nullable=False),
        sa.Column("descendant_id", sa.String(length=100), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ancestor_id"], ["units.id"], name="fk_unit_closure_ancestor_id_units", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["descendant_id"], ["units.id"], name="fk_unit_closure_descendant_id_units", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ancestor_id", "descendant_id", name="pk_unit_closure"),
    )
    op.create_index("ix_unit_closure_descendant_id", "unit_closure", ["descendant_id"])
    op.create_table(
        "maps",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("node_count", sa.Integer(), nullable=False),
        sa.Column("edge_count", sa.Integer(), nullable=False),
        sa.Column("west", sa.Double(), nullable=False),
        sa.Column("south", sa.Double(), nullable=False),
        sa.Column("east", sa.Double(), nullable=False),
        sa.Column("north", sa.Double(), nullable=False),
        sa.Column("report", JSON_COLUMN, nullable=False),
        sa.Column("attribution", sa.String(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_maps"),
    )
    op.create_index("ix_maps_version", "maps", ["version"])
    op.create_table(
        "places",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_places"),
    )
    op.create_index("ix_places_kind", "places", ["kind"])
    op.create_table(
        "compounds",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("place_id", sa.String(length=100), nullable=False),
        sa.Column("unit_id", sa.String(length=100), nullable=False),
        sa.Column("work_start_s", sa.Integer(), nullable=False),
        sa.Column("work_end_s", sa.Integer(), nullable=False),
        sa.Column("more", JSON_COLUMN, nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name="fk_compounds_place_id_places"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_compounds_unit_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_compounds"),
    )
    op.create_index("ix_compounds_unit_id", "compounds", ["unit_id"])
    op.create_table(
        "depots",
        sa.Column("place_id", sa.String(length=100), nullable=False),
        sa.Column("spaces", sa.Integer(), nullable=True),
        sa.Column("more", JSON_COLUMN, nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name="fk_depots_place_id_places"),
        sa.PrimaryKeyConstraint("place_id", name="pk_depots"),
    )


def _create_fleet() -> None:
    op.create_table(
        "vehicle_types",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("profile", sa.String(), nullable=False),
        sa.Column("energy", sa.String(), nullable=False),
        sa.Column("more", JSON_COLUMN, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_vehicle_types"),
    )
    op.create_table(
        "drivers",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("unit_id", sa.String(length=100), nullable=False),
        sa.Column("more", JSON_COLUMN, nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_drivers_unit_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_drivers"),
    )
    op.create_index("ix_drivers_unit_id", "drivers", ["unit_id"])
    op.create_table(
        "vehicles",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("fleet", sa.String(), nullable=False),
        sa.Column("type_id", sa.String(length=100), nullable=False),
        sa.Column("unit_id", sa.String(length=100), nullable=False),
        sa.Column("county_id", sa.String(), nullable=False),
        sa.Column("plate", sa.String(), nullable=False),
        sa.Column("vehicle_class", sa.String(), nullable=False),
        sa.Column("start_place_id", sa.String(length=100), nullable=False),
        sa.Column("end_place_id", sa.String(length=100), nullable=True),
        sa.Column("marked", sa.Boolean(), nullable=False),
        sa.Column("lendable", sa.Boolean(), nullable=False),
        sa.Column("siren", sa.Boolean(), nullable=False),
        sa.Column("trips", sa.Integer(), nullable=False),
        sa.Column("fixed_driver_id", sa.String(length=100), nullable=True),
        sa.Column("more", JSON_COLUMN, nullable=False),
        sa.ForeignKeyConstraint(["end_place_id"], ["places.id"], name="fk_vehicles_end_place_id_places"),
        sa.ForeignKeyConstraint(
            ["fixed_driver_id"], ["drivers.id"], name="fk_vehicles_fixed_driver_id_drivers"
        ),
        sa.ForeignKeyConstraint(["start_place_id"], ["places.id"], name="fk_vehicles_start_place_id_places"),
        sa.ForeignKeyConstraint(["type_id"], ["vehicle_types.id"], name="fk_vehicles_type_id_vehicle_types"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_vehicles_unit_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_vehicles"),
    )
    op.create_index("ix_vehicles_fleet", "vehicles", ["fleet"])
    op.create_index("ix_vehicles_plate", "vehicles", ["plate"])
    op.create_index("ix_vehicles_unit_id", "vehicles", ["unit_id"])


def _create_demand() -> None:
    op.create_table(
        "days",
        sa.Column("service_date", sa.Date(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("map_id", sa.String(length=100), nullable=False),
        sa.Column("unit_id", sa.String(length=100), nullable=False),
        sa.Column("now_s", sa.Integer(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("size", sa.String(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["map_id"], ["maps.id"], name="fk_days_map_id_maps"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_days_unit_id_units"),
        sa.PrimaryKeyConstraint("service_date", name="pk_days"),
    )
    op.create_index("ix_days_unit_id", "days", ["unit_id"])
    op.create_table(
        "rider_groups",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("home_place_id", sa.String(length=100), nullable=False),
        sa.Column("compound_id", sa.String(length=100), nullable=False),
        sa.Column("unit_id", sa.String(length=100), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("more", JSON_COLUMN, nullable=False),
        sa.ForeignKeyConstraint(
            ["compound_id"], ["compounds.id"], name="fk_rider_groups_compound_id_compounds"
        ),
        sa.ForeignKeyConstraint(
            ["home_place_id"], ["places.id"], name="fk_rider_groups_home_place_id_places"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_rider_groups_unit_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_rider_groups"),
    )
    op.create_index("ix_rider_groups_compound_id", "rider_groups", ["compound_id"])
    op.create_index("ix_rider_groups_unit_id", "rider_groups", ["unit_id"])
    op.create_table(
        "requests",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("service_date", sa.Date(), nullable=False),
        sa.Column("plan_kind", sa.String(), nullable=False),
        sa.Column("unit_id", sa.String(length=100), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("priority", sa.String(), nullable=False),
        sa.Column("unserved_penalty_fen", sa.BigInteger(), nullable=False),
        sa.Column("max_ride_s", sa.Integer(), nullable=True),
        sa.Column("sole_use", sa.Boolean(), nullable=False),
        sa.Column("own_unit_only", sa.Boolean(), nullable=False),
        sa.Column("group_id", sa.String(), nullable=True),
        sa.Column("stops", JSON_COLUMN, nullable=False),
        sa.Column("more", JSON_COLUMN, nullable=False),
        sa.ForeignKeyConstraint(
            ["service_date"], ["days.service_date"], name="fk_requests_service_date_days"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_requests_unit_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_requests"),
    )
    op.create_index("ix_requests_service_date_plan_kind", "requests", ["service_date", "plan_kind"])
    op.create_index("ix_requests_unit_id", "requests", ["unit_id"])
    op.create_table(
        "incidents",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("service_date", sa.Date(), nullable=False),
        sa.Column("unit_id", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("priority", sa.String(), nullable=False),
        sa.Column("place_id", sa.String(length=100), nullable=False),
        sa.Column("reported_s", sa.Integer(), nullable=False),
        sa.Column("on_scene_s", sa.Integer(), nullable=False),
        sa.Column("all_or_nothing", sa.Boolean(), nullable=False),
        sa.Column("needs", JSON_COLUMN, nullable=False),
        sa.Column("more", JSON_COLUMN, nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name="fk_incidents_place_id_places"),
        sa.ForeignKeyConstraint(
            ["service_date"], ["days.service_date"], name="fk_incidents_service_date_days"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_incidents_unit_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_incidents"),
    )
    op.create_index("ix_incidents_service_date", "incidents", ["service_date"])
    op.create_index("ix_incidents_unit_id", "incidents", ["unit_id"])
    op.create_table(
        "closures",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("service_date", sa.Date(), nullable=False),
        sa.Column("map_id", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("start_s", sa.Integer(), nullable=False),
        sa.Column("end_s", sa.Integer(), nullable=False),
        sa.Column("factor", sa.Double(), nullable=False),
        sa.Column("edges", JSON_COLUMN, nullable=False),
        sa.Column("polygon", JSON_COLUMN, nullable=False),
        sa.Column("geometry", JSON_COLUMN, nullable=False),
        sa.Column("more", JSON_COLUMN, nullable=False),
        sa.ForeignKeyConstraint(["map_id"], ["maps.id"], name="fk_closures_map_id_maps"),
        sa.ForeignKeyConstraint(
            ["service_date"], ["days.service_date"], name="fk_closures_service_date_days"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_closures"),
    )
    op.create_index("ix_closures_service_date", "closures", ["service_date"])
    op.create_table(
        "fleet_states",
        sa.Column("service_date", sa.Date(), nullable=False),
        sa.Column("vehicle_id", sa.String(length=100), nullable=False),
        sa.Column("place_id", sa.String(length=100), nullable=False),
        sa.Column("at_s", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("free_from_s", sa.Integer(), nullable=False),
        sa.Column("more", JSON_COLUMN, nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name="fk_fleet_states_place_id_places"),
        sa.ForeignKeyConstraint(
            ["service_date"], ["days.service_date"], name="fk_fleet_states_service_date_days"
        ),
        sa.ForeignKeyConstraint(["vehicle_id"], ["vehicles.id"], name="fk_fleet_states_vehicle_id_vehicles"),
        sa.PrimaryKeyConstraint("service_date", "vehicle_id", name="pk_fleet_states"),
    )


def _create_work() -> None:
    op.create_table(
        "plans",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("service_date", sa.Date(), nullable=False),
        sa.Column("unit_id", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("problem_hash", sa.String(), nullable=False),
        sa.Column("schedule", JSON_COLUMN, nullable=False),
        sa.Column("versions", JSON_COLUMN, nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("engine", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("objective_fen", sa.BigInteger(), nullable=False),
        sa.Column("bound_fen", sa.BigInteger(), nullable=True),
        sa.Column("cost_fen", sa.BigInteger(), nullable=False),
        sa.Column("violation_count", sa.Integer(), nullable=False),
        sa.Column("findings", JSON_COLUMN, nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status <> 'published' OR violation_count = 0", name="ck_plans_published_is_faultless"
        ),
        sa.CheckConstraint("status IN ('draft', 'published', 'superseded')", name="ck_plans_status"),
        sa.ForeignKeyConstraint(["service_date"], ["days.service_date"], name="fk_plans_service_date_days"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_plans_unit_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_plans"),
        sa.UniqueConstraint("service_date", "kind", "number", name="uq_plans_service_date_kind_number"),
    )
    op.create_index("ix_plans_unit_id", "plans", ["unit_id"])
    op.create_table(
        "orders",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("plan_id", sa.String(length=100), nullable=False),
        sa.Column("unit_id", sa.String(length=100), nullable=False),
        sa.Column("vehicle_id", sa.String(length=100), nullable=False),
        sa.Column("driver_id", sa.String(length=100), nullable=True),
        sa.Column("planned_departure", sa.DateTime(timezone=True), nullable=False),
        sa.Column("planned_return", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["driver_id"], ["drivers.id"], name="fk_orders_driver_id_drivers"),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name="fk_orders_plan_id_plans"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_orders_unit_id_units"),
        sa.ForeignKeyConstraint(["vehicle_id"], ["vehicles.id"], name="fk_orders_vehicle_id_vehicles"),
        sa.PrimaryKeyConstraint("id", name="pk_orders"),
        sa.UniqueConstraint("number", name="uq_orders_number"),
    )
    op.create_index("ix_orders_plan_id", "orders", ["plan_id"])
    op.create_index("ix_orders_unit_id", "orders", ["unit_id"])
    op.create_index("ix_orders_vehicle_id", "orders", ["vehicle_id"])
    op.create_table(
        "order_requests",
        sa.Column("order_id", sa.String(length=100), nullable=False),
        sa.Column("request_id", sa.String(length=100), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_order_requests_order_id_orders"),
        sa.ForeignKeyConstraint(
            ["request_id"], ["requests.id"], name="fk_order_requests_request_id_requests"
        ),
        sa.PrimaryKeyConstraint("order_id", "request_id", name="pk_order_requests"),
    )
    op.create_index("ix_order_requests_request_id", "order_requests", ["request_id"])
    op.create_table(
        "trips",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("order_id", sa.String(length=100), nullable=False),
        sa.Column("plan_id", sa.String(length=100), nullable=False),
        sa.Column("service_date", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("unit_id", sa.String(length=100), nullable=False),
        sa.Column("vehicle_id", sa.String(length=100), nullable=False),
        sa.Column("driver_id", sa.String(length=100), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("planned_departure", sa.DateTime(timezone=True), nullable=False),
        sa.Column("planned_return", sa.DateTime(timezone=True), nullable=False),
        sa.Column("planned_m", sa.Integer(), nullable=False),
        sa.Column("planned_empty_m", sa.Integer(), nullable=False),
        sa.Column("actual_departure", sa.DateTime(timezone=True), nullable=True),
        sa.Column("actual_return", sa.DateTime(timezone=True), nullable=True),
        sa.Column("actual_m", sa.Integer(), nullable=True),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "status IN ('ASSIGNED', 'DEPARTED', 'ARRIVED', 'RETURNED', 'SETTLED', 'CANCELLED')",
            name="ck_trips_status",
        ),
        sa.CheckConstraint("actual_return >= actual_departure", name="ck_trips_actual_order"),
        sa.CheckConstraint("planned_return >= planned_departure", name="ck_trips_planned_order"),
        sa.ForeignKeyConstraint(["driver_id"], ["drivers.id"], name="fk_trips_driver_id_drivers"),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_trips_order_id_orders"),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name="fk_trips_plan_id_plans"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_trips_unit_id_units"),
        sa.ForeignKeyConstraint(["vehicle_id"], ["vehicles.id"], name="fk_trips_vehicle_id_vehicles"),
        sa.PrimaryKeyConstraint("id", name="pk_trips"),
        sa.UniqueConstraint("order_id", name="uq_trips_order_id"),
    )
    op.create_index("ix_trips_plan_id", "trips", ["plan_id"])
    op.create_index("ix_trips_service_date_unit_id", "trips", ["service_date", "unit_id"])
    op.create_index("ix_trips_unit_id", "trips", ["unit_id"])
    op.create_index("ix_trips_vehicle_id", "trips", ["vehicle_id"])
    op.create_table(
        "trip_paths",
        sa.Column("trip_id", sa.String(length=100), nullable=False),
        sa.Column("points", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["trip_id"], ["trips.id"], name="fk_trip_paths_trip_id_trips", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("trip_id", name="pk_trip_paths"),
    )


def _create_money() -> None:
    op.create_table(
        "cost_lines",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("trip_id", sa.String(length=100), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("rate_fen", sa.BigInteger(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("decision", sa.Boolean(), nullable=False),
        sa.CheckConstraint("basis IN ('planned', 'actual')", name="ck_cost_lines_basis"),
        sa.ForeignKeyConstraint(["trip_id"], ["trips.id"], name="fk_cost_lines_trip_id_trips"),
        sa.PrimaryKeyConstraint("id", name="pk_cost_lines"),
    )
    op.create_index("ix_cost_lines_trip_id", "cost_lines", ["trip_id"])
    op.create_table(
        "ledger_entries",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("booked_by", sa.String(), nullable=False),
        sa.Column("service_date", sa.Date(), nullable=False),
        sa.Column("unit_id", sa.String(length=100), nullable=False),
        sa.Column("vehicle_id", sa.String(length=100), nullable=False),
        sa.Column("trip_id", sa.String(length=100), nullable=True),
        sa.Column("plan_kind", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("reverses_id", SERIAL, nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["ledger_entries.id"], name="fk_ledger_entries_reverses_id_ledger_entries"
        ),
        sa.ForeignKeyConstraint(["trip_id"], ["trips.id"], name="fk_ledger_entries_trip_id_trips"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_ledger_entries_unit_id_units"),
        sa.ForeignKeyConstraint(
            ["vehicle_id"], ["vehicles.id"], name="fk_ledger_entries_vehicle_id_vehicles"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_ledger_entries"),
    )
    op.create_index("ix_ledger_entries_service_date_unit_id", "ledger_entries", ["service_date", "unit_id"])
    op.create_index("ix_ledger_entries_trip_id", "ledger_entries", ["trip_id"])
    op.create_index("ix_ledger_entries_unit_id", "ledger_entries", ["unit_id"])
    op.create_index("ix_ledger_entries_vehicle_id", "ledger_entries", ["vehicle_id"])
