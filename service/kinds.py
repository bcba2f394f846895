"""The kinds of plans that a day has, and what people call them."""

from collections.abc import Mapping
from typing import Final

MORNING: Final = "shuttles_morning"
EVENING: Final = "shuttles_evening"
CARS: Final = "cars"
EMERGENCY: Final = "emergency"
SHUTTLES: Final = (MORNING, EVENING)

NAMES: Final[Mapping[str, str]] = {MORNING: "早班车", EVENING: "晚班车", CARS: "公务用车", EMERGENCY: "应急"}

SKILL_NAMES: Final[Mapping[str, str]] = {
    "ambulance": "救护车",
    "negative_pressure": "负压救护车",
    "transfer": "病人转运车",
    "vaccine_cold": "疫苗冷藏车",
    "rescue": "抢险救援车",
    "pump": "排水泵车",
    "generator": "发电车",
    "offroad": "越野车",
    "command": "指挥车",
    "communications": "通信车",
    "evacuation_coach": "转移客车",
    "supplies": "物资运输车",
}
"""What a dispatcher calls the vehicles that an incident needs, by skill."""
