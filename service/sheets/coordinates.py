"""What cells mean: degrees and coordinate systems."""

import re
import unicodedata
from typing import Final

from service.sheets.parsers import decimal, tidy
from service.sheets.values import CellFault, Parser, Value

# NFKC makes two single marks of a double one.
_DMS: Final = re.compile(r"^(\d{1,3})[°度](\d{1,2})[′分](\d{1,2}(?:\.\d+)?)(?:′′|秒)?$")
_SYSTEMS: Final = {
    "wgs84": "wgs84", "gps": "wgs84", "cgcs2000": "wgs84", "国家2000": "wgs84", "大地2000": "wgs84",
    "2000": "wgs84", "天地图": "wgs84", "4326": "wgs84", "epsg4326": "wgs84", "4490": "wgs84",
    "epsg4490": "wgs84", "gcj02": "gcj02", "gcj": "gcj02", "火星": "gcj02", "高德": "gcj02",
    "腾讯": "gcj02", "国测局": "gcj02", "bd09": "bd09", "bd09ll": "bd09", "百度": "bd09",
}  # fmt: skip


def degrees() -> Parser:
    """Return a parser of degrees of longitude or latitude: 102.7123, 102.7123°E, 东经102.7123, 102°42′44″."""

    def parse(value: Value) -> float:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
        said = unicodedata.normalize("NFKC", re.sub(r"[’']", "′", re.sub(r"[”\"]", "″", tidy(value))))
        said = re.sub(r"[\s东西南北经纬EeNn]", "", said)
        exact = _DMS.match(said)
        if exact:
            whole, minutes, seconds = (float(part) for part in exact.groups())
            return whole + minutes / 60 + seconds / 3600
        return float(decimal(said, ("°", "度")))

    return parse


def coordinate_system() -> Parser:
    """Return a parser of coordinate systems as `wgs84`, `gcj02` or `bd09`, by the names people use."""

    def parse(value: Value) -> str:
        said = re.sub(
            r"[\s\-_:()（）]|坐标系?|系$", "", unicodedata.normalize("NFKC", tidy(value)).casefold()
        )
        found = _SYSTEMS.get(said)
        if found is None:
            reason = "不认识的坐标系"
            raise CellFault(reason, "可填：wgs84（GPS、国家2000）、gcj02（高德、腾讯）、bd09（百度）")
        return found

    return parse
