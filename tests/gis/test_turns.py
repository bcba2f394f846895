"""Forbidden turns by hand, and which roads count as connected once turns are forbidden."""

import numpy as np
import pytest

from gis.errors import RouteError
from gis.network import RoadNetwork
from gis.speeds import allowed_edges
from gis.turns import TurnGraph, turn_graph
from tests.gis.towns import ALL, Road, edge, town

#   D —— E —— F
#   |    |    |      all roads both ways, 100 m
#   A —— B —— C
GRID = {"A": (0, 0), "B": (100, 0), "C": (200, 0), "D": (0, 100), "E": (100, 100), "F": (200, 100)}
ROADS = tuple(Road(ends=ends) for ends in ("AB", "BC", "DE", "EF", "AD", "BE", "CF"))


def grid(*bans: tuple[str, tuple[str, ...]]) -> RoadNetwork:
    return town(GRID, ROADS, bans)


def graph_of(network: RoadNetwork, profile: str = "car") -> TurnGraph:
    return turn_graph(network, profile, allowed_edges(network, profile))


def may_drive(graph: TurnGraph, network: RoadNetwork, way: str) -> bool:
    """Whether a trip that begins on the first road of the way can follow it."""
    edges = [edge(network, way[i : i + 2], GRID) for i in range(len(way) - 1)]
    states = {int(graph.edge_start[edges[0]])}
    for following in edges[1:]:
        onward = {
            int(head)
            for state in states
            for head in graph.arc_head[graph.arc_first[state] : graph.arc_first[state + 1]]
        }
        states = {state for state in onward if graph.state_edge[state] == following}
    return bool(states)


def test_without_bans_every_edge_is_one_state() -> None:
    network = grid()
    graph = graph_of(network)
    assert graph.state_count == network.edge_count == 14
    assert graph.routable.all()


def test_a_node_via_ban_forbids_its_turn_and_no_other() -> None:
    network = grid(("ABE", ALL))
    graph = graph_of(network)
    assert not may_drive(graph, network, "ABE")
    assert may_drive(graph, network, "ABC")
    assert may_drive(graph, network, "CBE")
    assert may_drive(graph, network, "EBA")
    assert graph.state_count == network.edge_count


def test_a_via_way_ban_forbids_the_sequence_but_not_its_parts() -> None:
    network = grid(("ABCF", ALL))
    graph = graph_of(network)
    assert not may_drive(graph, network, "ABCF")
    assert not may_drive(graph, network, "DABCF")
    assert may_drive(graph, network, "EBCF")
    assert may_drive(graph, network, "BCF")
    assert may_drive(graph, network, "ABEFC")
    assert graph.state_count == network.edge_count + 1  # B→C once more, for those who come from A


def test_a_ban_of_four_roads_holds_whatever_came_before() -> None:
    network = grid(("DABCF", ALL))
    graph = graph_of(network)
    assert not may_drive(graph, network, "DABCF")
    assert not may_drive(graph, network, "EDABCF")
    assert may_drive(graph, network, "ABCF")
    assert may_drive(graph, network, "DABEF")


def test_overlapping_bans_are_each_remembered() -> None:
    network = grid(("DABC", ALL), ("ABCF", ALL), ("CBED", ALL))
    graph = graph_of(network)
    for forbidden in ("DABC", "ABCF", "CBED", "FCBED"):
        assert not may_drive(graph, network, forbidden)
    for permitted in ("DABEF", "EBCF", "CBEF", "BED"):
        assert may_drive(graph, network, permitted)


def test_a_short_ban_holds_also_in_the_middle_of_a_remembered_way() -> None:
    network = grid(("ABCF", ALL), ("BCF", ("bus",)))
    assert not may_drive(graph_of(network, "bus"), network, "EBCF")
    assert may_drive(graph_of(network, "car"), network, "EBCF")


def test_bans_bind_only_their_profiles() -> None:
    network = grid(("ABE", ("truck",)))
    assert may_drive(graph_of(network, "bus"), network, "ABE")
    assert not may_drive(graph_of(network, "truck"), network, "ABE")


def test_nobody_turns_back_where_a_road_leads_on() -> None:
    network = grid()
    assert not may_drive(graph_of(network), network, "ABA")


def test_at_a_dead_end_one_turns_back() -> None:
    network = town({**GRID, "G": (300, 0)}, (*ROADS, Road(ends="CG")))
    graph = turn_graph(network, "car", allowed_edges(network, "car"))
    to_g, from_g = (
        int(np.flatnonzero((network.edge_from == a) & (network.edge_to == b))[0]) for a, b in ((2, 6), (6, 2))
    )
    state = graph.edge_start[to_g]
    onward = graph.arc_head[graph.arc_first[state] : graph.arc_first[state + 1]]
    assert graph.state_edge[onward].tolist() == [from_g]


def test_a_dead_end_is_one_for_those_who_may_not_drive_on() -> None:
    roads = (*ROADS, Road(ends="CG"), Road(ends="GH", access=("bus",)))
    network = town({**GRID, "G": (300, 0), "H": (400, 0)}, roads)
    ways = {profile: graph_of(network, profile) for profile in ("car", "bus")}
    back = (2, 6), (6, 2)
    to_g, from_g = (
        int(np.flatnonzero((network.edge_from == a) & (network.edge_to == b))[0]) for a, b in back
    )
    for profile, turns_back in (("car", True), ("bus", False)):
        graph = ways[profile]
        state = graph.edge_start[to_g]
        onward = graph.state_edge[graph.arc_head[graph.arc_first[state] : graph.arc_first[state + 1]]]
        assert (from_g in onward.tolist()) == turns_back


def test_a_road_that_turns_make_a_trap_is_not_routable() -> None:
    # From G one gets only over C, to B or to F; with both forbidden, G can be reached but not left.
    network = town({**GRID, "G": (300, 0)}, (*ROADS, Road(ends="CG")), (("GCB", ALL), ("GCF", ALL)))
    graph = turn_graph(network, "car", allowed_edges(network, "car"))
    trapped = (network.edge_from == 6) | (network.edge_to == 6)
    assert not graph.routable[trapped].any()
    assert graph.routable[~trapped].all()


def test_only_the_largest_connected_part_is_kept() -> None:
    island = {"X": (5000, 0), "Y": (5100, 0)}
    network = town({**GRID, **island}, (*ROADS, Road(ends="XY")))
    graph = turn_graph(network, "car", allowed_edges(network, "car"))
    assert graph.routable.sum() == 14


def test_no_connected_roads_is_an_error_that_names_map_and_profile() -> None:
    network = town({"A": (0, 0), "B": (100, 0)}, (Road(ends="AB", oneway=True),))
    with pytest.raises(RouteError, match=r"town.*car"):
        graph_of(network)
