"""What is shown of errors in the records: what they could do to the KPI and the branches' ranks."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import isnan

from matplotlib.figure import Figure

from closurerate.cases.vocabulary import BRANCHES
from closurerate.kpi.evaluate import in_unit, scale_of
from closurerate.press.chart import Chart
from closurerate.press.prose import Finding, Markdown, Several
from closurerate.press.shown import Grounds
from closurerate.press.table import Table, numbers, words
from closurerate.press.text import (
    Item,
    Run,
    Say,
    Text,
    bare,
    exactly,
    spaced,
    stated,
    t,
)
from closurerate.quantity import Quantity
from closurerate.records.placeholders import weakest
from closurerate.study.errors import drawing
from closurerate.study.errors.error_draws import uses_money
from closurerate.study.errors.error_models import exposure
from closurerate.study.errors.uncertainty import (
    BranchInterval,
    DrawnInterval,
    Uncertainty,
    uncertainty,
)
from closurerate.study.thresholds.threshold_year import Sayable, ThresholdData
from closurerate.study.thresholds.wording_page import chart_of, in_change, table_of, why_none
from closurerate.year.before import counts_before


@dataclass(frozen=True)
class ErrorData:
    """A year's KPI under the declared error models, and what closed in the year before."""

    thresholds: ThresholdData
    before: Mapping[str, int] | None
    found: Uncertainty

    def more(self, interval: DrawnInterval) -> int:
        """Return how many digits beyond the KPI's printed ones the draws carry, one at most."""
        version = self.thresholds.index.version
        carried = interval.decimals(version.decimals + 1, scale_of(version.unit))
        return carried - version.decimals

    @property
    def decimals(self) -> int:
        """The decimals of all intervals in print: those that the draws of each and the rows carry.

        So that the rows of a column can be compared.
        """
        intervals = (*self.found.alone.values(), self.found.nation)
        return min(self.thresholds.value(None, self.more(item)).decimals for item in intervals)


def open_errors(data: ThresholdData) -> ErrorData:
    """Return the year's KPI under the declared error models."""
    before, settings = closed_before(data), data.settings
    exposed = exposure(data.index, data.kpi.counts, before)
    found = uncertainty(data.index, exposed, settings.error_rates, settings.monte_carlo)
    return ErrorData(data, before, found)


def closed_before(data: ThresholdData) -> Mapping[str, int] | None:
    """Return the cases closed in the year before, by branch; None where nobody knows.

    Counted, where its cases are at hand; else the printed total, divided as this year's, which
    takes a file of all branches.
    """
    counted = counts_before(data.kpi)
    if counted is not None:
        return {str(name): int(rows["closed"].sum()) for name, rows in counted.groupby("branch")}
    report, counts = data.kpi.cases.before, data.index.counts
    closed = counts[None]["closed"]
    is_whole = set(data.index.branches) == set(BRANCHES)
    if report is None or "closed" not in report or not closed or not is_whole:
        return None
    share = Fraction(report["closed"].value) / closed
    return {name: round(share * (counts[name]["closed"] or 0)) for name in data.index.branches}


def errors_chart(errors: ErrorData) -> Chart | Markdown:
    """Return how far each branch could move under all error models, with its range of ranks."""
    data, nation = errors.thresholds, errors.found.nation
    decimals = data.index.version.decimals
    known = [item for item in errors.found.branches if item.rank is not None]
    if not known or isnan(nation.low):
        return why_none(data, "threshold_no_interval")
    known.sort(key=lambda item: (item.rank, item.branch))
    rows = [
        (*_line(data, None, nation), "", True),
        *((*_line(data, item.branch, item.kpi), _ranks(item), False) for item in known),
    ]

    def draw(figure: Figure, say: Say) -> None:
        drawing.draw_intervals(
            say.frame(rows, "label", "low", "middle", "high", "ranks", "is_nation"),
            figure.subplots(),
            xlabel=say(in_change(data, "threshold_axis_errors")),
            rank=say(t("rank")),
        )

    items = (
        t(
            "threshold_errors_item",
            branch=label,
            low=bare(Fraction(low), decimals + errors.more(item.kpi), is_signed=True),
            high=bare(Fraction(high), decimals + errors.more(item.kpi), is_signed=True),
            ranks=ranks,
        )
        for item, (label, low, _, high, ranks, _) in zip(known, rows[1:], strict=True)
    )
    return chart_of(data, "errors", draw, items, 1.8 + 0.52 * len(rows))


def _line(
    data: ThresholdData, place: str | None, interval: DrawnInterval
) -> tuple[Text, float, float, float]:
    """Return a row's name, and the differences from the value as recorded, in the KPI's unit."""
    version = data.index.version
    recorded = in_unit(interval.recorded.value, version.unit)
    scale, base = scale_of(version.unit), float(recorded or 0)
    return (
        t(
            "threshold_recorded",
            place=data.kpi.cases.place(place),
            value=bare(recorded, version.decimals),
        ),
        interval.low * scale - base,
        interval.middle * scale - base,
        interval.high * scale - base,
    )


def _ranks(item: BranchInterval) -> Item:
    low, high = bare(item.rank_low), bare(item.rank_high)
    return low if low == high else Run((low, high), "–")


def models_table(errors: ErrorData) -> Table:
    """Return the nation's interval under each error model, under all together, and at worst."""
    data, found = errors.thresholds, errors.found
    unit = data.index.version.unit
    heads = [f"threshold_interval_{name}" for name in ("low", "middle", "high")]
    intervals = {**found.alone, "together": found.nation}
    rows = [
        (t(f"threshold_model_{name}"), *_ends(errors, interval), _shift(errors, interval))
        for name, interval in intervals.items()
    ]
    worst, _ = corrected_values(errors)
    if found.worst:
        ends = worst["worst_low"], None, worst["worst_high"]
        rows.append((t("threshold_model_worst"), *ends, None))
    columns = [
        *words("threshold_model"),
        *numbers(*heads),
        *numbers(in_change(data, "threshold_shift"), is_signed=True),
    ]
    note = spaced(_notes(errors))
    return table_of(data, "models", columns, rows, note, value=t(f"unit_{unit}"))


def _ends(errors: ErrorData, interval: DrawnInterval) -> list[Quantity | None]:
    """Return the ends in print; none where there are none, or no error of amounts was modelled."""
    data, ends = errors.thresholds, (interval.low, interval.middle, interval.high)
    is_still = interval.low == interval.high
    if isnan(interval.low) or (is_still and uses_money(data.index.version)):
        return [None] * len(ends)
    return [replace(data.value(Fraction(end)), decimals=errors.decimals) for end in ends]


def _shift(errors: ErrorData, interval: DrawnInterval) -> Quantity | Text | None:
    """Return the bias of an interval, or that it is less than prints; none where it has no ends."""
    data, scale = errors.thresholds, scale_of(errors.thresholds.index.version.unit)
    if None in _ends(errors, interval):
        return None
    move = Fraction(interval.middle - float(interval.recorded.value or 0)) * scale
    bound = Fraction(1, 2 * 10**errors.decimals)
    if 0 < abs(move) < bound:
        return t("threshold_under", bound=exactly(bound))
    return replace(data.change(move), decimals=errors.decimals)


def one_sided_finding(errors: ErrorData) -> Finding | Several:
    """Return how far the median lies from the value as recorded; nothing where it prints alike."""
    shift = _shift(errors, errors.found.nation)
    if not isinstance(shift, Quantity) or not shift.value:
        return Several(())
    evidence = weakest([errors.thresholds.evidence, "assumed"])
    return Finding(t("threshold_one_sided", shift=stated(shift, is_signed=True)), evidence)


def _notes(errors: ErrorData) -> list[Text]:
    data, found = errors.thresholds, errors.found
    version = data.index.version
    recorded = in_unit(found.nation.recorded.value, version.unit)
    sampling = data.settings.monte_carlo
    confidence = exactly(sampling.confidence * 100)
    ranked = [item for item in found.branches if item.rank_low is not None]
    kept = sum(item.rank_low == item.rank_high for item in ranked)
    notes = [
        t(
            "threshold_note_models",
            recorded=Quantity(recorded, version.unit, errors.decimals),
            low=exactly(50 * (1 - sampling.confidence)),
            high=exactly(50 * (1 + sampling.confidence)),
            draws=sampling.draws,
        ),
        t("threshold_note_late_out")
        if errors.before is None
        else t("threshold_note_late", before=sum(errors.before.values())),
    ]
    if found.worst:
        notes.append(t("threshold_note_worst"))
    if kept and not data.kpi.cases.is_synthetic:
        branches = len(ranked)
        notes.append(
            t("threshold_note_ranks_kept", kept=kept, branches=branches, confidence=confidence)
        )
    if uses_money(version):
        notes.append(t("threshold_note_money"))
    return notes


def rates_table(errors: ErrorData) -> Table:
    """Return the assumed highest rates of error."""
    settings = errors.thresholds.settings
    rates = {name: rate * 100 for name, rate in vars(settings.error_rates).items()}
    digits = max(exactly(rate).quantity.decimals for rate in rates.values())
    return Table(
        [*words("threshold_error"), *numbers("threshold_highest_rate")],
        [(t(f"threshold_rate_{name}"), bare(rate, digits)) for name, rate in rates.items()],
        t("threshold_caption_rates"),
        Grounds("assumed", t("source_assumptions")),
        note=Text(settings.reasons["error_rates"]),
    )


def corrected_values(errors: ErrorData) -> Sayable:
    """Return the KPI once errors are put right.

    `errors_low`, `errors_high`: its interval; `worst_low`, `worst_high`: the worst cases, with a
    digit fewer of made-up rows.
    """
    data, nation = errors.thresholds, errors.found.nation
    figures, fewer = dict[str, Quantity](), -(data.evidence == "illustration")
    for name, end in (("low", nation.low), ("high", nation.high)):
        if not isnan(end):
            figures[f"errors_{name}"] = data.value(Fraction(end), min(0, errors.more(nation)))
    for name, worst in zip(("low", "high"), errors.found.worst or (), strict=False):
        figures[f"worst_{name}"] = data.value(worst.value, fewer)
    return figures, {}
