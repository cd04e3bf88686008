"""One command in a process of its own: wall and processor seconds, and peak memory."""

import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

_SAMPLE_SECONDS = 0.2
_RSS_UNIT_BYTES = 1024 if sys.platform == "linux" else 1
"""What `ru_maxrss` counts in."""


@dataclass(frozen=True)
class Measurement:
    """What one command took, with all processes that it started.

    Args:
        wall_seconds, cpu_seconds: Time passed, and time of all processors together.
        peak_bytes: Resident memory of the largest single process, as the kernel kept it.
        peak_sum_bytes: Resident memory of all its processes together, sampled five times a second,
            or None where it was not asked for; pages that processes share count once for each.
    """

    wall_seconds: float
    cpu_seconds: float
    peak_bytes: int
    peak_sum_bytes: int | None = None


def measured(
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str] | None = None,
    *,
    with_sum: bool = False,
) -> Measurement:
    """Run a command and return what it took.

    A small process starts it: the kernel counts what a parent holds at that moment into the peak of
    its child, and this one holds pandas.

    Args:
        command: Program and arguments; its output is kept aside and shown only when it fails.
        folder: Working directory, a checkout of the project.
        environment: Variables of the process; this one's by default.
        with_sum: Whether to sample the memory of all its processes together.

    Raises:
        RuntimeError: If it exits with another status than 0, with the end of what it wrote.
    """
    asked = json.dumps({"command": list(command), "with_sum": with_sum})
    starter = subprocess.run(
        [sys.executable, "-m", "benchmarks.measure"],
        cwd=folder,
        env=environment,
        input=asked,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if starter.returncode:
        raise RuntimeError(f"{' '.join(command)} failed.\n{starter.stderr[-2000:]}")
    return Measurement(**json.loads(starter.stdout))


def taken(command: Sequence[str], *, with_sum: bool = False) -> Measurement:
    """Run a command from this process, which should be a small one; see `measured`."""
    start = time.perf_counter()
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8"
    ) as process:
        sums = _SumOfMemory(process.pid)
        if with_sum:
            sums.start()
        text = process.stdout.read() if process.stdout else ""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - start
    if process.returncode:
        raise RuntimeError(f"exit status {process.returncode}\n{text[-2000:]}")
    peak = usage.ru_maxrss * _RSS_UNIT_BYTES
    peak_sum = max(peak, sums.stopped()) if with_sum else None
    return Measurement(wall, usage.ru_utime + usage.ru_stime, peak, peak_sum)


def median(runs: Sequence[Measurement]) -> Measurement:
    """Return the median of time and of the largest process over several runs of one command."""
    return Measurement(
        statistics.median(run.wall_seconds for run in runs),
        statistics.median(run.cpu_seconds for run in runs),
        int(statistics.median(run.peak_bytes for run in runs)),
    )


class _SumOfMemory(threading.Thread):
    """Keeps the largest sum of the resident memory of a process and its descendants."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._peak_bytes = 0
        self._pid = pid
        self._ended = threading.Event()

    def run(self) -> None:
        """Sample until stopped."""
        while not self._ended.wait(_SAMPLE_SECONDS):
            try:
                first = psutil.Process(self._pid)
                every = [first, *first.children(recursive=True)]
            except psutil.NoSuchProcess:
                return
            self._peak_bytes = max(self._peak_bytes, sum(map(_resident_bytes, every)))

    def stopped(self) -> int:
        """Stop, and return the largest sum in bytes."""
        self._ended.set()
        self.join()
        return self._peak_bytes


def _resident_bytes(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asdict(taken(**json.load(sys.stdin)))))
