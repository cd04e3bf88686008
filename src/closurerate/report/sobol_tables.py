"""Tables of what the thresholds explain together: a check by exact shares, and pairs."""

from collections.abc import Sequence

from closurerate.quantity import number
from closurerate.report.cells import headed
from closurerate.report.labels import Language
from closurerate.report.show import Markdown, Table
from closurerate.report.sobol_charts import Panel
from closurerate.report.threshold_data import ThresholdData
from closurerate.report.threshold_words import parameter_name, ratio_text
from closurerate.report.words import word
from closurerate.study.sobol import Index


def check_table(data: ThresholdData, panels: Sequence[Panel]) -> Table | Markdown:
    """Return the estimates where ratios alone vary, beside the exact shares."""
    language, sampling = data.language, data.settings.sobol
    ratios = [panel for panel in panels if {item.kind for item in panel.moved} == {"ratio"}]
    if not ratios:
        return Markdown(word("threshold_no_variance", language, name=data.kpi.name))
    panel = ratios[-1]
    rows = tuple(
        (
            parameter_name(parameter, language),
            *_shares(item, language),
            number(item.exact, 6),
        )
        for parameter, item in zip(panel.moved, panel.found.indices, strict=True)
    )
    note = "check" if any(item.exact is not None for item in panel.found.indices) else "no_exact"
    return Table(
        columns=headed(
            language, "threshold", "threshold_estimate_first", "threshold_estimate_total",
            "threshold_exact",
        ),
        rows=rows,
        caption=word("threshold_caption_check", language),
        note=word(
            f"threshold_note_{note}", language, name=data.kpi.name,
            confidence=ratio_text(sampling.confidence * 100), runs=number(panel.found.runs),
        ),
        source=data.source_line,
        evidence=data.evidence,
        language=language,
    )  # fmt: skip


def _shares(item: Index, language: Language) -> tuple[str, str]:
    if not item.has_effect:
        text = word("threshold_no_effect", language)
        return text, text
    return (
        f"{item.first:.6f} ± {item.first_interval:.6f}",
        f"{item.total:.6f} ± {item.total_interval:.6f}",
    )


def interactions_table(data: ThresholdData, panels: Sequence[Panel]) -> Table | Markdown:
    """Return what each pair of thresholds explains only together, the largest first.

    Where one threshold hides the others it is held, as in the chart.
    """
    language = data.language
    mixed = [
        panel
        for panel in panels
        if panel.found.pairs and {item.kind for item in panel.moved} != {"ratio"}
    ]
    if not mixed:
        return Markdown(word("threshold_no_variance", language, name=data.kpi.name))
    panel = mixed[-1]
    names = {item.name: parameter_name(item, language) for item in panel.moved}
    pairs = sorted(panel.found.pairs, key=lambda pair: -pair.second)
    return Table(
        columns=headed(language, "threshold_pair", "threshold_second", "threshold_half_interval"),
        rows=tuple(
            (
                " × ".join(names[name] for name in pair.names),
                f"{pair.second:.4f}",
                f"{pair.interval:.4f}",
            )
            for pair in pairs
        ),
        caption=word("threshold_caption_pairs", language, panel=panel.title),
        source=data.source_line,
        evidence=data.evidence,
        language=language,
    )
