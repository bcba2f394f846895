"""Lines as a GTFS feed (https://gtfs.org/documentation/schedule/reference/): values in, a zip out.

Each line is a route with one trip a day. Nobody pays, so there is one fare of nothing. At stops where people
only board or only get off, the feed says so. Counts of riders are not in it.
"""

import csv
import io
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from gis.colours import line_colours
from gis.places import Place
from optimizer.line_figures import Line, LineStop
from service.documents.book import LineBook
from service.documents.words import heading, short

SERVICE_ID: Final = "workdays"
FARE_ID: Final = "free"
_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_STAMP: Final = (1980, 1, 1, 0, 0, 0)  # the least a zip can say: equal feeds are equal bytes

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """Who runs the lines; a feed must name a page and a time zone.

    Parameters
    ----------
    zone
        IANA time zone of the times of the feed.
    """

    name: str
    url: str = "https://paiche.example.com/"
    zone: str = "Asia/Shanghai"
    language: str = "zh-CN"
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """Where a line drives.

    Parameters
    ----------
    points
        `(lon, lat, metres since the first stop)`, WGS-84 degrees, in driving order.
    stops_m
        Metres since the first stop of every stop of the line.
    """

    points: tuple[tuple[float, float, float], ...]
    stops_m: tuple[float, ...]


def gtfs_feed(
    book: LineBook, dates: Iterable[date], agency: Agency, tracks: Mapping[str, Track] | None = None
) -> bytes:
    """Write a feed that runs on the given dates.

    Parameters
    ----------
    dates
        At least one; make-up workdays and holidays become exceptions of the usual weekdays.
    tracks
        By line id; a line without one has no shape.

    Raises
    ------
    ValueError
        No date is given.
    """
    days = sorted(set(dates))
    if not days:
        message = "GTFS 需要至少一个运行日期，收到 0 个；请给出运行日期"
        raise ValueError(message)
    shapes = tracks or {}
    files: dict[str, Iterable[Row]] = {
        "agency.txt": [_agency(agency)],
        "stops.txt": _stops(book.lines),
        "routes.txt": _routes(book),
        "trips.txt": _trips(book.lines, shapes),
        "stop_times.txt": _stop_times(book.lines, shapes),
        "calendar.txt": [_calendar(days)],
        "calendar_dates.txt": _exceptions(days),
        "shapes.txt": _shapes(book.lines, shapes),
        "fare_attributes.txt": [_fare()],
        "feed_info.txt": [_feed_info(book, days, agency)],
    }
    return _zipped({name: _text(rows) for name, rows in files.items()})


def gtfs_time(seconds: int) -> str:
    """Seconds of the service day as GTFS writes them: past midnight the hours go on, `25:10:00`."""
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}:{seconds % 60:02d}"


def _agency(agency: Agency) -> Row:
    return {
        "agency_id": "1",
        "agency_name": agency.name,
        "agency_url": agency.url,
        "agency_timezone": agency.zone,
        "agency_lang": agency.language,
        "agency_phone": agency.phone,
    }


def _stops(lines: Sequence[Line]) -> Iterator[Row]:
    places: dict[str, Place] = {}
    for line in lines:
        for stop in line.stops:
            places.setdefault(stop.place.id, stop.place)
    for place in places.values():
        yield {
            "stop_id": place.id,
            "stop_name": place.label,
            "stop_lat": f"{place.lat:.6f}",
            "stop_lon": f"{place.lon:.6f}",
            "location_type": 0,
        }


def _routes(book: LineBook) -> Iterator[Row]:
    for side in book.sides:
        for line, colour in zip(side.lines, line_colours(len(side.lines)), strict=True):
            yield {
                "route_id": line.id,
                "agency_id": "1",
                "route_short_name": line.name,
                "route_long_name": heading(line),
                "route_desc": f"{side.name}，{line.type_name}",
                "route_type": 3,
                "route_color": colour.removeprefix("#").upper(),
                "route_text_color": "FFFFFF",
            }


def _trips(lines: Sequence[Line], tracks: Mapping[str, Track]) -> Iterator[Row]:
    for line in lines:
        yield {
            "route_id": line.id,
            "service_id": SERVICE_ID,
            "trip_id": line.id,
            "trip_headsign": short(line.stops[-1].place.label),
            "direction_id": 0 if line.direction == "morning" else 1,
            "block_id": line.vehicle_id,
            "shape_id": line.id if line.id in tracks else "",
        }


def _stop_times(lines: Sequence[Line], tracks: Mapping[str, Track]) -> Iterator[Row]:
    for line in lines:
        track = tracks.get(line.id)
        for i, stop in enumerate(line.stops):
            yield {
                "trip_id": line.id,
                # A bus stands ready at its first stop before it leaves: riders need only its departure.
                "arrival_time": gtfs_time(stop.arrival_s if i else stop.depart_s),
                "departure_time": gtfs_time(stop.depart_s),
                "stop_id": stop.place.id,
                "stop_sequence": i + 1,
                **_may(stop),
                "shape_dist_traveled": f"{track.stops_m[i]:.1f}" if track else "",
                "timepoint": 1,
            }


def _may(stop: LineStop) -> Row:
    """Say whether people may board and get off: 0 they may, 1 not."""
    return {"pickup_type": int(not stop.boarding), "drop_off_type": int(not stop.alighting)}


def _calendar(days: Sequence[date]) -> Row:
    usual = _usual_weekdays(days)
    return {
        "service_id": SERVICE_ID,
        **{name: int(i in usual) for i, name in enumerate(_WEEKDAYS)},
        "start_date": f"{days[0]:%Y%m%d}",
        "end_date": f"{days[-1]:%Y%m%d}",
    }


def _usual_weekdays(days: Sequence[date]) -> set[int]:
    """Weekdays on more than half of which the lines run."""
    run, all_days = Counter(day.weekday() for day in days), Counter(d.weekday() for d in _span(days))
    return {weekday for weekday in all_days if 2 * run[weekday] > all_days[weekday]}


def _span(days: Sequence[date]) -> Iterator[date]:
    for n in range((days[-1] - days[0]).days + 1):
        yield days[0] + timedelta(days=n)


def _exceptions(days: Sequence[date]) -> Iterator[Row]:
    usual, run = _usual_weekdays(days), set(days)
    for day in _span(days):
        if (day in run) != (day.weekday() in usual):
            yield {
                "service_id": SERVICE_ID,
                "date": f"{day:%Y%m%d}",
                "exception_type": 1 if day in run else 2,
            }


def _shapes(lines: Sequence[Line], tracks: Mapping[str, Track]) -> Iterator[Row]:
    for line in lines:
        for i, (lon, lat, metres) in enumerate(tracks[line.id].points if line.id in tracks else (), start=1):
            yield {
                "shape_id": line.id,
                "shape_pt_lat": f"{lat:.6f}",
                "shape_pt_lon": f"{lon:.6f}",
                "shape_pt_sequence": i,
                "shape_dist_traveled": f"{metres:.1f}",
            }


def _fare() -> Row:
    return {
        "fare_id": FARE_ID,
        "price": "0.00",
        "currency_type": "CNY",
        "payment_method": 0,
        "transfers": "",
        "agency_id": "1",
    }


def _feed_info(book: LineBook, days: Sequence[date], agency: Agency) -> Row:
    return {
        "feed_publisher_name": agency.name,
        "feed_publisher_url": agency.url,
        "feed_lang": agency.language,
        "feed_start_date": f"{days[0]:%Y%m%d}",
        "feed_end_date": f"{days[-1]:%Y%m%d}",
        "feed_contact_url": agency.url,
        "feed_version": f"{book.date}{' synthetic' if book.synthetic else ''}",
    }


def _text(rows: Iterable[Row]) -> str:
    """Write the rows as CSV; nothing where there are none."""
    listed = list(rows)
    if not listed:
        return ""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, fieldnames=list(listed[0]))
    writer.writeheader()
    writer.writerows(listed)
    return text.getvalue()


def _zipped(files: Mapping[str, str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as out:
        for name, text in files.items():
            if text:
                out.writestr(zipfile.ZipInfo(name, _STAMP), text.encode(), zipfile.ZIP_DEFLATED)
    return stream.getvalue()
