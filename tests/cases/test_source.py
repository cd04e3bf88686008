"""The record beside a case file, and the mark inside one that was made up."""

import json
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from closurerate.cases.source import describe, is_synthetic, read_mark, read_source, write_source
from closurerate.errors import InputError
from closurerate.synthetic.assumptions import Assumptions
from closurerate.synthetic.year import PanelTotals, make_synthetic

CaseFile = Callable[..., Path]

CASE: dict[str, Any] = {
    "case_id": "1",
    "branch": "臺北",
    "category": "財稅",
    "referred_on": date(2018, 3, 1),
    "referred_amount_twd": 1200,
    "paid_amount_twd": 0,
}


def test_a_record_that_is_missing_or_of_another_file(case_file: CaseFile) -> None:
    cases = case_file([CASE])
    with pytest.raises(InputError, match="no record"):
        read_source(cases)
    write_source(cases, describe(cases, name="of agency.csv", year=107))
    case_file([CASE, {**CASE, "case_id": "2"}])
    with pytest.raises(InputError, match="another file"):
        read_source(cases)
    cases.with_name("source.json").write_text("[]")
    with pytest.raises(InputError, match="not as it was written"):
        read_source(cases)


def test_only_parquet_can_be_asked_whether_it_is_synthetic(tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text("no")
    with pytest.raises(InputError, match="Parquet case file"):
        is_synthetic(note)
    assert read_mark(note) == {}
    note.write_bytes(b"PAR1 and no more")
    with pytest.raises(InputError, match="Parquet case file"):
        read_mark(note)


def test_the_record_of_real_cases(case_file: CaseFile) -> None:
    cases = case_file([CASE])
    source = describe(cases, name="of agency.csv", year=107)
    write_source(cases, source)
    assert (source.kind, source.name, source.rows) == ("extract", "of agency.csv", 1)
    assert read_source(cases) == source
    record = json.loads(cases.with_name("source.json").read_text(encoding="utf-8"))
    assert set(record) == {"kind", "name", "sha256", "size_bytes", "rows", "year", "seal"}
    assert not is_synthetic(cases)


def test_a_renamed_synthetic_file_is_known_for_what_it_is(
    tmp_path: Path, totals: PanelTotals, assumptions: Assumptions
) -> None:
    made = tmp_path / "cases.parquet"
    small = Fraction(1, 1000)
    make_synthetic(107, made, totals=totals, assumptions=assumptions, fraction=small, seed=5)
    renamed = made.rename(tmp_path / "real extract.parquet")
    source = describe(renamed, name="real extract.parquet", year=107)
    assert is_synthetic(renamed)
    assert (source.kind, source.seed, source.fraction) == ("synthetic", 5, "1/1000")
