"""Charts as printed in one language, as HTML and as Typst."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from matplotlib import pyplot
from matplotlib.figure import Figure, SubFigure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import PathPatch
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D

from closurerate.errors import InputError
from closurerate.press.print.fonts import SANS, font_path
from closurerate.press.print.frame import Bundle, PrintedPicture
from closurerate.press.print.labels import SYNTHETIC, Evidence, Language, check_evidence, labels
from closurerate.press.print.looks import CM_PER_INCH, PALETTE, TEXT_WIDTH_CM
from closurerate.press.print.svg import save_svg
from closurerate.press.print.ticks import write_large_ticks

_TILT = 24
"""Degrees that it rises by."""
_OVER_BARS = 0.22
MIDDLE = (0.5, 0.5, 0.5)
"""Where the middle of the word of made-up cases is, of a picture's width and height, and the share
of its width that it may take."""


@dataclass(frozen=True)
class PrintedChart:
    """A matplotlib figure under a caption; it is drawn when the object is made, and then closed.

    One of made-up cases is marked as such in the picture and in what is read aloud.

    Args:
        figure: A whole figure (such as `ax.figure`) drawn inside `style.chart_style`; at most
            `TEXT_WIDTH_CM` wide.
        caption: What the chart says, without its number, which is counted.
        alt: What a reader who cannot see it needs to know.
        source: Line below, without its label; empty for none.
        evidence: What the chart rests on; None where it claims nothing.
        narrow: The same figure drawn for a phone; None: the page's is shown there too.
        mark: Where the word behind it stands that marks made-up cases, as `MIDDLE`.

    Attributes:
        ticks: What stands along its axes, and at which value.

    Raises:
        InputError: If caption or alt text is empty, the evidence is unknown, the figure is none or
            too wide, or a character has no glyph.
    """

    figure: Figure | SubFigure | None = field(repr=False, compare=False)
    caption: str
    alt: str
    source: str = ""
    evidence: Evidence | None = None
    language: Language = "zh-Hant"
    narrow: Figure | None = field(default=None, repr=False, compare=False)
    mark: tuple[float, float, float] = MIDDLE
    svg: str = field(init=False, repr=False)
    narrow_svg: str = field(init=False, repr=False)
    width_cm: float = field(init=False)
    ticks: tuple[tuple[str, float], ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Check, draw, and close the figure, so that no kernel shows it a second time."""
        where = f"chart {self.caption!r}"
        if not self.caption.strip() or not self.alt.strip():
            raise InputError(f"{where}: caption or alt text is empty: a chart must have both.")
        if not isinstance(self.figure, Figure):
            raise InputError(f"{where}: it is no whole matplotlib figure.")
        check_evidence(self.evidence, where)
        labels(self.language)
        width_cm = round(self.figure.get_figwidth() * CM_PER_INCH, 2)
        if width_cm > TEXT_WIDTH_CM:
            raise InputError(
                f"{where}: it is {width_cm:g} cm wide: at most {TEXT_WIDTH_CM:g} cm fit a page."
            )
        object.__setattr__(self, "width_cm", width_cm)
        figures = (self.figure, self.narrow) if self.narrow else (self.figure,)
        if self.evidence in SYNTHETIC:
            words = labels(self.language)
            for drawn in figures:
                mark_made_up(drawn, words["watermark"], self.mark)
            object.__setattr__(self, "alt", words["made_up_picture"] + self.alt)
        svg, *narrow = (_saved(drawn, self.language) for drawn in figures)
        object.__setattr__(self, "svg", svg)
        object.__setattr__(self, "narrow_svg", "".join(narrow))
        ticks = tuple(tick for drawn in figures for tick in _ticks(drawn))
        object.__setattr__(self, "ticks", ticks)
        for drawn in figures:
            pyplot.close(drawn)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Bundle:
        picture = PrintedPicture(
            self.svg,
            self.caption,
            self.alt,
            self.width_cm,
            source=self.source,
            evidence=self.evidence,
            language=self.language,
            narrow_svg=self.narrow_svg,
        )
        return picture._repr_mimebundle_()


def _saved(figure: Figure, language: Language) -> str:
    """Return a figure as SVG."""
    write_large_ticks(figure, language)
    return save_svg(figure, language)


def _ticks(figure: Figure) -> Iterator[tuple[str, float]]:
    """Give what stands along the axes of a figure that was drawn, and where."""
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            for at, label in zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=False):
                yield label.get_text(), float(at)


def mark_made_up(figure: Figure, word: str, mark: tuple[float, float, float] = MIDDLE) -> None:
    """Draw a word behind a figure, as a shape: it is no text that somebody has to read.

    It lies below all else and is seen through nothing, so that text has its contrast on it, in the
    dark too; over bars, which would hide it, it is seen through.
    """
    path = TextPath((0, 0), word, size=100, prop=FontProperties(fname=font_path(SANS)))
    box, (width, height) = path.get_extents(), figure.get_size_inches() * figure.dpi
    tilted = path.transformed(Affine2D().rotate_deg(_TILT)).get_extents()
    across, up, share = mark
    scale = min(share * width / tilted.width, 0.8 * height / tilted.height)
    placed = (
        Affine2D()
        .translate(-(box.x0 + box.x1) / 2, -(box.y0 + box.y1) / 2)
        .rotate_deg(_TILT)
        .scale(scale)
        .translate(across * width, up * height)
    )
    shape = PathPatch(path, transform=placed, lw=0, facecolor=PALETTE.made_up, zorder=-1)
    shape.set_in_layout(False)
    figure.add_artist(shape)
    for axes in figure.axes:
        axes.patch.set_visible(False)
        if axes.patches or any(lines.get_zorder() <= 1 for lines in axes.collections):
            over = PathPatch(
                path, transform=placed, lw=0, facecolor=(PALETTE.made_up, _OVER_BARS), zorder=1.5
            )
            over.set_in_layout(False)
            axes.add_artist(over)
