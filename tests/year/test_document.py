"""The title page: title, date, and whether what follows is synthetic."""

import re
import subprocess
from collections.abc import Callable
from datetime import date
from importlib.metadata import version
from pathlib import Path

import nbformat
import pytest
from nbformat import v4

from closurerate.cases.source import describe, mark, read_source, write_source
from closurerate.cases.vocabulary import schema
from closurerate.errors import InputError
from closurerate.press.export.notebook_file import read_notebook, title_of
from closurerate.press.facts import document_facts
from closurerate.press.words import word
from closurerate.records.paths import cases_folder
from closurerate.year import document
from closurerate.year.case_year import built
from closurerate.year.document import commit_of, documents_of
from project_copy import copy_shipped

ROW = {
    "case_id": "a", "branch": "臺北", "category": "罰鍰", "referred_on": date(2018, 1, 2),
    "referred_amount_twd": 10, "paid_amount_twd": 0,
}  # fmt: skip


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copy_shipped(tmp_path, "data/kpi/", "data/published/", "data/years/", "notebooks/")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def put(project: Path) -> Callable[..., None]:
    """Return a function that puts a one-row case file in place, of a kind and a fraction."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    def write(folder: str, *, year: int = 107, fraction: str | None = None) -> None:
        path = project / "data" / "cases" / str(year) / folder / "cases.parquet"
        path.parent.mkdir(parents=True)
        table = pa.Table.from_pylist([ROW], schema=schema())
        if fraction:
            table = table.replace_schema_metadata({b"closurerate": mark(year, 107, fraction)})
        pq.write_table(table, path)
        write_source(path, describe(path, name="of agency.parquet", year=year))

    return write


def facts(notebook: str = "07_report", **changes: object) -> dict[str, object]:
    given = {"year": 107, "cases": "auto", "kpi": None} | changes
    language = given.pop("language", "zh-Hant")
    path = Path("notebooks") / f"{notebook}.ipynb"
    return documents_of(title_of(read_notebook(path), path), **given)[language]  # type: ignore[arg-type,index]


def test_without_case_data_there_is_no_document(project: Path) -> None:
    with pytest.raises(InputError, match="107"):
        facts()


def test_a_notebook_has_its_title_in_both_languages_or_is_called_by_its_heading_or_name(
    project: Path, put: Callable[..., None]
) -> None:
    put("extract")
    notebook = v4.new_notebook()
    path = project / "notebooks" / "mine.ipynb"
    nbformat.write(notebook, path)
    assert facts("mine")["title"] == "mine"
    notebook.cells = [v4.new_markdown_cell("Words.\n\n## My question")]
    nbformat.write(notebook, path)
    assert facts("mine")["title"] == "My question"
    notebook.metadata["closurerate"] = {"title": {"en": "mine"}}
    nbformat.write(notebook, path)
    with pytest.raises(InputError, match=r"closurerate\.title: the key 'zh-Hant' is missing"):
        facts("mine")
    with pytest.raises(InputError, match=r"none\.ipynb"):
        facts("none")


def test_an_unknown_kpi_is_refused(put: Callable[..., None]) -> None:
    put("extract")
    with pytest.raises(InputError, match="no KPI has the id 'minimun'"):
        facts(kpi="minimun")


def test_synthetic_data_are_said_to_be_so(put: Callable[..., None]) -> None:
    put("synthetic", fraction="1")
    for language in ("zh-Hant", "en"):
        given = facts(language=language)
        assert given["synthetic_notice"] == word("synthetic_notice", language)


def test_a_small_size_is_said_to_be_for_tests(put: Callable[..., None]) -> None:
    put("synthetic-0.01", fraction="1/100")
    given = facts(cases="synthetic-0.01", language="en")
    assert "1/100" in str(given["synthetic_notice"])


def test_a_synthetic_file_that_lies_as_an_extract_is_still_synthetic(
    put: Callable[..., None],
) -> None:
    put("extract", fraction="1")
    assert facts()["synthetic_notice"]


def test_an_extract_is_not(put: Callable[..., None]) -> None:
    put("extract")
    given = facts()
    assert given["synthetic_notice"] == ""


@pytest.mark.parametrize("language", ["zh-Hant", "en"])
@pytest.mark.parametrize("notebook", ["01_cases", "02_kpi", "07_report"])
def test_what_it_gives_is_what_the_exporters_take(
    put: Callable[..., None], notebook: str, language: str
) -> None:
    put("extract")
    kpi = None if notebook == "01_cases" else "harmonic_mean"
    given = facts(notebook, language=language, kpi=kpi)
    checked = document_facts({"closurerate": given})
    assert "{" not in checked.title
    assert "107" in checked.title
    assert checked.language == language
    if notebook == "02_kpi":
        name = {"zh-Hant": "I1 與 I2 的調和平均", "en": "harmonic mean of I1 and I2"}[language]
        assert name in checked.title


def test_the_date_is_the_last_day_of_the_data_and_the_approval_the_originals(
    project: Path, put: Callable[..., None]
) -> None:
    put("extract")
    assert facts()["date"] == "2018-12-31"
    assert facts()["date_text"] == "原報告核定日期：108 年 3 月 8 日；資料至 107 年 12 月 31 日"
    told = "The agency's report was approved on 2019-03-08; data to 2018-12-31"
    assert facts(language="en")["date_text"] == told
    author = project / "data" / "years" / "107.yml"
    author.write_text(
        author.read_text(encoding="utf-8").replace("approved_on: 2019-03-08", "approved_on: null"),
        encoding="utf-8",
    )
    assert facts()["date"] == "2018-12-31"
    assert facts()["date_text"] == "草稿，尚未核定（資料至 107 年 12 月 31 日）"
    author.unlink()
    assert facts()["date"] == "2018-12-31"


def test_an_author_sets_the_imprint_and_drops_the_disclaimer(
    project: Path, put: Callable[..., None]
) -> None:
    put("extract")
    assert facts(language="en")["publisher"] == "The closurerate project"
    assert "not an official document" in str(facts(language="en")["subtitle"])
    author = project / "data" / "years" / "107.yml"
    with author.open("a", encoding="utf-8") as file:
        file.write("imprint: {publisher: {zh-Hant: 某署, en: An agency}}\n")
    found = facts(language="en")
    assert (found["publisher"], found["subtitle"]) == ("An agency", "")
    assert found["date_text"] == "Approved on 2019-03-08; data to 2018-12-31"


def test_the_stamp_has_the_version_and_the_digest_of_the_cases(put: Callable[..., None]) -> None:
    put("extract")
    source = read_source(cases_folder(107, "extract") / "cases.parquet")
    for part in (version("closurerate"), source.sha256[:12]):
        assert part in str(facts()["stamp"])


def test_the_stamp_names_the_commit_of_a_checkout(
    put: Callable[..., None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def git(*asked: str) -> str:
        who = ("-c", "user.name=a", "-c", "user.email=a@b.tw", "-c", "commit.gpgsign=false")
        told = subprocess.run(["git", *who, *asked], cwd=tmp_path, capture_output=True, text=True)
        assert told.returncode == 0, told.stderr
        return told.stdout.strip()

    assert commit_of(tmp_path) == ()
    git("init")
    assert commit_of(tmp_path) == ()  # nothing is committed yet
    (tmp_path / "code").write_text("1", encoding="utf-8")
    git("add", "code")
    git("commit", "--message", "first")
    commit = git("rev-parse", "HEAD")[:12]
    assert commit_of(tmp_path) == (commit,)
    put("extract")
    monkeypatch.setattr(document, "CHECKOUT", tmp_path)
    assert f"closurerate {version('closurerate')} {commit}；" in str(facts()["stamp"])
    (tmp_path / "code").write_text("2", encoding="utf-8")
    assert commit_of(tmp_path) == (f"{commit}-dirty",)


# Whose report it is ----------------------------------------------------------------------------
def words_of(found: dict[str, object]) -> str:
    return " ".join(str(value) for value in found.values())


@pytest.mark.parametrize("language", ["zh-Hant", "en"])
@pytest.mark.parametrize("notebook", ["02_kpi", "07_report"])
def test_a_proposal_says_that_it_is_one_and_names_no_approval(
    put: Callable[..., None], notebook: str, language: str
) -> None:
    put("synthetic", fraction="1")
    found = facts(notebook, kpi="effective_share", language=language)
    mark = {"zh-Hant": "指標提案，非機關報告", "en": "KPI proposal, not a report of the agency"}
    assert mark[language] in str(found["title"])
    assert found["running_head"] == found["title"]
    assert found["date"] == "2018-12-31"
    for word_of_agency in ("行政執行署", "Administrative Enforcement", "核定", "pproved", "2019"):
        assert word_of_agency not in words_of(found)
    official = words_of(facts(notebook, kpi="effective_closure_rate", language=language))
    assert mark[language] not in official
    assert {"zh-Hant": "108 年 3 月 8 日", "en": "2019-03-08"}[language] in official


@pytest.mark.parametrize("place", ["data/kpi/proposals", "elsewhere"])
def test_a_file_with_the_official_name_is_not_the_official_one(
    project: Path, put: Callable[..., None], place: str
) -> None:
    put("synthetic", fraction="1")
    text = (project / "data/kpi/effective_closure_rate.yml").read_text(encoding="utf-8")
    file = project / place / "effective_closure_rate.yml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")
    assert "提案" in str(facts(kpi=str(file))["title"])
    assert "提案" not in str(facts(kpi="effective_closure_rate")["title"])


@pytest.mark.parametrize(
    ("part", "other"),
    [
        ("(I1^2 * I2 + I1 * I2^2) / (I1^2 + I2^2)", "(I1 + I2) / 2"),
        ("value: E / C\n    107", "value: E / P\n    107"),
        ('value: "25"', 'value: "20"'),
    ],
)
def test_the_official_file_that_gives_other_than_was_printed_is_a_proposal(
    project: Path, put: Callable[..., None], part: str, other: str
) -> None:
    put("synthetic", fraction="1")
    file = project / "data/kpi/effective_closure_rate.yml"
    text = file.read_text(encoding="utf-8")
    assert text.count(part) == 1
    file.write_text(text.replace(part, other), encoding="utf-8")
    assert "提案" in str(facts(kpi="effective_closure_rate")["title"])


@pytest.mark.parametrize(
    ("source", "kpi", "target"),
    [
        ("extract", None, "make 01_cases YEAR=106"),
        ("synthetic", "harmonic_mean", "make 02_kpi YEAR=106 KPI=harmonic_mean CASES=synthetic"),
        ("synthetic-0.01", None, "make 01_cases YEAR=106 CASES=synthetic FRACTION=0.01"),
    ],
)
def test_what_is_not_built_yet_is_told_with_what_builds_it(
    tmp_path: Path, source: str, kpi: str | None, target: str
) -> None:
    name = "02_kpi" if kpi else "01_cases"
    with pytest.raises(InputError, match=rf"is not there; `{re.escape(target)}` builds it"):
        built(tmp_path / "profile.json", name, 106, source, kpi)
