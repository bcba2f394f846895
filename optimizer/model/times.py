"""Spans of time within a service day."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeWindow:
    """Closed interval of seconds since the start of the service day."""

    start_s: int
    end_s: int


ALL_DAY: Final = TimeWindow(start_s=0, end_s=172_800)
"""Wide enough for a service day that runs past midnight."""
