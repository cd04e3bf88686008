"""Colours on a dark screen: each at the contrast to its neighbours that it has on paper."""

import re
from collections.abc import Iterable
from colorsys import hls_to_rgb, rgb_to_hls

_BLACKEST = 0.008
"""Relative luminance of what is white on paper."""
_FLARE = 0.05
_WEIGHTS = (0.2126, 0.7152, 0.0722)
"""Of WCAG 2.2: a contrast is the ratio of two luminances, this much added to each."""
_HALVINGS = 20
_IN_STYLE = re.compile(r"((?:fill|stroke): )#([0-9a-fA-F]{6})")
_VARIABLE = re.compile(r"var\(--k([0-9a-f]{6})[^)]*\)")


def luminance(colour: str) -> float:
    """Return the relative luminance of `#RRGGBB`, 0 to 1."""
    return _weighed(_encoded(colour))


def in_the_dark(colour: str) -> str:
    """Return `#RRGGBB` as it is on a dark screen.

    The product of its luminance and that on paper (with flare) is the same for all colours, so that
    any two keep their contrast; only the blackest, which would be brighter than white, lose some.
    Hue and saturation stay.
    """
    encoded = _encoded(colour)
    paper = luminance(colour) + _FLARE
    wanted = min(1.0, (1 + _FLARE) * (_BLACKEST + _FLARE) / paper - _FLARE)
    hue, _, saturation = rgb_to_hls(*encoded)
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        lightness = (low + high) / 2
        found = hls_to_rgb(hue, lightness, saturation)
        low, high = (lightness, high) if _weighed(found) < wanted else (low, lightness)
    return "#" + "".join(f"{round(255 * channel):02x}" for channel in found)


def with_dark_colours(svg: str) -> str:
    """Return a picture whose colours are those of a page's scheme, and light where it has none."""
    svg = svg.replace("<svg ", '<svg fill="var(--k000000)" ', 1)  # of what names no colour
    return _IN_STYLE.sub(
        lambda found: f"{found[1]}var(--k{found[2].lower()},#{found[2].lower()})", svg
    )


def on_paper(svg: str) -> str:
    """Return a picture in the colours of paper again."""
    return _VARIABLE.sub(r"#\1", svg)


def dark_variables(page: str) -> str:
    """Return as CSS what the colours of a page's pictures are on a dark screen."""
    return "".join(
        f"--k{colour}:{in_the_dark('#' + colour)};"
        for colour in sorted(set(_VARIABLE.findall(page)))
    )


def _encoded(colour: str) -> list[float]:
    return [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]


def _weighed(encoded: Iterable[float]) -> float:
    linear = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in encoded)
    return sum(weight * one for weight, one in zip(_WEIGHTS, linear, strict=True))
