"""Taking an extract in: read, corrected, judged, merged, accounted for, and put in place."""

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import ibis
import ibis.expr.types as ir

from closurerate.cases.contract import check_form, check_year
from closurerate.cases.engine import connected, opened, write_parquet
from closurerate.cases.source import MARK, describe, digest, write_source
from closurerate.intake.fate.correcting import correct, uncorrected
from closurerate.intake.fate.corrections import load_corrections
from closurerate.intake.fate.judging import judge
from closurerate.intake.fate.merging import conflicts_among, find_repeats
from closurerate.intake.fate.oddities import amounts_of
from closurerate.intake.fate.placing import (
    Placed,
    doubtful_rows,
    place,
    rejected_rows,
    without_corrections,
)
from closurerate.intake.left.accepted import find_accepted, write_accepted
from closurerate.intake.left.accounts import INTAKE, Intake, write_intake
from closurerate.intake.left.counting import Counted, count_rows
from closurerate.intake.left.delivery import CASES, delivering
from closurerate.intake.left.previous import keep_previous
from closurerate.intake.left.results import write_rejects_csv
from closurerate.intake.left.threshold import check_rows
from closurerate.intake.opening import Extract, hashing, open_extract
from closurerate.intake.plan import Plan
from closurerate.intake.record import record, undecodable_told
from closurerate.intake.said.rows import read_rows
from closurerate.intake.said.stage import Staged, in_order, stage_table
from closurerate.intake.said.words import Vocabulary, load_vocabulary


@dataclass(frozen=True)
class Progress:
    """Who is told how far an intake is: in lines, and of how many bytes how many more were read."""

    tell: Callable[[str], None] = lambda _: None
    tell_total: Callable[[int], None] = lambda _: None
    tell_bytes: Callable[[int], None] = lambda _: None


SILENT = Progress()


@contextmanager
def taking(plan: Plan, folder: Path, progress: Progress = SILENT) -> Iterator[tuple[Path, Intake]]:
    """Take an extract in; what was made is moved into place when the block ends well.

    Args:
        folder: Where the result belongs, such as `data/cases/108/extract`.

    Yields:
        tuple: Where the new result lies until it is moved; more of `delivery.OUTPUTS` may be added.
            And its accounts.

    Raises:
        InputError: If the extract cannot be read, has nothing of the year, or more rows are
            rejected than the plan allows. What was in the folder then stays.
    """
    if plan.before:
        check_form(plan.before)
    extract = open_extract(plan)
    with delivering(folder, progress.tell) as new:
        scratch = new / "scratch"
        scratch.mkdir()
        with connected(scratch, is_ordered=True) as connection:
            intake = _take(plan, extract, connection, new, progress)
        shutil.rmtree(scratch)
        previous = keep_previous(folder, new, intake, progress.tell)
        intake = replace(intake, previous=previous)
        write_intake(intake, new / INTAKE)
        name = ", ".join(extract.names)
        write_source(new / CASES, describe(new / CASES, name=name, year=plan.year))
        yield new, intake


def _take(
    plan: Plan, extract: Extract, connection: ibis.BaseBackend, new: Path, progress: Progress
) -> Intake:
    """Write cases, rejects and doubts to `new` and return the accounts."""
    vocabulary = load_vocabulary(plan.vocabulary)
    corrections = load_corrections(plan.corrections, vocabulary) if plan.corrections else ()
    bounds = amounts_of(plan.before) if plan.before else None
    staged, hashes = _stage(plan, extract, new / "scratch", vocabulary, progress)
    progress.tell(f"checking {sum(table.rows for table in staged):,} rows")
    came = read_rows(connection, staged)
    corrected = correct(connection, came, corrections)
    file_of = tuple(item.file_no for item in extract.tables)
    repeats = find_repeats(connection, corrected.rows, plan.merge, file_of)
    placed = place(connection, judge(corrected.rows, plan.year, bounds), repeats)
    progress.tell("writing the accepted rows, and counting")
    metadata = None if extract.mark is None else {MARK.decode(): extract.mark}
    accepted = find_accepted(placed, staged, corrected)
    # Arrow writes the cases on one core while the engine counts and lists on the other.
    with ThreadPoolExecutor(1) as beside:
        writing = beside.submit(write_accepted, accepted, new / CASES, metadata)
        counted = count_rows(
            connection,
            placed,
            tuple(zip(extract.names, hashes, strict=True)),
            tuple(zip(file_of, (table.rows for table in staged), strict=True)),
        )
        names, undecodable = extract.table_names, undecodable_told(extract, staged)
        check_rows(counted, plan.max_rejects, plan.year, names, undecodable)
        before = None
        if corrected.changed is not None:
            less = uncorrected(connection, came, corrected)
            at_odds = conflicts_among(connection, came, corrected.changed, plan.merge, file_of)
            before = without_corrections(judge(less, plan.year, bounds), at_odds, placed)
        _write(connection, placed, counted, before, extract, new)
        if writing.result() != counted.accepted:
            raise AssertionError(f"{counted.accepted} accepted, {writing.result()} written")
    with opened(new / CASES) as cases:
        check_year(cases, plan.year, ", ".join(extract.names))
    return record(plan, extract, staged, counted, corrected.outcomes)


def _stage(
    plan: Plan, extract: Extract, scratch: Path, vocabulary: Vocabulary, progress: Progress
) -> tuple[tuple[Staged, ...], tuple[str, ...]]:
    """Keep all rows as they came; return them, and the hash of each source."""
    progress.tell_total(sum(item.table.size_bytes for item in extract.tables))
    with hashing(plan) as hash_of:
        staged = []
        for number, item in enumerate(extract.tables):
            progress.tell(f"reading {extract.table_names.of(number)}")
            table = stage_table(
                item.table,
                item.header.row,
                dict(item.header.columns),
                scratch / f"{number}.parquet",
                vocabulary=vocabulary,
                tell_bytes=progress.tell_bytes,
            )
            # A database gives its rows in any order, and the same rows must give the same result.
            staged.append(table if item.table.has_order else in_order(table))
        tables = [item.file_no for item in extract.tables]
        hashes = tuple(
            hash_of(number) or digest(staged[tables.index(number)].path)
            for number in range(len(extract.names))
        )
    return tuple(staged), hashes


def _write(
    connection: ibis.BaseBackend,
    placed: Placed,
    counted: Counted,
    before: ir.Table | None,
    extract: Extract,
    new: Path,
) -> None:
    names = extract.table_names
    rejected = rejected_rows(counted.of_note, placed.judged.rows.present, names)
    write_parquet(connection, rejected, new / "rejects.parquet")
    write_rejects_csv(new / "rejects.parquet", new / "rejects.csv")
    doubtful = doubtful_rows(counted.of_note, before, names)
    write_parquet(connection, doubtful, new / "doubts.parquet")
