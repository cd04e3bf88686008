"""The cases of a block: what is the same in both years' files."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from closurerate.cases.vocabulary import BRANCHES
from closurerate.synthetic.assumptions import TIERS
from closurerate.synthetic.nation import Nation
from closurerate.synthetic.panel import CARRIED, SETTLED, PanelPlan
from closurerate.synthetic.sampling import Ints, looked_up, sampling_pieces, u16, u32
from closurerate.synthetic.special_cases import (
    Boundary,
    LargeDebtors,
    boundary_cases,
    large_debtors,
    places,
)
from closurerate.synthetic.working_days import Days

Codes = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Block:
    """Cases that share their course, one row a case, in order of referral.

    Attributes:
        name: The block.
        kind, branch, tier (numpy.ndarray of uint8): Places in the assumptions' kinds, the
            contract's branches and the tiers.
        is_company (numpy.ndarray of bool): Whether the obligor is a company.
        obligor (numpy.ndarray of int32): Number of the obligor.
        amount (numpy.ndarray of int64): Referred amount, NTD.
        referred (numpy.ndarray of int32): Day, since 1970-01-01.
        plan: When they were referred.
        boundary (Boundary or None): The cases that lie on a boundary.
        large (LargeDebtors or None): The cases of large debtors.
    """

    name: str
    kind: Codes
    branch: Codes
    tier: Codes
    is_company: npt.NDArray[np.bool_]
    obligor: npt.NDArray[np.int32]
    amount: Ints
    referred: Days
    plan: PanelPlan
    boundary: Boundary | None
    large: LargeDebtors | None

    @property
    def rows(self) -> int:
        """Number of cases."""
        return self.amount.size

    @property
    def older(self) -> int:
        """How many rows, the first ones, were referred before the first year."""
        return self.plan.older

    def serials(self) -> npt.NDArray[np.int32]:
        """Return each case's number within its year's referrals, from 1."""
        found: npt.NDArray[np.int32] = np.repeat(
            self.plan.serial_base.astype(np.int32), self.plan.per_day
        )
        found += np.arange(self.rows, dtype=np.int32)
        return found

    def cell(self) -> npt.NDArray[np.int16]:
        """Return each case's place in a flat table by kind, branch and tier."""
        cell = self.kind.astype(np.int16)
        cell *= len(BRANCHES)
        cell += self.branch
        cell *= len(TIERS)
        cell += self.tier
        return cell


def make_block(nation: Nation, plan: PanelPlan) -> Block:
    """Draw the cases of a block; the same cases each time, in whatever file they are needed."""
    count = int(plan.per_day.sum())
    kind = looked_up(nation.kind_lottery, u16(nation.random(plan.name, "kind"), count))
    is_company = _is_company(nation, plan.name, kind)
    obligor = nation.obligor_rank.draw(u32(nation.random(plan.name, "obligor"), count), is_company)
    tier = looked_up(nation.tier_lottery, kind, u16(nation.random(plan.name, "tier"), count))
    days = nation.axis.start + np.arange(plan.per_day.size, dtype=np.int32)
    boundary, large = _special(nation, plan)
    block = Block(
        name=plan.name,
        kind=kind,
        branch=looked_up(nation.obligor_branch, obligor),
        tier=tier,
        is_company=is_company,
        obligor=obligor.astype(np.int32),
        amount=_amounts(nation, plan.name, kind, tier, is_company),
        referred=np.repeat(days, plan.per_day),
        plan=plan,
        boundary=boundary,
        large=large,
    )
    _place(nation, block)
    return block


def _is_company(nation: Nation, name: str, kind: Codes) -> npt.NDArray[np.bool_]:
    shares = nation.assumptions.company_share
    bound = np.array([shares[name] * 65536 for name in nation.assumptions.kind_names])
    draw = u16(nation.random(name, "company"), kind.size)
    below: npt.NDArray[np.bool_] = draw < looked_up(bound.astype(np.uint32), kind)
    return below


def _amounts(
    nation: Nation, name: str, kind: Codes, tier: Codes, is_company: npt.NDArray[np.bool_]
) -> Ints:
    """Return referred amounts, NTD, whole steps of their kind in the ordinary tier."""
    kinds = nation.assumptions.kind_names
    which = np.empty((len(kinds), len(TIERS), 2), dtype=np.uint8)
    which[:, 0, :] = np.arange(len(kinds))[:, None]
    which[:, 1, :] = len(kinds)
    which[:, 2, :] = len(kinds) + 1, len(kinds) + 2
    numbers = u32(nation.random(name, "amount"), kind.size)
    amount = nation.amounts.draw(numbers, looked_up(which, kind, tier, is_company.view(np.uint8)))
    step = np.ones((len(kinds), len(TIERS)), dtype=np.int32)
    step[:, 0] = [nation.assumptions.ordinary_amount[name]["step"] for name in kinds]
    in_steps(amount, looked_up(step, kind, tier))
    return amount


def in_steps(amount: Ints, step: npt.NDArray[np.integer]) -> None:
    """Bring amounts down to whole steps, in place, but not below one step."""
    for piece in sampling_pieces(amount.size):
        part = amount[piece]
        part -= part % step[piece]
        np.maximum(part, step[piece], out=part)


def priors(nation: Nation, block: Block) -> npt.NDArray[np.uint32]:
    """Return a random number where a case refers an earlier one again, else 0."""
    rng = nation.random(block.name, "prior")
    bound = int(nation.assumptions.prior_case["share"] * 65536)
    is_again = u16(rng, block.rows) < bound
    prior = np.zeros(block.rows, dtype=np.uint32)
    prior[is_again] = u32(rng, int(np.count_nonzero(is_again))) | np.uint32(1)
    for special in (block.boundary, block.large):
        if special is not None:
            prior[special.rows] = 0
    return prior


def _special(nation: Nation, plan: PanelPlan) -> tuple[Boundary | None, LargeDebtors | None]:
    """Return the cases of a block that are made, not drawn; they replace older rows."""
    if plan.name not in (SETTLED, CARRIED):
        return None, None
    boundary = boundary_cases(nation)
    large = large_debtors(nation) if plan.name == CARRIED else None
    wanted = [boundary.amount.size, large.amount.size if large else 0]
    found = places(nation.random(plan.name, "places"), plan.older, wanted)
    return boundary.at(found[0]), large.at(found[1]) if large else None


def _place(nation: Nation, block: Block) -> None:
    """Write the special cases over the rows where they belong."""
    bounds = [tier.from_twd for tier in nation.rule.tiers[1:]]
    for special in (block.boundary, block.large):
        if special is None:
            continue
        rows = special.rows
        block.kind[rows] = special.kind
        block.branch[rows] = special.branch
        block.amount[rows] = special.amount
        block.tier[rows] = np.searchsorted(bounds, special.amount, side="right")
    if block.large is not None:
        block.is_company[block.large.rows] = block.large.is_company
        block.obligor[block.large.rows] = block.large.obligor
