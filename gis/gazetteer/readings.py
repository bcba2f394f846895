"""How names are read aloud: syllables, initials, and the near-alike sounds that are often confused.

A syllable is coded as one private character, so that edit distances over sounds are edit distances over text.
"""

import re
import unicodedata
from functools import cache, lru_cache
from itertools import islice, product
from typing import Final

from gis.gazetteer.text import data

_CODES: Final = 0xF0000  # a private plane of Unicode: more codes than there are syllables and other letters
_CONFUSED: Final = (
    (re.compile(r"^zh"), "z"), (re.compile(r"^ch"), "c"), (re.compile(r"^sh"), "s"),
    (re.compile(r"^n(?=[aeiouv])"), "l"), (re.compile(r"^hu(?=[aeio])"), "f"), (re.compile(r"^h"), "h"),
    (re.compile(r"(?<=[aei])ng$"), "n"),
)  # fmt: skip
_READINGS_OF_A_NAME: Final = 4
_code_of: Final[dict[str, str]] = {}


@lru_cache(maxsize=65_536)
def syllables(char: str) -> tuple[str, ...]:
    """Return one character's readings without tones, commonest first; a letter or digit reads as itself.

    From pypinyin's table of single characters, ü written v; the order of `gis/data/readings_cn.toml` where a
    character of place names has several living readings.
    """
    if char.isascii():
        return (char,)
    own = _living_readings().get(char)
    if own:
        return tuple(own.split())
    listed = _all_readings().get(ord(char), "")
    first = _toneless(listed.split(",")[0]) if listed else char
    return (first,)


def spoken(text: str) -> tuple[tuple[str, ...], ...]:
    """Return the readings of a text as tuples of syllables: the commonest first, at most four."""
    choices = [syllables(char) for char in text]
    return tuple(dict.fromkeys(islice(product(*choices), _READINGS_OF_A_NAME)))


@lru_cache(maxsize=65_536)
def sound(char: str) -> str:
    """Return the code of a character's commonest syllable."""
    return _coded(syllables(char)[0])


@lru_cache(maxsize=65_536)
def blurred_sound(char: str) -> str:
    """Return the code of its syllable with zh/z, n/l, h/f, ng/n and the like made one."""
    syllable = syllables(char)[0]
    if len(syllable) > 1:
        for pattern, instead in _CONFUSED:
            syllable = pattern.sub(instead, syllable)
    return _coded("~" + syllable)


def sounds(text: str) -> str:
    """Return the codes of all syllables, one character each."""
    return "".join(map(sound, text))


def blurred_sounds(text: str) -> str:
    """Return the codes of all blurred syllables, one character each."""
    return "".join(map(blurred_sound, text))


def _coded(syllable: str) -> str:
    return _code_of.setdefault(syllable, chr(_CODES + len(_code_of)))


def _toneless(reading: str) -> str:
    spread = unicodedata.normalize("NFD", reading)
    spread = spread.replace("u\u0308", "v")
    return "".join(c for c in spread if c.isascii() and c.isalpha())


@cache
def _living_readings() -> dict[str, str]:
    table: dict[str, str] = data("readings_cn.toml")["readings"]
    return table


@cache
def _all_readings() -> dict[int, str]:
    from pypinyin.constants import PINYIN_DICT

    return {int(code): str(reading) for code, reading in PINYIN_DICT.items()}
