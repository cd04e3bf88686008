"""What the other printed figures make of one: its exact value, and the range of it they leave."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from graphlib import CycleError, TopologicalSorter
from itertools import product

from closurerate.errors import InputError
from closurerate.kpi.formula import COUNT_NAMES, measure, names_in, parse_formula
from closurerate.kpi.value import evaluate_formula
from closurerate.records.claim import Claim
from closurerate.records.documents import nearest
from closurerate.records.feasible import ExactRange, prints_as
from closurerate.records.follows import Figure, Follows
from closurerate.records.published import Published

Reports = Mapping[int, Published]
"""What is printed of each ROC year."""
Compute = Callable[..., Fraction | None]
"""A figure from those it follows from; ZeroDivisionError or None where it has no value."""

_COMPUTE: Mapping[str, Compute] = {
    "difference": lambda one, other: one - other,
    "growth": lambda now, before: 100 * (now - before) / before,
    "share": lambda part, whole: 100 * part / whole,
    "sum": lambda *parts: sum(parts),
    "stock": lambda opening, new, closed: opening + new - closed,
    "achievement": lambda value, target: 100 * value / target,
    "same": lambda figure: figure,
    "as_many": lambda names: names,
}
_TAKEN_AS_PRINTED = {("same", 0), ("as_many", 0), ("achievement", 1)}
"""Figures, by relation and place, that print to the last digit: a target is set, not rounded."""


@dataclass(frozen=True)
class Derivation:
    """How a figure is computed, and of what.

    Args:
        figures: The printed figures that it is computed from, in order; None for one that is not
            printed: then there is no value.
        spans: Which exact values each printed one may have, by its precision.
        missing: What is not printed.
    """

    compute: Compute
    figures: tuple[Claim | None, ...]
    spans: tuple[ExactRange, ...]
    missing: tuple[str, ...] = ()

    @property
    def known(self) -> tuple[Claim, ...]:
        """The figures that are printed."""
        return tuple(one for one in self.figures if one is not None)

    def value(self, **instead: Fraction) -> Fraction | None:
        """Return the exact value of the figures as printed, or with others instead of some."""
        return self._at([instead.get(one.id, number_of(one)) for one in self.known])

    def span(self) -> ExactRange | None:
        """Return all values that the figures' printed precision leaves."""
        corners = product(*({one.low, one.high} for one in self.spans))
        values = [self._at(corner) for corner in corners]
        found = [value for value in values if value is not None]
        if not found or len(found) < len(values):
            return None
        is_one = min(found) == max(found)
        return ExactRange(min(found), max(found), is_one, is_one)

    def _at(self, values: Iterable[Fraction]) -> Fraction | None:
        if self.missing:
            return None
        try:
            return self.compute(*values)
        except ZeroDivisionError:
            return None


def number_of(claim: Claim) -> Fraction:
    """Return a figure's number; of a text, how many names it lists."""
    return claim.value if claim.is_numeric else Fraction(len(claim.written.split(", ")))


def derivation(reports: Reports, year: int, claim_id: str, follows: Follows) -> Derivation:
    """Return how a figure of a year follows, by a relation that may be another year's.

    Raises:
        InputError: If it is defined by what is no formula of figures.
    """
    where = f"{claim_id} of {year}"
    if follows.relation == "definition":
        compute, figures = _formula(reports, year, where, follows)
    else:
        compute, figures = _COMPUTE[follows.relation], follows.figures
    found = [printed_figure(reports, year, figure) for figure in figures]
    missing = tuple(str(figure) for figure, one in zip(figures, found, strict=True) if one is None)
    spans = tuple(
        _exactly(one) if (follows.relation, place) in _TAKEN_AS_PRINTED else _within(one)
        for place, one in enumerate(found)
        if one is not None
    )
    return Derivation(compute, tuple(found), spans, missing)


def check_follows(reports: Reports, year: int, known: Collection[str] = ()) -> None:
    """Check that the figures of a year follow from such as can be printed, and in no circle.

    Args:
        known: Ids that another transcription has besides those of the reports.

    Raises:
        InputError: Naming the figure.
    """
    ids = {*_ids(reports), *known}
    graph: dict[str, list[str]] = {}
    for claim in reports[year].claims.values():
        named = claim.follows.figures if claim.follows else ()
        graph[claim.id] = [one.name for one in named if one.year in (None, year)]
        for figure in (*named, *([Figure(claim.without)] if claim.without else [])):
            if figure.name not in ids:
                near = nearest(figure.name, sorted(ids)).partition("; allowed")[0]
                raise InputError(
                    f"{claim.id} of {year} names {str(figure)!r}, which is no printed figure{near}."
                )
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        ring = " from ".join(reversed(error.args[1]))
        raise InputError(
            f"figures of {year}: {ring} follow in a circle; leave one of them without `follows`."
        ) from None


def printed_figure(reports: Reports, year: int, figure: Figure) -> Claim | None:
    """Return a figure that a year's report names; None where it is not printed."""
    report = reports.get(figure.year or year)
    return report[figure.name] if report is not None and figure.name in report else None


def _formula(
    reports: Reports, year: int, where: str, follows: Follows
) -> tuple[Compute, tuple[Figure, ...]]:
    """Return what computes a definition, and the figures that its formula names."""
    texts = [printed_figure(reports, year, figure) for figure in follows.figures]
    if None in texts:
        return (lambda *_: None), follows.figures
    if any(text.is_numeric for text in texts if text is not None):
        raise InputError(f"{where}: its definition must be printed as a text.")
    ids = _ids(reports)
    written, *rest = [text.written for text in texts if text is not None]
    indicators = {
        f"I{place}": parse_formula(text, ids, f"{where}, I{place}")
        for place, text in enumerate(rest, 1)
    }
    formula = parse_formula(written, ids | indicators.keys(), where)
    used = (formula, *indicators.values())
    names = sorted({name for one in used for name in names_in(one.node)} - indicators.keys())

    def compute(*values: Fraction) -> Fraction | None:
        counts = dict(zip(names, values, strict=True))
        found = evaluate_formula(formula, indicators, counts).value  # type: ignore[arg-type]
        return None if found is None else Fraction(found)

    return compute, tuple(map(Figure, names))


def _ids(reports: Reports) -> set[str]:
    """Return what could be printed: what is in a report, and the counts that a KPI can name."""
    return {*map(measure, COUNT_NAMES), *(name for one in reports.values() for name in one.claims)}


def _exactly(claim: Claim) -> ExactRange:
    return ExactRange(number_of(claim), number_of(claim))


def _within(claim: Claim) -> ExactRange:
    if claim.precision == "at_least":
        return prints_as(claim.value, claim.decimals, "down")
    if claim.decimals < 0 or claim.unit in ("percent", "ratio"):
        return prints_as(claim.value, claim.decimals)
    return _exactly(claim)
