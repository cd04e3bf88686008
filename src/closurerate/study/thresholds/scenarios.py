"""Threshold scenarios: ratios and tier boundaries in place of the official ones, exact."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import lcm

import numpy as np
import numpy.typing as npt

from closurerate.errors import InputError

Ratio = Fraction | Decimal | int | str
"""A ratio as exact as it is given; a float is none."""

Numerators = npt.NDArray[np.int64] | npt.NDArray[np.object_]

_LARGEST = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Scenarios:
    """Thresholds of `n` scenarios for the same `k` tiers, the lowest first.

    Args:
        ratio_numerators (numpy.ndarray of int64 or of Python integers, shape (n, k)): Ratio that a
            part-paid case of the tier must pass, times `ratio_denominator`.
        ratio_denominator: 1 or more.
        boundaries_twd (numpy.ndarray of int64, shape (n, k - 1)): Referred amount from which a case
            is in the next tier, whole NTD, ascending; two that are equal leave the tier between
            them empty.
        is_equal_effective: Whether exactly on the ratio is effective.

    Raises:
        InputError: If the shapes do not belong together, a ratio is under 0, or boundaries are
            under 0 or out of order: names the first scenario, counted from 1.
    """

    ratio_numerators: Numerators
    ratio_denominator: int
    boundaries_twd: npt.NDArray[np.int64]
    is_equal_effective: bool = False

    def __post_init__(self) -> None:
        """Check shapes, signs and order."""
        ratios, boundaries = self.ratio_numerators, self.boundaries_twd
        if ratios.ndim != 2 or boundaries.shape != (ratios.shape[0], ratios.shape[1] - 1):
            raise InputError(
                f"scenarios: ratios of shape {ratios.shape} and boundaries of shape "
                f"{boundaries.shape}: must be (n, k) and (n, k - 1) for k tiers."
            )
        if ratios.dtype.kind not in "iO" or boundaries.dtype != np.int64:
            raise InputError(
                "scenarios: ratios must be whole numerators and boundaries int64, not floats."
            )
        if self.ratio_denominator < 1:
            raise InputError(f"scenarios: denominator {self.ratio_denominator}: must be 1 or more.")
        _refuse((ratios < 0).any(axis=1), "a ratio is under 0: must be 0 or more")
        _refuse((boundaries < 0).any(axis=1), "a boundary is under 0: must be whole NTD from 0")
        descends = (np.diff(boundaries, axis=1) < 0).any(axis=1)
        _refuse(descends, "a boundary passes that of the next tier: must ascend or be equal")

    def __len__(self) -> int:
        """Return the number of scenarios."""
        return len(self.ratio_numerators)

    def __getitem__(self, rows: slice) -> "Scenarios":
        """Return a part of the scenarios."""
        return Scenarios(
            self.ratio_numerators[rows],
            self.ratio_denominator,
            self.boundaries_twd[rows],
            self.is_equal_effective,
        )

    @classmethod
    def of(
        cls,
        ratios: Sequence[Sequence[Ratio]],
        boundaries: Sequence[Sequence[int]],
        *,
        is_equal_effective: bool = False,
    ) -> "Scenarios":
        """Return scenarios from exact ratios and whole boundaries, one sequence a scenario.

        Raises:
            InputError: If a ratio is a float or no number, or as for the class.
        """
        exact = [[_exact(ratio) for ratio in row] for row in ratios]
        denominator = lcm(*(ratio.denominator for row in exact for ratio in row))
        numerators = [
            [ratio.numerator * (denominator // ratio.denominator) for ratio in row] for row in exact
        ]
        tiers = len(exact[0]) if exact else 1
        if any(len(row) != tiers for row in exact) or any(
            len(row) != tiers - 1 for row in boundaries
        ):
            raise InputError(f"scenarios: each must have {tiers} ratios, {tiers - 1} boundaries.")
        fits = all(abs(item) <= _LARGEST for row in numerators for item in row)
        return cls(
            np.array(numerators, dtype=np.int64 if fits else object).reshape(len(exact), tiers),
            denominator,
            np.array(boundaries, dtype=np.int64).reshape(len(boundaries), tiers - 1),
            is_equal_effective,
        )


def _refuse(wrong: npt.ArrayLike, said: str) -> None:
    places = np.flatnonzero(wrong)
    if places.size:
        raise InputError(f"scenario {int(places[0]) + 1}: {said}.")


def _exact(ratio: Ratio) -> Fraction:
    if isinstance(ratio, Fraction):
        return ratio
    if not isinstance(ratio, Decimal | int | str):
        raise InputError(f"scenarios: ratio {ratio!r}: must be exact, such as '0.5', no float.")
    try:
        return Fraction(ratio)
    except (ValueError, ZeroDivisionError, OverflowError):
        raise InputError(f"scenarios: ratio {ratio!r}: must be a number such as '0.5'.") from None
