"""Colours of lines, the same on maps and in documents."""

from collections.abc import Sequence
from typing import Final

LINE_COLOURS: Final = (
    "#1f6fb4", "#d9730d", "#2a9d4a", "#8e44ad", "#c2185b", "#00838f", "#8d6e1f", "#5c6bc0", "#6d9f12",
    "#b0483a", "#0f766e", "#a3499c",
)  # fmt: skip


def line_colours(count: int) -> Sequence[str]:
    """As many colours as there are lines; beyond twelve they come round again."""
    return tuple(LINE_COLOURS[i % len(LINE_COLOURS)] for i in range(count))
