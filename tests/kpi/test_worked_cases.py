"""The worked cases that an auditor can sign, against both forms of the rule and the evaluation."""

from fractions import Fraction
from pathlib import Path

import ibis
import pyarrow as pa
import pytest

from closurerate.documents import read_document
from closurerate.kpi.definition import read_definition
from closurerate.kpi.effective import effective_expression
from closurerate.kpi.evaluate import evaluate
from closurerate.paths import kpi_file

WORKED = read_document(Path(__file__).with_name("worked_cases.yml"))
OFFICIAL = read_definition(kpi_file("effective_closure_rate"), kpi_file)


@pytest.mark.parametrize("case", WORKED["effective"], ids=lambda case: case["why"])
def test_rule_in_python(case):
    rule = OFFICIAL.in_force(107).rule
    assert (
        rule.is_effective(case["disposition"], case["referred"], case["paid"]) is case["effective"]
    )


def test_rule_in_the_engine():
    table = ibis.memtable(pa.Table.from_pylist(WORKED["effective"]))
    result = effective_expression(
        table.disposition, table.referred, table.paid, OFFICIAL.in_force(107).rule
    )
    found = ibis.duckdb.connect().to_pyarrow(table.select("why", found=result)).to_pylist()
    expected = {case["why"]: case["effective"] for case in WORKED["effective"]}
    assert {row["why"]: row["found"] for row in found} == expected


@pytest.mark.parametrize("version", [106, 107])
@pytest.mark.parametrize("case", WORKED["values"], ids=lambda case: case["why"])
def test_value(case, version):
    counts = {"effective": case["E"], "closed": case["C"], "pending": case["P"]}
    result = evaluate(OFFICIAL.version(version), counts, None).value
    expected = case[str(version)]
    assert result.value == (None if expected is None else Fraction(expected))
    assert bool(result.reason) is (expected is None)
