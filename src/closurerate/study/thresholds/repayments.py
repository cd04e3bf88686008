"""The part-paid cases closed in a year: all that a threshold can make effective, or not."""

from dataclasses import dataclass
from pathlib import Path

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from closurerate.cases.engine import computed, opened
from closurerate.cases.profile import Profile, profile_of
from closurerate.cases.scope import in_year, require_open
from closurerate.cases.vocabulary import BRANCHES
from closurerate.errors import InputError
from closurerate.kpi.counts import counts_of, grouped_cases
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


def repayments_in(cases: ir.Table, rule: EffectiveRule) -> Repayments:
    """Return the part-paid cases closed in a year, of `cases.scope.in_year`."""
    # DuckDB looks a dictionary's words up once in a list, but once a row in an IN.
    is_part = ibis.literal(list(rule.paid_in_part), "array<string>").contains(cases.disposition)
    kept = cases.filter(cases.is_closed, is_part)
    places = [(kept.branch == name, place) for place, name in enumerate(BRANCHES)]
    rows = kept.select(
        branch=ibis.cases(*places, else_=ibis.null("int8")).cast("int8"),
        referred_twd="referred_amount_twd",
        paid_twd="paid_amount_twd",
    )
    return _from_table(rows.order_by("branch", "referred_twd", "paid_twd").to_pyarrow())


def collect_repayments(path: Path, year: int, rule: EffectiveRule) -> Repayments:
    """Return the part-paid cases closed in a year, read once from a contract file by DuckDB.

    Raises:
        InputError: If the file cannot be read.
    """
    with opened(path) as cases:
        return repayments_in(in_year(cases, year), rule)


@dataclass(frozen=True)
class Measured:
    """What `kpi.counts.count_cases`, `collect_repayments` and `profile_cases` return of a file."""

    counts: pd.DataFrame
    repayments: Repayments | None
    profile: Profile | None


def measured_cases(
    path: Path, year: int, rule: EffectiveRule, *, with_repayments: bool, with_profile: bool
) -> Measured:
    """Return a contract file's count for a year, and if asked its part-paid cases and profile.

    Count and profile share one pass over the rows, which is most of the work of either. InputError
    if no case of the file was open in the year.
    """
    with opened(path) as cases:
        scoped = in_year(cases, year)
        grouped = computed(grouped_cases(scoped, rule))
        counts = counts_of(grouped, rule)
        require_open(len(counts), path, year)
        repayments = repayments_in(scoped, rule) if with_repayments else None
        profile = profile_of(scoped, year, grouped) if with_profile else None
    return Measured(counts, repayments, profile)


def write_repayments(repayments: Repayments, path: Path) -> None:
    """Write the cases as Parquet, in one step."""
    columns = [repayments.branch, repayments.referred_twd, repayments.paid_twd]
    with replacing(path) as partial, sealed_parquet(partial, _SCHEMA) as writer:
        writer.write_table(pa.table([pa.array(item) for item in columns], schema=_SCHEMA))


def read_repayments(path: Path) -> Repayments:
    """Return what `write_repayments` wrote; InputError if it is not there, or not that."""
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
