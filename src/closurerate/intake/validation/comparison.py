"""A year's cases against last year's in the validation report: what is unusual comes first."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from closurerate.cases.profile import AMOUNT_EDGES_TWD
from closurerate.cases.source import is_synthetic, read_source, record_path
from closurerate.intake.validation.shares import (
    LEAST_GROWTH,
    LEAST_POINTS,
    STANDARD_ERRORS,
    Share,
    Spread,
    grew,
    shares,
    spread_of,
    unusual,
)
from closurerate.press.print.escape import html_lines, html_text
from closurerate.press.print.frame import Bundle, bundle, figure_html
from closurerate.press.print.labels import Language
from closurerate.press.prose import Markdown, Notice
from closurerate.press.shown import Shown
from closurerate.press.table import Table, band_labels, numbers, words
from closurerate.press.table import share as share_of
from closurerate.press.text import Item, Run, Say, Text, bare, roc_year, t

_MOST_UNUSUAL = 15
"""More than these are no longer read; all are marked in the tables of the distributions."""
_FLOW = ("new", "closed", "pending")
MARK = "▲"
_WIDTH, _BAR, _GAP = 150, 7, 2
"""Of the bars, in pixels: length of the longest, thickness, distance within a pair."""


@dataclass(frozen=True)
class Comparison:
    """Two years' cases, counted in the same ways."""

    now: Spread
    before: Spread
    is_before_synthetic: bool

    @cached_property
    def shares(self) -> Mapping[str, list[Share]]:
        """Each distribution in both years."""
        return shares(self.now, self.before)

    @cached_property
    def unusual(self) -> list[Share]:
        """The unusual shares, the largest change first."""
        return unusual(self.shares)


def compared(cases: Path, year: int, before: Path) -> Comparison:
    """Return a year's cases beside last year's; by its record, else those of the year before."""
    known = record_path(before).is_file()
    year_before = read_source(before).year if known else year - 1
    return Comparison(spread_of(cases, year), spread_of(before, year_before), is_synthetic(before))


def comparison_parts(found: Comparison) -> Iterator[Shown]:
    """Return the section of the report; what is unusual first, then each distribution."""
    year = roc_year(found.before.year)
    yield Markdown(Run(("## ", t("validation_shares", before=year))))
    if found.is_before_synthetic:
        yield Notice(t("validation_before_synthetic", before=year), "note")
    points, percent = bare(LEAST_POINTS, 1), bare(100 * LEAST_GROWTH)
    yield Markdown(t("validation_rule", points=points, percent=percent, errors=STANDARD_ERRORS))
    yield _unusual_table(found) if found.unusual else Markdown(t("validation_none_unusual"))
    yield _flow_table(found)
    if found.now.agencies is not None and found.before.agencies is not None:
        yield _agencies(found.now.agencies, found.before.agencies, year)
    years = (found.now.year, found.before.year)
    for rows in found.shares.values():
        yield Distribution(rows, years)


def _unusual_table(found: Comparison) -> Table:
    now, before = (roc_year(item.year) for item in (found.now, found.before))
    odd = found.unusual
    left = t("validation_unusual_note", shown=_MOST_UNUSUAL, count=len(odd))
    columns = [
        *words("validation_where", "validation_group"),
        *numbers(
            t("validation_share_of", year=now),
            t("validation_share_of", year=before),
            unit="percent",
            decimals=2,
        ),
        *numbers("validation_difference", unit="point", decimals=2, is_signed=True),
    ]
    rows = [
        (
            t(f"validation_by_{share.of}"),
            group_name(share),
            share_of(share.cases, share.whole),
            share_of(share.cases_before, share.whole_before),
            share.points,
        )
        for share in odd[:_MOST_UNUSUAL]
    ]
    note = left if len(odd) > _MOST_UNUSUAL else ""
    return Table(columns, rows, t("validation_unusual_caption"), note=note)


def _flow_table(found: Comparison) -> Table:
    now, before = (roc_year(item.year) for item in (found.now, found.before))
    rows = []
    for name in _FLOW:
        cases, earlier = found.now.flow[name], found.before.flow[name]
        change = grew(cases, earlier)
        growth = bare(None if change is None else 100 * change, 2, is_signed=True)
        is_odd = change is not None and abs(change) > LEAST_GROWTH
        rows.append((t(name), cases, earlier, _marked(growth, is_odd)))
    columns = [
        *words("item"),
        *numbers(t("validation_count_of", year=now), t("validation_count_of", year=before)),
        *numbers("validation_growth"),
    ]
    return Table(columns, rows, t("validation_totals_caption"))


def _marked(item: Item, is_odd: bool) -> Item:
    return Run((MARK, item), " ") if is_odd else item


def _agencies(now: Mapping[object, int], before: Mapping[object, int], year: Item) -> Markdown:
    """Return how many referring agencies are new and how many are gone, with their cases."""
    new, gone = now.keys() - before.keys(), before.keys() - now.keys()
    return Markdown(
        t(
            "validation_agencies",
            before=year,
            count=len(new),
            cases=sum(now[name] for name in new),
            gone=len(gone),
            gone_cases=sum(before[name] for name in gone),
        )
    )


# Distributions ------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Distribution(Shown):
    """One distribution in this year and the one before, a table with a pair of bars in each row."""

    shares: Sequence[Share]
    years: tuple[int, int]

    def table(self) -> Table:
        """Return the figures without the bars."""
        columns = [*words("validation_group"), *numbers(*self.headings())]
        rows = [(group_name(share), *_figures(share)) for share in self.shares]
        return Table(columns, rows, t(f"validation_by_{self.shares[0].of}"))

    def headings(self) -> list[Text]:
        """Return what heads the figures."""
        now, before = (roc_year(year) for year in self.years)
        return [
            t("validation_count_of", year=now),
            t("validation_share_of", year=now),
            t("validation_share_of", year=before),
            t("validation_difference"),
        ]

    def said(self, language: Language) -> "PrintedDistribution":
        """Return it in a language."""
        return PrintedDistribution(self, Say(language))

    def data(self) -> dict[str, Any]:
        """Return the figures as data."""
        return self.table().data()


@dataclass(frozen=True)
class PrintedDistribution:
    """A distribution as it is printed: bars in HTML, the plain table in Typst."""

    shown: Distribution
    say: Say

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Bundle:
        table = self.shown.table().said(self.say.language)._repr_mimebundle_()
        return bundle(self._html(), table["text/vnd.typst"], table["text/plain"])

    def _html(self) -> str:
        language, shares = self.say.language, self.shown.shares
        caption = self.say(self.shown.table().caption)
        heads = [("left", html_text(self.say(t("validation_group"))))]
        heads.append(("left", self._legend()))
        heads += [("right", html_lines(self.say(item))) for item in self.shown.headings()]
        head = "".join(f'<th scope="col" class="{align}">{text}</th>' for align, text in heads)
        longest = max(max(share.now, share.before) for share in shares)
        body = "".join(self._row(share, float(longest)) for share in shares)
        return figure_html(
            "table whole",
            caption,
            '<table class="stack" style="--share:1;--print-size:8.5pt">\n'
            f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>",
            language,
        )

    def _legend(self) -> str:
        now, before = (html_text(self.say(roc_year(year))) for year in self.shown.years)
        return (
            f'<span style="color:var(--accent)">■</span> {now}<br>'
            f'<span style="color:var(--context)">■</span> {before}'
        )

    def _row(self, share: Share, longest: float) -> str:
        odd = ' style="background:var(--warning-tint)"' if share.is_unusual else ""
        texts = [html_text(self.say(item)) for item in _figures(share)]
        cells = "".join(f'<td class="right">{text}</td>' for text in texts)
        name = html_text(self.say(group_name(share)))
        return (
            f'<tr{odd}><th scope="row" class="left">{name}</th>'
            f"<td>{_bars(share, longest)}</td>{cells}</tr>\n"
        )


def _figures(share: Share) -> tuple[Item, ...]:
    return (
        bare(share.cases),
        bare(share_of(share.cases, share.whole), 2),
        bare(share_of(share.cases_before, share.whole_before), 2),
        _marked(bare(share.points, 2, is_signed=True), share.is_unusual),
    )


def _bars(share: Share, longest: float) -> str:
    """Return this year's bar over last year's; the figures beside them say the same in words."""
    bars = "".join(
        f'<rect y="{place * (_BAR + _GAP)}" width="{_WIDTH * float(value) / longest:.1f}" '
        f'height="{_BAR}" style="fill:{colour}"/>'
        for place, (value, colour) in enumerate(
            ((share.now, "var(--accent)"), (share.before, "var(--context)"))
        )
    )
    height = 2 * _BAR + _GAP
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" '
        f'aria-hidden="true" style="display:block;margin-top:0.2em;max-width:100%">{bars}</svg>'
    )


def group_name(share: Share) -> Item:
    """Return what a group of a distribution is called."""
    if share.of == "amount":
        assert isinstance(share.group, int)
        return band_labels(AMOUNT_EDGES_TWD)[share.group]
    if share.of in ("referral", "closing"):
        return t("validation_month", month=share.group)
    return t(str(share.group))
