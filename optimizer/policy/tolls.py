"""Toll classes of passenger vehicles and tolls per kilometre of toll road."""

from decimal import Decimal

from optimizer.errors import PolicyError
from optimizer.policy.package_data import load


def toll_class(seats: int, length_m: float | None = None, region: str = "cn") -> str:
    """Name the toll class (`K1` … `K4`) of a passenger vehicle (JT/T 489-2019).

    Parameters
    ----------
    seats
        On the licence, the driver's included.
    length_m
        Of the vehicle; None goes by seats alone (up to 19 seats counts as shorter than 6 m).

    Raises
    ------
    PolicyError
        Fewer than one seat.
    """
    if seats < 1:
        message = f"座位数 {seats} 不对：至少要有驾驶员的 1 个座位"
        raise PolicyError(message)
    classes = load("tolls", region)["classes"]
    short = True if length_m is None else length_m < classes["short_below_m"]
    fitting = (
        row["class"] for row in classes["row"] if seats <= row["seats_at_most"] and short >= row["short"]
    )
    return str(next(fitting))


def toll_per_km_yuan(vehicle_class: str, region: str = "cn", *, etc: bool = True) -> Decimal:
    """Yuan per kilometre of toll road, exact; by electronic collection (ETC) unless asked otherwise.

    Raises
    ------
    PolicyError
        No such class.
    """
    rates = load("tolls", region)["per_km"]
    if vehicle_class not in {"K1", "K2", "K3", "K4"}:
        message = f"没有通行费车型 {vehicle_class!r}，只有 K1、K2、K3、K4"
        raise PolicyError(message)
    return Decimal(rates[vehicle_class]) * (rates["etc_share"] if etc else 1)
