"""Whether a KPI is the one of the printed reports, and not another put in its place."""

from collections.abc import Mapping

from closurerate.kpi.definition import Definition
from closurerate.kpi.evaluate import evaluate
from closurerate.quantity import rounded
from closurerate.records.feasible import Interval
from closurerate.records.paths import kpi_folder
from closurerate.records.published import Published, effective_by_reading

PRINTED_KPI = "effective_closure_rate"
"""The KPI whose rate, target, achievement and light the printed reports give."""


def is_official(definition: Definition, published: Mapping[int, Published]) -> bool:
    """Tell whether a definition is the shipped official one and gives what was printed.

    Neither an `id` nor a file elsewhere makes a KPI official: it is read from
    `data/kpi/effective_closure_rate.yml`, and by it each printed rate follows from the printed
    counts, by one reading of them at least, and its targets are the printed ones.
    """
    shipped = kpi_folder() / f"{PRINTED_KPI}.yml"
    return definition.files[0].resolve() == shipped.resolve() and all(
        _gives(definition, report) for report in published.values()
    )


def _gives(definition: Definition, report: Published) -> bool:
    """Tell whether a printed rate follows and the target is the printed one, where they are told.

    A rate whose counts are not printed contradicts nothing.
    """
    target = definition.target(report.year)
    if target is not None and "target" in report and target != report["target"].value:
        return False
    if not all(name in report for name in ("closed", "pending", "rate")):
        return True
    if report.year < min(definition.versions):
        return False
    return any(
        _prints(definition, report, interval) for interval in effective_by_reading(report).values()
    )


def _prints(definition: Definition, report: Published, effective: Interval) -> bool:
    rate = report["rate"]
    counts = {
        name: int(report[name].value) for name in ("new", "closed", "pending") if name in report
    }
    values = [
        evaluate(definition.in_force(report.year), counts | {"effective": end}, None).quantity()
        for end in (effective.low, effective.high)
    ]
    return all(
        value.unit == rate.unit
        and value.value is not None
        and rounded(value.value, rate.decimals) == rate.value
        for value in values
    )
