"""Tables of the formulas' properties side by side, and of the counterexamples."""

from fractions import Fraction

import sympy

from closurerate.kpi.definition import Definition, KpiVersion
from closurerate.kpi.evaluate import in_unit
from closurerate.press.cells import headed
from closurerate.press.print.prose import Column, Table
from closurerate.press.words import word
from closurerate.quantity import Quantity, number, printed
from closurerate.study.alternatives import alternatives
from closurerate.study.formula.counterexamples import Point
from closurerate.study.formula.page_text import bounds_text, formula_text
from closurerate.study.formula.properties import properties
from closurerate.study.formula.verdict import Verdict
from closurerate.year.kpi_year import KpiData

_BESIDE = (
    "symmetric", "homogeneous", "between", "improving_I1", "improving_I2", "bounded",
    "defined_at_zero",
)  # fmt: skip
OF_COUNTS = "monotone"
_KEPT = "\N{NO-BREAK SPACE}"
_BY_RULE = "†"
"""Marks that a KPI has no value by the rule of its evaluation alone."""
_FLAT = {1: "weakly_increasing", -1: "weakly_decreasing"}
"""How a KPI moves that gets better in some places and stays in others, by what is better."""


def properties_table(data: KpiData) -> Table:
    """Return the properties of every formula in force, one formula a row, the year's KPI first."""
    language = data.language
    rows = tuple(
        (
            definition.name[language],
            *(
                _cell(properties(definition.in_force(data.year))[name], language)
                for name in _BESIDE
            ),
        )
        for definition in _compared(data)
    )
    columns = (
        Column(word("formula", language), width=0.2),
        *(Column(word(f"property_{name}", language), "center") for name in _BESIDE),
    )
    return Table(
        columns=columns,
        rows=rows,
        caption=word("caption_properties", language),
        note=word("note_properties", language),
        source="data/kpi/",
        evidence="arithmetic",
        language=language,
    )


def counterexamples_table(data: KpiData) -> Table:
    """Return for each property that fails the counts of a branch's size that show it."""
    language = data.language
    rows = tuple(
        _counterexample(definition, verdict, data)
        for definition in _compared(data)
        for verdict in properties(definition.in_force(data.year)).values()
        if verdict.points and not verdict.name.startswith(OF_COUNTS)
    )
    names = ("formula", "counterexample_to", "effective", "closed", "pending")
    return Table(
        columns=(
            *(Column(word(name, language)) for name in names[:2]),
            *headed(language, *names)[2:],
            *(Column(f"{name} (%)", "right") for name in ("I1", "I2")),
            Column(word("value", language), "right"),
        ),
        rows=rows,
        caption=word("caption_counterexamples", language),
        note=word("note_counterexamples", language),
        evidence="arithmetic",
        language=language,
    )


def _compared(data: KpiData) -> tuple[Definition, ...]:
    """Return the year's KPI, then every other in force."""
    others = [item for item in alternatives(data.year) if item.id != data.definition.id]
    return (data.definition, *others)


def property_name(verdict: Verdict, language: str) -> str:
    """Return a property's name on one line; Han text is broken without a space."""
    between = "" if language == "zh-Hant" else " "
    return word(f"property_{verdict.name}", language).replace("\n", between)


# A cell of the first table --------------------------------------------------------------------
def _cell(verdict: Verdict, language: str) -> str:
    if verdict.method == "not_applicable":
        return number(None)
    if verdict.holds is None:
        return "?"
    if verdict.name == "homogeneous" and verdict.degree is not None:
        return f"✓ {formula_text(sympy.Rational(str(verdict.degree)))}"
    mark = "✓" if verdict.holds else "×"
    searched = "*" if verdict.method == "search" else ""
    words = "" if verdict.holds else _few_words(verdict, language)
    return f"{mark}{searched}\n{words}".strip()


def _few_words(verdict: Verdict, language: str) -> str:
    """Return where or how a property fails."""
    if verdict.name == "bounded":
        return _peak(verdict, language)
    if verdict.name == "defined_at_zero":
        by_rule = dict(verdict.limits)
        return "\n".join(
            f"{names[-1]}{_KEPT}={_KEPT}0" + _BY_RULE * (names in by_rule)
            for names, value in verdict.zeros
            if value is None and names != ("E", "C", "P")
        )
    if verdict.direction == "mixed":
        failing = [step for step in verdict.steps if step.sign == -verdict.better]
        return "\n".join(bounds_text((step.lower, step.upper), "indicators") for step in failing)
    if verdict.direction == _FLAT[verdict.better]:
        flat = [step for step in verdict.steps if step.sign == 0]
        bounds = [bounds_text((step.lower, step.upper), "indicators") for step in flat]
        return "\n".join([word("is_flat", language), *bounds])
    return word(f"moves_{verdict.direction}", language) if verdict.direction else ""


def _peak(verdict: Verdict, language: str) -> str:
    if verdict.peak is None:
        return ""
    if verdict.peak == sympy.oo:
        return word("no_bound", language)
    most = Fraction(str(sympy.N(100 * verdict.peak, 30)))
    return word("up_to", language, value=number(most, 2))


# A row of the second table --------------------------------------------------------------------
def _counterexample(definition: Definition, verdict: Verdict, data: KpiData) -> tuple[str, ...]:
    version, language = definition.in_force(data.year), data.language
    cells = zip(*(point_cells(point, version, language) for point in verdict.points), strict=True)
    return (
        definition.name[language],
        property_name(verdict, language),
        *("\n".join(cell) for cell in cells),
    )


def point_cells(point: Point, version: KpiVersion, language: str) -> tuple[str, ...]:
    """Return E, C, P, I1, I2 (%) and the KPI of a point as printed."""
    return (
        *(number(count) for count in (point.effective, point.closed, point.pending)),
        *(number(100 * ratio, 2) for ratio in (point.first, point.second)),
        printed(
            Quantity(in_unit(point.value.value, version.unit), version.unit, version.decimals),
            language,
        ).replace(" ", _KEPT),
    )
