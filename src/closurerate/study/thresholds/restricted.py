"""What must not leave the house: exact breakpoints, in a folder that says so."""

import csv
from pathlib import Path

from closurerate.records.writing import replacing, write_text
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


def write_breakpoints(index: ThresholdIndex, settings: StudySettings, path: Path) -> int:
    """Write the exact breakpoints as CSV, with a notice beside it; return the rows written.

    They are those of the nation (branch empty) and of each branch, with `HEADER`: the threshold is
    named as in a file of scenarios, the direction 1 or −1, the value a fraction, empty where the
    printed figure never changes; moved cases are effective ones gained.
    """
    moved = parameters(index.version.rule, settings)
    rows = [
        (
            branch or "",
            parameter.name,
            parameter.official,
            found.direction,
            found.value,
            None if found.value is None else int(found.is_reached),
            found.moved,
            *("" if figure is None else f"{figure:f}" for figure in (found.before, found.after)),
        )
        for branch in (None, *index.branches)
        for parameter in moved
        for found in breakpoints(index, step_function(index, parameter, branch), branch)
    ]
    write_text(path.with_name("RESTRICTED.txt"), NOTICE)
    with replacing(path) as partial, partial.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(rows)
    return len(rows)
