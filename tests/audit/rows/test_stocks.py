"""Stock and flow: what two years' files say of each other's cases, reason by reason."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from closurerate.audit.rows.stocks import FLOW, LESS, MORE, Stocks, stocks
from closurerate.kpi.counts import count_cases
from kpi_samples import version_of
from recount_samples import random_cases

YEAR, RULE = 107, version_of().rule
BEFORE, WITHIN = date(2017, 6, 1), date(2018, 6, 1)
OPEN = {
    "branch": "臺北", "category": "罰鍰", "referred_on": BEFORE, "referred_amount_twd": 1000,
    "paid_amount_twd": 0,
}  # fmt: skip
CLOSED = {"closed_on": WITHIN, "disposition": "unpaid_certificate"}


def held(case_file: Callable[..., Path], now: list[dict], before: list[dict]) -> Stocks:
    own, other = case_file(now, "now.parquet"), case_file(before, "before.parquet")
    return stocks(count_cases(own, YEAR, RULE), YEAR, RULE, own, other)


def test_the_synthetic_years_follow_on_each_other(panel_files: dict[int, Path]) -> None:
    counts = {year: count_cases(path, year, RULE) for year, path in panel_files.items()}
    found = stocks(counts[107], 107, RULE, panel_files[107], panel_files[106])
    assert (found.gap, found.gaps, found.known_before) == (0, (), 0)
    table = found.by_cell()
    assert (table["opening"] + table["new"] + table["reopened"] - table["closed"]).equals(
        table["pending"]
    )
    assert (table["before"] == table["opening"]).all()
    assert table["before"].sum() == counts[106]["pending"].sum()


@pytest.mark.parametrize(
    ("now", "before", "reason", "gap"),
    [
        ({}, {}, None, 0),
        (CLOSED, {}, None, 0),
        (None, {}, "vanished", -1),
        ({"closed_on": date(2017, 12, 31), "disposition": "other"}, {}, "closed_earlier", -1),
        ({"referred_on": WITHIN}, {}, "taken_as_new", -1),
        ({"reopened_on": WITHIN}, {}, "taken_as_reopened", -1),
        ({}, None, "appeared", 1),
        ({}, {"closed_on": date(2017, 12, 31), "disposition": "other"}, "appeared", 1),
        ({"referred_on": date(2019, 1, 1)}, {}, "vanished", -1),
    ],
)
def test_each_reason_for_a_gap(
    case_file: Callable[..., Path], now: dict | None, before: dict | None, reason: str, gap: int
) -> None:
    also = {**OPEN, "case_id": "also"}
    rows = [
        [also] if one is None else [also, {**OPEN, **one, "case_id": "a"}] for one in (now, before)
    ]
    found = held(case_file, *rows)
    assert found.gap == gap
    assert {name: count for name, count in found.reasons.items() if count} == (
        {reason: 1} if reason else {}
    )
    (one,) = found.gaps or (None,)
    assert one is None or one[:3] == ("臺北", "罰鍰", "ordinary")


@pytest.mark.parametrize(
    ("now", "cell"),
    [
        ({"branch": "新北"}, ("新北", "罰鍰", "ordinary")),
        ({"category": "費用"}, ("臺北", "費用", "ordinary")),
        ({"referred_amount_twd": 200_000}, ("臺北", "罰鍰", "special")),
    ],
)
def test_a_case_that_moved_is_in_both_cells(
    case_file: Callable[..., Path], now: dict, cell: tuple[str, str, str]
) -> None:
    found = held(case_file, [{**OPEN, **now, "case_id": "a"}], [{**OPEN, "case_id": "a"}])
    assert found.gap == 0
    assert {(one[:3], one.reason) for one in found.gaps} == {
        (cell, "moved_in"), (("臺北", "罰鍰", "ordinary"), "moved_out"),
    }  # fmt: skip
    assert found.by_cell()["gap"].tolist() in ([1, -1], [-1, 1])


def test_new_cases_that_were_there_before(case_file: Callable[..., Path]) -> None:
    new = [{**OPEN, "referred_on": WITHIN, "case_id": name} for name in "abc"]
    gone = {"closed_on": date(2017, 7, 1), "disposition": "other"}
    before = [{**OPEN, "case_id": "a"}, {**OPEN, **gone, "case_id": "b"}]
    found = held(case_file, new, before)
    assert (found.known_before, found.reasons["taken_as_new"]) == (2, 1)


def test_gaps_add_up_in_every_cell(case_file: Callable[..., Path]) -> None:
    """Two random years that have some identifiers in common, and say other things of them."""
    draw = np.random.default_rng(5)
    now, before = random_cases(draw, 4000), random_cases(draw, 4000)
    for row in before:
        for name in ("referred_on", "closed_on", "reopened_on"):
            row[name] = row[name] and row[name].replace(year=row[name].year - 1, day=1)
    found = held(case_file, now[:3000], before[2000:])
    table = found.by_cell()
    more, less = (table[list(names)].sum(axis=1) for names in (MORE, LESS))
    assert (table["gap"] == more - less).all()
    assert found.gap == table["gap"].sum()
    assert min(found.reasons.values()) > 0, found.reasons


def test_without_a_file_of_the_year_before_only_the_flow_is_known(
    panel_files: dict[int, Path],
) -> None:
    path = panel_files[106]
    found = stocks(count_cases(path, 106, RULE), 106, RULE, path)
    assert (found.gap, found.before, found.gaps) == (None, None, ())
    assert list(found.by_cell().columns) == FLOW
