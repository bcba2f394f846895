"""Read the roads of an OpenStreetMap file (`.osm.pbf`, `.osm`, `.osm.gz`, `.osm.bz2`) as they are drawn."""

from array import array
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import osmium
from numpy.typing import NDArray

from gis.errors import MapFileError
from gis.read.access import Tags
from gis.read.barriers import Barrier, barrier
from gis.read.opl import locations_of, opl_lines, parse_located_refs, parse_tags, unescaped
from gis.read.report import Tally
from gis.read.roads import DrawnRoads, Restriction
from gis.read.tags import Kind, WayRule, is_rule_key, way_rule

SUFFIXES: Final = (".osm.pbf", ".pbf", ".osm", ".osm.gz", ".osm.bz2")
_CHUNK: Final = 20_000


def read_ways(path: Path, kind: Kind, tally: Tally, *, ferries: bool = False) -> DrawnRoads:
    """Read ways, barriers and turn restrictions that matter to a kind of traffic.

    Parameters
    ----------
    path
        An OSM file; its suffix says the format.
    kind
        For vehicles or for people on foot.
    tally
        Grows by what was read and left out.
    ferries
        Whether ferries count as roads.

    Raises
    ------
    MapFileError
        If the file is damaged or is no OSM file, or there is no room for temporary files.
    """
    gathered = _Gathered(kind=kind, ferries=ferries)
    try:
        with opl_lines(path) as lines:
            _gather(lines, gathered)
        roads = gathered.roads()
        roads = _with_late_nodes(path, roads)
    except OSError as error:
        raise _no_room(path, error) from error
    except (RuntimeError, ValueError) as error:
        raise _damaged(path, error) from error
    _count(gathered, roads, tally)
    return roads


def is_marked_synthetic(path: Path) -> bool:
    """Whether the file says that its roads are invented: its `generator` holds "synthetic"."""
    try:
        with osmium.io.Reader(str(path), osmium.osm.NOTHING) as reader:
            return "synthetic" in reader.header().get("generator")
    except RuntimeError as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> MapFileError:
    reason = " ".join(str(error).split())
    message = (
        "地图文件损坏或不是 OSM 数据，请重新下载或另选文件 / "
        f"{path} is damaged or no OSM file ({reason}); download it again"
    )
    return MapFileError(message)


def _no_room(path: Path, error: OSError) -> MapFileError:
    message = (
        "读取地图时无法使用临时文件夹，请腾出空间或设置 TMPDIR / "
        f"cannot use the temporary folder while reading {path} "
        f"({error.strerror}); make room or set TMPDIR"
    )
    return MapFileError(message)


# --- gathering lines -------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Gathered:
    """What has been read so far; ways that nobody may use are only counted."""

    kind: Kind
    ferries: bool
    rules: list[WayRule] = field(default_factory=list)
    rule_tags: list[Tags] = field(default_factory=list)
    rule_of: dict[tuple[str, ...], int] = field(default_factory=dict)
    name_of: dict[str, int] = field(default_factory=lambda: {"": 0})
    way_id: "array[int]" = field(default_factory=lambda: array("q"))
    way_rule: "array[int]" = field(default_factory=lambda: array("i"))
    way_name: "array[int]" = field(default_factory=lambda: array("i"))
    way_size: "array[int]" = field(default_factory=lambda: array("q"))
    unused: "array[int]" = field(default_factory=lambda: array("q"))
    unused_why: Counter[str] = field(default_factory=Counter)
    waiting: list[bytes] = field(default_factory=list)
    located: list[NDArray[np.float64]] = field(default_factory=list)
    barriers: list[Barrier] = field(default_factory=list)
    restrictions: list[Restriction] = field(default_factory=list)

    def roads(self) -> DrawnRoads:
        """Freeze what was gathered."""
        rows = np.concatenate([*self.located, parse_located_refs(self.waiting)])
        return DrawnRoads(
            kind=self.kind,
            way_id=np.array(self.way_id, dtype=np.int64),
            way_rule=np.array(self.way_rule, dtype=np.int32),
            way_name=np.array(self.way_name, dtype=np.int32),
            way_start=np.concatenate([[0], np.cumsum(np.array(self.way_size, dtype=np.int64))]).astype(
                np.int64
            ),
            ref=rows[:, 0].astype(np.int64),
            lon=np.ascontiguousarray(rows[:, 1]),
            lat=np.ascontiguousarray(rows[:, 2]),
            rules=tuple(self.rules),
            rule_tags=tuple(self.rule_tags),
            names=tuple(self.name_of),
            barriers=tuple(self.barriers),
            restrictions=tuple(self.restrictions),
            unused_ways=np.sort(np.array(self.unused, dtype=np.int64)),
        )


def _gather(lines: Iterable[bytes], gathered: _Gathered) -> None:
    for line in lines:
        kind = line[0]
        if kind == 0x77:  # w
            _gather_way(line, gathered)
        elif kind == 0x6E:  # n
            head, tags, *_ = line.decode().split(" ")
            gathered.barriers.append(barrier(int(head[1:]), parse_tags(tags[1:])))
        elif kind == 0x72 and gathered.kind == "drive":  # r
            gathered.restrictions.append(_restriction(line.decode().rstrip("\n")))


def _gather_way(line: bytes, gathered: _Gathered) -> None:
    head, tags, nodes = line.split(b" ")
    pairs = tags[1:].decode().split(",")
    key = tuple([pair for pair in pairs if is_rule_key(pair.partition("=")[0])])
    index = gathered.rule_of.get(key)
    if index is None:
        index = _new_rule(key, gathered)
    if gathered.rules[index].drop:
        gathered.unused.append(int(head[1:]))
        gathered.unused_why[gathered.rules[index].drop] += 1
        return
    gathered.way_id.append(int(head[1:]))
    gathered.way_rule.append(index)
    gathered.way_name.append(gathered.name_of.setdefault(_name(pairs), len(gathered.name_of)))
    _gather_nodes(nodes, gathered)


def _gather_nodes(nodes: bytes, gathered: _Gathered) -> None:
    field_text = nodes[1:].rstrip(b"\n")
    if not field_text:
        gathered.way_size.append(0)
        return
    gathered.way_size.append(field_text.count(b",") + 1)
    gathered.waiting.append(field_text)
    if len(gathered.waiting) >= _CHUNK:
        gathered.located.append(parse_located_refs(gathered.waiting))
        gathered.waiting.clear()


def _new_rule(key: tuple[str, ...], gathered: _Gathered) -> int:
    tags = parse_tags(",".join(key))
    index = gathered.rule_of[key] = len(gathered.rules)
    gathered.rules.append(way_rule(tags, gathered.kind, ferries=gathered.ferries))
    gathered.rule_tags.append(tags)
    return index


_NAME_KEYS: Final = ("name=", "name:zh=", "ref=")


def _name(pairs: list[str]) -> str:
    """Return the name, else the Chinese name (OPL escapes no colon), else the road number."""
    for key in _NAME_KEYS:
        for pair in pairs:
            if pair.startswith(key):
                return unescaped(pair[len(key) :])
    return ""


def _restriction(line: str) -> Restriction:
    head, tags, members = line.split(" ")
    return Restriction(
        id=int(head[1:]),
        tags=parse_tags(tags[1:]),
        members=tuple(_member(text) for text in members[1:].split(",") if text),
    )


def _member(text: str) -> tuple[str, int, str]:
    ref, _, role = text.partition("@")
    return ref[0], int(ref[1:]), unescaped(role)


# --- afterwards ------------------------------------------------------------------------------------------


def _with_late_nodes(path: Path, roads: DrawnRoads) -> DrawnRoads:
    """Find the nodes that the file holds after the ways that use them, or under negative ids."""
    missing = np.flatnonzero(np.isnan(roads.lon))
    if not len(missing):
        return roads
    found = locations_of(path, np.unique(roads.ref[missing]))
    for position, ref in zip(missing.tolist(), roads.ref[missing].tolist(), strict=True):
        if ref in found:
            roads.lon[position], roads.lat[position] = found[ref]
    return roads


def _count(gathered: _Gathered, roads: DrawnRoads, tally: Tally) -> None:
    tally.read["ways"] += len(roads.way_id)
    tally.dropped.update(gathered.unused_why)
    uses = np.bincount(roads.way_rule, minlength=len(roads.rules))
    for rule, count in zip(roads.rules, uses.tolist(), strict=True):
        for note in rule.notes if count else ():
            tally.dropped[note] += count
