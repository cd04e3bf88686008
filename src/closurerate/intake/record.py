"""What `intake.json` tells of how each table was read and what became of the corrections."""

from collections.abc import Sequence
from typing import Any

from closurerate.intake.fate.correcting import Outcome
from closurerate.intake.left.accounts import Intake
from closurerate.intake.left.counting import Counted
from closurerate.intake.opening import Extract, Opened
from closurerate.intake.plan import Plan
from closurerate.intake.said.stage import Staged


def record(
    plan: Plan,
    extract: Extract,
    staged: Sequence[Staged],
    counted: Counted,
    outcomes: Sequence[Outcome],
) -> Intake:
    """Return the record of an intake, without the delivery before it."""
    return Intake(
        year=plan.year,
        files=counted.files,
        reasons=counted.reasons,
        warnings=counted.warnings,
        merge=plan.merge,
        max_rejects=f"{float(plan.max_rejects):g}",
        tables=[_table(item, table) for item, table in zip(extract.tables, staged, strict=True)],
        passed_over=[{"file": table.name, "sheet": table.sheet} for table in extract.passed_over],
        corrections=[_correction(outcome) for outcome in outcomes],
        synthetic=extract.mark is not None,
        previous=None,
    )


def _table(item: Opened, staged: Staged) -> dict[str, Any]:
    head, notes = item.table.head[item.header.row], staged.notes
    return {
        "file": item.table.name,
        "sheet": item.table.sheet,
        "rows": staged.rows,
        "header_row": item.header.row + 1,
        "encoding": notes.encoding,
        "is_encoding_given": notes.is_encoding_given,
        "delimiter": notes.delimiter,
        "columns": {column: head[place] for place, column in item.header.columns.items()},
        "extra": list(item.header.extra),
        "absent": list(item.header.absent),
        "private_use": notes.private_use,
        "undecodable_count": notes.undecodable_count,
        "undecodable": [{"line": line, "bytes": found} for line, found in notes.undecodable],
    }


def _correction(outcome: Outcome) -> dict[str, Any]:
    item = outcome.correction
    return {
        "case": item.case,
        "column": item.column,
        "from": item.from_text,
        "to": item.to_text,
        "reason": item.reason,
        "decided_by": item.decided_by,
        "date": item.date.isoformat(),
        "rows": outcome.rows,
        "outcome": outcome.outcome,
    }


def undecodable_told(extract: Extract, staged: Sequence[Staged]) -> list[str]:
    """Return a clause for each table with bytes that do not decode: file, line, bytes."""
    told = []
    for number, table in enumerate(staged):
        notes = table.notes
        if notes.undecodable_count:
            line, found = notes.undecodable[0]
            count = notes.undecodable_count
            told.append(
                f"{extract.table_names.of(number)}: {count:,} "
                f"{'byte does' if count == 1 else 'bytes do'} not decode as "
                f"{notes.encoding} ({'given' if notes.is_encoding_given else 'detected'}; "
                f"--encoding gives another), first on line {line:,} ({found})"
            )
    return told
