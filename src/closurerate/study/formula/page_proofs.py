"""The table of what proves, or refutes, each property of one formula."""

from collections.abc import Iterable

import sympy

from closurerate.kpi.combination import in_indicators
from closurerate.press.cells import joined
from closurerate.press.print.prose import Column, Table
from closurerate.press.words import word
from closurerate.quantity import number
from closurerate.study.formula import counterexamples as search
from closurerate.study.formula.page_tables import OF_COUNTS, point_cells, property_name
from closurerate.study.formula.page_text import bounds_text, formula_text
from closurerate.study.formula.proofs import Step
from closurerate.study.formula.properties import properties
from closurerate.study.formula.verdict import Verdict
from closurerate.year.kpi_year import KpiData

_SIGNS = {1: "> 0", 0: "= 0", -1: "< 0"}


def proofs_table(data: KpiData) -> Table:
    """Return what settles each property of the year's KPI: its verdict and the argument."""
    language = data.language
    rows = tuple(
        (
            property_name(verdict, language),
            _verdict_word(verdict, language),
            "\n".join(_argument(verdict, data)),
        )
        for verdict in properties(data.version).values()
    )
    return Table(
        columns=(
            Column(word("property_asked", language), width=0.19),
            Column(word("verdict", language), width=0.11),
            Column(word("because", language), width=0.7),
        ),
        rows=rows,
        caption=word("caption_proofs", language, name=data.name),
        note=word("note_proofs", language),
        source="data/kpi/",
        evidence="arithmetic",
        language=language,
    )


def _verdict_word(verdict: Verdict, language: str) -> str:
    if verdict.method == "not_applicable":
        return word("verdict_not_applicable", language)
    if verdict.holds is None:
        return word("verdict_open", language)
    moves = word(f"moves_{verdict.direction}", language) if verdict.direction else ""
    if verdict.name.startswith(OF_COUNTS):
        return moves
    holds = word("verdict_holds" if verdict.holds else "verdict_fails", language)
    return f"{holds}\n{moves}".strip()


def _argument(verdict: Verdict, data: KpiData) -> Iterable[str]:
    """Return the lines of a proof or of what stands in its place."""
    language = data.language
    if verdict.method == "not_applicable":
        names = joined(in_indicators(data.version).names, language)
        yield word(f"why_{verdict.argument}", language, names=names)
    elif verdict.argument in ("grid", "gaps"):
        yield word(f"argument_{verdict.argument}", language, cases=number(search.LARGEST))
    elif verdict.argument == "held":
        held = [word(f"variable_{name}", language).lower() for name in search.held(data.version)]
        yield word("argument_held", language, names=joined(held, language))
    elif verdict.argument == "degree":
        power = formula_text(sympy.Rational(str(verdict.degree)))
        yield (
            f"I(λ I1, λ I2) = λ^{power} I(I1, I2)"
            if power != "1"
            else "I(λ I1, λ I2) = λ I(I1, I2)"
        )
    elif verdict.zeros:
        yield from (
            _zero_line(names, value, dict(verdict.limits).get(names), language)
            for names, value in verdict.zeros
        )
    yield from _step_lines(verdict, data)
    if verdict.name == "bounded" and verdict.peak is not None and verdict.peak.is_finite:
        yield word("least_upper_bound", language, value=formula_text(verdict.peak))
    if verdict.points and not verdict.name.startswith(OF_COUNTS):
        yield word(
            "counterexample_line",
            language,
            points=" → ".join(
                f"E {cells[0]}, C {cells[1]}, P {cells[2]}: I {cells[5]}"
                for cells in (
                    point_cells(point, data.version, language) for point in verdict.points
                )
            ),
        )


def _zero_line(
    names: tuple[str, ...], value: sympy.Expr | None, limit: sympy.Expr | None, language: str
) -> str:
    told = word("no_value", language) if value is None else f"I = {formula_text(value)}"
    if limit is not None:
        told = word("no_value_by_rule", language, limit=formula_text(limit))
    return f"{' = '.join(names)} = 0: {told}"


def _step_lines(verdict: Verdict, data: KpiData) -> Iterable[str]:
    """Return a line for each expression whose sign settles something, with its signs."""
    grouped: dict[tuple[str, str], list[str]] = {}
    for step in verdict.steps:
        told = _told(step, verdict, data)
        grouped.setdefault(told, []).append(_sign(step, verdict, data.language))
    for (what, expression), signs in grouped.items():
        equals = f" = {expression}" if expression not in ("", "0") else ""
        yield f"{what}{equals} {'; '.join(signs)}"


def _told(step: Step, verdict: Verdict, data: KpiData) -> tuple[str, str]:
    """Return what a step speaks of, and the expression that it equals, if that is worth telling."""
    variable, expression = verdict.name.rpartition("_")[2], formula_text(step.expression)
    what = word(f"step_{step.what}", data.language, variable=variable)
    is_in_indicators = in_indicators(data.version).expression is not None
    if step.what == "slope" and verdict.name.startswith(OF_COUNTS) and is_in_indicators:
        # Told in I1 and I2: E times the slope in E, and of the others only the sign.
        return (f"E {what}", expression) if variable == "E" else (what, "")
    return what, expression


def _sign(step: Step, verdict: Verdict, language: str) -> str:
    kind = "counts" if verdict.name.startswith(OF_COUNTS) else "indicators"
    bounds = bounds_text((step.lower, step.upper), kind).replace("\n", ", ")
    where = word("step_where", language, bounds=bounds) if bounds else ""
    between = " " if where and language == "en" else ""
    return f"{_SIGNS[step.sign]}{between}{where}"
