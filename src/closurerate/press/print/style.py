"""The looks of every report in one place: sizes, colours, fonts, and the style of charts."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib
from cycler import cycler
from matplotlib import font_manager
from matplotlib.axes import Axes

from closurerate.press.print.fonts import FAMILIES, SANS, font_path
from closurerate.press.print.labels import labels

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
_ROUNDS, _PAD_PX = 4, 3.0
"""How often an axis is widened for its labels, and by how much too much."""


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


@contextmanager
def chart_style(language: str) -> Iterator[None]:
    """Draw with the report's fonts, sizes and colours inside the `with` block.

    Text is taken as it stands: `$` starts no formula, so that a name from the data cannot. Do not
    call seaborn's `set_style` or `set_theme` inside, which put their own font list in place.

    Args:
        language: Language of the chart's text, which chooses the forms of Han characters.

    Raises:
        InputError: If the language is not known.
    """
    labels(language)
    known = {entry.fname for entry in font_manager.fontManager.ttflist}
    for family in FAMILIES:
        if str(font_path(family)) not in known:
            font_manager.fontManager.addfont(font_path(family))
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_chart_parameters(language))
        yield


def _chart_parameters(language: str) -> dict[Any, Any]:
    return {
        "axes.axisbelow": True,
        "axes.edgecolor": PALETTE.context,
        "axes.formatter.useoffset": False,
        "axes.grid": True,
        "axes.grid.axis": "y",
        "axes.labelcolor": PALETTE.ink,
        "axes.labelsize": CHART_TEXT_PT,
        "axes.linewidth": 0.6,
        "axes.prop_cycle": cycler(color=PALETTE.series),
        "axes.spines.right": False,
        "axes.spines.top": False,
        "axes.titlelocation": "left",
        "axes.titlesize": CHART_TEXT_PT + 1,
        "figure.constrained_layout.use": True,
        "figure.dpi": 72,
        "figure.figsize": chart_size(),
        "font.family": [SANS],
        "font.size": CHART_TEXT_PT,
        "grid.color": PALETTE.rule,
        "grid.linewidth": 0.5,
        "legend.fontsize": CHART_TEXT_PT,
        "legend.frameon": False,
        "lines.linewidth": 1.8,
        "lines.markersize": 5,
        "patch.linewidth": 0.6,
        "svg.fonttype": "none",
        "svg.hashsalt": "closurerate",
        "text.color": PALETTE.ink,
        "text.language": language,
        "text.parse_math": False,
        "xtick.color": PALETTE.context,
        "xtick.labelcolor": PALETTE.ink,
        "xtick.labelsize": CHART_TEXT_PT,
        "xtick.major.width": 0.6,
        "ytick.color": PALETTE.context,
        "ytick.labelcolor": PALETTE.ink,
        "ytick.labelsize": CHART_TEXT_PT,
        "ytick.major.size": 0,
        "ytick.major.width": 0.6,
    }


def name_rows(ax: Axes, positions: Sequence[float], names: Iterable[str]) -> None:
    """Name the rows of a chart at the left, with lines down from the axis below and none across."""
    ax.set_yticks(positions, list(names))
    ax.tick_params(axis="y", colors=PALETTE.ink)
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", visible=True)


def give_room(ax: Axes) -> None:
    """Widen the horizontal axis until no label beside a point passes either end of it.

    Labels keep their size while the axis grows, so that each round comes nearer.
    """
    figure = ax.get_figure(root=True)
    if figure is None:
        return
    for _ in range(_ROUNDS):
        figure.draw_without_rendering()
        low, high = ax.get_xlim()
        boxes = [label.get_window_extent() for label in ax.texts if label.get_text()]
        if not boxes:
            return
        over_left = ax.bbox.x0 - min(box.x0 for box in boxes)
        over_right = max(box.x1 for box in boxes) - ax.bbox.x1
        if over_left <= 0 and over_right <= 0:
            return
        per_pixel = (high - low) / max(ax.bbox.width - max(over_left, 0) - max(over_right, 0), 1)
        ax.set_xlim(
            low - per_pixel * (over_left + _PAD_PX if over_left > 0 else 0),
            high + per_pixel * (over_right + _PAD_PX if over_right > 0 else 0),
        )
