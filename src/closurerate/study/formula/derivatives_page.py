"""How a KPI responds to each of its variables, as it is shown and as a sentence can name it."""

from fractions import Fraction

import sympy

from closurerate.kpi.evaluate import scale_of
from closurerate.kpi.value import Value
from closurerate.press.table import Column, Table, numbers, words
from closurerate.press.text import Item, Run, bare, spaced, stated, t
from closurerate.quantity import Quantity
from closurerate.study.formula.derivatives import (
    NOT_OVER_NOUGHT,
    Derivative,
    derivatives,
    derivatives_by_group,
)
from closurerate.study.formula.one_line import digits
from closurerate.study.formula.properties import falling_regions, properties
from closurerate.year.changes import change_word
from closurerate.year.kpi_year import KpiData

_INDICATORS = ("I1", "I2")
_DECIMALS = 3
_STEP_CASES = 10_000
_STEP_TWD = 10**8
_STEPS = {"point": Fraction(1, 100), "cases": Fraction(_STEP_CASES), "twd": Fraction(_STEP_TWD)}
"""The steps for which a response is told: of an indicator, a count and an amount."""


def derivatives_table(data: KpiData) -> Table:
    """Return the national KPI's response to each of its variables, all others held."""
    found, scale = derivatives(data.version, data.total.counts), scale_of(data.version.unit)
    rows = [
        (
            t(f"variable_{item.variable}"),
            _at(item),
            t(f"step_of_{_kind(item)}", cases=_STEP_CASES, twd=_STEP_TWD),
            _response(item.slope, item.slope_below, _STEPS[_kind(item)] * scale, is_signed=True),
            _elasticity(item),
        )
        for item in found
    ]
    response = t("response_to_step", unit=change_word(data.version.unit))
    columns = [
        *words("variable"),
        *numbers("value", "step"),
        *numbers(response, "elasticity", decimals=_DECIMALS, is_signed=True),
    ]
    caption = t("caption_derivatives", name=data.kpi_name)
    return Table(
        columns, rows, caption, data.grounds(), _derivatives_note(found, t("note_response"))
    )


def branch_derivatives_table(data: KpiData) -> Table:
    """Return the derivatives in I1 and I2, and the elasticities in the counts, by branch."""
    by_group = derivatives_by_group(data.version, data.evaluations("branch"))
    names = [item.variable for item in by_group[None]]
    scale, decimals = _point_scale(data), 2 if data.cases.is_synthetic else _DECIMALS
    rows = []
    for group, found in by_group.items():
        slopes = [item for item in found if item.variable in _INDICATORS]
        others = [item for item in found if item.variable not in _INDICATORS]
        cells = (_response(item.slope, item.slope_below, scale) for item in slopes)
        rows.append((data.cases.place(group), *cells, *map(_elasticity, others)))
    columns = [
        *words("branch"),
        *(
            Column(f"∂I/∂{name}", decimals=decimals, align="right")
            for name in names
            if name in _INDICATORS
        ),
        *numbers(
            *(
                t("elasticity_in", name=name if len(name) == 1 else t(f"variable_{name}"))
                for name in names
                if name not in _INDICATORS
            ),
            decimals=decimals,
            is_signed=True,
        ),
    ]
    caption = t("caption_branch_derivatives", name=data.kpi_name)
    is_published = data.cases.is_synthetic and data.evidence == "published"
    nation = [t("note_nation_published")] if is_published else []
    everywhere = tuple(item for found in by_group.values() for item in found)
    note = _derivatives_note(everywhere, *nation)
    grounds = data.grounds(data.cases.evidence)
    return Table(columns, rows, caption, grounds, note, has_total=True, tells_once=True)


def _point_scale(data: KpiData) -> Fraction:
    """Return what takes a slope to the KPI's printed unit for a point, which is a hundredth."""
    return Fraction(scale_of(data.version.unit), 100)


def _derivatives_note(found: tuple[Derivative, ...], *more: Item) -> Run:
    kink = [t("note_kink")] if any(item.is_kink for item in found) else []
    is_lacking = any(item.elasticity.reason == NOT_OVER_NOUGHT for item in found)
    return spaced(
        [t("note_derivatives"), *more, *kink, *([t("note_no_elasticity")] if is_lacking else [])]
    )


def _kind(item: Derivative) -> str:
    if item.variable in _INDICATORS:
        return "point"
    return "twd" if item.variable.endswith("_twd") else "cases"


def _at(item: Derivative) -> Item:
    value = item.at.value
    if item.variable in _INDICATORS and value is not None:
        return stated(Quantity(Fraction(value) * 100, "percent", 2))
    return value


def _elasticity(item: Derivative) -> Item:
    return _response(item.elasticity, item.elasticity_below, is_signed=True)


def _response(
    above: Value, below: Value, factor: Fraction | int = 1, *, is_signed: bool = False
) -> Item:
    """Return a response; at a kink, to less and to more."""
    less, more = (
        None if value.value is None else Fraction(value.value) * factor for value in (below, above)
    )
    if below.value == above.value:
        return more
    return Run(tuple(bare(one, _DECIMALS, is_signed=is_signed) for one in (less, more)), " / ")


def combination_quantities(data: KpiData) -> dict[str, Quantity]:
    """Return what a sentence can name, for the nation; what makes no sense has no value.

    Returns:
        dict: `slope_I1`, `slope_I2` (points for one point more); `elasticity_E` and so on for each
            count (percent for one percent more); `peak` (least upper bound, percent); `falls_from`
            (how many times I1 the I2 is beyond which more I2 lowers the KPI) and `falls_below` (the
            share of C below which less P does).
    """
    return _responses(data) | _borders(data)


def _responses(data: KpiData) -> dict[str, Quantity]:
    found: dict[str, Quantity] = {}
    for item in derivatives(data.version, data.total.counts):
        is_indicator = item.variable in _INDICATORS
        name = f"slope_{item.variable}" if is_indicator else f"elasticity_{item.variable}"
        value = item.slope.value if is_indicator else item.elasticity.value
        scale = _point_scale(data) if is_indicator else 1
        exact = None if value is None else Fraction(value) * scale
        found[name] = Quantity(exact, "ratio", _DECIMALS, data.evidence)
    return found


def _borders(data: KpiData) -> dict[str, Quantity]:
    """Return what follows from the formula alone."""
    found = properties(data.version)
    region = next(iter(falling_regions(found["improving_I2"])), None)
    # Only where the KPI falls beyond a border, and not everywhere.
    border = region[0] if region and region[0] != 0 and region[1] == sympy.oo else None
    peak = found["bounded"].peak
    return {
        "falls_from": Quantity(digits(border), "ratio", _DECIMALS, "derived"),
        "falls_below": Quantity(
            None if border is None else digits(100 / border), "percent", 1, "derived"
        ),
        "peak": Quantity(digits(None if peak is None else 100 * peak), "percent", 2, "derived"),
    }
