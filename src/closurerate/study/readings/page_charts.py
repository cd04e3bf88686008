"""The specification curve: a year's printed figure under every combination of readings."""

from fractions import Fraction

import pandas as pd
from matplotlib import pyplot

from closurerate.press.cells import joined
from closurerate.press.print.prose import Chart, Markdown
from closurerate.press.print.style import chart_size, chart_style
from closurerate.press.words import word
from closurerate.quantity import Quantity, number, printed
from closurerate.study.readings.page_drawing import draw_options, draw_values
from closurerate.study.readings.page_tables import moving_readings
from closurerate.study.readings.specification import OPTIONS, Specifications
from closurerate.year.kpi_year import KpiData

_ROW_CM = 0.5
_TOP_CM = 5.0


def specification_chart(data: KpiData, found: Specifications) -> Chart | Markdown:
    """Return the curve: printed values in order above, the options that each takes below.

    Parameters
    ----------
    data
        The year's KPI.
    found
        From `study.specification.specifications`, of the same KPI and case data.
    """
    language = data.language
    known = found.frame[[value is not None for value in found.frame["printed"]]]
    if not known["is_adopted"].any():
        return Markdown(word("left_out_sentence", language))
    order = sorted(
        known.index,
        key=lambda row: (known["printed"][row], Fraction(known["value"][row]), row),
    )
    frame = known.loc[order].reset_index(drop=True)
    options = _options(found, frame, language)
    own = int(frame.index[frame["is_adopted"]][0])
    low, high, adopted = (
        printed(_as_printed(data, frame.at[place, "printed"]), language)
        for place in (0, len(frame) - 1, own)
    )
    with chart_style(language):
        heights = [_TOP_CM, _ROW_CM * len(options)]
        figure, (top, bottom) = pyplot.subplots(
            2, 1, figsize=chart_size(sum(heights) + 0.8), height_ratios=heights
        )
        draw_values(
            frame.assign(value=frame["printed"].astype(float)),
            top,
            ylabel=word("reading_as_printed", language, unit=word(f"unit_{found.unit}", language)),
            adopted=word("reading_adopted_value", language, value=adopted),
        )
        draw_options(options, bottom, adopted=own, xlabel=word("specification_rank", language))
        return Chart(
            figure,
            caption=word(
                "caption_specifications", language, count=number(len(frame)), name=data.name
            ),
            alt=word(
                "alt_specifications",
                language,
                count=number(len(frame)),
                low=low,
                high=high,
                adopted=adopted,
                moving=joined(moving_readings(found, language), language) or word("none", language),
            ),
            source=data.cases.source_line(data.cases.evidence),
            evidence=data.cases.evidence,
            language=language,
        )


def _options(found: Specifications, frame: pd.DataFrame, language: str) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "label": f"{word(f'reading_{reading}', language)}"
                + ("：" if language == "zh-Hant" else ": ")
                + word(f"option_{option}", language),
                "group": reading,
                "taken": [item == option for item in frame[reading]],
            }
            for reading in found.readings
            for option in OPTIONS[reading]
        ]
    )


def _as_printed(data: KpiData, value: object) -> Quantity:
    return Quantity(Fraction(str(value)), data.version.unit, data.version.decimals)
