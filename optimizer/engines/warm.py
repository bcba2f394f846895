"""Compiling the route engine before its first use, with progress to show."""

import pkgutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Final

import numba
import numpy as np
from numba.core import event
from numba.core.dispatcher import Dispatcher

from gis.compiled import compiling
from optimizer.engines import kernels
from optimizer.engines.arrays import compile_problem
from optimizer.engines.compiled import FILES
from optimizer.engines.kernels import anneal
from optimizer.engines.kernels.timing import walked
from optimizer.engines.state import new_search
from optimizer.model import (
    Block,
    Place,
    Problem,
    Request,
    Stop,
    StopOption,
    TravelMatrix,
    Vehicle,
    VehicleType,
)

__all__ = ["all_kernels", "counted", "warm"]

config: Any = numba.config
typeof: Any = numba.typeof
Progress = Callable[[int, int], None]

ENTRIES: Final[tuple[Any, ...]] = (
    walked, anneal.restart, anneal.prepare, anneal.improve, anneal.drop_route,
)  # fmt: skip
"""Kernels that Python calls; they call all the others."""


def warm(progress: Progress | None = None) -> None:
    """Compile every kernel, once on a machine and version: a minute on one core, nothing afterwards.

    While one process compiles, others that come here wait for it and use what it has made.

    Parameters
    ----------
    progress
        Called with how many kernels are compiled and how many there are, first with 0; not called where
        nothing is to be compiled.
    """
    if config.DISABLE_JIT or all(entry.signatures for entry in ENTRIES):
        return
    with compiling(*FILES) as new:
        if new:
            with counted(all_kernels(), progress):
                _compile()


def _compile() -> None:
    """Give every entry the types that it has in `optimizer.engines.search`."""
    compiled = compile_problem(_smallest_problem())
    search = new_search(compiled, seed=0)
    nodes = np.zeros(1, np.int64)
    arguments = {
        walked: (compiled.task, 0, nodes, 1, search.scratch, False),
        anneal.improve: (compiled.task, search, 1, False, False),
    }
    for entry in ENTRIES:
        given = arguments.get(entry, (compiled.task, search))
        entry.compile(tuple(typeof(argument) for argument in given))


def all_kernels() -> tuple[Any, ...]:
    """Every compiled function of `optimizer.engines.kernels`."""
    modules = [import_module(m.name) for m in pkgutil.walk_packages(kernels.__path__, f"{kernels.__name__}.")]
    return tuple(
        found
        for module in modules
        for found in vars(module).values()
        if isinstance(found, Dispatcher) and found.py_func.__module__ == module.__name__
    )


@contextmanager
def counted(functions: Sequence[Any], progress: Progress | None) -> Iterator[None]:
    """Tell how many of these functions are compiled: none at first, then whenever one more is."""
    if progress is None:
        yield
        return
    progress(0, len(functions))
    with event.install_listener("numba:compile", _Counter(functions, progress)):
        yield


class _Counter(event.Listener):  # type: ignore[misc, unused-ignore]
    """Counts functions as numba reports what it has compiled."""

    def __init__(self, functions: Sequence[Any], progress: Progress) -> None:
        self._functions = functions
        self._progress = progress
        self._told = 0

    def on_start(self, _event: Any) -> None:
        """Nothing is done yet."""

    def on_end(self, _event: Any) -> None:
        """Tell, unless it was something else that was compiled."""
        done = sum(bool(function.signatures) for function in self._functions)
        if done > self._told:
            self._told = done
            self._progress(done, len(self._functions))


def _smallest_problem() -> Problem:
    legs = np.zeros((1, 1, 1, 1), np.int32)
    block = Block(origins={"a": 0}, destinations={"a": 0}, seconds=legs, metres=legs)
    return Problem(
        date="2026-01-05",
        places=(Place(id="a", lon=0.0, lat=0.0),),
        vehicle_types=(VehicleType(id="a"),),
        vehicles=(Vehicle(id="a", type_id="a", start_place_id="a", end_place_id="a"),),
        requests=(Request(id="a", stops=(Stop(options=(StopOption(place_id="a"),), load=(1,)),)),),
        travel=TravelMatrix(profiles=("car",), bucket_starts_s=(0,), blocks=(block,)),
    )
