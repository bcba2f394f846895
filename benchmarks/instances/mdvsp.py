"""Multi-depot vehicle scheduling: Pepin et al. (2009) `.inp`, the same zipped, and located `.txt` files.

`.inp`: a line with depots, trips and vehicles per depot, then a square cost matrix over depots and trips, −1
where one cannot follow the other. Located files (van Lieshout & van der Schaft 2024): depots, trips,
locations; vehicles per depot; start place, start, end place, end of each trip; minutes between locations, of
which the first ones are the depots; 500 for each pull-out and pull-in, 1 a minute driven empty. Trips are
numbered from 0 in the file's order.
"""

import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.instances.values import BestKnown, InstanceError, ScheduleInstance

PULL_COST = 500


def read_mdvsp(path: Path) -> ScheduleInstance:
    """Read `.inp`, `.zip` (one `.inp` inside) or a located `.txt`.

    Raises
    ------
    InstanceError
        Where the numbers do not fill the form.
    """
    numbers = np.array(_text(path).split(), dtype=np.int64)
    if path.suffix == ".txt":
        return _located(path, numbers)
    depots, trips = int(numbers[0]), int(numbers[1])
    size = depots + trips
    body = numbers[2 + depots :]
    if len(body) != size * size:
        message = f"{path.name}: expected {size}×{size} costs after the header, found {len(body)} numbers"
        raise InstanceError(message)
    matrix = body.reshape(size, size)
    best, bound = _bounds(path)
    return ScheduleInstance(
        name=path.stem,
        pull_out=matrix[:depots, depots:],
        pull_in=matrix[depots:, :depots].T,
        link=matrix[depots:, depots:],
        vehicles=tuple(int(v) for v in numbers[2 : 2 + depots]),
        best=best,
        proven_bound=bound,
    )


def _text(path: Path) -> str:
    if path.suffix != ".zip":
        return path.read_text()
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.endswith(".inp")]
        if len(names) != 1:
            message = f"{path.name}: expected one .inp inside, found {names}"
            raise InstanceError(message)
        return archive.read(names[0]).decode()


def _located(path: Path, numbers: NDArray[np.int64]) -> ScheduleInstance:
    depots, trips, places = (int(v) for v in numbers[:3])
    table_at = 3 + depots
    minutes_at = table_at + 4 * trips
    if len(numbers) != minutes_at + places * places:
        message = f"{path.name}: expected {trips} trips and {places}×{places} minutes"
        raise InstanceError(message)
    from_place, start, to_place, end = numbers[table_at:minutes_at].reshape(trips, 4).T
    minutes = numbers[minutes_at:].reshape(places, places)
    deadhead = minutes[np.ix_(to_place, from_place)]
    follows = end[:, None] + deadhead <= start[None, :]
    np.fill_diagonal(follows, False)
    return ScheduleInstance(
        name=path.stem,
        pull_out=PULL_COST + minutes[:depots][:, from_place],
        pull_in=PULL_COST + minutes[to_place][:, :depots].T,
        link=np.where(follows, deadhead, -1),
        vehicles=tuple(int(v) for v in numbers[3:table_at]),
    )


def _bounds(path: Path) -> tuple[BestKnown | None, int | None]:
    for folder in (path.parent, path.parent.parent / "mdvsp_small"):
        source = folder / "bounds.txt"
        if source.is_file():
            for line in source.read_text().splitlines():
                words = line.split()
                if words and words[0] == path.stem:
                    lower, upper = int(words[1]), int(words[2])
                    return BestKnown(cost=upper, source=source.name), lower or None
    return None, None
