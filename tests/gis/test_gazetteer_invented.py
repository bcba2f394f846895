"""How often the right place is among the first three, on 2,000 invented names written in nine ways."""

from collections import Counter

from gis.gazetteer import ServiceArea, build_gazetteer
from tests.gis.invented_names import CITY, invented_places, written


def test_the_right_place_is_in_the_first_three_of_two_thousand_for_95_in_100() -> None:
    places = invented_places(seed=20261)
    assert len({place.name for place in places}) == len(places) == 2000
    gazetteer = build_gazetteer(places, area=ServiceArea(name=CITY))
    asked, found = Counter[str](), Counter[str]()
    for query in written(seed=4, places=places, count=450):
        shown = [match.place.id for match in gazetteer.find(query.text).matches[:3]]
        asked[query.way] += 1
        found[query.way] += query.place_id in shown
    assert len(asked) == 9
    assert found.total() / asked.total() >= 0.95, {way: found[way] / asked[way] for way in asked}
    assert all(found[way] / asked[way] >= 0.85 for way in asked), found


def test_what_is_sure_is_right_unless_the_text_is_another_s_name() -> None:
    places = invented_places(seed=20262)
    name_of = {place.id: place.name for place in places}
    gazetteer = build_gazetteer(places, area=ServiceArea(name=CITY))
    for query in written(seed=5, places=places, count=300):
        answer = gazetteer.find(query.text)
        if answer.sure and answer.best and answer.best.place.id != query.place_id:
            said = answer.best.place.name
            assert said in query.text or query.way in {"pinyin", "initials"}, (
                query,
                name_of[query.place_id],
                said,
            )


def test_the_same_question_has_the_same_answer() -> None:
    places = invented_places(seed=1, count=300)
    one = build_gazetteer(places, area=ServiceArea(name=CITY))
    other = build_gazetteer(tuple(places), area=ServiceArea(name=CITY))
    for query in written(seed=6, places=places, count=40):
        assert one.find(query.text) == other.find(query.text)
