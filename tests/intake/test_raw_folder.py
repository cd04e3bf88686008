import os
from pathlib import Path

import pytest

from closurerate.intake.came.raw_folder import data_files, extract_state, is_left_behind

LEFT = (
    *("~$案件.xlsx", "Thumbs.db", "thumbs.DB", "ehthumbs.db", "desktop.ini", "Desktop.ini"),
    *(".DS_Store", "._cases.csv", "__MACOSX", ".~lock.cases.ods#", "Icon\r", "@eaDir"),
    *("$RECYCLE.BIN", "System Volume Information", "cases.csv:Zone.Identifier"),
)


@pytest.mark.parametrize("name", LEFT)
def test_what_systems_and_office_programs_leave_behind(name: str) -> None:
    assert is_left_behind(name)


@pytest.mark.parametrize(
    "name", ["cases.csv", "~a.csv", "$a.csv", "thumbs.csv", "a~$b.xlsx", "desktop.db"]
)
def test_what_only_resembles_it_is_data(name: str) -> None:
    assert not is_left_behind(name)


def test_make_is_told_of_an_extract_and_whether_it_is_newer(tmp_path: Path) -> None:
    raw, cases = tmp_path / "raw", tmp_path / "cases.parquet"
    assert extract_state(raw, cases) == ""
    raw.mkdir()
    for name in (*LEFT[:8], "README.md"):
        (raw / name).touch()
    assert extract_state(raw, cases) == ""
    names = ["b: c.csv", "a%.CSV"]
    for name in names:
        (raw / name).touch()
    assert [path.name for path in data_files(raw)] == sorted(names)
    assert extract_state(raw, cases) == "extract newer"  # never taken in
    cases.touch()
    for time, path in enumerate([*raw.iterdir(), raw, cases]):
        os.utime(path, (time, time))
    assert extract_state(raw, cases) == "extract"
    for changed in (raw / names[0], raw):  # what a file holds, and which there are
        os.utime(changed, (99, 99))
        assert extract_state(raw, cases) == "extract newer"
        os.utime(changed, (1, 1))
    os.utime(raw / "README.md", (99, 99))
    assert extract_state(raw, cases) == "extract"


def test_a_plan_alone_is_an_extract(tmp_path: Path) -> None:
    (tmp_path / "other.yml").touch()
    assert extract_state(tmp_path, tmp_path / "cases.parquet") == ""
    (tmp_path / "intake.yml").touch()
    assert extract_state(tmp_path, tmp_path / "cases.parquet") == "extract newer"
