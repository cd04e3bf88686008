"""What the doubts of an intake can do to E, C, P and the KPI, whatever the truth about them is.

Each doubtful case is taken for any one of its options (`kpi.treatments`): a rejected one is left
out or is whatever can still be read of it; one with a warning is as it stands, as its amounts
say, or as its disposition says; a corrected one is as corrected, or whatever it would be without
any of its corrections.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from closurerate.cases.engine import opened
from closurerate.errors import InputError
from closurerate.intake.left.delivery import CASES, TAKE_AGAIN
from closurerate.kpi.counts import Counts, count_cases
from closurerate.kpi.definition import KpiVersion
from closurerate.kpi.degrees import names_used
from closurerate.kpi.effective import EffectiveRule
from closurerate.kpi.evaluate import Evaluation, evaluate_groups, value_of
from closurerate.kpi.formula import measure
from closurerate.quantity import Exact
from closurerate.study.doubts.extremes import NoValueError, Option, extremes
from closurerate.study.doubts.treatments import NOTHING, OPTIONS, option_masks

Span = tuple[int, int, int]
"""Lowest, headline and highest count."""

_COUNTED = ("E", "C", "P", "new")
_VALUES = {
    "referred_on": pa.date32(),
    "closed_on": pa.date32(),
    "disposition": pa.string(),
    "referred_amount_twd": pa.int64(),
    "paid_amount_twd": pa.int64(),
}
_ROW = pa.schema(
    [("kind", pa.string()), ("code", pa.string()), ("group", pa.int64())]
    + list(_VALUES.items())
    + [(f"is_free_{name}", pa.bool_()) for name in _VALUES]
)


@dataclass(frozen=True)
class DoubtInterval:
    """Where E, C, P and the KPI lie under every treatment of the doubts: lowest, headline, highest.

    Args:
        doubtful_cases: Cases by kind of doubt (`rejected`, `warning`, `correction`); one may have
            several.
        kpi: As `Value` gives it; None where it is not known, for a `reason`.
        is_exact: Whether some treatment has the lowest value and some the highest; else they are
            bounds beyond which no treatment goes.
    """

    doubtful_cases: Mapping[str, int]
    effective: Span
    closed: Span
    pending: Span
    kpi: tuple[Exact, Exact, Exact] | None
    is_exact: bool = True
    reason: str = ""


def doubt_interval(path: Path, counts: Counts, version: KpiVersion, year: int) -> DoubtInterval:
    """Return the worst-case interval over every treatment of the doubtful cases.

    Args:
        path: The list of doubts, `doubts.parquet`; corrected cases are looked up in the case file
            beside it.
        counts: The headline's totals of the whole file, by the version's rule.

    Raises:
        InputError: If the list has more cases in the headline than were counted: it is of another
            intake.
    """
    with opened(path, TAKE_AGAIN) as rows:
        kinds = rows.group_by("kind").agg(groups=rows.group.nunique()).to_pyarrow().to_pylist()
        found = _option_sets(rows, _standing(rows, path.with_name(CASES)), year, version.rule)
    base, sets = _base(counts, found, path)
    spans = {name: _span(name, counts, base, sets) for name in ("E", "C", "P")}
    kpi, is_exact, reason = _kpi_span(version, counts, base, sets)
    return DoubtInterval(
        doubtful_cases={
            kind: sum(row["groups"] for row in kinds if row["kind"] == kind)
            for kind in ("rejected", "warning", "correction")
        },
        effective=spans["E"],
        closed=spans["C"],
        pending=spans["P"],
        kpi=kpi,
        is_exact=is_exact,
        reason=reason,
    )


def _option_sets(
    rows: ir.Table, standing: pa.Table, year: int, rule: EffectiveRule
) -> list[tuple[int, int, int]]:
    """Return how many cases have which options and which headline, both as masks."""
    masks = option_masks(rows, year, rule)
    if standing.num_rows:
        masks = masks.union(option_masks(ibis.memtable(standing), year, rule))
    groups = masks.group_by("group").agg(
        options=masks.options.bit_or(), headline=masks.headline.bit_or()
    )
    # What stands in the headline is left out only where a row says that it may be.
    headline = (groups.headline > NOTHING).ifelse(
        groups.headline - groups.headline % 2, groups.headline
    )
    groups = groups.select(options=groups.options | headline, headline=headline)
    table = groups.group_by(["options", "headline"]).agg(number=groups.count()).to_pyarrow()
    return sorted((row["options"], row["headline"], row["number"]) for row in table.to_pylist())


def _standing(rows: ir.Table, cases: Path) -> pa.Table:
    """Return the corrected cases that stand in the case file, as rows of the list of doubts."""
    corrected = rows.filter(rows.kind == "correction").select("group", "case_id").distinct()
    wanted = corrected.to_pyarrow()
    if not wanted.num_rows:
        return _ROW.empty_table()
    if not cases.is_file():
        raise InputError(
            f"{cases}: corrected cases are looked up in it, but there is no such file; "
            "take the extract in again."
        )
    with opened(cases) as table:
        found = table.inner_join(ibis.memtable(wanted), "case_id").select("group", *_VALUES)
        stands = found.to_pyarrow().to_pylist()
    empty = dict.fromkeys(_ROW.names) | {"kind": "warning"}
    return pa.Table.from_pylist([empty | row for row in stands], schema=_ROW)


def _base(
    counts: Counts, found: Sequence[tuple[int, int, int]], path: Path
) -> tuple[dict[str, int], dict[frozenset[Option], int]]:
    """Return the counts without the doubtful cases, and how many cases have which options."""
    base = {name: counts.get(measure(name)) for name in _COUNTED}
    known = {name: count for name, count in base.items() if count is not None}
    sets: dict[frozenset[Option], int] = {}
    for options, headline, number in found:
        for name, step in _options(headline)[0]:
            if name in known:
                known[name] -= step * number
        key = frozenset(_options(options))
        sets[key] = sets.get(key, 0) + number
    short = [name for name, count in known.items() if count < 0]
    if short:
        raise InputError(
            f"{path}: more doubtful cases are in {measure(short[0])} than were counted there; the "
            "list must be of the same intake as the case file."
        )
    return known, sets


def _options(mask: int) -> list[Option]:
    return [option for place, option in enumerate(OPTIONS) if mask >> place & 1]


def _span(
    name: str, counts: Counts, base: Mapping[str, int], sets: Mapping[frozenset[Option], int]
) -> Span:
    steps = [([dict(item).get(name, 0) for item in key], number) for key, number in sets.items()]
    return (
        base[name] + sum(min(step) * number for step, number in steps),
        int(counts[measure(name)] or 0),
        base[name] + sum(max(step) * number for step, number in steps),
    )


def _kpi_span(
    version: KpiVersion,
    counts: Counts,
    base: Mapping[str, int],
    sets: Mapping[frozenset[Option], int],
) -> tuple[tuple[Exact, Exact, Exact] | None, bool, str]:
    headline = value_of(version, counts)
    if headline.value is None:
        return None, True, headline.reason
    if not sets:
        return (headline.value,) * 3, True, ""
    beyond = sorted(names_used(version) - base.keys())
    if beyond:
        return None, True, f"the doubts do not tell what they add to {', '.join(beyond)}"
    used = {name: count for name, count in base.items() if name in names_used(version)}
    try:
        lowest, highest = extremes(version, used, sets)
    except NoValueError as error:
        return None, True, str(error)
    return ((lowest.value, headline.value, highest.value), lowest.is_exact and highest.is_exact, "")


def evaluated(cases: Path, year: int, version: KpiVersion) -> Evaluation:
    """Return a KPI on all cases of a file."""
    return evaluate_groups(version, count_cases(cases, year, version.rule))[-1]
