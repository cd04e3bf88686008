"""What Chromium finds on a page: what is cut, small or faint, what axe says, what a script does."""

import html
import json
import re
import shutil
import subprocess
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

SCREENS = ((390, False), (1280, False), (1280, True))
"""A phone, and a screen in light and in dark colours: width and whether it is dark."""
_MEASURE = Path(__file__).with_name("measure.js").read_text("utf-8")


def page_faults(
    page: str, folder: Path, screens: Iterable[tuple[int, bool]] = SCREENS
) -> dict[str, Any]:
    """Return what is wrong with a page on each screen, by the screen and the kind of fault.

    It is loaded on the first, and the others are made of that: scripts of its own that go by the
    screen may come too late there.
    """
    given = list(screens)
    axe = find_spec("axe_playwright_python")
    if axe is None or axe.origin is None:
        pytest.skip("no axe in this environment: requirements-axe.lock has it")
    script = Path(axe.origin).with_name("axe.min.js").as_uri()
    code = f"const SCREENS = {json.dumps(given)}, AXE = {json.dumps(script)};\n{_MEASURE}"
    found = run(page, code, folder, *given[0])
    assert [(one.pop("given"), one.pop("isDark")) for one in found] == given
    return {
        f"{kind} at {width}{' in the dark' * is_dark}": fault
        for (width, is_dark), one in zip(given, found, strict=True)
        for kind, fault in one.items()
        if fault
    }


def run(page: str, code: str, folder: Path, width: int = 1280, is_dark: bool = False) -> Any:
    """Return what JavaScript on a page puts in `result`.

    The page's frame is `f`, its window `W`, its document `D`; the code may wait.
    """
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium on this machine")
    wrapper = folder / "wrapper.html"
    wrapper.write_text(
        '<meta charset="utf-8">'
        f'<iframe id="f" style="width:{width}px;height:900px;border:0;'
        f'color-scheme:{"dark" if is_dark else "light"}" '
        f'srcdoc="{html.escape(page)}"></iframe><script>'
        "const f = document.getElementById('f'); f.onload = async () => {"
        "const W = f.contentWindow, D = f.contentDocument; let result;"
        f"{code}; document.title = JSON.stringify(result)}}</script>",
        encoding="utf-8",
    )
    dump = subprocess.run(
        [
            chromium, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom",
            f"--user-data-dir={folder / 'profile'}", "--virtual-time-budget=20000",
            "--window-size=1600,1200", wrapper.as_uri(),
        ],
        capture_output=True, text=True, check=True, timeout=240,
    ).stdout  # fmt: skip
    found = re.search(r"<title>(.*?)</title>", dump, re.DOTALL)
    assert found is not None
    return json.loads(html.unescape(found[1]))
