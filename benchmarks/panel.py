"""How long a move of the threshold panel takes in a real JupyterLab: `python -m benchmarks.panel`.

It starts JupyterLab (`make lab` installs it) on a notebook of three cells and a Chromium that opens
it, moves the first slider by its keys, and waits for the picture to be drawn anew. It takes the
case data that `make report` left, and half a minute.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

CELLS = (
    "import os; os.chdir({root!r})\n"
    "from closurerate.study.thresholds import panel_page\n"
    "from closurerate.study.thresholds.threshold_year import open_thresholds\n"
    "from closurerate.year.kpi_year import open_kpi",
    "data = open_thresholds(open_kpi({year}))",
    "panel_page.threshold_panel(data)",
)
LAB, DEBUG, TOKEN = 18899, 18898, "panel"
MOVES = """
(async () => {
  const handle = document.querySelector('.noUi-handle'), times = [];
  for (let move = 0; move < %d; move += 1) {
    times.push(await new Promise((done) => {
      const start = performance.now();
      const seen = new MutationObserver((changes) => {
        if (!changes.some((one) => [...one.addedNodes].some((node) => node.querySelector?.('svg')
          || node.tagName === 'svg'))) return;
        seen.disconnect();
        requestAnimationFrame(() => done(performance.now() - start));
      });
      seen.observe(document.querySelector('.jp-Notebook'), { childList: true, subtree: true });
      const key = move %% 2 ? 'ArrowRight' : 'ArrowLeft';
      handle.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
    }));
    await new Promise((done) => setTimeout(done, 60));
  }
  return times;
})()
"""


@contextmanager
def running(*command: str) -> Iterator[None]:
    """Run a program as long as the block."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def waited(get: Any, what: str, seconds: float = 60) -> Any:
    """Return what comes of a call, once it is something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with suppress(OSError):
            if found := get():
                return found
        time.sleep(0.2)
    sys.exit(f"benchmarks.panel: {what} did not come within {seconds:g} seconds.")


def fetched(address: str) -> Any:
    """Return what a local server says."""
    with urllib.request.urlopen(address) as answer:
        return json.load(answer)


class Browser:
    """A page of Chromium, by its own protocol."""

    def __init__(self) -> None:
        import websocket

        pages = waited(lambda: fetched(f"http://127.0.0.1:{DEBUG}/json"), "Chromium")
        page = next(one for one in pages if one["type"] == "page")
        self._socket = websocket.create_connection(
            page["webSocketDebuggerUrl"], suppress_origin=True, timeout=120
        )
        self._sent = 0

    def ask(self, method: str, **parameters: Any) -> Any:
        """Return the result of a command."""
        self._sent += 1
        self._socket.send(json.dumps({"id": self._sent, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self._socket.recv())
            if answer.get("id") == self._sent:
                return answer["result"]

    def value(self, code: str) -> Any:
        """Return what JavaScript on the page comes to."""
        given = {"expression": code, "awaitPromise": True, "returnByValue": True}
        return self.ask("Runtime.evaluate", **given)["result"].get("value")


def main() -> None:
    """Measure, and say the median and the 95th percentile."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.panel", description=__doc__)
    parser.add_argument("--year", type=int, default=107)
    parser.add_argument("--moves", type=int, default=200)
    options = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("benchmarks.panel: no Chromium on this machine: install one.")
    with tempfile.TemporaryDirectory() as folder:
        times = measured(Path(folder), chromium, options.year, options.moves)
    p95 = statistics.quantiles(times, n=20)[-1]
    print(f"{len(times)} moves: median {statistics.median(times):.0f} ms, 95 % under {p95:.0f} ms")


def measured(folder: Path, chromium: str, year: int, moves: int) -> list[float]:
    """Return how long each move took, milliseconds."""
    import nbformat

    cells = [
        nbformat.v4.new_code_cell(cell.format(year=year, root=str(Path.cwd()))) for cell in CELLS
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.write(notebook, folder / "panel.ipynb")
    lab = (
        sys.executable, "-m", "jupyterlab", "--allow-root", "--no-browser", f"--port={LAB}",
        f"--ServerApp.root_dir={folder}", f"--IdentityProvider.token={TOKEN}",
        "--expose-app-in-browser",
    )  # fmt: skip
    shown = (
        chromium, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/user",
        f"--remote-debugging-port={DEBUG}", "--window-size=1400,1100", "about:blank",
    )  # fmt: skip
    with running(*lab), running(*shown):
        server = f"http://127.0.0.1:{LAB}"
        waited(lambda: fetched(f"{server}/api?token={TOKEN}"), "JupyterLab")
        page = Browser()
        page.ask("Page.navigate", url=f"{server}/lab/tree/panel.ipynb?reset&token={TOKEN}")
        ready = "document.querySelectorAll('.jp-Notebook .jp-CodeCell').length >= 3"
        waited(lambda: page.value(ready), "the notebook")
        time.sleep(3)
        page.value("window.jupyterapp.commands.execute('notebook:run-all-cells')")
        waited(lambda: page.value("!!document.querySelector('.noUi-handle')"), "the panel")
        time.sleep(2)
        found: list[float] = page.value(MOVES % moves)
    return found


if __name__ == "__main__":
    main()
