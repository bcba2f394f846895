"""What cells mean: text, numbers, money, choices. Each function returns a parser for a `Column`.

Parsers forgive width, spaces and Excel's habits (numbers for text), and name the way out where they cannot.
Dates and times are in `service.sheets.moments`, coordinates in `service.sheets.coordinates`.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Final

from service.sheets.values import CellFault, Parser, Value

_EXACT_DIGITS: Final = 15
_WIDE: Final = {
    code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
_WIDE[0x3000] = 0x20
_ERRORS: Final = re.compile(r"^#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!)$")
_ESCAPED: Final = re.compile(r"^'(?=[=+\-@\t\r'])")


def tidy(value: Value) -> str:
    """Return a cell as text: half-width letters and digits, single spaces, whole numbers without ".0"."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**_EXACT_DIGITS:
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    text = _ESCAPED.sub("", str(value)).translate(_WIDE)
    return " ".join(text.replace("\u200b", "").replace("\ufeff", "").split())


def text(*, longest: int = 200) -> Parser:
    """Return a parser of any text of at most so many characters."""

    def parse(value: Value) -> str:
        if isinstance(value, int | float) and abs(value) >= 10**_EXACT_DIGITS:
            reason = "数字超过 15 位，Excel 已丢失后几位"
            raise CellFault(reason, "请先把该列设为“文本”格式再重新填写")
        said = without_error(tidy(value))
        if len(said) > longest:
            reason = f"有 {len(said)} 个字，最多 {longest} 个"
            raise CellFault(reason, "请缩短")
        return said

    return parse


def matching(pattern: str, what: str, example: str) -> Parser:
    """Return a parser of text of a pattern, without spaces and in capitals, e.g. a plate."""
    compiled = re.compile(pattern)
    short = text()

    def parse(value: Value) -> str:
        said = re.sub(r"[\s·•.-]", "", unicodedata.normalize("NFKC", short(value))).upper()
        if not compiled.fullmatch(said):
            reason = f"不是{what}"
            raise CellFault(reason, f"请写成如 {example}")
        return said

    return parse


def number(*, least: float | None = None, most: float | None = None, units: tuple[str, ...] = ()) -> Parser:
    """Return a parser of numbers; separators of thousands, full width and units are forgiven."""

    def parse(value: Value) -> float:
        found = float(decimal(value, units))
        _require_between(found, least, most)
        return found

    return parse


def integer(*, least: int | None = None, most: int | None = None, units: tuple[str, ...] = ()) -> Parser:
    """Return a parser of whole numbers."""

    def parse(value: Value) -> int:
        found = decimal(value, units)
        if found != found.to_integral_value():
            reason = "不是整数"
            raise CellFault(reason, "请填写整数")
        _require_between(float(found), least, most)
        return int(found)

    return parse


def money_fen(*, least: int = 0) -> Parser:
    """Return a parser of yuan as integer fen, rounded half to even."""

    def parse(value: Value) -> int:
        yuan = decimal(value, ("元", "圆", "¥", "￥"))
        found = int((yuan * 100).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))
        _require_between(found / 100, least / 100, None)
        return found

    return parse


def choice(meanings: Mapping[str, str]) -> Parser:
    """Return a parser of some words, each with its meaning in code."""
    spelled = {_key(word): meaning for word, meaning in meanings.items()}

    def parse(value: Value) -> str:
        found = spelled.get(_key(tidy(value)))
        if found is None:
            reason = "不在可选范围内"
            raise CellFault(reason, f"可填：{'、'.join(dict.fromkeys(meanings))}")
        return found

    return parse


def yes_no() -> Parser:
    """Return a parser of yes and no."""
    meanings = dict.fromkeys(("是", "有", "对", "√", "✓", "y", "yes", "true", "1"), True)
    meanings |= dict.fromkeys(("否", "无", "没有", "×", "✗", "n", "no", "false", "0"), False)

    def parse(value: Value) -> bool:
        found = meanings.get(_key(tidy(value)))
        if found is None:
            reason = "应为是或否"
            raise CellFault(reason, "请填“是”或“否”")
        return found

    return parse


# --- how --------------------------------------------------------------------------------------------------


def _key(said: str) -> str:
    return "".join(unicodedata.normalize("NFKC", said).casefold().split())


def without_error(said: str) -> str:
    """Return a text unless it is what Excel shows for a formula that failed."""
    if _ERRORS.match(said):
        reason = "公式出错"
        raise CellFault(reason, "请改正公式，或粘贴为数值")
    return said


def decimal(value: Value, units: tuple[str, ...]) -> Decimal:
    """Return the number that a cell holds, with or without one of some units."""
    if isinstance(value, bool | datetime | date | time | timedelta):
        reason = "不是数字（Excel 当作了日期、时间或真假值）"
        raise CellFault(reason, "请把单元格格式设为“常规”后重新填写")
    said = without_error(re.sub(r"[\s,，]", "", unicodedata.normalize("NFKC", tidy(value)))).replace("−", "-")
    for unit in units:
        plain = unicodedata.normalize("NFKC", unit)
        said = said.removesuffix(plain).removeprefix(plain)
    try:
        found = Decimal(said)
    except InvalidOperation:
        found = Decimal("nan")
    if not found.is_finite() or abs(found) > Decimal(10) ** _EXACT_DIGITS:
        reason = "不是数字"
        raise CellFault(reason, "请只填数字")
    return found


def _require_between(found: float, least: float | None, most: float | None) -> None:
    if least is not None and found < least:
        reason = f"小于 {least:g}"
        raise CellFault(reason, f"应不小于 {least:g}")
    if most is not None and found > most:
        reason = f"大于 {most:g}"
        raise CellFault(reason, f"应不大于 {most:g}")
