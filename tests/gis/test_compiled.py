"""Compiled kernels are kept between processes, and never outlive an edit of any of their files."""

import os
import subprocess
import sys
from pathlib import Path
from threading import Event, Thread

import pytest

from gis.compiled import compiling

ROOT = Path(__file__).resolve().parents[2]
CALLEE = """
from gis.compiled import jit
kernel = jit(__file__)

@kernel
def step(x):
    return x + {step}
"""
CALLER = """
import callee
from gis.compiled import compiling, jit
FILES = (callee.__file__, __file__)
kernel = jit(*FILES)

@kernel
def twice(x):
    return callee.step(callee.step(x))

with compiling(*FILES) as new:
    print(new, twice(1))
"""


def run(folder: Path) -> str:
    environment = {
        **os.environ,
        "PAICHE_KERNEL_CACHE": str(folder / "cache"),
        "XDG_CACHE_HOME": str(folder / "home"),
        "PYTHONPATH": os.pathsep.join((str(folder), str(ROOT))),
    }
    done = subprocess.run(
        [sys.executable, "caller.py"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_an_edited_callee_in_another_file_is_compiled_anew(tmp_path: Path) -> None:
    (tmp_path / "callee.py").write_text(CALLEE.format(step=1))
    (tmp_path / "caller.py").write_text(CALLER)
    assert run(tmp_path) == "True 3"
    assert run(tmp_path) == "False 3"
    (tmp_path / "callee.py").write_text(CALLEE.format(step=5))
    assert run(tmp_path) == "True 11"


@pytest.mark.skipif(os.name != "posix", reason="needs a file where a folder should be")
def test_a_cache_folder_that_cannot_be_made_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "callee.py").write_text(CALLEE.format(step=1))
    (tmp_path / "caller.py").write_text(CALLER)
    (tmp_path / "cache").write_text("a file is in the way")
    assert run(tmp_path) == "True 3"
    assert list((tmp_path / "home").rglob("*.nbi"))


def test_a_touched_file_is_compiled_anew_as_numba_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAICHE_KERNEL_CACHE", str(tmp_path / "cache"))
    kernels = tmp_path / "kernels.py"
    kernels.write_text("# nothing to compile\n")
    told = []
    for touch_s in (None, None, 0):
        if touch_s is not None:
            os.utime(kernels, (touch_s, touch_s))
        with compiling(str(kernels)) as new:
            told.append(new)
    assert told == [True, False, True]


def test_while_one_compiles_another_waits_and_finds_it_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAICHE_KERNEL_CACHE", str(tmp_path / "cache"))
    told: list[str] = []
    begun, waited = Event(), Event()

    def second() -> None:
        begun.wait()
        with compiling(*files) as new:
            told.append(f"second: {new}")
        waited.set()

    kernels = tmp_path / "kernels.py"
    kernels.write_text("# nothing to compile\n")
    files = (str(kernels),)
    thread = Thread(target=second)
    thread.start()
    with compiling(*files) as new:
        begun.set()
        assert not waited.wait(0.2)
        told.append(f"first: {new}")
    thread.join()
    assert told == ["first: True", "second: False"]


def test_a_compilation_that_fails_is_not_taken_for_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAICHE_KERNEL_CACHE", str(tmp_path / "cache"))
    kernels = tmp_path / "kernels.py"
    kernels.write_text("# broken\n")
    with pytest.raises(ZeroDivisionError), compiling(str(kernels)):
        _ = 1 / 0
    with compiling(str(kernels)) as new:
        assert new
    with compiling(str(kernels)) as again:
        assert not again
