"""Making what is old: each step a process of its own, several at once."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

from closurerate.making.stale import Again


@dataclass(frozen=True)
class Ended:
    """What became of a step: its exit status, its seconds, and what it said on both streams."""

    step: Again
    status: int
    seconds: float
    out: str
    error: str


@dataclass(frozen=True)
class _Process:
    step: Again
    process: subprocess.Popen[bytes]
    said: tuple[Path, Path]
    began: float

    def ended(self) -> Ended:
        seconds = time.monotonic() - self.began
        out, error = (file.read_text("utf-8", errors="replace") for file in self.said)
        return Ended(self.step, self.process.returncode, seconds, out, error)


def run_steps(
    steps: Sequence[Again],
    jobs: int,
    options: Sequence[str] = (),
    wait: Callable[[list[str]], None] = lambda _: None,
) -> Iterator[Ended]:
    """Run steps, each once what it waits for has ended well, and give each as it ends.

    After one that fails none is begun, and those that run are waited for, as make does.

    Args:
        jobs: How many run at once, at most.
        options: Options that each command takes besides its own.
        wait: Called over and over while nothing ends, with the names of those that run.
    """
    sorter = TopologicalSorter({place: step.waits for place, step in enumerate(steps)})
    sorter.prepare()
    ready: list[int] = []
    running: dict[int, _Process] = {}
    has_failed = False
    with TemporaryDirectory() as folder, _all_ended(running):
        while running or (sorter.is_active() and not has_failed):
            ready = sorted((*ready, *sorter.get_ready()))
            while ready and len(running) < jobs and not has_failed:
                running[ready[0]] = _begun(steps[ready[0]], options, Path(folder, str(ready[0])))
                del ready[0]
            done = [at for at, one in running.items() if one.process.poll() is not None]
            for place in done:
                ended = running.pop(place).ended()
                has_failed |= ended.status != 0
                sorter.done(place)
                yield ended
            if not done:
                wait([one.step.recipe.name for one in running.values()])
                time.sleep(0.02)


def _begun(step: Again, options: Sequence[str], says: Path) -> _Process:
    said = says.with_suffix(".out"), says.with_suffix(".error")
    command = [sys.executable, "-m", "closurerate.cli", *step.recipe.command, *options]
    with said[0].open("wb") as out, said[1].open("wb") as error:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=error)
    return _Process(step, process, said, time.monotonic())


def _end(number: int, _: object) -> NoReturn:
    raise SystemExit(128 + number)


@contextmanager
def _all_ended(running: dict[int, _Process]) -> Iterator[None]:
    """Leave no process behind, whatever stops us: a signal to end too, as from `timeout`."""
    before = signal.signal(signal.SIGTERM, _end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
        for one in running.values():
            one.process.terminate()
        for one in running.values():
            one.process.wait()
