"""Downloading a place or a box: against a service on this machine, never the outside network."""

import json
import socket
import threading
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlparse

import numpy as np
import osmnx
import pytest

from gis.errors import CoordinateError, DownloadError
from gis.network import RoadNetwork
from gis.read import read_network
from gis.read.download import download
from tests.gis.osm_towns import osm_xml, written

ROAD = {"highway": "residential", "name": "人民路"}
TOWN = osm_xml(
    [("ABCD", ROAD), ("CG", ROAD), ("FG", {**ROAD, "oneway": "yes"}), ("DE", {"route": "ferry"})],
    nodes={"B": {"barrier": "gate", "access": "private"}},
    restrictions=[
        ({"restriction": "no_left_turn"}, (("from", 2, "way"), ("via", "G", "node"), ("to", 3, "way")))
    ],
)
BOX = (103.79, 25.49, 103.81, 25.51)
AREA = {
    "type": "Polygon",
    "coordinates": [[[103.79, 25.49], [103.81, 25.49], [103.81, 25.51], [103.79, 25.49]]],
}
PLACE = [
    {
        "importance": 0.5,
        "lat": "25.5",
        "lon": "103.8",
        "boundingbox": ["25.49", "25.51", "103.79", "103.81"],
        "display_name": "曲靖市",
        "geojson": AREA,
    }
]


def elements(xml: str) -> list[dict[str, Any]]:
    """What Overpass answers for an OSM file."""
    found = []
    for item in ET.fromstring(xml):
        element: dict[str, Any] = {"type": item.tag, "id": int(item.attrib["id"])}
        element["tags"] = {tag.attrib["k"]: tag.attrib["v"] for tag in item.iter("tag")}
        if item.tag == "node":
            element |= {"lon": float(item.attrib["lon"]), "lat": float(item.attrib["lat"])}
        element["nodes"] = [int(nd.attrib["ref"]) for nd in item.iter("nd")]
        element["members"] = [
            {"type": m.attrib["type"], "ref": int(m.attrib["ref"]), "role": m.attrib["role"]}
            for m in item.iter("member")
        ]
        found.append({key: value for key, value in element.items() if value not in ([], {})})
    return found


@dataclass
class Service:
    """A Nominatim and an Overpass on the loopback, with answers to choose and a record of what was asked."""

    places: Any = field(default_factory=lambda: PLACE)
    roads: Any = field(default_factory=lambda: {"elements": elements(TOWN)})
    status: int = 200
    searched: list[str] = field(default_factory=list)
    queries: list[str] = field(default_factory=list)


def handler(service: Service) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            service.searched += parse_qs(urlparse(self.path).query).get("q", [])
            self.answer(service.places)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            service.queries += parse_qs(body)["data"]
            self.answer(service.roads)

        def answer(self, value: Any) -> None:
            content = value.encode() if isinstance(value, str) else json.dumps(value).encode()
            self.send_response(service.status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    return Handler


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    state = Service()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(state))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    monkeypatch.setattr(osmnx.settings, "nominatim_url", f"http://127.0.0.1:{server.server_port}/")
    monkeypatch.setattr(osmnx.settings, "overpass_url", f"http://127.0.0.1:{server.server_port}/api")
    monkeypatch.setattr(osmnx.settings, "overpass_rate_limit", False)
    monkeypatch.setattr(socket, "getaddrinfo", socket.getaddrinfo)  # osmnx replaces it
    yield state
    server.shutdown()
    server.server_close()
    thread.join()


def same(a: RoadNetwork, b: RoadNetwork) -> bool:
    arrays = [f.name for f in fields(RoadNetwork) if isinstance(getattr(a, f.name), np.ndarray)]
    equal = (
        np.array_equal(getattr(a, n), getattr(b, n), equal_nan=getattr(a, n).dtype.kind == "f")
        for n in arrays
    )
    return all(equal) and a.names == b.names and a.report == b.report


@pytest.mark.parametrize("kind", ["drive", "walk"])
def test_a_box_gives_the_network_of_the_same_data_in_a_file(
    service: Service, tmp_path: Path, kind: Any
) -> None:
    path = download(box=BOX, folder=tmp_path / "maps")
    assert path.name == "103.79_25.49_103.81_25.51.osm.pbf"
    assert same(read_network(path, kind=kind), read_network(written(tmp_path, TOWN), kind=kind))
    assert same(read_network(path, ferries=True), read_network(written(tmp_path, TOWN), ferries=True))


def test_a_place_is_looked_up_by_its_name(service: Service, tmp_path: Path) -> None:
    path = download(place="曲靖市, 云南", folder=tmp_path)
    assert path == tmp_path / "曲靖市_云南.osm.pbf"
    assert service.searched == ["曲靖市, 云南"]
    assert "25.490000 103.790000" in service.queries[0]
    assert same(read_network(path), read_network(written(tmp_path, TOWN)))


def test_ways_nodes_and_turn_restrictions_are_asked_for(service: Service, tmp_path: Path) -> None:
    download(box=BOX, folder=tmp_path)
    (query,) = service.queries
    for part in (
        'way["highway"]',
        'way["route"="ferry"]',
        "node(w.roads)",
        '["type"="restriction"]',
        "out body",
    ):
        assert part in query


def test_a_large_area_comes_in_parts_and_elements_only_once(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(osmnx.settings, "max_query_area_size", 1_500_000)
    steps: list[float] = []
    path = download(box=BOX, folder=tmp_path, progress=lambda part, _: steps.append(part))
    assert len(service.queries) > 1
    assert steps == sorted(steps)
    assert same(read_network(path), read_network(written(tmp_path, TOWN)))


def test_nothing_but_the_map_is_left_in_the_folder_and_settings_return(
    service: Service, tmp_path: Path
) -> None:
    before = osmnx.settings.cache_folder
    path = download(box=BOX, folder=tmp_path)
    assert list(tmp_path.iterdir()) == [path]
    assert osmnx.settings.cache_folder == before


def test_downloading_again_fetches_again_and_replaces_the_file(service: Service, tmp_path: Path) -> None:
    path = download(box=BOX, folder=tmp_path)
    service.roads = {"elements": elements(osm_xml([("AB", ROAD)]))}
    assert download(box=BOX, folder=tmp_path) == path
    assert read_network(path).edge_count == 2


def failing(call: Callable[[], object]) -> str:
    with pytest.raises(DownloadError) as caught:
        call()
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_an_unknown_place_is_named(service: Service, tmp_path: Path) -> None:
    service.places = []
    assert "'不存在的地方'" in failing(lambda: download(place="不存在的地方", folder=tmp_path))


def test_a_place_without_a_boundary_asks_for_a_box(service: Service, tmp_path: Path) -> None:
    service.places = [{**PLACE[0], "geojson": {"type": "Point", "coordinates": [103.8, 25.5]}}]
    assert "give a box" in failing(lambda: download(place="一个点", folder=tmp_path))


def test_a_box_without_roads_says_so(service: Service, tmp_path: Path) -> None:
    service.roads = {"elements": []}
    assert "no roads" in failing(lambda: download(box=BOX, folder=tmp_path))
    assert list(tmp_path.glob("*.pbf")) == []


def test_a_service_that_gives_up_is_quoted(service: Service, tmp_path: Path) -> None:
    service.roads = {"elements": [], "remark": "runtime error: Query timed out"}
    assert "Query timed out" in failing(lambda: download(box=BOX, folder=tmp_path))


def test_a_service_that_answers_nonsense_is_quoted(service: Service, tmp_path: Path) -> None:
    service.roads = "<html>busy</html>"
    assert "busy" in failing(lambda: download(box=BOX, folder=tmp_path))
    service.status = 500
    assert "500" in failing(lambda: download(box=BOX, folder=tmp_path))


def test_without_a_connection_the_error_says_what_else_to_do(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(osmnx.settings, "overpass_url", "http://127.0.0.1:9/api")
    message = failing(lambda: download(box=BOX, folder=tmp_path))
    assert "ConnectionError" in message
    assert "copy an .osm.pbf extract" in message


def test_a_folder_that_cannot_be_written_is_named(service: Service, tmp_path: Path) -> None:
    obstacle = written(tmp_path, "a file", "maps")
    assert str(obstacle) in failing(lambda: download(box=BOX, folder=obstacle))


def test_a_place_or_a_box_but_not_both(tmp_path: Path) -> None:
    assert "either a place or a box" in failing(lambda: download(folder=tmp_path))
    assert "either a place or a box" in failing(lambda: download(place="曲靖", box=BOX, folder=tmp_path))


@pytest.mark.parametrize(
    "box", [(103.81, 25.49, 103.79, 25.51), (103.79, 25.51, 103.81, 25.49), (25.49, 103.79, 25.51, 103.81)]
)
def test_a_box_that_is_none_is_refused(tmp_path: Path, box: tuple[float, float, float, float]) -> None:
    with pytest.raises(CoordinateError):
        download(box=box, folder=tmp_path)
