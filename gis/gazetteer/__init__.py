"""Places in words: names, short forms, pinyin, addresses and road kilometres become points, offline.

`build_gazetteer` once, then `Gazetteer.find` for what a person types, `resolve` for what a list says, and
`Waiting` for what nobody has placed yet. `gis.read.names.read_names` reads the names of an OSM file.
"""

from gis.gazetteer.errors import GazetteerError
from gis.gazetteer.gazetteer import Gazetteer, build_gazetteer
from gis.gazetteer.sources import listed_places, past_places
from gis.gazetteer.text import Shortener, shortener
from gis.gazetteer.values import (
    Answer,
    KmPost,
    Match,
    NamedPlace,
    Pin,
    Resolved,
    RoadLine,
    ServiceArea,
    Unresolved,
)
from gis.gazetteer.waiting import Waiting, pinned, queued, resolve

__all__ = [
    "Answer", "Gazetteer", "GazetteerError", "KmPost", "Match", "NamedPlace", "Pin", "Resolved", "RoadLine",
    "ServiceArea", "Shortener", "Unresolved", "Waiting", "build_gazetteer", "listed_places",
    "past_places", "pinned", "queued", "resolve", "shortener",
]  # fmt: skip
