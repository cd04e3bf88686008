"""What is shown of the patterns that were looked for."""

from collections.abc import Iterator
from fractions import Fraction
from math import sqrt
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from closurerate.audit.rows.drawing import draw_windows
from closurerate.audit.rows.patterns import NATION, with_nation
from closurerate.audit.rows.rows_year import RowsAudit
from closurerate.cases.vocabulary import BRANCHES
from closurerate.press.chart import Chart
from closurerate.press.prose import Finding, Markdown
from closurerate.press.table import Table, numbers, words
from closurerate.press.text import Item, Say, bare, clauses, exactly, formed, t
from closurerate.quantity import Quantity, number
from closurerate.year.kpi_words import tier_name

_STANDARD = 1.96
"""Standard errors to either side in an interval of 95 %."""
_BY_BRANCH = ("certificates", "referred_again")
_PANEL_CM, _THOUSAND = 5.2, 1000


# Tables ---------------------------------------------------------------------------------------
def patterns_table(rows: RowsAudit) -> Table | Markdown:
    """Return what was looked for: cases of the nation, how many tests, and what stands out."""
    tests = rows.patterns.tests
    if tests.empty:
        return Markdown(t("pattern_none"))
    lines = []
    for (pattern, cut), part in tests.groupby(["pattern", "cut"], sort=False):
        nation = part[part["branch"] == NATION]
        sums = part[["inside", "beside", "expected"]].sum() if nation.empty else nation.iloc[0]
        lines.append(
            (
                _called(rows, str(pattern), str(cut)),
                *(_cell(rows, int(sums[name])) for name in ("inside", "beside")),
                _cell(rows, round(float(sums["expected"]))),
                bare(len(part)),
                bare(int(part["is_found"].sum())),
            )
        )
    columns = [
        *words("pattern"),
        *numbers("pattern_inside", "pattern_beside", "pattern_expected", unit="case"),
        *numbers("pattern_tests", "pattern_found"),
    ]
    note = t("pattern_note", rate=_rate(rows))
    return Table(columns, lines, t("pattern_caption"), rows.kpi.cases.grounds(), note)


def found_table(rows: RowsAudit) -> Table | Finding:
    """Return what stands out, the least likely first; or that nothing does."""
    found, evidence = rows.patterns.found, rows.kpi.cases.evidence
    if found.empty:
        tests = Quantity(len(rows.patterns.tests), "count", 0, evidence)
        return Finding(t("pattern_nothing", tests=tests, rate=_rate(rows)), evidence)
    lines = [
        (
            _called(rows, one["pattern"], one["cut"]),
            rows.kpi.cases.place(_branch(one)),
            *(_cell(rows, one[name]) for name in ("inside", "beside")),
            _cell(rows, round(one["expected"])),
            bare(Fraction(100 * one["adjusted"]), 4),
        )
        for one in found.sort_values("adjusted", kind="stable").to_dict("records")
    ]
    columns = [
        *words("pattern", "branch"),
        *numbers("pattern_inside", "pattern_beside", "pattern_expected", unit="case"),
        *numbers("pattern_chance"),
    ]
    caption, note = t("pattern_found_caption"), t("pattern_found_note")
    return Table(columns, lines, caption, rows.kpi.cases.grounds(), note)


def _branch(one: dict[Any, Any]) -> str | None:
    return None if one["branch"] == NATION else str(one["branch"])


def _cell(rows: RowsAudit, count: int) -> Item:
    is_public = rows.is_public(count)
    return bare(count) if is_public else t("rows_few", least=rows.disclosure.least_count)


def _rate(rows: RowsAudit) -> Item:
    return Quantity(100 * rows.patterns.settings.error_rate, "percent", 0, "assumed")


def _called(rows: RowsAudit, pattern: str, cut: str) -> Item:
    """Return what a pattern is called, with its cut-off."""
    tier = next((one for one in rows.kpi.version.rule.tiers if one.name == cut), None)
    if pattern == "certificates":
        return t("pattern_certificates", at=rows.patterns.settings.certificates.below_twd)
    if tier is None:
        return t(f"pattern_{pattern}")
    at = exactly(tier.ratio) if pattern == "repaid" else tier.from_twd
    return t(f"pattern_{pattern}", at=at, tier=tier_name(tier))


# Charts ---------------------------------------------------------------------------------------
def pattern_chart(rows: RowsAudit, pattern: str) -> Chart | Markdown:
    """Return what share lies inside each window: of the cut-off, of those it is compared with.

    Where branches are compared with each other it is each branch's.

    Args:
        pattern: `repaid`, `referred`, `year_end`, `certificates` or `referred_again`.
    """
    panels = list(_panels(rows, pattern))
    if not panels:
        return Markdown(t("pattern_none"))
    axis = t("branch") if pattern in _BY_BRANCH else t(f"pattern_axis_{pattern}")

    def draw(figure: Figure, say: Say) -> None:
        grid = figure.subplots(len(panels), 1, squeeze=False)
        columns = ("label", "value", "low", "high", "is_own")
        for ax, (title, lines) in zip(grid[:, 0], panels, strict=True):
            frame = say.frame(lines, *columns, panel=title)
            is_last = ax is grid[-1, 0]
            xlabel, ylabel = say(axis) if is_last else "", say(t("pattern_axis"))
            draw_windows(frame, ax, xlabel=xlabel, ylabel=ylabel, title=say(title))

    alt = t("pattern_alt", items=clauses(_told(title, lines) for title, lines in panels))
    height = _PANEL_CM * len(panels) + 1.2
    caption = t(f"pattern_chart_{pattern}")
    return Chart(draw, caption, alt, rows.kpi.cases.grounds(), height_cm=height)


Line = tuple[Item, float, float, float, bool]
"""Label, share inside in percent, its interval, and whether it is the cut-off in question."""


def _panels(rows: RowsAudit, pattern: str) -> Iterator[tuple[Item, list[Line]]]:
    """Give a panel's title, and its windows with enough cases to either side."""
    windows, is_by_branch = rows.patterns.windows, pattern in _BY_BRANCH
    own = with_nation(windows[windows["pattern"] == pattern])
    if not own["is_own"].all():
        own = own[own["is_nation"]]
    for cut, part in own.groupby("cut", sort=False):
        lines = [
            _line(rows, one, is_by_branch=is_by_branch)
            for one in _in_order(part)
            if rows.is_public(one["inside"]) and rows.is_public(one["beside"])
            and one["inside"] + one["beside"]
        ]  # fmt: skip
        if len(lines) > 1 and any(line[-1] for line in lines) != is_by_branch:
            yield _called(rows, pattern, str(cut)), lines


def _in_order(part: pd.DataFrame) -> list[dict[Any, Any]]:
    found: list[dict[Any, Any]] = part.to_dict("records")
    places = {name: place for place, name in enumerate(BRANCHES)}
    return sorted(found, key=lambda one: (one["at"], places.get(one["branch"], 0)))


def _line(rows: RowsAudit, one: dict[Any, Any], *, is_by_branch: bool) -> Line:
    inside, count = one["inside"], one["inside"] + one["beside"]
    share = inside / count
    reach = 100 * _STANDARD * sqrt(share * (1 - share) / count)
    at = one["at"]
    label: Item = exactly(Fraction(at, _THOUSAND) if one["pattern"] == "referred" else Fraction(at))
    if is_by_branch:
        label = rows.kpi.cases.place(one["branch"])
        label = formed(label, lambda said: said[-1:]) if rows.kpi.cases.is_synthetic else label
    value = 100 * share
    return label, value, value - reach, value + reach, bool(one["is_own"]) and not is_by_branch


def _told(title: Item, lines: list[Line]) -> Item:
    own = [line for line in lines if line[-1]]
    others = [line[1] for line in lines if not line[-1]] or [lines[0][1]]
    low, high = (number(Fraction(end), 2) for end in (min(others), max(others)))
    if not own:
        return t("pattern_alt_range", panel=title, low=low, high=high)
    share = number(Fraction(own[0][1]), 2)
    return t("pattern_alt_panel", panel=title, own=own[0][0], share=share, low=low, high=high)
