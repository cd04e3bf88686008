"""The chart of what closing pending cases does to the KPI of each branch, paid and unpaid."""

from fractions import Fraction

import pandas as pd

from closurerate.kpi.evaluate import Evaluation, in_unit
from closurerate.press.cells import joined
from closurerate.press.print.escape import markdown_text
from closurerate.press.print.prose import Chart, Markdown
from closurerate.press.print.style import drawing
from closurerate.press.words import word
from closurerate.quantity import signed
from closurerate.study.incentives import page_drawing as incentive_figures
from closurerate.study.incentives.actions import actions
from closurerate.study.incentives.effects import effect, unsaid
from closurerate.study.incentives.page_data import decimals_for
from closurerate.year.changes import change_word
from closurerate.year.kpi_year import KpiData

_SHARE = Fraction(1, 100)
_KINDS = {"unpaid": "close_unpaid", "effective": "close_effective"}


def closing_chart(data: KpiData) -> Chart | Markdown:
    """Return by branch what closing 1 % of the pending cases does to the KPI, paid and unpaid."""
    language, frame = data.language, _closings(data)
    if frame.empty:
        is_told = not any(unsaid(data.version, actions()[name]) for name in _KINDS.values())
        key = "incentive_no_closing" if is_told else "incentive_no_closing_amount"
        return Markdown(word(key, language, name=markdown_text(data.name)))
    items = [
        word("incentive_closing_item", language, name=row["label"], unpaid=row["unpaid_text"],
             effective=row["effective_text"])
        for row in frame.to_dict("records")
    ]  # fmt: skip
    names = (
        word("incentive_closing_unpaid", language),
        word("incentive_closing_effective", language),
    )
    if (frame["unpaid"] == frame["effective"]).all():
        # Dots that lie on each other are labelled once.
        names = ("", word("incentive_closing_alike", language))
        frame = frame.assign(unpaid_text="")
    unit = change_word(data.version.unit, language)
    with drawing(language, 9.0) as axes:
        incentive_figures.draw_closing(
            frame,
            axes,
            xlabel=word("axis_incentive_change", language, name=data.name, unit=unit),
            names=names,
        )
        return Chart(
            axes.get_figure(),
            caption=word("caption_incentive_closing", language, name=data.name),
            alt=word("alt_incentive_closing", language, items=joined(items, language)),
            source=data.cases.source_line(data.cases.evidence),
            evidence=data.cases.evidence,
            language=language,
        )


def _closings(data: KpiData) -> pd.DataFrame:
    """Return the frame that is drawn: the branches that have a value, the largest effect first."""
    found = {
        row.by or "": {kind: _closing(data, row, name) for kind, name in _KINDS.items()}
        for row in data.evaluations("branch")[:-1]
    }
    known = {
        branch: {kind: value for kind, value in row.items() if value is not None}
        for branch, row in found.items()
        if None not in row.values()
    }
    sizes = [abs(value) for row in known.values() for value in row.values()]
    decimals = decimals_for([max(sizes, default=None)]) + 1
    rows = [
        {"label": word(branch, data.language)}
        | {kind: float(value) for kind, value in row.items()}
        | {f"{kind}_text": signed(value, decimals) for kind, value in row.items()}
        for branch, row in sorted(
            known.items(), key=lambda item: abs(item[1]["effective"]), reverse=True
        )
    ]
    return pd.DataFrame(rows)


def _closing(data: KpiData, row: Evaluation, name: str) -> Fraction | None:
    """Return what closing 1 % of a branch's pending cases changes; None where it has too few."""
    times = int((row.counts["pending"] or 0) * _SHARE)
    if not times:
        return None
    change = effect(data.version, row.counts, actions()[name], times).change
    return in_unit(change, data.version.unit)
