"""Small made-up years for the scenario engine, and a recount of them one case at a time."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
from hypothesis import strategies as st

from closurerate.cases.vocabulary import BRANCHES
from closurerate.kpi.definition import KpiVersion
from closurerate.records.paths import data_folder
from closurerate.study.settings import SobolSampling, read_settings
from closurerate.study.thresholds.engine import ThresholdIndex
from closurerate.study.thresholds.parameters import Parameter, parameters
from closurerate.study.thresholds.repayments import Repayments
from kpi_samples import version_of

SOME = BRANCHES[:3]
AMOUNTS = (1, 2, 3, 99_999, 199_999, 200_000, 200_001, 999_999, 1_000_000, 10**12 - 1, 10**12)


_RATIO = st.sampled_from([Fraction(1, 2), Fraction(3, 5), Fraction(3, 4), Fraction(1)])
_REFERRED = st.sampled_from(AMOUNTS) | st.integers(1, 3_000_000)
_PLACE = st.integers(0, len(SOME) - 1)


def cases(most: int = 12) -> st.SearchStrategy[list[tuple[int, int, int]]]:
    """Part-paid cases as (branch, referred, paid), many of them on or beside round ratios."""
    beside = st.builds(
        lambda branch, referred, near, by: (branch, referred, max(0, int(near * referred) + by)),
        _PLACE, _REFERRED, _RATIO, st.integers(-1, 1),
    )  # fmt: skip
    anyhow = st.tuples(_PLACE, _REFERRED, st.integers(0, 2**62))
    return st.lists(beside | anyhow, max_size=most)


def repayments_of(rows: list[tuple[int, int, int]]) -> Repayments:
    branch, referred, paid = ([row[place] for row in rows] for place in range(3))
    return Repayments(
        np.array(branch, dtype=np.int8),
        np.array(referred, dtype=np.int64),
        np.array(paid, dtype=np.int64),
    )


def index_of(rows: list[tuple[int, int, int]], version: KpiVersion) -> ThresholdIndex:
    """An engine of part-paid cases, with 5 cases paid in full and 7 pending in each branch."""
    official = [tier.ratio for tier in version.rule.tiers]
    bounds = [tier.from_twd for tier in version.rule.tiers[1:]]
    counts: dict[str | None, dict[str, int | None]] = {}
    for place, name in enumerate(SOME):
        own = [row for row in rows if row[0] == place]
        counts[name] = {
            "effective": 5 + recount(own, official, bounds, version.rule.is_equal_effective),
            "closed": 5 + len(own),
            "pending": 7,
        }
    names = ("effective", "closed", "pending")
    counts[None] = {name: sum(counts[item][name] or 0 for item in SOME) for name in names}
    always = {name: 5 for name in SOME} | {None: 5 * len(SOME)}
    return ThresholdIndex(version, repayments_of(rows), counts, always)


def recount(
    rows: list[tuple[int, int, int]], ratios: list[Fraction], bounds: list[int], is_equal: bool
) -> int:
    """Count the part-paid cases that are effective, one by one."""
    found = 0
    for _, referred, paid in rows:
        tier = sum(referred >= bound for bound in bounds)
        required = ratios[tier] * referred
        found += paid >= required if is_equal else paid > required
    return found


# What several tests of thresholds share -------------------------------------------------------
SETTINGS = read_settings(data_folder() / "study.yml")
Rows = list[tuple[int, int, int]]
SAMPLING = SobolSampling(1024, 30, Fraction(95, 100), 107)
ROWS: Rows = [
    *((0, 1000, paid) for paid in range(250, 800, 5)),
    *((1, 250_000, paid) for paid in range(60_000, 240_000, 4_000)),
    *((1, 150_000, paid) for paid in range(60_000, 140_000, 4_000)),
    *((2, 1_200_000, paid) for paid in range(500_000, 1_200_000, 30_000)),
]


def version(kpi: str, *, is_equal: bool) -> KpiVersion:
    made = version_of(kpi)
    return replace(made, rule=replace(made.rule, is_equal_effective=is_equal))


def moved_of(made: KpiVersion) -> tuple[Parameter, ...]:
    return parameters(made.rule, SETTINGS)


def counted(index: ThresholdIndex, rows: Rows, parameter: Parameter, value: Fraction) -> int:
    """Recount with one threshold changed, without any of the code under test."""
    rule = index.version.rule
    ratios = [tier.ratio for tier in rule.tiers]
    bounds = [tier.from_twd for tier in rule.tiers[1:]]
    if parameter.kind == "ratio":
        ratios[parameter.place] = value
    else:
        bounds[parameter.place - 1] = int(value)
    return 5 * len(SOME) + recount(rows, ratios, bounds, rule.is_equal_effective)
