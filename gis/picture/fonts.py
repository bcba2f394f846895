"""Fonts that can write Chinese on a picture: found or refused, never empty boxes."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.ft2font import FT2Font

from gis.errors import FontError

FAMILIES: Final = (
    "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "Noto Sans CJK SC", "Noto Sans CJK JP",
    "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Microsoft YaHei", "PingFang SC", "Hiragino Sans GB",
    "SimHei",
)  # fmt: skip
"""Families that can write Chinese, the best first; found by name among the installed fonts."""
_LATIN: Final = "DejaVu Sans"  # comes with matplotlib


@contextmanager
def able_to_write(texts: Iterable[str]) -> Iterator[None]:
    """Let matplotlib draw with a font that has every character of the texts.

    Raises
    ------
    FontError
        If no font has them all, with the characters that lack and what to install.
    """
    family = family_for({c for text in texts for c in text if not c.isspace()})
    with mpl.rc_context({"font.family": [family, _LATIN], "axes.unicode_minus": False}):
        yield


def family_for(characters: set[str]) -> str:
    """Return the first family that has every character, alone or together with matplotlib's own font.

    The font that a dependency carries comes first: pictures then look the same on every machine.

    Raises
    ------
    FontError
        As `able_to_write`.
    """
    lacking = characters - _characters(font_manager.findfont(_LATIN))
    if not lacking:
        return _LATIN
    fewest = lacking
    for family, file in _candidates():
        lacks = lacking - _characters(file)
        if not lacks:
            return family
        fewest = min(fewest, lacks, key=len)
    sample = "".join(sorted(fewest)[:10])
    message = (
        f"没有字体能写出地图上的文字“{sample}”，请安装中文字体：apt install fonts-noto-cjk "
        "或 pip install zhplot (no font for these labels; install a Chinese font)"
    )
    raise FontError(message)


def _candidates() -> Iterator[tuple[str, str]]:
    packaged = _packaged_font()
    if packaged is not None:
        font_manager.fontManager.addfont(packaged)
        yield font_manager.FontProperties(fname=packaged).get_name(), str(packaged)
    installed = {font.name: font.fname for font in font_manager.fontManager.ttflist}
    for family in FAMILIES:
        if family in installed and Path(installed[family]).is_file():
            yield family, installed[family]


def _packaged_font() -> Path | None:
    """Find the font file that a dependency carries, without importing that package."""
    spec = find_spec("zhplot")
    if spec is None or spec.origin is None:
        return None
    return next(iter(sorted((Path(spec.origin).parent / "fonts").glob("*.ttf"))), None)


def _characters(file: str) -> set[str]:
    return {chr(code) for code in FT2Font(file).get_charmap()}
