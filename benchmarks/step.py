"""Run one `closurerate` command and note what it took: `python -m benchmarks.step LOG COMMAND …`.

`make report RUN=…` puts this between make and each command, so that a run measures its own steps.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path

from benchmarks.measure import taken


def main() -> None:
    """Run the command, and add a line to the log."""
    log, *arguments = sys.argv[1:]
    found = taken([sys.executable, "-m", "closurerate.cli", *arguments])
    files = [Path(argument).stem for argument in arguments[1:2] if not argument.startswith("-")]
    record = {"name": " ".join([arguments[0], *files]), **asdict(found)}
    with Path(log).open("a", encoding="utf-8") as file:
        file.write(json.dumps(record) + "\n")


if __name__ == "__main__":
    main()
