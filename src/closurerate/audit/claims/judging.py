"""Whether a printed figure is what the others make of it: plainly, by a declared reading, or not.

The readings are tried on every figure, in their order here; none is written down for one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from closurerate.audit.claims.derivation import (
    Compute,
    Derivation,
    Reports,
    derivation,
    number_of,
)
from closurerate.quantity import rounded
from closurerate.records.claim import Claim
from closurerate.records.feasible import ROUNDINGS, ExactRange, Rounding, prints_as
from closurerate.records.published import Published

Verdict = Literal["agrees", "agrees_rounded", "agrees_under_reading", "disagrees", "cannot_check"]

READINGS = (
    *(one for one in ROUNDINGS if one != "unknown"),
    "capped",
    "other_base",
    "other_definition",
    "missing_myriad",
)
"""How else than plainly (rounded half up; what is printed with 餘, down) a figure may be meant.

Rounded in another way; a percentage capped at 100; a growth measured on the year itself, a share
on the rest of the whole; by the definition of another year (`definition_of_106`); a 萬 left out
after the last digits of an amount in 億, where 餘 says that lower ones are.
"""

_OTHER_BASE: Mapping[str, Compute] = {
    "growth": lambda now, before: 100 * (now - before) / now,
    "share": lambda part, whole: 100 * part / (whole - part),
}
_MYRIAD, _SQUARED = 10**4, 10**8


@dataclass(frozen=True)
class JudgedClaim:
    """A printed figure and its verdict.

    Args:
        value: What the others make of it, exactly and plainly; None where it cannot be checked.
        reading: The one of `READINGS` by which alone it agrees.
        derivation: How it follows; None where it follows from no other figure.
    """

    claim: Claim
    verdict: Verdict
    value: Fraction | None = None
    reading: str | None = None
    derivation: Derivation | None = None

    @property
    def printed(self) -> Decimal:
        """The printed number in its unit."""
        written = self.claim.written if self.claim.is_numeric else int(number_of(self.claim))
        return Decimal(written)

    @property
    def recomputed(self) -> Decimal | None:
        """What the others make of it, rounded half up to the printed precision."""
        return None if self.value is None else rounded(self.value, self.claim.decimals)

    @property
    def difference(self) -> Decimal | None:
        """How much more is printed than recomputed."""
        return None if self.recomputed is None else self.printed - self.recomputed

    @property
    def is_accused(self) -> bool:
        """Whether it is not plainly what the others make of it."""
        return self.verdict in ("agrees_under_reading", "disagrees")

    def entries(self) -> list[dict[str, Any]]:
        """Return it as data, once for each place where it is printed."""
        numbers = {
            name: None if (number := getattr(self, name)) is None else f"{number:f}"
            for name in ("printed", "recomputed", "difference")
        }
        return [
            {
                "id": self.claim.id,
                "place": place,
                "printed": numbers["printed"],
                "recomputed": numbers["recomputed"],
                "verdict": self.verdict,
                "reading": self.reading,
                "difference": numbers["difference"],
            }
            for place in self.claim.places
        ]


def judge_claims(reports: Reports, year: int) -> list[JudgedClaim]:
    """Return the verdict on each number printed of a year, in the report's order.

    Texts are judged too where they follow from another.

    Raises:
        InputError: If a figure is defined by what is no formula of figures.
    """
    claims = reports[year].claims.values()
    return [_judged(reports, year, one) for one in claims if one.is_numeric or one.follows]


def completed(report: Published, other: Published) -> Published:
    """Return a report's figures, with how they follow as another transcription of it has that.

    That is taken where this one says nothing, and with it the texts that it lacks: formulas, lists.
    """
    texts = [one for one in other.claims.values() if not (one.is_numeric or one.follows)]
    claims = {one.id: one for one in texts} | dict(report.claims)
    for one in report.claims.values():
        if one.follows is None and one.id in other:
            claims[one.id] = replace(one, follows=other[one.id].follows)
    return replace(report, claims=claims)


def _judged(reports: Reports, year: int, claim: Claim) -> JudgedClaim:
    meant = _with_myriad(claim)
    if claim.follows is None:
        if meant is None:
            return JudgedClaim(claim, "cannot_check")
        return JudgedClaim(claim, "agrees_under_reading", meant, "missing_myriad")
    plain = derivation(reports, year, claim.id, claim.follows)
    value, span = plain.value(), plain.span()
    if value is None or span is None:
        return JudgedClaim(claim, "cannot_check", derivation=plain)
    rounding: Rounding = "down" if claim.precision == "at_least" else "half_up"
    if value == number_of(claim):
        return JudgedClaim(claim, "agrees", value, derivation=plain)
    if span.meets(prints_as(number_of(claim), claim.decimals, rounding)):
        return JudgedClaim(claim, "agrees_rounded", value, derivation=plain)
    for reading, other, printed in _read_otherwise(reports, year, claim, plain, rounding):
        if other is not None and other.meets(printed):
            return JudgedClaim(claim, "agrees_under_reading", value, reading, plain)
    return JudgedClaim(claim, "disagrees", value, derivation=plain)


def _read_otherwise(
    reports: Reports, year: int, claim: Claim, plain: Derivation, plainly: Rounding
) -> Iterator[tuple[str, ExactRange | None, ExactRange]]:
    """Yield each reading, the values that it gives, and those that are printed so by it."""
    assert claim.follows is not None
    number, relation = number_of(claim), claim.follows.relation
    printed = prints_as(number, claim.decimals, plainly)
    for rounding in ROUNDINGS:
        if rounding not in (plainly, "unknown"):
            yield rounding, plain.span(), prints_as(number, claim.decimals, rounding)
    if claim.unit == "percent":
        yield "capped", replace(plain, compute=_capped(plain.compute)).span(), printed
    if relation in _OTHER_BASE:
        yield "other_base", replace(plain, compute=_OTHER_BASE[relation]).span(), printed
    if relation == "definition":
        for other, report in reports.items():
            theirs = report.claims.get(claim.id)
            if theirs and theirs.follows:
                named = tuple(
                    replace(one, year=one.year or other) for one in theirs.follows.figures
                )
                follows = replace(theirs.follows, figures=named)
                found = derivation(reports, year, claim.id, follows).span()
                yield f"definition_of_{other}", found, printed
    meant = _with_myriad(claim)
    if meant is not None:
        yield "missing_myriad", plain.span(), prints_as(meant, claim.decimals - 4, "down")


def _capped(compute: Compute) -> Compute:
    def capped(*values: Fraction) -> Fraction | None:
        found = compute(*values)
        return None if found is None else min(found, Fraction(100))

    return capped


def _with_myriad(claim: Claim) -> Fraction | None:
    """Return what an amount is with 萬 after its last digits; None where none can be missing.

    餘 says that lower digits are left out, and nothing is lower than the last digit of a whole
    number; where 億 stands right before the last four, the 萬 after them is missing.
    """
    if claim.precision != "at_least" or claim.decimals != 0 or claim.value < _SQUARED:
        return None
    above, below = divmod(claim.value, _SQUARED)
    return above * _SQUARED + below * _MYRIAD if 0 < below < _MYRIAD else None
