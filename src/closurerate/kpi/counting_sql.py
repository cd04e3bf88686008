"""The counts that a KPI rests on as SQL, for whoever counts the rows in a database of their own.

The table is called `cases` and has the columns of the case contract. Tests run each statement on
the project's own files, by DuckDB.
"""

from decimal import Decimal
from fractions import Fraction

from closurerate.cases.scope import year_bounds
from closurerate.kpi.effective import EffectiveRule, Tier


def counting_sql(rule: EffectiveRule, year: int, *, tells_reopened: bool) -> dict[str, str]:
    """Return by count, as in `kpi.counts.CASE_MEASURES` and `opening`, what counts it in a year.

    Args:
        tells_reopened: Whether the cases have the column `reopened_on`.
    """
    first, last = (f"DATE '{day.isoformat()}'" for day in year_bounds(year))
    referred = f"referred_on BETWEEN {first} AND {last}"
    is_open = f"referred_on <= {last} AND (closed_on IS NULL OR closed_on > {last})"
    closed = f"closed_on BETWEEN {first} AND {last}"
    before = f"referred_on < {first} AND (closed_on IS NULL OR closed_on >= {first})"
    again = f"reopened_on BETWEEN {first} AND {last}"
    reopened = {"reopened": _counted(before, again)} if tells_reopened else {}
    never = [f"({again}) IS NOT TRUE"] if tells_reopened else []
    return {
        "opening": _counted(before, *never),
        "new": _counted(referred),
        **reopened,
        "closed": _counted(closed),
        "effective": _counted(closed, effective_sql(rule)),
        "pending": _counted(is_open),
    }


def effective_sql(rule: EffectiveRule) -> str:
    """Return the condition by which a closed case is effective."""
    comparison = ">=" if rule.is_equal_effective else ">"
    cases = " ".join(map(_passing, rule.tiers))
    kinds = []
    if rule.paid_in_full:
        kinds.append(f"disposition IN ({_words(rule.paid_in_full)})")
    if rule.paid_in_part:
        kinds.append(
            f"disposition IN ({_words(rule.paid_in_part)})"
            f" AND paid_amount_twd {comparison} referred_amount_twd * CASE {cases} END"
        )
    return "(" + "\n       OR ".join(kinds or ["FALSE"]) + ")"


def _passing(tier: Tier) -> str:
    share = exact_decimal(tier.ratio)
    if tier.below_twd is None:
        return f"ELSE {share}"
    return f"WHEN referred_amount_twd < {tier.below_twd} THEN {share}"


def exact_decimal(ratio: Fraction) -> str:
    """Return a tier's ratio as an exact decimal, such as 0.75; it has six digits at most."""
    return f"{Decimal(ratio.numerator) / ratio.denominator:f}"


def _words(names: tuple[str, ...]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _counted(*conditions: str) -> str:
    return "SELECT count(*) FROM cases\n WHERE " + "\n   AND ".join(conditions) + ";"
