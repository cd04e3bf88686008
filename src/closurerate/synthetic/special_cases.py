"""Cases that are made one by one: those on a boundary, and those of large debtors."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import numpy.typing as npt

from closurerate.cases.vocabulary import BRANCHES
from closurerate.errors import InputError
from closurerate.synthetic.nation import Nation
from closurerate.synthetic.sampling import Ints, apportioned
from closurerate.synthetic.totals import half_up

MOST_OVER = 50
"""How many times the bound of a large debtor one of them may owe."""


@dataclass(frozen=True)
class Boundary:
    """Closed cases that lie exactly on a ratio or a tier boundary, or one TWD over.

    Attributes:
        rows (numpy.ndarray of int64): Where they are in their block.
        kind, branch (numpy.ndarray of int64): Places in the kinds and the branches.
        amount, paid (numpy.ndarray of int64): Referred amount and paid amount, NTD; paid before the
            first year.
    """

    rows: Ints
    kind: Ints
    branch: Ints
    amount: Ints
    paid: Ints

    def at(self, rows: Ints) -> "Boundary":
        """Return the same cases at these rows."""
        return replace(self, rows=rows)


@dataclass(frozen=True)
class LargeDebtors:
    """Cases of obligors who owe very much in all, pending through both years.

    Attributes:
        rows (numpy.ndarray of int64): Where they are in their block.
        kind, branch, obligor (numpy.ndarray of int64): Places in the kinds and the branches; number
            of the obligor.
        is_company (numpy.ndarray of bool): Whether the obligor is a company (a city government
            counts as one).
        amount (numpy.ndarray of int64): Referred amount, NTD.
        collected_first, collected_second (numpy.ndarray of int64): Collected in each of the two
            years, NTD.
    """

    rows: Ints
    kind: Ints
    branch: Ints
    obligor: Ints
    is_company: npt.NDArray[np.bool_]
    amount: Ints
    collected_first: Ints
    collected_second: Ints

    def at(self, rows: Ints) -> "LargeDebtors":
        """Return the same cases at these rows."""
        return replace(self, rows=rows)


_NOWHERE = np.zeros(0, dtype=np.int64)


def places(rng: np.random.Generator, older: int, wanted: Sequence[int]) -> list[Ints]:
    """Return different rows among the older cases of a block, spread over all of them.

    Raises:
        InputError: If more than half of the older cases would be special.
    """
    total = sum(wanted)
    if 2 * total > older:
        raise InputError(
            f"synthetic extract: {total:,} special cases do not fit among {older:,} older cases; "
            "take a larger fraction of the nation."
        )
    rows = rng.permutation(np.arange(total) * older // max(total, 1))
    return np.split(rows, np.cumsum(wanted)[:-1])


def boundary_cases(nation: Nation) -> Boundary:
    """Return in every branch, for every amount, cases on its tier's ratio and as many just over."""
    entry = nation.assumptions.boundary_cases
    copies = range(nation.scaled_count(entry["copies"], least=min(1, entry["copies"])))
    amounts = list(entry["amounts"])
    limits = [int(nation.rule.tier_of(amount).ratio * amount) for amount in amounts]
    cases = [
        (branch, amount, limit + over)
        for branch, (amount, limit), over, _ in product(
            range(len(BRANCHES)), zip(amounts, limits, strict=True), (0, 1), copies
        )
    ]
    branch, amount, paid = np.array(cases, dtype=np.int64).reshape(-1, 3).T
    kind = nation.assumptions.kind_names.index(entry["kind"])
    return Boundary(_NOWHERE, np.full(branch.size, kind), branch, amount, paid)


def large_debtors(nation: Nation) -> LargeDebtors:
    """Return the large debtors' cases, whose collections are their published share of each year's.

    Raises:
        InputError: If a case would be paid in full by what it is to give.
    """
    rest, giants = _obligors_over_bound(nation), _giants(nation)
    share = nation.assumptions.large_share - nation.assumptions.giant_share
    rng = nation.random("large debtors", "payments")
    is_payer = rng.random(rest.amount.size) < nation.assumptions.large_debtors["payers"]
    is_payer[0] = True
    weights = np.where(is_payer, rest.amount * rng.random(rest.amount.size), 0.0)
    first, second = (
        apportioned(half_up(share * totals.collected_twd), weights)
        for totals in (nation.totals.first, nation.totals.second)
    )
    rest = replace(rest, collected_first=first, collected_second=second)
    together = LargeDebtors(
        **{
            name: np.concatenate([getattr(rest, name), getattr(giants, name)])
            for name in LargeDebtors.__dataclass_fields__
        }
    )
    if np.any(together.collected_first + together.collected_second >= together.amount):
        raise InputError(
            "synthetic extract: large debtors would give more than they owe; let them owe more "
            "(large_debtors and giants in data/synthetic.yml)."
        )
    return together


def _obligors_over_bound(nation: Nation) -> LargeDebtors:
    """Return the cases of persons and companies over the bound, without payments."""
    entry = nation.assumptions.large_debtors
    rng = nation.random("large debtors", "debts")
    companies = nation.scaled_count(entry["company"], least=2)
    count = nation.scaled_count(entry["person"], least=2) + companies
    is_company = np.arange(count) < companies
    bound = nation.assumptions.large_debtor
    least = np.where(is_company, bound["company"], bound["person"]) * 1.05
    over = np.minimum(rng.random(count) ** (-1 / entry["exponent"]), MOST_OVER)
    cases = int(entry["cases"])
    parts = rng.random((count, cases)) + 0.2
    owed = np.floor(least * over).astype(np.int64)
    amount = np.concatenate([apportioned(int(owed[i]), parts[i]) for i in range(count)])
    obligor = np.repeat(np.arange(count), cases)
    kinds = [_kinds(nation, "company" if company else "person", cases) for company in is_company]
    branch = rng.choice(
        len(BRANCHES), count, p=[nation.assumptions.branch_share[name] for name in BRANCHES]
    )
    return LargeDebtors(
        rows=_NOWHERE,
        kind=np.concatenate(kinds),
        branch=branch[obligor].astype(np.int64),
        obligor=obligor + nation.obligor_branch.size + len(nation.assumptions.giants),
        is_company=is_company[obligor],
        amount=amount,
        collected_first=np.zeros_like(amount),
        collected_second=np.zeros_like(amount),
    )


def _giants(nation: Nation) -> LargeDebtors:
    """Return the cases of the two cities, with their payments in both years."""
    entries = nation.assumptions.giants
    shares = [entry["share"] for entry in entries.values()]
    payments = [
        apportioned(half_up(nation.assumptions.giant_share * totals.collected_twd), shares)
        for totals in (nation.totals.first, nation.totals.second)
    ]
    columns = [
        _giant(nation, place, name, int(payments[0][place]), int(payments[1][place]))
        for place, name in enumerate(entries)
    ]
    kind, branch, obligor, amount, first, second = np.concatenate(columns, axis=1)
    is_company = np.ones(amount.size, dtype=np.bool_)
    return LargeDebtors(_NOWHERE, kind, branch, obligor, is_company, amount, first, second)


def _giant(nation: Nation, place: int, name: str, first: int, second: int) -> Ints:
    """Return one city's kinds, branches, obligors, amounts and payments of both years, stacked."""
    entry = nation.assumptions.giants[name]
    cases = int(entry["cases"])
    weights = nation.random("giants", name).random(cases) + 0.5
    owed = max(int(entry["multiple"] * second), 2 * nation.assumptions.large_debtor["company"])
    return np.stack(
        [
            _kinds(nation, "giant", cases),
            np.full(cases, BRANCHES.index(name)),
            np.full(cases, nation.obligor_branch.size + place),
            apportioned(owed, weights),
            apportioned(first, weights),
            apportioned(second, weights),
        ]
    )


def _kinds(nation: Nation, group: str, count: int) -> Ints:
    names = nation.assumptions.large_kinds[group]
    turn = [nation.assumptions.kind_names.index(name) for name in names]
    return np.resize(np.array(turn, dtype=np.int64), count)
