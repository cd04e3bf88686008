"""Whether a synthetic world meets the published totals exactly."""

from dataclasses import asdict

import pandas as pd

from closurerate.errors import InputError
from closurerate.kpi.effective import EffectiveRule
from closurerate.kpi.evaluate import totals as sums
from closurerate.synthetic.nation import Nation
from closurerate.synthetic.year import SyntheticYear


def check_totals(
    cases: SyntheticYear, counts: pd.DataFrame, rule: EffectiveRule, number: int
) -> None:
    """Refuse a world that does not meet the totals exactly.

    Args:
        cases: The world.
        counts: Its count by the rule.
        rule: What was counted as effective; where it is not the one that the totals were counted
            by, effective cases are not compared.
        number: The world's number, for the error.

    Raises:
        InputError: Naming world and total.
    """
    wanted = asdict(cases.nation.totals.by_year()[cases.year])
    found = sums(counts)
    names = {name: name for name in ("new", "closed", "pending", "collected_twd")}
    if _is_of_totals(rule, cases.nation):
        names["effective"] = "effective"
    for name in names:
        if found[name] != wanted[name]:
            raise InputError(
                f"world {number}: {name} is {found[name]:,}, and must be {wanted[name]:,}."
            )


def _is_of_totals(rule: EffectiveRule, nation: Nation) -> bool:
    """Tell whether a rule counts the same cases as that of the totals; names are of no account."""
    usual = nation.rule
    amounts, same = ([(tier.from_twd, tier.ratio) for tier in item.tiers] for item in (rule, usual))
    kinds, known = (
        (set(item.paid_in_full), set(item.paid_in_part), item.is_equal_effective)
        for item in (rule, usual)
    )
    return (amounts, kinds) == (same, known)
