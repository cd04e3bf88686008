"""The word across a chart of made-up cases, which stays in the picture wherever it is copied to."""

from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import PathPatch
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D

from closurerate.press.print.fonts import SANS, font_path
from closurerate.press.print.looks import PALETTE

_TILT = 24
"""Degrees that it rises by."""
_SHARE = 0.5
"""Of the picture's width, or of its height where that is less, that it may take."""
_ALPHA = 0.13


def mark_made_up(figure: Figure, word: str) -> None:
    """Draw a word across a figure, as a shape: it is no text that somebody has to read."""
    path = TextPath((0, 0), word, size=100, prop=FontProperties(fname=font_path(SANS)))
    box, (width, height) = path.get_extents(), figure.get_size_inches() * figure.dpi
    tilted = path.transformed(Affine2D().rotate_deg(_TILT)).get_extents()
    scale = min(_SHARE * width / tilted.width, 0.8 * height / tilted.height)
    placed = (
        Affine2D()
        .translate(-(box.x0 + box.x1) / 2, -(box.y0 + box.y1) / 2)
        .rotate_deg(_TILT)
        .scale(scale)
        .translate(width / 2, height / 2)
    )
    shape = PathPatch(path, transform=placed, color=PALETTE.warning_rule, alpha=_ALPHA, lw=0)
    shape.set_in_layout(False)
    shape.set_gid("watermark")
    figure.add_artist(shape)
