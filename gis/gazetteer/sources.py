"""Named places from what an office has besides the map: address lists, and where its cars have been."""

from collections.abc import Iterable
from statistics import median

from gis.gazetteer.text import normalised
from gis.gazetteer.values import NamedPlace


def listed_places(
    rows: Iterable[tuple[str, float, float]], *, list_name: str, county: str = "", city: str = ""
) -> tuple[NamedPlace, ...]:
    """Return the places of an imported address list.

    Parameters
    ----------
    rows
        (name, longitude, latitude) in WGS-84 degrees.
    list_name
        Becomes part of the ids, so that two lists may stand in one gazetteer.
    county, city
        Where the whole list lies, if it does.
    """
    return tuple(
        NamedPlace(
            id=f"list:{list_name}:{i}",
            name=name,
            lon=lon,
            lat=lat,
            kind="address",
            source="list",
            county=county,
            city=city,
        )
        for i, (name, lon, lat) in enumerate(rows)
        if normalised(name)
    )


def past_places(visits: Iterable[tuple[str, float, float]]) -> tuple[NamedPlace, ...]:
    """Return one place for each destination of past trips: its median point and how often it was used.

    Parameters
    ----------
    visits
        (what was written, longitude, latitude of where the car stopped) in WGS-84 degrees.
    """
    found: dict[str, list[tuple[str, float, float]]] = {}
    for visit in visits:
        if normalised(visit[0]):
            found.setdefault(normalised(visit[0]), []).append(visit)
    return tuple(
        NamedPlace(
            id=f"past:{key}",
            name=same[0][0].strip(),
            lon=median(lon for _, lon, _ in same),
            lat=median(lat for _, _, lat in same),
            source="past",
            uses=len(same),
        )
        for key, same in found.items()
    )
