from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import product
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from closurerate.cases.contract import check_cases
from closurerate.cases.source import is_synthetic, read_source
from closurerate.cases.vocabulary import BRANCHES, COLUMNS
from closurerate.errors import InputError
from closurerate.synthetic.assumptions import Assumptions
from closurerate.synthetic.year import PanelTotals, YearTotals, make_synthetic, scaled
from kpi_samples import version_of

YEARS = (106, 107)
RATIOS = {"ordinary": Fraction(1, 2), "special": Fraction(3, 5), "major": Fraction(3, 4)}
STATIC = [
    "branch",
    "category",
    "referring_agency",
    "obligor_id",
    "subcategory",
    "prior_case_id",
    "obligor_kind",
    "referred_on",
    "referred_amount_twd",
]


def _tier(amount: int) -> str:
    if amount < 200_000:
        return "ordinary"
    return "special" if amount < 1_000_000 else "major"


def _is_effective(disposition: str | None, amount: int, paid: int) -> bool:
    if disposition is None or not isinstance(disposition, str):
        return False
    over = paid > RATIOS[_tier(amount)] * amount
    return disposition == "paid_in_full" or (disposition.startswith("part_") and over)


def _effective(cases: pd.DataFrame) -> pd.Series:
    rows = zip(
        cases["disposition"],
        cases["referred_amount_twd"].tolist(),
        cases["paid_amount_twd"].tolist(),
        strict=True,
    )
    return pd.Series([_is_effective(*row) for row in rows], index=cases.index)


def _in_year(dates: pd.Series, year: int) -> pd.Series:
    start, end = date(year + 1911, 1, 1), date(year + 1911, 12, 31)
    return dates.map(lambda day: isinstance(day, date) and start <= day <= end)


def _counted(cases: pd.DataFrame, year: int) -> YearTotals:
    return YearTotals(
        new=int(_in_year(cases["referred_on"], year).sum()),
        closed=int(_in_year(cases["closed_on"], year).sum()),
        effective=int(_effective(cases).sum()),
        pending=int(cases["closed_on"].isna().sum()),
        collected_twd=int(cases["collected_in_year_twd"].sum()),
    )


def test_a_year_outside_the_panel_is_refused(
    tmp_path: Path, totals: PanelTotals, assumptions: Assumptions
) -> None:
    with pytest.raises(InputError, match="105 cannot be made"):
        make_synthetic(105, tmp_path / "x.parquet", totals=totals, assumptions=assumptions)
    assert list(tmp_path.iterdir()) == []


def test_totals_out_of_reach_leave_what_was_there(
    tmp_path: Path, totals: PanelTotals, assumptions: Assumptions
) -> None:
    path = tmp_path / "cases.parquet"
    path.write_text("before")
    poor = replace(totals, second=replace(totals.second, collected_twd=10**9))
    small = Fraction(1, 500)
    with pytest.raises(InputError, match="synthetic extract"):
        make_synthetic(107, path, totals=poor, assumptions=assumptions, fraction=small)
    many = replace(totals, second=replace(totals.second, effective=totals.second.closed))
    with pytest.raises(InputError, match="cases paid in full are wanted"):
        make_synthetic(107, path, totals=many, assumptions=assumptions, fraction=small)
    with pytest.raises(InputError, match="take a larger fraction"):
        make_synthetic(
            107, path, totals=totals, assumptions=assumptions, fraction=Fraction(1, 20_000)
        )
    assert path.read_text() == "before"
    assert [file.name for file in tmp_path.iterdir()] == ["cases.parquet"]


@pytest.mark.parametrize("year", YEARS)
def test_the_totals_are_exact(
    panel: dict[int, pd.DataFrame], small_totals: PanelTotals, year: int
) -> None:
    assert _counted(panel[year], year) == small_totals.by_year()[year]


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("fraction", ["1/1000", "1/97"])
def test_the_totals_are_exact_at_other_sizes(
    tmp_path: Path, totals: PanelTotals, assumptions: Assumptions, year: int, fraction: str
) -> None:
    size = Fraction(fraction)
    path = tmp_path / "cases.parquet"
    make_synthetic(year, path, totals=totals, assumptions=assumptions, fraction=size, seed=3)
    found = _counted(pq.read_table(path).to_pandas(), year)
    assert found == scaled(totals, size).by_year()[year]


def test_another_pair_of_years_works_without_reopened_cases(
    tmp_path: Path, assumptions: Assumptions
) -> None:
    later = PanelTotals(
        110,
        YearTotals(9_500_000, 9_200_000, 3_100_000, 7_400_000, 31_000_000_000),
        YearTotals(9_800_000, 9_900_000, 3_200_000, 7_300_000, 30_000_000_000),
        version_of().rule,
    )
    size = Fraction(1, 500)
    for year, wanted in scaled(later, size).by_year().items():
        path = tmp_path / f"{year}.parquet"
        make_synthetic(year, path, totals=later, assumptions=assumptions, fraction=size)
        check_cases(path, year)
        cases = pq.read_table(path).to_pandas()
        assert _counted(cases, year) == wanted
        assert cases["reopened_on"].isna().all()


@pytest.mark.parametrize("year", YEARS)
def test_a_synthetic_file_keeps_the_contract_and_says_what_it_is(
    panel_files: dict[int, Path], year: int
) -> None:
    path = panel_files[year]
    check_cases(path, year)
    assert is_synthetic(path)
    assert pq.read_schema(path).names == [column.name for column in COLUMNS]
    source = read_source(path)
    assert (source.kind, source.year, source.seed) == ("synthetic", year, 107)
    assert source.fraction == "1/200"
    assert source.rows == pq.read_metadata(path).num_rows


def test_the_same_arguments_give_the_same_bytes(
    tmp_path: Path,
    panel_files: dict[int, Path],
    totals: PanelTotals,
    assumptions: Assumptions,
) -> None:
    path, size = tmp_path / "again.parquet", Fraction(1, 200)
    make_synthetic(107, path, totals=totals, assumptions=assumptions, fraction=size)
    assert path.read_bytes() == panel_files[107].read_bytes()
    make_synthetic(107, path, totals=totals, assumptions=assumptions, fraction=size, seed=108)
    assert path.read_bytes() != panel_files[107].read_bytes()


def test_progress_is_told_to_the_end(
    tmp_path: Path, totals: PanelTotals, assumptions: Assumptions
) -> None:
    told: list[tuple[int, int]] = []
    source = make_synthetic(
        106,
        tmp_path / "cases.parquet",
        totals=totals,
        assumptions=assumptions,
        fraction=Fraction(1, 1000),
        progress=lambda written, rows: told.append((written, rows)),
    )
    assert told[-1] == (source.rows, source.rows)


def test_both_years_know_the_carried_cases_alike(
    panel: dict[int, pd.DataFrame], small_totals: PanelTotals
) -> None:
    first, second = (panel[year].set_index("case_id") for year in YEARS)
    both = first.index.intersection(second.index)
    assert len(both) == small_totals.first.pending + small_totals.reopened
    before, after = first.loc[both], second.loc[both]
    pd.testing.assert_frame_equal(before[STATIC], after[STATIC])
    gained = after["paid_amount_twd"] - before["paid_amount_twd"]
    assert (gained >= 0).all()
    assert (after["collected_in_year_twd"] == gained).all()
    carried = before["closed_on"].isna()
    assert set(first.index[first["closed_on"].isna()]) == set(both[carried])
    only_second = second.drop(both)
    assert _in_year(only_second["referred_on"], 107).all()
    assert (only_second["collected_in_year_twd"] == only_second["paid_amount_twd"]).all()


def test_reopened_cases_were_closed_the_year_before(
    panel: dict[int, pd.DataFrame], small_totals: PanelTotals
) -> None:
    first, second = (panel[year].set_index("case_id") for year in YEARS)
    reopened = second[second["reopened_on"].notna()]
    assert len(reopened) == small_totals.reopened
    assert _in_year(reopened["reopened_on"], 107).all()
    assert _in_year(first.loc[reopened.index, "closed_on"], 106).all()
    assert first["reopened_on"].isna().all()


EDGES = (100_000, 199_999, 200_000, 500_000, 999_999, 1_000_000, 2_000_000)


def _at_ratio(cases: pd.DataFrame, amount: int, over: int) -> pd.DataFrame:
    """Return the cases paid in part of an amount, exactly on their ratio or some TWD over."""
    is_part = cases["disposition"].astype("string").str.startswith("part_").fillna(False)
    limit = int(RATIOS[_tier(amount)] * amount)
    is_here = (cases["referred_amount_twd"] == amount) & (cases["paid_amount_twd"] == limit + over)
    return cases[is_part & is_here]


@pytest.mark.parametrize("year", YEARS)
def test_cases_on_each_boundary_are_made_only_where_they_are_asked_for(
    panel: dict[int, pd.DataFrame],
    tmp_path: Path,
    totals: PanelTotals,
    assumptions: Assumptions,
    year: int,
) -> None:
    # Chance may put a round ordinary debt on a half, no debt of the higher tiers on its ratio.
    assert not any(len(_at_ratio(panel[year], amount, 0)) for amount in EDGES[2:])
    asked = replace(assumptions, boundary_cases={**assumptions.boundary_cases, "copies": 12})
    path, size = tmp_path / "cases.parquet", Fraction(1, 500)
    make_synthetic(year, path, totals=totals, assumptions=asked, fraction=size)
    cases = pq.read_table(path).to_pandas()
    assert _counted(cases, year) == scaled(totals, size).by_year()[year]
    for amount, over in product(EDGES, (0, 1)):
        found = _at_ratio(cases, amount, over)
        assert set(found["branch"]) == set(BRANCHES)
        assert (_effective(found) == bool(over)).all()


@pytest.mark.parametrize("year", YEARS)
def test_payments_suit_the_disposition(panel: dict[int, pd.DataFrame], year: int) -> None:
    cases = panel[year]
    paid, owed = cases["paid_amount_twd"], cases["referred_amount_twd"]
    disposition = cases["disposition"].astype("string").fillna("pending")
    is_part = disposition.str.startswith("part_")
    is_full = disposition == "paid_in_full"
    assert (paid[disposition.str.startswith("unpaid_")] == 0).all()
    assert ((paid > 0) & (paid < owed))[is_part].all()
    assert (paid >= owed)[is_full].all()
    assert (paid > owed)[is_full].any()
    assert (paid < owed)[disposition == "pending"].all()
    assert (paid > 0)[disposition == "pending"].any()


@pytest.mark.parametrize("year", YEARS)
def test_large_debtors_give_their_published_share(
    panel: dict[int, pd.DataFrame], year: int
) -> None:
    obligors = (
        panel[year]
        .groupby(["obligor_id", "obligor_kind"], as_index=False, observed=True)
        .agg(owed=("referred_amount_twd", "sum"), given=("collected_in_year_twd", "sum"))
    )
    bound = obligors["obligor_kind"].map({"person": 10**7, "company": 10**8})
    large = obligors[obligors["owed"] >= bound]
    total = obligors["given"].sum()
    assert large["given"].sum() / total == pytest.approx(0.4369, abs=0.01)
    assert large["given"].nlargest(2).sum() / total == pytest.approx(0.3710, abs=0.001)


@pytest.mark.parametrize("year", YEARS)
def test_the_structure_is_as_assumed(panel: dict[int, pd.DataFrame], year: int) -> None:
    cases = panel[year]
    new = cases[_in_year(cases["referred_on"], year)]
    is_traffic = new["subcategory"].astype("string").eq("交通小額").fillna(False)
    assert is_traffic.mean() == pytest.approx(0.766, abs=0.01)
    assert set(new.loc[is_traffic, "category"]) == {"罰鍰", "費用"}
    largest = cases["referred_amount_twd"].nlargest(len(cases) // 100)
    assert largest.sum() > 0.5 * cases["referred_amount_twd"].sum()
    assert cases["referred_on"].map(lambda day: day.weekday() < 5).all()
    assert cases["referred_on"].iloc[-len(new) // 2 :].is_monotonic_increasing
    assert (cases["prior_case_id"].isna().mean()) == pytest.approx(0.88, abs=0.02)
    multiple = cases["obligor_id"].value_counts()
    assert multiple.iloc[0] > 20 * multiple.median()


def test_branches_differ_enough_to_be_ranked(panel: dict[int, pd.DataFrame]) -> None:
    cases = panel[107].assign(effective=_effective(panel[107]))
    by_branch = cases.groupby("branch", observed=True)
    E, P = by_branch["effective"].sum(), by_branch["closed_on"].agg(lambda day: day.isna().sum())
    C = by_branch.size() - P
    rate = E * (C + P) / (C**2 + P**2)
    assert rate.min() < 0.33
    assert rate.max() > 0.40
