"""The sheet of an audit sample: written for an auditor to fill in, read back, and evaluated."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from closurerate.audit.drawn_sample import SamplePlanned
from closurerate.audit.sampling import cell_bound, stringer_bound, upper_bound
from closurerate.cases.vocabulary import DISPOSITIONS
from closurerate.errors import InputError
from closurerate.kpi.definition import Definition
from closurerate.kpi.evaluate import in_unit, value_of
from closurerate.press.print.labels import LANGUAGES
from closurerate.press.text import said, t
from closurerate.records.writing import replacing

CHECKED = ("disposition", "referred_amount_twd", "paid_amount_twd")
"""What an auditor looks up of each case; what was found stands in `found_…`."""
_SAMPLE, _PLAN = "sample", "plan"


def write_sheet(planned: SamplePlanned, sample: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Write a sample as XLSX, with empty columns for what is found, and its plan beside it.

    Made-up cases are noted as such, each in its row.
    """
    import openpyxl

    book = openpyxl.Workbook()
    rows, plan = book.active, book.create_sheet(_PLAN)
    rows.title = _SAMPLE
    rows.append([*sample[0], *(f"found_{name}" for name in CHECKED), "note"])
    made_up = [said(t("explained_made_up"), language) for language in LANGUAGES]
    for row in sample:
        note = " ".join(made_up) if planned.is_synthetic else None
        rows.append([*row.values(), *[None] * len(CHECKED), note])
    rows.freeze_panes = "B2"
    for item in planned.items():
        plan.append(item)
    with replacing(path) as partial, partial.open("wb") as out:
        book.save(out)


def read_sheet(path: Path) -> tuple[SamplePlanned, list[dict[str, Any]]]:
    """Return a filled sheet: its plan, and each case with what was recorded and what was found.

    Raises:
        InputError: Naming file, row and column, if it is no such sheet, a case stands twice or is
            missing, or what was found is missing or impossible.
    """
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = openpyxl.load_workbook(path, read_only=True)
        plan = {str(name): value for name, value in book[_PLAN].iter_rows(values_only=True)}
        head, *lines = book[_SAMPLE].iter_rows(values_only=True)
        planned = SamplePlanned(**{field.name: plan[field.name] for field in fields(SamplePlanned)})
    except (OSError, BadZipFile, InvalidFileException, KeyError, ValueError) as error:
        raise InputError(
            f"{path}: is no sheet of `closurerate sample`, or was damaged: it has the workbook's "
            f"sheets {_SAMPLE!r} and {_PLAN!r} as they were written."
        ) from error
    rows = [dict(zip(map(str, head), line, strict=True)) for line in lines if any(line)]
    _check(path, planned, rows)
    return planned, rows


def _check(path: Path, planned: SamplePlanned, rows: Sequence[Mapping[str, Any]]) -> None:
    seen = set[str]()
    for number, row in enumerate(rows, start=2):
        if row["case_id"] in seen:
            raise InputError(f"{path}, row {number}: the case {row['case_id']!r} stands twice.")
        seen.add(row["case_id"])
        for name in CHECKED:
            found = row.get(f"found_{name}")
            right = DISPOSITIONS if name == "disposition" else "a whole number of NTD"
            is_known = found in DISPOSITIONS if name == "disposition" else _is_amount(found, name)
            if not is_known:
                said = "is empty" if found is None else f"has {found!r}"
                told = right if isinstance(right, str) else f"one of {', '.join(right)}"
                raise InputError(
                    f"{path}, row {number}: found_{name} {said}: write what the agency's own file "
                    f"of the case says, {told}."
                )
    drawn = sum(int(row.get("drawn", 1)) for row in rows)
    if drawn != planned.size:
        raise InputError(
            f"{path}: has {drawn:,} of the {planned.size:,} that were drawn; a case that cannot be "
            "found stays in the sheet, as if nothing had been paid."
        )


def _is_amount(found: Any, name: str) -> bool:
    least = 1 if name == "referred_amount_twd" else 0
    return isinstance(found, int) and not isinstance(found, bool) and found >= least


# What it means ------------------------------------------------------------------------------------
@dataclass(frozen=True)
class SampleFound:
    """What a sample says of all closed cases, each bound by itself at the confidence.

    Attributes:
        errors: By kind, how many were found: `wrong`, of which anything was recorded otherwise;
            `overstated`, which count as effective and are not; `understated`, the other way.
        bounds: By the same kinds, the share of all closed cases up to which there are such.
        effective: The least and the most effective cases that this leaves.
        values: The KPI at these, in its printed unit; None where it has none.
        units: Of a sample of units, the bound of overstatement in NTD, by Stringer and by cells.
    """

    planned: SamplePlanned
    errors: Mapping[str, int]
    bounds: Mapping[str, Fraction | Decimal]
    effective: tuple[int, int]
    values: tuple[Fraction | None, Fraction | None]
    units: Mapping[str, int]


def what_was_found(
    planned: SamplePlanned,
    rows: Sequence[Mapping[str, Any]],
    definition: Definition,
    confidence: Fraction,
) -> SampleFound:
    """Return what a filled sheet says of the year's closed cases and of its printed KPI.

    Of cases: as many errors of each kind as there may be with the confidence (hypergeometric), the
    sample being drawn in proportion to its strata, for which that bound is on the safe side
    (Hoeffding 1956). Of units: the errors of amounts alone.
    """
    version = definition.in_force(planned.year)
    rule, errors = version.rule, {"wrong": 0, "overstated": 0, "understated": 0}
    for row in rows:
        was = rule.is_effective(*(row[name] for name in CHECKED))
        found = rule.is_effective(*(row[f"found_{name}"] for name in CHECKED))
        errors["wrong"] += any(row[name] != row[f"found_{name}"] for name in CHECKED)
        errors["overstated"] += was and not found
        errors["understated"] += found and not was
    if planned.of != "cases":
        taints = list(_taints(rows, planned.of))
        units = {
            name: int(planned.total_twd * bound(confidence, planned.size, taints))
            for name, bound in (("stringer", stringer_bound), ("cells", cell_bound))
        }
        whole = (planned.effective, planned.effective)
        return SampleFound(planned, errors, {}, whole, (None, None), units)
    bounds = {
        name: upper_bound(confidence, planned.size, count, planned.closed, "hypergeometric")
        for name, count in errors.items()
    }
    least = max(0, planned.effective - int(bounds["overstated"] * planned.closed))
    most = min(planned.closed, planned.effective + int(bounds["understated"] * planned.closed))
    low, high = (
        in_unit(value_of(version, _counts(planned, effective)).value, version.unit)
        for effective in (least, most)
    )
    return SampleFound(planned, errors, bounds, (least, most), (low, high), {})


def _counts(planned: SamplePlanned, effective: int) -> dict[str, int | None]:
    return {"effective": effective, "closed": planned.closed, "pending": planned.pending}


def _taints(rows: Sequence[Mapping[str, Any]], of: str) -> Iterator[Fraction]:
    """Give by how much of its recorded amount each unit drawn is too high; nothing of the right."""
    for row in rows:
        too_high = Fraction(row[of] - min(row[of], row[f"found_{of}"]), row[of])
        yield from [too_high] * int(row["drawn"]) * (too_high > 0)
