"""The scenario engine against a vectorised recount of all part-paid cases for each scenario.

Run in a process of its own: `python -m benchmarks.scenarios --cases … --year … --out …`.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np

from benchmarks.engines import official_rule
from benchmarks.measure import measured
from closurerate.kpi.counts import count_cases
from closurerate.kpi.definition import read_definition
from closurerate.records.paths import kpi_file, project_root
from closurerate.study.thresholds.engine import ThresholdIndex, build_index
from closurerate.study.thresholds.repayments import Repayments, collect_repayments
from closurerate.study.thresholds.scenarios import Scenarios

SCENARIOS = 1_000_000
RESCANS = 100
T = TypeVar("T")

_DENOMINATOR = 10**6
_RATIOS = ((300_000, 700_000), (400_000, 800_000), (550_000, 950_000))
_BOUNDARIES = ((100_000, 400_000), (500_000, 2_000_000))


@dataclass(frozen=True)
class ScenarioSpeed:
    """What the engine and the recount took.

    Args:
        cases: Part-paid cases.
        scenarios: How many were answered, each with five free parameters.
        build_seconds, answer_seconds: Making the index of the nation, and answering all scenarios.
        rescan_seconds: One scenario by a recount: the median.
        index_bytes: Memory of the index with the cases in it.
    """

    cases: int
    scenarios: int
    build_seconds: float
    answer_seconds: float
    rescan_seconds: float
    index_bytes: int

    @property
    def ratio(self) -> float:
        """Scenarios a second by the engine over those by recounting."""
        return self.rescan_seconds * self.scenarios / self.answer_seconds


def measured_scenarios(cases: Path, year: int, scenarios: int) -> ScenarioSpeed:
    """Return what the engine and the recount take on a case file, in a process of its own."""
    out = cases.with_name("bench-scenarios.json")
    measured(
        [
            sys.executable, "-m", "benchmarks.scenarios", "--cases", str(cases),
            "--year", str(year), "--scenarios", str(scenarios), "--out", str(out),
        ],
        project_root(),
    )  # fmt: skip
    return ScenarioSpeed(**json.loads(out.read_text(encoding="utf-8")))


def compared(cases: Path, year: int, count: int, rescans: int = RESCANS) -> ScenarioSpeed:
    """Measure in this process.

    Raises:
        AssertionError: If engine and recount differ.
    """
    version = read_definition(kpi_file("effective_closure_rate"), kpi_file).in_force(year)
    repayments = collect_repayments(cases, year, official_rule())
    counts = count_cases(cases, year, official_rule())
    scenarios = _scenarios(count)

    index = build_index(repayments, counts, version)
    build, _ = _timed(lambda: index.nation)
    answer, effective = _timed(lambda: index.effective(scenarios))
    always, rescan = index.always_effective(), []
    for place in range(min(rescans, count)):
        seconds, found = _timed(partial(_recount, repayments, scenarios, place))
        rescan.append(seconds)
        assert found + always == effective[place], f"scenario {place} differs"
    rescanned = statistics.median(rescan)
    return ScenarioSpeed(len(repayments), count, build, answer, rescanned, bytes_of(index))


def bytes_of(index: ThresholdIndex) -> int:
    """Return the memory of the nation's index, the cases themselves included."""
    nation = index.nation
    own = (*vars(index.repayments).values(), *vars(nation.order).values(), *nation.tree.zeros)
    return sum(array.nbytes for array in (nation.amounts, *own))


def _scenarios(count: int) -> Scenarios:
    rng = np.random.default_rng(107)
    ratios = [rng.integers(low, high, count, endpoint=True) for low, high in _RATIOS]
    bounds = [rng.integers(low, high, count, endpoint=True) for low, high in _BOUNDARIES]
    return Scenarios(np.stack(ratios, axis=1), _DENOMINATOR, np.stack(bounds, axis=1))


def _recount(repayments: Repayments, scenarios: Scenarios, place: int) -> int:
    """Count one scenario over all cases: whole numbers, three comparisons and two choices."""
    ordinary, special, major = scenarios.ratio_numerators[place]
    lower, upper = scenarios.boundaries_twd[place]
    referred = repayments.referred_twd
    ratio = np.where(referred < lower, ordinary, np.where(referred < upper, special, major))
    return int(np.count_nonzero(repayments.paid_twd * _DENOMINATOR > ratio * referred))


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    start = time.perf_counter()
    found = work()
    return time.perf_counter() - start, found


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=Path, required=True)
    parser.add_argument("--year", type=int, required=True)
    parser.add_argument("--scenarios", type=int, default=SCENARIOS)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    found = compared(options.cases, options.year, options.scenarios)
    options.out.write_text(json.dumps(asdict(found)), encoding="utf-8")


if __name__ == "__main__":
    main()
