"""What kind of file something is, by its content and not by its name."""

from pathlib import Path
from typing import Final

from service.sheets.delimited import read_delimited
from service.sheets.errors import SheetError
from service.sheets.grid import Grid
from service.sheets.values import Limits
from service.sheets.workbooks import read_workbook
from service.words import why

_SAVE_AS: Final = "请在 Excel 或 WPS 中另存为 .xlsx"
_OTHERS: Final = (
    (b"\xd0\xcf\x11\xe0", "旧版 .xls 或加密的工作簿", f"{_SAVE_AS}，并去掉密码"),
    (b"%PDF", "PDF", "请提供原始的 Excel 文件"),
    (b"\x89PNG", "图片", "请提供原始的 Excel 文件"),
    (b"\xff\xd8\xff", "图片", "请提供原始的 Excel 文件"),
    (b"{\\rtf", "RTF 文档", _SAVE_AS),
    (b"\x1f\x8b", "压缩包", "请先解压"),
    (b"7z\xbc\xaf", "压缩包", "请先解压"),
    (b"Rar!", "压缩包", "请先解压"),
)


def read_grids(source: Path | str | bytes, name: str, limits: Limits) -> tuple[str, tuple[Grid, ...]]:
    """Read a file or its content as grids, with the name by which to speak of it.

    Raises
    ------
    SheetError
        If it is missing, too large, or of a kind that holds no table.
    """
    shown, content = _content(source, name, limits)
    if not content.strip():
        message = f"{shown} 是空文件；请检查导出是否完成 (empty file)"
        raise SheetError(message)
    if content.startswith(b"PK\x03\x04"):
        return shown, read_workbook(content, shown, limits)
    _refuse_others(content, shown)
    return shown, read_delimited(content, shown, limits)


def _content(source: Path | str | bytes, name: str, limits: Limits) -> tuple[str, bytes]:
    if isinstance(source, bytes):
        _refuse_large(len(source), name or "文件", limits)
        return name or "文件", source
    path = Path(source)
    shown = name or path.name
    try:
        _refuse_large(path.stat().st_size, shown, limits)
        return shown, path.read_bytes()
    except OSError as error:
        message = f"无法打开 {shown}（{why(error)}）；请检查路径和权限 (cannot open the file)"
        raise SheetError(message) from error


def _refuse_large(size: int, name: str, limits: Limits) -> None:
    if size > limits.file_bytes:
        message = (
            f"{name} 有 {size / 1e6:.0f} MB，超过上限 {limits.file_bytes / 1e6:.0f} MB；"
            "请删去图片和空白行，或分成几个文件 (file too large)"
        )
        raise SheetError(message)


def _refuse_others(content: bytes, name: str) -> None:
    for magic, kind, way_out in _OTHERS:
        if content.startswith(magic):
            message = f"{name} 是{kind}，不能作为表格导入；{way_out} (not a spreadsheet)"
            raise SheetError(message)
    if (
        content[:2000]
        .lstrip(b"\xef\xbb\xbf \t\r\n")
        .lower()
        .startswith((b"<html", b"<!doctype", b"<table", b"<?xml"))
    ):
        message = f"{name} 是网页或 XML，只是用了表格的扩展名；{_SAVE_AS} (HTML or XML in disguise)"
        raise SheetError(message)
