"""How long errands last: learned where enough is known, assumed elsewhere, planned by a quantile."""

import pytest

from optimizer.policy.stays import Stay, default_stays, learned_stays


def stays(minutes: list[int], unit: str = "u", metres: int = 3_000) -> list[Stay]:
    return [Stay(category="会议", unit_id=unit, distance_m=metres, seconds=60 * m) for m in minutes]


def test_what_is_assumed_is_its_median_at_one_half_and_longer_for_a_larger_share() -> None:
    table = default_stays()
    half = table.planned("会议", "u", 3_000, share=0.5)
    assert (half.seconds, half.known_by, half.cases) == (7_200, ("assumed",), 0)
    # 120 min · exp(0.35 · 0.6745) = 151.9 min, rounded up to 155.
    assert table.planned("会议", "u", 3_000, share=0.75).seconds == 155 * 60
    assert table.planned("从没听说过", "u", 0, share=0.5).seconds == 90 * 60
    assert table.origin.status == "assume"


def test_the_finest_key_with_enough_cases_counts() -> None:
    own = stays([10, 20, 30, 40, 50, 60, 70, 80])
    table = learned_stays([*own, *stays([200] * 8, unit="w")])
    assert table.planned("会议", "u", 3_000, share=0.75).seconds == 60 * 60
    assert table.planned("会议", "u", 3_000, share=0.75).known_by == ("会议", "u", "0")
    assert table.planned("会议", "w", 3_000, share=0.75).seconds == 200 * 60
    # Another unit: all sixteen of that distance, twelve of which last no longer than 200 min.
    stranger = table.planned("会议", "x", 3_000, share=0.5)
    assert (stranger.seconds, stranger.known_by, stranger.cases) == (80 * 60, ("会议", "0"), 16)
    far = table.planned("会议", "u", 70_000, share=0.5)
    assert (far.known_by, far.cases) == (("会议",), 16)


def test_seven_cases_teach_nothing_yet() -> None:
    assert learned_stays(stays([10] * 7)).planned("会议", "u", 3_000, share=0.5).known_by == ("assumed",)


@pytest.mark.parametrize("share", [0.0, 1.0, 75.0])
def test_a_share_that_is_none_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="应在 0 与 1 之间"):
        default_stays().planned("会议", "u", 0, share=share)
