"""The report's look for any chart of matplotlib or seaborn."""

from dataclasses import replace

import matplotlib
from matplotlib import font_manager

from closurerate.press.print.fonts import SANS, font_path
from closurerate.press.print.labels import labels
from closurerate.press.print.style import chart_parameters, know_fonts

_FIRST_OF_SEABORN = "Arial"


def set_theme(language: str = "zh-Hant") -> None:
    """Give all charts from here on the report's fonts, sizes and colours.

    >>> import closurerate as cr
    >>> cr.set_theme("zh-Hant")

    The font has every Han character that a branch's name needs. It stays after
    `seaborn.set_theme`, which asks for Arial first: from here on that name means ours.

    Args:
        language: `zh-Hant` or `en`: of the words that `closurerate.plot` writes.

    Raises:
        InputError: If the language is not known.
    """
    labels(language)
    know_fonts()
    manager = font_manager.fontManager
    ours = next(entry for entry in manager.ttflist if entry.name == SANS)
    alias = replace(ours, name=_FIRST_OF_SEABORN)
    if manager.ttflist[0] != alias:
        manager.ttflist.insert(0, alias)
        manager.addfont(font_path(SANS))  # which forgets what was looked up before
    own = {"figure.dpi": 100, "text.parse_math": True}
    matplotlib.rcParams.update(chart_parameters(language) | own)
