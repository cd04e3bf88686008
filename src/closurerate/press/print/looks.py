"""The looks of every report in one place: sizes and colours."""

from dataclasses import dataclass

TEXT_WIDTH_CM = 16.0
"""Width of the text on an A4 page, and of a chart that fills it."""
CM_PER_INCH = 2.54
POINTS_PER_CM = 72 / CM_PER_INCH
CHART_TEXT_PT = 9.0
CHART_LABEL_PT = 8.0
"""Of words beside bars, dots and lines."""
TABLE_TEXT_PT = 9.0
KEY_VALUE_PT = 17.0
SMALLEST_TABLE_TEXT_PT = 6.5


@dataclass(frozen=True)
class Palette:
    """The colours of pages and charts, as `#RRGGBB`.

    `series` are for the lines and bars of a chart, in order of use. Any two of them differ by at
    least 20 CIE76 units for normal sight and under full protanopia, deuteranopia and tritanopia
    (Machado, Oliveira & Fernandes 2009, doi:10.1109/TVCG.2009.113), and each has a contrast of
    3 : 1 on white (WCAG 2.2, 1.4.11); the idea of such a set is Okabe & Ito's (2008).

    `heights` are a surface's, from low to high. `tints` are pale forms of the accent, for what
    stands beside it or inside it, and `warm_tints` of the second of the series.
    """

    ink: str = "#1B2430"
    muted: str = "#566072"
    accent: str = "#1F3F77"
    rule: str = "#C5CDD9"
    tint: str = "#F1F4F9"
    warning_ink: str = "#6B3A00"
    warning_rule: str = "#C77700"
    warning_tint: str = "#FFF5E0"
    context: str = "#8A929C"
    series: tuple[str, ...] = ("#1F4E8C", "#DC7D10", "#34A759", "#90272F", "#2D75F2", "#9F7F8A")
    heights: tuple[str, ...] = ("#FFFFFF", "#E6ECF6", "#C9D6EA", "#A9BEDC", "#8AA6CD")
    tints: tuple[str, ...] = ("#DDE3EC", "#C9D3E3", "#B9C6DC", "#8FA0BE")
    warm_tints: tuple[str, ...] = ("#F4D9B5", "#EDBE88")


PALETTE = Palette()


def chart_size(height_cm: float = 7.5, width_cm: float = TEXT_WIDTH_CM) -> tuple[float, float]:
    """Return a chart's size in inches, as matplotlib's `figsize` wants it."""
    return width_cm / CM_PER_INCH, height_cm / CM_PER_INCH
