"""Fonts that a document can embed: found or refused, never empty boxes.

The font that a dependency carries comes first, so that documents look the same on every machine. What it
lacks is looked for among the system's fonts; a character that no font has is written as its code point.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from fontTools.ttLib import TTCollection, TTFont

from gis.errors import FontError

FOLDERS: Final = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path.home() / ".local/share/fonts",
    Path.home() / ".fonts",
    Path("/Library/Fonts"),
    Path("C:/Windows/Fonts"),
)
FILES: Final = (
    "NotoSansSC-Regular.ttf", "NotoSansSC-Regular.otf", "NotoSansCJK-Regular.ttc",
    "SourceHanSansSC-Regular.otf", "SourceHanSansCN-Regular.otf", "wqy-microhei.ttc", "wqy-zenhei.ttc",
    "msyh.ttc", "simhei.ttf",
    "NotoSerifCJK-Regular.ttc", "HanaMinB.ttf", "DejaVuSans.ttf", "NotoEmoji-Regular.ttf", "Symbola.ttf",
)  # fmt: skip
"""Names of files that can write Chinese or rare signs, the best first."""
_SAMPLE: Final = "班车线路时刻站点到发人数步行乘车院区应"


@dataclass(frozen=True, slots=True)
class FontFile:
    """A font in a file, or in a collection of fonts in one file."""

    path: Path
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Typeface:
    """Fonts to embed, the main one first, and the characters that they can write."""

    files: tuple[FontFile, ...]
    characters: frozenset[str]

    def legible(self, text: str) -> str:
        """Text that these fonts can write: what none of them has stands as its code point."""
        seen = (c for c in text if c.isprintable())
        return "".join(c if c == " " or c in self.characters else f"[U+{ord(c):04X}]" for c in seen)


def typeface(texts: Iterable[str], candidates: Iterable[FontFile] | None = None) -> Typeface:
    """Choose the fonts for some texts: one for Chinese, and others for what it lacks.

    Parameters
    ----------
    candidates
        Fonts to choose from, the best first; by default what a dependency carries, then the system's.

    Raises
    ------
    FontError
        No font can write Chinese, with what to install.
    """
    wanted = {c for text in texts for c in text if c.isprintable() and not c.isspace()} | set(_SAMPLE)
    chosen: list[FontFile] = []
    characters: set[str] = set()
    for file in _candidates() if candidates is None else candidates:
        has = _characters(file)
        if not chosen and not has.issuperset(_SAMPLE):
            continue
        if not wanted.isdisjoint(has):
            chosen.append(file)
            wanted -= has
            characters |= has
        if not wanted:
            break
    if not chosen:
        message = (
            "没有可嵌入文档的中文字体，请安装：apt install fonts-noto-cjk 或 pip install zhplot "
            "(no Chinese font to embed in documents; install one)"
        )
        raise FontError(message)
    return Typeface(files=tuple(chosen), characters=frozenset(characters))


def _candidates() -> Iterator[FontFile]:
    yield from _packaged()
    found = _installed()
    yield from (font for name in FILES for path in found.get(name, ()) for font in _fonts_in(path))


def _packaged() -> Iterator[FontFile]:
    """Find the font file that a dependency carries, without importing that package."""
    spec = find_spec("zhplot")
    if spec is not None and spec.origin is not None:
        yield from map(FontFile, sorted((Path(spec.origin).parent / "fonts").glob("*.ttf")))


@cache
def _installed() -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    for folder in FOLDERS:
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if path.name in FILES:
                found.setdefault(path.name, []).append(path)
    return found


@cache
def _fonts_in(path: Path) -> tuple[FontFile, ...]:
    """List the fonts of a file; of a collection only the one for simplified Chinese, or the first."""
    if path.suffix.lower() != ".ttc":
        return (FontFile(path),)
    with TTCollection(str(path), lazy=True) as collection:
        names = [font["name"].getDebugName(1) or "" for font in collection.fonts]
    return (FontFile(path, next((i for i, name in enumerate(names) if name.endswith("SC")), 0)),)


@cache
def _characters(file: FontFile) -> frozenset[str]:
    with TTFont(str(file.path), fontNumber=file.number, lazy=True) as font:
        return frozenset(chr(code) for code in font.getBestCmap() or {})
