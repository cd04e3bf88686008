"""The chart of what errors in the records could do to the branches' values and ranks."""

from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from closurerate.kpi.evaluate import in_unit, scale_of
from closurerate.press.cells import joined
from closurerate.press.print.escape import markdown_text
from closurerate.press.print.prose import Chart, Markdown
from closurerate.press.print.style import drawing
from closurerate.press.words import word
from closurerate.quantity import number, signed
from closurerate.study.errors.page_tables import carried, errors_of
from closurerate.study.errors.uncertainty import BranchInterval, Interval
from closurerate.study.thresholds import page_drawing as threshold_figures
from closurerate.study.thresholds.page_data import ThresholdData
from closurerate.year.changes import change_word


def uncertainty_chart(data: ThresholdData) -> Chart | Markdown:
    """Return how far each branch could move under all error models, with its range of ranks."""
    language, found = data.language, errors_of(data)
    known = [item for item in found.branches if item.rank is not None]
    if not known or np.isnan(found.nation.low):
        return Markdown(word("threshold_no_interval", language, name=markdown_text(data.kpi.name)))
    known.sort(key=lambda item: (item.rank, item.branch))
    rows = [
        _row(data, word("nation", language), found.nation, ""),
        *(_row(data, word(item.branch, language), item.kpi, _ranks(item)) for item in known),
    ]
    frame = pd.DataFrame(rows)
    items = [_item(data, row) for row in rows[1:]]
    with drawing(language, 1.8 + 0.52 * len(frame)) as axes:
        threshold_figures.draw_intervals(
            frame,
            axes,
            xlabel=word(
                "threshold_axis_errors",
                language,
                unit=change_word(data.index.version.unit, language),
            ),
            rank=word("rank", language),
        )
        return Chart(
            axes.get_figure(),
            caption=word("threshold_caption_errors", language, name=data.kpi.name),
            alt=word("threshold_alt_errors", language, items=joined(items, language)),
            source=data.source_line,
            evidence=data.evidence,
            language=language,
        )


def _row(data: ThresholdData, place: str, interval: Interval, ranks: str) -> dict[str, Any]:
    """Return the differences from the value as recorded, in the KPI's printed unit."""
    version = data.index.version
    recorded = in_unit(interval.recorded.value, version.unit)
    value = number(recorded, version.decimals)
    ends = {"low": interval.low, "middle": interval.middle, "high": interval.high}
    return {
        "decimals": carried(data, interval),
        "label": word("threshold_recorded", data.language, place=place, value=value),
        "ranks": ranks,
        "is_nation": not ranks,
    } | {name: end * scale_of(version.unit) - float(recorded or 0) for name, end in ends.items()}


def _item(data: ThresholdData, row: dict[str, Any]) -> str:
    low, high = (signed(Fraction(row[end]), row["decimals"]) for end in ("low", "high"))
    return word(
        "threshold_errors_item", data.language,
        branch=row["label"], low=low, high=high, ranks=row["ranks"],
    )  # fmt: skip


def _ranks(item: BranchInterval) -> str:
    ranks = dict.fromkeys(number(rank) for rank in (item.rank_low, item.rank_high))
    return "–".join(ranks)
