"""Pictures: what is on the map is drawn, named, and its source is written beside it."""

from dataclasses import replace
from itertools import combinations, pairwise
from pathlib import Path as FilePath
from typing import Any

import numpy as np
import pytest
from matplotlib import image
from matplotlib.figure import Figure
from matplotlib.text import Text

from gis.closures import Closure
from gis.errors import FontError
from gis.network import RoadNetwork
from gis.paths import Path
from gis.picture import MapContent, MapLine, draw_map
from gis.picture.cartography import Frame, frame_around, scale_bar_m
from gis.picture.content import focus
from gis.picture.fonts import family_for
from gis.picture.furniture import save
from gis.picture.labels import label_box, place_labels, road_labels, text_ems
from gis.picture.lines import sides
from gis.places import Place
from tests.gis.towns import Road, lonlat, town

PLAN = {"A": (0, 0), "B": (1500, 0), "C": (1500, 1500), "D": (0, 1500)}
ROADS = (
    Road(ends="AB", name="人民路", road_class="primary"),
    Road(ends="BC", name="沿江大道", road_class="trunk"),
    Road(ends="CD", name="文昌街"),
    Road(ends="DA", road_class="service"),
)
TOWN = town(PLAN, ROADS)
REAL = town(PLAN, ROADS, synthetic=False)


def at(x_m: float, y_m: float, name: str = "") -> Place:
    lon, lat = lonlat(x_m, y_m)
    return Place(id=f"{x_m},{y_m}", lon=lon, lat=lat, name=name)


def along(*junctions: str) -> Path:
    points = [lonlat(*PLAN[j]) for j in junctions]
    return Path(
        profile="car", edges=(0,), entry_s=(0,), depart_s=0, arrive_s=9, distance_m=9, start_offset_m=0,
        end_offset_m=9, lon=tuple(p[0] for p in points), lat=tuple(p[1] for p in points),
    )  # fmt: skip


def content() -> MapContent:
    return MapContent(
        lines=(
            MapLine(name="1 号线", paths=(along("A", "B"),), stops=(at(500, 0, "南门"),)),
            MapLine(name="2 号线", paths=(along("D", "C"),)),
        ),
        stops=(at(700, 700),),
        compounds=(at(1500, 0, "二号院"), at(0, 1500, "三号院")),
        trips=(along("D", "A"),),
        incidents=(at(1500, 1500, "山体滑坡"),),
        dispatches=(along("B", "C"),),
        closures=(
            Closure(
                id="f", polygon=tuple(lonlat(x, y) for x, y in ((400, 600), (900, 600), (600, 1000))), end_s=9
            ),
            Closure(id="e", edges=(2,), end_s=9, factor=0.5),
        ),
    )


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Pixels of the town with nothing on it."""
    return drawn(tmp_path_factory.mktemp("bare") / "map.png", whole=True)


@pytest.fixture
def texts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """All texts of the pictures drawn during the test."""
    found: list[str] = []

    def spy(figure: Figure, file: FilePath) -> None:
        save(figure, file)
        found.extend(text.get_text() for text in figure.findobj(Text))

    monkeypatch.setattr("gis.picture.save", spy)
    return found


def drawn(file: FilePath, network: RoadNetwork = TOWN, shown: MapContent | None = None, **more: Any) -> Any:
    """Pixels of a picture, 0 to 255."""
    draw_map(file, network, shown, title="曲靖市 演示", **more)
    return np.round(image.imread(file)[:, :, :3] * 255).astype(int)


def has_colour(pixels: Any, colour: str, least: int = 30) -> bool:
    wanted = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return int((np.abs(pixels - wanted).max(axis=2) <= 2).sum()) >= least


def test_a_picture_is_a_png_of_the_size_promised(tmp_path: FilePath) -> None:
    assert drawn(tmp_path / "map.png").shape == (1440, 2100, 3)
    assert list(tmp_path.iterdir()) == [tmp_path / "map.png"]


def test_lines_incidents_and_compounds_are_seen_in_their_colours(bare: Any, tmp_path: FilePath) -> None:
    full = drawn(tmp_path / "full.png", shown=content())
    for colour in ("#1f6fb4", "#d9730d", "#d0021b", "#7a1f1f"):
        assert not has_colour(bare, colour)
        assert has_colour(full, colour)


@pytest.mark.parametrize(
    "part", ["lines", "trips", "dispatches", "closures", "stops", "compounds", "incidents"]
)
def test_each_part_alone_changes_the_picture(bare: Any, tmp_path: FilePath, part: str) -> None:
    alone = MapContent(**{part: getattr(content(), part)})
    assert (drawn(tmp_path / "map.png", shown=alone, whole=True) != bare).any()


def test_names_are_written(tmp_path: FilePath, texts: list[str]) -> None:
    drawn(tmp_path / "map.png", shown=content(), note="3 月 12 日")
    assert {
        "曲靖市 演示", "3 月 12 日", "1 号线", "2 号线", "二号院", "三号院", "山体滑坡", "人民路", "图例",
        "北 N", "封闭", "缓行", "应急车辆路线", "公务用车行程（粗细示次数）", "办公院区", "班车站点",
        "其他站点", "200 m",
    } <= set(texts)  # fmt: skip


def test_a_long_legend_shortens_names_and_counts_the_lines_it_leaves_out(
    tmp_path: FilePath, texts: list[str]
) -> None:
    lines = tuple(MapLine(name=f"{i} 号线 → 市政府第一办公区", paths=(along("A", "B"),)) for i in range(95))
    drawn(tmp_path / "map.png", shown=MapContent(lines=lines))
    assert "0 号线 → 市政府第…" in texts
    assert "另有 5 条线路" in texts
    assert not any(text.startswith("90 号线") for text in texts)


def test_a_dispatch_from_afar_does_not_shrink_the_map() -> None:
    afar = Path(
        profile="car", edges=(0,), entry_s=(0,), depart_s=0, arrive_s=9, distance_m=9, start_offset_m=0,
        end_offset_m=9, lon=(104.8, 103.8), lat=(25.5, 25.5),
    )  # fmt: skip
    near = MapContent(compounds=content().compounds, dispatches=(afar,))
    only = MapContent(compounds=content().compounds)
    assert list(focus(near)) == list(focus(only))
    assert len(list(focus(MapContent(dispatches=(afar,))))) == 2


def test_real_roads_name_their_source_and_invented_ones_say_so(tmp_path: FilePath, texts: list[str]) -> None:
    drawn(tmp_path / "a.png", REAL)
    assert "© OpenStreetMap contributors" in texts
    assert not any("Synthetic" in text for text in texts)
    texts.clear()
    drawn(tmp_path / "b.png", REAL, synthetic=True)
    assert any("© OpenStreetMap contributors" in text and "合成数据 Synthetic data" in text for text in texts)
    texts.clear()
    drawn(tmp_path / "c.png", TOWN)
    assert "合成数据 Synthetic data" in texts
    assert not any("OpenStreetMap" in text for text in texts)


def test_without_a_chinese_font_the_error_says_what_to_install(
    tmp_path: FilePath, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gis.picture.fonts._candidates", lambda: iter(()))
    with pytest.raises(FontError, match="fonts-noto-cjk") as caught:
        drawn(tmp_path / "map.png")
    assert isinstance(caught.value, LookupError)
    assert list(tmp_path.iterdir()) == []


def test_a_character_that_no_font_has_is_named_and_never_drawn_as_a_box(tmp_path: FilePath) -> None:
    with pytest.raises(FontError, match="\U000f0000"):
        drawn(tmp_path / "map.png", note="\U000f0000")


def test_latin_texts_need_no_chinese_font() -> None:
    assert family_for(set("Porto © N")) == "DejaVu Sans"


def test_a_folder_that_is_not_there_is_an_error(tmp_path: FilePath) -> None:
    with pytest.raises(OSError, match="none"):
        draw_map(tmp_path / "none" / "map.png", TOWN, title="x")


def test_a_frame_keeps_its_aspect_and_its_points_off_the_border() -> None:
    frame = frame_around(np.array([103.8, 103.9]), np.array([25.5, 25.51]), aspect=1.25)
    assert frame.width_m / frame.height_m == pytest.approx(1.25, rel=1e-3)
    assert frame.west < 103.8 - 0.005
    assert frame.east > 103.9 + 0.005
    assert frame.holds(np.array([103.85]), np.array([25.5])).all()


def test_a_single_point_is_shown_among_its_streets() -> None:
    frame = frame_around(np.array([103.8]), np.array([25.5]), aspect=2.0)
    assert frame.height_m == pytest.approx(1500, rel=1e-3)
    assert frame.width_m == pytest.approx(3000, rel=1e-3)


@pytest.mark.parametrize(("width_m", "bar_m"), [(1000, 200), (2600, 500), (49_000, 5_000), (300_000, 50_000)])
def test_the_scale_bar_is_a_round_number_of_metres(width_m: float, bar_m: int) -> None:
    degrees = width_m / 111_195
    frame = Frame(west=10, south=-degrees / 2, east=10 + degrees, north=degrees / 2)
    assert scale_bar_m(frame) == bar_m


def test_road_names_follow_their_road_and_do_not_touch() -> None:
    frame = frame_around(TOWN.node_lon, TOWN.node_lat, aspect=1.0)
    labels = road_labels(TOWN, frame, em=0.01)
    assert [label.name for label in labels] == ["沿江大道", "人民路", "文昌街"]
    assert [abs(round(label.angle)) for label in labels] == [90, 0, 0]
    boxes = [label_box(frame, label, 0.01) for label in labels]
    assert all(a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1] for a, b in pairwise(boxes))


def test_a_place_that_is_taken_gets_no_road_name() -> None:
    frame = frame_around(TOWN.node_lon, TOWN.node_lat, aspect=1.0)
    everywhere = (0.0, 0.0, 1.0, 1.0)
    assert road_labels(TOWN, frame, em=0.01, taken=[everywhere]) == ()


def test_a_chinese_character_is_as_wide_as_two_letters() -> None:
    assert text_ems("人民路") == 3
    assert text_ems("AB") == pytest.approx(1.12)


def test_lines_that_share_a_road_run_side_by_side() -> None:
    def line(*edges: int) -> MapLine:
        return MapLine(name="x", paths=(replace(along("A", "B"), edges=edges),))

    both_ways_are_one_road = (line(0), line(1), line(4), line(0, 4))
    assert sides(TOWN, both_ways_are_one_road) == (0, 1, 0, -1)
    assert sides(TOWN, [line(0)] * 6) == (0, 1, -1, 2, -2, 0)


def test_names_of_neighbours_stand_on_different_sides() -> None:
    frame = frame_around(TOWN.node_lon, TOWN.node_lat, aspect=1.0)
    places = [at(700, 700, "市民政局"), at(760, 705, "市水利局"), at(720, 690, "市交通局")]
    labels = place_labels(frame, places, em=0.02)
    assert len({(label.across, label.up) for label in labels}) == 3
    boxes = [label.box for label in labels]
    assert all(
        a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1] for a, b in combinations(boxes, 2)
    )


def test_a_name_at_the_eastern_border_stands_left_of_its_mark() -> None:
    frame = frame_around(TOWN.node_lon, TOWN.node_lat, aspect=1.0)
    (label,) = place_labels(frame, [at(1560, 700, "市应急管理局")], em=0.02)
    assert label.across == -1
