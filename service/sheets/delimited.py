"""Text files of values (`.csv`, `.tsv`, `.txt`) as grids: encoding and separator found out, never asked."""

import csv
import io
from collections.abc import Iterator
from typing import Final

from service.sheets.errors import SheetError
from service.sheets.grid import Grid
from service.sheets.values import Limits, Value

_SEPARATORS: Final = (",", "\t", ";", "，", "|")
_BYTE_ORDER_MARKS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def read_delimited(content: bytes, name: str, limits: Limits) -> tuple[Grid, ...]:
    """Read a text file in UTF-8 (with or without mark), GB 18030 or marked UTF-16.

    Raises
    ------
    SheetError
        If it is no text, or longer than the limits.
    """
    text = _decoded(content, name)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text))
    rows: dict[int, dict[int, Value]] = {}
    for number, fields in enumerate(_records(reader, name), start=1):
        cells: dict[int, Value] = {i: value for i, value in enumerate(fields, start=1) if value.strip()}
        if cells:
            rows[number] = cells
        if len(rows) > limits.rows:
            message = f"{name} 超过 {limits.rows} 行；请分成几个文件 (too many rows)"
            raise SheetError(message)
    return (Grid(name=name, rows=rows),)


def _decoded(content: bytes, name: str) -> str:
    marked = [encoding for mark, encoding in _BYTE_ORDER_MARKS if content.startswith(mark)]
    if not marked and b"\x00" in content:
        message = f"{name} 不是文本表格，也不是 .xlsx；请在 Excel 或 WPS 中另存为 .xlsx 或 CSV (binary file)"
        raise SheetError(message)
    furthest = 0
    for encoding in marked or ("utf-8", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError as error:
            furthest = max(furthest, error.start)
    line = content[:furthest].count(b"\n") + 1
    message = (
        f"{name} 第 {line} 行的文字编码无法识别（既非 UTF-8 也非 GB18030）；请另存为 .xlsx (unknown encoding)"
    )
    raise SheetError(message)


def _separator(text: str) -> str:
    """Return the separator that splits most of the first lines into most fields."""
    lines = [line for line in text[:20_000].splitlines() if line.strip()][:20]
    counts = {separator: sorted(line.count(separator) for line in lines) for separator in _SEPARATORS}
    return max(_SEPARATORS, key=lambda s: (counts[s][len(lines) // 2] if lines else 0, sum(counts[s])))


def _records(reader: Iterator[list[str]], name: str) -> Iterator[list[str]]:
    try:
        yield from reader
    except csv.Error as error:
        message = f"{name} 的引号或分隔符有误，无法读取；请另存为 .xlsx (bad CSV: {error})"
        raise SheetError(message) from error
