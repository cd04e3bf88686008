"""The data dictionary, written from what the program itself goes by.

`{contract}` is the table of a case file's columns, `{settings} year` that of a kind of YAML file.
"""

from collections.abc import Iterator
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from closurerate.cases.vocabulary import COLUMNS
from closurerate.cli.schemas import kind_of
from closurerate.press.words import word
from closurerate.records.fields import json_schema

_BOTH = {"zh-Hant", "en"}
_KINDS = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true, false",
          "null": "nothing", "object": "keys", "array": "list"}  # fmt: skip


def setup(app: Sphinx) -> None:
    """Add both tables."""
    app.add_directive("contract", Contract)
    app.add_directive("settings", Settings)


class Contract(SphinxDirective):
    """The columns of the case contract."""

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        rows = [
            (
                f"`{column.name}`",
                " ".join(word(f"column_{column.name}", language) for language in ("zh-Hant", "en")),
                f"`{column.arrow_type}`",
                "yes" if column.is_nullable else "no",
                "yes" if column.is_optional else "no",
                ", ".join(column.values or ()),
            )
            for column in COLUMNS
        ]
        heads = ("column", "meaning", "type", "null", "absent", "values")
        return self.parse_text_to_nodes(_table(heads, rows))


class Settings(SphinxDirective):
    """The keys of a kind of YAML file, from its schema."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return what the file is, and the table."""
        schema = json_schema(kind_of(self.arguments[0]))
        rows = [
            (f"`{path}`", kind, "yes" if needed else "", told)
            for path, kind, needed, told in _keys(schema, schema.get("$defs", {}), "")
        ]
        heads = ("key", "holds", "needed", "meaning")
        if not any(told for *_, told in rows):
            heads, rows = heads[:-1], [row[:-1] for row in rows]
        return self.parse_text_to_nodes(f"{_told(schema, {})}\n\n{_table(heads, rows)}")


def _keys(
    part: dict[str, Any], known: dict[str, Any], path: str
) -> Iterator[tuple[str, str, bool, str]]:
    """Yield each key at or below a part of a schema: its path, what it holds, needed, meaning."""
    for one in _ways(part, known):
        if "items" in one:
            yield from _keys(one["items"], known, f"{path}[]")
        inner = dict(one.get("properties", {}))
        if {*inner} == _BOTH:
            continue
        if isinstance(one.get("additionalProperties"), dict):
            inner["<name>"] = one["additionalProperties"]
        for name, value in inner.items():
            below = f"{path}.{name}".lstrip(".")
            yield below, _holds(value, known), name in one.get("required", ()), _told(value, known)
            yield from _keys(value, known, below)


def _ways(part: dict[str, Any], known: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the forms that a part may take, each with its reference followed."""
    if "$ref" in part:
        return _ways(known[part["$ref"].rpartition("/")[2]], known)
    found = part.get("anyOf") or part.get("oneOf")
    return [way for inner in found for way in _ways(inner, known)] if found else [part]


def _holds(part: dict[str, Any], known: dict[str, Any]) -> str:
    said = []
    for one in _ways(part, known):
        if "enum" in one or "const" in one:
            said += [f"`{value}`" for value in one.get("enum", [one.get("const")])]
        elif {*one.get("properties", {})} == _BOTH:
            said.append("text in both languages")
        else:
            kinds = one.get("type", "anything")
            kinds = kinds if isinstance(kinds, list) else [kinds]
            said += [_KINDS.get(kind, kind) for kind in kinds]
    return ", ".join(dict.fromkeys(said))


def _told(part: dict[str, Any], known: dict[str, Any]) -> str:
    said = [part, *_ways(part, known)]
    return " ".join(dict.fromkeys(str(one["description"]) for one in said if "description" in one))


def _table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [heads, ("---",) * len(heads), *rows]
    return "\n".join(
        f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines
    )
