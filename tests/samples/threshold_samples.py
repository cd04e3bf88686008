"""A small year with a part-paid case list, for what the report says of thresholds and errors."""

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from closurerate.kpi.counts import KEYS, MEASURES, ordered
from closurerate.kpi.definition import KpiVersion
from closurerate.kpi.effective import passing as passes
from closurerate.records.paths import data_folder
from closurerate.study.errors.page import ErrorData, open_errors
from closurerate.study.settings import read_settings
from closurerate.study.thresholds.engine import build_index
from closurerate.study.thresholds.repayments import Repayments
from closurerate.study.thresholds.threshold_year import ThresholdData
from closurerate.study.variance.page import Panel, variance_panels
from year_samples import kpi_data

PANELS: dict[int, list[Panel]] = {}
ERRORS: dict[int, ErrorData] = {}
PLACES = (0, 4, 12)  # 臺北, 臺中, 士林
NAMES = ("臺北", "臺中", "士林")


@cache
def repayments() -> Repayments:
    """400 part-paid cases in each of three branches, the larger ones rarer."""
    rng = np.random.default_rng(107)
    branch = np.repeat(np.array(PLACES, dtype=np.int8), 400)
    referred = np.exp(rng.normal(11, 1.8, branch.size)).astype(np.int64) + 1
    paid = (referred * rng.beta(1.2, 1.2, branch.size)).astype(np.int64)
    return Repayments(branch, referred, paid)


def counts(version: KpiVersion, cases: Repayments) -> pd.DataFrame:
    """The count of those cases, with 1,000 paid in full, 2,000 unpaid and 2,500 pending each."""
    rows: list[dict[str, Any]] = []
    bounds = [tier.from_twd for tier in version.rule.tiers[1:]]
    for place, name in zip(PLACES, NAMES, strict=True):
        own = cases.branch == place
        referred, paid = cases.referred_twd[own], cases.paid_twd[own]
        passing = passes(referred, paid, version.rule)
        tiers = np.searchsorted(bounds, referred, side="right")
        for rank, tier in enumerate(version.rule.tiers):
            chosen = tiers == rank
            part = {"closed": int(chosen.sum()), "effective": int(passing[chosen].sum())}
            rows.append(_row(name, tier.name, "part_certificate", **part))
        first = version.rule.tiers[0].name
        rows.append(_row(name, first, "paid_in_full", closed=1000 + place, effective=1000 + place))
        rows.append(_row(name, first, "unpaid_certificate", closed=2000))
        rows.append(_row(name, first, None, pending=2500, new=4000))
    return ordered(pd.DataFrame(rows), version.rule)


def _row(branch: str, tier: str, disposition: str | None, **measures: int) -> dict[str, Any]:
    keys = dict(zip(KEYS, (branch, "罰鍰", tier, disposition), strict=True))
    return keys | dict.fromkeys(MEASURES, 0) | measures


@cache
def threshold_data(
    kpi: str = "effective_closure_rate",
    kind: str = "synthetic",
) -> ThresholdData:
    data = kpi_data(kind=kind, kpi=kpi)
    found = repayments()
    data = replace(data, counts=counts(data.version, found))
    index = build_index(found, data.counts, data.version)
    settings = read_settings(data_folder() / "study.yml")
    small = replace(settings.sobol, size=128, resamples=10)
    draws = replace(settings.monte_carlo, draws=2000)
    return ThresholdData(data, index, replace(settings, sobol=small, monte_carlo=draws))


def panels_of(data: ThresholdData) -> list[Panel]:
    """The runs that chart and tables show, made once for each data set."""
    if id(data) not in PANELS:
        PANELS[id(data)] = variance_panels(data)
    return PANELS[id(data)]


def errors_of(data: ThresholdData) -> ErrorData:
    """The draws that chart and tables show, made once for each data set."""
    if id(data) not in ERRORS:
        ERRORS[id(data)] = open_errors(data)
    return ERRORS[id(data)]
