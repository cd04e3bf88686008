"""The looks of every report in one place: sizes and colours."""

from dataclasses import dataclass

TEXT_WIDTH_CM = 16.0
"""Width of the text on an A4 page, and of a chart that fills it."""
NARROW_WIDTH_CM = 9.2
"""Width of a chart that is drawn for a phone: its words are then read at 9 pixels and more."""
PAPER_CM, PAGE_TOP_CM, PAGE_BOTTOM_CM = 29.7, 2.5, 2.2
"""Height of a page of A4, and of what is above and below its text."""
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

    In charts a colour has one meaning, and is used by that meaning's name:

    - `value`: the year's figures, by the definition in force (`value_tints`: parts of them);
    - `other_definition`: what another definition gives;
    - `yardstick`: what others are measured against: target, nation, what is in force or adopted;
    - `rises` and `falls`: what comes in or raises, what goes out or lowers (`…_tint`: part of it);
    - `context`: what only stands beside; `uncounted`: closed cases that are not effective.

    Any two meanings differ by at least 20 CIE76 units for normal sight and under full protanopia,
    deuteranopia and tritanopia (Machado, Oliveira & Fernandes 2009, doi:10.1109/TVCG.2009.113);
    all that label something have a contrast of 4.5 : 1 on white (WCAG 2.2, 1.4.3), and on
    `made_up`, the word behind a chart. That and the amber of `warning_…` mark what rests on made-up
    cases, and nothing else.

    `heights` are a surface's, from low to high.
    """

    ink: str = "#1B2430"
    muted: str = "#566072"
    accent: str = "#1F3F77"
    rule: str = "#C5CDD9"
    tint: str = "#F1F4F9"
    warning_ink: str = "#6B3A00"
    warning_rule: str = "#C77700"
    warning_tint: str = "#FFF5E0"
    made_up: str = "#FFF4DC"
    value: str = "#1F4E8C"
    value_tints: tuple[str, ...] = ("#DDE3EC", "#B9C6DC", "#8FA0BE")
    other_definition: str = "#7A35C8"
    yardstick: str = "#1B2430"
    rises: str = "#13804D"
    rises_tint: str = "#CFE6DA"
    falls: str = "#A3261A"
    falls_tint: str = "#F3D6D2"
    paper: str = "#FFFFFF"
    context: str = "#8A929C"
    uncounted: str = "#566072"
    heights: tuple[str, ...] = ("#FFFFFF", "#E6ECF6", "#C9D6EA", "#A9BEDC", "#8AA6CD")

    @property
    def meanings(self) -> tuple[str, ...]:
        """The colours that stand beside each other in charts, each for one thing."""
        return (self.value, self.other_definition, self.yardstick, self.rises, self.falls)


PALETTE = Palette()


def chart_size(height_cm: float = 7.5, width_cm: float = TEXT_WIDTH_CM) -> tuple[float, float]:
    """Return a chart's size in inches, as matplotlib's `figsize` wants it."""
    return width_cm / CM_PER_INCH, height_cm / CM_PER_INCH
