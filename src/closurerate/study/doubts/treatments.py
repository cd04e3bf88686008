"""What a doubtful row may add to the counts: its options, as expressions over the list of doubts.

An option is a bit of a mask, by its place in `OPTIONS`.
"""

from functools import reduce
from operator import add

import ibis
import ibis.expr.types as ir

from closurerate.cases.scope import year_bounds
from closurerate.cases.vocabulary import DISPOSITIONS, MAX_REFERRED_TWD
from closurerate.kpi.effective import EffectiveRule, passes_expression
from closurerate.study.doubts.extremes import Option

OPTIONS: tuple[Option, ...] = (
    (),
    (("P", 1),),
    (("P", 1), ("new", 1)),
    (("C", 1),),
    (("C", 1), ("new", 1)),
    (("C", 1), ("E", 1)),
    (("C", 1), ("E", 1), ("new", 1)),
)
"""Nothing, pending, closed and not effective, closed and effective; not new in the year or new."""

NOTHING = 1
"""The mask of a case that is left out."""

_FULL = ("paid_in_full",)
_PART = tuple(word for word in DISPOSITIONS if word.startswith("part_"))
_UNPAID = tuple(word for word in DISPOSITIONS if word.startswith("unpaid_"))
_AT_ODDS = ("paid_in_full_short", "paid_over_referred")
_REFERRED_IN_DOUBT = ("referred_far_outside", *_AT_ODDS)
_PAID_IN_DOUBT = (
    "paid_far_outside", "part_with_nothing_paid", "unpaid_with_something_paid", *_AT_ODDS,
)  # fmt: skip

_CLOSING_IN_DOUBT = "closed_after_year"
_WARNINGS = (*_REFERRED_IN_DOUBT, *_PAID_IN_DOUBT, _CLOSING_IN_DOUBT, "reopened_after_year")

Meaning = tuple[ir.BooleanValue, ir.BooleanValue, ir.BooleanValue]
"""Whether a disposition may be effective as it is, effective by its ratio, and never effective."""


def option_masks(rows: ir.Table, year: int, rule: EffectiveRule) -> ir.Table:
    """Return what each row of doubts may add to the counts and what the headline takes it for.

    A `warning` stands in the headline with its values; any other row is left out of it. A
    `correction` is the case with some of its corrections left out, and its code what would then be
    said of it: a warning, or a reason to reject it.

    Returns:
        ir.Table: `group`, `options` and `headline`, which are masks.
    """
    rows = _settled(rows)
    own = _meaning(rows, rule)
    as_read = _judged(rows, rule, rows.is_free_referred, rows.is_free_paid)
    is_open, last = rows.is_free_closed_on, ibis.literal(year_bounds(year)[1])
    stands = _mask(rows, year, own, as_read, is_open)
    by_amounts = _mask(rows, year, _meaning_by_amounts(rows, rule, own), as_read, is_open)
    by_disposition = _mask(
        rows,
        year,
        own,
        _judged(
            rows,
            rule,
            rows.is_free_referred | rows.code.isin(_REFERRED_IN_DOUBT).fill_null(False),
            rows.is_free_paid | rows.code.isin(_PAID_IN_DOUBT).fill_null(False),
        ),
        is_open | ((rows.code == _CLOSING_IN_DOUBT) & (rows.closed_on > last)).fill_null(False),
    )
    is_warning = rows.kind == "warning"
    is_left_out = (rows.kind == "rejected") | (
        rows.code.notnull() & ~rows.code.isin(_WARNINGS).fill_null(False)
    )
    return rows.select(
        "group",
        options=stands
        | by_amounts
        | by_disposition
        | is_left_out.ifelse(ibis.literal(NOTHING, type="int64"), 0),
        headline=is_warning.ifelse(stands, ibis.literal(NOTHING, type="int64")),
    )


def _settled(rows: ir.Table) -> ir.Table:
    """Return the rows with what is in doubt settled: also what is missing, and what is at odds."""
    free = {
        name: (rows.kind != "warning") & rows[f"is_free_{name}"].fill_null(False)
        for name in ("referred_on", "closed_on", "disposition")
    }
    is_half_closed = (
        (rows.closed_on.isnull() != rows.disposition.isnull())
        & ~free["closed_on"]
        & ~free["disposition"]
    )
    is_reversed = (
        (rows.closed_on < rows.referred_on).fill_null(False)
        & ~free["closed_on"]
        & ~free["referred_on"]
    )
    is_kept = rows.kind == "warning"
    referred, paid = rows.referred_amount_twd, rows.paid_amount_twd
    return rows.mutate(
        is_free_referred_on=free["referred_on"] | rows.referred_on.isnull() | is_reversed,
        # One that is missing beside one in doubt is missing for a reason that nobody knows.
        is_free_closed_on=free["closed_on"]
        | is_half_closed
        | is_reversed
        | (free["disposition"] & rows.closed_on.isnull()),
        is_free_disposition=free["disposition"]
        | is_half_closed
        | (free["closed_on"] & rows.disposition.isnull()),
        is_free_referred=(rows.is_free_referred_amount_twd.fill_null(False) & ~is_kept)
        | ~referred.between(1, MAX_REFERRED_TWD).fill_null(False),
        is_free_paid=(rows.is_free_paid_amount_twd.fill_null(False) & ~is_kept)
        | ~(paid >= 0).fill_null(False),
    )


def _meaning(rows: ir.Table, rule: EffectiveRule) -> Meaning:
    """Return what a row's disposition may mean; any that the contract has where it is in doubt."""
    anything = _meaning_of(DISPOSITIONS, rule)
    is_full = rows.disposition.isin(rule.paid_in_full).fill_null(False)
    is_part = rows.disposition.isin(rule.paid_in_part).fill_null(False)
    own = (is_full, is_part, ~is_full & ~is_part)
    full, part, never = (
        rows.is_free_disposition.ifelse(any_, one) for any_, one in zip(anything, own, strict=True)
    )
    return full, part, never


def _meaning_of(words: tuple[str, ...], rule: EffectiveRule) -> Meaning:
    """Return what some dispositions together may mean."""
    known = {*rule.paid_in_full, *rule.paid_in_part}
    return (
        ibis.literal(bool({*words} & {*rule.paid_in_full})),
        ibis.literal(bool({*words} & {*rule.paid_in_part})),
        ibis.literal(bool({*words} - known)),
    )


def _meaning_by_amounts(rows: ir.Table, rule: EffectiveRule, own: Meaning) -> Meaning:
    """Return what the disposition of a warned case may mean if its amounts are right instead."""
    is_paid_up = (rows.paid_amount_twd >= rows.referred_amount_twd).fill_null(False)
    is_short = rows.code == "paid_in_full_short"
    is_something = rows.code == "unpaid_with_something_paid"
    is_nothing = rows.code == "part_with_nothing_paid"
    full, part, never = (
        ibis.cases(
            (is_short | (is_something & ~is_paid_up), in_part),
            (is_something, in_full),
            (is_nothing, unpaid),
            else_=one,
        )
        for in_part, in_full, unpaid, one in zip(
            _meaning_of(_PART, rule),
            _meaning_of(_FULL, rule),
            _meaning_of(_UNPAID, rule),
            own,
            strict=True,
        )
    )
    return full, part, never


def _judged(
    rows: ir.Table, rule: EffectiveRule, is_free_referred: ir.BooleanValue,
    is_free_paid: ir.BooleanValue,
) -> tuple[ir.BooleanValue, ir.BooleanValue]:  # fmt: skip
    """Return whether a row's amounts may pass the ratio of their tier, and may fail to."""
    referred, paid = rows.referred_amount_twd, rows.paid_amount_twd
    passes = passes_expression(referred, paid, rule)
    passes_unpaid = passes_expression(referred, ibis.literal(0, type="int64"), rule)
    lowest = min(rule.least_passing(tier.ratio * tier.from_twd) for tier in rule.tiers)
    highest = max(
        rule.least_passing(tier.ratio * ((tier.below_twd or MAX_REFERRED_TWD + 1) - 1))
        for tier in rule.tiers
    )
    can_fail_unpaid = ibis.literal(highest > 0)
    may_pass = ibis.cases(
        (is_free_paid, ibis.literal(True)), (is_free_referred, paid >= lowest), else_=passes
    )
    may_fail = ibis.cases(
        (is_free_referred & is_free_paid, can_fail_unpaid),
        (is_free_referred, paid < highest),
        (is_free_paid, ~passes_unpaid),
        else_=~passes,
    )
    return may_pass.fill_null(False), may_fail.fill_null(False)


def _mask(
    rows: ir.Table,
    year: int,
    meaning: Meaning,
    judged: tuple[ir.BooleanValue, ir.BooleanValue],
    is_open: ir.BooleanValue,
) -> ir.IntegerValue:
    """Return all that a row may be in the year; `is_open`: it may be closed on any day, or not."""
    first, last = (ibis.literal(day) for day in year_bounds(year))
    full, part, never = meaning
    may_pass, may_fail = judged
    is_any_day = rows.is_free_referred_on
    is_known = rows.closed_on
    may_come = is_any_day | (rows.referred_on <= last).fill_null(False)
    may_be_old = is_any_day | (rows.referred_on < first).fill_null(False)
    may_be_new = is_any_day | (rows.referred_on >= first).fill_null(False)
    closed = may_come & (is_open | is_known.between(first, last).fill_null(False))
    pending = may_come & (is_open | is_known.isnull() | (is_known > last).fill_null(False))
    nothing = (
        is_any_day | ~may_come | is_open.ifelse(may_be_old, (is_known < first).fill_null(False))
    )
    found = [nothing]
    for status in (
        pending,
        closed & (never | (part & may_fail)),
        closed & (full | (part & may_pass)),
    ):
        found += [status & may_be_old, status & may_be_new]
    return reduce(
        add,
        (may.ifelse(ibis.literal(1 << place, type="int64"), 0) for place, may in enumerate(found)),
    )
