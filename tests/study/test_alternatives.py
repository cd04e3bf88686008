"""The KPIs set beside a year's own: a declared list, whatever else lies in the folder."""

import re
import shutil
from pathlib import Path

import pytest

from closurerate.cli import main
from closurerate.errors import InputError
from closurerate.records.paths import data_folder
from closurerate.study.alternatives import (
    read_alternatives,
)
from closurerate.study.alternatives_page import left_out_notice, open_alternatives
from closurerate.study.settings import read_settings
from report_samples import Page
from year_samples import en, kpi_data, zh

DRAFT = """\
id: draft
extends: effective_closure_rate
name: {zh-Hant: 草案, en: draft}
summary: {zh-Hant: 草案。, en: A draft.}
formula: {unit: percent, since: {106: {reference: a test, value: E / new}}}
"""


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of one's own with the shipped definitions."""
    folder = tmp_path / "data"
    for part in ("kpi", "published", "years"):
        shutil.copytree(data_folder() / part, folder / part)
    shutil.copy(data_folder() / "study.yml", folder / "study.yml")
    monkeypatch.chdir(tmp_path)
    return folder


def ids(first: str = "effective_closure_rate") -> list[str]:
    return [item.id for item in read_alternatives(107, first).sound]


def test_the_years_own_stands_first_and_the_declared_ones_in_their_order() -> None:
    declared = read_settings(data_folder() / "study.yml").alternatives
    assert len(declared) == 12
    assert ids() == ["effective_closure_rate", *declared[:-1]]
    others = [name for name in declared if name != "minimum"]
    assert ids("minimum") == ["minimum", *others]


def test_a_draft_in_the_folder_changes_nothing_until_it_is_declared(data: Path) -> None:
    before = read_alternatives(107)
    path = data / "kpi" / "proposals" / "draft.yml"
    path.write_text(DRAFT, encoding="utf-8")
    assert read_alternatives(107) == before
    path.write_text("no definition at all", encoding="utf-8")
    assert read_alternatives(107) == before
    path.write_text(DRAFT, encoding="utf-8")
    assert ids("draft")[:2] == ["draft", "arithmetic_mean"]


def test_a_declared_one_is_compared_from_its_first_year_on(data: Path) -> None:
    later = DRAFT.replace("id: draft", "id: minimum").replace("106:", "108:")
    (data / "kpi" / "proposals" / "minimum.yml").write_text(later, encoding="utf-8")
    assert "minimum" not in ids()
    assert "minimum" in [item.id for item in read_alternatives(108).sound]


def test_a_declared_one_that_is_damaged_is_left_out_and_named(data: Path) -> None:
    path = data / "kpi" / "proposals" / "minimum.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("unit: percent", "unit: parsec"))
    (data / "kpi" / "proposals" / "clearance_rate.yml").unlink()
    found = read_alternatives(107)
    assert {"minimum", "clearance_rate"}.isdisjoint(item.id for item in found.sound)
    assert len(found.sound) == 10
    gone, damaged = found.damaged
    assert "no KPI has the id 'clearance_rate'" in gone
    assert re.search(r"minimum\.yml, line 14: formula\.unit: must be one of percent", damaged)
    with pytest.raises(InputError, match=r"minimum\.yml, line 14: formula\.unit"):
        read_alternatives(107, "minimum")


@pytest.mark.parametrize("value", ["minimum", "[minimum, minimum]", "[1]", "{minimum: 1}"])
def test_a_list_that_is_none_is_an_error_of_its_key(data: Path, value: str) -> None:
    path = data / "study.yml"
    text = path.read_text(encoding="utf-8")
    start, end = text.index("    value:\n      - arithmetic_mean"), text.index("  ratio_ranges")
    path.write_text(f"{text[:start]}    value: {value}\n\n{text[end:]}", encoding="utf-8")
    with pytest.raises(InputError, match=r"study\.yml, line \d+: settings\.alternatives\.value"):
        read_settings(path)


def test_every_definition_is_checked_and_none_passes_for_another(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    proposals = data / "kpi" / "proposals"
    shutil.copy(data / "kpi" / "effective_closure_rate.yml", proposals)
    (proposals / "draft.yml").write_text(DRAFT.replace("unit: percent", "unit: parsec"), "utf-8")
    (proposals / "copy.yml").write_text(DRAFT, encoding="utf-8")
    assert main(["definitions", "--year", "107"]) == 0
    out, told = capsys.readouterr()
    assert out.split(", ")[0] == "effective_closure_rate"
    wrong_id, unit, spoof = sorted(told.splitlines())
    assert "id: 'effective_closure_rate' is the id of" in spoof
    assert "copy.yml, line 1: id: must be the file's name, 'copy', found 'draft'" in wrong_id
    assert re.search(r"draft\.yml, line \d+: formula\.unit: must be one of percent", unit)
    assert main(["definitions", "--year", "107", "--kpi", "draft"]) == 2
    assert re.search(r"draft\.yml, line \d+: formula\.unit", capsys.readouterr().err)


def test_a_page_says_which_definitions_are_left_out(data: Path) -> None:
    assert list(left_out_notice(open_alternatives(kpi_data())).objects) == []
    (data / "kpi" / "proposals" / "minimum.yml").write_text("id: minimum\n", encoding="utf-8")
    (notice,) = left_out_notice(open_alternatives(kpi_data())).objects
    for told in (zh(notice), en(notice)):
        assert "minimum.yml, line 1: the key" in told.text.replace("\\", "")


def test_what_is_left_out_is_named_as_it_is_written(data: Path) -> None:
    path = data / "kpi" / "proposals" / "minimum.yml"
    path.write_text("id: minimum\nextends: effective_closure_rate\nfor*mu*la: 1\n")
    (notice,) = left_out_notice(open_alternatives(kpi_data())).objects
    assert "unknown key 'for*mu*la'" in Page(en(notice)._repr_mimebundle_()["text/html"]).text
