"""One case explained: which rule decided, which did not apply and why, what would have changed it.

The answer itself is that of `EffectiveRule.is_effective`; the steps tell how it comes about, each
with the file and line of the definition that says so. Which rule was not asked is told too, as in
the traces of DMN engines and of Catala.
"""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

from closurerate.cases.engine import opened
from closurerate.cases.scope import year_bounds
from closurerate.cases.source import is_synthetic
from closurerate.errors import InputError
from closurerate.kpi.definition import Definition
from closurerate.kpi.effective import Tier
from closurerate.press.text import Item, Text, joined, roc_year, t
from closurerate.quantity import number
from closurerate.records.paths import from_root
from closurerate.year.definition_page import tier_range
from closurerate.year.kpi_words import tier_name

_SHARE_DECIMALS = 6


class AskedRule(NamedTuple):
    """A rule, whether it applies (None: it was not asked), why, and where it is written."""

    name: Item
    applies: bool | None
    reason: Item
    file: Path | None = None
    line: int | None = None


@dataclass(frozen=True)
class ExplainedCase:
    """What a case is in a year, by which rules, and what would have changed it.

    Attributes:
        row: Its columns; `is_synthetic`: the case is made up.
        standing: `closed`, `pending`, or `none` where it counts nowhere in the year.
        tier, share: Of the referred amount; the share of it that was paid.
        least_twd: The least paid amount that passes the tier's ratio, NTD.
        rules: In the order in which they are asked.
    """

    row: Mapping[str, Any]
    is_synthetic: bool
    year: int
    definition: Definition
    standing: str
    is_effective: bool
    tier: Tier
    share: Fraction
    least_twd: int
    rules: tuple[AskedRule, ...]

    @property
    def would_change(self) -> tuple[Item, ...]:
        """What else would have come out otherwise; nothing of a case that counts nowhere."""
        return () if self.standing == "none" else tuple(_changes(self))

    @property
    def outcome(self) -> Text:
        """What it is, in a word."""
        if self.standing == "closed":
            return t("explained_effective" if self.is_effective else "explained_not_effective")
        return t(
            "explained_only_pending" if self.standing == "pending" else "explained_not_counted"
        )


def explain(case_id: str, cases: Path, year: int, definition: Definition) -> ExplainedCase:
    """Return how a case of a case file counts in a ROC year.

    Raises:
        InputError: If the file has no such case.
    """
    row = _row(case_id, cases)
    rule, referred, paid = (
        definition.in_force(year).rule, row["referred_amount_twd"], row["paid_amount_twd"],
    )  # fmt: skip
    tier, standing = rule.tier_of(referred), _standing(row, year)
    return ExplainedCase(
        row,
        is_synthetic(cases),
        year,
        definition,
        standing,
        standing == "closed" and rule.is_effective(row["disposition"], referred, paid),
        tier,
        Fraction(paid, referred),
        rule.least_passing(tier.ratio * referred),
        tuple(_rules(row, year, definition, standing)),
    )


def _row(case_id: str, cases: Path) -> dict[str, Any]:
    with opened(cases) as table:
        rows = table.filter(table.case_id == case_id).limit(1).to_pyarrow().to_pylist()
    if not rows:
        raise InputError(
            f"{cases}: there is no case {case_id!r}; take an id of its column case_id."
        )
    row: dict[str, Any] = rows[0]
    return row


def _standing(row: Mapping[str, Any], year: int) -> str:
    first, last = year_bounds(year)
    closed: datetime.date | None = row["closed_on"]
    if row["referred_on"] > last or (closed is not None and closed < first):
        return "none"
    return "closed" if closed is not None and closed <= last else "pending"


# The rules, in the order in which they are asked --------------------------------------------------
def _rules(
    row: Mapping[str, Any], year: int, definition: Definition, standing: str
) -> Iterator[AskedRule]:
    first, _ = year_bounds(year)
    dates = {"closed": str(row["closed_on"]), "referred": str(row["referred_on"])}
    key = {"closed": "closed_in_year", "pending": "pending"}.get(standing)
    key = key or ("closed_before" if row["referred_on"] < first else "not_yet")
    said = t(f"explained_{key}", year=roc_year(year), **dates)
    yield AskedRule(t("explained_rule_standing"), standing != "none", said)
    if standing == "none":
        return
    is_new = row["referred_on"] >= first
    told = t("explained_is_new" if is_new else "explained_not_new", **dates)
    yield AskedRule(t("explained_rule_new"), is_new, told)
    if standing == "closed":
        yield from _of_closed(row, definition, year)


def _of_closed(row: Mapping[str, Any], definition: Definition, year: int) -> Iterator[AskedRule]:
    """Give the rules of what is effective, those that were not asked too."""
    version = definition.in_force(year)
    rule, word = version.rule, row["disposition"]
    names = {"paid_in_full": rule.paid_in_full, "paid_in_part": rule.paid_in_part}
    is_decided = False
    for kind, key in (("paid_in_full", "in_full"), ("paid_in_part", "in_part")):
        where = _written(definition, year, "dispositions", kind)
        applies = word in names[kind]
        told = joined(t(name) for name in names[kind]) if names[kind] else t("none")
        said = (
            t(f"explained_{key}", disposition=t(word))
            if applies
            else t("explained_not_in_full", disposition=t(word), names=told)
        )
        if is_decided:
            yield AskedRule(t(f"explained_rule_{kind}"), None, t("explained_not_asked"), *where)
        else:
            yield AskedRule(t(f"explained_rule_{kind}"), applies, said, *where)
        is_decided = is_decided or applies
    yield from _of_share(row, definition, year, is_asked=word in rule.paid_in_part)


def _of_share(
    row: Mapping[str, Any], definition: Definition, year: int, *, is_asked: bool
) -> Iterator[AskedRule]:
    """Give the rules of the tiers and of the ratio."""
    rule, referred = definition.in_force(year).rule, row["referred_amount_twd"]
    own, paid = rule.tier_of(referred), row["paid_amount_twd"]
    for tier in rule.tiers:
        key = "explained_tier" if tier is own else "explained_other_tier"
        told = {"referred": referred, "tier": tier_name(tier), "range": tier_range(tier)}
        ratio = {"ratio": f"{float(tier.ratio):g}"} if tier is own else {}
        yield AskedRule(
            t("explained_rule_tier", tier=tier_name(tier)),
            tier is own,
            t(key, **told, **ratio),
            *_written(definition, year, "tiers", tier.name),
        )
    where = _written(definition, year, "ratios", own.name)
    if not is_asked:
        yield AskedRule(t("explained_rule_ratio"), None, t("explained_not_asked"), *where)
        return
    share = Fraction(paid, referred)
    passes = paid >= rule.least_passing(own.ratio * referred)
    word = "over" if share > own.ratio else "equal" if share == own.ratio else "under"
    said = t(
        "explained_passes" if passes else "explained_fails",
        paid=paid,
        share=_share(share),
        comparison=t(f"explained_{word}"),
        ratio=f"{float(own.ratio):g}",
    )
    yield AskedRule(t("explained_rule_ratio"), passes, said, *where)


def _written(definition: Definition, year: int, section: str, key: str) -> tuple[Path, int]:
    """Return the file and line at which a section that is in force says something of a key."""
    file, line = definition.written_at(year, section, key)
    return from_root(file), line


# What would have changed it -----------------------------------------------------------------------
def _changes(case: ExplainedCase) -> Iterator[Item]:
    rule, row = case.definition.in_force(case.year).rule, case.row
    least = case.least_twd
    paid = row["paid_amount_twd"]
    amounts = {"least": least, "missing": least - paid, "spare": paid - least + 1}
    if case.standing == "pending":
        yield t("explained_if_closed", least=least)
    elif row["disposition"] in rule.paid_in_part:
        yield t(
            "explained_if_less_paid" if case.is_effective else "explained_if_more_paid", **amounts
        )
        if not case.is_effective and paid:
            yield t("explained_if_ratio", share=_share(case.share))
        for tier in rule.tiers:
            needed = rule.least_passing(tier.ratio * row["referred_amount_twd"])
            if (paid >= needed) != case.is_effective:
                yield t(
                    "explained_if_tier",
                    tier=tier_name(tier),
                    ratio=f"{float(tier.ratio):g}",
                    outcome=_would(paid >= needed),
                )
    else:
        if rule.paid_in_part:
            yield t("explained_if_in_part", outcome=_would(paid >= least), least=least)
        if not case.is_effective and rule.paid_in_full:
            yield t("explained_if_in_full", disposition=t(rule.paid_in_full[0]))


def _would(is_effective: bool) -> Text:
    return t("explained_would" if is_effective else "explained_would_not")


def _share(share: Fraction) -> str:
    """Return a share with as many digits as tell it from a ratio, and no more than it has."""
    shown = number(share, _SHARE_DECIMALS).rstrip("0").rstrip(".")
    return shown if Fraction(shown.replace(",", "")) == share else f"≈ {shown}"
