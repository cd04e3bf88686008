"""KPIs that an author may write beside the official one: a rule of its own, days by E, and more."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from closurerate.kpi.definition import Definition, read_definition
from closurerate.records.paths import kpi_file
from closurerate.year.kpi_year import KpiData
from year_samples import kpi_data

_HEAD = """
id: {id}
extends: effective_closure_rate
name: {{zh-Hant: 自訂指標, en: own KPI}}
summary: {{zh-Hant: 自訂。, en: One of its own.}}
decimals: {decimals}
formula:
  unit: {unit}
  better: {better}
  since: {{106: {{reference: x, value: "{formula}"}}}}
targets:
  unit: {unit}
  since:
    106: {{reference: x, value: "{target}"}}
    107: {{reference: x, value: "{target}"}}
"""
_TIERS = """
tiers:
  unit: TWD
  since:
    106: {reference: x, value: {low: {from: 1, below: 300000}, high: {from: 300000}}}
ratios:
  unit: share
  since:
    106: {reference: x, comparison: ">=", value: {low: "0", high: "0.75"}}
"""
OWN = {
    "days": _HEAD.format(
        id="days", decimals=1, unit="day", better="lower", formula="365 * P / E", target=900
    ),
    "tiers": _HEAD.format(
        id="tiers", decimals=2, unit="percent", better="higher", formula="I1 * I2", target=10
    ) + _TIERS,
    "tiers_in_days": _HEAD.format(
        id="tiers_in_days", decimals=1, unit="day", better="lower", formula="365 * P / C",
        target=300,
    ) + _TIERS,
}  # fmt: skip


def own_definition(name: str) -> Definition:
    """Return one of them, read as any other definition is."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / f"{name}.yml"
        file.write_text(OWN[name], encoding="utf-8")
        return read_definition(file, kpi_file)


def own_kpi(name: str, *, kind: str = "synthetic") -> KpiData:
    """Return one of them on the sample's counts, taken as if they had been counted by its rule."""
    return replace(kpi_data(kind=kind), definition=own_definition(name))
