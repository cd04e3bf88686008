"""What the pages on incentives share: the evidence of an effect, its decimals, and notes."""

from collections.abc import Iterable
from fractions import Fraction
from math import floor, log10

import sympy

from closurerate.kpi.formula import measure
from closurerate.kpi.pieces import pieces
from closurerate.press.print.labels import Evidence
from closurerate.press.text import Item, Run, Text, clauses, said, t
from closurerate.records.placeholders import weakest
from closurerate.study.incentives.action_signs import SignLine
from closurerate.study.incentives.inequalities import inequalities
from closurerate.year.kpi_year import KpiData

MANY = 10_000
"""The number of cases for which an effect is told besides that of one."""
NEW = "N"
"""New cases, as a letter like E, C and P."""
NOT_KNOWN = "?"
"""Where it is not known on which side something holds: a dash there says that it never does."""
MARK = Run((t("incentive_mark"), "\N{NO-BREAK SPACE}"))
"""Of a perverse incentive; ▲ is a light's."""
_MOST_DECIMALS = 12


def effect_evidence(data: KpiData) -> Evidence:
    """Return what an effect on the national KPI rests on; see `used_evidence`."""
    return data.at_best(used_evidence(data))


def used_evidence(data: KpiData) -> Evidence:
    """Return what the national counts that the KPI uses rest on."""
    used = {str(item) for part in pieces(data.version) for item in part.expression.free_symbols}
    names = sorted({measure(name) for name in used})
    return weakest(
        [
            data.cases.evidence_of(name.removesuffix("_twd"), data.total.counts.get(name))
            for name in names
        ]
    )


def decimals_for(values: Iterable[Fraction | None]) -> int:
    """Return the decimals at which the smallest of several values but 0 shows two digits."""
    sizes = [abs(value) for value in values if value]
    return min(max(1 - floor(log10(min(sizes))), 0), _MOST_DECIMALS) if sizes else 0


def marked_note(cells: Iterable[Item]) -> list[Text]:
    """Return what the mark of a perverse incentive stands for; nothing where no cell has it."""
    is_marked = any(said(MARK, "en") in said(cell, "en") for cell in cells)
    return [t("incentive_marked")] if is_marked else []


def nation_note(data: KpiData) -> list[Text]:
    """Return that the nation's row is published, where the branches' are made up."""
    is_published = data.cases.is_synthetic and effect_evidence(data) == "published"
    return [t("note_nation_published")] if is_published else []


def regions_text(regions: Iterable[Iterable[sympy.Expr]]) -> Run | None:
    """Return regions of the counts, a line each; None, which prints as a dash, of none."""
    found = [inequalities(conditions) for conditions in regions]
    return Run(tuple(found), "\n") if found else None


def unknown_note(causes: Iterable[str], mark: str = "dash") -> list[Text]:
    """Return what a mark in place of a figure stands for, for a note's end; nothing for no cause.

    Args:
        causes: Why there is no figure: as in `study.incentives.effects.Cause`, `rule` (the formula
            counts effective cases by a rule of its own) or `undecided`; empty ones count for
            nothing.
        mark: What is printed there: `dash`, `query`, `last` (a dash in the last two columns) or
            `both` (a query, or a dash in the last two columns).
    """
    reasons = [t(f"incentive_why_{cause}") for cause in sorted({*causes} - {""})]
    marked = t(f"incentive_mark_{mark}")
    told = t("note_incentive_unknown", mark=marked, reasons=clauses(reasons))
    return [told] if reasons else []


def one_piece_note(found: Iterable[SignLine]) -> list[Text]:
    """Return what a note adds where signs leave out cases that take a KPI to another piece."""
    is_told = any(one.is_in_one_piece for one in found)
    return [t("note_incentive_one_piece")] if is_told else []
