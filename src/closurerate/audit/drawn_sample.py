"""Audit samples drawn from the closed cases of a year, and the sheet on which an auditor writes.

Each case has a number that anybody can recompute: the lower half of the MD5 of `<seed>:<case id>`.
An attribute sample takes from each stratum (tier, disposition, whether the share paid is within
five hundredths of the tier's ratio) the cases of the smallest numbers, as many as are the
stratum's share of all; so each case is as likely as any other. A sample of monetary units lays the
amounts end to end in the order of the numbers, cuts them into as many equal cells as units are
wanted, and takes the case in which a point of each cell lies.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.datatypes as dt
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from closurerate.cases.engine import opened
from closurerate.cases.scope import in_year, require_open
from closurerate.cases.source import digest, is_synthetic
from closurerate.cases.vocabulary import DISPOSITIONS
from closurerate.errors import InputError
from closurerate.kpi.counts import count_cases
from closurerate.kpi.definition import Definition
from closurerate.kpi.effective import tier_rank_expression
from closurerate.kpi.evaluate import totals

if TYPE_CHECKING:
    import ibis.expr.types as ir

NEAR = Fraction(1, 20)
"""How far from the tier's ratio a share paid is near it."""
SHOWN = (
    "case_id", "branch", "category", "closed_on", "disposition", "referred_amount_twd",
    "paid_amount_twd",
)  # fmt: skip


@ibis.udf.scalar.builtin(name="md5_number_lower")  # type: ignore[untyped-decorator]
def drawing_number(text: str) -> dt.uint64:
    """Return the lower half of a text's MD5 as a number."""


@dataclass(frozen=True)
class SamplePlanned:
    """What a sheet has to know of its sample, to be evaluated without the case file.

    Attributes:
        of: `cases`, or the column of amounts whose units were drawn.
        effective, closed, pending: Of all cases of the year.
        total_twd: All units, of a sample of them; else 0.
    """

    kpi: str
    year: int
    seed: int
    size: int
    of: str
    cases_sha256: str
    is_synthetic: bool
    effective: int
    closed: int
    pending: int
    total_twd: int = 0

    def items(self) -> list[tuple[str, Any]]:
        """Return its fields by name."""
        return list(asdict(self).items())


def drawn(
    cases: Path, definition: Definition, year: int, size: int, seed: int, amount: str | None = None
) -> tuple[SamplePlanned, list[dict[str, Any]]]:
    """Return a sample of the closed cases of a year: what was planned, and the cases' columns.

    Args:
        amount: The column of NTD whose units are drawn; None: cases are.

    Returns:
        Each case with `SHOWN`, its tier and `is_near`; of units, how often it was `drawn`.

    Raises:
        InputError: If fewer cases were closed, or units are there, than wanted.
    """
    rule = definition.in_force(year).rule
    with opened(cases) as table:
        rows = _closed(table, definition, year, seed)
        wanted = rows.select(
            "number", "stratum", **({} if amount is None else {"twd": rows[amount]})
        )
        found = wanted.to_pyarrow()
        require_open(found.num_rows, cases, year)
        numbers = found["number"].to_numpy()
        if amount is None:
            chosen = _of_strata(numbers, found["stratum"].to_numpy(), size)
            times, total = dict.fromkeys(numbers[chosen].tolist(), 1), 0
        else:
            times, total = _of_units(numbers, found["twd"].to_numpy(), size, seed)
        if sum(times.values()) < size:
            there = found.num_rows if amount is None else total
            raise InputError(f"{cases}: {size:,} are wanted of {there:,}; draw no more than that.")
        kept = ibis.memtable(pa.table({"number": pa.array(list(times), pa.uint64())}))
        picked = rows.semi_join(kept, "number").order_by("number", "case_id")
        columns = [*SHOWN, "number", "tier_rank", "is_near"]
        shown = picked.select(*columns).to_pyarrow().to_pylist()
    sample = [
        {name: row[name] for name in SHOWN}
        | {"tier": rule.tiers[row["tier_rank"]].name, "is_near": row["is_near"]}
        | ({} if amount is None else {"drawn": times[row["number"]]})
        for row in shown
    ]
    counts = totals(count_cases(cases, year, rule))
    effective, closed, pending = (
        int(counts[name] or 0) for name in ("effective", "closed", "pending")
    )
    planned = SamplePlanned(
        definition.id, year, seed, size, amount or "cases", digest(cases), is_synthetic(cases),
        effective, closed, pending, total,
    )  # fmt: skip
    return planned, sample


def _closed(table: "ir.Table", definition: Definition, year: int, seed: int) -> "ir.Table":
    """Return the closed cases of a year with their numbers and strata."""
    rule = definition.in_force(year).rule
    rows = in_year(table, year)
    rows = rows.filter(rows.is_closed)
    rows = rows.mutate(
        number=drawing_number(ibis.literal(f"{seed}:") + rows.case_id.cast("string")),
        tier_rank=tier_rank_expression(rows.referred_amount_twd, rule),
    )
    ratio = ibis.cases(
        *((rows.tier_rank == place, float(tier.ratio)) for place, tier in enumerate(rule.tiers)),
        else_=0.0,
    )
    distance = (rows.paid_amount_twd / rows.referred_amount_twd - ratio).abs()
    fates = [(rows.disposition == name, place) for place, name in enumerate(DISPOSITIONS)]
    rows = rows.mutate(
        is_near=rows.disposition.isin(rule.paid_in_part) & (distance <= float(NEAR)),
        fate=ibis.cases(*fates, else_=len(DISPOSITIONS)),
    )
    place = (rows.tier_rank * (len(DISPOSITIONS) + 1) + rows.fate) * 2
    return rows.mutate(stratum=place + rows.is_near.cast("int8"))


def _of_strata(
    numbers: npt.NDArray[np.uint64], strata: npt.NDArray[np.integer[Any]], size: int
) -> npt.NDArray[np.intp]:
    """Return the places of the smallest numbers of each stratum, as many as is its share."""
    kinds, counts = np.unique(strata, return_counts=True)
    chosen = [
        places[np.argsort(numbers[places], kind="stable")[:share]]
        for kind, share in zip(kinds, shares_of(counts.tolist(), size), strict=True)
        if (places := np.flatnonzero(strata == kind)).size
    ]
    return np.concatenate(chosen)


def shares_of(counts: Sequence[int], size: int) -> list[int]:
    """Return a size split as counts are, what is left over to the largest remainders."""
    total = sum(counts)
    exact = [Fraction(min(size, total) * count, total) for count in counts]
    parts = [int(part) for part in exact]
    by_remainder = sorted(range(len(counts)), key=lambda place: parts[place] - exact[place])
    for place in by_remainder[: min(size, total) - sum(parts)]:
        parts[place] += 1
    return parts


def _of_units(
    numbers: npt.NDArray[np.uint64], amounts: npt.NDArray[np.int64], size: int, seed: int
) -> tuple[dict[int, int], int]:
    """Return how often each case is hit, by its number, and the sum of all amounts."""
    order = np.argsort(numbers, kind="stable")
    ends = np.cumsum(amounts[order])
    total = int(ends[-1])
    if total < size:
        return {}, total
    chance, times = Random(seed), dict[int, int]()
    for cell in range(size):
        first, last = cell * total // size, (cell + 1) * total // size - 1
        hit = int(np.searchsorted(ends, chance.randint(first, last), side="right"))
        number = int(numbers[order[hit]])
        times[number] = times.get(number, 0) + 1
    return times, total
