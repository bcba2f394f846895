"""Around the map: frame, scale bar, north arrow, title, legend, sources, and the file."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Polygon

from gis.network import RoadNetwork
from gis.picture.cartography import Frame, scale_bar_m
from gis.picture.labels import Box, text_ems
from gis.picture.pen import GREY, HALO, INK, MAP_BOX, PAPER

FURNITURE: Final[tuple[Box, ...]] = (
    (0.0, 0.0, 0.22, 0.065),  # scale bar
    (0.62, 0.0, 1.0, 0.035),  # sources
    (0.94, 0.88, 1.0, 1.0),  # north arrow
)
"""Boxes of the map that names of roads keep free."""


_ROWS: Final = 36
_LONGEST_EMS: Final = 10.0


def map_axes(figure: Figure, frame: Frame) -> Any:
    """Return axes in degrees that fill the frame, lengths true on its middle parallel."""
    axes = figure.add_axes(MAP_BOX, facecolor=PAPER)
    axes.set_xlim(frame.west, frame.east)
    axes.set_ylim(frame.south, frame.north)
    axes.set_aspect(1 / np.cos(np.radians(frame.lat)), adjustable="datalim")
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set(color=GREY, linewidth=0.8)
    return axes


def draw_scale(axes: Any, frame: Frame) -> None:
    """Draw a bar of round metres, in two halves."""
    length_m = scale_bar_m(frame)
    share = length_m / frame.width_m
    left, low = 0.02, 0.025
    for k, colour in enumerate((INK, "white")):
        axes.add_patch(
            Polygon(
                [(left + share * (k + i) / 2, low + j * 0.008) for i, j in ((0, 0), (1, 0), (1, 1), (0, 1))],
                transform=axes.transAxes, facecolor=colour, edgecolor=INK, linewidth=0.8, zorder=10,
            )
        )  # fmt: skip
    text = f"{length_m // 1000} km" if length_m >= 1000 else f"{length_m} m"
    for at, words in ((left, "0"), (left + share, text)):
        axes.text(
            at, low + 0.016, words, transform=axes.transAxes, ha="center", va="bottom", fontsize=9, zorder=10,
            path_effects=HALO,
        )  # fmt: skip


def draw_north(axes: Any) -> None:
    """Draw an arrow to the north."""
    axes.annotate(
        "北 N", xy=(0.972, 0.972), xytext=(0.972, 0.9), xycoords="axes fraction", textcoords="axes fraction",
        ha="center", va="center", fontsize=10, zorder=10, path_effects=HALO,
        arrowprops={"arrowstyle": "-|>,head_width=0.35,head_length=0.7", "color": INK, "linewidth": 1.4},
    )  # fmt: skip


def write_margins(figure: Figure, title: str, note: str, sources: str) -> None:
    """Write title and note above the map, and whose data it is inside its lower right corner."""
    figure.text(0.012, 0.966, title, fontsize=17, color=INK, va="center")
    if note:
        figure.text(0.798, 0.966, note, fontsize=10.5, color=GREY, va="center", ha="right")
    figure.text(0.806, 0.966, "图例", fontsize=12, color=INK, va="center")
    figure.text(
        0.792, 0.024, sources, fontsize=8.5, color=INK, va="bottom", ha="right",
        bbox={"facecolor": "white", "alpha": 0.85, "edgecolor": "none", "pad": 2.0}, zorder=20,
    )  # fmt: skip


def write_key(figure: Figure, key: Sequence[Any]) -> None:
    """Write the legend beside the map: in one column, or smaller in two where it is long."""
    long = len(key) > _ROWS
    figure.legend(
        handles=[_shortened(handle) for handle in key] if long else list(key),
        loc="upper left",
        bbox_to_anchor=(0.801, 0.947),
        frameon=False,
        ncols=2 if long else 1,
        fontsize=7 if long else 9.5,
        labelspacing=0.6 if long else 0.75,
        handlelength=1.6 if long else 2.4,
        columnspacing=0.8,
    )


def _shortened(handle: Any) -> Any:
    label = handle.get_label()
    if text_ems(label) > _LONGEST_EMS:
        cut = next(i for i in range(len(label), 0, -1) if text_ems(label[:i]) <= _LONGEST_EMS - 1)
        handle.set_label(f"{label[:cut]}…")
    return handle


def sources(network: RoadNetwork, *, synthetic: bool) -> str:
    """Name whose data it is: everybody who sees the picture must see this."""
    if network.synthetic:
        return "合成数据 Synthetic data"
    osm = "© OpenStreetMap contributors"
    return f"{osm} · 人员与任务为合成数据 Synthetic data" if synthetic else osm


def save(figure: Figure, file: Path) -> None:
    """Write the PNG; the file appears under its name only when it is complete."""
    partial = file.with_name(f".{file.name}.partial")
    try:
        with partial.open("wb") as out:
            FigureCanvasAgg(figure)
            figure.savefig(out, format="png")
        partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)
