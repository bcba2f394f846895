"""Names by hand: what a text means, in which order, and what is said about it."""

import pytest

from gis.gazetteer import (
    Answer,
    GazetteerError,
    NamedPlace,
    Pin,
    Resolved,
    ServiceArea,
    Unresolved,
    Waiting,
    build_gazetteer,
    listed_places,
    past_places,
    pinned,
    queued,
    resolve,
)

AREA = ServiceArea(name="云岚市", rings=(((102, 25), (103, 25), (103, 26), (102, 26)),), province="云南省")


def place(
    name: str, *, lon: float = 102.5, lat: float = 25.5, county: str = "", **more: object
) -> NamedPlace:
    return NamedPlace(id=f"{name}@{lon},{lat}", name=name, lon=lon, lat=lat, county=county, **more)  # type: ignore[arg-type]


TOWN = (
    place("云岚市住房和城乡建设局", lon=102.11),
    place("云岚市财政局", lon=102.12),
    place("鹿泽县财政局", lon=102.81, county="鹿泽县"),
    place("雾川县财政局", lon=102.21, county="雾川县"),
    place("锦绣花园", lon=102.13, kind="residential"),
    place("上树坪村", lon=102.83, county="鹿泽县", kind="village"),
    place("云岚市第一人民医院", lon=102.14, aliases=("市一院", "老红十字会")),
    place("第一中学", lon=102.15),
    place("第二中学", lon=102.16),
    place("一号院", lon=102.17),
    place("重阳水库", lon=102.18),
    place("昆明路", lon=102.19, kind="road"),
    place("省界收费站", lon=103.5, county="别处县"),
)
GAZETTEER = build_gazetteer(TOWN, area=AREA)


def first(text: str) -> str:
    best = GAZETTEER.find(text).best
    return best.place.name if best else ""


def names(answer: Answer) -> list[str]:
    return [match.place.name for match in answer.matches]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("云岚市财政局", "云岚市财政局"),
        ("云南省云岚市财政局", "云岚市财政局"),
        ("住建局", "云岚市住房和城乡建设局"),
        ("市住建局", "云岚市住房和城乡建设局"),
        ("住房城乡建设局", "云岚市住房和城乡建设局"),
        ("ｚｈｕ Jian Ju", "云岚市住房和城乡建设局"),
        ("鹿泽财政局", "鹿泽县财政局"),
        ("鹿泽县 财政局", "鹿泽县财政局"),
        ("鹿澤縣財政局", "鹿泽县财政局"),
        ("锦绣花园3栋2单元501室", "锦绣花园"),
        ("锦绣花园东门", "锦绣花园"),
        ("市一院", "云岚市第一人民医院"),
        ("老红十字会", "云岚市第一人民医院"),
        ("１号院", "一号院"),
        ("第1中学", "第一中学"),
        ("chongyangshuiku", "重阳水库"),
        ("zhongyangshuiku", "重阳水库"),
        ("昆明路", "昆明路"),
    ],
)
def test_a_text_as_good_as_the_name_is_sure(text: str, name: str) -> None:
    answer = GAZETTEER.find(text)
    assert answer.best is not None
    assert (answer.best.place.name, answer.sure) == (name, True), answer.reason


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("zjj", "云岚市住房和城乡建设局"),
        ("zhujj", "云岚市住房和城乡建设局"),
        ("lzczj", "鹿泽县财政局"),
        ("金秀花园", "锦绣花园"),
        ("锦秀花园", "锦绣花园"),
        ("锦绣园花", "锦绣花园"),
        ("上树平村", "上树坪村"),
        ("上树坪", "上树坪村"),
        ("一中", "第一中学"),
        ("二中", "第二中学"),
        ("jingxiuhuayuan", "锦绣花园"),
    ],
)
def test_a_text_nearly_right_comes_first_with_its_reason(text: str, name: str) -> None:
    assert first(text) == name
    assert name in GAZETTEER.find(text).reason


def test_a_misspelt_name_is_never_taken_without_asking() -> None:
    answer = GAZETTEER.find("锦秀花园")
    assert not answer.sure
    assert answer.matches[0].how == "typo"
    assert "错别字" in answer.matches[0].reason


def test_another_number_is_another_place_not_a_misspelling() -> None:
    assert first("第二中学") == "第二中学"
    scores = {match.place.name: match.score for match in GAZETTEER.find("第二中学").matches}
    assert scores["第二中学"] - scores["第一中学"] > 0.4


def test_the_same_name_in_three_counties_is_shown_with_every_county() -> None:
    same = [
        place("民政局", lon=102.1 + i / 10, county=f"{county}县")
        for i, county in enumerate(("甲子", "乙丑", "丙寅"))
    ]
    answer = build_gazetteer(same, area=AREA).find("民政局", limit=1)
    assert [match.place.county for match in answer.matches] == ["丙寅县", "乙丑县", "甲子县"]
    assert not answer.sure
    assert all(county in answer.reason for county in ("丙寅县", "乙丑县", "甲子县"))


def test_the_asker_s_county_settles_the_order_but_hides_nothing() -> None:
    same = [
        place("民政局", lon=102.1 + i / 10, county=f"{county}县")
        for i, county in enumerate(("甲子", "乙丑", "丙寅"))
    ]
    answer = build_gazetteer(same, area=AREA).find("民政局", county="乙丑县")
    assert [match.place.county for match in answer.matches] == ["乙丑县", "丙寅县", "甲子县"]
    assert not answer.sure


def test_another_city_s_office_is_never_taken_for_ours() -> None:
    for text in ("昆明市财政局", "昆明财政局", "富源县财政局"):
        answer = GAZETTEER.find(text)
        assert not answer.sure
        assert all(match.elsewhere for match in answer.matches if "财政局" in match.place.name)
        assert "注意：写的是" in answer.reason


def test_a_county_that_the_text_names_comes_before_the_others() -> None:
    answer = GAZETTEER.find("雾川县财政局")
    assert answer.sure
    assert names(answer)[0] == "雾川县财政局"
    others = [match for match in answer.matches if match.place.name == "鹿泽县财政局"]
    assert all(match.elsewhere and "写的是雾川县" in match.reason for match in others)


def test_a_misspelt_county_is_offered_first_but_never_taken_without_asking() -> None:
    answer = GAZETTEER.find("鹿择县财政局")
    assert names(answer)[0] == "鹿泽县财政局"
    assert not answer.sure
    assert "写的是鹿择县，此处在鹿泽县" in answer.reason


def test_a_place_outside_the_service_area_says_so_and_is_not_sure() -> None:
    answer = GAZETTEER.find("省界收费站")
    assert answer.best is not None
    assert answer.best.outside
    assert not answer.sure
    assert "服务范围云岚市之外约 50 公里" in answer.reason


def test_a_place_outside_comes_after_one_inside() -> None:
    both = [place("观音庙", lon=103.9), place("观音庙", lon=102.5)]
    answer = build_gazetteer(both, area=AREA).find("观音庙")
    assert [match.outside for match in answer.matches] == [False, True]
    assert answer.sure


def test_a_place_of_another_city_is_outside_even_without_borders() -> None:
    both = [place("观音庙", lon=103.9, city="曲靖市"), place("观音庙", lon=102.5, city="云岚市")]
    answer = build_gazetteer(both, area=ServiceArea(name="云岚市")).find("观音庙")
    assert [match.place.city for match in answer.matches] == ["云岚市", "曲靖市"]
    assert answer.matches[1].outside


def test_where_people_go_often_comes_first_among_equals() -> None:
    both = [place("老年大学", lon=102.1), place("老年大学", lon=102.9, source="past", uses=40)]
    assert build_gazetteer(both, area=AREA).find("老年大学").matches[0].place.uses == 40


def test_nonsense_finds_nothing_and_says_what_to_do() -> None:
    for text in ("", "   ", "鑫淼焱垚犇", "??"):
        answer = GAZETTEER.find(text)
        assert not answer.sure
        assert answer.reason
    assert "钉点" in GAZETTEER.find("鑫淼焱垚犇").reason


def test_a_very_long_text_is_answered() -> None:
    assert not GAZETTEER.find("锦绣" * 5000).sure


def test_an_unresolved_text_waits_once_and_a_pin_settles_it_for_everyone() -> None:
    first_try = resolve(GAZETTEER, "老地方", origin="r1")
    assert isinstance(first_try, Unresolved)
    again = resolve(GAZETTEER, " 老 地方", origin="r2")
    assert isinstance(again, Unresolved)
    waiting = queued(Waiting(), [first_try, again])
    assert [(one.text, one.origins) for one in waiting.texts] == [("老地方", ("r1", "r2"))]
    waiting, settled = pinned(waiting, Pin(text="老地方", lon=102.4, lat=25.4))
    assert settled == ("r1", "r2")
    assert waiting.texts == ()
    known = GAZETTEER.with_pins(waiting.pins)
    placed = resolve(known, "老地 方")
    assert isinstance(placed, Resolved)
    assert (placed.place.lon, placed.place.lat) == (102.4, 25.4)
    assert isinstance(resolve(GAZETTEER, "老地方"), Unresolved)


def test_a_pin_speaks_before_the_map() -> None:
    known = GAZETTEER.with_pins([Pin(text="锦绣花园", lon=102.77, lat=25.7)])
    answer = known.find("锦绣花园")
    assert answer.sure
    assert answer.matches[0].place.lon == 102.77
    assert "标注" in answer.reason


def test_a_second_pin_for_the_same_words_takes_the_place_of_the_first() -> None:
    waiting, _ = pinned(Waiting(), Pin(text="老地方", lon=102.4, lat=25.4))
    waiting, _ = pinned(waiting, Pin(text="老 地方", lon=102.6, lat=25.4))
    assert [pin.lon for pin in waiting.pins] == [102.6]


def test_a_pin_with_swapped_coordinates_is_refused() -> None:
    with pytest.raises(ValueError, match="老地方"):
        pinned(Waiting(), Pin(text="老地方", lon=25.4, lat=102.4))


def test_two_places_with_one_id_are_refused_by_name() -> None:
    with pytest.raises(GazetteerError, match="锦绣花园@"):
        build_gazetteer([place("锦绣花园"), place("锦绣花园")])


def test_an_empty_gazetteer_answers() -> None:
    assert not build_gazetteer([]).find("财政局").matches


def street(number: int, lon: float) -> NamedPlace:
    return place(f"金桂路{number}号", lon=lon, kind="address", street="金桂路", number=number)


def test_a_house_number_is_found_between_its_neighbours_on_its_side() -> None:
    known = build_gazetteer([street(10, 102.500), street(14, 102.504), street(11, 102.6)], area=AREA)
    exact = known.find("金桂路14号").matches[0]
    assert (exact.place.lon, exact.place.number) == (102.504, 14)
    between = next(match for match in known.find("金桂路12号").matches if match.how == "house")
    assert between.place.lon == pytest.approx(102.502)
    assert "10 号与 14 号" in between.reason
    assert not known.find("金桂路12号").sure


def test_a_house_number_beyond_the_known_ones_names_the_nearest() -> None:
    known = build_gazetteer([street(10, 102.500), street(14, 102.504)], area=AREA)
    beside = next(match for match in known.find("云岚市金桂路88号").matches if match.how == "house")
    assert beside.place.number == 14
    assert "没有 88 号" in beside.reason


def test_lists_and_past_trips_answer_beside_the_map() -> None:
    listed = listed_places([("红旗水库管理所", 102.3, 25.3), (" ", 102, 25)], list_name="水务")
    visits = [("李家大院", 102.40, 25.4), ("李家 大院", 102.42, 25.4), ("李家大院", 102.41, 25.4)]
    known = build_gazetteer([*TOWN, *listed, *past_places(visits)], area=AREA)
    assert known.find("红旗水库管理所").sure
    best = known.find("李家大院").matches[0]
    assert (best.place.lon, best.place.uses) == (102.41, 3)
    assert "以往行程" in best.reason
    assert [place.id for place in listed] == ["list:水务:0"]
