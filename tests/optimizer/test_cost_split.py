"""Who pays what of a shared ride, by hand on a straight road: a letter is a kilometre from the next."""

from hypothesis import given
from hypothesis import strategies as st

from optimizer.cost_split import CostPart, cost_split
from tests.optimizer.line_town import car, day, trip

NINE = 32_400


def test_a_ride_is_paid_by_the_distance_that_each_goes_alone() -> None:
    asked = [trip("r", "AB", NINE, unit_id="财政局"), trip("s", "ABA", NINE, unit_id="水利局")]
    problem = day([car("v")], asked)
    assert cost_split(problem, asked, 1_000, profile="car") == (
        CostPart(request_id="r", unit_id="财政局", direct_m=1_000, amount_fen=333),
        CostPart(request_id="s", unit_id="水利局", direct_m=2_000, amount_fen=667),
    )


def test_those_who_go_nowhere_pay_alike() -> None:
    asked = [trip("s", "AA", NINE), trip("r", "AA", NINE)]
    parts = cost_split(day([car("v")], asked), asked, 101, profile="car")
    assert [(p.request_id, p.amount_fen) for p in parts] == [("r", 51), ("s", 50)]


def test_nobody_pays_nothing() -> None:
    assert cost_split(day([car("v")], []), [], 0, profile="car") == ()


@given(
    st.integers(0, 10**9), st.lists(st.sampled_from(["AB", "AC", "AEA", "DFD", "AA"]), min_size=1, max_size=3)
)
def test_the_parts_sum_to_the_fen(amount_fen: int, ways: list[str]) -> None:
    asked = [trip(f"r{i}", way, NINE) for i, way in enumerate(ways)]
    parts = cost_split(day([car("v")], asked), asked, amount_fen, profile="car")
    assert sum(part.amount_fen for part in parts) == amount_fen
    longest = max(parts, key=lambda part: part.direct_m)
    assert longest.amount_fen == max(part.amount_fen for part in parts)
