"""`closurerate schemas`: what each kind of YAML file may hold, for editors."""

import argparse
import json
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from closurerate.cli.options import add_command, tell

if TYPE_CHECKING:
    from closurerate.cli.options import Commands

KINDS = {
    "audit": ("audit.rows.settings", "AuditFile"),
    "claims": ("audit.tables.claims_file", "TableClaims"),
    "columns": ("intake.said.headers", "ColumnsFile"),
    "corrections": ("intake.fate.corrections", "CorrectionsFile"),
    "definition": ("kpi.definition_file", "DefinitionFile"),
    "intake": ("intake.plan", "PlanFile"),
    "published": ("records.published", "Published"),
    "readings": ("records.readings", "Readings"),
    "study": ("study.settings", "StudyFile"),
    "synthetic": ("synthetic.assumptions", "Assumptions"),
    "vocabulary": ("intake.said.words", "VocabularyFile"),
    "worlds": ("study.worlds.assumptions", "WorldSettings"),
    "year": ("records.years", "Year"),
}
"""Where the kind of each file is, by the name of its schema."""


def add_commands(commands: "Commands") -> None:
    """Add the command to the parser."""
    written = "write the JSON Schema of each kind of YAML file"
    schemas = add_command(commands, "schemas", _schemas, written)
    schemas.add_argument("--out", type=Path, required=True, help="folder, such as data/schemas")


def kind_of(name: str) -> Any:
    """Return the kind of file that a schema is of."""
    module, kind = KINDS[name]
    return getattr(import_module(f"closurerate.{module}"), kind)


def _schemas(options: argparse.Namespace) -> None:
    from closurerate.records.fields import json_schema
    from closurerate.records.writing import write_text

    for name in KINDS:
        path = options.out / f"{name}.schema.json"
        schema = json.dumps(json_schema(kind_of(name)), ensure_ascii=False, indent=1)
        write_text(path, f"{schema}\n")
    tell(f"{options.out}: {len(KINDS)} schemas")
