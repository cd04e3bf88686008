"""Audit samples drawn, filled in and evaluated: reproducible, in proportion, with true coverage."""

import hashlib
import json
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyarrow.parquet as pq
import pytest

from closurerate.audit.drawn_sample import SamplePlanned, drawn, shares_of
from closurerate.audit.sampling import cell_bound, stringer_bound, upper_bound
from closurerate.audit.sheet import CHECKED, read_sheet, what_was_found, write_sheet
from closurerate.cli import main
from closurerate.errors import InputError
from closurerate.kpi.definition import read_definition
from closurerate.records.paths import kpi_file

YEAR, SIZE = 107, 40
DEFINITION = read_definition(kpi_file("effective_closure_rate"), kpi_file)
PLANNED = SamplePlanned(DEFINITION.id, YEAR, 1, 4, "cases", "0" * 64, False, 300, 1000, 700)
RIGHT = {
    "case_id": "a", "disposition": "part_certificate", "referred_amount_twd": 1000,
    "paid_amount_twd": 501,
}  # fmt: skip


@pytest.fixture(scope="module")
def cases(panel_files: dict[int, Path]) -> Path:
    return panel_files[YEAR]


@pytest.fixture(scope="module")
def closed(cases: Path) -> list[dict[str, Any]]:
    rows = pq.read_table(cases).to_pylist()
    return [row for row in rows if row["closed_on"] and row["closed_on"].year == YEAR + 1911]


def filled(**found: object) -> list[dict[str, Any]]:
    rows = [{**RIGHT, "case_id": name} for name in "abcd"]
    for row in rows:
        row |= {f"found_{name}": row[name] for name in CHECKED}
    rows[1] |= {f"found_{name}": value for name, value in found.items()}
    return rows


def number(seed: int, case_id: str) -> int:
    return int.from_bytes(hashlib.md5(f"{seed}:{case_id}".encode()).digest()[8:], "little")


# Drawing --------------------------------------------------------------------------------------
def test_each_stratum_gives_its_smallest_numbers_in_proportion(
    cases: Path, closed: list[dict[str, Any]]
) -> None:
    planned, sample = drawn(cases, DEFINITION, YEAR, SIZE, 5)
    assert (len(sample), planned.closed, planned.is_synthetic) == (SIZE, len(closed), True)
    fates = Counter(row["disposition"] for row in closed)
    for fate, count in Counter(row["disposition"] for row in sample).items():
        assert abs(count - SIZE * fates[fate] / len(closed)) < 4
    known = {row["case_id"]: row for row in closed}
    for fate in ("paid_in_full", "unpaid_certificate"):
        ours = [row for row in sample if row["disposition"] == fate and row["tier"] == "ordinary"]
        every = sorted(
            number(5, one) for one, row in known.items()
            if row["disposition"] == fate and row["referred_amount_twd"] < 200_000
        )  # fmt: skip
        numbers = {number(5, row["case_id"]) for row in ours}
        assert numbers == set(every[: len(ours)])
    for row in sample:
        if row["is_near"]:
            assert row["disposition"].startswith("part")
            share = Fraction(row["paid_amount_twd"], row["referred_amount_twd"])
            assert Fraction(9, 20) <= share <= Fraction(4, 5)


def test_a_seed_gives_the_same_sample_and_another_one_another(cases: Path) -> None:
    first, again, other = (
        [row["case_id"] for row in drawn(cases, DEFINITION, YEAR, SIZE, seed)[1]]
        for seed in (1, 1, 2)
    )
    assert first == again
    assert len(set(first) & set(other)) < SIZE / 2


def test_units_are_hit_as_their_amounts_are_large(
    cases: Path, closed: list[dict[str, Any]]
) -> None:
    total = sum(row["paid_amount_twd"] for row in closed)
    planned, sample = drawn(cases, DEFINITION, YEAR, SIZE, 3, "paid_amount_twd")
    assert planned.total_twd == total
    assert sum(row["drawn"] for row in sample) == SIZE
    # Whoever has more than two cells' worth is hit in any case.
    large = {row["case_id"] for row in closed if row["paid_amount_twd"] >= 2 * total / SIZE}
    assert large <= {row["case_id"] for row in sample}
    assert all(row["paid_amount_twd"] for row in sample)


def test_a_size_is_split_as_counts_are() -> None:
    assert shares_of([1, 1, 2], 4) == [1, 1, 2]
    assert shares_of([0, 7], 3) == [0, 3]
    for size in range(60):
        parts = shares_of([7, 11, 42], size)
        assert sum(parts) == size
        assert all(
            abs(part - size * count / 60) < 1
            for part, count in zip(parts, (7, 11, 42), strict=True)
        )


@pytest.mark.parametrize("amount", [None, "paid_amount_twd"])
def test_more_than_there_are_is_refused(cases: Path, amount: str | None) -> None:
    with pytest.raises(InputError, match=r"are wanted of [\d,]+; draw no more than that"):
        drawn(cases, DEFINITION, YEAR, 10**12, 1, amount)


# The sheet ------------------------------------------------------------------------------------
def test_a_sheet_is_read_back_as_it_was_written(cases: Path, tmp_path: Path) -> None:
    planned, sample = drawn(cases, DEFINITION, YEAR, SIZE, 1)
    path = tmp_path / "sheet.xlsx"
    write_sheet(planned, sample, path)
    with pytest.raises(InputError, match=r"sheet\.xlsx, row 2: found_disposition is empty"):
        read_sheet(path)
    book = openpyxl.load_workbook(path)
    rows = book["sample"]
    names = [cell.value for cell in rows[1]]
    assert all("合成" in row[-1].value for row in rows.iter_rows(min_row=2)), "no real case"
    for row in rows.iter_rows(min_row=2):
        by_name = dict(zip(names, row, strict=True))
        for name in CHECKED:
            by_name[f"found_{name}"].value = by_name[name].value
    book.save(path)
    read, found = read_sheet(path)
    assert read == planned
    assert [row["case_id"] for row in found] == [row["case_id"] for row in sample]
    result = what_was_found(read, found, DEFINITION, Fraction(19, 20))
    assert set(result.errors.values()) == {0}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"disposition": "paid"}, r"row 3: found_disposition has 'paid': write what the agency's"),
        ({"paid_amount_twd": None}, r"row 3: found_paid_amount_twd is empty"),
        ({"paid_amount_twd": -1}, r"row 3: found_paid_amount_twd has -1.*a whole number of NTD"),
        ({"paid_amount_twd": 1.5}, r"row 3: found_paid_amount_twd has 1\.5"),
        ({"referred_amount_twd": 0}, r"row 3: found_referred_amount_twd has 0"),
    ],
)
def test_what_cannot_have_been_found_is_refused(
    tmp_path: Path, change: dict[str, object], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        read_sheet(written(filled(**change), tmp_path))


def written(rows: list[dict[str, Any]], folder: Path, planned: SamplePlanned = PLANNED) -> Path:
    path = folder / "own.xlsx"
    book = openpyxl.Workbook()
    book.active.title = "sample"
    book.active.append([*rows[0]])
    for row in rows:
        book.active.append([*row.values()])
    plan = book.create_sheet("plan")
    for item in planned.items():
        plan.append(item)
    book.save(path)
    return path


def test_a_sheet_with_a_case_too_few_or_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"own\.xlsx: has 3 of the 4 that were drawn"):
        read_sheet(written(filled()[:3], tmp_path))
    with pytest.raises(InputError, match=r"row 5: the case 'a' stands twice"):
        read_sheet(written([*filled()[:3], filled()[0]], tmp_path))


@pytest.mark.parametrize("damage", ["text", "nothing", "other sheets", "no plan"])
def test_what_is_no_sheet_is_refused(tmp_path: Path, damage: str) -> None:
    path = written(filled(), tmp_path)
    if damage == "text":
        path.write_text("case_id\n", encoding="utf-8")
    elif damage == "nothing":
        path.unlink()
    else:
        book = openpyxl.load_workbook(path)
        del book["plan" if damage == "no plan" else "sample"]
        book.save(path)
    with pytest.raises(InputError, match=r"own\.xlsx: is no sheet of `closurerate sample`"):
        read_sheet(path)


# What it means --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({}, (0, 0, 0)),
        ({"paid_amount_twd": 500}, (1, 1, 0)),
        ({"paid_amount_twd": 900}, (1, 0, 0)),
        ({"disposition": "unpaid_certificate"}, (1, 1, 0)),
        ({"referred_amount_twd": 900}, (1, 0, 0)),
    ],
)
def test_errors_are_told_apart(change: dict[str, object], errors: tuple[int, int, int]) -> None:
    found = what_was_found(PLANNED, filled(**change), DEFINITION, Fraction(9, 10))
    assert tuple(found.errors.values()) == errors
    wanted = upper_bound(Fraction(9, 10), 4, errors[1], 1000, "hypergeometric")
    assert found.bounds["overstated"] == wanted
    assert found.effective[0] == max(0, 300 - int(1000 * wanted))
    low, high = found.values
    assert low is not None
    assert high is not None
    assert low <= 100 * Fraction(300 * 1700, 1000**2 + 700**2) <= high


def test_a_case_that_should_have_counted_is_understated() -> None:
    rows = filled()
    rows[1] |= {"disposition": "unpaid_certificate"}
    found = what_was_found(PLANNED, rows, DEFINITION, Fraction(9, 10))
    assert tuple(found.errors.values()) == (1, 0, 1)
    assert found.effective[1] > 300


def test_units_too_high_have_the_bounds_of_money() -> None:
    planned = replace(PLANNED, of="paid_amount_twd", total_twd=10_000)
    rows = [{**row, "drawn": 1} for row in filled(paid_amount_twd=167)]
    found = what_was_found(planned, rows, DEFINITION, Fraction(9, 10))
    taints = [Fraction(501 - 167, 501)]
    assert found.units == {
        "stringer": int(10_000 * stringer_bound(Fraction(9, 10), 4, taints)),
        "cells": int(10_000 * cell_bound(Fraction(9, 10), 4, taints)),
    }
    assert found.values == (None, None)


def test_the_true_number_lies_within_as_often_as_said() -> None:
    """Samples in proportion to four strata of unlike error rates, in which a tenth is wrong."""
    draw = np.random.default_rng(11)
    sizes, rates = (2000, 1500, 1000, 500), (0.01, 0.05, 0.2, 0.4)
    wrong = sum(int(size * rate) for size, rate in zip(sizes, rates, strict=True))
    shares = shares_of(sizes, 100)
    covered, tries = 0, 3000
    known = dict[int, Fraction]()
    for _ in range(tries):
        found = sum(
            int(draw.hypergeometric(int(size * rate), size - int(size * rate), share))
            for size, rate, share in zip(sizes, rates, shares, strict=True)
        )
        if found not in known:
            bound = upper_bound(Fraction(9, 10), 100, found, 5000, "hypergeometric")
            known[found] = Fraction(bound)
        covered += known[found] * 5000 >= wrong
    assert covered / tries >= 0.9


# The shell ------------------------------------------------------------------------------------
def test_from_the_shell(cases: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, common = tmp_path / "sheet.xlsx", ["--cases", str(cases), "--year", "107", "--seed", "4"]
    assert main(["sample", *common, "--size", "9", "--out", str(out)]) == 0
    assert "9 cases to look up" in capsys.readouterr().out
    plan = ["--confidence", "80", "--tolerable", "10"]
    assert main(["sample", *common, *plan, "--out", str(out)]) == 0
    assert "16 cases to look up" in capsys.readouterr().out
    assert main(["sample", *common, *plan, "--size", "9", "--out", str(out)]) == 2
    assert main(["sample", *common, "--out", str(out)]) == 2
    assert capsys.readouterr().err.count("give --size, or --confidence and --tolerable") == 2
    sheet = written(filled(paid_amount_twd=500), tmp_path)
    assert main(["evaluate", str(sheet)]) == 0
    told = capsys.readouterr().out
    assert "計為有效結案而實非：1 件" in told
    assert "Counted as effective and not so: 1; " in told
    assert main(["evaluate", str(sheet), "--format", "json", "--confidence", "90"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["errors"]["overstated"], data["confidence"]) == (1, "9/10")
    assert main(["evaluate", str(sheet), "--kpi", "clearance_rate"]) == 2
    assert "was drawn for the KPI 'effective_closure_rate'" in capsys.readouterr().err
