"""The SQL that stands beside a number counts what the project counts, row for row."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import duckdb
import numpy as np
import pytest

from closurerate.cases.profile import profile_cases
from closurerate.kpi.counting_sql import counting_sql, effective_sql, exact_decimal
from closurerate.kpi.counts import CASE_MEASURES, count_cases
from closurerate.kpi.effective import EffectiveRule, Tier
from kpi_samples import version_of
from recount_samples import random_cases

YEAR = 107
OWN = EffectiveRule(
    (Tier("low", 1, 50_000, Fraction(1, 8)), Tier("high", 50_000, None, Fraction(1))),
    ("exemption",),
    ("paid_in_full", "part_certificate"),
    is_equal_effective=True,
)


@pytest.mark.parametrize("rule", [version_of().rule, OWN], ids=["official", "own"])
@pytest.mark.parametrize("tells_reopened", [True, False])
def test_each_statement_counts_the_same(
    case_file: Callable[..., Path], rule: EffectiveRule, tells_reopened: bool
) -> None:
    rows = random_cases(np.random.default_rng(3), 4000)
    path = case_file(rows, drop=() if tells_reopened else ("reopened_on",))
    counts, flow = count_cases(path, YEAR, rule), profile_cases(path, YEAR).flow()
    database = duckdb.connect()
    database.execute(f"CREATE VIEW cases AS FROM '{path}'")
    statements = counting_sql(rule, YEAR, tells_reopened=tells_reopened)
    found = {name: database.execute(sql).fetchall()[0][0] for name, sql in statements.items()}
    assert found.pop("opening") == flow["opening"]
    assert set(found) == set(CASE_MEASURES) - (set() if tells_reopened else {"reopened"})
    assert found == {name: counts[name].sum() for name in found}
    assert found["effective"] > 20


def test_a_ratio_is_written_exactly() -> None:
    assert [exact_decimal(Fraction(one)) for one in ("1/2", "0.75", "9", "0.000001")] == [
        "0.5",
        "0.75",
        "9",
        "0.000001",
    ]


def test_a_rule_without_effective_cases_finds_none() -> None:
    assert effective_sql(EffectiveRule(OWN.tiers, (), ())) == "(FALSE)"
