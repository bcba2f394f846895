"""Places in words: texts that wait for a pin, pins, past destinations."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

JSON_COLUMN = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "waiting_texts",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("suggestions", JSON_COLUMN, nullable=False),
        sa.Column("origins", JSON_COLUMN, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_waiting_texts"),
    )
    op.create_table(
        "pins",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("pinned_by", sa.String(), nullable=False),
        sa.Column("pinned_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_pins"),
    )
    op.create_table(
        "past_places",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.CheckConstraint("uses > 0", name="ck_past_places_uses"),
        sa.PrimaryKeyConstraint("key", "lon", "lat", name="pk_past_places"),
    )


def downgrade() -> None:
    """Drop them."""
    for table in ("past_places", "pins", "waiting_texts"):
        op.drop_table(table)
