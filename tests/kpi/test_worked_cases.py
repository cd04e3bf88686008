"""The worked cases that an auditor can sign, against both forms of the rule and the evaluation."""

import datetime as dt
from fractions import Fraction
from itertools import product
from pathlib import Path

import pytest

from closurerate.cases.vocabulary import BRANCHES, CATEGORIES
from closurerate.kpi.counts import count_cases
from closurerate.kpi.definition import read_definition
from closurerate.kpi.evaluate import evaluate
from closurerate.records.documents import read_document
from closurerate.records.paths import kpi_file

WORKED = read_document(Path(__file__).with_name("worked_cases.yml"))
OFFICIAL = read_definition(kpi_file("effective_closure_rate"), kpi_file)


@pytest.mark.parametrize("case", WORKED["effective"], ids=lambda case: case["why"])
def test_rule_in_python(case):
    rule = OFFICIAL.in_force(107).rule
    assert (
        rule.is_effective(case["disposition"], case["referred"], case["paid"]) is case["effective"]
    )


def test_rule_in_the_engine(case_file):
    places = list(product(BRANCHES, CATEGORIES))[: len(WORKED["effective"])]
    rows = [
        {
            "case_id": case["why"],
            "branch": branch,
            "category": category,
            "referred_on": dt.date(2018, 1, 1),
            "closed_on": dt.date(2018, 6, 1),
            "disposition": case["disposition"],
            "referred_amount_twd": case["referred"],
            "paid_amount_twd": case["paid"],
        }
        for (branch, category), case in zip(places, WORKED["effective"], strict=True)
    ]
    counts = count_cases(case_file(rows), 107, OFFICIAL.in_force(107).rule)
    found = counts.set_index(["branch", "category"])["effective"].to_dict()
    expected = [case["effective"] for case in WORKED["effective"]]
    assert [bool(found[place]) for place in places] == expected


@pytest.mark.parametrize("version", [106, 107])
@pytest.mark.parametrize("case", WORKED["values"], ids=lambda case: case["why"])
def test_value(case, version):
    counts = {"effective": case["E"], "closed": case["C"], "pending": case["P"]}
    result = evaluate(OFFICIAL.version(version), counts, None).value
    expected = case[str(version)]
    assert result.value == (None if expected is None else Fraction(expected))
    assert bool(result.reason) is (expected is None)
