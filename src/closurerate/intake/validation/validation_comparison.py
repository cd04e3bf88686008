"""A year's cases against last year's in the validation report: what is unusual comes first."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

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
from closurerate.intake.validation.validation_charts import MARK, Distribution, group_name
from closurerate.press.cells import percent, roc_year
from closurerate.press.print.labels import Language
from closurerate.press.print.prose import Column, Markdown, Notice, Table
from closurerate.press.words import word
from closurerate.quantity import number, signed

_MOST_UNUSUAL = 15
"""More than these are no longer read; all are marked in the tables of the distributions."""
_FLOW = ("new", "closed", "pending")


@dataclass(frozen=True)
class Comparison:
    """Two years' cases, counted in the same ways.

    Parameters
    ----------
    now, before
        The two years.
    is_before_synthetic
        Whether last year's cases are made up.
    """

    now: Spread
    before: Spread
    is_before_synthetic: bool

    @property
    def shares(self) -> Mapping[str, list[Share]]:
        """Each distribution in both years."""
        return shares(self.now, self.before)

    @property
    def unusual(self) -> list[Share]:
        """The unusual shares, the largest change first."""
        return unusual(self.shares)


def compared(cases: Path, year: int, before: Path) -> Comparison:
    """Return a year's cases beside last year's.

    Parameters
    ----------
    cases
        This year's case file.
    year
        ROC year.
    before
        Last year's case file; the record beside it tells its year, else it is the year before.
    """
    known = record_path(before).is_file()
    year_before = read_source(before).year if known else year - 1
    return Comparison(spread_of(cases, year), spread_of(before, year_before), is_synthetic(before))


def comparison_parts(
    found: Comparison, language: Language
) -> Iterator[Markdown | Notice | Table | Distribution]:
    """Return the section of the report; what is unusual first, then each distribution."""
    year = roc_year(found.before.year, language)
    heading = word("validation_shares", language, before=year)
    yield Markdown(f"## {heading}")
    if found.is_before_synthetic:
        yield Notice(word("validation_before_synthetic", language, before=year), "note", language)
    yield _rule(language)
    odd = found.unusual
    yield (
        _unusual_table(found, language)
        if odd
        else Markdown(word("validation_none_unusual", language))
    )
    yield _flow_table(found, language)
    if found.now.agencies is not None and found.before.agencies is not None:
        yield _agencies(found.now.agencies, found.before.agencies, year, language)
    years = (found.now.year, found.before.year)
    for rows in found.shares.values():
        yield Distribution(rows, years, language)


def _rule(language: Language) -> Markdown:
    return Markdown(
        word(
            "validation_rule",
            language,
            points=number(LEAST_POINTS, 1),
            percent=number(100 * LEAST_GROWTH),
            errors=STANDARD_ERRORS,
        )
    )


def _unusual_table(found: Comparison, language: Language) -> Table:
    now, before = (roc_year(item.year, language) for item in (found.now, found.before))
    odd = found.unusual
    left = word("validation_unusual_note", language, shown=_MOST_UNUSUAL, count=number(len(odd)))
    return Table(
        columns=(
            Column(word("validation_where", language)),
            Column(word("validation_group", language)),
            Column(word("validation_share_of", language, year=now), "right"),
            Column(word("validation_share_of", language, year=before), "right"),
            Column(word("validation_difference", language), "right"),
        ),
        rows=tuple(
            (
                word(f"validation_by_{share.of}", language),
                group_name(share, language),
                percent(share.cases, share.whole),
                percent(share.cases_before, share.whole_before),
                signed(share.points, 2),
            )
            for share in odd[:_MOST_UNUSUAL]
        ),
        caption=word("validation_unusual_caption", language),
        note=left if len(odd) > _MOST_UNUSUAL else "",
        language=language,
    )


def _flow_table(found: Comparison, language: Language) -> Table:
    now, before = (roc_year(item.year, language) for item in (found.now, found.before))
    rows = []
    for name in _FLOW:
        cases, earlier = found.now.flow[name], found.before.flow[name]
        change = grew(cases, earlier)
        mark = f"{MARK} " if change is not None and abs(change) > LEAST_GROWTH else ""
        growth = None if change is None else 100 * change
        rows.append(
            (word(name, language), number(cases), number(earlier), mark + signed(growth, 2))
        )
    return Table(
        columns=(
            Column(word("item", language)),
            Column(word("validation_count_of", language, year=now), "right"),
            Column(word("validation_count_of", language, year=before), "right"),
            Column(word("validation_growth", language), "right"),
        ),
        rows=tuple(rows),
        caption=word("validation_totals_caption", language),
        language=language,
    )


def _agencies(
    now: Mapping[object, int], before: Mapping[object, int], year: str, language: Language
) -> Markdown:
    """Return how many referring agencies are new and how many are gone, with their cases."""
    new, gone = now.keys() - before.keys(), before.keys() - now.keys()
    return Markdown(
        word(
            "validation_agencies",
            language,
            before=year,
            count=number(len(new)),
            cases=number(sum(now[name] for name in new)),
            gone=number(len(gone)),
            gone_cases=number(sum(before[name] for name in gone)),
        )
    )
