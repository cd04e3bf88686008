"""What is shown of a formula: its properties, what proves them, and how the KPI responds."""

from collections.abc import Iterator
from fractions import Fraction

import sympy

from closurerate.kpi.combination import in_indicators
from closurerate.kpi.definition import Definition, KpiVersion
from closurerate.kpi.evaluate import in_unit, scale_of
from closurerate.kpi.value import Value
from closurerate.press.shown import Grounds
from closurerate.press.table import Column, Table, numbers, words
from closurerate.press.text import (
    ByLanguage,
    Item,
    Run,
    Text,
    bare,
    formed,
    joined,
    spaced,
    stated,
    t,
)
from closurerate.quantity import Quantity
from closurerate.study.alternatives import Alternatives
from closurerate.study.formula import counterexamples as search
from closurerate.study.formula.counterexamples import CountsPoint
from closurerate.study.formula.derivatives import (
    NOT_OVER_NOUGHT,
    Derivative,
    derivatives,
    derivatives_by_group,
)
from closurerate.study.formula.one_line import bounds_text, formula_text
from closurerate.study.formula.proofs import Step
from closurerate.study.formula.properties import (
    PROPERTIES,
    Property,
    falling_regions,
    properties,
)
from closurerate.study.formula.verdict import Verdict
from closurerate.year.changes import change_heading
from closurerate.year.kpi_year import KpiData
from closurerate.year.official import PRINTED_KPI

_OF_FORMULAS = Grounds("arithmetic", "data/kpi/")
_KEPT = "\N{NO-BREAK SPACE}"
_BY_RULE = "†"
"""Marks that a KPI has no value by the rule of its evaluation alone."""
_FLAT = {1: "weakly_increasing", -1: "weakly_decreasing"}
"""How a KPI moves that gets better in some places and stays in others, by what is better."""
_SIGNS = {1: "> 0", 0: "= 0", -1: "< 0"}
_INDICATORS = ("I1", "I2")
_DECIMALS = 3
_STEP_CASES = 10_000
_STEP_TWD = 10**8
_STEPS = {"point": Fraction(1, 100), "cases": Fraction(_STEP_CASES), "twd": Fraction(_STEP_TWD)}
"""The steps for which a response is told: of an indicator, a count and an amount."""


def _lines(items: list[Item]) -> Run:
    return Run(tuple(items), "\n")


# Properties side by side --------------------------------------------------------------------------
def properties_table(data: KpiData, alternatives: Alternatives) -> Table:
    """Return the properties of every formula in force, one formula a row, the year's KPI first."""
    asked = [name for name, item in PROPERTIES.items() if item.kind == "indicators"]
    rows = []
    for definition in _compared(alternatives):
        found = properties(definition.in_force(data.year))
        rows.append((Text(definition.name), *(_mark(found[name]) for name in asked)))
    columns = [
        *words("formula", width=0.2),
        *(Column(t(f"property_{name}"), align="center") for name in asked),
    ]
    return Table(columns, rows, t("caption_properties"), _OF_FORMULAS, t("note_properties"))


def _compared(alternatives: Alternatives) -> list[Definition]:
    """Return the year's KPI, then the printed one, then every other in force."""
    own, *others = alternatives.sound
    return [own, *sorted(others, key=lambda item: item.id != PRINTED_KPI)]


def _mark(verdict: Verdict) -> Item:
    if verdict.method == "not_applicable":
        return None
    if verdict.holds is None:
        return "?"
    if verdict.degree is not None:
        return f"✓ {formula_text(sympy.Rational(verdict.degree))}"
    mark = ("✓" if verdict.holds else "×") + "*" * (verdict.method == "search")
    return _lines([mark, *([] if verdict.holds else _failing(verdict))])


def _failing(verdict: Verdict) -> list[Item]:
    """Return where or how a property fails."""
    if verdict.peak is not None:
        return [_peak(verdict.peak)]
    if verdict.zeros:
        by_rule = dict(verdict.limits)
        return [
            f"{names[-1]}{_KEPT}={_KEPT}0" + _BY_RULE * (names in by_rule)
            for names, value in verdict.zeros
            if value is None and names != ("E", "C", "P")
        ]
    if verdict.direction == "mixed":
        return _bounds(verdict, -verdict.better)
    if verdict.direction == _FLAT[verdict.better]:
        bounds = _bounds(verdict, 0)
        return [t("is_flat" if bounds else "is_flat_in_part"), *bounds]
    return [t(f"moves_{verdict.direction}")] if verdict.direction else []


def _peak(peak: sympy.Expr) -> Text:
    if peak == sympy.oo:
        return t("no_bound")
    return t("up_to", value=bare(_digits(100 * peak), 2))


def _bounds(verdict: Verdict, sign: int) -> list[Item]:
    found = (step for step in verdict.steps if step.sign == sign)
    texts = (bounds_text((step.lower, step.upper), "indicators") for step in found)
    return [text for text in texts if text]


# Counterexamples ----------------------------------------------------------------------------------
def counterexamples_table(data: KpiData, alternatives: Alternatives) -> Table:
    """Return for each property that fails the counts of a branch's size that show it."""
    rows = []
    for definition in _compared(alternatives):
        version = definition.in_force(data.year)
        for verdict in _refuted(version):
            cells = zip(*(_point_cells(point, version) for point in verdict.points), strict=True)
            head = (Text(definition.name), _property_name(verdict.name))
            rows.append((*head, *(_lines([*cell]) for cell in cells)))
    columns = [
        *words("formula", "counterexample_to"),
        *numbers("effective", "closed", "pending"),
        *(Column(f"{name} (%)", align="right") for name in _INDICATORS),
        *numbers("value"),
    ]
    caption, note = t("caption_counterexamples"), t("note_counterexamples")
    return Table(columns, rows, caption, _OF_FORMULAS.without_source(), note)


def _refuted(version: KpiVersion) -> list[Verdict]:
    return [verdict for verdict in properties(version).values() if _is_refuted(verdict)]


def _is_refuted(verdict: Verdict) -> bool:
    return bool(verdict.points) and PROPERTIES[verdict.name].kind == "indicators"


def _property_name(name: str) -> ByLanguage:
    """Return a property's name on one line; Han text is broken without a space."""
    text = t(f"property_{name}")
    return ByLanguage(
        {
            "zh-Hant": formed(text, lambda said: said.replace("\n", "")),
            "en": formed(text, lambda said: said.replace("\n", " ")),
        }
    )


def _point_cells(point: CountsPoint, version: KpiVersion) -> tuple[Item, ...]:
    """Return E, C, P, I1, I2 (%) and the KPI of a point."""
    value = Quantity(in_unit(point.value.value, version.unit), version.unit, version.decimals)
    return (
        *(point.effective, point.closed, point.pending),
        *(bare(100 * ratio, 2) for ratio in (point.first, point.second)),
        formed(stated(value), lambda said: said.replace(" ", _KEPT)),
    )


# Proofs -------------------------------------------------------------------------------------------
def proofs_table(data: KpiData) -> Table:
    """Return what settles each property of the year's KPI: its verdict and the argument."""
    rows = [
        (_property_name(name), _verdict(verdict), _lines(_argument(verdict, data.version)))
        for name, verdict in properties(data.version).items()
    ]
    columns = [
        *words("property_asked", width=0.19),
        *words("verdict", width=0.11),
        *words("because", width=0.7),
    ]
    caption = t("caption_proofs", name=data.kpi_name)
    return Table(columns, rows, caption, _OF_FORMULAS, t("note_proofs"))


def _verdict(verdict: Verdict) -> Item:
    if verdict.method == "not_applicable":
        return t("verdict_not_applicable")
    if verdict.holds is None:
        return t("verdict_open")
    moves = [t(f"moves_{verdict.direction}")] if verdict.direction else []
    if PROPERTIES[verdict.name].kind == "counts":
        return _lines([*moves])
    return _lines([t("verdict_holds" if verdict.holds else "verdict_fails"), *moves])


def _argument(verdict: Verdict, version: KpiVersion) -> list[Item]:
    """Return the lines of a proof or of what stands in its place."""
    lines = [*_reason(verdict, version), *_zeros(verdict), *_signs(verdict, version)]
    if verdict.peak is not None and verdict.peak.is_finite:
        lines.append(t("least_upper_bound", value=formula_text(verdict.peak)))
    if _is_refuted(verdict):
        points = Run(tuple(_point_told(point, version) for point in verdict.points), " → ")
        lines.append(t("counterexample_line", points=points))
    return lines


def _reason(verdict: Verdict, version: KpiVersion) -> list[Item]:
    """Return why a property makes no sense, how far it was searched, or of which degree it is."""
    if verdict.method == "not_applicable":
        return [t(f"why_{verdict.argument}", names=joined(in_indicators(version).names))]
    if verdict.argument in ("grid", "gaps"):
        return [t(f"argument_{verdict.argument}", cases=search.LARGEST)]
    if verdict.argument == "held":
        held = (formed(t(f"variable_{name}"), str.lower) for name in search.held(version))
        return [t("argument_held", names=joined(held))]
    if verdict.degree is not None:
        power = "" if verdict.degree == 1 else f"^{formula_text(sympy.Rational(verdict.degree))}"
        return [f"I(λ I1, λ I2) = λ{power} I(I1, I2)"]
    return []


def _zeros(verdict: Verdict) -> Iterator[Item]:
    limits = dict(verdict.limits)
    for names, value in verdict.zeros:
        told = t("no_value") if value is None else f"I = {formula_text(value)}"
        if names in limits:
            told = t("no_value_by_rule", limit=formula_text(limits[names]))
        yield Run((" = ".join(names), " = 0: ", told))


def _signs(verdict: Verdict, version: KpiVersion) -> Iterator[Item]:
    """Return a line for each expression whose sign settles something, with its signs."""
    asked = PROPERTIES[verdict.name]
    grouped: dict[tuple[str, str, str], list[Item]] = {}
    for step in verdict.steps:
        bounds = bounds_text((step.lower, step.upper), asked.kind).replace("\n", ", ")
        sign = _SIGNS[step.sign]
        where = spaced([sign, t("step_where", bounds=bounds)]) if bounds else sign
        grouped.setdefault(_told(step, asked, version), []).append(where)
    for (factor, what, expression), signs in grouped.items():
        equals = "" if expression in ("", "0") else f" = {expression}"
        subject = t(f"step_{what}", variable=asked.variable)
        yield Run((factor, subject, equals, " ", Run(tuple(signs), "; ")))


def _told(step: Step, asked: Property, version: KpiVersion) -> tuple[str, str, str]:
    """Return a factor, what a step speaks of, and what both equal, if that is worth telling."""
    expression = formula_text(step.expression)
    is_in_indicators = in_indicators(version).expression is not None
    if step.what == "slope" and asked.kind == "counts" and is_in_indicators:
        # Told in I1 and I2: E times the slope in E, and of the others only the sign.
        return ("E ", step.what, expression) if asked.variable == "E" else ("", step.what, "")
    return "", step.what, expression


def _point_told(point: CountsPoint, version: KpiVersion) -> Run:
    effective, closed, pending, *_, value = _point_cells(point, version)
    return Run(("E ", effective, ", C ", closed, ", P ", pending, ": I ", value))


# Derivatives --------------------------------------------------------------------------------------
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
    response = t("response_to_step", unit=change_heading(data.version.unit))
    columns = [
        *words("variable"),
        *numbers("value", "step"),
        *numbers(response, "elasticity", decimals=_DECIMALS, is_signed=True),
    ]
    caption = t("caption_derivatives", name=data.kpi_name)
    return Table(columns, rows, caption, data.grounds(), _derivatives_note(found))


def branch_derivatives_table(data: KpiData) -> Table:
    """Return the derivatives in I1 and I2, and the elasticities in the counts, by branch."""
    by_group = derivatives_by_group(data.version, data.evaluations("branch"))
    names = [item.variable for item in by_group[None]]
    scale = _point_scale(data)
    rows = []
    for group, found in by_group.items():
        slopes = [item for item in found if item.variable in _INDICATORS]
        others = [item for item in found if item.variable not in _INDICATORS]
        cells = (_response(item.slope, item.slope_below, scale) for item in slopes)
        rows.append((t(group or "nation"), *cells, *map(_elasticity, others)))
    columns = [
        *words("branch"),
        *(
            Column(f"∂I/∂{name}", decimals=_DECIMALS, align="right")
            for name in names
            if name in _INDICATORS
        ),
        *numbers(
            *(
                t("elasticity_in", name=name if len(name) == 1 else t(f"variable_{name}"))
                for name in names
                if name not in _INDICATORS
            ),
            decimals=_DECIMALS,
            is_signed=True,
        ),
    ]
    caption = t("caption_branch_derivatives", name=data.kpi_name)
    note = _derivatives_note(tuple(item for found in by_group.values() for item in found))
    grounds = data.grounds(data.cases.evidence)
    return Table(columns, rows, caption, grounds, note, has_total=True)


def _point_scale(data: KpiData) -> Fraction:
    """Return what takes a slope to the KPI's printed unit for a point, which is a hundredth."""
    return Fraction(scale_of(data.version.unit), 100)


def _derivatives_note(found: tuple[Derivative, ...]) -> Run:
    kink = [t("note_kink")] if any(item.is_kink for item in found) else []
    is_lacking = any(item.elasticity.reason == NOT_OVER_NOUGHT for item in found)
    return spaced(
        [t("note_derivatives"), *kink, *([t("note_no_elasticity")] if is_lacking else [])]
    )


def _kind(item: Derivative) -> str:
    if item.variable in _INDICATORS:
        return "point"
    return "twd" if item.variable.endswith("_twd") else "cases"


def _at(item: Derivative) -> Item:
    value = item.at.value
    if item.variable in _INDICATORS and value is not None:
        return Run((bare(Fraction(value) * 100, 2), "%"))
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


# What a sentence can name -------------------------------------------------------------------------
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
        "falls_from": Quantity(_digits(border), "ratio", _DECIMALS),
        "falls_below": Quantity(None if border is None else _digits(100 / border), "percent", 1),
        "peak": Quantity(_digits(None if peak is None else 100 * peak), "percent", 2),
    }


def _digits(exact: sympy.Expr | None) -> Fraction | None:
    """Return a number to 30 digits, None where it is none or infinite."""
    if exact is None or not exact.is_finite:
        return None
    return Fraction(str(sympy.N(exact, 30)))
