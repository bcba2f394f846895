"""The values of a speed table: profiles, speeds by class, multipliers by time of day."""

from dataclasses import dataclass

from gis.errors import SpeedTableError
from gis.network import CLASS_INDEX, PROFILES, ROAD_CLASSES


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A kind of traveller: its size, its top speed, and how the table applies to it.

    Parameters
    ----------
    name, bit
        One of `PROFILES` and its bit in `RoadNetwork.edge_access`.
    height_m, weight_t, width_m
        What is compared with the limits on the road.
    top_kmh
        Never faster than this.
    speed_share
        Multiplies the class speed or the usable part of a tagged limit.
    peak_share
        Part of the time-of-day effect that reaches this profile: 0 none, 1 all of it.
    follows_limits
        Whether a tagged `maxspeed` says anything about this profile.
    class_kmh
        float per `ROAD_CLASSES`, before `speed_share`.
    exempt
        Limits among `"height"`, `"weight"` and `"width"` that do not bind this profile.
    """

    name: str
    bit: int
    height_m: float
    weight_t: float
    width_m: float
    top_kmh: float
    speed_share: float
    peak_share: float
    follows_limits: bool
    class_kmh: tuple[float, ...]
    exempt: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeedTable:
    """Speeds by class, multipliers by time of day, and the profiles they apply to.

    Parameters
    ----------
    region, valid_from, sources
        Where and since when the figures hold (ISO date), and where they come from.
    bucket_starts_s, bucket_names
        Start of each departure bucket, ascending from 0, and what people call it.
    limit_share
        float per `ROAD_CLASSES`: the part of a tagged limit that is covered in practice.
    factors
        `[bucket][class]` multipliers of speed.
    profiles
        One for each of `PROFILES`, in that order.
    """

    region: str
    valid_from: str
    sources: tuple[str, ...]
    bucket_starts_s: tuple[int, ...]
    bucket_names: tuple[str, ...]
    limit_share: tuple[float, ...]
    factors: tuple[tuple[float, ...], ...]
    profiles: tuple[Profile, ...]

    def profile(self, name: str) -> Profile:
        """Return the profile of that name.

        Raises
        ------
        SpeedTableError
            If the name is not one of `PROFILES`.
        """
        for profile in self.profiles:
            if profile.name == name:
                return profile
        message = f"没有这种出行方式 / unknown profile {name!r}; expected one of {', '.join(PROFILES)}"
        raise SpeedTableError(message)

    def speed_kmh(self, road_class: str | int, profile: "str | Profile") -> float:
        """Speed of a profile on a class of road without a tagged limit, before the time of day."""
        chosen = self._chosen(profile)
        return min(chosen.class_kmh[_class_index(road_class)] * chosen.speed_share, chosen.top_kmh)

    def factor(self, road_class: str | int, bucket: int, profile: "str | Profile" = "car") -> float:
        """Multiplier of speed in a bucket: below 1 in a peak."""
        share = self._chosen(profile).peak_share
        return 1.0 + share * (self.factors[bucket][_class_index(road_class)] - 1.0)

    def _chosen(self, profile: "str | Profile") -> Profile:
        return self.profile(profile) if isinstance(profile, str) else profile


def _class_index(road_class: str | int) -> int:
    if isinstance(road_class, int):
        return road_class
    if road_class in CLASS_INDEX:
        return CLASS_INDEX[road_class]
    message = f"未知的道路等级 / unknown road class {road_class!r}; expected one of {', '.join(ROAD_CLASSES)}"
    raise SpeedTableError(message)
