"""Tiny towns written as OSM XML: one letter a junction, one word a way, to be checked by hand."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import quoteattr

from gis.network import PROFILE_BIT, RoadNetwork

STEP = 0.001
"""Degrees between neighbours of the plan, about 100 m."""

# A - B - C - D - E     the main street
#     |   |   |
#     F - G - H - I     the street below
#         |
#         J
PLAN: Mapping[str, tuple[int, int]] = {
    "A": (0, 2), "B": (1, 2), "C": (2, 2), "D": (3, 2), "E": (4, 2),
    "F": (1, 1), "G": (2, 1), "H": (3, 1), "I": (4, 1), "J": (2, 0),
}  # fmt: skip

Tags = Mapping[str, str]
Member = tuple[str, str | int, str]
"""`("from", way, "way")` or `("via", "B", "node")`."""


def at(letter: str) -> tuple[float, float]:
    """Longitude and latitude of a letter of the plan."""
    x, y = PLAN[letter]
    return 103.8 + x * STEP, 25.5 + y * STEP


def osm_xml(
    ways: Sequence[tuple[str, Tags]],
    *,
    nodes: Mapping[str, Tags] | None = None,
    restrictions: Sequence[tuple[Tags, Sequence[Member]]] = (),
    leave_out: str = "",
    ways_first: bool = False,
    generator: str = "a test",
) -> str:
    """Write a town. Way `i` (from 1) follows letters of the plan; node ids are the letters' code points."""
    letters = sorted({letter for path, _ in ways for letter in path} - set(leave_out))
    node_lines = [_node(letter, (nodes or {}).get(letter, {})) for letter in letters]
    way_lines = [_way(number, path, tags) for number, (path, tags) in enumerate(ways, start=1)]
    relation_lines = [
        _relation(number, tags, members) for number, (tags, members) in enumerate(restrictions, 1)
    ]
    body = way_lines + node_lines if ways_first else node_lines + way_lines
    return "\n".join([
        "<?xml version='1.0' encoding='UTF-8'?>",
        f'<osm version="0.6" generator={quoteattr(generator)}>', *body, *relation_lines, "</osm>",
    ])  # fmt: skip


def _node(letter: str, tags: Tags) -> str:
    lon, lat = at(letter)
    return f'<node id="{ord(letter)}" version="1" lon="{lon:.7f}" lat="{lat:.7f}">{_tags(tags)}</node>'


def _way(number: int, path: str, tags: Tags) -> str:
    refs = "".join(f'<nd ref="{ord(letter)}"/>' for letter in path)
    return f'<way id="{number}" version="1">{refs}{_tags(tags)}</way>'


def _relation(number: int, tags: Tags, members: Sequence[Member]) -> str:
    lines = "".join(
        f'<member type="{kind}" ref="{ord(ref) if isinstance(ref, str) else ref}" role="{role}"/>'
        for role, ref, kind in members
    )
    return f'<relation id="{number}" version="1">{lines}{_tags({"type": "restriction", **tags})}</relation>'


def _tags(tags: Tags) -> str:
    return "".join(f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in tags.items())


def written(folder: Path, text: str, name: str = "town.osm") -> Path:
    """Put a text into a file."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def edge_word(network: RoadNetwork, edge: int) -> str:
    """The letters at both ends of an edge; `+` for a node that the map does not hold."""
    ids = (int(network.node_id[node]) for node in (network.edge_from[edge], network.edge_to[edge]))
    return "".join(chr(i) if i > 0 else "+" for i in ids)


def drives(network: RoadNetwork, profile: str = "car") -> set[str]:
    """Every edge that a profile may use, as its two letters."""
    bit = PROFILE_BIT[profile]
    return {edge_word(network, e) for e in range(network.edge_count) if network.edge_access[e] & bit}


def bans(network: RoadNetwork) -> dict[str, tuple[str, ...]]:
    """Forbidden sequences as the letters driven through, and for whom."""
    found = {}
    for i, bits in enumerate(network.ban_profiles):
        edges = network.ban_edges[network.ban_start[i] : network.ban_start[i + 1]].tolist()
        word = edge_word(network, edges[0])[0] + "".join(edge_word(network, edge)[1] for edge in edges)
        found[word] = tuple(name for name, bit in PROFILE_BIT.items() if bits & bit)
    return found


def of_edge(network: RoadNetwork, word: str) -> int:
    """The one edge between two letters."""
    (edge,) = (e for e in range(network.edge_count) if edge_word(network, e) == word)
    return edge
