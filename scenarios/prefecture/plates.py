"""Number plates of a series that no prefecture of Yunnan uses (云X), in the valid form of the standard."""

import re
from collections.abc import Iterator
from typing import Final

import numpy as np

SERIES: Final = "云X"
"""An invented series: plates in it belong to nobody."""

PLATE: Final = re.compile(
    "^[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]"
    "(?:[A-HJ-NP-Z][A-HJ-NP-Z0-9]{4}[A-HJ-NP-Z0-9警学挂]"
    r"|[A-HJ-NP-Z][A-HJK][A-HJ-NP-Z0-9]\d{4}|[A-HJ-NP-Z]\d{5}[DF])$"
)
"""A plate: 7 characters, 8 for new energy; no letters I and O."""

_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ"


def plates(rng: np.random.Generator) -> Iterator[tuple[str, str]]:
    """Pairs of distinct plates without end: one for an ordinary vehicle, one for new energy."""
    order = rng.permutation(len(_LETTERS) * 9_000)
    for number in order.tolist():
        letter, digits = divmod(number, 9_000)
        yield (
            f"{SERIES}{_LETTERS[letter]}{digits + 1_000:04}",
            f"{SERIES}D{_LETTERS[letter]}{digits + 1_000:04}",
        )
