"""One spelling for what people write: width, case, spaces, traditional characters, numerals, short forms."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

_CHINESE_DIGITS: Final = "零一二三四五六七八九"
_NOISE: Final = re.compile(r"[\s\u200b·•,，。、;；:：'\"“”‘’`()（）\[\]【】《》<>—_/\\-]+")
_LONE_NUMBER: Final = re.compile(r"(?<![\da-z])(10|[1-9])(?![\d+.a-z])")
_ORDINAL: Final = re.compile(r"第(?=[一二三四五六七八九十\d])")
_HANZI: Final = re.compile(r"[\u3400-\u9fff]")
_LATIN: Final = re.compile(r"[a-z]")
_SYMBOLS: Final = str.maketrans("〇○", "零零")


def normalised(text: str) -> str:
    """Return the text in one width, case and script, without spaces and punctuation.

    NFKC, lower case, accents of Latin letters removed, traditional characters made simplified (OpenCC t2s).
    """
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_SYMBOLS)
    if not plain.isascii():
        plain = _simplified(_without_accents(plain))
    return _NOISE.sub("", plain)


def has_hanzi(text: str) -> bool:
    """Whether any character is Chinese."""
    return _HANZI.search(text) is not None


def has_latin(text: str) -> bool:
    """Whether any character is a lower-case Latin letter (as `normalised` leaves them)."""
    return _LATIN.search(text) is not None


def with_chinese_numerals(text: str) -> str:
    """Return a normalised text with "1号院" written 一号院 and "第一" written 一; longer numbers stay."""
    counted = _LONE_NUMBER.sub(lambda m: "十" if m.group() == "10" else _CHINESE_DIGITS[int(m.group())], text)
    return _ORDINAL.sub("", counted)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shortener:
    """Official names and the short forms that people say.

    Parameters
    ----------
    short_of
        Normalised official name → normalised short form.
    """

    short_of: Mapping[str, str]
    _pattern: re.Pattern[str]

    def shortened(self, text: str) -> str:
        """Return a normalised text with every official name replaced by its short form, longest first."""
        return self._pattern.sub(lambda found: self.short_of[found.group()], text)


def shortener(table: Mapping[str, Sequence[str]]) -> Shortener:
    """Make a `Shortener` from short form → official names."""
    short_of = {normalised(full): normalised(short) for short, fulls in table.items() for full in fulls}
    # A short form that holds another's official name must not be shortened again: it stands for itself.
    short_of |= {short: short for short in set(short_of.values()) if len(short) > 1}
    longest_first = sorted(short_of, key=lambda full: (-len(full), full))
    pattern = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")
    return Shortener(short_of=short_of, _pattern=pattern)


@cache
def default_shortener() -> Shortener:
    """Return the short forms of `gis/data/abbreviations_cn.toml`."""
    return shortener(data("abbreviations_cn.toml")["short"])


@cache
def prefectures() -> Mapping[str, str]:
    """Stem of every province and prefecture → stem of its province (`gis/data/divisions_cn.toml`)."""
    table = data("divisions_cn.toml")["prefectures"]
    stems = {stem: province for province, names in table.items() for stem in names.split()}
    return {province: province for province in table} | stems


def data(name: str) -> dict[str, Any]:
    """Read one of the TOML files of `gis/data`."""
    return tomllib.loads(resources.files("gis.data").joinpath(name).read_text(encoding="utf-8"))


def distinct(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the texts that say anything, each once, in order."""
    return tuple(dict.fromkeys(text for text in texts if text))


def _without_accents(text: str) -> str:
    if _HANZI.search(text):
        return text
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def _simplified(text: str) -> str:
    return _converter().convert(text) if _HANZI.search(text) else text


@cache
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")
