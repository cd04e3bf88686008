"""Tables of how the KPI responds: derivatives and elasticities, of the nation and by branch."""

from fractions import Fraction

from closurerate.kpi.evaluate import scale_of
from closurerate.kpi.value import Value
from closurerate.press.cells import headed
from closurerate.press.print.prose import Column, Table
from closurerate.press.words import word
from closurerate.quantity import UNDEFINED, number, signed
from closurerate.study.formula.derivatives import Derivative, derivatives, derivatives_by_group
from closurerate.year.changes import change_heading
from closurerate.year.kpi_year import KpiData

_INDICATORS = ("I1", "I2")
_DECIMALS = 3
STEP_CASES = 10_000
STEP_TWD = 10**8
"""Steps of a count and of an amount for which the response is told."""


def derivatives_table(data: KpiData) -> Table:
    """Return the national KPI's response to each of its variables, all others held."""
    language = data.language
    found = derivatives(data.version, data.total.counts)
    rows = tuple(
        (
            word(f"variable_{item.variable}", language),
            _at(item),
            word(
                f"step_of_{_kind(item)}", language, cases=number(STEP_CASES), twd=number(STEP_TWD)
            ),
            _both(
                item.slope,
                item.slope_below,
                _step(item) * scale_of(data.version.unit),
                is_signed=True,
            ),
            _both(item.elasticity, item.elasticity_below, Fraction(1), is_signed=True),
        )
        for item in found
    )
    unit = change_heading(data.version.unit, language)
    response = word("response_to_step", language, unit=unit)
    return Table(
        columns=(
            *headed(language, "variable", "value"),
            Column(word("step", language), "right"),
            Column(response, "right"),
            Column(word("elasticity", language), "right"),
        ),
        rows=rows,
        caption=word("caption_derivatives", language, name=data.name),
        note=_note(found, language),
        source=data.cases.source_line(data.evidence),
        evidence=data.evidence,
        language=language,
    )


def branch_derivatives_table(data: KpiData) -> Table:
    """Return the derivatives in I1 and I2, and the elasticities in the counts, by branch."""
    language = data.language
    by_group = derivatives_by_group(data.version, data.evaluations("branch"))
    names = [item.variable for item in by_group[None]]
    slopes = [name for name in names if name in _INDICATORS]
    counts = [name for name in names if name not in _INDICATORS]
    rows = tuple(
        (
            word(group or "nation", language),
            *_cells({item.variable: item for item in found}, slopes, counts, data),
        )
        for group, found in by_group.items()
    )
    return Table(
        columns=(
            Column(word("branch", language)),
            *(Column(f"∂I/∂{name}", "right") for name in slopes),
            *(Column(word("elasticity_in", language, name=_short(name, language)), "right")
              for name in counts),
        ),
        rows=rows,
        caption=word("caption_branch_derivatives", language, name=data.name),
        note=_note(tuple(item for found in by_group.values() for item in found), language),
        source=data.cases.source_line(data.cases.evidence),
        evidence=data.cases.evidence,
        language=language,
        has_total=True,
    )  # fmt: skip


def _cells(
    found: dict[str, Derivative], slopes: list[str], counts: list[str], data: KpiData
) -> tuple[str, ...]:
    # A point of an indicator is a hundredth: what it moves is told in the KPI's printed unit.
    scale = Fraction(scale_of(data.version.unit), 100)
    return (
        *(_both(found[name].slope, found[name].slope_below, scale) for name in slopes),
        *(
            _both(found[name].elasticity, found[name].elasticity_below, Fraction(1), is_signed=True)
            for name in counts
        ),
    )


def _note(found: tuple[Derivative, ...], language: str) -> str:
    notes = ["note_derivatives", *(["note_kink"] if any(item.is_kink for item in found) else [])]
    return (" " if language == "en" else "").join(word(name, language) for name in notes)


def _kind(item: Derivative) -> str:
    if item.variable in _INDICATORS:
        return "point"
    return "twd" if item.variable.endswith("_twd") else "cases"


def _step(item: Derivative) -> Fraction:
    return {"point": Fraction(1, 100), "twd": Fraction(STEP_TWD), "cases": Fraction(STEP_CASES)}[
        _kind(item)
    ]


def _at(item: Derivative) -> str:
    value = item.at.value
    if item.variable in _INDICATORS:
        return UNDEFINED if value is None else f"{number(Fraction(value) * 100, 2)}%"
    return number(value)


def _both(above: Value, below: Value, factor: Fraction | int, *, is_signed: bool = False) -> str:
    """Return a response; at a kink, to less and to more."""
    texts = [_text(value, factor, is_signed=is_signed) for value in (below, above)]
    return texts[1] if below.value == above.value else " / ".join(texts)


def _text(value: Value, factor: Fraction | int, *, is_signed: bool) -> str:
    if value.value is None:
        return UNDEFINED
    show = signed if is_signed else number
    return show(Fraction(value.value) * factor, _DECIMALS)


def _short(name: str, language: str) -> str:
    return name if len(name) == 1 else word(f"variable_{name}", language)
