"""Tables of the change since the year before: under each reading, and inside E."""

from fractions import Fraction

from closurerate.press.cells import headed, percent, roc_year
from closurerate.press.print.escape import markdown_text
from closurerate.press.print.prose import Column, Markdown, Several, Table
from closurerate.press.words import word
from closurerate.quantity import number, signed
from closurerate.records.paths import data_folder
from closurerate.study.change.change import Change, group_total
from closurerate.study.change.change_span import Span
from closurerate.study.change.composition import FACTORS, Composition
from closurerate.study.change.page_data import (
    ShownChange,
    compositions,
    inside_change,
    published_changes,
    version_before,
)
from closurerate.study.disclosure import is_enough
from closurerate.study.settings import DisclosureRules, read_settings
from closurerate.year.change_rule import is_comparable, other_rule
from closurerate.year.changes import change_word, interval_text
from closurerate.year.kpi_year import KpiData


def change_table(data: KpiData) -> Table | Markdown:
    """Return the split of the change since the printed year before, a column a reading.

    A sentence stands in its place where nothing printed can be split.
    """
    language, changes = data.language, published_changes(data)
    if not changes or any(change.span.total is None for change in changes):
        return Markdown(markdown_text(no_change(data)))
    names = list(dict.fromkeys(name for change in changes for name in change.span.parts))
    rows = [_level(data, data.year - 1, [change.span.before for change in changes])]
    rows += [
        (
            word(f"split_{name}", language),
            *(_cell(data, change.span.parts.get(name), is_signed=True) for change in changes),
        )
        for name in names
    ]
    total = [_cell(data, change.span.total, is_signed=True) for change in changes]
    rows.append((word("split_total", language), *total))
    rows.append(_level(data, data.year, [change.span.after for change in changes]))
    unit = change_word(data.version.unit, language)
    return Table(
        columns=(
            Column(word("split_part", language)),
            *(
                Column(f"{_heading(change, language)}\n({unit})", "right", 0.28)
                for change in changes
            ),
        ),
        rows=tuple(rows),
        caption=word("split_caption", language, name=data.name, previous=data.year - 1),
        note=_note(data, changes[0]),
        source=data.source_over_years,
        evidence=data.evidence,
        language=language,
        has_total=True,
    )


def no_change(data: KpiData) -> str:
    """Return the sentence that stands where the change cannot be split."""
    if not all(is_comparable(data, item) for item in (version_before(data), data.version)):
        return other_rule(data).said(data.language)
    return word("split_none", data.language, previous=data.year - 1, name=data.name)


def no_inside(data: KpiData) -> str:
    """Return the sentence that stands where the inside of E cannot be split."""
    return word("split_no_inside", data.language, previous=data.year - 1)


def _heading(change: ShownChange, language: str) -> str:
    return word(f"split_reading_{change.reading or 'printed'}", language)


def _cell(data: KpiData, span: Span | None, *, is_signed: bool = False) -> str:
    if span is None:
        return number(None)
    return interval_text(*span, data.version.decimals, data.language, is_signed=is_signed)


def _level(data: KpiData, year: int, spans: list[Span | None]) -> tuple[str, ...]:
    language = data.language
    unit = word(f"unit_{data.version.unit}", language)
    label = word("split_level", language, year=roc_year(year, language), unit=unit)
    return (label, *(_cell(data, span) for span in spans))


def _note(data: KpiData, change: ShownChange) -> str:
    language = data.language
    sentences = [word("split_note", language)]
    if change.on_before is not None:
        sentences.append(
            word(
                "split_note_definition",
                language,
                previous=data.year - 1,
                year=data.year,
                before=_cell(data, change.on_before, is_signed=True),
                after=_cell(data, change.on_after, is_signed=True),
            )
        )
    if change.reading:
        sentences.append(word("split_note_interval", language, previous=data.year - 1))
    return (" " if language == "en" else "").join(sentences)


def inside_table(data: KpiData) -> Table | Markdown:
    """Return the part of the effective cases split again, on the rows of both years.

    A sentence stands in its place where there are no rows of the year before, or E has no part.
    """
    language, change = data.language, inside_change(data)
    if change is None or FACTORS[0] not in change.parts:
        return Markdown(no_inside(data))
    decimals = data.version.decimals
    parts = [(name, change.parts[name]) for name in FACTORS]
    rows = [
        (
            word(f"split_{name}", language),
            word(f"split_meaning_{name}", language),
            signed(part, decimals),
        )
        for name, part in parts
    ]
    whole = signed(group_total(change.parts), decimals)
    rows.append((word("split_effective", language), word("split_sum", language), whole))
    return Table(
        columns=(
            Column(word("split_part", language)),
            Column(word("split_meaning", language)),
            Column(change_word(data.version.unit, language), "right"),
        ),
        rows=tuple(rows),
        caption=word("split_inside_caption", language, name=data.name),
        note=_inside_note(data, change),
        source=data.cases.source_line(data.cases.evidence),
        evidence=data.cases.evidence,
        language=language,
        has_total=True,
    )


def _inside_note(data: KpiData, change: Change) -> str:
    language, decimals = data.language, data.version.decimals
    notes = [word("split_inside_note", language)]
    if "closed" in change.parts:
        closed, caseload = change.parts["closed"], change.parts["caseload"]
        notes.append(
            word(
                "split_net_closed", language, closed=signed(closed, decimals),
                caseload=signed(caseload, decimals), net=signed(closed + caseload, decimals),
                unit=change_word(data.version.unit, language),
            )
        )  # fmt: skip
    return ("" if language == "zh-Hant" else " ").join(notes)


def mix_table(data: KpiData) -> Table | Several:
    """Return what the effective cases of both years are made of, by tier.

    Of real cases a share that rests on too few of them is withheld. Nothing without rows of the
    year before, which `inside_table` says.
    """
    language, both = data.language, compositions(data)
    if both is None:
        return Several(())
    rules = read_settings(data_folder() / "study.yml").disclosure
    least = rules if data.cases.evidence == "extract" else None
    rows = tuple(
        (
            tier.name_in(language),
            roc_year(year, language),
            *_mix_cells(made, tier.name, least, language),
        )
        for tier in data.version.rule.tiers
        for year, made in zip((data.year - 1, data.year), both, strict=True)
    )
    has_withheld = any(word("threshold_withheld", language) in row for row in rows)
    headings = ("tier", "year", "split_share", "split_full", "split_in_part", "split_passing")
    first, second, *others = headed(language, *headings)
    return Table(
        columns=(first, Column(second.heading), *others),
        rows=rows,
        caption=word("split_mix_caption", language),
        note=word("split_mix_withheld", language, least=rules.least_count) if has_withheld else "",
        source=data.cases.source_line(data.cases.evidence),
        evidence=data.cases.evidence,
        language=language,
    )


def _mix_cells(
    made: Composition, tier: str, rules: DisclosureRules | None, language: str
) -> tuple[str, ...]:
    """Return the shares of a tier in percent; withheld by `rules`, None withholds nothing."""
    cases = made.caseload * (made.tier_mix[tier] or 0)
    full, part = made.disposition_mix[tier] or (None, None)
    bases = (made.caseload, cases, cases, cases * (part or 0))
    shares = (made.tier_mix[tier], full, part, made.repayment[tier])
    return tuple(
        number(None)
        if share is None
        else percent(share, 1, 2)
        if rules is None or _is_public(share * base, base, rules)
        else word("threshold_withheld", language)
        for share, base in zip(shares, bases, strict=True)
    )


def _is_public(part: Fraction, whole: Fraction | int, rules: DisclosureRules) -> bool:
    """Tell whether a share tells of no group of too few cases: neither its own nor the rest."""
    groups = (whole, part, whole - part)
    return all(not group or is_enough(int(group), rules) for group in groups)
