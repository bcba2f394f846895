"""How long an errand keeps the car where it went: learned by category, unit and distance, or assumed.

Nobody knows beforehand when a meeting ends. What is planned is a quantile: so long that it is over by then in
the stated share of cases.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import ceil, exp
from statistics import NormalDist
from typing import Any, Final

from optimizer.policy.package_data import Origin, load, origin

__all__ = ["Planned", "Stay", "StayTable", "default_stays", "learned_stays"]

ROUNDED_S: Final = 300
SHARE: Final = 0.75
"""Quantile that is planned unless another is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """An errand as it was: from arriving at its destination until the car left it again."""

    category: str
    unit_id: str
    distance_m: int
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """Half of the errands take no longer than `median_s`; `scatter` is the deviation of the logarithm."""

    median_s: int
    scatter: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A length to plan with.

    Parameters
    ----------
    known_by
        What it rests on: the finest of category, unit and distance that has enough cases; "assumed" for none.
    cases
        How many errands it was learned from.
    """

    seconds: int
    known_by: tuple[str, ...]
    cases: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StayTable:
    """Learned lengths, and what is assumed where too little is known.

    Parameters
    ----------
    bands_m
        Upper ends of the bands of distance, ascending; beyond the last is one more.
    lengths
        Key → observed seconds, ascending. A key is a part of (category, unit, band), "" for any.
    least_cases
        Fewer observations than these teach nothing.
    """

    usual: Usual
    by_category: Mapping[str, Usual]
    bands_m: tuple[int, ...]
    least_cases: int
    origin: Origin
    lengths: Mapping[tuple[str, str, str], tuple[int, ...]]

    def planned(self, category: str, unit_id: str, distance_m: int, share: float = SHARE) -> Planned:
        """Give the length that is over in this share of cases, rounded up to five minutes.

        The finest key with enough cases counts: category × unit × distance, then category × distance, then
        category alone, then what is assumed.

        Raises
        ------
        ValueError
            The share is not between 0 and 1.
        """
        if not 0 < share < 1:
            message = f"时长的分位数是 {share}，应在 0 与 1 之间，例如 0.75"
            raise ValueError(message)
        band = self.band(distance_m)
        for key in ((category, unit_id, band), (category, "", band), (category, "", "")):
            seen = self.lengths.get(key, ())
            if len(seen) >= self.least_cases:
                known_by = tuple(part for part in key if part)
                return Planned(seconds=_rounded(_quantile(seen, share)), known_by=known_by, cases=len(seen))
        usual = self.by_category.get(category, self.usual)
        seconds = usual.median_s * exp(usual.scatter * NormalDist().inv_cdf(share))
        return Planned(seconds=_rounded(seconds), known_by=("assumed",))

    def category_of(self, purpose: str) -> str:
        """Name the known category that a purpose speaks of, or else the purpose itself."""
        return next((name for name in self.by_category if name in purpose), purpose)

    def scatter(self, category: str) -> float:
        """Deviation of the logarithm of lengths that is assumed for a category."""
        return self.by_category.get(category, self.usual).scatter

    def band(self, distance_m: int) -> str:
        """Name the band of a distance."""
        return str(sum(distance_m >= end for end in self.bands_m))


def default_stays(region: str = "cn") -> StayTable:
    """Read the lengths that are assumed until trips have taught better ones."""
    data = load("stay_lengths", region)
    return StayTable(
        usual=_usual(data["usual"]),
        by_category={name: _usual(row) for name, row in data["category"].items()},
        bands_m=tuple(int(km) * 1_000 for km in data["bands_km"]),
        least_cases=int(data["least_cases"]),
        origin=origin(data, str(data["region"])),
        lengths={},
    )


def learned_stays(stays: Iterable[Stay], table: StayTable | None = None) -> StayTable:
    """Teach a table what settled trips were like; what it knew before is replaced."""
    table = table or default_stays()
    found: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for stay in stays:
        band = table.band(stay.distance_m)
        keys = (stay.category, stay.unit_id, band), (stay.category, "", band), (stay.category, "", "")
        for key in dict.fromkeys(keys):  # where no unit is named, the first two are the same
            found[key].append(stay.seconds)
    return replace(table, lengths={key: tuple(sorted(seconds)) for key, seconds in found.items()})


def _usual(row: Mapping[str, Any]) -> Usual:
    return Usual(median_s=int(row["minutes"]) * 60, scatter=float(row["scatter"]))


def _quantile(ordered: tuple[int, ...], share: float) -> float:
    """Smallest observation that is not exceeded in the share of cases (inverse empirical distribution)."""
    return float(ordered[min(len(ordered) - 1, max(0, ceil(share * len(ordered)) - 1))])


def _rounded(seconds: float) -> int:
    return ceil(seconds / ROUNDED_S) * ROUNDED_S
