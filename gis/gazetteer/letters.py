"""Likeness of pinyin: whole, initials, a mixture of both, and misspelt."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from gis.gazetteer.grams import GramIndex, gram_index
from gis.gazetteer.hanzi import is_within
from gis.gazetteer.readings import spoken
from gis.gazetteer.values import How

CANDIDATES: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LetterIndex:
    """Texts as they are typed on a keyboard; a text with several readings has several rows.

    Parameters
    ----------
    text_of
        Position of the text of each row.
    syllables, letters, initials
        Of each row.
    rows_of
        Letters or initials → the rows that are exactly that.
    """

    text_of: tuple[int, ...]
    syllables: tuple[tuple[str, ...], ...]
    letters: tuple[str, ...]
    initials: tuple[str, ...]
    rows_of: Mapping[str, tuple[int, ...]]
    grams: GramIndex

    def scored(self, query: str) -> Iterator[tuple[int, float, How]]:
        """Positions of texts that sound like letters, each with a score in 0..1 and how it was found."""
        exact = self.rows_of.get(query, ())
        near = sorted({*exact, *self.grams.best(_grams(query), CANDIDATES).tolist()})
        if not near:
            return
        whole = _likeness(query, [self.letters[i] for i in near])
        first = _likeness(query, [self.initials[i] for i in near])
        for row, by_letters, by_initials in zip(near, whole.tolist(), first.tolist(), strict=True):
            score, how = self._best_reading(query, row, by_letters, by_initials)
            if score > 0.35:
                yield self.text_of[row], score, how

    def _best_reading(self, query: str, row: int, by_letters: float, by_initials: float) -> tuple[float, How]:
        letters, initials = self.letters[row], self.initials[row]
        if query == letters:
            return 0.94, "pinyin"
        if query == initials:
            return (0.88 if len(query) > 2 else 0.80), "initials"
        share = len(query) / len(letters)
        found: list[tuple[float, How]] = [(0.90 * by_letters, "typo")]
        if len(query) > 3:
            found.append((0.84 * by_initials, "initials"))
        if len(query) > 2 and query in letters:
            found.append(((0.66 if letters.startswith(query) else 0.58) + 0.26 * share, "pinyin"))
        if is_within(query, initials):
            found.append((0.52 + 0.26 * len(query) / len(initials), "initials"))
        if _is_mixture(query, self.syllables[row]):
            found.append((0.80 + 0.10 * share, "pinyin"))
        return max(found)


def letter_index(texts: Iterable[str]) -> LetterIndex:
    """Index normalised texts by their readings."""
    rows = [(i, reading) for i, text in enumerate(texts) for reading in spoken(text)]
    letters = tuple("".join(reading) for _, reading in rows)
    initials = tuple("".join(syllable[0] for syllable in reading) for _, reading in rows)
    rows_of: dict[str, list[int]] = {}
    for row, typed in enumerate(zip(letters, initials, strict=True)):
        for spelling in set(typed):
            rows_of.setdefault(spelling, []).append(row)
    return LetterIndex(
        text_of=tuple(i for i, _ in rows),
        syllables=tuple(reading for _, reading in rows),
        letters=letters,
        initials=initials,
        rows_of={spelling: tuple(found) for spelling, found in rows_of.items()},
        grams=gram_index(
            [{*_of_letters(a), *_of_initials(b)} for a, b in zip(letters, initials, strict=True)]
        ),
    )


def as_typed(text: str) -> str:
    """Return a normalised text in letters, Chinese characters by their commonest reading."""
    return "".join(spoken(text)[0])


def _grams(query: str) -> set[str]:
    return {*_of_letters(query), *_of_initials(query)}


def _of_letters(letters: str) -> Iterator[str]:
    yield from (letters[i : i + 3] for i in range(len(letters) - 2))


def _of_initials(initials: str) -> Iterator[str]:
    framed = f"#{initials}#"
    yield from ("#" + framed[i : i + 2] for i in range(len(framed) - 1))


def _likeness(query: str, texts: Sequence[str]) -> NDArray[np.float64]:
    apart = np.asarray(process.cdist([query], texts, scorer=OSA.distance)[0], np.float64)
    return np.asarray(1.0 - apart / np.maximum(len(query), [max(1, len(text)) for text in texts]), np.float64)


def _is_mixture(query: str, syllables: tuple[str, ...]) -> bool:
    """Whether a query is made of a beginning of every syllable in turn, e.g. `zhujj` or `luzecz`."""
    reached = {0}
    for syllable in syllables:
        reached = {
            at + taken
            for at in reached
            for taken in range(1, len(syllable) + 1)
            if query.startswith(syllable[:taken], at)
        }
        if not reached:
            return False
    return len(query) in reached
