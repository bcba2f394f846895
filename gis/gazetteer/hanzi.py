"""Likeness of Chinese texts: characters, sounds, nearly the same sounds; parts and abbreviations."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from gis.gazetteer.grams import GramIndex, gram_index
from gis.gazetteer.readings import blurred_sound, blurred_sounds, sounds
from gis.gazetteer.values import How

CANDIDATES: Final = 300
_NUMERALS: Final = re.compile(r"[0-9一二三四五六七八九十]+")
# A wrong homophone costs half of another character, a nearly alike sound seven tenths.
_BY_CHARACTER, _BY_SOUND, _BY_BLURRED_SOUND = 0.5, 0.2, 0.3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HanziIndex:
    """Texts with their sounds, and the index of their pieces."""

    texts: tuple[str, ...]
    sounds: tuple[str, ...]
    blurred: tuple[str, ...]
    grams: GramIndex

    def scored(self, query: str) -> Iterator[tuple[int, float, How]]:
        """Positions of texts like a normalised query, each with a score in 0..1 and the way it was found."""
        near = self.grams.best(_grams(query), CANDIDATES).tolist()
        if not near:
            return
        likeness = self._likeness(query, near)
        for position, like in zip(near, likeness.tolist(), strict=True):
            score, how = _best_reading(query, self.texts[position], like)
            if score > 0.35:
                yield position, score, how

    def _likeness(self, query: str, near: Sequence[int]) -> NDArray[np.float64]:
        spelled = _distances(query, [self.texts[i] for i in near])
        sounded = _distances(sounds(query), [self.sounds[i] for i in near])
        blurred = _distances(blurred_sounds(query), [self.blurred[i] for i in near])
        apart = _BY_CHARACTER * spelled + _BY_SOUND * sounded + _BY_BLURRED_SOUND * blurred
        longer = np.maximum(len(query), [len(self.texts[i]) for i in near])
        return np.asarray(1.0 - apart / longer, np.float64)


def hanzi_index(texts: Iterable[str]) -> HanziIndex:
    """Index normalised texts."""
    kept = tuple(texts)
    return HanziIndex(
        texts=kept,
        sounds=tuple(map(sounds, kept)),
        blurred=tuple(map(blurred_sounds, kept)),
        grams=gram_index([_grams(text) for text in kept]),
    )


def is_within(short: str, text: str) -> bool:
    """Whether the characters of one text occur in another in order."""
    rest = iter(text)
    return all(char in rest for char in short)


def _grams(text: str) -> list[str]:
    heard = [blurred_sound(char) for char in text]
    return [
        *text,
        *(text[i : i + 2] for i in range(len(text) - 1)),
        *heard,
        *(heard[i] + heard[i + 1] for i in range(len(heard) - 1)),
    ]


def _distances(query: str, texts: Sequence[str]) -> NDArray[np.float64]:
    """Edit distances with transpositions of neighbours (optimal string alignment)."""
    return np.asarray(process.cdist([query], texts, scorer=OSA.distance)[0], np.float64)


def _best_reading(query: str, text: str, like: float) -> tuple[float, How]:
    score, how = min(0.95 * like, 0.90), "typo"
    if query in text:
        part = 0.66 + 0.28 * len(query) / len(text)
        score, how = max((score, how), (part, "part"))
    elif text in query and len(text) > 1:
        part = 0.60 + 0.30 * len(text) / len(query)
        score, how = max((score, how), (part, "part"))
    elif len(query) > 1 and is_within(query, text):
        ends = 0.05 * (query[0] == text[0]) + 0.05 * (query[-1] == text[-1])
        score, how = max((score, how), (0.55 + 0.25 * len(query) / len(text) + ends, "short"))
    if how != "part" and _numbers_differ(query, text):
        score -= 0.15
    return score, how  # type: ignore[return-value]


def _numbers_differ(query: str, text: str) -> bool:
    """Whether both name numbers, and not the same: 一中 is no misspelt 二中."""
    asked, there = _NUMERALS.findall(query), _NUMERALS.findall(text)
    return bool(asked) and bool(there) and asked != there
