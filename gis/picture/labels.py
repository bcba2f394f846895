"""Where names stand on a map, so that none touches another: names of places first, then of roads.

Pure computing; the modules beside it draw.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from gis.coordinates import metres_between
from gis.network import ROAD_CLASSES, RoadNetwork
from gis.picture.cartography import Frame, shapes_in
from gis.places import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadLabel:
    """A road's name, where its middle is written, and its slope in degrees from -90 to 90."""

    name: str
    lon: float
    lat: float
    angle: float


Box = tuple[float, float, float, float]
"""Left, bottom, right, top as shares of the frame."""


def road_labels(
    network: RoadNetwork, frame: Frame, *, em: float, taken: Sequence[Box] = (), most: int = 36
) -> tuple[RoadLabel, ...]:
    """Names of the most important and longest roads, each once, along a straight piece of it.

    No label touches another, the border, or a box that is taken already; of two that would, the more
    important road keeps its name.

    Parameters
    ----------
    em
        Size of one Chinese character as a share of the frame's width.
    taken
        Boxes to keep free (scale bar, sources, names of places).
    """
    free: list[Box] = list(taken)
    labels: list[RoadLabel] = []
    names: set[str] = set()
    for _, _, _, label in sorted(_candidates(network, frame), key=lambda c: (-c[0], -c[1], -c[2], c[3].name)):
        if len(labels) == most:
            break
        box = label_box(frame, label, em)
        inside = box[0] > 0 and box[1] > 0 and box[2] < 1 and box[3] < 1
        if label.name not in names and inside and not any(_touch(box, other) for other in free):
            names.add(label.name)
            labels.append(label)
            free.append(box)
    return tuple(labels)


def label_box(frame: Frame, label: RoadLabel, em: float) -> Box:
    """Return the upright box around a sloping name, with some room about it."""
    width = (text_ems(label.name) + 0.8) * em
    slope = math.radians(label.angle)
    half_w = (width * abs(math.cos(slope)) + 1.4 * em * abs(math.sin(slope))) / 2
    half_h = (width * abs(math.sin(slope)) + 1.4 * em * abs(math.cos(slope))) / 2
    half_h *= frame.width_m / frame.height_m
    x = (label.lon - frame.west) / (frame.east - frame.west)
    y = (label.lat - frame.south) / (frame.north - frame.south)
    return x - half_w, y - half_h, x + half_w, y + half_h


def text_ems(text: str) -> float:
    """Width of a text in Chinese characters: Latin letters take about half of one."""
    return sum(1.0 if ord(c) >= 0x2E80 else 0.56 for c in text)


def _touch(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


_LABELLED: Final = (
    "residential", "unclassified", "tertiary", "secondary", "primary", "trunk", "motorway"
)  # fmt: skip


_MAIN: Final = _LABELLED.index("primary")


def _candidates(network: RoadNetwork, frame: Frame) -> list[tuple[int, float, float, RoadLabel]]:
    """Rank, metres of all roads of that name, metres of this straight piece, and the label on it."""
    name_of = np.zeros(len(network.shape_start) - 1, np.int32)
    name_of[network.edge_shape] = network.edge_name
    total_m = np.bincount(network.edge_name, weights=network.edge_length_m, minlength=len(network.names))
    found = []
    for class_index, shapes in shapes_in(network, frame).items():
        if ROAD_CLASSES[class_index] not in _LABELLED:
            continue
        rank = _LABELLED.index(ROAD_CLASSES[class_index])
        least_m = frame.width_m / (200 if rank >= _MAIN else 60)
        for s in shapes[name_of[shapes] > 0].tolist():
            lon, lat, angle, length_m = _straightest(network, s)
            if length_m > least_m:
                name = int(name_of[s])
                label = RoadLabel(name=network.names[name], lon=lon, lat=lat, angle=angle)
                found.append((rank, float(total_m[name]), length_m, label))
    return found


def _straightest(network: RoadNetwork, shape: int) -> tuple[float, float, float, float]:
    """Middle, slope and length of the longest segment of a shape."""
    cut = slice(network.shape_start[shape], network.shape_start[shape + 1])
    lon, lat = network.shape_lon[cut], network.shape_lat[cut]
    lengths = metres_between(lon[:-1], lat[:-1], lon[1:], lat[1:])
    i = int(np.argmax(lengths))
    east = float(lon[i + 1] - lon[i]) * math.cos(math.radians(float(lat[i])))
    angle = math.degrees(math.atan2(float(lat[i + 1] - lat[i]), east))
    upright = (angle + 90) % 180 - 90
    return float(lon[i] + lon[i + 1]) / 2, float(lat[i] + lat[i + 1]) / 2, upright, float(lengths[i])


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceLabel:
    """A place's name, and its side of the mark: -1 left or below, 1 right or above, 0 centred."""

    place: Place
    across: int
    up: int
    box: Box


def place_labels(
    frame: Frame, places: Iterable[Place], *, em: float, taken: Sequence[Box] = ()
) -> tuple[PlaceLabel, ...]:
    """Put each name right, left, above or below its mark, wherever it covers least of what is there already.

    Parameters
    ----------
    em
        Size of one Chinese character as a share of the frame's width.
    taken
        Boxes to keep free.
    """
    shown = list(places)
    free = [*taken, *(_mark_box(frame, place, em) for place in shown)]
    labels: list[PlaceLabel] = []
    for place in shown:
        own = _mark_box(frame, place, em)
        options = [_beside(frame, place, em, across, up) for across, up in ((1, 0), (-1, 0), (0, 1), (0, -1))]
        best = min(options, key=lambda option: _covered(option.box, [box for box in free if box != own]))
        labels.append(best)
        free.append(best.box)
    return tuple(labels)


def _mark_box(frame: Frame, place: Place, em: float) -> Box:
    x, y = _share(frame, place)
    tall = em * frame.width_m / frame.height_m
    return x - 0.6 * em, y - 0.6 * tall, x + 0.6 * em, y + 0.6 * tall


def _beside(frame: Frame, place: Place, em: float, across: int, up: int) -> PlaceLabel:
    x, y = _share(frame, place)
    half_w, tall = (text_ems(place.label) + 0.3) * em / 2, em * frame.width_m / frame.height_m
    x += across * (half_w + 0.7 * em)
    y += up * 1.35 * tall
    box = x - half_w, y - 0.65 * tall, x + half_w, y + 0.65 * tall
    return PlaceLabel(place=place, across=across, up=up, box=box)


def _share(frame: Frame, place: Place) -> tuple[float, float]:
    x = (place.lon - frame.west) / (frame.east - frame.west)
    return x, (place.lat - frame.south) / (frame.north - frame.south)


def _covered(box: Box, others: Sequence[Box]) -> float:
    """Return the area of a box that others cover or that lies outside the frame, as a share of the frame."""
    everything = (box[2] - box[0]) * (box[3] - box[1])
    return everything - _common(box, (0.0, 0.0, 1.0, 1.0)) + sum(_common(box, other) for other in others)


def _common(a: Box, b: Box) -> float:
    return max(min(a[2], b[2]) - max(a[0], b[0]), 0.0) * max(min(a[3], b[3]) - max(a[1], b[1]), 0.0)
