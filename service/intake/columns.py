"""Columns that sheets of all kinds share: places and their coordinate system."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from service.sheets import Column
from service.sheets.coordinates import coordinate_system, degrees
from service.sheets.parsers import text

Check = Callable[[Mapping[str, Any]], tuple[tuple[str, str, str], ...]]

MOST_PEOPLE: Final = 200
"""More in one row is a typing error."""
_PLACE_NOTE: Final = "写地名，或“经度,纬度”；也可以另填经度、纬度两列"
CRS: Final = Column(
    field="crs",
    headings=("坐标系",),
    parse=coordinate_system(),
    choices=("wgs84", "gcj02", "bd09"),
    note="本行坐标的坐标系；不填时按命令的 --crs",
)


def place_columns(
    field: str, heading: str, others: tuple[str, ...], example: str, *, alone: bool = False
) -> tuple[Column, Column, Column]:
    """Make the three columns of a place: words, or degrees.

    Parameters
    ----------
    alone
        The sheet has no other place: its degrees need no further name.
    """
    lon, lat = (("经度",), ("纬度",)) if alone else ((), ())
    return (
        Column(
            field=f"{field}_words",
            headings=(heading, *others),
            parse=text(longest=100),
            default="",
            examples=(example,),
            note=_PLACE_NOTE,
        ),
        Column(field=f"{field}_lon", headings=(f"{heading}经度", *lon), parse=degrees()),
        Column(field=f"{field}_lat", headings=(f"{heading}纬度", *lat), parse=degrees()),
    )
