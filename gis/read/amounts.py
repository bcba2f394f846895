"""Speeds, lengths, weights and durations as mappers write them, in every unit.

`None` means that the text could not be understood; NaN (speed) and infinity (limits) mean that it was, and
states no limit.
"""

import math
import re
import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources
from typing import Final

_SPEED_UNITS: Final = {
    "": 1.0, "km/h": 1.0, "kmh": 1.0, "kph": 1.0, "kmph": 1.0, "km / h": 1.0, "公里/小时": 1.0,
    "mph": 1.609344, "knots": 1.852, "knot": 1.852, "kn": 1.852,
}  # fmt: skip
_LENGTH_UNITS: Final = {
    "": 1.0, "m": 1.0, "metre": 1.0, "metres": 1.0, "meter": 1.0, "meters": 1.0, "米": 1.0, "cm": 0.01,
    "km": 1000.0, "ft": 0.3048, "feet": 0.3048, "foot": 0.3048, "'": 0.3048, "in": 0.0254, '"': 0.0254,
}  # fmt: skip
_WEIGHT_UNITS: Final = {
    "": 1.0, "t": 1.0, "to": 1.0, "ton": 1.0, "tons": 1.0, "tonne": 1.0, "tonnes": 1.0, "吨": 1.0,
    "kg": 0.001, "公斤": 0.001, "lbs": 0.00045359237, "lb": 0.00045359237, "st": 0.90718474,
    "lt": 1.0160469088,
}  # fmt: skip
_NO_LIMIT: Final = {
    "none", "no", "default", "unsigned", "no_sign", "no_indications", "below_default", "unlimited", "unknown",
}  # fmt: skip
_NO_FIXED_SPEED: Final = _NO_LIMIT | {"signals", "variable", "sign", "national"}
_NUMBER: Final = re.compile(r"^(\d+(?:\.\d+)?)\s*([^\d]*)$")
_FEET_AND_INCHES: Final = re.compile(
    r"^(\d+(?:\.\d+)?)\s*(?:'|ft|feet|′|’)\s*(\d+(?:\.\d+)?)\s*(?:\"|in|''|″|”)?$"
)
_WALK_KMH: Final = 6.0


def speed_kmh(text: str) -> float | None:
    """Read a `maxspeed`: `50`, `30 mph`, `10 knots`, `walk`, `none`, `CN:urban`, `50;30` (the lowest counts).

    Returns
    -------
    km/h; NaN where the tag states that no fixed limit holds; None where it cannot be understood.
    """
    speeds = [_one_speed(part.strip().lower()) for part in re.split(r"[;|]", text)]
    stated = [speed for speed in speeds if speed is not None and not math.isnan(speed)]
    if stated:
        return min(stated)
    return math.nan if any(speed is not None for speed in speeds) else None


def _one_speed(text: str) -> float | None:
    if text in _NO_FIXED_SPEED:
        return math.nan
    if text in {"walk", "walking pace"}:
        return _WALK_KMH
    if ":" in text:
        return _implied_kmh(text)
    speed = _amount(text, _SPEED_UNITS)
    return speed if speed is not None and 1.0 <= speed <= 300.0 else None


def _implied_kmh(code: str) -> float | None:
    """Look up `cn:urban`: by country and zone, else by zone alone; 0 in the data states no limit."""
    country, _, zone = code.partition(":")
    codes = implied_speeds()
    zone = re.sub(r"^zone:?(?=\d)", "zone", zone)
    if re.fullmatch(r"zone\d+|\d+", zone):
        return float(zone.removeprefix("zone"))
    value = codes.get(country, {}).get(zone, codes["any"].get(zone))
    if value is None:
        return None
    return value or math.nan


@cache
def implied_speeds() -> Mapping[str, Mapping[str, float]]:
    """Speed limits in km/h by country code and zone, as in `gis/data/maxspeed_codes.toml`."""
    file = resources.files("gis") / "data" / "maxspeed_codes.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


def length_m(text: str) -> float | None:
    r"""Read a `maxheight` or `maxwidth`: `3.5`, `3,5 m`, `350 cm`, `12'6"`, `10 ft`, `none`.

    Returns
    -------
    Metres; infinity where no limit is stated; None where it cannot be understood.
    """
    return _lowest(text, _one_length)


def _one_length(text: str) -> float | None:
    both = _FEET_AND_INCHES.match(text)
    if both:
        return float(both[1]) * 0.3048 + float(both[2]) * 0.0254
    metres = _amount(text, _LENGTH_UNITS)
    return metres if metres is not None and 0.3 <= metres <= 30.0 else None


def weight_t(text: str) -> float | None:
    """Read a `maxweight`: `7.5`, `7.5t`, `7500 kg`, `16500 lbs`, `3 st` (short tons), `none`.

    A bare number from 500 upwards can only be kilograms.

    Returns
    -------
    Tonnes; infinity where no limit is stated; None where it cannot be understood.
    """
    return _lowest(text, _one_weight)


def _one_weight(text: str) -> float | None:
    tonnes = _amount(text, _WEIGHT_UNITS)
    if tonnes is not None and tonnes >= 500.0:
        tonnes /= 1000.0
    return tonnes if tonnes is not None and 0.1 <= tonnes <= 200.0 else None


def _lowest(text: str, parse: Callable[[str], float | None]) -> float | None:
    """Read every value of a list such as `3.5;3.2`; the lowest that can be understood counts."""
    parts = [part.strip().lower() for part in text.split(";")]
    values = [math.inf if part in _NO_LIMIT else parse(part) for part in parts]
    return min((value for value in values if value is not None), default=None)


def duration_s(text: str) -> float | None:
    """Read a ferry's `duration`: `25` (minutes), `01:30`, `01:30:00`, `PT25M`.

    Returns
    -------
    Seconds, or None where it cannot be understood or is not positive.
    """
    text = text.strip()
    if re.fullmatch(r"\d+(\.\d+)?", text):
        seconds = float(text) * 60.0
    elif re.fullmatch(r"\d+:\d{2}(:\d{2})?", text):
        hours, minutes, *rest = (int(part) for part in text.split(":"))
        seconds = hours * 3600.0 + minutes * 60.0 + (rest[0] if rest else 0)
    elif iso := re.fullmatch(r"PT(?:(\d+)H)?(?:(\d+)M)?", text):
        seconds = int(iso[1] or 0) * 3600.0 + int(iso[2] or 0) * 60.0
    else:
        return None
    return seconds or None


def _amount(text: str, units: Mapping[str, float]) -> float | None:
    number = _NUMBER.match(re.sub(r"(?<=\d),(?=\d)", ".", text))
    if number is None:
        return None
    unit = units.get(number[2].strip().rstrip("."))
    return None if unit is None else float(number[1]) * unit
