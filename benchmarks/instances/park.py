"""School bus routing of Park, Tae & Kim (2012): FILE is the folder with `Schools.txt` and `Stops.txt`.

66 seats, Manhattan metric in feet at 29.33 ft/s, 19 s + 2.6 s per student at a stop, bells as HHMM. A trip
serves one school; its drop-off takes 154.4 s and ends at AMEARLY, the bus's next trip leaves then. The yard
is at (105600, 105600) and its legs are free of time limits. A ride lasts from the first boarding to the
arrival at school. Stops are not split. Buses first. Results with windows or mixed loads are separate rows.
"""

import csv
from pathlib import Path

from benchmarks.instances.values import BestKnown, InstanceError, School, SchoolInstance, SchoolStop

SEATS = 66
SPEED_FT_S = 29.33
STOP_S = 19.0
BOARDING_S = 2.6
DROP_OFF_S = 154.4
YARD = (105_600.0, 105_600.0)


def read_park(folder: Path, *, max_ride_s: float = 2_700.0) -> SchoolInstance:
    """Read one folder of the set.

    Raises
    ------
    InstanceError
        Where one of the two files is missing or lacks a column.
    """
    stops = tuple(
        SchoolStop(
            id=int(row["ID"]),
            x=float(row["X_COORD"]),
            y=float(row["Y_COORD"]),
            school_id=int(row["EP_ID"]),
            students=int(row["STUDENT_COUNT"]),
        )
        for row in _rows(folder / "Stops.txt", ("ID", "X_COORD", "Y_COORD", "EP_ID", "STUDENT_COUNT"))
    )
    schools = tuple(
        School(
            id=int(row["ID"]),
            x=float(row["X"]),
            y=float(row["Y"]),
            early_s=_seconds(row["AMEARLY"]),
            late_s=_seconds(row["AMLATE"]),
        )
        for row in _rows(folder / "Schools.txt", ("ID", "X", "Y", "AMEARLY", "AMLATE"))
    )
    return SchoolInstance(
        name=folder.name,
        stops=stops,
        schools=schools,
        max_ride_s=max_ride_s,
        best=_best_known(folder, max_ride_s),
    )


def _rows(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    if not path.is_file():
        message = f"{path.parent.name}: no {path.name}; expected a folder of the Park set"
        raise InstanceError(message)
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    if not rows or any(column not in rows[0] for column in columns):
        message = f"{path.name}: expected the columns {', '.join(columns)}"
        raise InstanceError(message)
    return rows


def _seconds(hhmm: str) -> float:
    hours, minutes = divmod(int(hhmm), 100)
    return hours * 3_600.0 + minutes * 60.0


def _best_known(folder: Path, max_ride_s: float) -> BestKnown | None:
    source = folder.parent / "pnas-tableS1.csv"
    if not source.is_file():
        return None
    with source.open(newline="") as file:
        buses = [
            int(row["buses"])
            for row in csv.DictReader(file)
            if row["benchmark"] == folder.name and float(row["max_riding_time"]) == max_ride_s
        ]
    return BestKnown(cost=min(buses), vehicles=min(buses), source=source.name) if buses else None
