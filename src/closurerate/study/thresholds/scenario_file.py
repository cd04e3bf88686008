"""Threshold scenarios as a CSV file: read exactly as written, and written back with their KPI."""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import TypeVar

from closurerate.errors import InputError
from closurerate.kpi.effective import EffectiveRule
from closurerate.kpi.effective_value import values_over_effective
from closurerate.quantity import exact_text
from closurerate.records.writing import replacing
from closurerate.study.thresholds.engine import ThresholdIndex
from closurerate.study.thresholds.parameters import scenarios_with, threshold_names
from closurerate.study.thresholds.scenarios import Scenarios

Number = TypeVar("Number", Fraction, int)

_ADDED = ("branch", "effective", "value")
_MOST_TWD = 10**15
_MOST_CHARACTERS = 60
_MOST_NAMES = 20


@dataclass(frozen=True)
class ScenarioFile:
    """A file of scenarios: its cells, columns that are no threshold too, and what it says."""

    header: tuple[str, ...]
    rows: Sequence[Sequence[str]]
    scenarios: Scenarios


def read_scenarios(path: Path, rule: EffectiveRule) -> ScenarioFile:
    """Read scenarios from a CSV file (UTF-8), each decimal exactly as it is written.

    Its header has a column for each of `threshold_names`, in any order, and perhaps others.

    Raises:
        InputError: Naming file, line and column: a missing column, a row too short or too long, a
            cell that is no plain decimal (a whole number for a boundary), boundaries out of order.
    """
    if path.is_dir():
        raise InputError(f"{path}: is a folder; name the CSV file of scenarios.")
    if not path.is_file():
        raise InputError(f"{path}: there is no such file of scenarios.")
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = csv.reader(file, strict=True)
            header = tuple(next(lines, ()))
            rows = [row for row in lines if row]
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path}: is no CSV file in UTF-8: {error}.") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}).") from None
    ratios, boundaries = threshold_names(rule)
    _check_header(path, header, (*ratios, *boundaries))
    for number, row in enumerate(rows, start=1):
        if len(row) != len(header):
            raise InputError(
                f"{path}: scenario {number} has {len(row)} cells: must have {len(header)}, as "
                "the header."
            )
    if not rows:
        # Without one there is nothing to tell the tiers by.
        return ScenarioFile(header, rows, scenarios_with(rule, [{}])[:0])
    numbers = _numbers(path, header, rows, ratios, _ratio)
    amounts = _numbers(path, header, rows, boundaries, _boundary)
    try:
        scenarios = Scenarios.of(numbers, amounts, is_equal_effective=rule.is_equal_effective)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    return ScenarioFile(header, rows, scenarios)


def write_scenarios(
    file: ScenarioFile, index: ThresholdIndex, path: Path, *, by_branch: bool
) -> int:
    """Write scenarios as read, each with its effective cases and its exact KPI; return the rows.

    With `by_branch` each has a row for each branch before the nation's, whose branch is empty.
    """
    groups: list[str | None] = [*(index.branches if by_branch else ()), None]
    if by_branch:
        of_branches = index.effective_by_branch(file.scenarios)
        counted = [*of_branches.T, of_branches.sum(axis=1)]
    else:
        counted = [index.effective(file.scenarios)]
    columns = []
    for name, effective in zip(groups, counted, strict=True):
        values, places = values_over_effective(index.version, index.counts[name], effective)
        texts = ["" if value is None else exact_text(value) for value in values]
        columns.append((name or "", effective.tolist(), [texts[place] for place in places]))
    with replacing(path) as partial, partial.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow([*file.header, *(_ADDED if by_branch else _ADDED[1:])])
        for number, row in enumerate(file.rows):
            for name, effective, values in columns:
                branch = [name] if by_branch else []
                writer.writerow([*row, *branch, effective[number], values[number]])
    return len(file.rows) * len(groups)


def _check_header(path: Path, header: tuple[str, ...], wanted: Sequence[str]) -> None:
    for name in wanted:
        if header.count(name) != 1:
            said = "is missing" if name not in header else "stands more than once"
            has = ", ".join(item[:_MOST_CHARACTERS] for item in header[:_MOST_NAMES])
            more = ", …" if len(header) > _MOST_NAMES else ""
            raise InputError(
                f"{path}: the column {name} {said}: needed are {', '.join(wanted)}, and the file "
                f"has {has or 'nothing'}{more}."
            )
    taken = [name for name in _ADDED if name in header]
    if taken:
        raise InputError(f"{path}: the column {taken[0]} is one that the result adds: rename it.")


def _numbers(
    path: Path,
    header: tuple[str, ...],
    rows: Sequence[Sequence[str]],
    names: Sequence[str],
    read: Callable[[str], Number],
) -> list[list[Number]]:
    """Return the numbers of columns, row by row; each distinct cell is read once."""
    read_once = cache(read)
    found: list[list[Number]] = [[] for _ in rows]
    for name in names:
        place = header.index(name)
        for number, (row, numbers) in enumerate(zip(rows, found, strict=True), start=1):
            try:
                numbers.append(read_once(row[place]))
            except ValueError as error:
                raise InputError(f"{path}: scenario {number}: {name}: {error}.") from None
    return found


def _ratio(text: str) -> Fraction:
    whole, _, behind = text.strip().partition(".")
    digits = whole + behind
    if not (digits.isascii() and digits.isdigit() and len(digits) <= _MOST_CHARACTERS):
        raise ValueError(
            f"must be a decimal of 0 or more, such as 0.5, of up to {_MOST_CHARACTERS} digits, "
            f"found {text!r}"
        )
    return Fraction(int(digits), 10 ** len(behind))


def _boundary(cell: str) -> int:
    text = cell.strip()
    is_whole = text.isascii() and text.isdigit() and len(text) <= _MOST_CHARACTERS
    if not is_whole or int(text) > _MOST_TWD:
        raise ValueError(
            f"must be whole NTD from 0 to {_MOST_TWD:,}, such as 200000, found {text!r}"
        )
    return int(text)
