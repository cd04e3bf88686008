"""What Chromium finds on a page: what is cut, small or faint, and what its script computes."""

import html
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

_MEASURE = Path(__file__).with_name("measure.js").read_text("utf-8")


def measured(page: str, folder: Path, width: int, *, dark: bool = False) -> dict[str, Any]:
    """Return what is wrong with a page on a screen of a width: cut, small and faint things."""
    return run(page, _MEASURE, folder, width, dark=dark)


def run(page: str, code: str, folder: Path, width: int = 1280, *, dark: bool = False) -> Any:
    """Return what JavaScript on a page puts in `result`; its window is `W`, its document `D`."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium on this machine")
    wrapper = folder / "wrapper.html"
    wrapper.write_text(
        '<meta charset="utf-8">'
        f'<iframe id="f" style="width:{width}px;height:900px;border:0" '
        f'srcdoc="{html.escape(page)}"></iframe><script>'
        "const f = document.getElementById('f'); f.onload = () => {"
        "const W = f.contentWindow, D = f.contentDocument; let result;"
        f"{code}; document.title = JSON.stringify(result)}}</script>",
        encoding="utf-8",
    )
    dump = subprocess.run(
        [
            chromium, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom",
            f"--user-data-dir={folder / 'profile'}", "--virtual-time-budget=5000",
            "--window-size=1600,1200", f"--blink-settings=preferredColorScheme={int(not dark)}",
            wrapper.as_uri(),
        ],
        capture_output=True, text=True, check=True, timeout=120,
    ).stdout  # fmt: skip
    found = re.search(r"<title>(.*?)</title>", dump, re.DOTALL)
    assert found is not None
    return json.loads(html.unescape(found[1]))
