"""What a KPI is where counts are 0, for all values of the others."""

import sympy

from closurerate.kpi.combination import COUNTS, count_expression
from closurerate.kpi.definition import KpiVersion
from closurerate.kpi.value import SYMBOLIC, rational, symbolic
from closurerate.kpi.walk import walked

_CASES = ("E", "C", "P")


def at_zeros(version: KpiVersion) -> tuple[tuple[tuple[str, ...], sympy.Expr | None], ...]:
    """Return a KPI for each set of counts that can be 0, None where it then has no value.

    The sets are E; E and C, as no more cases are effective than closed; P; each other count that
    the formula uses; and E, C and P together. Sets of which the formula uses nothing are left out.
    """
    written = count_expression(version)
    used = {name for name in COUNTS if written is not None and written.has(COUNTS[name])}
    others = ((name,) for name in sorted(used.difference(_CASES)))
    return tuple(
        (names, _at_zero(version, names))
        for names in [("E",), ("E", "C"), ("P",), *others, _CASES]
        if used.intersection(names)
    )


def _at_zero(version: KpiVersion, names: tuple[str, ...]) -> sympy.Expr | None:
    """Return a KPI where counts are 0, by the rule of `kpi.value`.

    A cancelled fraction has a value unless its divisor is 0; anything else has none where an
    indicator has none.
    """
    written = sympy.sympify(count_expression(version))
    nought = {COUNTS[name]: sympy.S.Zero for name in names}
    if written.is_rational_function(*COUNTS.values()):
        above, below = (part.subs(nought) for part in sympy.fraction(sympy.together(written)))
        return None if sympy.expand(below) == 0 else sympy.cancel(above / below)
    known = {name: nought.get(symbol, symbol) for name, symbol in COUNTS.items()}
    try:
        indicators = {
            name: symbolic(formula.node, known) for name, formula in version.indicators.items()
        }
        return symbolic(version.formula.node, known | indicators)
    except (ZeroDivisionError, ValueError):
        return None


def limits_at_zero(version: KpiVersion) -> tuple[tuple[tuple[str, ...], sympy.Expr], ...]:
    """Return the limit of a formula for each set of counts of which `at_zeros` gives no value.

    Left out are those where it has none, grows without end, or depends on how the counts get there.
    """
    written = count_expression(version)
    found = []
    for names, value in at_zeros(version):
        if value is None and names != _CASES:
            limit = _limit(sympy.sympify(written), names)
            if limit is not None:
                found.append((names, limit))
    return tuple(found)


def _limit(written: sympy.Expr, names: tuple[str, ...]) -> sympy.Expr | None:
    """Return the limit of an expression as counts go to 0; E and C with any share E/C."""
    small, share = (sympy.Symbol(name, positive=True) for name in ("small", "share"))
    way = {COUNTS[names[-1]]: small}
    if len(names) > 1:
        way[COUNTS[names[0]]] = share * small
    try:
        limit = _toward(written.subs(way, simultaneous=True), small)
    except (NotImplementedError, ValueError):
        return None
    is_known = limit.is_finite and not limit.has(share)
    return limit if is_known else None


def _toward(expression: sympy.Expr, small: sympy.Symbol) -> sympy.Expr:
    """Return a limit from above; that of a minimum or maximum is the one of its limits."""

    def known(part: sympy.Expr) -> sympy.Expr | None:
        return None if part.has(sympy.Min, sympy.Max) else sympy.limit(part, small, 0, "+")

    # The limit of a divisor may be 0: that of its inverse then has no end.
    endless = {"^": lambda base, exponent: base ** rational(exponent)}
    return walked(expression, known, {**SYMBOLIC, **endless})
