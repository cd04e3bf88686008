"""What the pages on incentives share: changes as they are printed, evidence, and named figures."""

from collections.abc import Iterable
from fractions import Fraction
from math import floor, log10

import sympy

from closurerate.kpi.evaluate import Evaluation, in_unit
from closurerate.kpi.formula import measure
from closurerate.kpi.pieces import pieces
from closurerate.press.print.labels import Evidence
from closurerate.press.prose import Finding, Markdown
from closurerate.press.words import word
from closurerate.quantity import Quantity
from closurerate.records.placeholders import weakest
from closurerate.study.incentives.action_signs import SignLine
from closurerate.study.incentives.actions import actions
from closurerate.study.incentives.cheapest import CheapestPoint, cheapest_point
from closurerate.study.incentives.effects import effect
from closurerate.study.incentives.unpaid import Treatment, reach
from closurerate.year.changes import change_unit
from closurerate.year.kpi_year import KpiData

MANY = 10_000
"""The number of cases for which an effect is told besides that of one."""

_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_MOST_DECIMALS = 12

NOT_KNOWN = "?"
"""Where it is not known on which side something holds: a dash there says that it never does."""


def evidence(data: KpiData) -> Evidence:
    """Return what an effect on the national KPI rests on; see `counts_evidence`."""
    return data.at_best(counts_evidence(data))


def counts_evidence(data: KpiData) -> Evidence:
    """Return what the national counts that the KPI uses rest on."""
    used = {str(item) for part in pieces(data.version) for item in part.expression.free_symbols}
    names = {measure(name) for name in used}
    return weakest(
        [
            data.cases.evidence_of(name.removesuffix("_twd"), data.total.counts.get(name))
            for name in sorted(names)
        ]
    )


def decimals_for(values: Iterable[Fraction | None]) -> int:
    """Return the decimals at which the smallest of several values but 0 shows two digits."""
    sizes = [abs(value) for value in values if value]
    return min(max(1 - floor(log10(min(sizes))), 0), _MOST_DECIMALS) if sizes else 0


def condition_text(conditions: Iterable[sympy.Expr], language: str) -> str:
    """Return conditions that expressions in the counts are over 0 as text: "C > P and E > P"."""
    texts = sorted(_inequality(item, language) for item in conditions)
    both = word("incentive_and", language)
    return f" {both} ".join(texts) or word("incentive_everywhere", language)


def _inequality(expression: sympy.Expr, language: str) -> str:
    """Return `expression > 0` with its negative terms on the other side."""
    symbols = sorted(expression.free_symbols, key=lambda one: ("ECP".find(str(one)) % 9, str(one)))
    if not expression.is_polynomial(*symbols):
        return f"{expression} > 0".replace("**", "^")
    polynomial = sympy.Poly(expression, *symbols).primitive()[1]
    sides: tuple[list[str], list[str]] = ([], [])
    # What holds without E stands first: C² + P² + 2EP > 2EC.
    for exponents, coefficient in sorted(
        polynomial.terms(), key=lambda term: term[0][0] if str(symbols[0]) == "E" else 0
    ):
        factors = [
            _symbol(str(item), language) + (str(power).translate(_SUPERSCRIPTS) * (power > 1))
            for item, power in zip(symbols, exponents, strict=True)
            if power
        ]
        size = abs(coefficient)
        text = "".join([str(size)] * (size != 1 or not factors) + factors)
        sides[bool(coefficient < 0)].append(text)
    return " > ".join(" + ".join(side) or "0" for side in sides)


def _symbol(name: str, language: str) -> str:
    return word("new", language).lower() if name == "new" else name


def unknown_note(causes: Iterable[str], language: str, mark: str = "dash") -> str:
    """Return what a mark in place of a figure stands for, for a note's end; empty for no cause.

    Parameters
    ----------
    causes
        Why there is no figure: as in `study.incentives.effects.Cause`, `rule` (the formula counts
        effective cases by a rule of its own) or `undecided`; empty ones count for nothing.
    language
        Language of the note.
    mark
        What is printed there: `dash`, `query`, `last` (a dash in the last two columns) or `both`
        (a query, or a dash in the last two columns).
    """
    is_english = language == "en"
    found = sorted({*causes} - {""})
    if not found:
        return ""
    reasons = ("; " if is_english else "；").join(
        word(f"incentive_why_{cause}", language) for cause in found
    )
    marked = word(f"incentive_mark_{mark}", language)
    return " " * is_english + word("note_incentive_unknown", language, mark=marked, reasons=reasons)


def one_piece_note(found: Iterable[SignLine | Treatment], language: str) -> str:
    """Return what a note adds where signs leave out cases that take a KPI to another piece."""
    if not any(one.is_in_one_piece for one in found):
        return ""
    return " " * (language == "en") + word("note_incentive_one_piece", language)


def points(data: KpiData, by: str | None = None) -> list[tuple[Evaluation, CheapestPoint]]:
    """Return the cheapest point of each group and of the nation, with its values."""
    return [
        (row, cheapest_point(data.version, row.counts, by=row.by)) for row in data.evaluations(by)
    ]


def incentive_figures(data: KpiData) -> dict[str, Quantity]:
    """Return the figures of incentives that a sentence can name, for the nation.

    `<action>_effect` is what 10,000 times an action does to the KPI, `<action>_cases` how many
    cases it takes to gain a point; `cheapest_cases` and `perverse_cases` the fewest that serve the
    KPI's purpose and the fewest that do not; `unpaid_best` the best value that closing unpaid, or
    not, can reach, `unpaid_gain` by how much, and `unpaid_times` how many such closings more that
    takes, or `unpaid_fewer` how many fewer.
    """
    rests, counts, unit = evidence(data), data.total.counts, change_unit(data.version.unit)
    point = cheapest_point(data.version, counts)
    found: dict[str, Quantity] = {}
    for name, action in actions().items():
        change = in_unit(effect(data.version, counts, action, MANY).change, data.version.unit)
        decimals = max(3, data.version.decimals) if change else 0
        found[f"{name}_effect"] = Quantity(change, unit, decimals, rests)
    cases = {f"{way.action.name}_cases": way.cases for way in point.ways}
    cases |= {
        f"{name}_cases": ways[0].cases if ways else None
        for name, ways in (
            ("cheapest", point.cheapest_serving),
            ("perverse", point.cheapest_perverse),
        )
    }
    found |= {name: Quantity(count, "case", 0, rests) for name, count in cases.items()}
    return found | _reached(data, rests)


def _reached(data: KpiData, rests: Evidence) -> dict[str, Quantity]:
    found = reach(data.version, data.total.counts)
    decimals = data.version.decimals
    more = None if found.times is None else max(found.times, 0)
    fewer = None if found.times is None else max(-found.times, 0)
    return {
        "unpaid_best": Quantity(
            in_unit(found.best, data.version.unit), data.version.unit, decimals, rests
        ),
        "unpaid_gain": Quantity(
            in_unit(found.change, data.version.unit),
            change_unit(data.version.unit),
            decimals,
            rests,
        ),
        "unpaid_times": Quantity(more, "case", 0, rests),
        "unpaid_fewer": Quantity(fewer, "case", 0, rests),
    }


def incentive_finding(
    data: KpiData, *, zh: str, en: str, is_optional: bool = True
) -> Finding | Markdown:
    """Return a computed sentence that may name figures of incentives besides the KPI's own."""
    return data.say(incentive_figures(data), zh=zh, en=en, is_optional=is_optional)
