"""The files that people write and their schemas: in step, and no key passes that is not known."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from closurerate.audit.rows.settings import read_patterns
from closurerate.audit.tables.claims_file import read_table_claims
from closurerate.cli import main
from closurerate.cli.schemas import KINDS
from closurerate.errors import InputError
from closurerate.intake.fate.corrections import load_corrections
from closurerate.intake.plan import plan_of_folder
from closurerate.intake.said.headers import load_columns
from closurerate.intake.said.words import load_vocabulary
from closurerate.kpi.definition import read_definition
from closurerate.records import documents
from closurerate.records.documents import read_document
from closurerate.records.new_year import write_new_year
from closurerate.records.paths import kpi_file
from closurerate.records.published import load_published
from closurerate.records.readings import load_readings
from closurerate.records.years import load_year
from closurerate.study.settings import read_settings
from closurerate.study.worlds.assumptions import read_world_settings
from closurerate.synthetic.assumptions import load_assumptions
from project_copy import shipped

ROOT = Path(__file__).resolve().parents[2]
DATA, SCHEMAS = ROOT / "data", ROOT / "data" / "schemas"
_NAMED = re.compile(r"# yaml-language-server: \$schema=(\S+)")


def schema_named(path: Path) -> Path:
    """Return the schema that the first line of a file names."""
    named = _NAMED.fullmatch(path.read_text(encoding="utf-8").splitlines()[0])
    assert named, path
    return (path.parent / named[1]).resolve()


FILES = [ROOT / name for name in shipped() if re.match(r"(data|examples)/.*\.yml$", name)]
OF_KIND = {
    kind: [path for path in FILES if schema_named(path).name == f"{kind}.schema.json"]
    for kind in KINDS
}
READ: dict[str, Callable[[Path], Any]] = {
    "audit": read_patterns,
    "claims": read_table_claims,
    "columns": load_columns,
    "corrections": lambda path: load_corrections(path, load_vocabulary(DATA / "vocabulary.yml")),
    "definition": lambda path: read_definition(path, kpi_file),
    "intake": lambda path: plan_of_folder(108, path.parent, DATA),
    "published": lambda path: load_published(int(path.stem), path.parent),
    "readings": load_readings.__wrapped__,  # which is kept by path
    "study": read_settings,
    "synthetic": load_assumptions,
    "vocabulary": load_vocabulary,
    "worlds": read_world_settings,
    "year": lambda path: load_year(int(path.stem), path.parent),
}
# Names that an author gives: another one is as good, or missed where it is used.
FREE = {
    ("readings", "*"), ("readings", "*", "options", "*"), ("ranges", "*"), ("fixed", "*"),
    ("facts", "*"), ("kinds", "value", "*"), ("networks", "value", "*"),
    ("networks", "value", "*", "*"), ("tiers", "since", "*", "value", "*"),
    ("indicators", "since", "*", "value", "*"), ("figures", "*"),
    ("figures", "*", "candidates", "*"),
}  # fmt: skip


def test_the_schemas_are_those_of_the_code(tmp_path: Path) -> None:
    assert main(["schemas", "--out", str(tmp_path)]) == 0
    written = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert written == {path.name: path.read_bytes() for path in SCHEMAS.iterdir()}


def as_json(value: Any) -> Any:
    """Return a document as an editor has it: keys are texts, and so are days."""
    if isinstance(value, dict):
        return {str(key): as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_json(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_shipped_file_names_its_schema_and_keeps_to_it(path: Path) -> None:
    schema = json.loads(schema_named(path).read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(as_json(read_document(path)))


def test_a_new_year_names_its_schema_and_keeps_to_it(tmp_path: Path) -> None:
    paths = write_new_year(108, tmp_path)
    for path, name in zip(paths, ("published.schema.json", "year.schema.json"), strict=True):
        assert schema_named(path) == (tmp_path / "schemas" / name).resolve()
        schema = json.loads((SCHEMAS / name).read_text(encoding="utf-8"))
        Draft202012Validator(schema).validate(as_json(read_document(path)))


def test_a_schema_refuses_what_the_code_refuses() -> None:
    validator = Draft202012Validator(json.loads((SCHEMAS / "study.schema.json").read_text("utf-8")))
    document = as_json(read_document(DATA / "study.yml"))
    document["settings"]["sobol"]["value"]["sizes"] = 1
    document["settings"]["variants"]["value"]["price_factor"] = 1.1
    assert len(list(validator.iter_errors(document))) == 2


def keys(
    node: yaml.Node, place: tuple[Any, ...] = (), shape: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[Any, ...], tuple[str, ...], yaml.ScalarNode]]:
    """Yield each key that no author chooses: its place, its shape without names, its node."""
    if isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            yield from keys(item, (*place, number), (*shape, "*"))
    elif isinstance(node, yaml.MappingNode):
        is_free = (*shape, "*") in FREE
        for key, value in node.value:
            at = (*place, documents._key(key))
            named = (*shape, "*" if is_free or key.value.isdigit() else key.value)
            if not is_free:
                yield at, named, key
            yield from keys(value, at, named)


def renamed(document: Any, place: tuple[Any, ...]) -> Any:
    """Return a document with the key at a place misspelt."""
    first, *rest = place
    if isinstance(document, list):
        return [
            renamed(item, tuple(rest)) if at == first else item for at, item in enumerate(document)
        ]
    if rest:
        return document | {first: renamed(document[first], tuple(rest))}
    return {f"{key}x" if key == first else key: value for key, value in document.items()}


def instead(function: Callable[..., Any], text: str, result: Any) -> Callable[..., Any]:
    """Return a function that has another result for one text."""
    return lambda it, *more, **named: result if it == text else function(it, *more, **named)


@pytest.mark.parametrize("kind", KINDS)
def test_a_misspelt_key_is_refused_with_its_line(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The file is parsed once; a key is misspelt in what came of it, values and lines alike.
    seen: set[tuple[str, ...]] = set()
    parsed, compose = documents._parsed, yaml.compose
    for path in OF_KIND[kind]:
        text = path.read_text(encoding="utf-8")
        document, tree = read_document(path), compose(text)
        READ[kind](path)
        for place, shape, key in keys(tree):
            if shape in seen:
                continue
            seen.add(shape)
            wrong, right = renamed(document, place), key.value
            monkeypatch.setattr(documents, "_parsed", instead(parsed, text, wrong))
            monkeypatch.setattr(yaml, "compose", instead(compose, text, tree))
            key.value = f"{right}x"
            line = key.start_mark.line + 1
            with pytest.raises(InputError, match=rf"\.yml, line {line}: .*{right}x"):
                READ[kind](path)
            key.value = right
            monkeypatch.undo()
    assert len(seen) > 1


def test_a_misspelt_key_of_a_file_is_refused_with_its_line(tmp_path: Path) -> None:
    text = (DATA / "synthetic.yml").read_text(encoding="utf-8")
    path = tmp_path / "synthetic.yml"
    path.write_text(text.replace("value: {aim: 0.04", "value: {aims: 0.04"), encoding="utf-8")
    line = text[: text.index("value: {aim: 0.04")].count("\n") + 1
    said = rf"line {line}: interest\.value: unknown key 'aims'; did you mean 'aim'"
    with pytest.raises(InputError, match=said):
        load_assumptions(path)
