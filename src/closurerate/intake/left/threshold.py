"""Whether so many rows are rejected that nothing is taken in."""

import re
from collections.abc import Sequence
from fractions import Fraction

from closurerate.errors import InputError
from closurerate.intake.fate.merging import CONFLICT
from closurerate.intake.fate.placing import Names
from closurerate.intake.left.counting import Counted, first_of

_NAMED = 3
"""How many of the commonest reasons the sentence names."""

_ROUNDED = re.compile(r"\d{15}0+")

_LONGEST = 60
"""Characters of a value that the sentence shows."""


def check_rows(
    counted: Counted, most: Fraction, year: int, names: Names, undecodable: Sequence[str]
) -> None:
    """Refuse an extract of which too many rows are rejected, or none can be taken.

    Args:
        most: Largest share of rejected rows that is allowed.
        undecodable: Where bytes did not decode, a sentence a file.

    Raises:
        InputError: With the share and the commonest reasons, each with an example; or with why no
            row can be taken: no row at all, every row rejected, or none of the year.
    """
    rows, rejected, outside = (
        sum(getattr(file, name) for file in counted.files)
        for name in ("rows", "rejected", "out_of_scope")
    )
    where = ", ".join(file.name for file in counted.files)

    def reasons(named: int) -> str:
        hints = [*undecodable, *_of_conflicts(counted, rejected)]
        return "; ".join([_commonest(counted, names, named), *hints])

    if rejected > most * rows:
        raise InputError(
            f"{where}: {rejected:,} of {rows:,} rows are rejected "
            f"({float(Fraction(100 * rejected, rows)):.2f} %), more than the "
            f"{float(100 * most):g} % allowed (max-rejects), so nothing was replaced; the "
            f"commonest reasons: {reasons(_NAMED)}."
        )
    if counted.accepted:
        return
    if not rows:
        raise InputError(
            f"{where}: no row stands below the header; an extract has one row for each case."
        )
    told = f"{where}: no row can be taken for year {year}: "
    left = f"{outside:,} are closed before the year or referred after it"
    if not rejected:
        raise InputError(f"{told}of {rows:,} rows {left}; give the year's own extract.")
    share = f"all {rows:,} rows" if rejected == rows else f"{rejected:,} of {rows:,} rows"
    also = f", and {left}" if outside else ""
    raise InputError(
        f"{told}{share} are rejected{also}; the reasons: {reasons(len(counted.reasons))}."
    )


def _of_conflicts(counted: Counted, rejected: int) -> list[str]:
    """Return what is likely where most of what is rejected is cases in rows that differ."""
    if 2 * counted.reasons.get(CONFLICT, 0) <= rejected:
        return []
    if _ROUNDED.fullmatch(str(first_of(counted.of_note, CONFLICT)["value"])):
        return [
            "a number with nothing but zeros from its 16th digit on was rounded by a spreadsheet, "
            "if the others are so too: give the file as the system wrote it"
        ]
    if len(counted.files) > 1:
        return [
            "files taken one after the other are merged by --merge snapshots (merge: snapshots in "
            "intake.yml)"
        ]
    return []


def _commonest(counted: Counted, names: Names, most: int) -> str:
    """Name the commonest reasons, each with its first example, and how many more there are."""
    told = [
        f"{code} ({counted.reasons[code]:,}, first {_first(counted, code, names)})"
        for code in list(counted.reasons)[:most]
    ]
    further = len(counted.reasons) - len(told)
    return "; ".join([*told, *[f"and {further} more"] * bool(further)])


def _first(counted: Counted, code: str, names: Names) -> str:
    first = first_of(counted.of_note, code)
    column = f", {first['column']}" if first["column"] else ""
    written = str(first["value"])
    short = written if len(written) <= _LONGEST else f"{written[:_LONGEST]}…"
    value = "nothing" if first["value"] is None else repr(short)
    return f"{names.of(int(str(first['table_no'])))}, row {first['row_no']:,}{column}: {value}"
