"""Kill each command before each of its file operations: `python tests/crash_points.py`.

What the next run then finds is run again as make would, by the target alone. In the end the folder
must hold, to the byte, what an undisturbed run leaves, and nothing else. Every command starts once
in an empty folder and once over an earlier result.
"""

import argparse
import os
import shutil
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

import ibis.backends.duckdb  # noqa: F401
import nbformat
from nbformat import v4

from closurerate.cli import main

HEAVY = (
    "intake.take", "kpi.evaluate", "study.alternatives", "year.document", "press.export.html",
    "press.export.typst", "press.export.run", "study.thresholds.threshold_year",
    "intake.validation.document", "study.thresholds.scenario_file", "study.worlds.worlds",
    "study.worlds.world", "study.thresholds.repayments",
)  # fmt: skip
"""Imported once, not once a kill, as is Ibis's way to DuckDB."""

DATA = Path(__file__).resolve().parents[1] / "data"
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.truncate"}
HEADER = "執行案號,分署,案件種類,收案日期,終結日期,終結情形,移送金額,清償金額"
FACTS = {
    "title": "題", "subtitle": "", "language": "zh-Hant", "year": 107, "publisher": "署",
    "date": "2018-12-31", "date_text": "107年", "stamp": "", "terms": [], "synthetic_notice": "",
    "running_head": "題", "contents": False,
}  # fmt: skip


@dataclass(frozen=True)
class Command:
    """A command, by its arguments, and the file that make goes by; both below the project."""

    arguments: str
    target: str
    prepare: Callable[[Path, int], None]


def _extract(project: Path, number: int) -> None:
    """Put an extract in place; another number is another delivery."""
    path = project / "raw.csv"
    lines = [f"107-{n:08},臺北,罰鍰,107/03/08,,,1200,{number}" for n in range(5)]
    lines += [
        "107-9,臺北,罰鍰,107/03/08,107/04/01,部分繳清撤回,1000,600",
        "107-8,臺北,罰鍰,?,,,1,0",
    ]
    path.write_text("\n".join([HEADER, *lines]), encoding="utf-8")


def _cases(project: Path, number: int) -> None:
    """Take an extract in."""
    _extract(project, number)
    _run(project, f"{_INTAKE} --out data/cases/107/extract")


def _counted(project: Path, number: int) -> None:
    """Take an extract in and count it."""
    _cases(project, number)
    _run(project, COMMANDS["count"].arguments)


def _notebook(project: Path, number: int) -> None:
    made = v4.new_notebook(cells=[v4.new_markdown_cell(f"甲 {number}", id="cell-0")])
    made.metadata["closurerate"] = {"zh-Hant": FACTS}
    nbformat.write(made, project / "a.ipynb")


def _unexecuted(project: Path, number: int) -> None:
    """Take an extract in, and put a notebook in place that shows a number."""
    _cases(project, number)
    cells = [
        v4.new_code_cell('year = 107\ncases = "auto"', id="cell-0"),
        v4.new_code_cell(str(number), id="cell-1"),
    ]
    cells[0].metadata["tags"] = ["parameters"]
    made = v4.new_notebook(cells=cells)
    made.metadata["closurerate"] = {"title": {"zh-Hant": "題", "en": "title"}}
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "p", "language": "python"}
    nbformat.write(made, project / "a.ipynb")


def _thresholds(project: Path, number: int) -> None:
    _cases(project, number)
    (project / "in.csv").write_text(
        "ratio_ordinary,ratio_special,ratio_major,boundary_special_twd,boundary_major_twd\n"
        f"0.{number},0.6,0.75,200000,1000000\n"
    )


_INTAKE = "intake raw.csv --year 107 --max-rejects 1"
_OF = "--year 107 --cases data/cases/107/extract/cases.parquet --out data/cases/107/extract"
_KPI = "effective_closure_rate"
COMMANDS = {
    "synthetic": Command(
        "cases --year 107 --kind synthetic --fraction 0.0005 --out data/cases/107/s/cases.parquet",
        "data/cases/107/s/cases.parquet",
        lambda project, number: None,
    ),
    "definitions": Command(
        f"definitions --year 107 --kpi {_KPI} --out data/cases/107/definitions.{_KPI}",
        f"data/cases/107/definitions.{_KPI}",
        lambda project, number: None,
    ),
    "intake": Command(f"{_INTAKE} --out out", "out/cases.parquet", _extract),
    "profile": Command(
        f"profile {_OF}/profile.json", "data/cases/107/extract/profile.json", _cases
    ),
    "count": Command(
        f"count {_OF}/counts.{_KPI}.parquet --profile data/cases/107/extract/profile.json "
        f"--repayments data/cases/107/extract/repayments.{_KPI}.parquet",
        f"data/cases/107/extract/counts.{_KPI}.parquet",
        _cases,
    ),
    "repayments": Command(
        f"repayments {_OF}/repayments.{_KPI}.parquet",
        f"data/cases/107/extract/repayments.{_KPI}.parquet",
        _cases,
    ),
    "breakpoints": Command(
        "breakpoints --year 107 --out reports/restricted/breakpoints.csv",
        "reports/restricted/breakpoints.csv",
        _counted,
    ),
    "scenarios": Command(
        "scenarios --year 107 --cases data/cases/107/extract/cases.parquet --scenarios in.csv "
        "--by branch --out out/result.csv",
        "out/result.csv",
        _thresholds,
    ),
    "worlds": Command(
        f"worlds --year 107 --count 1 --fraction 0.0005 --out data/cases/107/s/worlds.{_KPI}.json",
        f"data/cases/107/s/worlds.{_KPI}.json",
        lambda project, number: None,
    ),
    "notebook": Command(
        "notebook a.ipynb --year 107 --cases extract --out out/a.ipynb", "out/a.ipynb", _unexecuted
    ),
    "html": Command("html a.ipynb --out out/a.html", "out/a.html", _notebook),
    "pdf": Command("pdf a.ipynb --out out/a.pdf", "out/a.pdf", _notebook),
    "new-year": Command("new-year 998", "data/years/998.yml", lambda project, number: None),
}


def _run(project: Path, arguments: str) -> int:
    return run_apart(project, lambda: main(arguments.split()))[0]


def run_apart(
    project: Path, act: Callable[[], int], survived: int | None = None
) -> tuple[int, int]:
    """Run something in a process of its own; return its status and its file operations.

    Parameters
    ----------
    project
        Folder in which it runs.
    act
        What is run; its result is the status.
    survived
        How many file operations it does before it is killed; None: it is not.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        with os.fdopen(reading) as pipe:
            done = int(pipe.read() or 0)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), done
    done = 0

    def dying(event: str, given: tuple) -> None:
        nonlocal done
        if event == "open":
            is_change = isinstance(given[0], str) and bool(given[2] & WRITING)
        else:
            is_change = event in CHANGES
        # A name without its folder is of a folder that is held open, while it is removed.
        path = Path(os.fspath(given[0])) if is_change else Path()
        if is_change and (not path.is_absolute() or path.is_relative_to(project)):
            if done == survived:
                os._exit(9)
            done += 1

    status = 1
    try:
        os.chdir(project)
        told = os.fdopen(os.dup(2), "w")
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        sys.addaudithook(dying)
        status = act()
    except BaseException:  # noqa: BLE001
        traceback.print_exc(file=told)
    os.write(writing, str(done).encode())
    os._exit(status)


def tree(project: Path) -> dict[str, bytes | None]:
    """Return every file and folder with its bytes; the lock of an intake stays, empty."""
    return {
        str(path.relative_to(project)): path.read_bytes() if path.is_file() else None
        for path in sorted(project.rglob("*"))
        if path.name != ".intake.lock"
    }


def faults(start: Path, target: str, act: Callable[[], int]) -> tuple[int, list[str]]:
    """Kill something at every point; return how many there are and what was not as it must be.

    Parameters
    ----------
    start
        The folder that it starts from.
    target
        The file in it that make goes by.
    act
        What is run in a copy of the folder, beside it.
    """
    project = start.with_name("project")
    shutil.copytree(start, project)
    made = project / target
    old = made.read_bytes() if made.exists() else None
    status, points = run_apart(project, act)
    assert status == 0, f"status {status}"
    wanted, new = tree(project), made.read_bytes()
    found = []
    for survived in range(points):
        shutil.rmtree(project)
        shutil.copytree(start, project)
        killed, _ = run_apart(project, act, survived)
        is_made = made.exists() and made.read_bytes() == new != old
        status = 0 if is_made else run_apart(project, act)[0]
        left = tree(project)
        odd = [
            path for path in sorted({*left, *wanted}) if left.get(path, 0) != wanted.get(path, 0)
        ]
        if killed != 9 or status or odd:
            then = "up to date" if is_made else f"status {status}"
            found.append(f"killed before operation {survived} ({killed}), then {then}: {odd}")
    shutil.rmtree(project)
    return points, found


def begin(start: Path) -> None:
    """Make a project without case data."""
    shutil.copytree(DATA, start / "data", ignore=shutil.ignore_patterns("cases", "raw"))
    (start / "notebooks").mkdir()


def _faults_of(command: Command, folder: Path, *, is_first: bool) -> tuple[int, list[str]]:
    start = folder / "start"
    begin(start)
    command.prepare(start, 1)
    if not is_first:
        assert _run(start, command.arguments) == 0
        command.prepare(start, 2)
    return faults(start, command.target, lambda: main(command.arguments.split()))


def run() -> int:
    """Run the commands that are named, or all; tell each fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=list(COMMANDS), metavar="NAME")
    parser.add_argument("--first", action="store_true", help="only in an empty folder")
    options = parser.parse_args()
    for name in HEAVY:
        import_module(f"closurerate.{name}")
    told: list[str] = []
    for name in options.names:
        starts = (True,) if options.first or name == "new-year" else (True, False)
        for is_first in starts:
            with TemporaryDirectory() as folder:
                points, found = _faults_of(
                    COMMANDS[name], Path(folder).resolve(), is_first=is_first
                )
            sys.stdout.write(f"{name}: {points} points, {len(found)} faults\n")
            sys.stdout.flush()
            told += [f"{name}, {line}" for line in found]
    sys.stdout.write("".join(f"{line}\n" for line in told))
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(run())
