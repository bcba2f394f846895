"""Add road maps: a file, or a place or box fetched from the net; list what there is."""

import shutil
from pathlib import Path

from sqlalchemy.orm import Session

from gis.errors import CoordinateError
from gis.network import RoadNetwork
from gis.read import read_network
from service.errors import OutputError
from service.store.maps import save_map
from service.use_cases.steps import Steps


def add_map(
    session: Session, path: Path, *, data_folder: Path, cache_folder: Path, steps: Steps
) -> tuple[str, RoadNetwork]:
    """Read a map file, keep a copy of it under the data folder, and record it.

    Returns
    -------
    tuple
        Id of the map, and the network that was read.

    Raises
    ------
    MapFileError
        The file cannot be used; nothing is kept.
    OutputError
        The copy cannot be written.
    """
    with steps.step("map", f"读取地图 {path.name}") as step:
        network = read_network(path, cache_folder=cache_folder)
        step.note = f"{network.node_count:,} 个路口，{network.edge_count:,} 条有向路段"
    kept = keep_copy(path, data_folder / "maps", network.version[:16])
    return save_map(session, network, str(kept)), network


def fetch_map(data_folder: Path, *, place: str | None, box: str | None, steps: Steps) -> Path:
    """Download the roads of a place, or of a box `"west,south,east,north"` in WGS-84 degrees.

    Raises
    ------
    CoordinateError
        The box is not four numbers in that order.
    DownloadError
        The place is unknown, or the map service cannot be reached.
    """
    from gis.read.download import download

    asked = place if box is None else box
    with steps.step("download", f"下载地图 {asked}"):
        folder = data_folder / "maps"
        folder.mkdir(parents=True, exist_ok=True)
        if box is None:
            return download(place=place, folder=folder)
        return download(box=parse_box(box), folder=folder)


def parse_box(text: str) -> tuple[float, float, float, float]:
    """West, south, east, north from their text."""
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        message = f"范围 {text!r} 应为四个数：西,南,东,北，例如 103.7,25.4,103.9,25.6 (WGS-84)"
        raise CoordinateError(message) from None
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        message = f"范围 {text!r} 不成立：应满足 西 < 东（±180°）、南 < 北（±90°），经度在前"
        raise CoordinateError(message)
    return west, south, east, north


def keep_copy(path: Path, folder: Path, name: str) -> Path:
    """Copy a map file to `folder/name` with its suffixes, whole or not at all."""
    target = folder / f"{name}{''.join(path.suffixes[-2:])}"
    if target.exists() and target.stat().st_size == path.stat().st_size:
        return target
    partial = target.with_name(target.name + ".partial")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, partial)
        partial.replace(target)
    except OSError as error:
        partial.unlink(missing_ok=True)
        message = f"无法把地图保存到 {folder}（{error.strerror}）；请用 PAICHE_DATA_FOLDER 指定可写的文件夹"
        raise OutputError(message) from None
    return target
