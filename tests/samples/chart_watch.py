"""Holds charts to the rules while they are drawn for a report, in the kernels that draw them."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from matplotlib.figure import Figure

from chart_rules import faults_of
from closurerate.press.print import chart
from closurerate.press.print.style import chart_style
from closurerate.press.print.svg import save_svg

_STARTUP = """\
import sys
sys.path.insert(0, {samples!r})
from chart_watch import watch
watch({folder!r})
"""


@contextmanager
def charts_watched(folder: Path) -> Iterator[None]:
    """Let each kernel that starts meanwhile note its charts' faults in a file of this folder."""
    startup = folder / "profile_default" / "startup" / "watch.py"
    startup.parent.mkdir(parents=True, exist_ok=True)
    samples = str(Path(__file__).parent)
    startup.write_text(_STARTUP.format(samples=samples, folder=str(folder)), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IPYTHONDIR", str(folder))
        yield


def watch(folder: str) -> None:
    """Note the language and the faults of every chart that this process saves from now on."""
    notes = Path(folder) / f"{os.getpid()}.jsonl"

    def looked_at(figure: Figure, language: str) -> str:
        svg = save_svg(figure, language)
        with chart_style(language), notes.open("a", encoding="utf-8") as file:
            file.write(json.dumps([language, faults_of(figure)]) + "\n")
        return svg

    chart.save_svg = looked_at


def charts_found(folder: Path) -> list[list[tuple[str, list[str]]]]:
    """Return the language and the faults of each chart, kernel by kernel."""
    files = sorted(folder.glob("*.jsonl"))
    return [
        [tuple(json.loads(line)) for line in file.read_text("utf-8").splitlines()] for file in files
    ]
