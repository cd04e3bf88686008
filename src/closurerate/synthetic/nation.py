"""What all cases of a synthetic panel share: obligors, mix of debts, amounts, days."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from closurerate.cases.vocabulary import BRANCHES
from closurerate.kpi.effective import EffectiveRule
from closurerate.synthetic.assumptions import TIERS, Assumptions
from closurerate.synthetic.sampling import Floats, Quantiles, cell_edges, lottery, stream, u16
from closurerate.synthetic.totals import PanelTotals, half_up
from closurerate.synthetic.working_days import DayAxis, day_axis

GREATEST_PART = 20
"""No case of an ordinary obligor pays more than one part in so many of a year's collections: at
national scale that excludes nobody, in a small one it keeps one case from upsetting the total."""


@dataclass(frozen=True)
class Nation:
    """The tables that cases are drawn from.

    Attributes:
        assumptions: The file that they were made from.
        totals: What the two years add up to, at this scale.
        fraction (fractions.Fraction): The scale.
        seed: Seed of every random number.
        axis (DayAxis): The days from the oldest referral to the end of the second year.
        obligor_branch (numpy.ndarray of uint8): Branch of each obligor, persons before companies.
        obligor_rank (Quantiles): Number of the obligor of a person's (0) and a company's (1) case.
        kind_lottery, tier_lottery (numpy.ndarray of uint8): Kind of a case; its tier, by kind.
        amounts (Quantiles): Referred amounts: by kind for the ordinary tier, then special, major of
            a person, major of a company.
        greatest_payment_twd: What a case of an ordinary obligor may owe at most to be paid.
    """

    assumptions: Assumptions
    totals: PanelTotals
    fraction: Fraction
    seed: int
    axis: DayAxis
    obligor_branch: npt.NDArray[np.uint8]
    obligor_rank: Quantiles
    kind_lottery: npt.NDArray[np.uint8]
    tier_lottery: npt.NDArray[np.uint8]
    amounts: Quantiles
    greatest_payment_twd: int

    @property
    def rule(self) -> EffectiveRule:
        """What the effective cases are counted by."""
        return self.totals.rule

    def random(self, *names: str) -> np.random.Generator:
        """Return the random numbers of one purpose."""
        return stream(self.seed, *names)

    def scaled_count(self, count: float, least: int = 1) -> int:
        """Return a national count at this scale, but not less than the least."""
        return max(least, half_up(Fraction(count) * self.fraction))

    def lateness(self, odds: Mapping[str, Mapping[str, float]]) -> npt.NDArray[np.float32]:
        """Return one over the odds of each cell (kind, branch, tier), as one flat table."""
        kind, branch, tier = (
            np.array([odds[axis].get(name, 1.0) for name in names], dtype=np.float64)
            for axis, names in (
                ("kind", self.assumptions.kind_names),
                ("branch", BRANCHES),
                ("tier", TIERS),
            )
        )
        together = kind[:, None, None] * branch[:, None] * tier
        return (1.0 / together).ravel().astype(np.float32)


def make_nation(
    totals: PanelTotals, assumptions: Assumptions, fraction: Fraction, seed: int
) -> Nation:
    """Make the tables of a nation.

    Args:
        totals: Totals at this scale.
        assumptions: From data/synthetic.yml.
        fraction (fractions.Fraction): The scale, which the number of obligors follows.
        seed: Seed.
    """
    persons, companies = (
        max(50, half_up(Fraction(assumptions.obligors[kind]["count"]) * fraction))
        for kind in ("person", "company")
    )
    rng = stream(seed, "obligors")
    branches = lottery([assumptions.branch_share[branch] for branch in BRANCHES])
    ordinary_twd = min(totals.first.collected_twd, totals.second.collected_twd)
    years = len(assumptions.older_cases)
    return Nation(
        assumptions=assumptions,
        totals=totals,
        fraction=fraction,
        seed=seed,
        axis=day_axis(totals.first_year - years, totals.first_year + 1),
        obligor_branch=branches[u16(rng, persons + companies)],
        obligor_rank=_ranks(assumptions, persons, companies),
        kind_lottery=lottery([assumptions.case_mix[kind] for kind in assumptions.kind_names]),
        tier_lottery=lottery([assumptions.tier_mix[kind] for kind in assumptions.kind_names]),
        amounts=_amounts(assumptions, totals.rule),
        greatest_payment_twd=int((1 - assumptions.large_share) * ordinary_twd / GREATEST_PART),
    )


def _ranks(assumptions: Assumptions, persons: int, companies: int) -> Quantiles:
    edges = cell_edges()
    person, company = (
        edges ** assumptions.obligors[kind]["exponent"] for kind in ("person", "company")
    )
    return Quantiles.of([person * persons, persons + company * companies])


def _amounts(assumptions: Assumptions, rule: EffectiveRule) -> Quantiles:
    """Return the distributions of referred amounts, NTD, in the order that `Nation` names."""
    special, major = (tier.from_twd for tier in rule.tiers[1:])
    higher = assumptions.higher_amount
    ordinary = [
        _lognormal(shape["median"], shape["sigma"], assumptions.smallest_amount, special)
        for shape in (assumptions.ordinary_amount[kind] for kind in assumptions.kind_names)
    ]
    tails = [
        _pareto(higher["exponent"], low, high)
        for low, high in (
            (special, major),
            (major, higher["person_most"]),
            (major, higher["company_most"]),
        )
    ]
    return Quantiles.of([*ordinary, *tails])


def _lognormal(median: float, sigma: float, low: float, high: float) -> Floats:
    """Return the quantiles of a lognormal distribution cut off at both ends."""
    first, last = (ndtr(np.log(bound / median) / sigma) for bound in (low, high))
    inner = ndtri(first + cell_edges() * (last - first))
    quantiles: Floats = np.clip(median * np.exp(sigma * inner), low, high)
    return quantiles


def _pareto(exponent: float, low: float, high: float) -> Floats:
    """Return the quantiles of a Pareto distribution cut off at the upper end."""
    remaining = 1 - cell_edges() * (1 - (low / high) ** exponent)
    return np.asarray(low * remaining ** (-1 / exponent), dtype=np.float64)
