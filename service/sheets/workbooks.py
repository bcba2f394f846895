"""Excel workbooks (`.xlsx`, `.xlsm`) as grids: checked for bombs, then streamed cell by cell."""

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, Final
from xml.etree import ElementTree as ET

from openpyxl import load_workbook
from openpyxl.utils import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from service.sheets.errors import SheetError
from service.sheets.grid import Grid
from service.sheets.values import Limits, Value

LAST_ROW: Final = 1_048_576
"""Excel has no row beyond this."""
_CHUNK: Final = 1 << 20
_MERGED_CELLS: Final = 1_000_000
_MERGE: Final = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3}\d+:[A-Z]{1,3}\d+)"')
_UNCOMPUTED: Final = re.compile(
    rb'<(?:\w+:)?c\s[^>]*?\br="([A-Z]{1,3}\d+)"[^>]*>\s*<(?:\w+:)?f\b[^>]*(?:/>|>[^<]*</(?:\w+:)?f>)'
    rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_R_ID: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_BROKEN: Final = (
    KeyError, ValueError, TypeError, AttributeError, IndexError, OSError, EOFError, SyntaxError,
    zipfile.BadZipFile, zlib.error, InvalidFileException, NotImplementedError, RuntimeError, OverflowError,
)  # fmt: skip


def read_workbook(content: bytes, name: str, limits: Limits) -> tuple[Grid, ...]:
    """Read the sheets of a workbook; of hidden ones only the name.

    Formulas count with the results that were saved with them.

    Raises
    ------
    SheetError
        If it is no workbook, is damaged or encrypted, or would unpack to more than the limits.
    """
    try:
        parts = _sheet_parts(content, name, limits)
        with warnings.catch_warnings():
            # About styles and extensions that hold no data.
            warnings.simplefilter("ignore")
            return tuple(_grids(content, name, parts, limits))
    except SheetError:
        raise
    except _BROKEN as error:
        reason = " ".join(str(error).split())[:120]
        message = (
            f"{name} 已损坏，无法读取；请用 Excel 或 WPS 打开后另存为 .xlsx (damaged workbook: {reason})"
        )
        raise SheetError(message) from error


def _grids(content: bytes, name: str, parts: Mapping[str, bytes], limits: Limits) -> Iterator[Grid]:
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    try:
        seen = [0]
        for sheet in book.worksheets:
            if sheet.sheet_state != "visible":
                yield Grid(name=sheet.title, rows={}, hidden=True)
                continue
            xml = parts.get(sheet.title, b"")
            yield Grid(
                name=sheet.title,
                rows=_rows(sheet, name, limits, seen),
                merged=_merged(xml),
                uncomputed=frozenset(found.decode() for found in _UNCOMPUTED.findall(xml)),
            )
    finally:
        book.close()


def _rows(sheet: Any, name: str, limits: Limits, seen: list[int]) -> dict[int, dict[int, Value]]:
    # The size that a file claims may be a lie in both directions.
    sheet.reset_dimensions()
    rows: dict[int, dict[int, Value]] = {}
    for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
        seen[0] += len(values) + 1
        cells = {column: value for column, value in enumerate(values, start=1) if not _is_empty(value)}
        if cells:
            rows[number] = cells
        if number > LAST_ROW or len(rows) > limits.rows or seen[0] > limits.cells:
            message = (
                f"{name} 的表“{sheet.title}”太大（超过 {limits.rows} 行或 {limits.cells} 格）；"
                "请删去空白行列或分成几个文件 (sheet too large)"
            )
            raise SheetError(message)
    return rows


def _is_empty(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _merged(xml: bytes) -> dict[tuple[int, int], tuple[int, int]]:
    merged: dict[tuple[int, int], tuple[int, int]] = {}
    for found in _MERGE.findall(xml):
        left, top, right, bottom = (int(bound or 0) for bound in range_boundaries(found.decode()))
        # A range over a whole row or column decorates; nobody merges data a hundred thousand times.
        if (right - left + 1) * (bottom - top + 1) + len(merged) > _MERGED_CELLS:
            continue
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                merged[(row, column)] = (top, left)
    return merged


# --- before anything is parsed ---------------------------------------------------------------------------


def _sheet_parts(content: bytes, name: str, limits: Limits) -> dict[str, bytes]:
    """Unpack every part once, within the limit, and return the XML of each sheet by its title."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {info.filename.lstrip("/"): info for info in archive.infolist()}
        _require_workbook(members, name)
        left = limits.unpacked_bytes
        kept: dict[str, bytes] = {}
        for path, info in members.items():
            is_kept = path.endswith((".xml", ".rels"))
            size, data = _unpacked(archive, info, left, name, keep=is_kept)
            left -= size
            if is_kept:
                _refuse_entities(data, name)
                if path.startswith(("xl/worksheets/", "xl/_rels/", "xl/workbook")):
                    kept[path] = data
    return _by_title(kept)


def _require_workbook(members: Mapping[str, zipfile.ZipInfo], name: str) -> None:
    if "xl/workbook.xml" in members:
        return
    kind = "二进制工作簿 .xlsb" if "xl/workbook.bin" in members else "压缩包或其他文档"
    message = f"{name} 是{kind}，不是 .xlsx；请在 Excel 或 WPS 中另存为 .xlsx (not an .xlsx workbook)"
    raise SheetError(message)


def _unpacked(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, left: int, name: str, *, keep: bool
) -> tuple[int, bytes]:
    """Unpack a part by chunks: what it says of its size is not to be trusted."""
    size, chunks = 0, []
    with archive.open(info) as part:
        while chunk := part.read(_CHUNK):
            size += len(chunk)
            if size > left:
                message = f"{name} 解压后过大（疑似压缩炸弹），已拒绝；请分成几个文件 (unpacks to too much)"
                raise SheetError(message)
            if keep:
                chunks.append(chunk)
    return size, b"".join(chunks)


def _refuse_entities(data: bytes, name: str) -> None:
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        message = f"{name} 含有 XML 实体定义，已拒绝；请用 Excel 或 WPS 重新保存 (XML entities are refused)"
        raise SheetError(message)


def _by_title(parts: Mapping[str, bytes]) -> dict[str, bytes]:
    targets = {
        relation.get("Id"): str(relation.get("Target"))
        for relation in _elements(parts.get("xl/_rels/workbook.xml.rels", b"<none/>"), "Relationship")
    }
    return {
        str(sheet.get("name")): parts.get(_path(targets.get(sheet.get(_R_ID), "")), b"")
        for sheet in _elements(parts["xl/workbook.xml"], "sheet")
    }


def _elements(xml: bytes, name: str) -> list[ET.Element]:
    root = ET.fromstring(xml)  # noqa: S314 - entity definitions were refused above
    return [element for element in root.iter() if element.tag.rpartition("}")[2] == name]


def _path(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl") / target)
