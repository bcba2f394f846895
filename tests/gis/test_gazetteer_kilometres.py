"""Road and kilometre by hand: a straight road of 0.001 degree of latitude, 111.2 m, a step."""

import pytest

from gis.gazetteer import Answer, KmPost, NamedPlace, RoadLine, ServiceArea, build_gazetteer
from gis.gazetteer.kilometres import read_kilometre, road_key

# 0.1 degree along a meridian is 11.12 km; posts say 10 km more at the far end, within tolerance.
NORTH = tuple((102.0, 25.0 + i / 100) for i in range(11))
G320 = RoadLine(roads=("G320", "沪瑞线"), points=NORTH)


def post(km: float, lat: float) -> KmPost:
    return KmPost(road="G320", km=km, lon=102.0001, lat=lat)


def piece(first: int, beyond: int) -> RoadLine:
    return RoadLine(roads=("G320",), points=NORTH[first:beyond])


POSTS = (
    KmPost(road="G320", km=1230, lon=102.0001, lat=25.0),
    KmPost(road="国道320", km=1240, lon=102.0001, lat=25.1),
)


def ask(text: str, *, lines: tuple[RoadLine, ...] = (G320,), posts: tuple[KmPost, ...] = POSTS) -> Answer:
    return build_gazetteer([], lines=lines, posts=posts).find(text)


@pytest.mark.parametrize(
    ("text", "road", "km"),
    [
        ("G320 K1234+500", "g320", 1234.5),
        ("g320k1234+500", "g320", 1234.5),
        ("Ｇ３２０　Ｋ１２３４＋５００", "g320", 1234.5),
        ("国道320线1234公里500米", "g320", 1234.5),
        ("320国道1234公里500米处", "g320", 1234.5),
        ("G320线 K1234+050附近", "g320", 1234.05),
        ("G60 1234.5km", "g60", 1234.5),
        ("S206 K10", "s206", 10.0),
        ("沪昆高速K2301+200", "沪昆高速", 2301.2),
        ("K1234+500", "", 1234.5),
    ],
)
def test_every_way_of_writing_a_kilometre_is_read(text: str, road: str, km: float) -> None:
    found = read_kilometre(text)
    assert found is not None
    assert found.road == road
    assert found.km == pytest.approx(km)


@pytest.mark.parametrize(
    "text", ["财政局", "金桂路12号", "1号院", "G320", "12公里", "第1234中学", "锦绣花园3栋"]
)
def test_other_texts_are_no_kilometres(text: str) -> None:
    found = read_kilometre(text)
    assert found is None or not found.road


def test_all_spellings_of_a_road_have_one_key() -> None:
    assert {road_key(t) for t in ("G320", "g 320", "国道320", "320国道", "国道320线", "G320线")} == {"g320"}
    assert road_key("县道008") == road_key("X8") == "x8"


@pytest.mark.parametrize("text", ["G320 K1234+500", "沪瑞线K1234+500"])
def test_a_kilometre_lies_at_its_share_between_two_posts(text: str) -> None:
    posts = (*POSTS, *(KmPost(road="沪瑞线", km=p.km, lon=p.lon, lat=p.lat) for p in POSTS))
    answer = ask(text, posts=posts)
    assert answer.sure
    assert answer.matches[0].place.lat == pytest.approx(25.045, abs=1e-5)
    assert answer.matches[0].place.lon == pytest.approx(102.0, abs=1e-6)
    assert "K1230 与 K1240" in answer.reason


def test_a_post_itself_is_where_it_stands() -> None:
    assert ask("G320K1240+000").matches[0].place.lat == pytest.approx(25.1)


def test_two_posts_on_one_drawn_segment_are_measured_between_themselves() -> None:
    straight = RoadLine(roads=("S1",), points=((102.0, 25.0), (102.0, 25.1)))
    posts = (KmPost(road="S1", km=4, lon=102.0, lat=25.03), KmPost(road="S1", km=6, lon=102.0, lat=25.05))
    answer = ask("S1 K5", lines=(straight,), posts=posts)
    assert answer.matches[0].place.lat == pytest.approx(25.04, abs=1e-5)


def test_the_other_carriageway_joins_where_a_post_stands() -> None:
    south = RoadLine(roads=("G320",), points=tuple((102.0002, 25.05 - i / 100) for i in range(6)))
    north = RoadLine(roads=("G320",), points=tuple((102.0, 25.05 + i / 100) for i in range(6)))
    posts = (post(0, 25.0), post(5, 25.05), post(10, 25.1))
    assert ask("G320 K2+500", lines=(south, north), posts=posts).matches[0].place.lat == pytest.approx(
        25.025, abs=1e-4
    )
    assert ask("G320 K7+500", lines=(south, north), posts=posts).matches[0].place.lat == pytest.approx(
        25.075, abs=1e-4
    )


@pytest.mark.parametrize(
    ("text", "lines", "posts", "reason"),
    [
        ("G320 K1234+500", (G320,), (), "没有可用的里程桩"),
        ("G320 K1234+500", (G320,), (KmPost(road="G320", km=1, lon=103, lat=25),), "1 个里程桩离道路太远"),
        ("G320 K1300+000", (G320,), POSTS, "里程桩只有 K1230 到 K1240"),
        ("G999 K1+000", (G320,), POSTS, "地图上没有道路 G999"),
        ("K1234+500", (G320,), POSTS, "没有写哪条路"),
        ("G320 K1+000", (G320,), (post(0, 25.0), post(90, 25.1)), "与里程不符"),
        ("G320 K5+000", (piece(0, 4), piece(6, 11)), (post(0, 25.0), post(11, 25.1)), "不连通"),
    ],
)  # fmt: skip
def test_without_calibration_the_answer_is_an_explicit_unknown(
    text: str, lines: tuple[RoadLine, ...], posts: tuple[KmPost, ...], reason: str
) -> None:
    answer = ask(text, lines=lines, posts=posts)
    assert (answer.matches, answer.sure) == ((), False)
    assert reason in answer.reason


def test_a_kilometre_outside_the_service_area_says_so() -> None:
    area = ServiceArea(name="云岚市", rings=(((102.5, 25), (103, 25), (103, 26), (102.5, 26)),))
    known = build_gazetteer(
        [NamedPlace(id="a", name="甲", lon=102.6, lat=25.5)], area=area, lines=[G320], posts=POSTS
    )
    answer = known.find("G320 K1234+500")
    assert answer.matches[0].outside
    assert not answer.sure
