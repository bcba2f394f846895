"""Rows of places in words: what waits for a pin, the pins, and where people have gone under which name."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.rows.columns import Row


class WaitingTextRow(Row):
    """A text that nobody could place yet; the same words written differently wait once."""

    __tablename__ = "waiting_texts"

    key: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]
    reason: Mapped[str]
    suggestions: Mapped[list[Any]]
    origins: Mapped[list[Any]]
    asked_at: Mapped[datetime]


class PinRow(Row):
    """What a dispatcher says that a text means, for ever after (WGS-84)."""

    __tablename__ = "pins"

    key: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]
    name: Mapped[str]
    lon: Mapped[float]
    lat: Mapped[float]
    pinned_by: Mapped[str]
    pinned_at: Mapped[datetime]


class PastPlaceRow(Row):
    """A destination under the name that people wrote, and how often they went (WGS-84); never a home."""

    __tablename__ = "past_places"
    __table_args__ = (CheckConstraint("uses > 0", name="uses"),)

    key: Mapped[str] = mapped_column(primary_key=True)
    lon: Mapped[float] = mapped_column(primary_key=True)
    lat: Mapped[float] = mapped_column(primary_key=True)
    text: Mapped[str]
    uses: Mapped[int]
