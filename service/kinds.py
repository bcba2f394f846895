"""The kinds of plans that a day has, and what people call them."""

from collections.abc import Mapping
from typing import Final

MORNING: Final = "shuttles_morning"
EVENING: Final = "shuttles_evening"
CARS: Final = "cars"
EMERGENCY: Final = "emergency"
SHUTTLES: Final = (MORNING, EVENING)

NAMES: Final[Mapping[str, str]] = {MORNING: "早班车", EVENING: "晚班车", CARS: "公务用车", EMERGENCY: "应急"}
