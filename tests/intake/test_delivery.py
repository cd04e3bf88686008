"""A result is whole at any moment: kills, full disks, second runs and folders that refuse."""

import json
import os
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from closurerate.errors import InputError
from closurerate.intake.left.delivery import OUTPUTS, delivering
from closurerate.intake.plan import SourceOfRows, plan
from closurerate.intake.take import taking
from crash_points import faults
from extract_samples import DATA

HEADER = "執行案號,分署,案件種類,收案日期,終結日期,終結情形,移送金額,清償金額"
MADE = ("cases.parquet", "intake.json", "rejects.csv", "previous/cases.parquet", "source.json")


def silent(_: str) -> None:
    pass


def write_extract(path: Path, count: int, paid: int = 0) -> Path:
    lines = (f"107-{n:08},臺北,罰鍰,107/03/08,,,1200,{paid}" for n in range(count))
    path.write_text("\n".join([HEADER, *lines]), encoding="utf-8")
    return path


def contents(folder: Path) -> dict[str, bytes]:
    """Return what a reader of the folder sees: all but hidden entries, by path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.relative_to(folder).parts[0].startswith(".")
    }


def take(source: Path, out: Path) -> dict[str, bytes]:
    with taking(plan(107, (SourceOfRows(source),), DATA), out):
        pass
    return contents(out)


def deliver(folder: Path, content: str, names: tuple[str, ...]) -> None:
    with delivering(folder, silent) as new:
        (new / "previous").mkdir()
        (new / "scratch").write_text("thrown away")
        for name in names:
            (new / name).write_text(content)


# Folders that refuse -----------------------------------------------------------------------------
@pytest.mark.parametrize("below", ["", "further/down"])
def test_a_file_where_the_folder_belongs(tmp_path: Path, below: str) -> None:
    (tmp_path / "out").write_text("a file")
    out = tmp_path / "out" / below if below else tmp_path / "out"
    with pytest.raises(InputError, match=r"out.*cannot be made \(.+\); name a folder\.$"):
        take(write_extract(tmp_path / "a.csv", 3), out)
    assert (tmp_path / "out").read_text() == "a file"


@pytest.mark.skipif(os.name == "nt" or os.getuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_only_be_read(tmp_path: Path) -> None:
    out = tmp_path / "out"
    before = take(write_extract(tmp_path / "a.csv", 3), out)
    out.chmod(0o555)
    with pytest.raises(InputError, match="cannot be written"):
        take(write_extract(tmp_path / "b.csv", 4), out)
    out.chmod(0o755)
    assert contents(out) == before


def test_a_run_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    deliver(tmp_path, "old", MADE)
    before = contents(tmp_path)
    with pytest.raises(FileNotFoundError), delivering(tmp_path, silent) as new:
        (new / "none").rename(new / "cases.parquet")
    assert contents(tmp_path) == before
    assert sorted(path.name for path in tmp_path.glob(".*")) in ([".intake.lock"], [])


def test_only_outputs_are_moved_and_what_is_no_more_made_goes(tmp_path: Path) -> None:
    (tmp_path / "profile.json").write_text("of somebody else")
    deliver(tmp_path, "old", (*MADE, "changes.parquet"))
    deliver(tmp_path, "new", MADE[:3])
    assert contents(tmp_path) == {
        "profile.json": b"of somebody else",
        **dict.fromkeys(MADE[:3], b"new"),
    }


# Moving, cut off anywhere ------------------------------------------------------------------------
class Killed(BaseException):
    pass


@pytest.mark.parametrize("call", ["replace", "unlink", "rename"])
@pytest.mark.parametrize("survived", range(len(MADE) + 2))
def test_a_result_half_moved_is_finished_by_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, survived: int, call: str
) -> None:
    deliver(tmp_path, "old", MADE[:3])
    old = contents(tmp_path)
    real, calls = getattr(Path, call), iter(range(100))

    def dying(self: Path, *arguments: object, **options: object) -> object:
        if not self.name.endswith("lock") and next(calls) >= survived:
            raise Killed
        return real(self, *arguments, **options)

    monkeypatch.setattr(Path, call, dying)
    try:
        deliver(tmp_path, "new", MADE)
        killed = False
    except Killed:
        killed = True
    monkeypatch.undo()
    assert killed or survived or call == "unlink"
    with pytest.raises(InputError), delivering(tmp_path, silent):
        raise InputError("whatever is wrong with the next one.")
    found = contents(tmp_path)
    assert found in (old, dict.fromkeys(sorted(MADE), b"new"))
    assert not killed or call == "rename" or found != old
    assert found.keys() <= set(OUTPUTS)


def test_the_cases_are_moved_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What make finds old after a kill is made again."""
    moved = []
    real = Path.replace
    monkeypatch.setattr(Path, "replace", lambda s, t: (moved.append(Path(t).name), real(s, t))[1])
    deliver(tmp_path, "new", MADE)
    assert moved[-2:] == [".intake-cases", "cases.parquet"]
    assert len([name for name in moved if not name.startswith(".")]) == len(MADE)


@pytest.mark.skipif(os.name == "nt", reason="fork is of POSIX")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.parametrize("earlier", [(), MADE[:3], (*MADE, "changes.parquet")])
def test_a_delivery_killed_at_any_point_is_made_good_by_the_next(
    tmp_path: Path, earlier: tuple[str, ...]
) -> None:
    """Also where make has no next run, as it finds the cases new: nothing else is left then."""
    start = tmp_path / "start"
    start.mkdir()
    if earlier:
        deliver(start, "old", earlier)
    points, found = faults(start, "cases.parquet", lambda: deliver(Path(), "new", MADE) or 0)
    assert not found
    assert points > 20


# A second run ------------------------------------------------------------------------------------
def test_a_second_run_waits_and_says_so(tmp_path: Path) -> None:
    told: list[str] = []
    order: list[str] = []

    def second() -> None:
        with delivering(tmp_path, told.append) as new:
            order.append("second")
            (new / "cases.parquet").write_text("second")

    with delivering(tmp_path, silent) as new:
        (new / "cases.parquet").write_text("first")
        other = threading.Thread(target=second)
        other.start()
        while not told:
            time.sleep(0.01)
        order.append("first")
    other.join(10)
    assert order == ["first", "second"]
    assert told == [f"{tmp_path}: another run is writing here; waiting until it has finished."]
    assert contents(tmp_path) == {"cases.parquet": b"second"}


# Real runs, killed or without room ---------------------------------------------------------------
BY_COMMAND = """
import sys
from closurerate.cli import main
{before}
sys.exit(main(["intake", sys.argv[1], "--year", "107", "--out", sys.argv[2]]))
"""
# The command without its report, which takes most of the time.
TAKEN = """
import sys
from pathlib import Path
from closurerate.intake.plan import SourceOfRows, plan
from closurerate.intake.take import taking
with taking(plan(107, (SourceOfRows(Path(sys.argv[1])),), Path("data")), Path(sys.argv[2])):
    pass
"""


def start(source: Path, out: Path, program: str = TAKEN) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program, str(source), str(out)],
        cwd=DATA.parent, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        encoding="utf-8",
    )  # fmt: skip


def kill_at_random(folder: Path, rows: int, kills: int, seed: int) -> int:
    """Kill runs at random moments (`make fuzz`); each leaves a whole result, and the next run too.

    Returns how many of them were killed before they ended by themselves.
    """
    draw = random.Random(seed)
    sources = [write_extract(folder / f"{n}.csv", rows, paid=n) for n in (1, 2)]
    out = folder / "out"
    wanted = [_cases_of(take(source, folder / source.stem)) for source in sources]
    started = time.monotonic()
    first = start(sources[0], out)
    _, said = first.communicate()
    assert first.returncode == 0, said
    lasting = time.monotonic() - started
    killed = 0
    for number in range(kills):
        run = start(sources[(number + 1) % 2], out)
        time.sleep(draw.uniform(0, 1.1 * lasting))
        killed += run.poll() is None
        run.kill()
        run.communicate()
        # What is seen now may be half moved, yet each file is a whole one; the next run settles.
        with pytest.raises(InputError), delivering(out, silent):
            raise InputError("the next run has nothing to take in.")
        found = contents(out)
        assert _cases_of(found) in wanted
        assert f'"rows": {rows}' in found["intake.json"].decode()
        assert _file_name(found) == sources[wanted.index(_cases_of(found))].name
        assert not [path for path in out.glob(".intake-*")]
    return killed


def _cases_of(found: dict[str, bytes]) -> bytes:
    return found["cases.parquet"]


def _file_name(found: dict[str, bytes]) -> str:
    return json.loads(found["intake.json"])["files"][0]["name"]


@pytest.mark.skipif(os.name == "nt", reason="RLIMIT_FSIZE is of POSIX")
@pytest.mark.parametrize("room", [0, 60_000])
def test_a_full_disk_leaves_the_earlier_result(tmp_path: Path, room: int) -> None:
    out = tmp_path / "out"
    before = take(write_extract(tmp_path / "a.csv", 10), out)
    limit = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({room}, {room}))"
    )
    run = start(write_extract(tmp_path / "b.csv", 20_000), out, BY_COMMAND.format(before=limit))
    said, error = run.communicate(timeout=120)
    assert run.returncode == 2, error
    last = error.splitlines()[-1]
    assert last.startswith(f"closurerate: {out}: the result could not be written (")
    assert last.endswith("what was there is as it was.")
    assert "Traceback" not in error
    assert said == ""
    assert contents(out) == before
