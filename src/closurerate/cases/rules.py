"""The rules that each row of a case file keeps, as expressions that an engine evaluates."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from closurerate.cases.vocabulary import COLUMNS, MAX_REFERRED_TWD, ContractColumn
from closurerate.records.paths import ROC_OFFSET


@dataclass(frozen=True)
class Rule:
    """One thing that every row must keep; where one of its columns is absent it is not asked.

    Attributes:
        code: Its name among the reasons for which intake rejects a row.
        statement: What must hold, as the end of a sentence ("branch must never be null").
    """

    code: str
    columns: tuple[str, ...]
    statement: str
    is_broken: Callable[[ir.Table], ir.BooleanValue]


def row_rules(present: Collection[str]) -> tuple[Rule, ...]:
    """Return the rules for a file with these columns, the most serious first.

    No nulls where none may be, the vocabularies, the ranges, the relations between columns.
    """
    every = (
        *(_never_null(column) for column in COLUMNS if not column.is_nullable),
        *(_within_vocabulary(column) for column in COLUMNS if column.values),
        *_RANGES,
        *_RELATIONS,
    )
    return tuple(rule for rule in every if set(rule.columns) <= set(present))


def _never_null(column: ContractColumn) -> Rule:
    return Rule(
        "missing_required",
        (column.name,),
        f"{column.name} must never be null",
        lambda table: table[column.name].isnull(),
    )


def _within_vocabulary(column: ContractColumn) -> Rule:
    words = column.values or ()
    return Rule(
        "unknown_word",
        (column.name,),
        f"{column.name} must be one of {', '.join(words)}",
        # DuckDB looks a dictionary's words up once in a list, but once a row in an IN.
        lambda table: ~ibis.array(words).contains(table[column.name]),
    )


def _not_negative(name: str) -> Rule:
    return Rule(
        "negative_paid", (name,), f"{name} must be 0 or more", lambda table: table[name] < 0
    )


def _not_before(code: str, later: str, earlier: str) -> Rule:
    return Rule(
        code,
        (later, earlier),
        f"{later} must not be before {earlier}",
        lambda table: table[later] < table[earlier],
    )


_FIRST_DAY, _LAST_DAY = ibis.date(ROC_OFFSET + 1, 1, 1), ibis.date(ROC_OFFSET + 999, 12, 31)


def _within_calendar(name: str) -> Rule:
    return Rule(
        "date_out_of_calendar",
        (name,),
        f"{name} must lie in the ROC years 1 to 999",
        lambda table: ~table[name].between(_FIRST_DAY, _LAST_DAY),
    )


_RANGES = (
    *(_within_calendar(name) for name in ("referred_on", "closed_on", "reopened_on")),
    Rule(
        "amount_out_of_range",
        ("referred_amount_twd",),
        f"referred_amount_twd must be from 1 to {MAX_REFERRED_TWD:,}",
        lambda table: (
            (table.referred_amount_twd < 1) | (table.referred_amount_twd > MAX_REFERRED_TWD)
        ),
    ),
    _not_negative("paid_amount_twd"),
    _not_negative("collected_in_year_twd"),
)

_RELATIONS = (
    Rule(
        "disposition_without_closing_date",
        ("disposition", "closed_on"),
        "disposition must be null exactly when closed_on is",
        lambda table: table.disposition.notnull() & table.closed_on.isnull(),
    ),
    Rule(
        "closing_date_without_disposition",
        ("closed_on", "disposition"),
        "disposition must be null exactly when closed_on is",
        lambda table: table.disposition.isnull() & table.closed_on.notnull(),
    ),
    _not_before("closed_before_referred", "closed_on", "referred_on"),
    _not_before("reopened_before_referred", "reopened_on", "referred_on"),
    _not_before("closed_before_reopened", "closed_on", "reopened_on"),
    Rule(
        "collected_over_paid",
        ("collected_in_year_twd", "paid_amount_twd"),
        "collected_in_year_twd must not be more than paid_amount_twd",
        lambda table: table.collected_in_year_twd > table.paid_amount_twd,
    ),
    Rule(
        "own_prior_case",
        ("prior_case_id", "case_id"),
        "prior_case_id must not be the case's own case_id",
        lambda table: table.prior_case_id == table.case_id,
    ),
)
