"""What is shown of the patterns that were looked for."""

from collections.abc import Iterator
from fractions import Fraction
from math import sqrt
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from closurerate.audit.rows.drawing import draw_windows
from closurerate.audit.rows.patterns import BY_BRANCH, NATION, with_nation
from closurerate.audit.rows.rows_year import RowsAudit
from closurerate.cases.vocabulary import BRANCHES
from closurerate.press.chart import Chart
from closurerate.press.drawing import draw_dots
from closurerate.press.prose import Finding, Markdown
from closurerate.press.table import Table, numbers, words
from closurerate.press.text import Digits, Item, Run, Say, bare, clauses, exactly, joined, t
from closurerate.quantity import Quantity
from closurerate.year.kpi_words import tier_name

_STANDARD = 1.96
"""Standard errors to either side in an interval of 95 %."""
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
    if pattern in BY_BRANCH:
        return _branches_chart(rows, pattern)
    panels = list(_panels(rows, pattern))
    if not panels:
        return Markdown(t("pattern_none"))
    axis = t(f"pattern_axis_{pattern}")

    def draw(figure: Figure, say: Say) -> None:
        grid = figure.subplots(len(panels), 1, squeeze=False)
        columns = ("label", "value", "low", "high", "is_own")
        for ax, (title, lines) in zip(grid[:, 0], panels, strict=True):
            frame = say.frame(lines, *columns, panel=title)
            xlabel, ylabel = say(axis) if ax is grid[-1, 0] else "", say(t("pattern_axis"))
            draw_windows(frame, ax, xlabel=xlabel, ylabel=ylabel, title=say(title))

    alt = t("pattern_alt", items=clauses(_told(title, lines) for title, lines in panels))
    height = _PANEL_CM * len(panels) + 1.2
    caption = t(f"pattern_chart_{pattern}")
    return Chart(draw, caption, alt, rows.kpi.cases.grounds(), height_cm=height)


Line = tuple[Item, float, float, float, bool]
"""Label, share inside in percent, its interval, and whether it is the cut-off in question."""


def _panels(rows: RowsAudit, pattern: str) -> Iterator[tuple[Item, list[Line]]]:
    """Give each cut-off's title, and the nation's windows that have cases enough to be shown."""
    windows = rows.patterns.windows
    own = with_nation(windows[windows["pattern"] == pattern])
    for cut, part in own[own["is_nation"]].groupby("cut", sort=False):
        lines = [_line(one) for one in _shown(rows, part.sort_values("at"))]
        if any(line[-1] for line in lines) and len(lines) > 1:
            yield _called(rows, pattern, str(cut)), lines


def _shown(rows: RowsAudit, part: pd.DataFrame) -> list[dict[Any, Any]]:
    return [
        one
        for one in part.to_dict("records")
        if one["inside"] + one["beside"]
        and all(rows.is_public(one[name]) for name in ("inside", "beside"))
    ]


def _line(one: dict[Any, Any]) -> Line:
    count = one["inside"] + one["beside"]
    share = one["inside"] / count
    reach, value = 100 * _STANDARD * sqrt(share * (1 - share) / count), 100 * share
    label = exactly(Fraction(one["at"]) / (_THOUSAND if one["pattern"] == "referred" else 1))
    return label, value, value - reach, value + reach, bool(one["is_own"])


def _told(title: Item, lines: list[Line]) -> Item:
    (own,) = (line for line in lines if line[-1])
    others = [line[1] for line in lines if not line[-1]]
    share, low, high = (_percent(value) for value in (own[1], min(others), max(others)))
    return t("pattern_alt_panel", panel=title, own=own[0], share=share, low=low, high=high)


def _percent(value: float) -> Digits:
    """Return a share in percent; a small one with digits that tell it from others."""
    return bare(Quantity(Fraction(value), "percent", 2 if value >= 1 else 4))


def _branches_chart(rows: RowsAudit, pattern: str) -> Chart | Markdown:
    """Return each branch's share as a dot, against all of them together."""
    windows = rows.patterns.windows
    part = windows[windows["pattern"] == pattern].set_index("branch", drop=False)
    shown = _shown(rows, part.loc[[name for name in BRANCHES if name in part.index]])
    if not shown:
        return Markdown(t("pattern_none"))
    dots = [
        (rows.kpi.cases.place(one["branch"]), (value := _line(one)[1]), _percent(value))
        for one in shown
    ]
    sums = {name: sum(one[name] for one in shown) for name in ("inside", "beside")}
    whole = 100 * sums["inside"] / sum(sums.values())

    def draw(figure: Figure, say: Say) -> None:
        nation = say(Run((t("nation"), _percent(whole)), " "))
        frame = say.frame(dots, "label", "value", "text")
        xlabel = say(t("pattern_axis"))
        draw_dots(frame, figure.subplots(), xlabel=xlabel, nation=whole, text=nation)

    named = joined(Run((label, text), " ") for label, _, text in dots)
    alt = t("alt_branches_any", names=named, nation=_percent(whole))
    caption = t(f"pattern_chart_{pattern}")
    return Chart(draw, caption, alt, rows.kpi.cases.grounds(), height_cm=8.6)
