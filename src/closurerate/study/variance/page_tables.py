"""Tables of what the thresholds explain together: each one's share, and pairs."""

from collections.abc import Sequence
from fractions import Fraction
from math import floor, log10

from closurerate.press.cells import headed
from closurerate.press.print.escape import markdown_text
from closurerate.press.print.labels import Language
from closurerate.press.print.prose import Column, Markdown, Table
from closurerate.press.words import word
from closurerate.quantity import number
from closurerate.study.thresholds.page_data import ThresholdData
from closurerate.study.thresholds.page_words import parameter_name, ratio_text
from closurerate.study.variance.page_charts import Panel
from closurerate.study.variance.sobol import Index

_SHARE_DECIMALS = 6
_PAIR_DECIMALS = 4
"""Digits of exact shares; an estimate has those that its error leaves it."""


def shares_table(data: ThresholdData, panels: Sequence[Panel]) -> Table | Markdown:
    """Return the share of the variance that each threshold explains, alone and in all.

    Where one threshold hides the others, two more columns show these with it held.
    """
    language = data.language
    if not panels:
        return Markdown(word("threshold_no_variance", language, name=markdown_text(data.kpi.name)))
    names = [parameter_name(data, parameter) for parameter in panels[0].moved]
    found = [
        {
            parameter_name(data, parameter): _shares(item, language)
            for parameter, item in zip(panel.moved, panel.found.indices, strict=True)
        }
        for panel in panels
    ]
    held = number(None), number(None)
    return Table(
        columns=(
            *headed(language, "threshold"),
            *(
                Column(f"{panel.title}\n{word(name, language)}", "right")
                for panel in panels
                for name in ("threshold_first", "threshold_total")
            ),
        ),
        rows=tuple(
            (name, *(cell for shares in found for cell in shares.get(name, held))) for name in names
        ),
        caption=word("threshold_caption_shares", language, name=data.kpi.name),
        note=_note(data, panels[0]),
        source=data.source_line,
        evidence=data.evidence,
        language=language,
    )


def _note(data: ThresholdData, panel: Panel) -> str:
    return word(
        f"threshold_note_{'exact' if panel.found.is_exact else 'estimated'}",
        data.language,
        name=data.kpi.name,
        confidence=ratio_text(data.settings.sobol.confidence * 100),
        runs=number(panel.found.runs),
    )


def _shares(item: Index, language: Language) -> tuple[str, str]:
    if not item.has_effect:
        text = word("threshold_no_effect", language)
        return text, text
    return (
        share_text(item.first or 0, item.first_interval, _SHARE_DECIMALS),
        share_text(item.total or 0, item.total_interval, _SHARE_DECIMALS),
    )


def share_text(share: Fraction | float, interval: float | None, decimals: int) -> str:
    """Return a share: an exact one to so many decimals, an estimate to those its error carries."""
    if interval is None:
        return number(Fraction(share), decimals)
    carried = max(0, -floor(log10(interval))) if interval else decimals
    return f"{share:.{carried}f} ± {interval:.{carried}f}"


def interactions_table(data: ThresholdData, panels: Sequence[Panel]) -> Table | Markdown:
    """Return what pairs of thresholds explain only together, the largest first.

    Where one threshold hides the others it is held, as in the chart. Of exact shares those that
    are 0 are left out.
    """
    language = data.language
    if not panels:
        return Markdown(word("threshold_no_variance", language, name=markdown_text(data.kpi.name)))
    panel = panels[-1]
    pairs = [pair for pair in panel.found.pairs if pair.second or pair.interval is not None]
    if not pairs:
        return Markdown(word("threshold_no_pairs", language, name=markdown_text(data.kpi.name)))
    names = {item.name: parameter_name(data, item) for item in panel.moved}
    return Table(
        columns=headed(language, "threshold_pair", "threshold_second"),
        rows=tuple(
            (
                " × ".join(names[name] for name in pair.names),
                share_text(pair.second, pair.interval, _PAIR_DECIMALS),
            )
            for pair in sorted(pairs, key=lambda pair: -pair.second)
        ),
        caption=word("threshold_caption_pairs", language, panel=panel.title),
        note=word("threshold_note_pairs", language) if panel.found.is_exact else _note(data, panel),
        source=data.source_line,
        evidence=data.evidence,
        language=language,
    )
