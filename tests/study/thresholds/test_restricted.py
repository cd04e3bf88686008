"""The exact breakpoints: each is where the printed figure changes, and not a step earlier."""

import csv
from fractions import Fraction

import pytest

from closurerate.kpi.evaluate import evaluate
from closurerate.records.paths import data_folder
from closurerate.study.settings import read_settings
from closurerate.study.thresholds.restricted import HEADER, NOTICE, write_breakpoints
from engine_samples import SOME, index_of, recount
from kpi_samples import version_of

ROWS = [
    *((0, 1_000, paid) for paid in (499, 500, 500, 501, 560, 700)),
    *((1, 300_000, paid) for paid in (150_000, 179_999, 180_000, 180_001)),
    *((2, 1_000_000, paid) for paid in (1, 700_000, 750_001)),
    (2, 5_000_000, 3_750_000),
]


def printed(index, branch, ratios, bounds):
    own = [row for row in ROWS if branch is None or SOME[row[0]] == branch]
    effective = index.always_effective(branch) + recount(own, ratios, bounds, False)
    counts = {**index.counts[branch], "effective": effective}
    value = evaluate(index.version, counts, branch).value.value
    return effective, None if value is None else round(float(value) * 100 + 1e-9, 2)


@pytest.fixture
def written(tmp_path):
    index = index_of(ROWS, version_of())
    path = tmp_path / "restricted" / "breakpoints.csv"
    count = write_breakpoints(index, read_settings(data_folder() / "study.yml"), path)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert count == len(rows) == (1 + len(SOME)) * 5 * 2
    return index, path, rows


def test_at_each_breakpoint_the_figure_is_another_and_just_before_it_is_not(written):
    index, _, rows = written
    tiers = index.version.rule.tiers
    names = [f"ratio_{tier.name}" for tier in tiers]
    names += [f"boundary_{tier.name}_twd" for tier in tiers[1:]]
    official = [tier.ratio for tier in tiers] + [Fraction(tier.from_twd) for tier in tiers[1:]]
    found = 0
    for row in rows:
        if not row["value"]:
            continue
        found += 1
        branch, place = row["branch"] or None, names.index(row["threshold"])
        step = Fraction(1, 10**9) if place < 3 else Fraction(1)
        direction, value = int(row["direction"]), Fraction(row["value"])
        at = value if int(row["is_reached"]) else value + direction * step
        before = at - direction * step
        seen = {}
        for name, threshold in (("at", at), ("before", before)):
            moved = [*official[:place], threshold, *official[place + 1 :]]
            seen[name] = printed(index, branch, moved[:3], [int(item) for item in moved[3:]])
        effective, figure = printed(index, branch, official[:3], [int(i) for i in official[3:]])
        assert seen["at"][1] != figure == seen["before"][1]
        assert seen["at"][0] - effective == int(row["moved_cases"])
        assert (float(row["before"]), float(row["after"])) == (figure, seen["at"][1])
    assert found >= 15


def test_the_folder_says_that_it_is_restricted(written):
    _, path, rows = written
    assert tuple(rows[0]) == HEADER
    assert path.with_name("RESTRICTED.txt").read_text(encoding="utf-8") == NOTICE
    assert "must not be published" in NOTICE
    assert "不得公開" in NOTICE
