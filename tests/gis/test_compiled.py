"""Compiled kernels are kept between processes, and never outlive an edit of any of their files."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

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
from gis.compiled import jit, kept
FILES = (callee.__file__, __file__)
was_kept = kept(*FILES)
kernel = jit(*FILES)

@kernel
def twice(x):
    return callee.step(callee.step(x))

print(was_kept, twice(1))
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
    assert run(tmp_path) == "False 3"
    assert run(tmp_path) == "True 3"
    (tmp_path / "callee.py").write_text(CALLEE.format(step=5))
    assert run(tmp_path) == "False 11"


@pytest.mark.skipif(os.name != "posix", reason="needs a file where a folder should be")
def test_a_cache_folder_that_cannot_be_made_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "callee.py").write_text(CALLEE.format(step=1))
    (tmp_path / "caller.py").write_text(CALLER)
    (tmp_path / "cache").write_text("a file is in the way")
    assert run(tmp_path) == "False 3"
    assert list((tmp_path / "home").rglob("*.nbi"))
