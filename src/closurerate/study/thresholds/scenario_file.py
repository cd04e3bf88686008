"""Threshold scenarios as a CSV file: read exactly as written, and written back with their KPI."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from closurerate.errors import InputError
from closurerate.kpi.effective import EffectiveRule
from closurerate.kpi.effective_value import values_over_effective
from closurerate.quantity import Exact
from closurerate.records.writing import replacing
from closurerate.study.thresholds.engine import ThresholdIndex
from closurerate.study.thresholds.parameters import threshold_names
from closurerate.study.thresholds.ratio_order import Ints
from closurerate.study.thresholds.scenarios import Numerators, Scenarios

_ADDED = ("branch", "effective", "value")
_MOST_TWD = 10**15
_MOST_CHARACTERS = 60
_MOST_NAMES = 20


@dataclass(frozen=True)
class ScenarioFile:
    """A file of scenarios as written.

    Args:
        header, rows: Its cells; columns that are no threshold are kept as they are.
        scenarios: What it says.
    """

    header: tuple[str, ...]
    rows: Sequence[Sequence[str]]
    scenarios: Scenarios


def read_scenarios(path: Path, rule: EffectiveRule) -> ScenarioFile:
    """Read scenarios from a CSV file (UTF-8), each decimal exactly as it is written.

    Args:
        path: With a header that has a column for each of `threshold_names`, in any order, and
            perhaps others.
        rule: Whose tiers the columns are named by, and whether exactly on a ratio is effective.

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
    numerators, denominator = _ratios(path, header, rows, ratios)
    bounds = _boundaries(path, header, rows, boundaries)
    try:
        scenarios = Scenarios(numerators, denominator, bounds, rule.is_equal_effective)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    return ScenarioFile(header, rows, scenarios)


def write_scenarios(
    file: ScenarioFile, index: ThresholdIndex, path: Path, *, by_branch: bool
) -> int:
    """Write scenarios as read, each with its effective cases and its exact KPI; return the rows.

    Args:
        file: From `read_scenarios`.
        index: The year's cases.
        path: The CSV file to write, in one step.
        by_branch: Whether each scenario has a row for each branch before the nation's, whose branch
            is empty.
    """
    groups: list[str | None] = [*(index.branches if by_branch else ()), None]
    counted = _counted(index, file.scenarios, groups)
    cells = [_cells(index, counts, name) for name, counts in zip(groups, counted, strict=True)]
    with replacing(path) as partial, partial.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow([*file.header, *(_ADDED if by_branch else _ADDED[1:])])
        for number, row in enumerate(file.rows):
            for name, (effective, values, places) in zip(groups, cells, strict=True):
                branch = [name or ""] if by_branch else []
                value = values[places[number]]
                writer.writerow([*row, *branch, int(effective[number]), value])
    return len(file.rows) * len(groups)


def _counted(
    index: ThresholdIndex, scenarios: Scenarios, groups: Sequence[str | None]
) -> Iterator[Ints]:
    if len(groups) == 1:
        yield index.effective(scenarios)
        return
    by_branch = index.effective_by_branch(scenarios)
    yield from by_branch.T
    yield by_branch.sum(axis=1)


def _cells(
    index: ThresholdIndex, effective: Ints, branch: str | None
) -> tuple[Ints, list[str], npt.NDArray[np.intp]]:
    values, places = values_over_effective(index.version, index.counts[branch], effective)
    return effective, [_text(value) for value in values], places


def _text(value: Exact | None) -> str:
    """Return a fraction such as 3286050/10030793, a plain decimal where irrational, or nothing."""
    return "" if value is None else format(value, "f") if hasattr(value, "quantize") else str(value)


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


def _ratios(
    path: Path, header: tuple[str, ...], rows: Sequence[Sequence[str]], names: Sequence[str]
) -> tuple[Numerators, int]:
    """Return all ratios as whole numerators over one power of ten."""
    read: dict[str, tuple[int, int]] = {}
    for name in names:
        column = header.index(name)
        for number, row in enumerate(rows, start=1):
            text = row[column]
            if text not in read:
                read[text] = _decimal(text, f"{path}: scenario {number}: {name}")
    decimals = max((digits for _, digits in read.values()), default=0)
    exact = {text: value * 10 ** (decimals - digits) for text, (value, digits) in read.items()}
    fits = all(value <= np.iinfo(np.int64).max for value in exact.values())
    columns = [header.index(name) for name in names]
    numerators = [[exact[row[column]] for column in columns] for row in rows]
    array: Numerators = np.array(numerators, dtype=np.int64 if fits else object)
    return array.reshape(len(rows), len(names)), 10**decimals


def _decimal(text: str, where: str) -> tuple[int, int]:
    """Return a plain decimal as its digits and how many of them stand behind the point."""
    whole, _, behind = text.strip().partition(".")
    digits = whole + behind
    if not (digits.isascii() and digits.isdigit() and len(digits) <= _MOST_CHARACTERS):
        raise InputError(
            f"{where}: must be a decimal of 0 or more, such as 0.5, of up to {_MOST_CHARACTERS} "
            f"digits, found {text!r}."
        )
    return int(digits), len(behind)


def _boundaries(
    path: Path, header: tuple[str, ...], rows: Sequence[Sequence[str]], names: Sequence[str]
) -> Ints:
    result = np.empty((len(rows), len(names)), dtype=np.int64)
    for place, name in enumerate(names):
        column = header.index(name)
        for number, row in enumerate(rows):
            text = row[column].strip()
            is_whole = text.isascii() and text.isdigit() and len(text) <= _MOST_CHARACTERS
            value = int(text) if is_whole else -1
            if not 0 <= value <= _MOST_TWD:
                raise InputError(
                    f"{path}: scenario {number + 1}: {name}: must be whole NTD from 0 to "
                    f"{_MOST_TWD:,}, such as 200000, found {text!r}."
                )
            result[number, place] = value
    return result
