"""Vehicles that must stay free: which count."""

from optimizer.model import Reserve, Vehicle

__all__ = ["holds"]


def holds(reserve: Reserve, vehicle: Vehicle) -> bool:
    """Whether a vehicle that stays free counts: skill, county, and nothing booked in its shift."""
    in_county = not reserve.county_id or vehicle.county_id == reserve.county_id
    skilled = not reserve.skill or reserve.skill in vehicle.skills
    shift = vehicle.shift
    booked = any(b.start_s < shift.end_s and shift.start_s < b.end_s for b in vehicle.busy)
    return in_county and skilled and not booked
