"""Which few of very many texts share most with a query: an inverted index of small pieces in flat arrays."""

import math
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

_LEAST_SHARE: Final = 0.2
"""Texts that share less than this part of what the best one shares are left out."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GramIndex:
    """Pieces ("grams") and the texts that hold them.

    Parameters
    ----------
    number
        Gram → its position.
    start, texts
        int64[g + 1], int32[...]: texts of gram `i` are `texts[start[i]:start[i + 1]]`.
    weight
        float32[g]: rare grams say more (inverse document frequency).
    size
        float32[n]: root of the summed weights of each text; long texts hold many grams by chance.
    """

    number: Mapping[str, int]
    start: NDArray[np.int64]
    texts: NDArray[np.int32]
    weight: NDArray[np.float32]
    size: NDArray[np.float32]

    def best(self, grams: Iterable[str], count: int) -> NDArray[np.intp]:
        """Positions of up to `count` texts that share most weight with some grams, in no order."""
        shared = np.zeros(len(self.size), np.float32)
        for gram in set(grams):
            i = self.number.get(gram)
            if i is not None:
                shared[self.texts[self.start[i] : self.start[i + 1]]] += self.weight[i]
        shared /= self.size
        # Partitioning is the slow part, and most texts share next to nothing.
        some = np.flatnonzero(shared > _LEAST_SHARE * shared.max(initial=0.0))
        if len(some) <= count:
            return some
        return some[np.argpartition(shared[some], len(some) - count)[-count:]]


def gram_index(of_texts: Sequence[Iterable[str]]) -> GramIndex:
    """Index texts by their grams, each gram counted once a text."""
    number: dict[str, int] = {}
    holders: list[array[int]] = []
    for position, grams in enumerate(of_texts):
        for gram in set(grams):
            i = number.setdefault(gram, len(number))
            if i == len(holders):
                holders.append(array("i"))
            holders[i].append(position)
    sizes = np.array([len(h) for h in holders], np.int64)
    start = np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)
    texts = np.concatenate([np.zeros(0, np.int32), *(np.frombuffer(h, np.int32) for h in holders)])
    weight = np.log1p(len(of_texts) / np.maximum(sizes, 1)).astype(np.float32)
    total = np.bincount(texts, np.repeat(weight, sizes), minlength=len(of_texts))
    size = np.sqrt(np.maximum(total, math.log(2))).astype(np.float32)
    return GramIndex(number=number, start=start, texts=texts.astype(np.int32), weight=weight, size=size)
