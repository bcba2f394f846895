"""Files of others, copied into the data folder: whole or not at all."""

import shutil
import tempfile
from pathlib import Path

from service.errors import OutputError
from service.words import why


def require_folder(folder: Path) -> None:
    """Make and try the folder before a large map is read for nothing."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        message = f"无法写入 {folder}（{why(error)}）；请用 PAICHE_DATA_FOLDER 指定可写的文件夹"
        raise OutputError(message) from None


def keep_copy(path: Path, folder: Path, name: str) -> Path:
    """Copy a file to `folder/name` with its suffix, whole or not at all; a Shapefile with its companions."""
    kept = folder / f"{name}{_suffix(path)}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for part in _companions(path):
            target = folder / f"{name}{_suffix(part)}"
            partial = target.with_name(target.name + ".partial")
            shutil.copyfile(part, partial)
            partial.replace(target)
    except OSError as error:
        shown = f"无法把 {path.name} 保存到 {folder}（{why(error)}）"
        message = f"{shown}；请用 PAICHE_DATA_FOLDER 指定可写的文件夹"
        raise OutputError(message) from None
    return kept


def _suffix(path: Path) -> str:
    double = "".join(path.suffixes[-2:])
    return double if double.lower().startswith(".osm.") else path.suffix


def _companions(path: Path) -> list[Path]:
    """List the files that belong together: a Shapefile is several of one name."""
    return sorted(path.parent.glob(f"{path.stem}.*")) if path.suffix.lower() == ".shp" else [path]
