"""`closurerate explain`: one case, by which rules it counts, and what would have changed it."""

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

from closurerate.cli.options import add_command

if TYPE_CHECKING:
    from closurerate.audit.explained import ExplainedCase
    from closurerate.cli.options import Commands


def add_commands(commands: "Commands") -> None:
    """Add the command to the parser."""
    told = "say by which rules one case counts, and what would have changed it"
    parser = add_command(commands, "explain", _explain, told, "--cases", "--year", "--kpi")
    parser.add_argument("case_id", metavar="CASE_ID", help="as in the column case_id")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def _explain(options: argparse.Namespace) -> None:
    from closurerate.audit.explained import explain
    from closurerate.cases.contract import check_form
    from closurerate.kpi.definition import read_definition
    from closurerate.press.print.labels import LANGUAGES
    from closurerate.records.paths import kpi_file

    definition = read_definition(kpi_file(options.kpi), kpi_file)
    check_form(options.cases)
    case = explain(options.case_id, options.cases, options.year, definition)
    if options.format == "json":
        sys.stdout.write(json.dumps(_data(case), ensure_ascii=False, indent=2) + "\n")
    else:
        sys.stdout.write("\n".join(_text(case, language) for language in LANGUAGES))


def _text(case: "ExplainedCase", language: str) -> str:
    from closurerate.press.text import Text, roc_year, said, spaced, t

    def say(item: Any) -> str:
        return said(item, language)  # type: ignore[arg-type]

    told = {"year": roc_year(case.year), "kpi": Text(case.definition.name)}
    head = t("explained_head", case=case.row["case_id"], outcome=case.outcome, **told)
    lines = [say(spaced([head, *[t("explained_made_up")] * case.is_synthetic]))]
    for rule in case.rules:
        mark = {True: "✓", False: "✗", None: "–"}[rule.applies]
        where = f"  [{rule.file}:{rule.line}]" if rule.file else ""
        lines.append(f"  {mark} {say(rule.name)}: {say(rule.reason)}{where}")
    if case.would_change:
        lines.append(say(t("explained_would_change")))
        lines += [f"  · {say(item)}" for item in case.would_change]
    return "\n".join(lines) + "\n"


def _data(case: "ExplainedCase") -> dict[str, Any]:
    from closurerate.press.print.labels import LANGUAGES
    from closurerate.press.text import said

    def both(item: Any) -> dict[str, str]:
        return {language: said(item, language) for language in LANGUAGES}

    return {
        "case_id": case.row["case_id"],
        "synthetic": case.is_synthetic,
        "year": case.year,
        "kpi": case.definition.id,
        "version": case.definition.in_force(case.year).version,
        "standing": case.standing,
        "effective": case.is_effective,
        "tier": case.tier.name,
        "share": str(case.share),
        "threshold": str(case.tier.ratio),
        "least_paid_twd": case.least_twd,
        "rules": [
            {
                "rule": both(rule.name),
                "applies": rule.applies,
                "reason": both(rule.reason),
                "file": str(rule.file) if rule.file else None,
                "line": rule.line,
            }
            for rule in case.rules
        ],
        "would_change": [both(item) for item in case.would_change],
    }
