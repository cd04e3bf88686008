"""Counting where the rows went, why some are rejected, and what is odd about others."""

from collections import Counter
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from closurerate.intake.fate.placing import Placed
from closurerate.intake.left.accounts import FileAccount
from closurerate.intake.said.rows import POSITION


@dataclass(frozen=True)
class Counted:
    """Rows by place; by reason and warning, the commonest first; and those of `Placed.of_note`."""

    files: tuple[FileAccount, ...]
    reasons: dict[str, int]
    warnings: dict[str, int]
    of_note: ir.Table

    @property
    def accepted(self) -> int:
        """Number of cases taken."""
        return sum(file.accepted for file in self.files)


def count_rows(
    connection: ibis.BaseBackend,
    placed: Placed,
    sources: tuple[tuple[str, str], ...],
    tables: tuple[tuple[int, int], ...],
) -> Counted:
    """Count rows by place, reason and warning.

    Args:
        sources: Name and SHA-256 of each source.
        tables: For each table, which source it is of and how many rows were read of it.
    """
    marked = placed.marked
    codes = [oddity.code for oddity in placed.judged.oddities]
    sums = marked.aggregate(**{code: marked[code].sum().fill_null(0) for code in codes})
    warnings = dict(zip(codes, sums.to_pyarrow().to_pylist()[0].values(), strict=True))
    others = marked.filter(marked.place != "accepted").group_by("table_no", "place")
    places = others.agg(rows=ibis._.count()).to_pyarrow().to_pylist()
    elsewhere = [Counter[str]() for _ in sources]
    for row in places:
        elsewhere[tables[row["table_no"]][0]][row["place"]] += row["rows"]
    read = [sum(rows for own, rows in tables if own == number) for number in range(len(sources))]
    files = tuple(
        FileAccount(name, sha256, rows, accepted=rows - gone.total(), **gone)
        for (name, sha256), rows, gone in zip(sources, read, elsewhere, strict=True)
    )
    has_listed = marked.filter("is_listed").limit(1).count().to_pyarrow().as_py()
    rows = placed.of_note()
    of_note = connection.create_table("of_note", rows if has_listed else rows.limit(0), temp=True)
    return Counted(files, _reasons(of_note), _commonest_first(warnings), of_note)


def _reasons(of_note: ir.Table) -> dict[str, int]:
    """Return rejected rows by code; a row with a code in two columns counts once."""
    each = of_note.filter(of_note.place == "rejected").select(*POSITION, reason="reasons")
    each = each.unnest("reason")
    codes = each.select(*POSITION, code=each.reason["code"]).distinct()
    found = codes.group_by("code").agg(rows=codes.count()).to_pyarrow().to_pylist()
    return _commonest_first({row["code"]: row["rows"] for row in found})


def _commonest_first(counts: dict[str, int]) -> dict[str, int]:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return {code: rows for code, rows in ordered if rows}


def first_of(of_note: ir.Table, code: str) -> dict[str, object]:
    """Return the first row rejected for a reason: `table_no`, `row_no`, `column`, `value`."""
    each = of_note.filter(of_note.place == "rejected").unnest("reasons").order_by(POSITION)
    first = each.filter(each.reasons["code"] == code).limit(1)
    row = first.select(*POSITION, column=first.reasons["column"], value=first.reasons["value"])
    return dict(row.to_pyarrow().to_pylist()[0])
