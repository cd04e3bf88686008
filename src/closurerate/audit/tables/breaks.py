"""Where the candidate that fits a figure changes, by a rule, from how well each fits each period.

A candidate *fits* a period if of the rows that it can check more than half agree, and no more
disagree than the tolerated share, rounded up to whole rows. Where so many are wrong that none does,
the one fits that alone agrees with more than half. A candidate is read by the one way of rounding
by which it fits most periods, then by which most rows agree in the whole table: half up where
several do. Where candidates fit more than twice as many periods if each row may be rounded in a way
of its own, each is read so.

From the first period to the last, a run goes on as long as some candidate fits every period of it.
Where none is left there is a break, and a new run begins. A period that no candidate fits makes no
break. In a period that has none right before it in the table, a candidate that names `previous(…)`
and can check nothing stays too. The definition of a run is the candidate that stayed: of several
the one by which most rows agree, then the first in the file.

The break is put back over the periods before it, but not over one that the former definition fits
and the latter does not, as far as more rows agree with the latter; of places that are as good the
latest is taken. A period counts there if one of the two agrees with half of its rows or more.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby, pairwise
from math import ceil
from typing import Any

from closurerate.audit.tables.fits import JudgedColumn
from closurerate.audit.tables.printed_rows import PrintedRows
from closurerate.records.feasible import ROUNDINGS

_NAMED = tuple(one for one in ROUNDINGS if one != "unknown")


@dataclass(frozen=True)
class Tally:
    """How well a candidate fits, by period.

    Args:
        rounding: By which it is read.
        is_open: Whether it could not be ruled out, as nothing comes right before the period.
    """

    candidate: str
    rounding: str
    checked: Sequence[int]
    agrees: Sequence[int]
    is_open: Sequence[bool]

    def fits(self, period: int, tolerated: Fraction) -> bool:
        """Tell whether no more of a period's rows disagree than may be misprints."""
        checked = self.checked[period]
        disagree = checked - self.agrees[period]
        return self.has_most(period) and disagree <= ceil(tolerated * checked)

    def has_most(self, period: int) -> bool:
        """Tell whether more than half of the rows that it can check agree."""
        return 2 * self.agrees[period] > self.checked[period]

    def share(self, start: int, stop: int) -> Fraction:
        """Return the share of the rows that it can check in some periods which agree."""
        return Fraction(sum(self.agrees[start:stop]), sum(self.checked[start:stop]) or 1)


@dataclass(frozen=True)
class DefinitionRun:
    """Periods from `start` to before `stop` that one definition fits.

    Args:
        fitting: The candidates that stayed, the definition first; all where none fits any period.
    """

    start: int
    stop: int
    fitting: tuple[Tally, ...]

    @property
    def definition(self) -> str:
        """The name of the candidate that is taken for its definition."""
        return self.fitting[0].candidate


@dataclass(frozen=True)
class FigureRuns:
    """A figure, its candidates, and the runs of its definitions."""

    figure: str
    tallies: tuple[Tally, ...]
    runs: tuple[DefinitionRun, ...]


def definition_runs(
    columns: Sequence[JudgedColumn], rows: PrintedRows, tolerated: Fraction
) -> list[FigureRuns]:
    """Return the runs of each figure."""
    found = []
    for figure, own in groupby(columns, key=lambda column: column.figure):
        tallies = _tallies(list(own), rows, tolerated)
        runs = runs_of(tallies, len(rows.periods), tolerated)
        found.append(FigureRuns(figure, tuple(tallies), tuple(runs)))
    return found


def breaks_of(found: Sequence[FigureRuns], periods: Sequence[str]) -> list[dict[str, Any]]:
    """Return the breaks as data.

    `fits_before` is the share of the rows of the run before which agree with its definition, of
    those that this can check; `fits_after` that of the new run with its own.
    """
    broken = []
    for one in found:
        for run, following in pairwise(one.runs):
            shares = [part.fitting[0].share(part.start, part.stop) for part in (run, following)]
            broken.append(
                {
                    "figure": one.figure,
                    "from_period": periods[following.start],
                    "before": run.definition,
                    "after": following.definition,
                    "fits_before": float(shares[0]),
                    "fits_after": float(shares[1]),
                }
            )
    return broken


def fitting_in(tallies: Sequence[Tally], period: int, tolerated: Fraction) -> set[int]:
    """Return which candidates of a figure fit a period, by their places."""
    fitting = {place for place, one in enumerate(tallies) if one.fits(period, tolerated)}
    most = {place for place, one in enumerate(tallies) if one.has_most(period)}
    return fitting or (most if len(most) == 1 else set())


def runs_of(tallies: Sequence[Tally], count: int, tolerated: Fraction) -> list[DefinitionRun]:
    """Return the runs of a figure over so many periods."""
    every = set(range(len(tallies)))
    starts, alive = [0], [every]
    for period in range(count):
        is_open = {place for place in every if tallies[place].is_open[period]}
        fitting = fitting_in(tallies, period, tolerated)
        possible = (fitting or every) | is_open
        if alive[-1] & possible:
            alive[-1] = alive[-1] & possible
        else:
            starts.append(period)
            alive.append(possible)
    runs: list[DefinitionRun] = []
    for start, stop, places in zip(starts, [*starts[1:], count], alive, strict=True):
        ordered = sorted(places, key=lambda place: -sum(tallies[place].agrees[start:stop]))
        run = DefinitionRun(start, stop, tuple(tallies[place] for place in ordered))
        if runs:
            first = _first_period(runs[-1], run, tolerated)
            runs[-1], run = replace(runs[-1], stop=first), replace(run, start=first)
        runs.append(run)
    return runs


def _first_period(run: DefinitionRun, following: DefinitionRun, tolerated: Fraction) -> int:
    """Return where the definition that follows on a run begins: with its own run, or before."""
    before, after = run.fitting[0], following.fitting[0]
    first, gain, most = following.start, 0, 0
    for period in range(following.start - 1, run.start, -1):
        if before.fits(period, tolerated) and not after.fits(period, tolerated):
            break
        if any(2 * one.agrees[period] >= one.checked[period] for one in (before, after)):
            gain += after.agrees[period] - before.agrees[period]
        if gain > most:
            first, most = period, gain
    return first


def _tallies(
    columns: Sequence[JudgedColumn], rows: PrintedRows, tolerated: Fraction
) -> list[Tally]:
    """Return how well the candidates of one figure fit, each read by the rounding that suits it."""
    named = [_tally(column, rows, tolerated, _NAMED) for column in columns]
    mixed = [_tally(column, rows, tolerated, ("unknown",)) for column in columns]
    fit, mixed_fit = (
        sum(bool(fitting_in(tallies, at, tolerated)) for at in range(len(rows.periods)))
        for tallies in (named, mixed)
    )
    return mixed if mixed_fit > 2 * fit else named


def _tally(
    column: JudgedColumn, rows: PrintedRows, tolerated: Fraction, by: Sequence[str]
) -> Tally:
    checked = column.checked
    is_open = [
        column.formula.looks_back and before is None and not number
        for before, number in zip(rows.before, checked, strict=True)
    ]
    read = [
        Tally(column.candidate, rounding, checked, column.counts(rounding), is_open)
        for rounding in by
    ]
    places = range(len(rows.periods))
    return max(
        read, key=lambda one: (sum(one.fits(at, tolerated) for at in places), sum(one.agrees))
    )
