"""What is shown of a formula: its properties, what refutes them, and what proves them."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

import sympy

from closurerate.kpi.combination import in_indicators
from closurerate.kpi.definition import Definition, KpiVersion
from closurerate.kpi.evaluate import in_unit
from closurerate.press.shown import Grounds
from closurerate.press.table import Column, Table, numbers, words
from closurerate.press.text import (
    ByLanguage,
    Digits,
    Item,
    Run,
    Text,
    bare,
    both,
    clauses,
    exactly,
    formed,
    given_name,
    joined,
    said,
    spaced,
    stated,
    t,
)
from closurerate.quantity import UNDEFINED, Quantity
from closurerate.study.alternatives import Alternatives
from closurerate.study.formula import counterexamples as search
from closurerate.study.formula.counterexamples import CountsPoint
from closurerate.study.formula.one_line import bounds_text, digits, formula_text
from closurerate.study.formula.proofs import Step
from closurerate.study.formula.properties import PROPERTIES, Property, properties
from closurerate.study.formula.verdict import Verdict
from closurerate.year.kpi_year import KpiData
from closurerate.year.official import PRINTED_KPI

_OF_FORMULAS = Grounds("derived")
_KEPT = "\N{NO-BREAK SPACE}"
_BY_RULE = "†"
"""Marks that a KPI has no value by the rule of its evaluation alone."""
_FLAT = {1: "weakly_increasing", -1: "weakly_decreasing"}
"""How a KPI moves that gets better in some places and stays in others, by what is better."""
_SIGNS = {1: "> 0", 0: "= 0", -1: "< 0"}
_INDICATORS = ("I1", "I2")
_HEADS = {
    name: f"head_{name}"
    for name in ("symmetric", "homogeneous", "between", "bounded", "defined_at_zero")
}
"""Where a property has a shorter name at the head of its column."""

_COLON = both("：", ": ")
_MARKS = {"✓": "holds", "×": "fails", "*": "search", "?": "query"}
"""What the marks of the table of properties are explained by, in its note's order."""


def _lines(items: list[Item]) -> Run:
    return Run(tuple(items), "\n")


def properties_table(data: KpiData, alternatives: Alternatives) -> Table:
    """Return the properties of every formula in force, one formula a row, the year's KPI first."""
    asked = [name for name, item in PROPERTIES.items() if item.kind == "indicators"]
    rows = []
    for definition in definitions_in_order(alternatives):
        found = properties(definition.in_force(data.year))
        rows.append((given_name(definition.name), *(_mark(found[name]) for name in asked)))
    columns = [
        *words("formula"),
        *(Column(t(_HEADS.get(name, f"property_{name}")), align="center") for name in asked),
    ]
    return Table(columns, rows, t("caption_properties"), _OF_FORMULAS, _marks_told(rows))


def _marks_told(rows: list[tuple[Item, ...]]) -> Run:
    """Return the note on the marks of the properties: of those that occur."""
    cells = {said(cell, "en") for row in rows for cell in row[1:]}
    marks = [t(f"mark_{key}") for mark, key in _MARKS.items() if any(mark in one for one in cells)]
    if UNDEFINED in cells:
        marks.append(t("mark_not_applicable"))
    dagger = [t("mark_dagger")] if any(_BY_RULE in one for one in cells) else []
    return spaced([t("note_properties", marks=clauses(marks)), *dagger])


def definitions_in_order(alternatives: Alternatives) -> list[Definition]:
    """Return the year's KPI, then the printed one, then every other in force."""
    own, *others = alternatives.sound
    return [own, *sorted(others, key=lambda item: item.id != PRINTED_KPI)]


def _mark(verdict: Verdict) -> Item:
    if verdict.method == "not_applicable":
        return None
    if verdict.holds is None:
        return "?"
    if verdict.degree is not None:
        degree = Fraction(verdict.degree)
        return bare(degree) if degree.denominator == 1 else formula_text(sympy.Rational(degree))
    if verdict.zeros:
        return t("none") if verdict.holds else _lacking(verdict)
    return ("✓" if verdict.holds else "×") + "*" * (verdict.method == "search")


def _lacking(verdict: Verdict) -> Item:
    """Return which counts, if zero, leave no value."""
    by_rule = dict(verdict.limits)
    return joined(
        Run((_count(names[-1]), _BY_RULE * (names in by_rule)))
        for names, value in verdict.zeros
        if value is None and names != ("E", "C", "P")
    )


def _failing(verdict: Verdict) -> Item:
    """Return where or how a property fails."""
    if verdict.peak is not None:
        return _peak(verdict.peak)
    if verdict.direction == "mixed":
        return clauses(_bounds(verdict, -verdict.better))
    if verdict.direction == _FLAT[verdict.better]:
        bounds = _bounds(verdict, 0)
        return t("is_flat", bounds=joined(bounds)) if bounds else t("is_flat_in_part")
    return t(f"moves_{verdict.direction}") if verdict.direction else ""


def _count(name: str) -> Item:
    """Return a count as a formula has it, or in words where it has no symbol."""
    return name if len(name) == 1 else t(f"variable_{name}")


def _peak(peak: sympy.Expr) -> Text:
    if peak == sympy.oo:
        return t("no_bound")
    return t("up_to", value=bare(digits(100 * peak), 2))


def _bounds(verdict: Verdict, sign: int) -> list[Item]:
    found = (step for step in verdict.steps if step.sign == sign)
    texts = (bounds_text((step.lower, step.upper), "indicators") for step in found)
    return [text for text in texts if text]


def counterexamples_table(data: KpiData, alternatives: Alternatives) -> Table:
    """Return where each property fails that does, and counts of a branch's size that show it.

    That a formula passes 100 % is shown of the year's KPI, and kept as data of the others.
    """
    rows, shown = [], []
    for definition in definitions_in_order(alternatives):
        version = definition.in_force(data.year)
        for verdict in _refuted(version):
            cells = [_point_cells(point, version) for point in verdict.points]
            property_told, where = _property_told(verdict.name, version), _failing(verdict)
            told = Run((property_told, _COLON, where)) if where else property_told
            head = (given_name(definition.name), told)
            rows.append((*head, *_stacked(cells)))
            if verdict.name != "bounded" or definition.id == data.definition.id:
                small = [(*map(_thousands, cell[:3]), *cell[3:]) for cell in cells]
                shown.append((*head, *_stacked(small)))
    counts = [Column(name, align="right") for name in ("E", "C", "P")]
    columns = [
        *words("formula", "counterexample_to"),
        *counts,
        *(Column(t("in_percent", name=name), align="right") for name in _INDICATORS),
        *numbers("value"),
    ]
    left_out = [t("note_bounded_left_out")] if len(shown) < len(rows) else []
    note = spaced([t("note_counterexamples"), t("note_thousands"), *left_out])
    grounds, caption = _OF_FORMULAS.without_source(), t("caption_counterexamples")
    return Table(columns, shown, caption, grounds, note, kept=(columns, rows))


def _stacked(cells: Sequence[tuple[Item, ...]]) -> tuple[Item, ...]:
    """Return the cells of one or two points as those of one row, a line each."""
    return tuple(_lines([*cell]) for cell in zip(*cells, strict=True))


def _thousands(count: Item) -> Digits:
    return exactly(Fraction(count, 1000))


def _refuted(version: KpiVersion) -> list[Verdict]:
    return [verdict for verdict in properties(version).values() if _is_refuted(verdict)]


def _is_refuted(verdict: Verdict) -> bool:
    return bool(verdict.points) and PROPERTIES[verdict.name].kind == "indicators"


def _property_told(name: str, version: KpiVersion) -> Item:
    """Return a property's name, with the counts that its counterexample holds besides E, C, P."""
    others = [
        Run((formed(t(f"variable_{held}"), str.lower), search.OTHERS[held]), " ")
        for held in search.held(version)
    ]
    told = _property_name(name)
    return t("held_at", name=told, held=joined(others)) if others else told


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


def proofs_table(data: KpiData) -> Table:
    """Return what settles each property of the year's KPI: its verdict and the argument."""
    rows = [
        (_property_name(name), _verdict(verdict), _lines(_argument(verdict, data.version)))
        for name, verdict in properties(data.version).items()
    ]
    columns = [
        *words("property_asked"),
        *words("verdict"),
        *words("because"),
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
        return [f"I(h I1, h I2) = h{power} I(I1, I2)"]
    return []


def _zeros(verdict: Verdict) -> list[Item]:
    limits, lines = dict(verdict.limits), list[Item]()
    for names, value in verdict.zeros:
        told = t("no_value") if value is None else f"I = {formula_text(value)}"
        if names in limits:
            told = t("no_value_by_rule", limit=formula_text(limits[names]))
        lines.append(Run((Run(tuple(map(_count, names)), " = "), " = 0", _COLON, told)))
    return [clauses(lines)] if lines else []


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
        if equals and len(signs) > 1:
            yield Run((factor, subject, equals))
            equals = ""
        yield Run((factor, subject, equals, " ", clauses(signs)))


def _told(step: Step, asked: Property, version: KpiVersion) -> tuple[str, str, str]:
    """Return a factor, what a step speaks of, and what both equal, if that is worth telling."""
    expression = formula_text(step.expression)
    is_in_indicators = in_indicators(version).expression is not None
    if step.what == "slope" and asked.kind == "counts" and is_in_indicators:
        # Told in I1 and I2: E times the slope in E, and of the others only the sign.
        return ("E ", step.what, expression) if asked.variable == "E" else ("", step.what, "")
    return "", step.what, expression
