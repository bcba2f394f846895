"""JSON Schemas of the documents, with the docstrings of the values as descriptions.

`python -m service.exchange.schemas FOLDER` writes them; a test holds the committed ones to the code.
"""

import inspect
import json
import re
import sys
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from service.exchange.documents import ScheduleDocument, problem_document_class
from service.exchange.summary import Summary

_SECTION: Final = re.compile(r"\n+Parameters\n-+\n")


class _Plain(GenerateJsonSchema):
    """Without the titles that only repeat the names."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        del schema
        return False


def schemas() -> dict[str, dict[str, Any]]:
    """Make the schema by document name: `problem`, `schedule`, `summary` (JSON Schema draft 2020-12)."""
    kinds: dict[str, Any] = {
        "problem": problem_document_class(),
        "schedule": ScheduleDocument,
        "summary": Summary,
    }
    return {name: _schema(name, kind) for name, kind in kinds.items()}


def rendered(schema: dict[str, Any]) -> str:
    """Text of a schema file."""
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def write_schemas(folder: Path) -> None:
    """Write `<name>.schema.json` for every document."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, schema in schemas().items():
        (folder / f"{name}.schema.json").write_text(rendered(schema), encoding="utf-8")


def _schema(name: str, kind: Any) -> dict[str, Any]:
    schema = TypeAdapter(kind).json_schema(schema_generator=_Plain)
    for part in [schema, *schema.get("$defs", {}).values()]:
        _describe(part)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"{name}.json",
        **{key: value for key, value in schema.items() if key != "title"},
    }


def _describe(part: dict[str, Any]) -> None:
    """Move what a numpydoc docstring says of its parameters to the properties."""
    text, *rest = _SECTION.split(inspect.cleandoc(part.get("description", "")), maxsplit=1)
    if text:
        part["description"] = text
    properties = part.get("properties", {})
    for names, said in _parameters(rest[0]) if rest else ():
        for name in names:
            if name in properties:
                properties[name] = {"description": said, **properties[name]}


def _parameters(section: str) -> list[tuple[list[str], str]]:
    """Names and text of each entry of a `Parameters` section."""
    entries: list[tuple[list[str], str]] = []
    for line in re.split(r"\n\n[A-Z]\w+\n-+\n", section)[0].splitlines():
        if line and not line.startswith(" "):
            entries.append(([name.strip() for name in line.split(",")], ""))
        elif entries and line.strip():
            names, said = entries[-1]
            entries[-1] = (names, f"{said} {line.strip()}".strip())
    return entries


if __name__ == "__main__":
    write_schemas(Path(sys.argv[1]))
