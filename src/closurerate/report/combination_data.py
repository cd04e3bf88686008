"""The figures of how I1 and I2 combine that a sentence can name."""

from fractions import Fraction

import sympy

from closurerate.kpi.evaluate import scale_of
from closurerate.published import Interval
from closurerate.quantity import Quantity
from closurerate.readings import adopted
from closurerate.report.changes import change_unit
from closurerate.report.kpi_data import KpiData
from closurerate.report.series import OPEN
from closurerate.report.show import Finding, Markdown
from closurerate.report.target_tables import demand, target_years
from closurerate.study.derivatives import derivatives
from closurerate.study.properties import falling_regions, properties

_DECIMALS = 3


def combination_figures(data: KpiData) -> dict[str, Quantity]:
    """Return the figures of the combination, for the nation; one that makes no sense has no value.

    Returns
    -------
    dict
        `slope_I1`, `slope_I2` (points for one point more); `elasticity_E` and so on for each count
        (percent for one percent more); `peak` (least upper bound, percent); `falls_from` (how many
        times I1 the I2 is beyond which more I2 lowers the KPI) and `falls_below` (the share of C
        below which less P does); `needed`, `surplus` (cases) and, of the year before by the adopted
        reading, `gap_low`, `gap_high` (points), `needed_less_low`, `needed_less_high` (cases).
    """
    return _responses(data) | _borders(data) | _target(data)


def combination_finding(
    data: KpiData, *, zh: str, en: str, is_optional: bool = True
) -> Finding | Markdown:
    """Return a computed sentence on the combination; see `closurerate.report.case_data.say`."""
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


def _target(data: KpiData) -> dict[str, Quantity]:
    years = [item for item in target_years(data) if item.year == data.year]
    check = years[0].check if years else None
    before = demand(data, adopted(OPEN))
    unit = change_unit(data.version.unit)
    more = before.more if before is not None else None
    surplus = check.surplus if check is not None else None
    return {
        "needed": Quantity(check.need.effective if check else None, "case", 0, data.evidence),
        "surplus": _end(surplus, data, is_low=True),
        "gap_low": Quantity(before.gap_low if before else None, unit, 2, data.evidence),
        "gap_high": Quantity(before.gap_high if before else None, unit, 2, data.evidence),
        "needed_less_low": _end(more, data, is_low=True),
        "needed_less_high": _end(more, data, is_low=False),
    }


def _end(interval: Interval | None, data: KpiData, *, is_low: bool) -> Quantity:
    value = None if interval is None else interval.low if is_low else interval.high
    return Quantity(value, "case", 0, data.evidence)
