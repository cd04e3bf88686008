"""The case contract: whether a file is one that everything after may rely on.

The columns and vocabularies are in `closurerate.cases.vocabulary`, the rules for a row in
`closurerate.cases.rules`; data/README.md says both in words.
"""

from collections import Counter
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from closurerate.cases.engine import ROW_NUMBER, hashed, opened
from closurerate.cases.footer import open_parquet
from closurerate.cases.rules import Rule, row_rules
from closurerate.cases.vocabulary import COLUMNS, ContractColumn, is_text
from closurerate.errors import InputError
from closurerate.records.paths import ROC_OFFSET


def check_cases(
    path: Path, year: int | None = None, name: str | None = None, *, idle_years: int = 0
) -> None:
    """Check a case file against the whole contract, and that it has something of a year.

    Args:
        name: How messages call the file; the path if not given.
        idle_years: How many years without any event may lie between the file's last one and `year`.

    Raises:
        InputError: If the file is missing, empty or not Parquet, lacks a column, has a column of
            another type, or has a row that breaks a rule. The sentence gives the most serious rule
            with its first row, and the further broken rules with their counts.
    """
    name = name or str(path)
    found = check_form(path, name)
    rules = row_rules(found.names)
    with opened(path) as cases:
        counts = _broken_counts(cases, rules)
        _check_rules(cases, rules, counts, name)
        _check_unique(cases, name)
        if year is not None:
            check_year(cases, year, name, idle_years)


def check_form(path: Path, name: str | None = None) -> pa.Schema:
    """Return the schema in a case file's footer; InputError if it is not of the contract."""
    name = name or str(path)
    found = _read_schema(path, name)
    _check_columns(found, name)
    return found


def _read_schema(path: Path, name: str) -> pa.Schema:
    """Return the file's Arrow schema, read from its footer alone."""
    if path.is_dir():
        raise InputError(f"{name}: is a folder; name the Parquet case file in it.")
    if not path.is_file():
        raise InputError(f"{name}: there is no such file; a Parquet case file is needed here.")
    if path.stat().st_size == 0:
        raise InputError(f"{name}: the file is empty (0 bytes); a Parquet case file is needed.")
    try:
        with open_parquet(path) as file:
            found, row_count = file.schema_arrow, file.metadata.num_rows
    except (pa.ArrowInvalid, OSError) as error:
        if isinstance(error, PermissionError):
            raise InputError(f"{name}: cannot be read (no permission for this user).") from error
        raise InputError(
            f"{name}: this is not a Parquet file (or its end is missing); "
            "the case contract asks for Parquet."
        ) from error
    if row_count == 0:
        raise InputError(f"{name}: the file has no rows; an extract has one row for each case.")
    return found


def _check_columns(found: pa.Schema, name: str) -> None:
    """Refuse a schema that lacks a column, repeats one, or has one of another type."""
    missing = [
        column.name
        for column in COLUMNS
        if not column.is_optional and column.name not in found.names
    ]
    if missing:
        named = ", ".join(_with_nearest(column, found.names) for column in missing)
        raise InputError(f"{name}: missing column {named}; the file has: {', '.join(found.names)}.")
    known = {column.name for column in COLUMNS}
    repeated = [
        column for column, count in Counter(found.names).items() if count > 1 and column in known
    ]
    if repeated:
        raise InputError(
            f"{name}: column {', '.join(repeated)} comes more than once; each may come once only."
        )
    wrong = [
        f"{column.name} is {found.field(column.name).type} and must be {column.arrow_type}"
        for column in COLUMNS
        if column.name in found.names and not _has_type(found.field(column.name).type, column)
    ]
    if wrong:
        raise InputError(f"{name}: a column has the wrong type: {'; '.join(wrong)}.")


def _with_nearest(missing: str, present: Sequence[str]) -> str:
    known = {column.name for column in COLUMNS}
    strangers = [column for column in present if column not in known]
    nearest = get_close_matches(missing, strangers, n=1)
    return f"{missing} (is {nearest[0]} meant?)" if nearest else missing


def _has_type(found: pa.DataType, column: ContractColumn) -> bool:
    if pa.types.is_null(found):
        return column.is_nullable  # a column without any value, as pandas writes it
    if is_text(column.arrow_type):
        return is_text(found)
    return bool(found == column.arrow_type)


def _broken_counts(cases: ir.Table, rules: Sequence[Rule]) -> list[int]:
    """Return for each rule the number of rows that break it, in one scan."""
    sums = {
        f"rule_{position}": rule.is_broken(cases).sum().fill_null(0)
        for position, rule in enumerate(rules)
    }
    row = cases.aggregate(**sums).to_pyarrow().to_pylist()[0]
    return [row[f"rule_{position}"] for position in range(len(rules))]


def _check_rules(cases: ir.Table, rules: Sequence[Rule], counts: Sequence[int], name: str) -> None:
    """Refuse a file with a broken rule, and say which, how often and where first."""
    broken = [(rule, count) for rule, count in zip(rules, counts, strict=True) if count]
    if not broken:
        return
    worst, count = broken[0]
    example = _first_row(cases, worst.is_broken(cases), ("case_id", *worst.columns))
    further = "".join(f"; also {rule.statement} ({_rows(n)})" for rule, n in broken[1:])
    breaks = "breaks" if count == 1 else "break"
    raise InputError(
        f"{name}: {worst.statement}, but {_rows(count)} {breaks} this, first {example}{further}."
    )


def _check_unique(cases: ir.Table, name: str) -> None:
    """Refuse a file in which a case_id comes twice."""
    # As many different hashes as rows proves that no case_id repeats, at an eighth of the memory
    # that the texts would take; fewer may be a collision, so the texts themselves decide.
    quick = cases.aggregate(rows=cases.count(), different=hashed(cases.case_id).nunique())
    counted = quick.to_pyarrow().to_pylist()[0]
    if counted["rows"] == counted["different"]:
        return
    repeated = cases.group_by("case_id").aggregate(times=cases.count())
    repeated = repeated.filter(repeated.times > 1)
    surplus = repeated.aggregate(
        cases=repeated.count(), example=repeated.case_id.min(), times=repeated.times.sum()
    )
    row = surplus.to_pyarrow().to_pylist()[0]
    if row["cases"]:
        first = _first_row(cases, cases.case_id == row["example"], ("case_id",))
        raise InputError(
            f"{name}: case_id must be unique, but {row['cases']:,} of them come in "
            f"{_rows(row['times'])}, first {first}."
        )


def check_year(cases: ir.Table, year: int, name: str, idle_years: int = 0) -> None:
    """Refuse rows in contract form of which no case is new, closed or pending in the year.

    Cases that are still open count as pending in every later year, so a year after the file's last
    event, by more than `idle_years`, is unknown to it too.

    Raises:
        InputError: Naming the years that the rows are of.
    """
    first, last = ibis.date(year + ROC_OFFSET, 1, 1), ibis.date(year + ROC_OFFSET, 12, 31)
    is_known = cases.referred_on <= last
    has_left = (cases.closed_on < first).fill_null(False)
    dates = [cases[column] for column in _EVENTS if column in cases.columns]
    row = cases.aggregate(
        counted=(is_known & ~has_left).sum(),
        earliest=cases.referred_on.min(),
        latest=ibis.greatest(*(date.max() for date in dates)),
    )
    values = row.to_pyarrow().to_pylist()[0]
    begins, ends = (values[key].year - ROC_OFFSET for key in ("earliest", "latest"))
    if not values["counted"] or ends < year - idle_years:
        raise InputError(
            f"{name}: nothing in this file belongs to year {year} (ROC); it was made of cases "
            f"referred, closed or reopened in {begins} to {ends}: give the year's own extract."
        )


MOST_SHOWN = 60
"""Characters of a value in a message."""

_EVENTS = ("referred_on", "closed_on", "reopened_on")


def _first_row(cases: ir.Table, condition: ir.BooleanValue, columns: Sequence[str]) -> str:
    """Return in words the first row where the condition holds, with these columns' values."""
    names = list(dict.fromkeys(columns))
    has_number = ROW_NUMBER in cases.columns
    broken = cases.filter(condition)
    first = (broken.order_by(ROW_NUMBER) if has_number else broken).limit(1)
    row = first.select(*[ROW_NUMBER] * has_number, *names).to_pyarrow().to_pylist()[0]
    values = ", ".join(f"{name}={_shown(row[name])}" for name in names)
    return f"row {row[ROW_NUMBER] + 1:,} ({values})" if has_number else f"a row with {values}"


def _shown(value: object) -> str:
    text = str(value)
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"


def _rows(count: int) -> str:
    return f"{count:,} row{'' if count == 1 else 's'}"
