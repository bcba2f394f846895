"""Keep a network that was read, under a name that says exactly what it was read from.

The key is the content of the file, the options, the corrections and the reader's own code, so a stale network
cannot be found. A file that is damaged in any way (every member of an npz carries a CRC-32) is read anew.
"""

import contextlib
import hashlib
import json
import struct
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import fields
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import numpy as np
import osmium.version

from gis.network import ReadReport, RoadNetwork
from gis.read.build import read_only

_TEXT_FIELDS: Final = ("source", "version", "kind", "synthetic", "names", "report")
_ARRAY_FIELDS: Final = tuple(f.name for f in fields(RoadNetwork) if f.name not in _TEXT_FIELDS)
_TYPES: Final = {
    "node_id": "int64", "node_lon": "float64", "node_lat": "float64", "edge_from": "int32",
    "edge_to": "int32",
    "edge_way": "int64", "edge_class": "uint8", "edge_name": "int32", "edge_length_m": "float64",
    "edge_maxspeed_kmh": "float32", "edge_access": "uint8", "edge_max_height_m": "float32",
    "edge_max_weight_t": "float32", "edge_max_width_m": "float32", "edge_shape": "int32",
    "edge_reversed": "bool",
    "shape_start": "int32", "shape_lon": "float64", "shape_lat": "float64", "ban_start": "int32",
    "ban_edges": "int32", "ban_profiles": "uint8",
}  # fmt: skip
_DAMAGE: Final = (
    OSError, ValueError, KeyError, TypeError, EOFError, RuntimeError, MemoryError, OverflowError,
    struct.error, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What reading a damaged npz may raise, depending on the byte that is wrong."""


def content_key(path: Path, settings: Iterable[object]) -> str:
    """Name what is read from a file with given settings by the present code.

    Parameters
    ----------
    path
        The file; every byte counts.
    settings
        Options and corrections; their `repr` counts.

    Returns
    -------
    32 hexadecimal digits.
    """
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16))
    digest.update(_code_key())
    for setting in settings:
        digest.update(repr(setting).encode())
    return digest.hexdigest()


@cache
def _code_key() -> bytes:
    """Hash the code that makes networks, so that a new release reads maps anew."""
    room = resources.files("gis")
    sources = [room / "network.py", *_within(room / "read"), room / "data" / "maxspeed_codes.toml"]
    digest = hashlib.blake2b(digest_size=16)
    for source in sources:
        digest.update(source.name.encode() + b"\0" + source.read_bytes())
    digest.update(osmium.version.pyosmium_release.encode())
    return digest.digest()


def _within(folder: Any) -> list[Any]:
    return sorted(
        (item for item in folder.iterdir() if item.name.endswith(".py")), key=lambda item: str(item.name)
    )


def cache_file(folder: Path, path: Path, kind: str, version: str) -> Path:
    """Return the path of a cached network, e.g. `porto-drive-0f3a….npz`."""
    return folder / f"{path.name.partition('.')[0]}-{kind}-{version}.npz"


def save(network: RoadNetwork, path: Path) -> None:
    """Write a network, whole or not at all.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    meta = np.frombuffer(json.dumps(_meta(network), ensure_ascii=False).encode(), dtype=np.uint8)
    temporary = path.with_name(f".writing-{uuid4().hex}.npz")
    try:
        with temporary.open("xb") as file:
            np.savez(file, meta=meta, **{name: getattr(network, name) for name in _ARRAY_FIELDS})
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def load(path: Path, version: str) -> RoadNetwork | None:
    """Read a network back.

    Returns
    -------
    None if the file is damaged, incomplete or of another version.

    Raises
    ------
    FileNotFoundError, NotADirectoryError
        If there is none.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in (*_ARRAY_FIELDS, "meta")}
        return _network(arrays, version)
    except (FileNotFoundError, NotADirectoryError):
        raise
    except _DAMAGE:
        return None


def _meta(network: RoadNetwork) -> dict[str, Any]:
    report = network.report
    return {
        "source": network.source,
        "version": network.version,
        "kind": network.kind,
        "synthetic": network.synthetic,
        "names": network.names,
        "read": report.read,
        "dropped": report.dropped,
        "warnings": report.warnings,
    }


def _network(arrays: dict[str, Any], version: str) -> RoadNetwork | None:
    meta = json.loads(arrays.pop("meta").tobytes())
    right_types = all(
        str(arrays[name].dtype) == kind and arrays[name].ndim == 1 for name, kind in _TYPES.items()
    )
    if meta["version"] != version or not right_types:
        return None
    report = ReadReport(
        read=tuple((str(k), int(n)) for k, n in meta["read"]),
        dropped=tuple((str(k), int(n)) for k, n in meta["dropped"]),
        warnings=tuple(meta["warnings"]),
    )
    network = RoadNetwork(
        source=meta["source"],
        version=version,
        kind=meta["kind"],
        synthetic=bool(meta["synthetic"]),
        names=tuple(meta["names"]),
        report=report,
        **arrays,
    )
    return read_only(network)
