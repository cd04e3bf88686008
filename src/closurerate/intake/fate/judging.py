"""What is wrong with a row, what is odd about it, and whether it belongs to the year."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_

import ibis
import ibis.expr.types as ir

from closurerate.cases.rules import Rule, row_rules
from closurerate.cases.scope import year_bounds
from closurerate.intake.came.raw_table import MALFORMED
from closurerate.intake.fate.oddities import LastYear, Oddity, oddities
from closurerate.intake.said.rows import Rows, as_came
from closurerate.intake.said.stage import stage_fault
from closurerate.intake.said.values import NO_SUCH_DATE, UNDECODABLE, UNKNOWN_WORD, UNREADABLE

DOUBTED = (
    "referred_on", "closed_on", "disposition", "referred_amount_twd", "paid_amount_twd",
)  # fmt: skip
"""Columns that decide what a case adds to the KPI's counts."""


@dataclass(frozen=True)
class Reason:
    """One thing for which a row is rejected.

    Attributes:
        columns: Contract columns at fault; the first is the one that is named. None: the whole row.
        came: From the rows, the text at fault as it came.
    """

    code: str
    columns: tuple[str, ...]
    holds: Callable[[ir.Table], ir.BooleanValue]
    came: Callable[[ir.Table], ir.StringValue]


FAULTS = (UNDECODABLE, UNREADABLE, NO_SUCH_DATE, UNKNOWN_WORD)
"""Why a text cannot be read."""

FAR_FROM_YEAR = "far_from_year"
FAR_YEARS = 30
"""No case lasts so long; a day so far off is a slip, or stands for "none"."""


def reasons(rows: Rows, year: int) -> tuple[Reason, ...]:
    """Return all reasons that can apply to these rows, the most basic first."""
    found = [
        _fault(column, code) for column in rows.present if column in rows.faulty for code in FAULTS
    ]
    found += [_broken(rule, rows.faulty) for rule in _rules(rows, year)]
    if not rows.has_malformed:
        return tuple(found)
    whole = Reason("malformed_row", (), lambda t: t[MALFORMED].notnull(), lambda t: t[MALFORMED])
    return (whole, *(replace(reason, holds=_of_well_formed(reason)) for reason in found))


def _rules(rows: Rows, year: int) -> list[Rule]:
    """Return the contract's rules, and the intake's; but what was read is one of the words."""
    rules = [rule for rule in row_rules(rows.present) if rule.code != "unknown_word"]
    in_calendar = [rule for rule in rules if rule.code == "date_out_of_calendar"]
    return rules + [_near(rule, year) for rule in in_calendar]


def _near(in_calendar: Rule, year: int) -> Rule:
    """Return what a day that is in the calendar must keep too."""
    (name,) = in_calendar.columns
    (first, _), (_, last) = year_bounds(year - FAR_YEARS), year_bounds(year + FAR_YEARS)
    days = ibis.literal(first), ibis.literal(last)
    return Rule(
        FAR_FROM_YEAR,
        (name,),
        f"{name} must lie within {FAR_YEARS} years of the extract's",
        lambda table: ~table[name].between(*days) & ~in_calendar.is_broken(table),
    )


def _fault(column: str, code: str) -> Reason:
    return Reason(
        code,
        (column,),
        lambda t: (t[stage_fault(column)] == code).fill_null(False),
        lambda t: as_came(t, column),
    )


def _broken(rule: Rule, faulty: Collection[str]) -> Reason:
    """Return a broken rule; it is not asked where a value that it speaks about cannot be read."""

    def holds(table: ir.Table) -> ir.BooleanValue:
        broken = rule.is_broken(table).fill_null(False)
        for column in rule.columns:
            if column in faulty:
                broken &= table[stage_fault(column)].isnull()
        return broken

    return Reason(rule.code, rule.columns, holds, lambda t: as_came(t, rule.columns[0]))


def _of_well_formed(reason: Reason) -> Callable[[ir.Table], ir.BooleanValue]:
    return lambda t: reason.holds(t) & t[MALFORMED].isnull()


@dataclass(frozen=True)
class Judged:
    """Rows with the reasons that may reject them, and what may be odd about those that are kept."""

    rows: Rows
    reasons: tuple[Reason, ...]
    oddities: tuple[Oddity, ...]
    year: int

    @property
    def table(self) -> ir.Table:
        """The rows with the booleans `is_at_fault` and `is_out_of_scope`."""
        table = self.rows.table
        first, last = (ibis.literal(day) for day in year_bounds(self.year))
        is_out = ((table.closed_on < first) | (table.referred_on > last)).fill_null(False)
        return table.mutate(is_at_fault=self.any_reason(table), is_out_of_scope=is_out)

    def any_reason(self, table: ir.Table) -> ir.BooleanValue:
        """Return whether any reason applies to a row."""
        # Asked of every row, so in fewer steps than reason by reason; it comes to the same.
        faults = [MALFORMED] if self.rows.has_malformed else []
        faults += [stage_fault(column) for column in sorted(self.rows.faulty)]
        broken = [rule.is_broken(table) for rule in _rules(self.rows, self.year)]
        return reduce(or_, [*(table[name].notnull() for name in faults), *broken]).fill_null(False)

    def is_listed(self, table: ir.Table) -> ir.BooleanValue:
        """Return whether a row is listed for anything odd about it."""
        return reduce(or_, (oddity.listed(table) for oddity in self.oddities))

    def is_free(self, table: ir.Table, column: str) -> ir.BooleanValue:
        """Return whether a value is in doubt: at fault itself, or at odds with another."""
        concerned = [r for r in self.reasons if column in r.columns or not r.columns]
        return reduce(or_, (reason.holds(table) for reason in concerned))


def judge(rows: Rows, year: int, before: LastYear | None) -> Judged:
    """Return the rows with all that may be said of them; `before`: to know amounts far outside."""
    return Judged(rows, reasons(rows, year), oddities(before, year), year)
