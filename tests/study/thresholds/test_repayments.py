"""The part-paid cases of a year: which they are, in what order, and read back as written."""

from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from closurerate.errors import InputError
from closurerate.study.thresholds.repayments import (
    collect_repayments,
    read_repayments,
    write_repayments,
)
from engine_samples import repayments_of
from kpi_samples import version_of

RULE = version_of().rule


def row(number, branch="臺北", disposition="part_returned", closed=date(2018, 5, 1), **amounts):
    return {
        "case_id": str(number), "branch": branch, "category": "罰鍰",
        "referred_on": date(2017, 5, 1), "closed_on": closed, "disposition": disposition,
        "referred_amount_twd": 100, "paid_amount_twd": 10,
    } | amounts  # fmt: skip


ROWS = [
    row(1, "士林", referred_amount_twd=7),
    row(2, paid_amount_twd=20),
    row(3),
    row(4, disposition="paid_in_full"),
    row(5, disposition="unpaid_certificate"),
    row(6, disposition=None, closed=None),
    row(7, closed=date(2017, 6, 1)),
    row(8, closed=date(2019, 1, 1)),
]


def test_only_part_paid_cases_closed_in_the_year_in_an_order_of_their_own(case_file):
    found = collect_repayments(case_file(ROWS), 107, RULE)
    assert found.branch.tolist() == [0, 0, 12]
    assert found.referred_twd.tolist() == [100, 100, 7]
    assert found.paid_twd.tolist() == [10, 20, 10]
    assert len(found.of_branch("士林")) == 1 == len(found) - len(found.of_branch("臺北"))
    turned = collect_repayments(case_file(ROWS[::-1], "turned.parquet"), 107, RULE)
    assert turned.paid_twd.tolist() == found.paid_twd.tolist()


def test_read_as_written(tmp_path):
    path = tmp_path / "repayments.parquet"
    write_repayments(repayments_of([(0, 100, 10), (12, 10**12, 2**62)]), path)
    found = read_repayments(path)
    assert (found.branch.tolist(), found.paid_twd.tolist()) == ([0, 12], [10, 2**62])
    first = path.read_bytes()
    write_repayments(found, path)
    assert path.read_bytes() == first


def test_a_year_without_part_paid_cases_is_empty_and_no_error(case_file, tmp_path):
    found = collect_repayments(case_file(ROWS[3:4]), 107, RULE)
    assert len(found) == 0
    write_repayments(found, tmp_path / "none.parquet")
    assert len(read_repayments(tmp_path / "none.parquet")) == 0


def test_what_is_not_there_or_is_something_else_is_said(tmp_path):
    with pytest.raises(InputError, match="not collected yet; `closurerate repayments` does it"):
        read_repayments(tmp_path / "none.parquet")
    path = tmp_path / "other.parquet"
    path.write_bytes(b"PAR1")
    with pytest.raises(InputError, match="not as it was written"):
        read_repayments(path)
    pq.write_table(pa.table({"a": [1]}), path)
    with pytest.raises(InputError, match="not as it was written"):
        read_repayments(path)
