"""What can go wrong with maps, places and routes.

::

    GisError
    ├── MapFileError      (ValueError)   a map file is missing, truncated, empty or holds no roads
    ├── CorrectionError   (ValueError)   a row of local corrections cannot be understood
    ├── SpeedTableError   (ValueError)   a speed table is incomplete or contradicts itself
    ├── CoordinateError   (ValueError)   a coordinate is NaN, out of range or swapped
    ├── ClosureError      (ValueError)   a closure names unknown edges or ends before it starts
    ├── SnapError         (LookupError)  a place is too far from any usable road
    ├── RouteError        (LookupError)  there is no way from one place to another
    ├── DownloadError     (LookupError)  a place is unknown to the map service, or it cannot be reached
    └── FontError         (LookupError)  no font can draw the labels of a picture

Every message is one line, Chinese first, that names the value received and the way out.
"""


class GisError(Exception):
    """Root of everything that `gis` raises on purpose."""


class MapFileError(GisError, ValueError):
    """A map file is missing, truncated, empty, of an unknown kind, or holds no roads."""


class CorrectionError(GisError, ValueError):
    """A row of local corrections cannot be understood."""


class SpeedTableError(GisError, ValueError):
    """A speed table is incomplete or contradicts itself."""


class CoordinateError(GisError, ValueError):
    """A coordinate is not a number, out of range, or longitude and latitude are swapped."""


class ClosureError(GisError, ValueError):
    """A closure names unknown edges, has no extent, or ends before it starts."""


class SnapError(GisError, LookupError):
    """One or more places are too far from any road that the profile may use."""


class RouteError(GisError, LookupError):
    """No way leads from one place to another for the profile."""


class DownloadError(GisError, LookupError):
    """A place is unknown to the map service, or the service cannot be reached."""


class FontError(GisError, LookupError):
    """No installed font can draw the labels of a picture."""
