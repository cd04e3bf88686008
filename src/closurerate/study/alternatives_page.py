"""The KPIs that a year's own is set beside, as its pages use them."""

from dataclasses import replace

from closurerate.press.print.escape import markdown_text
from closurerate.press.prose import Notice, Several
from closurerate.press.text import t
from closurerate.study.alternatives import Alternatives, read_alternatives
from closurerate.year.kpi_year import KpiData


def open_alternatives(data: KpiData) -> Alternatives:
    """Return the declared alternatives of a year's KPI, itself the first; see `read_alternatives`.

    Raises:
        InputError: If the list is damaged.
    """
    found = read_alternatives(data.year, data.definition.id)
    return replace(found, sound=(data.definition, *found.sound[1:]))


def left_out_notice(alternatives: Alternatives) -> Several:
    """Return the box that says which declared alternatives are damaged; nothing where none is."""
    text = t("alternatives_left_out", reasons=markdown_text(" ".join(alternatives.damaged)))
    return Several([Notice(text)] if alternatives.damaged else [])
