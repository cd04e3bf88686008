"""What must not leave the house: exact breakpoints, in a folder that says so."""

import csv
from collections.abc import Iterator
from pathlib import Path

from closurerate.records.writing import replacing
from closurerate.study.settings import StudySettings
from closurerate.study.thresholds.breakpoints import breakpoints
from closurerate.study.thresholds.engine import ThresholdIndex
from closurerate.study.thresholds.parameters import parameters
from closurerate.study.thresholds.steps import step_function

HEADER = (
    "branch", "threshold", "official", "direction", "value", "is_reached", "moved_cases", "before",
    "after",
)  # fmt: skip

NOTICE = """限閱：本資料夾的檔案不得公開
門檻的精確臨界值就是個別案件的清償比率或移送金額，足以辨認單一案件。公開頁面只列取整後的數值。

RESTRICTED: the files of this folder must not be published
An exact breakpoint is one case's own repayment ratio or referred amount, and can give that case
away. Public pages carry rounded values only.
"""


def exact_breakpoints(
    index: ThresholdIndex, settings: StudySettings
) -> Iterator[tuple[str | int, ...]]:
    """Yield for the nation (branch empty) and each branch where the printed figure changes.

    Args:
        index: The year's cases.
        settings: What the study declares.

    Yields:
        tuple: As `HEADER`: threshold as in a file of scenarios, its official value, direction 1 or
            −1, the exact value as a fraction (empty where there is none), whether the figure has
            changed at it or only beyond, effective cases gained, and the figure before and after as
            printed.
    """
    for branch in (None, *index.branches):
        for parameter in parameters(index.version.rule, settings):
            function = step_function(index, parameter, branch)
            for found in breakpoints(index, function, branch):
                yield (
                    branch or "",
                    parameter.name,
                    str(parameter.official),
                    found.direction,
                    "" if found.value is None else str(found.value),
                    "" if found.value is None else int(found.is_reached),
                    found.moved,
                    "" if found.before is None else f"{found.before:f}",
                    "" if found.after is None else f"{found.after:f}",
                )


def write_breakpoints(index: ThresholdIndex, settings: StudySettings, path: Path) -> int:
    """Write the exact breakpoints as CSV, with a notice beside it; return the rows written."""
    rows = list(exact_breakpoints(index, settings))
    with replacing(path.with_name("RESTRICTED.txt")) as partial:
        partial.write_text(NOTICE, encoding="utf-8", newline="\n")
    with replacing(path) as partial, partial.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(rows)
    return len(rows)
