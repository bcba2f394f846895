"""Add road maps: a file, or a place or box fetched from the net; list what there is."""

import shutil
from pathlib import Path

from sqlalchemy.orm import Session

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
