"""What is measured in a process of its own: `python -m benchmarks.worker NAME --cases … `."""

import argparse
import json
import time
from pathlib import Path

from benchmarks.engines import ENGINES, official_rule, same_order
from closurerate.cases.contract import check_cases

CHECK = "contract check"


def main() -> None:
    """Do one piece of work and write its seconds, and a count where it makes one."""
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=[*ENGINES, CHECK])
    parser.add_argument("--cases", type=Path, required=True)
    parser.add_argument("--year", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    # Read before the clock starts: the hand-written engines have no definition to read.
    official_rule()
    wall, cpu = time.perf_counter(), time.process_time()
    if options.name == CHECK:
        check_cases(options.cases, options.year)
        counts = None
    else:
        counts = ENGINES[options.name](options.cases, options.year)
    seconds = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    options.out.with_suffix(".json").write_text(json.dumps(seconds), encoding="utf-8")
    if counts is not None:
        same_order(counts).to_parquet(options.out, index=False)


if __name__ == "__main__":
    main()
