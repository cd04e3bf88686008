"""Running a notebook: parameters, refusals, and a copy that is the same each time."""

import os
import stat
import sys
import tempfile
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode, v4
from papermill.exceptions import PapermillExecutionError

from closurerate.errors import InputError
from closurerate.press.export import run
from closurerate.press.export.run import repeatable, run_notebook


def notebook(path: Path, *code: str, declared: str = "year = 107\ncases = 'auto'") -> Path:
    cells = [v4.new_code_cell(declared, metadata={"tags": ["parameters"]})] if declared else []
    made = v4.new_notebook(cells=[*cells, *map(v4.new_code_cell, code)])
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "p", "language": "python"}
    nbformat.write(made, path)
    return path


def refuse_to_run(*arguments: object, **keywords: object) -> None:
    raise AssertionError("no kernel may be started")


@pytest.mark.parametrize(
    ("declared", "given", "said"),
    [
        ("year = 107", {"yaer": 107}, r"some\.ipynb: has no parameter 'yaer'; it declares year\."),
        ("year = 107", {"year": 107, "kpi": "x"}, r"has no parameter 'kpi'; it declares year\."),
        ("", {"year": 107}, r"has no parameter 'year'; it declares none\."),
    ],
)
def test_an_unknown_parameter_is_refused_before_anything_runs(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    declared: str,
    given: dict[str, int | str],
    said: str,
) -> None:
    path, out = notebook(tmp_path / "some.ipynb", declared=declared), tmp_path / "out.ipynb"
    out.write_bytes(b"before")
    monkeypatch.setattr("papermill.execute_notebook", refuse_to_run)
    with pytest.raises(InputError, match=said):
        run_notebook(path, out, given)
    assert out.read_bytes() == b"before"


def test_a_kernel_looks_for_garbage_seldom(tmp_path: Path) -> None:
    path, out = (
        notebook(tmp_path / "some.ipynb", "import gc\ngc.get_threshold()[0]"),
        tmp_path / "o",
    )
    run_notebook(path, out, {})
    assert "200000" in out.read_text("utf-8")


@pytest.mark.skipif(os.name != "posix", reason="sockets have names on POSIX systems only")
@pytest.mark.parametrize(("folder", "spoken_to"), [("short", "ipc"), ("long" * 30, "tcp")])
def test_a_kernel_takes_no_port_that_another_may_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str, spoken_to: str
) -> None:
    sockets, out = tmp_path / folder, tmp_path / "o"
    sockets.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(sockets))
    asks = "from ipykernel.kernelapp import IPKernelApp as app\nprint(app.instance().transport)"
    run_notebook(notebook(tmp_path / "some.ipynb", asks), out, {})
    assert nbformat.read(out, 4).cells[-1].outputs[0].text == f"{spoken_to}\n"
    assert list(sockets.iterdir()) == []


def test_a_notebook_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such notebook"):
        run_notebook(tmp_path / "none.ipynb", tmp_path / "out" / "out.ipynb", {})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["bad input", "defect"])
def test_a_cell_that_stops_leaves_what_was_there(tmp_path: Path, kind: str) -> None:
    code = {
        "bad input": (
            "from closurerate.errors import InputError\nraise InputError('x.yml: is bad.')"
        ),
        "defect": "1 / 0",
    }[kind]
    path, out = notebook(tmp_path / "some.ipynb", code), tmp_path / "out.ipynb"
    out.write_bytes(b"before")
    expected, said = {
        "bad input": (InputError, r"^x\.yml: is bad\.$"),
        "defect": (PapermillExecutionError, "ZeroDivisionError"),
    }[kind]
    with pytest.raises(expected, match=said):
        run_notebook(path, out, {"year": 108})
    assert out.read_bytes() == b"before"
    assert sorted(item.name for item in tmp_path.iterdir()) == ["out.ipynb", "some.ipynb"]


def test_parameters_reach_the_cells_and_two_runs_are_the_same(tmp_path: Path) -> None:
    path = notebook(tmp_path / "some.ipynb", "year, cases")
    before = path.read_bytes()
    one, other = tmp_path / "deep" / "one.ipynb", tmp_path / "elsewhere" / "other.ipynb"
    for out in (one, other):
        run_notebook(path, out, {"year": 108}, facts=FACTS)
    assert path.read_bytes() == before
    assert one.read_bytes() == other.read_bytes()
    assert sorted(item.name for item in one.parent.iterdir()) == ["one.ipynb", "one.shown.json"]
    executed = nbformat.read(one, as_version=4)
    assert executed.cells[-1].outputs[0].data["text/plain"] == "(108, 'auto')"
    assert executed.metadata["closurerate"] == {"en": {"title": "108"}}
    assert str(tmp_path) not in one.read_text(encoding="utf-8")
    assert stat.S_IMODE(one.stat().st_mode) & stat.S_IROTH or sys.platform == "win32"


FACTS = "from IPython.display import JSON, display\ndisplay(JSON({'en': {'title': str(year)}}))"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import sys\nsys.exit(0)", "a cell ended it before its last one"),
        ("import os\nos._exit(0)", "its kernel died: a cell ended it"),
    ],
)
def test_a_notebook_that_ends_itself_is_refused(tmp_path: Path, code: str, said: str) -> None:
    path, out = notebook(tmp_path / "some.ipynb", code), tmp_path / "out.ipynb"
    with pytest.raises(InputError, match=rf"some\.ipynb: {said}"):
        run_notebook(path, out, {"year": 108}, facts=FACTS)
    assert not out.exists()


def test_what_a_notebook_lets_cells_show_leaves_its_facts(tmp_path: Path) -> None:
    code = "get_ipython().ast_node_interactivity = 'none'"
    path, out = notebook(tmp_path / "some.ipynb", code), tmp_path / "out.ipynb"
    run_notebook(path, out, {"year": 108}, facts=FACTS)
    assert nbformat.read(out, as_version=4).metadata["closurerate"] == {"en": {"title": "108"}}


@pytest.mark.parametrize(
    ("kernelspec", "said"),
    [
        (None, "does not say what runs it"),
        (
            {"name": "cobol", "display_name": "C", "language": "python"},
            "there is no kernel",
        ),
    ],
)
def test_a_notebook_without_a_kernel_is_refused(
    tmp_path: Path, kernelspec: dict[str, str] | None, said: str
) -> None:
    path, out = notebook(tmp_path / "some.ipynb", "1"), tmp_path / "out.ipynb"
    read = nbformat.read(path, as_version=4)
    del read.metadata["kernelspec"]
    if kernelspec is not None:
        read.metadata["kernelspec"] = kernelspec
    nbformat.write(read, path)
    with pytest.raises(InputError, match=rf"some\.ipynb: {said}"):
        run_notebook(path, out, {"year": 108})
    assert not out.exists()


def run_once(stamp: str) -> NotebookNode:
    """An executed notebook as papermill leaves it, with what differs from run to run."""
    cell = v4.new_code_cell("1", execution_count=1)
    cell.metadata["papermill"] = {"start_time": stamp, "duration": 1.5}
    cell.metadata["execution"] = {"iopub.status.busy": stamp}
    cell["id"] = f"random-{stamp}"
    made = v4.new_notebook(cells=[cell])
    made.metadata["papermill"] = {"input_path": f"somewhere/{stamp}", "start_time": stamp}
    made.metadata["language_info"] = {"name": "python", "version": f"3.11.{stamp}"}
    return made


def test_what_differs_from_run_to_run_is_taken_out() -> None:
    one, other = repeatable(run_once("1")), repeatable(run_once("2"))
    assert one == other
    assert nbformat.writes(one) == nbformat.writes(other)
    nbformat.validate(one)
    assert one.cells[0].source == "1"


def test_a_progress_bar_is_for_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal:
        def isatty(self) -> bool:
            return True

    assert run._progress_bar("01_cases", 1) is False
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setenv("TERM", "xterm")
    bar = run._progress_bar("01_cases", 1)
    assert isinstance(bar, dict)
    assert (bar["position"], bar["desc"].strip()) == (1, "01_cases")
    monkeypatch.setenv("TERM", "dumb")
    assert run._progress_bar("01_cases", 1) is False


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "its kernel died"),
        ("raise MemoryError('no room for 8 GiB')", r"to its end \(MemoryError: no room for 8 GiB"),
        ("raise MemoryError", r"to its end \(MemoryError\)"),
    ],
)
def test_what_the_machine_does_to_a_kernel_is_one_sentence(
    tmp_path: Path, code: str, said: str
) -> None:
    path, out = notebook(tmp_path / "some.ipynb", code), tmp_path / "out.ipynb"
    out.write_bytes(b"before")
    with pytest.raises(InputError, match=rf"some\.ipynb: .*{said}"):
        run_notebook(path, out, {})
    assert out.read_bytes() == b"before"
    assert sorted(item.name for item in tmp_path.iterdir()) == ["out.ipynb", "some.ipynb"]
