"""The figures of how I1 and I2 combine that a sentence can name."""

from fractions import Fraction

import sympy

from closurerate.kpi.evaluate import scale_of
from closurerate.press.prose import Finding, Markdown
from closurerate.quantity import Quantity
from closurerate.study.formula.derivatives import derivatives
from closurerate.study.formula.properties import falling_regions, properties
from closurerate.year.kpi_year import KpiData

_DECIMALS = 3


def combination_figures(data: KpiData) -> dict[str, Quantity]:
    """Return the figures of the combination, for the nation; one that makes no sense has no value.

    Returns
    -------
    dict
        `slope_I1`, `slope_I2` (points for one point more); `elasticity_E` and so on for each count
        (percent for one percent more); `peak` (least upper bound, percent); `falls_from` (how many
        times I1 the I2 is beyond which more I2 lowers the KPI) and `falls_below` (the share of C
        below which less P does).
    """
    return _responses(data) | _borders(data)


def combination_finding(
    data: KpiData, *, zh: str, en: str, is_optional: bool = True
) -> Finding | Markdown:
    """Return a computed sentence on the combination; see `closurerate.year.case_year.say`."""
    return data.say(combination_figures(data), zh=zh, en=en, is_optional=is_optional)


def _responses(data: KpiData) -> dict[str, Quantity]:
    # A point of an indicator is a hundredth: what it moves is told in the KPI's printed unit.
    scale = Fraction(scale_of(data.version.unit), 100)
    found: dict[str, Quantity] = {}
    for item in derivatives(data.version, data.total.counts):
        is_indicator = item.variable in ("I1", "I2")
        value = item.slope.value if is_indicator else item.elasticity.value
        exact = None if value is None else Fraction(value) * (scale if is_indicator else 1)
        name = f"slope_{item.variable}" if is_indicator else f"elasticity_{item.variable}"
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
        "falls_from": Quantity(_digits(border), "ratio", _DECIMALS),
        "falls_below": Quantity(None if border is None else _digits(100 / border), "percent", 1),
        "peak": Quantity(_digits(None if peak is None else 100 * peak), "percent", 2),
    }


def _digits(exact: sympy.Expr | None) -> Fraction | None:
    """Return a number to 30 digits, None where it is none or infinite."""
    if exact is None or not exact.is_finite:
        return None
    return Fraction(str(sympy.N(exact, 30)))
