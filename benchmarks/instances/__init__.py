"""Readers of public research instances; each module states its family's conventions."""

from pathlib import Path
from zipfile import BadZipFile

from benchmarks.instances.cordeau import read_darp
from benchmarks.instances.cvrplib import read_vrp
from benchmarks.instances.li_lim import read_li_lim
from benchmarks.instances.mdvsp import read_mdvsp
from benchmarks.instances.park import read_park
from benchmarks.instances.solomon import read_solomon
from benchmarks.instances.soundness import require_sound
from benchmarks.instances.values import InstanceError, RoutingInstance, ScheduleInstance, SchoolInstance

Instance = RoutingInstance | SchoolInstance | ScheduleInstance


def read(path: Path, *, objective: str | None = None, max_ride_s: float | None = None) -> Instance:
    """Read any instance, telling the family from the file itself.

    Parameters
    ----------
    objective
        `"vehicles"` or `"distance"` for the families that count vehicles first by custom (the default there).
    max_ride_s
        Ride limit of the school set, 2,700 s by default.

    Raises
    ------
    InstanceError
        Where the file is missing, damaged or of no known form.
    """
    try:
        instance = _read(path, objective, max_ride_s)
    except InstanceError:
        raise
    except (ValueError, LookupError, OSError, BadZipFile) as error:
        message = f"{path.name}: damaged or of no known form ({type(error).__name__}: {error})"
        raise InstanceError(message) from error
    if isinstance(instance, RoutingInstance | SchoolInstance):
        require_sound(path, instance)
    return instance


def _read(path: Path, objective: str | None, max_ride_s: float | None) -> Instance:
    if path.is_dir():
        return read_park(path, max_ride_s=max_ride_s or 2_700.0)
    if not path.is_file():
        message = f"{path}: no such file; give an instance file, or a folder with Schools.txt and Stops.txt"
        raise InstanceError(message)
    if path.suffix == ".vrp":
        return read_vrp(path)
    if path.suffix in {".inp", ".zip"}:
        return read_mdvsp(path)
    return _read_text(path, objective or "vehicles")


def _read_text(path: Path, objective: str) -> Instance:
    rows = [line.split() for line in path.read_text(errors="replace").splitlines() if line.strip()]
    if len(rows) < 2:
        message = f"{path.name}: empty or a single line; expected an instance"
        raise InstanceError(message)
    if any(words[:1] == ["VEHICLE"] for words in rows[:3]):
        return read_solomon(path, objective=objective)
    if len(rows[0]) == 5:
        return read_darp(path)
    if len(rows[0]) == 3 and len(rows[1]) == 9:
        return read_li_lim(path, objective=objective)
    if len(rows[0]) == 3:
        return read_mdvsp(path)
    message = f"{path.name}: of no known form (CVRPLIB, Solomon, Li & Lim, Cordeau, Park, MDVSP)"
    raise InstanceError(message)
