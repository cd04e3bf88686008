"""What changed between two deliveries of a year's extract, case by case.

Two case files are first boiled down to a number for each case: equal rows have equal numbers, so
what is left over, on either side, is read again and compared in full. A changed row would be
missed only if DuckDB's 64-bit hash were the same before and after (once in 10^19 changes).
"""

import glob
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis.formats.pyarrow import PyArrowType

from closurerate.cases.contract import check_form
from closurerate.cases.engine import check_bytes, hashed, opened
from closurerate.cases.vocabulary import COLUMNS
from closurerate.intake.left.accepted import GROUP_ROWS, in_groups
from closurerate.records.sealing import sealed_parquet
from closurerate.records.writing import replacing

_KEY = "case_id"
_CHANGES = pa.schema(
    [(name, pa.string()) for name in ("case_id", "kind", "column", "before", "after")]
)


@dataclass(frozen=True)
class Redelivery:
    """How two deliveries differ.

    Attributes:
        added, removed, changed: Cases only in the second, only in the first, and in both with
            another content.
        columns: Changed cases by column, in the contract's order; a column that both have and in
            which nothing changed is left out.
        columns_absent: Column that only one of the two has, with the delivery that lacks it
            (`before`, `after`); its values are not compared.
    """

    added: int
    removed: int
    changed: int
    columns: Mapping[str, int]
    columns_absent: Mapping[str, str]


def compare(before: Path, after: Path, out: Path) -> Redelivery:
    """Write what changed from one case file to another, and return its counts.

    Args:
        before, after: Parquet files in contract form, in any order of rows; they may have other
            optional columns.
        out: Where `changes.parquet` belongs: `case_id`, `kind` (`added`, `removed`, `changed`),
            `column`, `before`, `after`; a row for each changed column, or one for an added or
            removed case; values as text, dates in ISO form; in order of case_id and column.

    Raises:
        InputError: If a file is missing, damaged or not in contract form.
    """
    first, second = (set(check_form(path).names) for path in (before, after))
    names = [column.name for column in COLUMNS if column.name in first & second]
    absent = {
        column.name: "after" if column.name in first else "before"
        for column in COLUMNS
        if column.name in first ^ second
    }
    check_bytes(after)
    with opened(before) as table:
        other = table.get_backend().read_parquet(glob.escape(str(after)), hive_partitioning=False)
        return _compared(_typed(table, names), _typed(other, names), absent, out)


def _typed(table: ir.Table, names: Sequence[str]) -> ir.Table:
    """Return the columns in the contract's types; one without any value may come with another."""
    types = {column.name: PyArrowType.to_ibis(column.arrow_type) for column in COLUMNS}
    return table.select(**{name: table[name].cast(types[name]) for name in names})


def _compared(
    before: ir.Table, after: ir.Table, absent: Mapping[str, str], out: Path
) -> Redelivery:
    backend = before.get_backend()
    differing = backend.create_table("differing", _differing(before, after), temp=True)
    pairs = backend.create_table("pairs", _pairs(before, after, differing), temp=True)
    names = [name for name in before.columns if name != _KEY]
    counts = {
        "added": (~pairs.is_before).sum(),
        "removed": (~pairs.is_after).sum(),
        "changed": (pairs.is_before & pairs.is_after).sum(),
    } | {name: _is_changed(pairs, name).sum() for name in names}
    found = pairs.agg(**{name: count.fill_null(0) for name, count in counts.items()})
    numbers = {name: int(count) for name, count in found.to_pyarrow().to_pylist()[0].items()}
    _write(_changes(pairs, names), out)
    return Redelivery(
        added=numbers["added"],
        removed=numbers["removed"],
        changed=numbers["changed"],
        columns={name: numbers[name] for name in names if numbers[name]},
        columns_absent=absent,
    )


def _differing(before: ir.Table, after: ir.Table) -> ir.Table:
    """Return the hashes of the case_ids whose rows are not the same in both."""
    first, second = (
        table.select(
            key=hashed(table[_KEY]),
            content=hashed(ibis.struct({name: table[name] for name in table.columns})),
        )
        for table in (before, after)
    )
    both = first.union(second)
    # Equal rows cancel out, at half the time that grouping by their contents takes.
    keys = both.group_by("key").agg(left_over=both.content.bit_xor())
    return keys.filter(keys.left_over != 0).select("key")


def _pairs(before: ir.Table, after: ir.Table, differing: ir.Table) -> ir.Table:
    """Return the cases that differ, each with its row before and its row after."""
    names = [name for name in before.columns if name != _KEY]
    left, right = (
        table.filter(hashed(table[_KEY]).isin(differing.key)).rename(
            {f"{side}_{name}": name for name in table.columns}
        )
        for table, side in ((before, "before"), (after, "after"))
    )
    joined = left.outer_join(right, left[f"before_{_KEY}"] == right[f"after_{_KEY}"])
    pairs = joined.mutate(
        case_id=ibis.coalesce(joined[f"before_{_KEY}"], joined[f"after_{_KEY}"]),
        is_before=joined[f"before_{_KEY}"].notnull(),
        is_after=joined[f"after_{_KEY}"].notnull(),
    )
    is_other = [~pairs[f"before_{name}"].identical_to(pairs[f"after_{name}"]) for name in names]
    return pairs.filter(~(pairs.is_before & pairs.is_after) | ibis.or_(*is_other))


def _is_changed(pairs: ir.Table, name: str) -> ir.BooleanValue:
    is_same = pairs[f"before_{name}"].identical_to(pairs[f"after_{name}"])
    return pairs.is_before & pairs.is_after & ~is_same


def _changes(pairs: ir.Table, names: Sequence[str]) -> ir.Table:
    """Return a row for each added or removed case and each changed column, in order."""
    nothing = ibis.null("string")
    single = pairs.filter(~(pairs.is_before & pairs.is_after))
    rows = single.select(
        "case_id",
        kind=single.is_after.ifelse("added", "removed"),
        column=nothing,
        before=nothing,
        after=nothing,
    )
    for name in names:
        changed = pairs.filter(_is_changed(pairs, name))
        rows = rows.union(
            changed.select(
                "case_id",
                kind=ibis.literal("changed"),
                column=ibis.literal(name),
                before=changed[f"before_{name}"].cast("string"),
                after=changed[f"after_{name}"].cast("string"),
            )
        )
    return rows.order_by(["case_id", "column"])


def _write(changes: ir.Table, out: Path) -> None:
    """Write the changes in row groups of one size, so that the same changes are the same bytes."""
    backend = changes.get_backend()
    # Ibis streams by a call that DuckDB warns about (docs/decisions); DuckDB's own does not.
    batches = backend.con.sql(backend.compile(changes)).to_arrow_reader(GROUP_ROWS)
    tables = (pa.Table.from_batches([batch]).cast(_CHANGES) for batch in batches)
    with replacing(out) as partial, sealed_parquet(partial, _CHANGES) as writer:
        for group in in_groups(tables):
            writer.write_batch(group)
