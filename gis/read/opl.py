"""Fast passage from an OSM file to Python: libosmium filters and prints, we split lines.

Going through one Python object per node reference costs more than everything else together, so the C++ side
writes what is needed, locations included, as OPL text (https://osmcode.org/opl-file-format/): Porto takes
0.35 CPU s this way. Nothing here knows what a tag means.
"""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
import osmium
from numpy.typing import NDArray
from osmium.osm import NODE, RELATION, WAY

_ESCAPE: Final = re.compile(r"%([0-9a-fA-F]+)%")
_NOWHERE: Final = b"x999y999"
_COMMAS: Final = bytes.maketrans(b"xy", b",,")


@contextmanager
def opl_lines(path: Path) -> Iterator[BinaryIO]:
    """Open the roads, ferries, barriers and restrictions of an OSM file as OPL lines.

    Ways carry the locations of their nodes; a node that had not been read yet has none.

    Raises
    ------
    RuntimeError
        From libosmium, if the file is damaged.
    """
    with tempfile.TemporaryDirectory(prefix="paiche-read-") as folder:
        text = Path(folder) / "roads.opl"
        _print(path, text)
        with text.open("rb") as lines:
            yield lines


def _print(path: Path, text: Path) -> None:
    ways = osmium.filter.KeyFilter("highway", "route")
    ways.enable_for(WAY)
    nodes = osmium.filter.KeyFilter("barrier")
    nodes.enable_for(NODE)
    relations = osmium.filter.TagFilter(("type", "restriction"))
    relations.enable_for(RELATION)
    locations = osmium.NodeLocationsForWays(osmium.index.create_map("flex_mem"))
    locations.ignore_errors()
    target = osmium.io.File(str(text), "opl,locations_on_ways=true,add_metadata=false")
    with osmium.io.Reader(str(path), NODE | WAY | RELATION) as reader, osmium.SimpleWriter(target) as writer:
        osmium.apply(reader, locations, ways, nodes, relations, writer)


def parse_tags(field: str) -> dict[str, str]:
    """Turn `highway=primary,name=%4eba%%6c11%%8def%` into a dictionary."""
    pairs = (pair.partition("=") for pair in field.split(",") if pair)
    return {unescaped(key): unescaped(value) for key, _, value in pairs}


def unescaped(text: str) -> str:
    """Undo the OPL escapes (`%` hexadecimal code point `%`)."""
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text) if "%" in text else text


def parse_located_refs(fields: list[bytes]) -> NDArray[np.float64]:
    """Turn the node fields of ways (`n1x8.5y47.1,n2xy`) into rows of id, longitude, latitude.

    Returns
    -------
    float64[n, 3]; NaN coordinates where the node had no location. Ids stay exact below 2**53.
    """
    if not fields:
        return np.empty((0, 3))
    text = b",".join(fields).replace(b"xy", _NOWHERE).translate(_COMMAS, b"n")
    rows = np.fromstring(text, dtype=np.float64, sep=",").reshape(-1, 3)
    rows[rows[:, 1] > 180.0, 1:] = np.nan
    return rows


def locations_of(path: Path, refs: NDArray[np.int64]) -> dict[int, tuple[float, float]]:
    """Look up nodes anywhere in a file, also where ways come before their nodes or ids are negative.

    Returns
    -------
    Node id → (longitude, latitude) of those that the file holds.
    """
    wanted = set(refs.tolist())
    nodes = osmium.FileProcessor(str(path), NODE)
    if min(wanted, default=0) > 0:
        nodes = nodes.with_filter(osmium.filter.IdFilter(wanted))
    found = ((node.id, node.location) for node in nodes if isinstance(node, osmium.osm.Node))
    return {ref: (at.lon, at.lat) for ref, at in found if ref in wanted and at.valid()}
