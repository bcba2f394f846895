"""Places: the one value that says where something is. WGS-84 degrees, always longitude first."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A named point on the ground.

    Parameters
    ----------
    id
        Unique within a problem or a store.
    lon, lat
        WGS-84 degrees. Convert GCJ-02 and BD-09 at the boundary with `gis.coordinates.to_wgs84`.
    name
        What people call it; shown in every error about this place.
    kerb
        A stop at one kerb: vehicles drive up to it along its own side of the road only (traffic keeps right).
    """

    id: str
    lon: float
    lat: float
    name: str = ""
    kerb: bool = False

    @property
    def label(self) -> str:
        """The name people know, or the id where there is none."""
        return self.name or self.id
