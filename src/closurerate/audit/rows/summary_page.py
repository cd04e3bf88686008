"""What the audit of a year's rows comes to, in a sentence each."""

from closurerate.audit.rows.rows_year import RowsAudit
from closurerate.press.prose import Finding, Several
from closurerate.press.text import t
from closurerate.quantity import Quantity


def leading_findings(rows: RowsAudit) -> Several:
    """Return whether the second count agrees, whether the stocks do, and whether rows stand out."""
    evidence = rows.kpi.cases.evidence
    compared = Quantity(len(rows.recount.compared), "count", 0, evidence)
    differing = len(rows.recount.differing)
    counted = t(
        "audit_recount_differs" if differing else "audit_recount_same",
        values=compared,
        differing=differing,
    )
    gap = rows.stocks.gap
    stock = t("audit_stock_unknown")
    if gap is not None:
        key = "audit_stock_gap" if gap else "audit_stock_same"
        stock = t(key, gap=Quantity(gap, "case", 0, evidence))
    found, tests = len(rows.patterns.found), len(rows.patterns.tests)
    told = t("audit_patterns_found" if found else "audit_patterns_none", found=found, tests=tests)
    return Several([Finding(one, evidence) for one in (counted, stock, told)])
