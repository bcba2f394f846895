"""A map as a PNG: roads, shuttle lines, stops, compounds, cars' trips, incidents, closures; fit to print.

Drawn with matplotlib alone, no tiles and no network. Every picture of map data names its source.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from matplotlib.figure import Figure

from gis.network import RoadNetwork
from gis.picture.cartography import Frame, frame_around
from gis.picture.content import MapContent, draw_content, focus, names
from gis.picture.fonts import able_to_write
from gis.picture.furniture import (
    FURNITURE,
    draw_north,
    draw_scale,
    map_axes,
    save,
    sources,
    write_key,
    write_margins,
)
from gis.picture.labels import place_labels, road_labels
from gis.picture.lines import MapLine
from gis.picture.pen import DPI, MAP_BOX, PLACE_NAME_PT, ROAD_NAME_PT, SIZE_IN, em
from gis.picture.roads import draw_roads, write_road_names

__all__ = ["MapContent", "MapLine", "draw_map"]

_FIXED_WORDS: Final = (
    "图例北公务用车行程粗细示次数（）应急车辆路线班车站点其他办公院区突发事件封闭缓行另有条…"
    "人员与任务为合成数据快速高干支街巷省县乡道、"
)


def draw_map(
    file: Path,
    network: RoadNetwork,
    content: MapContent | None = None,
    *,
    title: str,
    note: str = "",
    synthetic: bool = False,
    whole: bool = False,
) -> None:
    """Draw a map and write it as a PNG of 2100 × 1440 pixels.

    The frame holds lines, stops, compounds and incidents with a margin (where there are none, what drives;
    else the whole network); what lies outside is cut off. Names of main roads are written along them. The
    legend names 90 lines at most and counts the others.

    Parameters
    ----------
    note
        A short line beside the title, e.g. the date or what the plan costs.
    synthetic
        Whether people, vehicles or requests are made up; networks know it of themselves.
    whole
        Show the whole network whatever lies on it.

    Raises
    ------
    FontError
        If no installed font can write the labels.
    ClosureError
        If a closure contradicts itself.
    OSError
        If the file cannot be written.
    """
    shown = content or MapContent()
    frame = _frame(network, [] if whole else list(focus(shown)))
    named = [*shown.compounds, *shown.incidents]
    spots = place_labels(frame, named, em=em(PLACE_NAME_PT), taken=FURNITURE)
    taken = [*FURNITURE, *(label.box for label in spots)]
    labels = road_labels(network, frame, em=em(ROAD_NAME_PT), taken=taken)
    with able_to_write([_FIXED_WORDS, title, note, *(label.name for label in labels), *names(shown)]):
        figure = Figure(figsize=SIZE_IN, dpi=DPI, facecolor="white")
        axes = map_axes(figure, frame)
        key = [*draw_content(axes, network, frame, shown, spots), *draw_roads(axes, network, frame)]
        write_road_names(axes, labels)
        draw_scale(axes, frame)
        draw_north(axes)
        write_margins(figure, title, note, sources(network, synthetic=synthetic))
        write_key(figure, key)
        save(figure, file)


def _frame(network: RoadNetwork, focus: Sequence[tuple[float, float]]) -> Frame:
    points = np.array(focus) if focus else np.column_stack((network.node_lon, network.node_lat))
    aspect = SIZE_IN[0] * MAP_BOX[2] / (SIZE_IN[1] * MAP_BOX[3])
    return frame_around(points[:, 0], points[:, 1], aspect=aspect)
