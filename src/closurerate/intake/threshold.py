"""Whether so many rows are rejected that nothing is taken in."""

from collections.abc import Sequence
from fractions import Fraction

from closurerate.errors import InputError
from closurerate.intake.counting import Counted, first_of
from closurerate.intake.merging import CONFLICT
from closurerate.intake.placing import Names

_NAMED = 3
"""How many of the commonest reasons the sentence names."""

_LONGEST = 60
"""Characters of a value that the sentence shows."""


def check_share(counted: Counted, most: Fraction, names: Names, undecodable: Sequence[str]) -> None:
    """Refuse an extract of which too many rows are rejected.

    Parameters
    ----------
    counted : Counted
        Where the rows went, and why.
    most : fractions.Fraction
        Largest share of rejected rows that is allowed.
    names : Names
        File and sheet of each table.
    undecodable : sequence of str
        Where bytes did not decode, a sentence a file.

    Raises
    ------
    InputError
        With the share and the commonest reasons, each with an example.
    """
    files = counted.files
    rows, rejected = (sum(getattr(file, name) for file in files) for name in ("rows", "rejected"))
    if rejected <= most * rows:
        return
    commonest = list(counted.reasons)[:_NAMED]
    told = "; ".join(
        f"{code} ({counted.reasons[code]:,}, first {_first(counted, code, names)})"
        for code in commonest
    )
    further = len(counted.reasons) - len(commonest)
    also = f"; and {further} more" if further else ""
    hints = [*undecodable]
    if 2 * counted.reasons.get(CONFLICT, 0) > rejected and len(files) > 1:
        hints.append(
            "files taken one after the other are merged by --merge snapshots (merge: snapshots in "
            "intake.yml)"
        )
    raise InputError(
        f"{', '.join(file.name for file in files)}: {rejected:,} of {rows:,} rows are rejected "
        f"({float(Fraction(100 * rejected, rows)):.2f} %), more than the {float(100 * most):g} % "
        f"allowed (max-rejects), so nothing was replaced; the commonest reasons: "
        f"{'; '.join([told + also, *hints])}."
    )


def _first(counted: Counted, code: str, names: Names) -> str:
    first = first_of(counted.of_note, code)
    column = f", {first['column']}" if first["column"] else ""
    value = "nothing" if first["value"] is None else repr(_short(str(first["value"])))
    return f"{names.of(int(str(first['table_no'])))}, row {first['row_no']:,}{column}: {value}"


def _short(value: str) -> str:
    return value if len(value) <= _LONGEST else f"{value[:_LONGEST]}…"
