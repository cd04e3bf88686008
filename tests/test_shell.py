"""The shell as its people use it: quiet, in colours, completed, documented."""

import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from closurerate.cli import main, parser_of_all
from closurerate.cli.options import coloured
from closurerate.press.export.run import _progress_bar
from project_copy import ROOT

Capture = pytest.CaptureFixture[str]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "variables", "is_coloured"),
    [
        (Terminal(), {}, True),
        (io.StringIO(), {}, False),
        (Terminal(), {"NO_COLOR": "1"}, False),
        (Terminal(), {"NO_COLOR": ""}, True),
        (Terminal(), {"TERM": "dumb"}, False),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="goes by the terminal there")
def test_colours_show_only_on_a_terminal_that_wants_them(
    stream: io.StringIO,
    variables: dict[str, str],
    is_coloured: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert coloured("stale", "red", stream) == ("\x1b[31mstale\x1b[0m" if is_coloured else "stale")


def test_an_error_is_red_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", Terminal())
    assert main(["build", "107", "--kpi", "closure"]) == 2
    assert sys.stderr.getvalue().startswith("\x1b[31mclosurerate:\x1b[0m no KPI has")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("biuld 107", "argument COMMAND: there is no 'biuld'; did you mean 'build'; "),
        ("build 107 --fracton 0.01", "--fracton 0.01; did you mean '--fraction'; "),
        ("export 107 --out x --language fr", "there is no 'fr'; allowed are zh-Hant, en; "),
        ("export 107 --out x --kpi closure_rate", "no KPI has the id 'closure_rate'; "),
        ("doctor now", "unrecognized arguments: now; `closurerate doctor --help` "),
    ],
)
def test_a_slip_is_told_with_what_was_meant(
    given: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(given.split()) == 2
    said = capsys.readouterr().err
    assert told in said
    assert said.count("\n") == 1
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize("given", [("--quiet", "{}"), ("{}", "--quiet")])
def test_quiet_tells_nothing_of_what_goes_well(
    given: tuple[str, str], tmp_path: Path, panel_files: dict[int, Path], capfd: Capture
) -> None:
    cases = str(panel_files[107])
    command = ["profile", "--cases", cases, "--year", "107", "--out", str(tmp_path / "p.json")]
    schemas = ["schemas", "--out", str(tmp_path / "schemas")]
    for one in (command, schemas):
        assert main(["--quiet", *one] if given[0] == "--quiet" else [*one, "--quiet"]) == 0
    assert capfd.readouterr() == ("", "")
    assert main(schemas) == 0
    assert capfd.readouterr().out


def test_quiet_leaves_what_was_asked_for_and_what_is_wrong(
    panel_files: dict[int, Path], capfd: Capture
) -> None:
    assert main(["--quiet", "kpi", "--cases", str(panel_files[107]), "--year", "107"]) == 0
    assert "36.49 %" in capfd.readouterr().out
    assert main(["--quiet", "definitions", "--year", "107"]) == 0
    assert "effective_closure_rate" in capfd.readouterr().out
    assert main(["--quiet", "kpi", "--cases", "none.parquet", "--year", "107"]) == 2
    assert capfd.readouterr().err.startswith("closurerate: none.parquet")


def test_quiet_shows_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", Terminal())
    assert _progress_bar("02_kpi", 1)
    assert _progress_bar("02_kpi", None) is False
    lines = []
    monkeypatch.setattr(
        "closurerate.press.export.run.run_notebook", lambda *_, line, **__: lines.append(line)
    )
    monkeypatch.setattr("closurerate.cases.source.read_source", lambda _: None)
    notebook = ["notebook", str(ROOT / "notebooks/02_kpi.ipynb"), "--year", "107", "--out", "x"]
    assert [main([*notebook, "--line", "1"]), main([*notebook, "--quiet"])] == [0, 0]
    assert lines == [1, None]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_completion_knows_every_command(shell: str, capsys: Capture) -> None:
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    (commands,) = (a.choices for a in parser_of_all()._actions if isinstance(a.choices, dict))
    assert len(commands) > 15
    assert [name for name in commands if name not in script] == []


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash on this machine")
@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (("", ""), {"build", "doctor", "kpi", "new-year"}),
        (("bui",), {"build"}),
        (("build", "107", "--cases", "e"), {"extract"}),
        (("kpi", "--by", ""), {"branch", "category", "tier"}),
        (("kpi", "--cases", "ca"), {"cases.parquet"}),
        (("kpi", "--ver"), {"--version"}),
        (("build", "107", ""), {"report", "study", "cases", "02_kpi", "08_mine"}),
        (("build", "107", "study", "08"), {"08_mine"}),
        (("build", "107", "--jobs", "3", "stu"), {"study"}),
    ],
)
def test_bash_completes(
    typed: tuple[str, ...], expected: set[str], tmp_path: Path, capsys: Capture
) -> None:
    (tmp_path / "cases.parquet").touch()
    for folder in ("data/kpi", "notebooks", "bin"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "notebooks" / "08_mine.ipynb").touch()
    command = tmp_path / "bin" / "closurerate"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m closurerate.cli "$@"\n')
    command.chmod(0o755)
    assert main(["completion", "bash"]) == 0
    asked = """
words=("$@")
COMP_WORDS=(closurerate "${words[@]}") COMP_CWORD=${#words[@]}
entry=$(complete -p closurerate | sed -n 's/.*-F \\([^ ]*\\).*/\\1/p')
"$entry" closurerate "${words[-1]}" x 2>/dev/null; printf '%s\\n' "${COMPREPLY[@]}"
"""
    script = capsys.readouterr().out + asked
    words = typed[1:] if typed[0] == "" else typed
    path = os.pathsep.join((str(command.parent), os.environ["PATH"]))
    done = subprocess.run(
        ["bash", "-c", script, "bash", *words],
        cwd=tmp_path,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
    )
    assert expected <= set(done.stdout.split()), done.stdout + done.stderr
