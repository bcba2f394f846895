"""What holds for the project as a whole: its lock, its tracked files, its documents and its version."""

import re
import shlex
import subprocess
import tomllib
from collections.abc import Iterator
from importlib.metadata import entry_points, version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import typer

from optimizer.line_figures import LineFigures
from service.cli.app import app
from service.documents.words import key_figures
from service.documents.workbook_rows import LEFT_HEADINGS, LINE_HEADINGS, NOTICE_HEADINGS, STOP_HEADINGS
from service.settings import Settings
from service.use_cases.handouts import ORDER_HEADINGS, RIDER_HEADINGS, TIMETABLE_HEADINGS

ROOT = Path(__file__).resolve().parent.parent
PUBLIC_HOSTS = {"pypi.org", "files.pythonhosted.org"}
# Written apart so that this file does not contain what it looks for.
MACHINE_PATHS = re.compile("|".join(("/" + folder + "/") for folder in ("root", "work", "home/[a-z]+")))
LOCAL_TRACES = re.compile(r"file:///" + r"\w|mirrors?\.[a-z]+\.[a-z]+")


def _tracked_files() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: there is no list of tracked files")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached"], cwd=ROOT, capture_output=True, check=True
    ).stdout.decode()
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def _tracked_texts() -> Iterator[tuple[Path, str]]:
    for path in _tracked_files():
        try:
            yield path.relative_to(ROOT), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def _lock_hosts(text: str) -> set[str]:
    return {urlsplit(url).netloc for url in re.findall(r'"(https?://[^"]+)"', text)}


def _make_targets(makefile: str) -> set[str]:
    return set(re.findall(r"^([a-z]+):", makefile, flags=re.MULTILINE))


def test_the_lock_names_no_host_but_the_public_registry() -> None:
    text = (ROOT / "uv.lock").read_text(encoding="utf-8")
    assert _lock_hosts(text) == PUBLIC_HOSTS
    assert "file://" not in text


def test_a_private_host_in_a_lock_would_be_found() -> None:
    assert _lock_hosts('url = "https://packages.example.net/simple/numpy.whl"') == {"packages.example.net"}


def test_the_lock_is_of_this_project_and_pins_the_routing_library() -> None:
    packages = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))["package"]
    versions = {package["name"]: package["version"] for package in packages}
    assert versions["paiche"] == version("paiche")
    assert versions["routingkit-cch"] == "0.1.4"


def test_no_tracked_file_names_a_path_of_one_machine() -> None:
    found = [
        f"{path}: {match.group()}"
        for path, text in _tracked_texts()
        for match in (MACHINE_PATHS.search(text), LOCAL_TRACES.search(text))
        if match and path.name != "uv.lock"
    ]
    assert found == []


def test_versions_agree() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert version("paiche") == declared
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    released = re.findall(r"^## \[(\d[^\]]*)\]", changelog, flags=re.MULTILINE)
    assert not released or released[0] == declared


def test_the_command_is_installed() -> None:
    (command,) = entry_points(group="console_scripts", name="paiche")
    assert command.value == "service.cli:main"
    assert callable(command.load())


@pytest.mark.parametrize("document", ["README.md", "README.zh-CN.md", "CONTRIBUTING.md"])
def test_every_make_target_that_a_document_names_exists(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    # In code spans and at the start of a line of a code block; "make" in prose is a word like any other.
    named = set(re.findall(r"(?:^|`)make ([a-z]+)", text, flags=re.MULTILINE))
    assert named
    assert named <= _make_targets((ROOT / "Makefile").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "document", ["README.md", "README.zh-CN.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/outputs.md"]
)
def test_every_relative_link_of_a_document_leads_somewhere(document: str) -> None:
    path = ROOT / document
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8"))
    assert [target for target in targets if not (path.parent / target).exists()] == []


def _code_lines(text: str) -> list[str]:
    return re.findall(r"^    (\S.*)$", text, flags=re.MULTILINE)


def _first_cells(text: str) -> list[str]:
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    return [" ".join(re.findall(r"`[^`]+`", cell)) for cell in rows]


def test_both_readmes_say_the_same_and_lead_to_each_other() -> None:
    english, chinese = (
        (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh-CN.md")
    )
    assert "](README.zh-CN.md)" in english
    assert "](README.md)" in chinese
    assert _code_lines(english) == _code_lines(chinese) != []
    assert _first_cells(english) == _first_cells(chinese) != []
    assert len(re.findall("^## ", english, re.MULTILINE)) == len(re.findall("^## ", chinese, re.MULTILINE))


def test_every_command_and_option_of_the_readme_exists() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = [line.removeprefix(".venv/bin/") for line in _code_lines(text) if "paiche " in line]
    commands += re.findall(r"`(paiche [^`]+)`", text)
    assert len(commands) > 15
    for command in commands:
        at: Any = typer.main.get_command(app)
        words = shlex.split(command)[1:]
        while words and words[0] in getattr(at, "commands", {}):
            at = at.commands[words.pop(0)]
        assert not hasattr(at, "commands"), f"{command}: no such command"
        known = {name for parameter in at.params for name in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= known, command


def test_every_setting_of_the_readme_exists() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    known = {f"PAICHE_{name.upper()}" for name in Settings.model_fields} | {"PAICHE_KERNEL_CACHE"}
    assert set(re.findall(r"PAICHE_[A-Z_]+", text)) == known


def test_every_dependency_has_its_reason_in_the_decisions() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    declared = [
        *project["project"]["dependencies"],
        *(item for group in groups.values() for item in group if isinstance(item, str)),
    ]
    names = {re.split(r"[<>=!~ ;\[]", item)[0] for item in declared}
    reasons = (ROOT / "docs" / "decisions.md").read_text(encoding="utf-8")
    assert {name for name in names if f"**{name}**" not in reasons} == set()


NO_LINES = LineFigures(
    lines=0, buses=0, stops=0, riders=0, served=0, walk_m=None, ride_s=None, loaded_m=0, empty_m=0, seat_m=0,
    rider_m=0, load_factor=None, cost_fen=0, margin_s=None,
)  # fmt: skip


def test_every_file_and_column_of_the_outputs_is_explained() -> None:
    text = (ROOT / "docs" / "outputs.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"`([^`]+)`", text))
    columns = {*LINE_HEADINGS, *STOP_HEADINGS, *NOTICE_HEADINGS, *LEFT_HEADINGS}
    columns |= {*ORDER_HEADINGS, *TIMETABLE_HEADINGS, *RIDER_HEADINGS}
    assert columns - explained == set()
    source = (ROOT / "service" / "use_cases" / "line_outputs.py").read_text(encoding="utf-8")
    assert set(re.findall(r'"([\w]+\.(?:pdf|xlsx|html|geojson|zip|png))"', source)) - explained == set()
    assert set(re.findall(r'^            "(\w+)": ', source, flags=re.MULTILINE)) - explained == set()
    feed = (ROOT / "service" / "documents" / "gtfs.py").read_text(encoding="utf-8")
    assert set(re.findall(r'"(\w+\.txt)"', feed)) - explained == set()
    said = set(re.split(r"[、：；。（\s]", text))
    assert {re.split(r"[ （]", figure.name)[0] for figure in key_figures(NO_LINES)} - said == set()
