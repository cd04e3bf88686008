"""Placeholders in a year's prose: no figure is typed there, each is named, derived and put in.

`{collected}` is the figure of that name, and from named figures others are derived:

==========================  ====================================================================
`{a.change}`                a minus a of the year before
`{a.growth}`                that change as a percentage of a of the year before
`{a.plus.b}`                sum; may go on, from left to right: `{a.plus.b.minus.c}`
`{a.minus.b}`               difference
`{a.share_of.b}`            a as a percentage of b
==========================  ====================================================================

The year before has the same names with `_previous`: `{collected_previous}`.
"""

import re
from collections.abc import Collection, Mapping
from fractions import Fraction
from typing import get_args

from closurerate.errors import InputError
from closurerate.quantity import Evidence, Quantity
from closurerate.records.documents import nearest

EVIDENCE: tuple[Evidence, ...] = get_args(Evidence)
"""From the strongest to the weakest: what is derived carries the weakest of its operands."""
STEPS = ("plus", "minus", "share_of")
COMPARISONS = ("change", "growth")

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_BETWEEN_HAN = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")
"""The blank that stands beside a number; where a figure's unit takes its place it is too much."""


def placeholders(text: str) -> tuple[str, ...]:
    """Return the placeholders of a text in order, without their braces."""
    return tuple(_PLACEHOLDER.findall(text))


def fill(text: str, figures: Mapping[str, str]) -> str:
    """Return the text with each placeholder replaced by its figure; InputError if it has none."""

    def put_in(match: re.Match[str]) -> str:
        if match[1] not in figures:
            raise InputError(f"no figure for {{{match[1]}}}{nearest(match[1], figures)}.")
        return figures[match[1]]

    filled = _BETWEEN_HAN.sub("", _PLACEHOLDER.sub(put_in, text))
    return filled.replace(" %", "\N{NO-BREAK SPACE}%")


def operands(expression: str) -> tuple[str, ...]:
    """Return the names of the figures that a placeholder, as this module describes it, is from.

    Raises:
        InputError: If it is not of the form that the module's text describes.
    """
    base, *rest = expression.split(".")
    is_comparison = len(rest) == 1 and rest[0] in COMPARISONS
    if base and is_comparison:
        return base, f"{base}_previous"
    if len(rest) % 2 or not all((base, *rest)):
        raise InputError(
            f"{{{expression}}} is no figure: write {{a}}, {{a.change}}, {{a.growth}}, "
            f"{{a.plus.b}}, {{a.minus.b}} or {{a.share_of.b}}."
        )
    for step in rest[::2]:
        if step not in STEPS:
            raise InputError(f"{{{expression}}}: unknown step {step!r}{nearest(step, STEPS)}.")
    return (base, *rest[1::2])


def derive(
    expression: str, figures: Mapping[str, Quantity], coarse: Collection[str] = ()
) -> Quantity | None:
    """Return the quantity that a placeholder stands for, or None where an operand is absent.

    Args:
        coarse: Names of figures known to the 萬 only, such as "7.82 million and more": a percentage
            that rests on one is printed without decimals, any other with two.

    Raises:
        InputError: If the expression is malformed or puts different units together.
    """
    names = operands(expression)
    if any(name not in figures for name in names):
        return None
    steps = expression.split(".")[1::2]
    if steps == ["change"]:
        steps = ["minus"]
    elif steps == ["growth"]:
        steps, names = ["minus", "share_of"], (*names, names[1])
    decimals = 0 if any(name in coarse for name in names) else 2
    result = figures[names[0]]
    for step, name in zip(steps, names[1:], strict=True):
        result = _combined(result, step, figures[name], decimals, expression)
    return result


def weakest(evidence: Collection[Evidence]) -> Evidence:
    """Return the one label of what rests on several evidences; of none, that it is derived."""
    return max(evidence, key=EVIDENCE.index, default=EVIDENCE[0])


def _combined(
    left: Quantity, step: str, right: Quantity, decimals: int, expression: str
) -> Quantity:
    if left.unit != right.unit and {left.unit, right.unit} != {"point", "percent"}:
        raise InputError(f"{{{expression}}} puts {left.unit} and {right.unit} together.")
    evidence = weakest((left.evidence, right.evidence))
    is_share = step == "share_of"
    if left.value is None or right.value is None or (is_share and right.value == 0):
        return Quantity(None, "percent" if is_share else left.unit, left.decimals, evidence)
    first, second = Fraction(left.value), Fraction(right.value)
    if is_share:
        return Quantity(100 * first / second, "percent", decimals, evidence)
    is_point = step == "minus" and left.unit == "percent"
    return Quantity(
        first + second if step == "plus" else first - second,
        "point" if is_point else left.unit,
        max(left.decimals, right.decimals),
        evidence,
    )
