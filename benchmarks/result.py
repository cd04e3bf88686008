"""What a run of the benchmark found, as one JSON file and as tables in Markdown."""

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from benchmarks.engines import ENGINES
from benchmarks.intake import BARE, BIG5, UTF8, IntakeSpeed
from benchmarks.measure import Measurement
from benchmarks.report_run import Step
from benchmarks.scenarios import ScenarioSpeed

_LIBRARIES = ("duckdb", "ibis-framework", "pandas", "polars", "pyarrow", "numpy")


@dataclass(frozen=True)
class Result:
    """What was measured in one run on one machine.

    Args:
        year, fraction, rounds: What was made and how often each count was run.
        rows: Cases in the file.
        cases: Making the cases.
        counts: The count by each engine, and the contract check: medians.
        scenarios: The scenario engine against a recount.
        intake: Taking an extract in against a bare copy.
        wholes: `make report` and the ensemble of worlds, before and now: names end so; and the
            audit of a table.
        steps: What each command of `make report` took.
    """

    year: int
    fraction: str
    rounds: int
    rows: int
    cases: Measurement
    counts: Mapping[str, Measurement]
    scenarios: ScenarioSpeed | None
    intake: IntakeSpeed | None
    wholes: Mapping[str, Measurement]
    steps: Sequence[Step]


def write_result(result: Result, folder: Path) -> None:
    """Write `benchmark.json` and `benchmark.md` into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    document = {"machine": _machine(), **asdict(result)}
    text = json.dumps(document, ensure_ascii=False, indent=2)
    (folder / "benchmark.json").write_text(text + "\n", encoding="utf-8")
    (folder / "benchmark.md").write_text(markdown(result), encoding="utf-8")


def markdown(result: Result) -> str:
    """Return the result as Markdown, a table for each part that was measured."""
    machine = ", ".join(f"{name} {value}" for name, value in _machine().items())
    parts = [
        "# Benchmark",
        f"Year {result.year}, fraction {result.fraction}: {result.rows:,} cases; "
        f"{result.rounds} rounds, interleaved, medians. {machine}.",
        "## The whole\n\n" + _whole_table(result),
    ]
    if result.counts:
        parts.append("## The count\n\n" + _count_table(result))
    if result.scenarios:
        parts.append("## Threshold scenarios\n\n" + _scenario_table(result.scenarios))
    if result.intake:
        parts.append("## Taking an extract in\n\n" + _intake_table(result.intake))
    if result.steps:
        rows = [[step.name, *_cells(step.measurement)] for step in result.steps]
        table = _table(["step (two run at once)", *_HEAD], rows)
        parts.append("## The steps of the report\n\n" + table)
    return "\n\n".join(parts) + "\n"


_HEAD = ["wall, s", "CPU, s", "largest process, GB"]


def _whole_table(result: Result) -> str:
    checks = {name: taken for name, taken in result.counts.items() if name not in ENGINES}
    measured = {"making the cases": result.cases, **result.wholes, **checks}
    rows = []
    for name, taken in measured.items():
        before = result.wholes.get(name.removesuffix("now") + "before")
        ratio = "" if before is None else f"{taken.cpu_seconds / before.cpu_seconds:.2f}"
        rows.append([name, *_cells(taken), ratio])
    told = [f"{result.rows / result.cases.wall_seconds:,.0f} cases a second were made."]
    told += [
        f"All processes of {name} together held at most {taken.peak_sum_bytes / 1e9:.2f} GB."
        for name, taken in result.wholes.items()
        if taken.peak_sum_bytes is not None
    ]
    return _table(["what", *_HEAD, "CPU, ratio"], rows) + "\n\n" + " ".join(told)


def _count_table(result: Result) -> str:
    counts = {name: result.counts[name] for name in ENGINES if name in result.counts}
    first = next(iter(counts.values()))
    rows = [
        [
            name,
            *_cells(taken),
            f"{taken.wall_seconds / first.wall_seconds:.2f}",
            f"{taken.cpu_seconds / first.cpu_seconds:.2f}",
        ]
        for name, taken in counts.items()
    ]
    return _table(["engine", *_HEAD, "wall, ratio", "CPU, ratio"], rows)


def _scenario_table(speed: ScenarioSpeed) -> str:
    rows = [
        ["building the index, s", f"{speed.build_seconds:.2f}"],
        ["memory of the index, MB", f"{speed.index_bytes / 1e6:.0f}"],
        [f"{speed.scenarios:,} scenarios, s", f"{speed.answer_seconds:.2f}"],
        ["one scenario by a vectorised recount, ms", f"{speed.rescan_seconds * 1e3:.2f}"],
        ["scenarios a second, engine over recount", f"{speed.ratio:,.0f}"],
    ]
    return _table([f"on {speed.cases:,} part-paid cases", "measured"], rows)


def _intake_table(speed: IntakeSpeed) -> str:
    rows = [[name, *_cells(taken)] for name, taken in speed.runs.items()]
    head = f"{speed.rows:,} rows, {speed.source_bytes / 1e6:.0f} MB, {speed.rejected:,} rejected"
    peak = max(speed.runs[name].peak_bytes for name in (UTF8, BIG5)) / 1e9
    told = (
        f"Intake over the bare copy: {speed.ratio(UTF8, BARE):.2f} (goal: at most 2.5), "
        f"by processor time {speed.cpu_ratio(UTF8, BARE):.2f}. "
        f"Big5 over UTF-8: {speed.ratio(BIG5, UTF8):.2f} (goal: at most 1.5). "
        f"Memory: {peak:.2f} GB (goal: under 3)."
    )
    return _table([head, *_HEAD], rows) + "\n\n" + told


def _cells(taken: Measurement) -> list[str]:
    return [
        f"{taken.wall_seconds:.2f}",
        f"{taken.cpu_seconds:.2f}",
        f"{taken.peak_bytes / 1e9:.2f}",
    ]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(line)} |" for line in (head, rule, *rows))


def _machine() -> dict[str, str]:
    return {
        "processors": str(os.cpu_count()),
        "Python": platform.python_version(),
        **{name: version(name) for name in _LIBRARIES},
    }
