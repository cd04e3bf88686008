"""The Makefile, run for real in a copy: what is built, what is not built again, what is refused."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

import pytest

from closurerate.making.edition import Edition
from closurerate.making.given import problems
from closurerate.making.recipes import asked, recipes
from closurerate.making.stale import stale_steps
from closurerate.records.new_year import new_year_skeleton
from closurerate.records.paths import kpi_file
from other_pythons import interpreter, says
from project_copy import FRACTION, ROOT, clone, reported, run_make

SMALL = f"FRACTION={FRACTION}"
KPI = "effective_closure_rate"
PARTS = (
    "definitions", "cases", "profile", "count", "worlds", "breakpoints", "notebook", "html", "pdf",
    "links", "record", "manifest",
)  # fmt: skip
NOTEBOOKS = ("01_cases", "02_kpi", "07_report")
# What a whole report takes, as `commands_of` names it.
PAGES = {f"notebook {name}" for name in NOTEBOOKS} | {f"html {name}" for name in NOTEBOOKS}
REPORT = PAGES | {"record", "pdf 07_report"}
OF_KPI = {item for item in REPORT if "01_cases" not in item}
COUNTED = {"count"}
CHECKED = {"definitions"}
YEARLY = {"notebook 07_report", "html 07_report", "record", "pdf 07_report"}
WORLDS = {"worlds"} | YEARLY
OF_EXTRACT = REPORT | {"cases"} | COUNTED
NEW = OF_EXTRACT | WORLDS
# Where the cases were described before, that is done apart.
ALL = NEW | {"profile"}
STUDIES = ("03_combination", "04_thresholds")
STUDY = {f"{part} {name}" for part in ("notebook", "html", "pdf") for name in STUDIES}
STUDY |= {"breakpoints"}


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy with the report in Chinese, of this module's own."""
    project = clone(reported(tmp_path_factory), tmp_path_factory.mktemp("make") / "project")
    environment = project / ".venv" / "ready"
    os.utime(environment, ns=(environment.stat().st_mtime_ns,) * 2)
    return project


@pytest.fixture
def touched(built: Path) -> Iterator[list[str]]:
    """Names of files to be made newer than all that is built; they are put back afterwards."""
    names: list[str] = []
    before: dict[Path, int] = {}

    class Touching(list[str]):
        def append(self, name: str) -> None:
            path = built / name
            before[path] = path.stat().st_mtime_ns
            os.utime(path)
            super().append(name)

    names = Touching()
    yield names
    for path, time in before.items():
        os.utime(path, ns=(time, time))


def commands_of(printed: str) -> set[str]:
    """Return which commands a run of make consists of, such as `html 02_kpi` or `count`.

    But for `links` and `manifest`, which come once, after all else that is made.
    """
    found = re.findall(r"closurerate\.cli (\w+)(?: \S*?(0\d_\w+)\.ipynb)?", printed)
    assert {command for command, _ in found} <= set(PARTS)
    last = [item for item in found if item[0] in ("links", "manifest")]
    if last:
        assert last in ([("links", "")], [("links", ""), ("manifest", "")])
        assert found[-len(last) :] == last
        del found[-len(last) :]
    return {f"{command} {name}".strip() for command, name in found}


def wanted(project: Path, *arguments: str, target: str = "report") -> set[str]:
    """Return what make would run for the report, or for another target, of the small year.

    `closurerate build` must come to the same.
    """
    done = run_make(project, "--dry-run", target, SMALL, *arguments)
    assert done.returncode == 0, done.stderr
    assert "ensurepip" not in done.stdout
    assert " -m venv " not in done.stdout
    commands = commands_of(done.stdout)
    given = {"YEAR": "107", "FRACTION": FRACTION} | dict(item.split("=") for item in arguments)
    taken = {"KPI": "kpi", "CASES": "cases", "FRACTION": "fraction"}
    chosen = {taken[name]: value for name, value in given.items() if name in taken}
    languages = (given["REPORT_LANG"],) if "REPORT_LANG" in given else ("zh-Hant", "en")
    with chdir(project):
        edition = Edition(int(given["YEAR"]), **chosen, languages=languages)
        files = asked(edition, (target,)) or (target,)
        steps = stale_steps(recipes(edition, (target,)), files)
    assert {step.recipe.name for step in steps} - {"links", "manifest"} == commands
    return commands


# Refused -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("variable", "said"),
    [
        (
            "REPORT_LANG=fr",
            "REPORT_LANG=fr is not a language of the report: take both, zh-Hant or en",
        ),
        ("REPORT_LANG=zh-Hant en", "REPORT_LANG=zh-Hant en is not"),
        ("REPORT_LANG=", "REPORT_LANG= is not"),
        ("CASES=real", "CASES=real is not a kind of case data: take auto, extract or synthetic"),
        ("KPI=closure", "KPI=closure is not defined: there is neither data/kpi/closure.yml nor"),
        ("KPI=", "KPI= is not defined"),
        ("YEAR=2018", "YEAR=2018 is not a ROC year such as 107 (the Gregorian 2018 is YEAR=107)"),
        ("YEAR=105", "a synthetic extract of year 105 cannot be made"),
        ("YEAR=", "YEAR="),
        ("YEAR=one", "YEAR=one is not a ROC year such as 107"),
        ("YEAR=1000", "YEAR=1000 is not a ROC year such as 107"),
        ("FRACTION=2", "FRACTION=2"),
        ("FRACTION=some", "FRACTION=some"),
        ("FRACTION=", "FRACTION="),
        ("year=106", "year is not a variable of this Makefile; did you mean YEAR"),
        (
            "PARAMS=branch=花蓮",
            "PARAMS=branch=花蓮 is for a notebook of yours, and none is asked for (there is none",
        ),
        ("PYTHON=python9", "PYTHON=python9 does not run: name a Python 3.11 to 3.13"),
    ],
)
def test_a_bad_variable_stops_with_one_sentence(built: Path, variable: str, said: str) -> None:
    before = built_files(built)
    done = run_make(built, "cases", SMALL, variable)
    assert done.returncode == 2
    lines = done.stderr.splitlines()
    told = [line for line in lines if line.startswith(("Makefile:", "closurerate: "))]
    name = variable.partition("=")[0]
    assert any(name.lower() in line.lower() for line in told), done.stderr
    assert "Traceback" not in done.stderr
    assert "usage:" not in done.stderr
    assert any(said in line for line in told), done.stderr
    assert len(told) == 1
    assert built_files(built) == before


GIVEN = {
    "YEAR": "107", "REPORT_LANG": "en", "KPI": "effective_closure_rate", "CASES": "auto",
    "FRACTION": "1", "JOBS": "2",
}  # fmt: skip


@pytest.mark.parametrize(
    ("variable", "said"),
    [
        ("YEAR=１０７", "is not a ROC year such as 107 (write YEAR=107)"),
        ("YEAR=民國107", "(write YEAR=107)"),
        ("YEAR=107年", "(write YEAR=107)"),
        ("YEAR=0107", "(write YEAR=107)"),
        ("YEAR=民國2018", "(the Gregorian 2018 is YEAR=107)"),
        ("YEAR=一〇七", "such as 107"),
        ("YEAR=10.7", "such as 107"),
        ("FRACTION=1/100", "is not a decimal over 0 and at most 1, such as 0.01 (write 0.01)"),
        ("FRACTION=1%", "(write 0.01)"),
        ("FRACTION=１％", "(write 0.01)"),
        ("FRACTION=1e-2", "(write 0.01)"),
        ("FRACTION=.01", "(write 0.01)"),
        ("FRACTION=0.010", "(write 0.01)"),
        ("FRACTION=1.0", "(write 1)"),
        ("FRACTION=0", "such as 0.01"),
        ("FRACTION=-1", "such as 0.01"),
        ("FRACTION=0.01x", "such as 0.01"),
        ("FRACTION=1/0", "such as 0.01"),
        ("FRACTION=1e-400", "such as 0.01"),
        ("FRACTION=nan", "such as 0.01"),
        ("KPI=data/kpi/effective_closure_rate.yml", "is a file, and KPI takes an id; did you mean"),
        ("KPI=harmonic_mean.yml", "did you mean harmonic_mean"),
        ("KPI=Effective_Closure_Rate", "did you mean effective_closure_rate"),
        ("KPI=HARMONICMEAN", "did you mean harmonic_mean"),
        ("KPI=readings", "KPI=readings is not defined"),
        ("KPI=有效結案率", "neither data/kpi/有效結案率.yml nor"),
        ("REPORT_LANG=zh-TW", "take both, zh-Hant or en"),
        ("CASES=Extract", "take auto, extract or synthetic"),
        ("JOBS=0", "JOBS=0 is not a whole number from 1"),
    ],
)
def test_a_slip_is_told_with_what_is_right(variable: str, said: str) -> None:
    name, _, value = variable.partition("=")
    (found,) = problems({**GIVEN, name: value}, [name])
    assert found.startswith(f"{variable} ")
    assert said in found
    if "such as" in said and said.endswith("such as 0.01"):
        assert found.endswith(said)


def test_what_is_right_is_taken_and_a_variable_of_another_name_is_not() -> None:
    assert not list(problems(GIVEN, [*GIVEN, "PYTHON", "SECONDS", "RUN"]))
    assert not list(problems({**GIVEN, "YEAR": "9", "FRACTION": "0.002"}, []))
    (found,) = problems(GIVEN, ["LANG"])
    assert found == "LANG is not a variable of this Makefile; did you mean REPORT_LANG"
    (found,) = problems(GIVEN, ["DESTDIR"])
    assert found.endswith(
        "there are YEAR, REPORT_LANG, KPI, CASES, FRACTION, JOBS, SECONDS, PYTHON"
    )


def built_files(project: Path) -> list[Path]:
    """All files but the notes that definitions were found sound, which is asked before a year."""
    files = (path for path in project.rglob("*") if path.is_file())
    return sorted(path for path in files if not path.name.startswith("definitions."))


def test_a_kpi_that_is_no_definition_is_refused(built: Path) -> None:
    done = run_make(built, "02_kpi", SMALL, "KPI=readings")
    assert done.returncode == 2
    assert "readings" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_extract_that_is_not_there_stops_with_one_sentence(built: Path) -> None:
    done = run_make(built, "report", "CASES=extract")
    assert done.returncode == 2
    assert done.stderr.count("closurerate: ") == 1
    assert "there is no extract of year 107" in done.stderr
    assert not (built / "reports" / "107" / "extract").exists()


# Nothing twice -------------------------------------------------------------------------------
def test_a_second_report_does_nothing(built: Path) -> None:
    arguments = ("report", SMALL)
    times = {path: path.lstat().st_mtime_ns for path in built.rglob("*")}
    assert run_make(built, "--question", *arguments).returncode == 0
    done = run_make(built, *arguments)
    assert done.returncode == 0
    assert commands_of(done.stdout) == set()
    assert "Nothing to be done" in done.stdout
    assert {path: path.lstat().st_mtime_ns for path in built.rglob("*")} == times


def test_question_notices_what_is_missing(built: Path, tmp_path: Path) -> None:
    project = clone(built, tmp_path / "project")
    out = project / "reports" / "107" / f"synthetic-{FRACTION}" / "zh-Hant"
    (out / "effective_closure_rate" / "07_report.pdf").unlink()
    assert run_make(project, "--question", "report", SMALL).returncode == 1
    assert wanted(project) == {"pdf 07_report"}


# One change, and what depends on it ----------------------------------------------------------
@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ("notebooks/01_cases.ipynb", {"notebook 01_cases", "html 01_cases"}),
        ("notebooks/02_kpi.ipynb", {"notebook 02_kpi", "html 02_kpi"}),
        ("notebooks/07_report.ipynb", YEARLY),
        ("data/kpi/effective_closure_rate.yml", OF_KPI | COUNTED | CHECKED | WORLDS),
        ("data/kpi/proposals/geometric_mean.yml", CHECKED | WORLDS),
        ("data/kpi/proposals/disposition_time.yml", CHECKED | WORLDS),
        ("data/kpi/readings.yml", ALL | CHECKED),  # the reading of 106 decides its effective cases
        ("data/published/106.yml", ALL),  # the totals of the linked pair of years
        ("data/synthetic.yml", ALL),
        ("data/years/107.yml", REPORT),  # 01_cases too: the date of approval is on its title page
        ("src/closurerate/kpi/evaluate.py", OF_KPI | COUNTED | CHECKED | WORLDS),
        ("src/closurerate/synthetic/year.py", ALL),
        ("src/closurerate/press/vocabulary/report.yml", REPORT),
        ("src/closurerate/year/yearly_page.py", REPORT),
        ("src/closurerate/study/alternatives_page.py", REPORT),
        ("src/closurerate/study/thresholds/repayments.py", OF_KPI | COUNTED | WORLDS),
        ("src/closurerate/study/change/change.py", WORLDS),
        ("data/study.yml", WORLDS | CHECKED),
        ("data/worlds.yml", WORLDS),
        ("notebooks/03_combination.ipynb", set()),
        ("README.md", set()),
        ("docs/yearly_update.md", set()),
        ("Makefile", set()),
    ],
)
def test_a_change_reruns_what_depends_on_it_and_nothing_else(
    built: Path, touched: list[str], changed: str, expected: set[str]
) -> None:
    assert wanted(built) == set()
    touched.append(changed)
    assert wanted(built) == expected


@pytest.mark.parametrize(
    "changed",
    ["report_html/report.css.j2", "report_html/index.html.j2", "report_typst/report.typ.j2"],
)
def test_a_change_of_a_template_makes_the_pages_again(
    built: Path, touched: list[str], changed: str
) -> None:
    touched.append(f"src/closurerate/press/export/templates/{changed}")
    assert wanted(built) == {item for item in REPORT if not item.startswith("notebook")}


def test_another_years_author_changes_nothing_here(built: Path, tmp_path: Path) -> None:
    project = clone(built, tmp_path / "project")
    text = (project / "data" / "years" / "107.yml").read_bytes()
    (project / "data" / "years" / "108.yml").write_bytes(text)
    assert wanted(project) == set()


def test_a_first_author_of_the_year_changes_the_report(built: Path, tmp_path: Path) -> None:
    project = clone(built, tmp_path / "project")
    author = project / "data" / "years" / "107.yml"
    content = author.read_bytes()
    author.unlink()
    author.write_bytes(content)
    assert wanted(project) >= YEARLY


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        (("KPI=geometric_mean",), OF_KPI | COUNTED | CHECKED | WORLDS),
        (("CASES=synthetic",), set()),  # what auto took already
        (("REPORT_LANG=en",), set()),  # printed with the other
        (("FRACTION=0.002",), NEW),
        (("FRACTION=1",), NEW),
    ],
)
def test_a_change_of_variable_makes_what_carries_it(
    built: Path, variables: tuple[str, ...], expected: set[str]
) -> None:
    assert wanted(built, *variables) == expected
    assert wanted(built) == set()


def test_another_year_needs_its_author_and_makes_all_of_its_own(
    built: Path, tmp_path: Path
) -> None:
    project = clone(built, tmp_path / "project")
    done = run_make(project, "--dry-run", "report", SMALL, "YEAR=106")
    if done.returncode:
        assert "data/years/106.yml" in done.stderr
        assert "closurerate new-year 106" in done.stderr
        assert len(done.stderr.splitlines()) == 1
    (project / "data" / "years" / "106.yml").touch()
    assert wanted(project, "YEAR=106") == NEW | CHECKED


def test_a_base_of_a_proposal_is_known_once_it_was_counted(built: Path, tmp_path: Path) -> None:
    project = clone(built, tmp_path / "project")
    counts = f"data/cases/107/synthetic-{FRACTION}/counts.minimum.parquet"
    assert run_make(project, counts, SMALL, "KPI=minimum").returncode == 0
    made = (project / counts).stat().st_mtime_ns
    os.utime(project / "data" / "kpi" / "proposals" / "geometric_mean.yml")
    assert run_make(project, counts, SMALL, "KPI=minimum").returncode == 0
    assert (project / counts).stat().st_mtime_ns == made
    os.utime(project / "data" / "kpi" / "effective_closure_rate.yml")
    assert run_make(project, counts, SMALL, "KPI=minimum").returncode == 0
    assert (project / counts).stat().st_mtime_ns > made
    assert kpi_file("minimum").parent.name == "proposals"


def test_an_extract_that_arrives_is_taken_in_place_of_the_synthetic_one(
    built: Path, tmp_path: Path
) -> None:
    project = clone(built, tmp_path / "project")
    raw = project / "data" / "raw" / "107"
    raw.mkdir(parents=True)
    (raw / "README.md").touch()
    assert wanted(project) == set()
    (raw / "extract.parquet").touch()
    assert wanted(project) == OF_EXTRACT
    assert wanted(project, "CASES=extract") == OF_EXTRACT
    assert wanted(project, "CASES=synthetic") == set()


@pytest.mark.parametrize(
    "name", ["notes.md", "sent.json", ".hidden.parquet", "~$a.xlsx", "Thumbs.db", "DESKTOP.INI"]
)
def test_notes_and_what_systems_leave_behind_are_no_extract(
    built: Path, tmp_path: Path, name: str
) -> None:
    """data/README.md: notes may lie beside an extract."""
    project = clone(built, tmp_path / "project")
    raw = project / "data" / "raw" / "107"
    raw.mkdir(parents=True)
    (raw / name).touch()
    assert wanted(project) == set()


@pytest.mark.parametrize(
    "name",
    [
        *("107 年度 案件.parquet", "of agency (final).parquet", "EXTRACT.PARQUET", "a:b.csv"),
        *("a;b#c%d.csv", "$(YEAR)$a.csv", "[a]*?.csv", "a\\b|c&d=e.csv", "~'\".csv"),
    ],
)
def test_an_extract_is_found_whatever_it_is_called(built: Path, tmp_path: Path, name: str) -> None:
    """data/README.md: its name does not matter."""
    project = clone(built, tmp_path / "project")
    raw = project / "data" / "raw" / "107"
    raw.mkdir(parents=True)
    (raw / name).touch()
    assert wanted(project) == OF_EXTRACT


def test_an_extract_that_has_changed_is_taken_in_again(built: Path, tmp_path: Path) -> None:
    project = clone(built, tmp_path / "project")
    raw, cases = (project / "data" / kind / "107" for kind in ("raw", "cases"))
    raw.mkdir(parents=True)
    (raw / "a b.csv").touch()
    (cases / "extract").mkdir()
    (cases / "extract" / "cases.parquet").touch()
    assert wanted(project, target="cases") == set()
    later = (cases / "extract" / "cases.parquet").stat().st_mtime_ns + 1_000_000
    os.utime(raw / "a b.csv", ns=(later, later))
    assert wanted(project, target="cases") == {"cases"}


# The study -----------------------------------------------------------------------------------
def test_the_study_adds_its_own_to_what_the_report_made(built: Path) -> None:
    # The cases of the year before, which the report does not need.
    assert wanted(built, target="study") == STUDY | {"cases"}
    done = run_make(built, "--dry-run", "study", SMALL)
    assert f"cases --year 106 --kind synthetic --fraction {FRACTION}" in done.stdout
    assert "cases --year 107" not in done.stdout
    assert f"reports/107/synthetic-{FRACTION}/restricted/effective_closure_rate/" in done.stdout


def test_one_notebook_of_the_study_needs_only_its_own(built: Path) -> None:
    combination = {item for item in STUDY if "03" in item}
    assert wanted(built, target="03_combination") == combination | {"cases"}
    thresholds = {item for item in STUDY if "04" in item}
    assert wanted(built, target="04_thresholds") == thresholds | {"cases"}


def test_on_an_extract_there_are_no_worlds_and_the_year_before_only_where_it_is(
    built: Path, tmp_path: Path
) -> None:
    project = clone(built, tmp_path / "project")
    (project / "data" / "raw" / "107").mkdir(parents=True)
    (project / "data" / "raw" / "107" / "extract.parquet").touch()
    whole = STUDY | COUNTED | {"cases"}
    assert wanted(project, target="study") == whole
    assert "--year 106" not in run_make(project, "--dry-run", "study").stdout
    (project / "data" / "raw" / "106").mkdir()
    (project / "data" / "raw" / "106" / "extract.parquet").touch()
    assert wanted(project, target="study") == whole
    assert "cases --year 106 --kind extract" in run_make(project, "--dry-run", "study").stdout


@pytest.mark.parametrize("target", NOTEBOOKS)
def test_the_extract_of_the_year_before_is_taken_in_before_what_compares_with_it(
    built: Path, tmp_path: Path, target: str
) -> None:
    project = clone(built, tmp_path / "project")
    for year in ("106", "107"):
        (project / "data" / "raw" / year).mkdir(parents=True)
        (project / "data" / "raw" / year / "extract.parquet").touch()
    said = run_make(project, "--dry-run", "JOBS=1", target).stdout
    places = [said.find(f"cases --year {year} --kind extract") for year in ("106", "107")]
    assert -1 < places[0] < places[1] < said.find(f"notebook notebooks/{target}.ipynb")


def test_an_unfilled_skeleton_makes_nothing_again(built: Path, tmp_path: Path) -> None:
    project = clone(built, tmp_path / "project")
    for year in (106, 108):
        published = project / "data" / "published" / f"{year}.yml"
        published.write_text(new_year_skeleton(year, "published"), encoding="utf-8")
        assert "cases" not in wanted(project, target="report")
    before = f"data/cases/106/synthetic-{FRACTION}/cases.parquet"
    assert before not in run_make(project, "--dry-run", "study", SMALL).stdout


def test_a_draft_makes_nothing_of_the_study_again_and_a_named_definition_does(
    built: Path, tmp_path: Path
) -> None:
    project = clone(built, tmp_path / "project")
    worlds = f"data/cases/107/synthetic-{FRACTION}/worlds.effective_closure_rate.json"
    (project / worlds).write_text("{}", encoding="utf-8")
    assert wanted(project, target=worlds) == set()
    draft = project / "data" / "kpi" / "proposals" / "draft.yml"
    draft.write_text("id: draft\nunit: parsec\n", encoding="utf-8")
    draft.with_name("a copy of $(it)#1.yml").write_bytes(draft.read_bytes())
    draft.with_name("a=b:c.yml").write_bytes(draft.read_bytes())  # make has no way to name it
    assert wanted(project, target=worlds) == CHECKED
    checked = f"data/cases/107/definitions.{KPI}"
    done = run_make(project, checked, SMALL)
    assert done.returncode == 0, done.stderr
    assert "left out: " in done.stderr
    assert "draft.yml, line 2: unknown key 'unit'" in done.stderr
    assert wanted(project, target=worlds) == set()
    os.utime(project / "data" / "kpi" / "proposals" / "minimum.yml")
    assert wanted(project, target=worlds) == CHECKED | {"worlds"}


def test_a_damaged_kpi_stops_make_before_any_case_work(built: Path, tmp_path: Path) -> None:
    project = clone(built, tmp_path / "project")
    path = project / "data" / "kpi" / "proposals" / "minimum.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("unit: percent", "unit: parsec"), encoding="utf-8")
    done = run_make(project, "report", "FRACTION=0.002", "KPI=minimum", "JOBS=1")
    assert done.returncode == 2
    assert "minimum.yml, line 14: formula.unit: must be one of percent" in done.stderr
    assert not (project / "data" / "cases" / "107" / "synthetic-0.002").exists()
    assert wanted(project, target="report") == CHECKED | WORLDS
    assert run_make(project, f"data/cases/107/definitions.{KPI}").returncode == 0


# Parallel, from nothing ----------------------------------------------------------------------
@pytest.mark.parametrize("jobs", ["-j2", "-j8", "JOBS=1"])
def test_each_thing_is_made_once_and_after_what_it_needs(
    built: Path, tmp_path: Path, jobs: str
) -> None:
    """The recipes are replaced by one that notes itself, fails where an input is missing, waits."""
    project = clone(built, tmp_path / "project")
    (project / "note.py").write_text(NOTING, encoding="utf-8")
    runner = "RUN=.venv/bin/python note.py"
    done = run_make(project, jobs, "report", "FRACTION=0.5", runner)
    assert done.returncode == 0, done.stdout + done.stderr
    log = (project / "log.txt").read_text(encoding="utf-8").splitlines()
    assert len(log) == len(set(log)) == len(NEW) + 2  # the links, the manifest
    assert run_make(project, "--question", "report", "FRACTION=0.5").returncode == 0


NOTING = """\
import sys, time
from pathlib import Path
command, *rest = sys.argv[1:]
out = rest[rest.index("--out") + 1]
languages = [rest[place + 1] for place, word in enumerate(rest) if word == "--language"]
needed = [rest[rest.index("--cases") + 1]] if command in ("profile", "count") else []
needed += [rest[0]] if command in ("notebook", "html", "pdf") else []
needed += [rest[rest.index("--run") + 1]] if "--run" in rest else []
if command == "notebook":
    folder = Path("data/cases/107/synthetic-0.5")
    needed += [folder / "profile.json"]
    needed += [folder / "counts.effective_closure_rate.parquet"] if "--kpi" in rest else []
    own = ("repayments.effective_closure_rate.parquet", "worlds.effective_closure_rate.json")
    needed += [folder / name for name in own] if "07" in rest[0] else []
missing = [str(path) for path in needed if not Path(path).is_file()]
assert not missing, missing
time.sleep(0.05)
also = [rest[place + 1] for place, word in enumerate(rest) if word in ("--repayments", "--profile")]
for file in map(Path, [*also, *(out.replace("{language}", item) for item in languages or [""])]):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(command)
with open("log.txt", "a") as log:
    log.write(" ".join(sys.argv[1:]) + "\\n")
"""


@pytest.mark.parametrize(("half", "remains"), [("", True), ("out.write_text('half')", False)])
def test_a_failing_command_leaves_what_was_there_or_nothing(
    built: Path, tmp_path: Path, half: str, remains: bool
) -> None:
    project = clone(built, tmp_path / "project")
    (project / "note.py").write_text(
        "import sys\nfrom pathlib import Path\n"
        f"out = Path(sys.argv[sys.argv.index('--out') + 1])\n{half}\nsys.exit(2)\n",
        encoding="utf-8",
    )
    os.utime(project / "notebooks" / "02_kpi.ipynb")
    out = project / "reports" / "107" / f"synthetic-{FRACTION}"
    page = out / "zh-Hant" / "effective_closure_rate" / "02_kpi.html"
    executed = out / "notebooks" / "effective_closure_rate" / "02_kpi.ipynb"
    before = executed.read_bytes(), page.read_bytes()
    done = run_make(project, "02_kpi", SMALL, "RUN=.venv/bin/python note.py")
    assert done.returncode == 2
    assert page.read_bytes() == before[1]
    assert executed.exists() is remains
    assert not remains or executed.read_bytes() == before[0]
    assert run_make(project, "--question", "02_kpi", SMALL).returncode == 1


# help ----------------------------------------------------------------------------------------
def test_make_alone_lists_every_target(built: Path) -> None:
    text = (built / "Makefile").read_text(encoding="utf-8")
    documented = set(re.findall(r"(?m)^([\w.-]+):.*?## ", text))
    phony = set(re.search(r"(?m)^\.PHONY: (.*)$", text)[1].split())  # type: ignore[index]
    asked = {
        "report",
        "test",
        "pythons",
        "check",
        "lab",
        "bench",
        "clean",
        "help",
        "lock",
        *NOTEBOOKS,
    }
    # `newer` stands for an extract changed since, `linked` for what comes last.
    assert asked <= phony - {"newer", "linked"} == documented
    done = run_make(built)
    listed = {line.split()[0]: line for line in done.stdout.splitlines()}
    assert documented <= set(listed)
    assert len(done.stdout.splitlines()) == len(documented) + 2
    assert all(len(line.split()) > 2 for line in listed.values())
    for variable in ("YEAR=107", "REPORT_LANG=both", "KPI=effective_closure_rate", "CASES=auto"):
        assert variable in listed["variables"]


def test_clean_removes_what_was_built_and_nothing_else(built: Path, tmp_path: Path) -> None:
    project = clone(built, tmp_path / "project")
    sources = {path for path in built.rglob("*") if "cases" not in path.relative_to(built).parts}
    assert run_make(project, "clean").returncode == 0
    assert not (project / "data" / "cases").exists()
    assert [path.name for path in (project / "reports").iterdir()] == ["README.md"]
    kept = {path.relative_to(built) for path in sources if "reports" not in path.parts}
    assert all((project / path).exists() for path in kept)
    assert (project / "src" / "closurerate" / "cases").is_dir()
    assert (project / ".venv" / "ready").is_file()


@pytest.mark.skipif(os.name == "nt", reason="they fork")
@pytest.mark.parametrize("script", ["intake/fuzz_intake.py", "kpi/fuzz_formulas.py"])
def test_what_a_long_target_runs_begins(script: str) -> None:
    assert f"tests/{script}" in (ROOT / "Makefile").read_text(encoding="utf-8")
    command = [sys.executable, str(ROOT / "tests" / script), "--help"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr


def test_a_python_that_is_not_here_is_left_out() -> None:
    here = "{}.{}".format(*sys.version_info)
    found = interpreter(here)
    assert found is None or "3." in says(found, "import sys; print(sys.version)")
    assert interpreter("3.99") is None
