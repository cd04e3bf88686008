"""A file is written whole or not at all, over nothing but a file, and a full disk is told."""

import errno
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

import crash_points
from closurerate.cli import main
from closurerate.errors import InputError, machine_said
from closurerate.intake.left.delivery import delivering
from closurerate.records.writing import replacing
from crash_points import COMMANDS, tree


def test_a_folder_is_no_file_to_write(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder"), replacing(tmp_path):
        pass
    assert not list(tmp_path.iterdir())


def test_a_failure_leaves_what_was_there_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    target.write_text("before", encoding="utf-8")

    def fail() -> None:
        with replacing(target) as beside:
            beside.write_text("half", encoding="utf-8")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert target.read_text(encoding="utf-8") == "before"
    assert list(tmp_path.iterdir()) == [target]


def test_success_puts_it_in_place(tmp_path: Path) -> None:
    target = tmp_path / "new" / "a.txt"
    with replacing(target) as beside:
        beside.write_text("after", encoding="utf-8")
    assert target.read_text(encoding="utf-8") == "after"
    assert list(target.parent.iterdir()) == [target]


def test_what_a_killed_run_left_is_swept_and_what_another_run_writes_stays(tmp_path: Path) -> None:
    left = tmp_path / ".closurerate-0.partial"
    left.write_text("half")
    with replacing(tmp_path / "a.txt") as first:
        first.write_text("first")
        with replacing(tmp_path / "b.txt") as second:
            second.write_text("second")
            assert not left.exists()
        assert first.exists()
    assert {path.name for path in tmp_path.iterdir()} == {"a.txt", "b.txt"}


# What is there already -----------------------------------------------------------------------
def fifo(path: Path) -> None:
    os.mkfifo(path)


def listening(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))


ODD: dict[str, Callable[[Path], object]] = {
    "is a folder": Path.mkdir,
    "is no ordinary file": fifo,
    "device, a pipe or a socket": listening,
}
OUTS = {
    "cases": "cases --year 107 --kind synthetic --fraction 0.001",
    "profile": "profile --year 107 --cases none.parquet",
    "count": "count --year 107 --cases none.parquet",
    "repayments": "repayments --year 107 --cases none.parquet",
    "scenarios": "scenarios --year 107 --cases none.parquet --scenarios none.csv",
    "worlds": "worlds --year 107 --fraction 0.001",
    "breakpoints": "breakpoints --year 107",
    "definitions": "definitions --year 107 --kpi none",
    "notebook": "notebook none.ipynb --year 107",
    "html": "html none.ipynb",
    "pdf": "pdf none.ipynb",
}


@pytest.mark.skipif(os.name == "nt", reason="devices and pipes are of POSIX")
@pytest.mark.parametrize("command", OUTS)
def test_no_command_writes_over_what_is_no_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    for number, (said, make) in enumerate(ODD.items()):
        path = tmp_path / str(number)
        make(path)
        for out in (path, tmp_path / f"link to {number}"):
            if out != path:
                out.symlink_to(path)
            before = path.lstat()
            assert main([*OUTS[command].split(), "--out", str(out)]) == 2
            error = capsys.readouterr().err
            assert error.startswith(f"closurerate: {out}: ")
            assert said in error
            assert error.count("\n") == 1
            assert (path.lstat().st_ino, path.lstat().st_mode) == (before.st_ino, before.st_mode)
    assert main([*OUTS[command].split(), "--out", "/dev/null"]) == 2
    assert Path("/dev/null").is_char_device()


@pytest.mark.skipif(os.name == "nt", reason="devices and pipes are of POSIX")
def test_no_result_of_an_intake_is_moved_over_what_is_no_file(tmp_path: Path) -> None:
    with (
        pytest.raises(InputError, match="/dev/null"),
        delivering(Path("/dev/null"), lambda _: None),
    ):
        pass
    for number, (said, make) in enumerate({**ODD, "is a link": None}.items()):
        out = tmp_path / str(number)
        out.mkdir()
        if make is None:
            (out / "rejects.csv").symlink_to(tmp_path / "elsewhere.csv")
        else:
            make(out / "rejects.csv")
        with pytest.raises(InputError, match=said), delivering(out, lambda _: None):
            pass
        assert {path.name for path in out.iterdir()} <= {"rejects.csv", ".intake.lock"}


def test_a_link_stays_and_the_file_it_names_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real/a.txt").write_text("before")
    for name, link in (("real/a.txt", "one"), ("real/new.txt", "two")):
        (tmp_path / link).symlink_to(tmp_path / name)
        with replacing(tmp_path / link) as partial:
            partial.write_text("after")
        assert (tmp_path / link).is_symlink()
        assert (tmp_path / name).read_text() == "after"


def test_a_long_name_is_written(tmp_path: Path) -> None:
    with replacing(tmp_path / ("a" * 250)) as partial:
        partial.write_text("all")
    assert (tmp_path / ("a" * 250)).read_text() == "all"


# Killed anywhere -----------------------------------------------------------------------------
@pytest.mark.skipif(os.name == "nt", reason="fork is of POSIX; `make crash` runs all commands")
def test_a_command_killed_at_any_point_is_made_good_by_the_next_run() -> None:
    done = subprocess.run(
        [sys.executable, crash_points.__file__, "--first", "definitions", "new-year"],
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "definitions: 12 points, 0 faults" in done.stdout


# A machine that refuses ----------------------------------------------------------------------
REFUSALS = {
    "full": OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
    "quota": OSError(errno.EDQUOT, os.strerror(errno.EDQUOT)),
    "broken": OSError(errno.EIO, os.strerror(errno.EIO)),
    "read-only": OSError(errno.EROFS, os.strerror(errno.EROFS)),
    "forbidden": PermissionError(errno.EACCES, os.strerror(errno.EACCES), "there"),
    "engine": duckdb.IOException('IO Error: Could not write file "x": No space left on device'),
    "memory": duckdb.OutOfMemoryException("Out of Memory Error: could not allocate block"),
    "wrapped": RuntimeError("write failed: No space left on device (os error 28)"),
}


@pytest.mark.parametrize("refusal", REFUSALS)
def test_what_the_machine_refuses_is_one_sentence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    refusal: str,
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise REFUSALS[refusal]

    monkeypatch.setattr("closurerate.records.new_year.new_year_skeleton", refuse)
    assert main(["new-year", "108"]) == 2
    error = capsys.readouterr().err
    assert error.startswith("closurerate: the result could not be written (")
    assert error.endswith("what was there is as it was.\n")
    assert error.count("\n") == 1


def test_a_fault_of_our_own_is_no_refusal_of_the_machine() -> None:
    assert machine_said(KeyError("x")) is None
    error = KeyError("y")
    error.__context__ = OSError(errno.ENOENT, "no such file")
    assert machine_said(error) is None
    error.__cause__ = OSError(errno.ENOSPC, "no room")
    assert machine_said(error) == "[Errno 28] no room"


FULL = """
import resource, signal, sys
from closurerate.cli import main
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (8, 8))
sys.exit(main(sys.argv[1:]))
"""


def files(project: Path) -> dict[str, bytes | None]:
    """Return every file with its bytes; a folder may have been made."""
    return {name: content for name, content in tree(project).items() if content is not None}


QUICK_IN_FULL = ("synthetic", "count", "html", "pdf")


@pytest.mark.skipif(os.name == "nt", reason="RLIMIT_FSIZE is of POSIX")
@pytest.mark.parametrize(
    "name",
    [
        name if name in QUICK_IN_FULL else pytest.param(name, marks=pytest.mark.exhaustive)
        for name in COMMANDS
    ],
)
def test_a_full_disk_leaves_nothing_half_written(tmp_path: Path, name: str) -> None:
    command = COMMANDS[name]
    crash_points.begin(tmp_path)
    command.prepare(tmp_path, 1)
    before = files(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", FULL, *command.arguments.split()],
        cwd=tmp_path, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    where = command.arguments.partition(" --out ")[2].partition(" ")[0]
    said = f"closurerate: {where}: " if where else "closurerate: "
    assert done.stderr.splitlines()[-1].startswith(f"{said}the result could not be written (")
    assert "Traceback" not in done.stderr
    assert files(tmp_path) == before
