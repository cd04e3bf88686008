"""What is shown of the part of the effective cases in a change, on the rows of both years."""

from fractions import Fraction

from closurerate.press.chart import Chart
from closurerate.press.prose import Markdown, Several
from closurerate.press.sums import rounding_note
from closurerate.press.table import Table, numbers, share, words
from closurerate.press.text import (
    Item,
    Text,
    bare,
    roc_year,
    spaced,
    t,
)
from closurerate.study.change.change import Change, factors_total
from closurerate.study.change.composition import FACTORS, Composition
from closurerate.study.change.page import waterfall_chart
from closurerate.study.change.year_change import (
    YearChange,
)
from closurerate.study.disclosure import is_enough
from closurerate.study.settings import DisclosureRules
from closurerate.year.changes import change_heading, change_unit, change_word
from closurerate.year.kpi_words import tier_name

_WITHHELD = t("threshold_withheld")


def inside_table(change: YearChange) -> Table | Markdown:
    """Return the part of the effective cases split again, on the rows of both years.

    A sentence stands in its place where there are no rows of the year before, or E has no part.
    """
    data, inside = change.kpi, change.inside
    if inside is None:
        return Markdown(t("split_no_inside", previous=data.names["previous"]))
    rows = [
        (t(f"split_{name}"), t(f"split_meaning_{name}"), inside.parts[name]) for name in FACTORS
    ]
    rows.append((t("split_effective"), t("split_sum"), factors_total(inside.parts)))
    unit, decimals = data.version.unit, data.version.decimals
    moves = numbers(change_heading(unit), unit=change_unit(unit), decimals=decimals, is_signed=True)
    return Table(
        [*words("split_part", "split_meaning"), *moves],
        rows,
        t("split_inside_caption", name=data.kpi_name),
        data.grounds(data.cases.evidence, is_of_rows_before=True),
        note=_inside_note(change, inside),
        has_total=True,
    )


def _inside_note(change: YearChange, inside: Change) -> Item:
    data, whole = change.kpi, factors_total(inside.parts)
    notes = [t("split_inside_note"), *_of_rows(change)]
    if "closed" in inside.parts:
        moves = {name: inside.parts[name] for name in ("closed", "caseload")}
        moves["net"] = moves["closed"] + moves["caseload"]
        told = {
            name: bare(move, data.version.decimals, is_signed=True) for name, move in moves.items()
        }
        notes.append(t("split_net_closed", **told, unit=change_word(data.version.unit)))
    parts = [(inside.parts[name],) * 2 for name in FACTORS]
    return spaced([*notes, *rounding_note(parts, (whole, whole), data.version.decimals)])


def _of_rows(change: YearChange) -> list[Text]:
    """Return why the parts are numbers here, where the split of the printed figures has spans."""
    first = change.adopted
    spans = [] if first is None else first.span.parts.values()
    is_interval = any(low != high for low, high in spans)
    return [t("split_inside_rows", previous=change.kpi.names["previous"])] if is_interval else []


def inside_chart(change: YearChange) -> Chart | Several:
    """Return the same steps on the rows of both years, the effective cases split again.

    Nothing where they are not, which `inside_table` says.
    """
    data, inside = change.kpi, change.inside
    if inside is None:
        return Several(())
    levels = [(value, value) for value in (inside.before, inside.after) if value is not None]
    parts = {name: (part, part) for name, part in inside.parts.items()}
    caption = t("split_inside_chart_caption", name=data.kpi_name)
    return waterfall_chart(
        data, levels, parts, caption, data.grounds(data.cases.evidence, is_of_rows_before=True)
    )


def mix_table(change: YearChange) -> Table | Several:
    """Return what the effective cases of both years are made of, by tier.

    Of real cases a share that rests on too few of them is withheld. Nothing without rows of the
    year before, which `inside_table` says.
    """
    data, compositions = change.kpi, change.compositions
    if compositions is None:
        return Several(())
    least = change.disclosure if data.cases.evidence == "extract" else None
    rows = [
        (tier_name(tier), roc_year(year), *_mix_cells(made, tier.name, least))
        for tier in data.version.rule.tiers
        for year, made in zip((data.year - 1, data.year), compositions, strict=True)
    ]
    is_withheld = any(_WITHHELD in row for row in rows)
    withheld = [t("split_mix_withheld", least=change.disclosure.least_count)] if is_withheld else []
    shares = ("split_share", "split_full", "split_in_part", "split_passing")
    return Table(
        [*words("tier", "year"), *numbers(*shares, unit="percent", decimals=2)],
        rows,
        t("split_mix_caption"),
        data.grounds(data.cases.evidence, is_of_rows_before=True),
        note=spaced([t("split_mix_note"), *withheld]),
    )


def _mix_cells(made: Composition, tier: str, rules: DisclosureRules | None) -> list[Item]:
    """Return the shares of a tier in percent; withheld by `rules`, None withholds nothing."""
    cases = made.caseload * (made.tier_mix[tier] or 0)
    full, part = made.disposition_mix[tier] or (None, None)
    bases = (made.caseload, cases, cases, cases * (part or 0))
    shares = (made.tier_mix[tier], full, part, made.repayment[tier])
    return [
        None
        if found is None
        else share(found, 1)
        if rules is None or _is_public(found * base, base, rules)
        else _WITHHELD
        for found, base in zip(shares, bases, strict=True)
    ]


def _is_public(part: Fraction, whole: Fraction | int, rules: DisclosureRules) -> bool:
    """Tell whether a share tells of no group of too few cases: neither its own nor the rest."""
    groups = (whole, part, whole - part)
    return all(not group or is_enough(int(group), rules) for group in groups)
