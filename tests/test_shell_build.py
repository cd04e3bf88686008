"""`closurerate build` in a copy of the project: what it builds, says and leaves; and `doctor`."""

import os
import signal
import subprocess
import sys
import time
from contextlib import chdir
from pathlib import Path

import pytest
from filelock import FileLock

from closurerate.cli import doctor, main
from closurerate.making.edition import Edition
from closurerate.making.recipes import Recipe, asked, recipes
from closurerate.making.running import run_steps
from closurerate.making.stale import Again, stale_steps
from project_copy import FRACTION, clone, reported, run_make, tree

Capture = pytest.CaptureFixture[str]
BUILD = ("build", "107", "report", "--fraction", FRACTION)


@pytest.fixture
def built(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    """A copy with the report that make built."""
    return clone(reported(tmp_path_factory), tmp_path / "project")


def begun(project: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "closurerate.cli", *arguments],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(project / "src")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def said(capture: Capture, project: Path, *arguments: str) -> tuple[int, str, str]:
    with chdir(project):
        try:
            status = main(arguments)
        except SystemExit as stop:
            status = int(stop.code or 0)
    return status, *capture.readouterr()


# Built -----------------------------------------------------------------------------------------
def test_what_make_built_is_up_to_date(built: Path, capsys: Capture) -> None:
    assert said(capsys, built, *BUILD) == (0, "report of 107: up to date.\n", "")
    assert said(capsys, built, *BUILD, "--quiet") == (0, "", "")
    assert said(capsys, built, *BUILD, "--dry-run") == (0, "report of 107: up to date.\n", "")
    assert said(capsys, built / "notebooks", "--quiet", *BUILD, "--dry-run") == (0, "", "")


def test_what_build_builds_is_what_make_builds_whatever_lies_among_the_proposals(
    built: Path,
) -> None:
    before = tree(built / "reports")
    os.utime(built / "notebooks" / "07_report.ipynb")
    (built / "data" / "kpi" / "proposals" / "a draft.yml").write_text("id: draft\n", "utf-8")
    process = begun(built, *BUILD)
    out, error = process.communicate()
    assert process.returncode == 0
    assert error.startswith("closurerate: left out: ")
    assert error.count("\n") == 1
    heads = [line.split("  ")[0] for line in out.splitlines() if line.startswith("[")]
    names = {"definitions", "notebook 07_report", "html 07_report", "pdf 07_report"}
    names |= {"record", "links", "manifest"}
    assert {head.partition("] ")[2] for head in heads} == names
    assert [head[:6] for head in heads] == [f"[ {place}/7]" for place in range(1, 8)]
    assert heads[-1].endswith("manifest")
    assert tree(built / "reports") == before
    assert run_make(built, "--question", "report", f"FRACTION={FRACTION}").returncode == 0


def test_from_nothing_each_step_waits_for_what_makes_what_it_needs(built: Path) -> None:
    edition = Edition(107, fraction="0.5")
    goals = ("report", "study")
    (built / edition.checked).unlink()
    with chdir(built):
        steps = stale_steps(recipes(edition, goals), asked(edition, goals))
    by_file = {file: place for place, one in enumerate(steps) for file in one.recipe.makes}
    for place, one in enumerate(steps):
        before = {*one.recipe.needs, *one.recipe.after} & by_file.keys()
        assert {*one.waits} == {by_file[file] for file in before}
        assert max(one.waits, default=-1) < place
    assert len(steps) == 22
    assert {*asked(edition, goals)} <= by_file.keys()


def test_a_damaged_kpi_stops_it_before_any_case_work(built: Path) -> None:
    file = built / "data" / "kpi" / "proposals" / "minimum.yml"
    file.write_text(file.read_text("utf-8").replace("unit: percent", "unit: parsec"), "utf-8")
    process = begun(built, "build", "107", "--kpi", "minimum", "--fraction", "0.002")
    out, error = process.communicate()
    assert (process.returncode, out) == (2, "")
    assert error.count("\n") == 1
    assert "minimum.yml, line 14: formula.unit: must be one of percent" in error
    assert not (built / "data" / "cases" / "107" / "synthetic-0.002").exists()


def test_it_says_why(built: Path, capsys: Capture) -> None:
    os.utime(built / "notebooks" / "02_kpi.ipynb")
    status, out, error = said(capsys, built, *BUILD, "--dry-run")
    assert (status, error) == (0, "")
    executed = f"reports/107/synthetic-{FRACTION}/notebooks/effective_closure_rate/02_kpi.ipynb"
    first, second, third, last = out.splitlines()
    assert first == "notebook 02_kpi: notebooks/02_kpi.ipynb is newer"
    assert second == f"html 02_kpi: {executed} is made again"
    assert third.startswith("links: ")
    assert last.startswith("manifest: ")


def test_what_two_steps_lack_is_said_once(built: Path) -> None:
    process = begun(built, "build", "110", "study", "--cases", "synthetic", "--fraction", "0.002")
    _, error = process.communicate()
    assert process.returncode == 2
    assert error.count("a synthetic extract of year 110 cannot be made") == 1


@pytest.mark.skipif(os.name == "nt", reason="groups of processes")
@pytest.mark.parametrize(("stopped", "says"), [(signal.SIGINT, 1), (signal.SIGTERM, 0)])
def test_stopped_it_leaves_nothing_running_and_nothing_half_written(
    built: Path, stopped: signal.Signals, says: int
) -> None:
    before = written(built)
    os.utime(built / "notebooks" / "01_cases.ipynb")
    process = begun(built, *BUILD)
    time.sleep(1.5)
    process.send_signal(stopped)
    _, error = process.communicate(timeout=20)
    assert process.returncode == 128 + stopped
    assert error.count("closurerate: stopped; ") == error.count("\n") == says
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)
    assert written(built) == before


def written(project: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in (project / "reports").rglob("*")}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("107", "raport"), "'raport' is nothing to build; did you mean 'report'"),
        (("107", "measured"), "'measured' is nothing to build"),
        (("106",), "data/years/106.yml is missing, which the author of the report supplies"),
        (("107", "--kpi", "minimun"), "no KPI has the id 'minimun'; did you mean 'minimum'"),
        (("107", "--kpi", "elsewhere.yml"), "must be in data/kpi or data/kpi/proposals"),
        (("107", "--fraction", "2"), "--fraction 2: must be over 0 and at most 1"),
        (("105",), "year 105 has no report: the first that can be made is of 106"),
        (
            ("107", "report", "--parameter", "a=1"),
            "--parameter a=1: is for a notebook of yours, and none is asked for (there is none",
        ),
        (("107", "--jobs", "0"), "'0' is not a whole number from 1"),
        (("2018",), "year 2018 is not a ROC year such as 107 (2018 is ROC year 107)"),
    ],
)
def test_a_slip_is_one_sentence(
    built: Path, capsys: Capture, arguments: tuple[str, ...], sentence: str
) -> None:
    before = tree(built)
    status, out, error = said(capsys, built, "build", *arguments)
    assert (status, out) == (2, "")
    assert error.count("\n") == 1
    assert sentence in error
    assert tree(built) == before


def test_without_notebooks_there_is_nothing_to_build(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "data" / "kpi").mkdir(parents=True)
    (tmp_path / "data" / "kpi" / "effective_closure_rate.yml").touch()
    status, _, error = said(capsys, tmp_path, "build", "107")
    assert status == 2
    assert "build inside a checkout" in error


# Steps -----------------------------------------------------------------------------------------
def step(name: str, *command: str, waits: tuple[int, ...] = ()) -> Again:
    return Again(Recipe((name,), (), command), f"{name} is missing", waits)


GOOD, BAD = ("completion", "bash"), ("profile", "--cases", "none.parquet", "--year", "107")


def test_a_step_waits_for_what_it_needs(tmp_path: Path) -> None:
    steps = [
        step("a", *GOOD),
        step("b", *GOOD, waits=(0,)),
        step("c", *GOOD, waits=(0,)),
        step("d", *GOOD, waits=(1, 2)),
    ]
    running: list[int] = []
    ended = list(run_steps(steps, 2, wait=lambda names: running.append(len(names))))
    names = [one.step.recipe.makes[0] for one in ended]
    assert (names[0], {*names[1:3]}, names[3]) == ("a", {"b", "c"}, "d")
    assert max(running) == 2
    assert all(one.status == 0 and "complete" in one.out and not one.error for one in ended)


def test_after_a_failure_none_is_begun(tmp_path: Path) -> None:
    steps = [
        step("a", *BAD, "--out", str(tmp_path / "a")),
        step("b", *GOOD, waits=(0,)),
        step("c", *GOOD),
    ]
    (ended,) = run_steps(steps, 1)
    assert ended.status == 2
    assert ended.error.startswith("closurerate: none.parquet")
    assert list(tmp_path.iterdir()) == []


# doctor ----------------------------------------------------------------------------------------
def test_doctor_says_what_is_stale_and_why(built: Path, capsys: Capture) -> None:
    about = f"built           report of 107, synthetic-{FRACTION}, effective_closure_rate: "
    status, out, _ = said(capsys, built, "doctor")
    assert status == 0
    assert f"ok    {about}up to date\n" in out
    assert "study of" not in out
    for what in ("Python", "packages", "disk", "font", "make", "definitions"):
        assert f"ok    {what:15} " in out, out
    os.utime(built / "data" / "worlds.yml")
    os.utime(built / "notebooks" / "02_kpi.ipynb")
    (built / "data" / "kpi" / "proposals" / "draft.yml").write_text("id: draft\n", "utf-8")
    status, out, _ = said(capsys, built, "doctor")
    assert status == 0
    assert "note  definition " in out
    assert "draft.yml" in out
    (line,) = (line for line in out.splitlines() if about in line)
    assert "stale: " in line
    assert line.endswith("(and 2 more); 10 steps")


def test_doctor_knows_what_is_wrong(
    built: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = built / "data" / "cases" / "107" / "extract"
    folder.mkdir()
    monkeypatch.setattr(doctor, "LEAST_DISK_GB", 10**9)
    with FileLock(folder / ".intake.lock"):
        status, out, _ = said(capsys, built, "doctor")
    assert status == 1
    assert "wrong disk " in out
    assert "data/cases/107/extract: an intake is writing there" in out
    (folder / ".intake-unfinished").mkdir()
    official = built / "data" / "kpi" / "effective_closure_rate.yml"
    official.write_text(official.read_text("utf-8").replace("unit: percent", "unit: x"), "utf-8")
    status, out, _ = said(capsys, built, "doctor", "--quiet")
    assert status == 1
    assert {line.split()[0] for line in out.splitlines()} == {"wrong"}
    assert "formula.unit: must be one of percent" in out
    _, out, _ = said(capsys, built, "doctor")
    assert "data/cases/107/extract: an intake was stopped there" in out
