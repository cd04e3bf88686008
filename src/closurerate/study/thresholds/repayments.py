"""The part-paid cases closed in a year: all that a threshold can make effective, or not."""

from dataclasses import dataclass
from pathlib import Path

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from closurerate.cases.engine import opened
from closurerate.cases.scope import in_year
from closurerate.cases.vocabulary import BRANCHES
from closurerate.errors import InputError
from closurerate.kpi.effective import EffectiveRule
from closurerate.records.sealing import check_seal, sealed_parquet
from closurerate.records.writing import replacing

_SCHEMA = pa.schema([("branch", pa.int8()), ("referred_twd", pa.int64()), ("paid_twd", pa.int64())])


@dataclass(frozen=True)
class Repayments:
    """Cases closed in the year as paid in part, one entry a case.

    Args:
        branch (numpy.ndarray of int8): Place of the case's branch in the contract's `BRANCHES`.
        referred_twd, paid_twd (numpy.ndarray of int64): Referred amount (1 NTD or more) and paid
            amount (0 or more), whole NTD.
    """

    branch: npt.NDArray[np.int8]
    referred_twd: npt.NDArray[np.int64]
    paid_twd: npt.NDArray[np.int64]

    def __len__(self) -> int:
        """Return the number of cases."""
        return self.branch.size

    def of_branch(self, name: str) -> "Repayments":
        """Return the cases of one branch."""
        own = self.branch == BRANCHES.index(name)
        return Repayments(self.branch[own], self.referred_twd[own], self.paid_twd[own])


def repayments_expression(cases: ir.Table, year: int, rule: EffectiveRule) -> ir.Table:
    """Return the part-paid cases closed in a year, for any Ibis engine.

    Returns:
        ir.Table: `branch` (place in `BRANCHES`), `referred_twd`, `paid_twd`, in this order of rows,
            so that the order of the file is of no account.
    """
    rows = in_year(cases, year)
    kept = rows.filter(rows.is_closed, rows.disposition.isin(rule.paid_in_part))
    places = [(kept.branch == name, place) for place, name in enumerate(BRANCHES)]
    return kept.select(
        branch=ibis.cases(*places, else_=ibis.null("int8")).cast("int8"),
        referred_twd="referred_amount_twd",
        paid_twd="paid_amount_twd",
    ).order_by("branch", "referred_twd", "paid_twd")


def collect_repayments(path: Path, year: int, rule: EffectiveRule) -> Repayments:
    """Return the part-paid cases closed in a year, read once from a contract file by DuckDB.

    Raises:
        InputError: If the file cannot be read.
    """
    with opened(path) as cases:
        return _from_table(repayments_expression(cases, year, rule).to_pyarrow())


def write_repayments(repayments: Repayments, path: Path) -> None:
    """Write the cases as Parquet, in one step."""
    columns = [repayments.branch, repayments.referred_twd, repayments.paid_twd]
    with replacing(path) as partial, sealed_parquet(partial, _SCHEMA) as writer:
        writer.write_table(pa.table([pa.array(item) for item in columns], schema=_SCHEMA))


def read_repayments(path: Path) -> Repayments:
    """Return what `write_repayments` wrote.

    Raises:
        InputError: If it is not there, is damaged, or was not written by it.
    """
    if not path.is_file():
        raise InputError(
            f"{path}: the part-paid cases are not collected yet; `closurerate repayments` does it."
        )
    check_seal(path)
    return _from_table(pq.read_table(path, partitioning=None))


def _from_table(table: pa.Table) -> Repayments:
    branch, referred, paid = (
        table.column(name).to_numpy().astype(kind)
        for name, kind in zip(_SCHEMA.names, (np.int8, np.int64, np.int64), strict=True)
    )
    return Repayments(branch, referred, paid)
