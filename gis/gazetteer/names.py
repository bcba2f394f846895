"""An index over the forms of many places, built once, asked often."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from gis.gazetteer.forms import Form, Wording, forms_of
from gis.gazetteer.hanzi import HanziIndex, hanzi_index
from gis.gazetteer.letters import LetterIndex, as_typed, letter_index
from gis.gazetteer.territory import Territory
from gis.gazetteer.text import Shortener, has_hanzi, has_latin
from gis.gazetteer.values import How, NamedPlace

EXACT: Final[Mapping[str, float]] = {"name": 1.0, "alias": 0.99, "short": 0.97}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A form of a place that a wording is like."""

    score: float
    how: How
    form: Form


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Names:
    """Places, their forms, and three ways to find a form: the very text, Chinese characters, letters.

    Equal texts of several places are indexed once; `forms_with` leads from the text to all of them.
    """

    places: tuple[NamedPlace, ...]
    texts: tuple[str, ...]
    forms_with: Mapping[str, tuple[Form, ...]]
    hanzi: HanziIndex
    letters: LetterIndex

    def hits(self, wording: Wording) -> Iterator[Hit]:
        """Forms like one wording, each with its score, in no order."""
        for form in self.forms_with.get(wording.text, ()):
            how = _exact_way(wording, form)
            yield Hit(score=EXACT[how], how=how, form=form)
        if has_hanzi(wording.text) or not has_latin(wording.text):
            yield from self._forms(self.hanzi.scored(wording.text))
        if _is_typed(wording.text):
            yield from self._forms(self.letters.scored(as_typed(wording.text)))

    def _forms(self, scored: Iterator[tuple[int, float, How]]) -> Iterator[Hit]:
        for text, score, how in scored:
            for form in self.forms_with[self.texts[text]]:
                yield Hit(score=score, how=how, form=form)


def _is_typed(text: str) -> bool:
    """Whether letters say something, and are not the one of "B座" behind a Chinese name."""
    return has_latin(text) and (not has_hanzi(text) or sum(map(has_latin, text)) > 1)


def names_of(places: Sequence[NamedPlace], territory: Territory, shortener: Shortener) -> Names:
    """Index every form of every place."""
    forms_with: dict[str, list[Form]] = {}
    for form in forms_of(places, territory, shortener):
        forms_with.setdefault(form.text, []).append(form)
    texts = tuple(forms_with)
    return Names(
        places=tuple(places),
        texts=texts,
        forms_with={text: tuple(forms) for text, forms in forms_with.items()},
        hanzi=hanzi_index(texts),
        letters=letter_index(texts),
    )


def _exact_way(wording: Wording, form: Form) -> How:
    if wording.short or form.short:
        return "short" if wording.short != form.short else ("name" if form.own else "alias")
    return "name" if form.own else "alias"
