"""What is found in a table, in words: which candidate fits when, and where that changes.

That a candidate disagrees is no accusation: a row is named only where no candidate gives its print.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from fractions import Fraction

import numpy as np

from closurerate.audit.tables.breaks import DefinitionRun, FigureRuns, Tally, fitting_in
from closurerate.audit.tables.fits import JudgedColumn
from closurerate.audit.tables.printed_rows import PrintedRows
from closurerate.press.text import Item, Run, exactly, joined, spaced, t

MOST_ROWS = 10
"""How many rows, and how many periods that nothing fits, are named in a run."""


def table_told(
    columns: Sequence[JudgedColumn],
    found: Sequence[FigureRuns],
    rows: PrintedRows,
    tolerated: Fraction,
) -> Iterator[Item]:
    """Yield what is found, a line each."""
    yield t(
        "table_head",
        file=rows.path.name,
        rows=len(rows.rows),
        periods=len(rows.periods),
        first=rows.periods[0],
        last=rows.periods[-1],
        share=spaced([exactly(100 * tolerated), "%"]),
    )
    for one in found:
        yield t("table_figure", figure=one.figure)
        own = {column.candidate: column for column in columns if column.figure == one.figure}
        for place, run in enumerate(one.runs):
            if place:
                names = {"before": one.runs[place - 1].definition, "after": run.definition}
                yield _line(1, "table_break", period=rows.periods[run.start], **names)
            yield from _run_told(one, run, own, rows, tolerated)


def _line(level: int, key: str, **places: Item) -> Run:
    """Return a line that is set in."""
    return Run(("  " * level, t(key, **places)))


def _run_told(
    one: FigureRuns,
    run: DefinitionRun,
    columns: Mapping[str, JudgedColumn],
    rows: PrintedRows,
    tolerated: Fraction,
) -> Iterator[Item]:
    within = range(run.start, run.stop)
    fit = {at for at in within if fitting_in(one.tallies, at, tolerated)}
    if fit:
        tally, *same = run.fitting
        yield _line(
            1,
            "table_run",
            first=rows.periods[run.start],
            last=rows.periods[run.stop - 1],
            candidate=tally.candidate,
            rounding=t(f"rounding_{tally.rounding}"),
            agrees=sum(tally.agrees[at] for at in fit),
            checked=sum(tally.checked[at] for at in fit),
        )
        if same:
            names = joined(t("table_name", name=other.candidate) for other in same)
            yield _line(2, "table_same", others=names)
        yield from _rows_told(tally, fit, columns, rows)
    others = [at for at in within if at not in fit]
    for at in others[:MOST_ROWS]:
        yield _none_told(one, rows.periods[at], at)
    if len(others) > MOST_ROWS:
        yield _line(1, "table_more_periods", count=len(others) - MOST_ROWS)


def _none_told(one: FigureRuns, period: str, at: int) -> Item:
    best = max(one.tallies, key=lambda tally: (tally.agrees[at], tally.checked[at]))
    if not best.checked[at]:
        return _line(1, "table_unchecked", period=period)
    counts = {"agrees": best.agrees[at], "checked": best.checked[at]}
    return _line(1, "table_none", period=period, candidate=best.candidate, **counts)


def _rows_told(
    tally: Tally, fit: Collection[int], columns: Mapping[str, JudgedColumn], rows: PrintedRows
) -> Iterator[Item]:
    """Yield the rows that no candidate gives, and how many are given by another one."""
    column = columns[tally.candidate]
    is_given = np.logical_or.reduce([other.agrees["unknown"] for other in columns.values()])
    missed = [
        row
        for row in np.flatnonzero(column.is_checked & ~column.agrees[tally.rounding]).tolist()
        if rows.rows[row].period in fit
    ]
    wrong = [row for row in missed if not is_given[row]]
    for row in wrong[:MOST_ROWS]:
        yield _line(
            2,
            "table_row",
            entity=rows.rows[row].entity,
            period=rows.periods[rows.rows[row].period],
            candidate=tally.candidate,
            printed=column.print_in(row),
            recomputed=column.recomputed(row, tally.rounding),
        )
    if len(wrong) > MOST_ROWS:
        yield _line(2, "table_more", count=len(wrong) - MOST_ROWS)
    if len(missed) > len(wrong):
        count = len(missed) - len(wrong)
        yield _line(2, "table_otherwise", count=count, candidate=tally.candidate)
