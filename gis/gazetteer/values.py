"""Places in words: named places, matches with their reason, and text that waits for a pin."""

from dataclasses import dataclass
from typing import Literal

from gis.places import Place

Source = Literal["osm", "list", "past", "pin"]
How = Literal["pin", "name", "alias", "short", "pinyin", "initials", "part", "typo", "km", "house", "road"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPlace:
    """A point on the ground with everything that people call it.

    Parameters
    ----------
    id
        Unique within a gazetteer.
    name
        Its own name, as it should be shown.
    lon, lat
        WGS-84 degrees.
    kind
        e.g. `office`, `residential` (小区), `village`, `town`, `road`, `stop`, `address`.
    aliases
        Other names, old ones and short ones.
    county, city
        Names of the county and the prefecture it lies in, "" where unknown.
    source
        `osm` the map, `list` an imported list, `past` where somebody has gone before, `pin` a dispatcher.
    uses
        How often people have gone there; settles ties.
    street, number
        Of an address: the road, and the house number as an integer (0: none).
    """

    id: str
    name: str
    lon: float
    lat: float
    kind: str = "place"
    aliases: tuple[str, ...] = ()
    county: str = ""
    city: str = ""
    source: Source = "osm"
    uses: int = 0
    street: str = ""
    number: int = 0

    @property
    def place(self) -> Place:
        """The bare point, as routers and problems want it."""
        return Place(id=self.id, lon=self.lon, lat=self.lat, name=self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A place that a text may mean.

    Parameters
    ----------
    score
        1.0 the very name, above 0.9 as good as that, below 0.4 not shown.
    how
        By which road it was found.
    reason
        One Chinese sentence for the person who must choose.
    outside
        Whether it lies outside the service area.
    elsewhere
        Whether the text names another county or city than the one it lies in.
    """

    place: NamedPlace
    score: float
    how: How
    reason: str
    outside: bool = False
    elsewhere: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a text may mean, best first.

    Parameters
    ----------
    matches
        Ranked; all equally good ones are there, however many.
    sure
        Whether the first may be taken without asking anybody.
    reason
        One Chinese sentence: why it is sure, or what a person must decide.
    """

    text: str
    matches: tuple[Match, ...]
    sure: bool
    reason: str

    @property
    def best(self) -> Match | None:
        """The first match, sure or not."""
        return self.matches[0] if self.matches else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """A text with its place."""

    text: str
    place: NamedPlace
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unresolved:
    """A text that nobody has placed yet; it stays text until somebody sets a pin.

    Parameters
    ----------
    reason
        One Chinese sentence: why, and what to do.
    suggestions
        What it may mean, best first.
    origins
        Who waits for it: row, request or trip ids.
    """

    text: str
    reason: str
    suggestions: tuple[Match, ...] = ()
    origins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """What the dispatcher says that a text means, for ever after.

    Parameters
    ----------
    text
        As people write it; compared without spaces, case and width.
    lon, lat
        WGS-84 degrees.
    name
        What to show; "" shows the text.
    by
        Who set it.
    """

    text: str
    lon: float
    lat: float
    name: str = ""
    county: str = ""
    city: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceArea:
    """Where the fleet works. Places outside are shown, flagged, and never come first unsaid.

    Parameters
    ----------
    name
        The prefecture or county, e.g. `云岚市`.
    rings
        Outer boundaries, each a sequence of (lon, lat) in WGS-84 degrees; empty: no border is known.
    province
        Its province, so that a text may name it, e.g. `云南省`.
    counties
        Names of the counties inside, besides those that the places themselves name.
    """

    name: str
    rings: tuple[tuple[tuple[float, float], ...], ...] = ()
    province: str = ""
    counties: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KmPost:
    """A kilometre post: the fixed point by which "G320 K1234+500" is found.

    Parameters
    ----------
    road
        Number or name of the road, e.g. `G320`.
    km
        What the post says, kilometres.
    lon, lat
        WGS-84 degrees.
    """

    road: str
    km: float
    lon: float
    lat: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadLine:
    """A drawn piece of a road with what it is called.

    Parameters
    ----------
    roads
        Every number and name of the road it belongs to, e.g. `("G320", "沪瑞线")`.
    points
        (lon, lat) in WGS-84 degrees, as drawn.
    """

    roads: tuple[str, ...]
    points: tuple[tuple[float, float], ...]
