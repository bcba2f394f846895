"""Local corrections that outlive an extract: kept once, applied to every map that is read after it.

The rows given last stand as `corrections.csv` or `.toml` in the data folder. Beside each map of the system of
record lies a copy of those that it was read with, so that a stored day finds its roads as they were.
"""

from pathlib import Path
from typing import Final

from gis.read import load_corrections
from gis.read.corrections import Correction
from service.use_cases.copies import keep_copy

STANDING: Final = "corrections"
SUFFIXES: Final = (".csv", ".toml")

Rows = tuple[Correction, ...]


def standing(data_folder: Path) -> Path | None:
    """File of the corrections that stand, if there are any."""
    return _found(data_folder, STANDING)


def rows_of(file: Path | None) -> Rows:
    """Read corrections; none where there is no file.

    Raises
    ------
    CorrectionError
        A row cannot be understood.
    """
    return () if file is None else tuple(load_corrections(file))


def let_stand(file: Path, data_folder: Path) -> None:
    """Keep corrections in place of those that stood."""
    if standing(data_folder) == file:
        return
    keep_copy(file, data_folder, STANDING)
    for suffix in SUFFIXES:
        if suffix != file.suffix:
            (data_folder / f"{STANDING}{suffix}").unlink(missing_ok=True)


def keep_beside(file: Path | None, data_folder: Path, map_id: str) -> None:
    """Keep what a map was read with."""
    if file is not None:
        keep_copy(file, data_folder / "maps", f"{map_id}-{STANDING}")


def of_map(data_folder: Path, map_id: str) -> Rows:
    """Corrections that a map of the system of record was read with."""
    return rows_of(_found(data_folder / "maps", f"{map_id}-{STANDING}"))


def _found(folder: Path, name: str) -> Path | None:
    return next((file for suffix in SUFFIXES if (file := folder / f"{name}{suffix}").is_file()), None)
