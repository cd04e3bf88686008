"""What stands along an axis: large numbers as 億 and 萬 or billion and million, where it begins."""

from matplotlib.axis import Axis
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, ScalarFormatter

from closurerate.press.print.labels import Language, labels
from closurerate.press.print.style import is_narrow
from closurerate.quantity import with_minus

_GROUPED = 10**4
_UNITS: dict[Language, tuple[tuple[int, int, str], ...]] = {
    "zh-Hant": ((10**8, 10**8, " 億"), (10**6, 10**4, " 萬")),
    "en": ((10**9, 10**9, " billion"), (10**6, 10**6, " million")),
}
"""From which size an axis is written in a unit, the unit, and its word."""


def write_large_ticks(figure: Figure, language: Language) -> None:
    """Write the large numbers along a figure's plain axes in words or with their digits grouped.

    Left to itself an axis sets a power of ten apart at its end, where it reads as a label.
    """
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            if type(axis.get_major_formatter()) is ScalarFormatter and _reach(axis) >= _GROUPED:
                axis.set_major_formatter(_formatter(_reach(axis), language))
                if is_narrow(axes):
                    axis.set_major_locator(MaxNLocator(3))


def tell_starts(figure: Figure, language: Language) -> None:
    """Say at each axis along which bars stand where it begins, if that is not at nought."""
    for axes in figure.axes:
        bars = [made for made in axes.containers if isinstance(made, BarContainer)]
        for axis in {
            axes.xaxis if made.orientation == "horizontal" else axes.yaxis for made in bars
        }:
            low, high = sorted(axis.get_view_interval())
            if low * high > 0:
                told = labels(language)["axis_start"].format(start=with_minus(f"{low:g}"))
                axis.set_label_text(axis.get_label_text() + told)


def _reach(axis: Axis) -> float:
    return max(abs(end) for end in axis.get_view_interval())


def _formatter(reach: float, language: Language) -> FuncFormatter:
    unit, word = next(
        ((unit, word) for least, unit, word in _UNITS[language] if reach >= least), (1, "")
    )

    def written(tick: float, _: int | None) -> str:
        digits = with_minus(f"{tick / unit:,.10g}")
        return digits + word if tick else "0"

    return FuncFormatter(written)
