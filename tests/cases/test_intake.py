import json
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from closurerate.cases.assumptions import Assumptions
from closurerate.cases.intake import find_extract, is_synthetic, read_source, take_extract
from closurerate.cases.synthetic import PanelTotals, make_synthetic
from closurerate.errors import InputError

CaseFile = Callable[..., Path]

CASE: dict[str, Any] = {
    "case_id": "1",
    "branch": "臺北",
    "category": "財稅",
    "referred_on": date(2018, 3, 1),
    "referred_amount_twd": 1200,
    "paid_amount_twd": 0,
}


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw" / "107"
    folder.mkdir(parents=True)
    (folder / "README.md").write_text("how it was asked for")
    (folder / ".hidden.csv").touch()
    return folder


@pytest.fixture
def taken(tmp_path: Path) -> Path:
    return tmp_path / "cases" / "107" / "cases.parquet"


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("is_there", [True, False])
def test_no_extract(tmp_path: Path, raw: Path, taken: Path, is_there: bool) -> None:
    folder = raw if is_there else tmp_path / "nowhere"
    assert find_extract(folder) is None
    with pytest.raises(InputError, match="no extract of year 107"):
        take_extract(107, folder, taken)


def test_several_extracts(raw: Path, taken: Path) -> None:
    (raw / "a.parquet").touch()
    (raw / "b.PARQUET").touch()
    with pytest.raises(InputError, match=r"several extracts \(a.parquet, b.PARQUET\)"):
        take_extract(107, raw, taken)
    assert not taken.parent.exists()


def test_another_form(raw: Path, taken: Path) -> None:
    (raw / "extract.csv").touch()
    with pytest.raises(InputError, match=r"extract.csv: only the case contract's Parquet form"):
        take_extract(107, raw, taken)


def test_a_bad_extract_leaves_what_was_there(raw: Path, taken: Path, case_file: CaseFile) -> None:
    case_file([CASE]).rename(raw / "extract.parquet")
    take_extract(107, raw, taken)
    before = {name: (taken.parent / name).read_bytes() for name in _names(taken.parent)}
    case_file([{**CASE, "branch": "?"}]).replace(raw / "extract.parquet")
    with pytest.raises(InputError, match=r"raw.107.extract\.parquet: branch must be one of"):
        take_extract(107, raw, taken)
    assert {name: (taken.parent / name).read_bytes() for name in _names(taken.parent)} == before
    assert _names(taken.parent) == ["cases.parquet", "source.json"]


def test_an_extract_of_another_year(raw: Path, taken: Path, case_file: CaseFile) -> None:
    case_file([CASE]).rename(raw / "extract.parquet")
    with pytest.raises(InputError, match="year 108"):
        take_extract(108, raw, taken)
    assert not taken.exists()


def test_a_good_extract_is_taken_with_its_record(
    raw: Path, taken: Path, case_file: CaseFile
) -> None:
    extract = case_file([CASE]).rename(raw / "from the agency.parquet")
    content = extract.read_bytes()
    source = take_extract(107, raw, taken)
    assert taken.read_bytes() == extract.read_bytes() == content
    assert (source.kind, source.name, source.rows) == ("extract", "from the agency.parquet", 1)
    assert read_source(taken) == source
    record = json.loads((taken.parent / "source.json").read_text())
    assert set(record) == {"kind", "name", "sha256", "size_bytes", "rows", "year"}
    assert not is_synthetic(taken)


def test_a_renamed_synthetic_file_is_known_for_what_it_is(
    raw: Path, taken: Path, totals: PanelTotals, assumptions: Assumptions
) -> None:
    made = raw.parent / "synthetic" / "cases.parquet"
    small = Fraction(1, 1000)
    make_synthetic(107, made, totals=totals, assumptions=assumptions, fraction=small, seed=5)
    made.rename(raw / "real extract.parquet")
    source = take_extract(107, raw, taken)
    assert is_synthetic(taken)
    assert (source.kind, source.seed, source.fraction) == ("synthetic", 5, "1/1000")
    assert source.name == "real extract.parquet"


def test_a_record_that_belongs_to_another_file(raw: Path, taken: Path, case_file: CaseFile) -> None:
    case_file([CASE]).rename(raw / "extract.parquet")
    take_extract(107, raw, taken)
    taken.write_bytes(case_file([CASE, {**CASE, "case_id": "2"}]).read_bytes() + b"")
    with pytest.raises(InputError, match="another file"):
        read_source(taken)
    (taken.parent / "source.json").write_text("[]")
    with pytest.raises(InputError, match="not a record"):
        read_source(taken)
    (taken.parent / "source.json").unlink()
    with pytest.raises(InputError, match="no record"):
        read_source(taken)


def test_only_parquet_can_be_asked_whether_it_is_synthetic(tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text("no")
    with pytest.raises(InputError, match="Parquet case file"):
        is_synthetic(note)
