"""Damaged bytes: a file that the project wrote and reads again tells of any of them."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import nbformat
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from nbformat import v4

from closurerate.cases.engine import check_bytes, opened
from closurerate.cases.profile import profile_cases, read_profile, write_profile
from closurerate.cases.source import describe, read_source, write_source
from closurerate.cases.vocabulary import schema
from closurerate.cli import main
from closurerate.errors import InputError
from closurerate.kpi.counts import count_cases, read_counts, write_counts
from closurerate.kpi.definition import read_definition
from closurerate.press.export.notebook_file import read_notebook
from closurerate.records.paths import kpi_file
from closurerate.records.sealing import SEAL, UNSEALED, read_json, seal, sealed_parquet, write_json
from closurerate.study.thresholds.repayments import (
    collect_repayments,
    read_repayments,
    write_repayments,
)

FLIPS = 220
RULE = read_definition(kpi_file("effective_closure_rate"), kpi_file).in_force(107).rule
Kind = tuple[Callable[[Path], object], Callable[[Path], object]]


def rows() -> pa.Table:
    """Cases of 107 in contract form: paid in part, and pending."""
    made = [
        {
            "case_id": f"107-{number:08}",
            "branch": ("臺北", "宜蘭", "高雄")[number % 3],
            "category": ("罰鍰", "財稅")[number % 2],
            "referred_on": date(2018, 3, 1 + number % 28),
            "closed_on": date(2018, 5, 2) if number % 4 else None,
            "disposition": "part_certificate" if number % 4 else None,
            "referred_amount_twd": 1_000 + 977 * number,
            "paid_amount_twd": 600 * (number % 4),
        }
        for number in range(60)
    ]
    complete = [{field.name: row.get(field.name) for field in schema()} for row in made]
    return pa.Table.from_pylist(complete, schema=schema())


def write_cases(path: Path) -> None:
    with sealed_parquet(path, schema()) as writer:
        writer.write_table(rows())


def read_cases(path: Path) -> object:
    with opened(path) as table:
        return sorted(map(repr, table.to_pyarrow().to_pylist()))


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("given") / "cases.parquet"
    write_cases(path)
    return path


def notebook(path: Path) -> None:
    made = v4.new_notebook(
        cells=[v4.new_markdown_cell("甲", id="cell-0")], metadata={SEAL: UNSEALED}
    )
    nbformat.write(made, path)
    seal(path)


def kinds(given: Path) -> dict[str, Kind]:
    """How each kind of file is written, and read to something that can be compared."""
    source = describe(given, name="a.csv", year=107)
    return {
        "cases.parquet": (write_cases, read_cases),
        "counts.kpi.parquet": (
            lambda path: write_counts(count_cases(given, 107, RULE), path),
            lambda path: read_counts(path).to_dict(),
        ),
        "repayments.kpi.parquet": (
            lambda path: write_repayments(collect_repayments(given, 107, RULE), path),
            lambda path: [column.tolist() for column in vars(read_repayments(path)).values()],
        ),
        "profile.json": (
            lambda path: write_profile(profile_cases(given, 107), path),
            lambda path: repr(read_profile(path)),
        ),
        "source.json": (
            lambda path: (
                write_source(given.with_name("cases.parquet"), source)
                or path.write_bytes(given.with_name("source.json").read_bytes())
            ),
            lambda path: (
                path.with_name("cases.parquet").write_bytes(given.read_bytes())
                and read_source(path.with_name("cases.parquet"))
            ),
        ),
        "worlds.kpi.json": (lambda path: write_json({"a": [1.5, "甲"]}, path, indent=1), read_json),
        "02_kpi.ipynb": (notebook, read_notebook),
    }


NAMES = (
    "cases.parquet", "counts.kpi.parquet", "repayments.kpi.parquet", "profile.json", "source.json",
    "worlds.kpi.json", "02_kpi.ipynb",
)  # fmt: skip


def damages(content: bytes, random: Random) -> list[bytes]:
    """Return the content with one bit flipped, over and over, and cut off at some places."""
    made = []
    for bit in random.sample(range(8 * len(content)), min(FLIPS, 8 * len(content))):
        flipped = bytearray(content)
        flipped[bit // 8] ^= 1 << bit % 8
        made.append(bytes(flipped))
    return made + [content[:at] for at in (0, 1, len(content) // 2, len(content) - 1)]


@pytest.mark.parametrize("name", NAMES)
def test_every_flipped_bit_is_told_or_changes_nothing(
    tmp_path: Path, given: Path, name: str
) -> None:
    write, read = kinds(given)[name]
    write(tmp_path / name)
    content, wanted = (tmp_path / name).read_bytes(), read(tmp_path / name)
    told = []
    for number, damaged in enumerate(damages(content, Random(name))):
        path = tmp_path / str(number) / name
        path.parent.mkdir()
        path.write_bytes(damaged)
        try:
            assert read(path) == wanted
        except InputError as error:
            told.append(str(error))
    assert len(told) > 0.8 * FLIPS
    assert all(said.startswith(str(tmp_path)) and said.endswith(".") for said in told)


def test_a_file_without_its_digest_is_not_one_of_ours(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"a": 1}))
    with pytest.raises(InputError, match=r"not as it was written.*remove it and make it again"):
        read_json(path)
    write_json({"a": 1}, path)
    assert read_json(path) == {"a": 1}


def test_the_command_says_it_in_a_sentence(
    tmp_path: Path, given: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "cases.parquet"
    content = bytearray(given.read_bytes())
    content[len(content) // 3] ^= 4
    path.write_bytes(content)
    assert main(["kpi", "--cases", str(path), "--year", "107"]) == 2
    out, error = capsys.readouterr()
    assert out == ""
    assert error.startswith(f"closurerate: {path}: is not as it was written")
    assert error.count("\n") == 1


# A contract file from elsewhere ------------------------------------------------------------------
def foreign(path: Path, **form: Any) -> bytes:
    pq.write_table(rows(), path, **form)
    return path.read_bytes()


@pytest.mark.parametrize("form", [{"compression": "zstd"}, {}])
def test_a_damaged_file_from_elsewhere_is_never_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], form: dict[str, str]
) -> None:
    content = foreign(tmp_path / "a.parquet", **form)
    for number, damaged in enumerate(damages(content, Random(repr(form)))[::6]):
        path = tmp_path / f"{number}.parquet"
        path.write_bytes(damaged)
        status = main(["kpi", "--cases", str(path), "--year", "107"])
        out, error = capsys.readouterr()
        assert (status, bool(out), error.count("\n")) in {(0, True, 0), (2, False, 1)}, error


def test_pages_with_checksums_are_held_against_them(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    content = foreign(path, compression="none", use_dictionary=False, write_page_checksum=True)
    wanted = read_cases(path)
    for number, text in enumerate(
        (b"107-00000007", "臺北".encode(), (5_885).to_bytes(8, "little"))
    ):
        damaged = tmp_path / f"{number}.parquet"
        damaged.write_bytes(content.replace(text, text[:-1] + bytes([text[-1] ^ 1]), 1))
        with pytest.raises(InputError, match=r"is damaged.*bring it again"):
            read_cases(damaged)
    foreign(tmp_path / "b.parquet", compression="none", use_dictionary=False)
    assert read_cases(tmp_path / "b.parquet") == wanted


def test_checksums_of_a_long_cell_in_many_rows_take_little_memory(tmp_path: Path) -> None:
    agency = pa.DictionaryArray.from_arrays([0] * len(rows()), ["x" * (1 << 20)])
    table = rows().drop_columns("referring_agency").append_column("referring_agency", agency)
    path = tmp_path / "a.parquet"
    pq.write_table(table, path, write_page_checksum=True, store_schema=False)
    before = pa.default_memory_pool()
    counted = pa.proxy_memory_pool(before)
    pa.set_memory_pool(counted)
    try:
        check_bytes(path)
    finally:
        pa.set_memory_pool(before)
    assert len(rows()) == 60
    assert 1 << 20 < counted.max_memory() < 20 << 20
