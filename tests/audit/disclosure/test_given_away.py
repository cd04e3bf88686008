"""What the pages of a small extract tell of few cases, by what they keep of their values."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from closurerate.audit.disclosure.cube import Count, few
from closurerate.audit.disclosure.given_away import GivenAway, given_away
from closurerate.audit.disclosure.outsider import Outsider
from closurerate.audit.disclosure.withholding import withheld, withhold
from closurerate.cases.profile import largest_cases
from closurerate.cli import main
from closurerate.errors import InputError
from closurerate.press.shown import Shown
from closurerate.records.paths import data_folder
from closurerate.study.ranks.weights_page import weights_table
from closurerate.study.settings import read_settings
from closurerate.year.case_year import read_withheld
from closurerate.year.cases_page import (
    amounts_chart,
    bands_table,
    dispositions_table,
    groups_table,
    months_chart,
)
from closurerate.year.kpi_page import branches_chart, kpi_table
from closurerate.year.kpi_year import KpiData
from year_samples import kpi_data, profile

RULES = read_settings(data_folder() / "study.yml").disclosure
LEAST = RULES.least_count
FEW = Count("closed", (("disposition", "part_certificate"),))


@pytest.fixture(scope="module")
def data() -> KpiData:
    """An extract in which seven cases are closed with a certificate and paid in part."""
    made = kpi_data(kind="extract")
    groups = made.cases.profile.tables["groups"].copy()
    counts = made.counts.copy()
    for frame in (groups, counts):
        is_part = frame["disposition"] == "part_certificate"
        frame.loc[is_part, ["new", "closed"]] = [3, 7]
    counts.loc[counts["disposition"] == "part_certificate", "effective"] = 2
    tables = {**profile().tables, "groups": groups}
    tables["months"].loc[0, "closed"] -= 300_000 - 7
    tables["months"].loc[0, "new"] -= 214_937 - 3
    tables["amounts"].loc[0, "new"] -= 214_937 - 3
    cases = replace(made.cases, profile=replace(made.cases.profile, tables=tables))
    return replace(made, cases=cases, counts=counts)


LARGEST = "closurerate.audit.disclosure.given_away.largest_cases"


@pytest.fixture(autouse=True, scope="module")
def no_case_file() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(LARGEST, lambda *_: {"amounts": {}, "ages": {}})
        yield


def read(data: KpiData, shown: Mapping[str, Shown], folder: Path) -> GivenAway:
    items = [{"id": name, **one.data()} for name, one in shown.items()]
    (folder / "02_kpi.shown.json").write_text(json.dumps(items), encoding="utf-8")
    return given_away(data, folder, RULES)


def test_what_a_table_prints_of_few_cases_is_given_away(data: KpiData, tmp_path: Path) -> None:
    found = read(data, {"table": dispositions_table(data.cases)}, tmp_path)
    assert (FEW, 7, 7, 7) in found.narrowed
    assert [one.place for one in found.pages.counts[FEW]] == ["02_kpi table"] * 2


def test_two_counts_together_tell_what_neither_does(data: KpiData, tmp_path: Path) -> None:
    cube = read(data, {"nation": kpi_table(data)}, tmp_path).cube
    total, part = Count("closed"), Count("closed", (("tier", "ordinary"),))
    rest = Count("closed", (("tier", "major"),))
    assert Outsider(cube, [total, part]).narrowed([rest], LEAST) == [(rest, 7, 7, 7)]
    assert Outsider(cube, [total]).narrowed([rest], LEAST) == []
    assert Outsider(cube, [part]).narrowed([rest], LEAST) == []


@pytest.mark.parametrize("name", ["chart", "weights"])
def test_a_value_of_a_branch_tells_its_counts(data: KpiData, name: str, tmp_path: Path) -> None:
    shown = {"chart": branches_chart, "weights": weights_table}[name](data)
    found = read(data, {name: shown}, tmp_path)
    told = {Count(measure, (("branch", "士林"),)) for measure in ("closed", "effective", "pending")}
    assert told <= set(found.pages.counts)
    assert (Count("closed", (("branch", "士林"),)), 7, 7, 7) in found.narrowed


def test_months_are_counts_of_their_own(data: KpiData, tmp_path: Path) -> None:
    found = read(data, {"months": months_chart(data.cases)}, tmp_path)
    assert Count("new", (("month", "2"),)) in found.pages.counts
    assert found.cube.value(Count("new", (("month", "2"),))) == 851_244


def pages(data: KpiData) -> dict[str, Shown]:
    return {
        **{f"kpi_{by}": kpi_table(data, by) for by in ("branch", "category", "tier")},
        **{f"groups_{by}": groups_table(data.cases, by) for by in ("branch", "category")},
        "dispositions": dispositions_table(data.cases),
        "months": months_chart(data.cases),
        "branches": branches_chart(data),
        "nation": kpi_table(data),
    }


@pytest.fixture(scope="module")
def hidden(
    data: KpiData, no_case_file: None, tmp_path_factory: pytest.TempPathFactory
) -> tuple[GivenAway, frozenset[int]]:
    """What those pages give away, and which of their counts are to be withheld."""
    found = read(data, pages(data), tmp_path_factory.mktemp("pages"))
    return found, withheld(found.cube, tuple(found.pages.counts), found.protected, LEAST)


def test_an_outsider_recovers_no_count_where_others_are_withheld(
    hidden: tuple[GivenAway, frozenset[int]],
) -> None:
    found, places = hidden
    counts = tuple(found.pages.counts)
    assert found.narrowed
    assert Outsider(found.cube, counts, places).narrowed(found.protected, LEAST) == []
    few_alone = frozenset(
        place for place, count in enumerate(counts) if 0 < found.cube.value(count) < LEAST
    )
    assert few_alone < places
    assert Outsider(found.cube, counts, few_alone).narrowed(found.protected, LEAST)


def test_what_is_withheld_stands_in_no_table_and_chart(
    data: KpiData, hidden: tuple[GivenAway, frozenset[int]], tmp_path: Path
) -> None:
    found, places = hidden
    counts = tuple(found.pages.counts)
    withhold(tmp_path / "withheld.json", [counts[place] for place in places])
    kept = read_withheld(tmp_path / "withheld.json")
    safe = replace(data, cases=replace(data.cases, withheld=kept))
    again = read(safe, pages(safe), tmp_path)
    assert again.narrowed == ()
    assert not {counts[place] for place in places} & set(again.pages.counts)
    for language, mark in (("en", "withheld"), ("zh-Hant", "不公開")):
        printed = kpi_table(safe, "tier").said(language)
        assert mark in {cell for row in printed.rows for cell in row}
        assert mark in printed.note
    assert not {"7", "2"} & {
        cell.get("value") for cell in kpi_table(safe, "tier").data()["rows"][-2]
    }


def test_bands_are_withheld_with_their_shares(data: KpiData) -> None:
    kept = frozenset({("new", "referred_amount", "1–999")})
    safe = replace(data.cases, withheld=kept)
    assert "6785066" in json.dumps(bands_table(data.cases, "amounts").data())
    for shown in (bands_table(safe, "amounts"), amounts_chart(safe)):
        kept_of_it = json.dumps(shown.data())
        assert "6785066" not in kept_of_it
        assert '1–999", 7' not in kept_of_it


def test_a_share_of_amounts_that_is_mostly_one_case_is_given_away(
    data: KpiData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    largest = {"amounts": {1_000_000: 6 * 10**10, 10_000: 10**10}, "ages": {}}
    monkeypatch.setattr(LARGEST, lambda *_: largest)
    (found,) = read(data, {"table": bands_table(data.cases, "amounts")}, tmp_path).dominated
    assert found == Count("referred_twd", (("referred_amount", "1,000,000–9,999,999"),))
    kept = frozenset({("referred_twd", *found.where[0])})
    safe = replace(data, cases=replace(data.cases, withheld=kept))
    assert read(safe, {"table": bands_table(safe.cases, "amounts")}, tmp_path).dominated == ()


def test_pages_of_other_cases_are_refused(data: KpiData, tmp_path: Path) -> None:
    other = kpi_data(kind="extract")
    with pytest.raises(InputError, match=r"prints \d+ where \d+ cases are counted"):
        read(data, {"table": dispositions_table(other.cases)}, tmp_path)


def test_where_there_are_no_pages_it_is_said_how_to_make_them(
    data: KpiData, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="make report"):
        given_away(data, tmp_path, RULES)


def test_protected_are_counts_of_one_to_the_least_less_one(data: KpiData, tmp_path: Path) -> None:
    cube = read(data, {"nation": kpi_table(data)}, tmp_path).cube
    assert {cube.value(count) for count in few(cube, LEAST)} <= set(range(1, LEAST))
    assert FEW in few(cube, LEAST)


def test_the_command_fails_where_something_is_given_away(
    data: KpiData,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = tmp_path / "reports" / "107" / "extract" / "notebooks"
    folder.mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("closurerate.year.kpi_year.open_kpi", lambda *_, **__: data)
    read(data, {"table": dispositions_table(data.cases)}, folder)
    with pytest.raises(SystemExit, match="1"):
        main(["disclosure", "107"])
    said = capsys.readouterr().out
    assert "part_certificate, closed: 7 (02_kpi table)" in said
    assert "withheld, the fewest that do:" in said
    read(data, {"nation": kpi_table(data)}, folder)
    assert main(["disclosure", "107"]) == 0
    assert "None of these is given away." in capsys.readouterr().out


def test_the_largest_case_of_each_band_is_that_of_the_rows(panel_files: dict[int, Path]) -> None:
    rows = pq.read_table(panel_files[107]).to_pandas()
    first, last = date(2018, 1, 1), date(2018, 12, 31)
    new = rows[rows["referred_on"].between(first, last)]["referred_amount_twd"]
    found = largest_cases(panel_files[107], 107)
    assert found["amounts"][1_000] == new[new.between(1_000, 2_999)].max()
    is_pending = (rows["referred_on"] <= last) & ~(rows["closed_on"] <= last)
    assert max(found["ages"].values()) == rows[is_pending]["referred_amount_twd"].max()
