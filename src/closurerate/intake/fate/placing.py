"""Each row to its one place, and the rows of note kept aside."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

import ibis
import ibis.expr.types as ir

from closurerate.intake.fate.judging import DOUBTED, Judged, Reason
from closurerate.intake.fate.merging import CONFLICT, DUPLICATE, SUPERSEDED
from closurerate.intake.said.rows import POSITION, as_came, of_table


@dataclass(frozen=True)
class Placed:
    """All rows with their places.

    Attributes:
        marked: The rows that are not simply accepted: `POSITION`, `place` (one of
            `accounts.PLACES`), `is_conflict`, `is_listed` (rejected, or with a warning that is
            listed), and for each warning's code whether it holds of an accepted row.
    """

    judged: Judged
    marked: ir.Table

    def of_note(self) -> ir.Table:
        """Return the rejected rows, and the accepted ones with a listed warning, in full.

        Their columns are those of the rows, `place`, `reasons` (a list of `code`, `column`,
        `value`), `warnings` (a list of codes) and for each of `judging.DOUBTED` its `is_free_…`.
        """
        listed = self.marked.filter("is_listed").select(*POSITION, "place", "is_conflict")
        table = self.judged.rows.table.inner_join(listed, POSITION)
        return with_reasons(self.judged, table)


def with_reasons(judged: Judged, table: ir.Table) -> ir.Table:
    """Return rows of `judged` (with `is_conflict`) and the columns that `of_note` adds."""
    reasons = [_struct(reason, table) for reason in judged.reasons]
    conflict = ibis.struct(
        {"code": CONFLICT, "column": "case_id", "value": as_came(table, "case_id")}
    )
    reasons.append(ibis.ifelse(table.is_conflict, conflict, ibis.null(conflict.type())))
    codes = [
        ibis.ifelse(oddity.listed(table), oddity.code, ibis.null("string"))
        for oddity in judged.oddities
    ]
    return table.mutate(
        reasons=ibis.array(reasons).filter(lambda reason: reason.notnull()),
        warnings=ibis.array(codes).filter(lambda code: code.notnull()),
        **{f"is_free_{column}": judged.is_free(table, column) for column in DOUBTED},
    )


def without_corrections(judged: Judged, conflicts: ir.Table, placed: Placed) -> ir.Table:
    """Return what would be said of corrected rows without some of their corrections.

    Args:
        judged: The rows without some of their corrections, as `correcting.uncorrected` gives them.
        conflicts: `POSITION` of the rows that are at odds with another of their case as they came.
        placed: All rows as corrected. One that is superseded stands for nothing, corrected or not.
    """
    superseded = placed.marked.filter(placed.marked.place == "superseded")
    rows = judged.rows.table.anti_join(superseded, POSITION)
    at_odds = conflicts.select(*POSITION, is_at_odds=True)
    joined = rows.left_join(at_odds, POSITION).drop("table_no_right", "row_no_right")
    return with_reasons(judged, joined.mutate(is_conflict=joined.is_at_odds.fill_null(False)))


def _struct(reason: Reason, table: ir.Table) -> ir.StructValue:
    column = reason.columns[0] if reason.columns else ibis.null("string")
    found = ibis.struct({"code": reason.code, "column": column, "value": reason.came(table)})
    return ibis.ifelse(reason.holds(table), found, ibis.null(found.type()))


def place(connection: ibis.BaseBackend, judged: Judged, repeats: ir.Table | None) -> Placed:
    """Give each row its place: superseded, else duplicate, else rejected, else out of scope.

    The rows that are not simply accepted are marked in DuckDB; `repeats` from `find_repeats`.
    """
    # Views keep a condition from being written out, and evaluated, wherever it is used.
    table = connection.create_view("judged", judged.table)
    if repeats is None:
        table = table.mutate(repeat=ibis.null("string"))
    else:
        table = table.left_join(repeats, POSITION).drop("table_no_right", "row_no_right")
    odd = {oddity.code: oddity.holds(table) for oddity in judged.oddities}
    rows = connection.create_view(
        "looked_at",
        table.select(
            *POSITION,
            "repeat",
            "is_at_fault",
            "is_out_of_scope",
            is_odd=judged.is_listed(table),
            **odd,
        ),
    )
    is_special = rows.repeat.notnull() | rows.is_at_fault | rows.is_out_of_scope
    # First the few that anything is to be said of, so that their place is asked of them alone.
    rows = rows.filter(reduce(or_, (rows[code] for code in odd), is_special))
    is_conflict = (rows.repeat == CONFLICT).fill_null(False)
    where = ibis.cases(
        (rows.repeat == SUPERSEDED, "superseded"),
        (rows.repeat == DUPLICATE, "duplicates"),
        (is_conflict | rows.is_at_fault, "rejected"),
        (rows.is_out_of_scope, "out_of_scope"),
        else_="accepted",
    )
    rows = connection.create_view(
        "placed", rows.select(*POSITION, "is_odd", *odd, place=where, is_conflict=is_conflict)
    )
    is_kept = rows.place == "accepted"
    marked = rows.select(
        *POSITION,
        "place",
        "is_conflict",
        is_listed=(rows.place == "rejected") | (is_kept & rows.is_odd),
        **{code: is_kept & rows[code] for code in odd},
    )
    return Placed(judged, connection.create_table("marked", marked, temp=True))


@dataclass(frozen=True)
class Names:
    """File of each table, and its sheet where it has one, by `table_no`."""

    files: Sequence[str]
    sheets: Sequence[str | None]

    def of(self, table_no: int) -> str:
        """Return a table's file, and its sheet where there is one, as messages call it."""
        sheet = self.sheets[table_no]
        return f"{self.files[table_no]} ({sheet})" if sheet else self.files[table_no]

    def columns(self, rows: ir.Table) -> dict[str, ir.StringColumn]:
        """Return the columns `file` and `sheet` for rows with `table_no`."""
        return {
            "file": of_table(rows.table_no, self.files),
            "sheet": of_table(rows.table_no, self.sheets),
        }


def rejected_rows(of_note: ir.Table, present: tuple[str, ...], names: Names) -> ir.Table:
    """Return the rejected rows as `rejects.parquet` has them."""
    rows = of_note.filter(of_note.place == "rejected").order_by(POSITION)
    return rows.select(
        **names.columns(rows),
        row=rows.row_no,
        reasons=rows.reasons,
        **{column: as_came(rows, column) for column in present},
    )


def doubtful_rows(of_note: ir.Table, before: ir.Table | None, names: Names) -> ir.Table:
    """Return what `doubts.parquet` has: rejected rows, warnings, corrected rows as they came."""
    rejected = of_note.filter(of_note.place == "rejected")
    warned = of_note.filter(of_note.place == "accepted")
    parts = [
        _doubts(rejected, "rejected", ibis.null("string"), names),
        _doubts(warned.unnest("warnings"), "warning", warned.unnest("warnings").warnings, names),
    ]
    if before is not None:
        said = before.mutate(code=_said(before)).unnest("code")
        parts.append(_doubts(said, "correction", said.code, names))
    rows = ibis.union(*parts)
    # Rows of one case are variants of it; a row without a case_id is a case of its own.
    key = ibis.coalesce(
        "=" + rows.case_id, rows.table_no.cast("string") + "," + rows.row.cast("string")
    )
    numbered = rows.mutate(group=ibis.dense_rank().over(ibis.window(order_by=key)))
    keys = dict.fromkeys(["kind", "table_no", "row", "code", *_DOUBT_COLUMNS])
    ordered = numbered.order_by(*keys)
    return ordered.select("kind", "code", "group", *_DOUBT_COLUMNS)


def _said(before: ir.Table) -> ir.ArrayValue:
    """Return the code of the first reason to reject a row, else of its warnings, else nothing."""
    nothing = ibis.array([ibis.null("string")])
    return ibis.cases(
        (before.reasons.length() > 0, ibis.array([before.reasons[0]["code"]])),
        (before.warnings.length() > 0, before.warnings),
        else_=nothing,
    )


_TYPED = ("branch", "category", *DOUBTED)
_DOUBT_COLUMNS = (
    "file", "sheet", "row", "case_id", *_TYPED, *(f"is_free_{column}" for column in DOUBTED),
)  # fmt: skip


def _doubts(rows: ir.Table, kind: str, code: ir.StringValue, names: Names) -> ir.Table:
    return rows.select(
        "table_no",
        kind=ibis.literal(kind),
        code=code,
        **names.columns(rows),
        row=rows.row_no,
        case_id=rows.case_id,
        **{name: rows[name] for name in _TYPED},
        **{f"is_free_{name}": rows[f"is_free_{name}"] for name in DOUBTED},
    )
