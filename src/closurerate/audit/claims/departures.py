"""What our report has otherwise than the printed one, with what the printed figures make of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from closurerate.audit.claims.judging import JudgedClaim, judge_claims
from closurerate.quantity import Evidence, Quantity
from closurerate.records.claim import Claim
from closurerate.records.placeholders import derive, placeholders
from closurerate.records.published import Published


@dataclass(frozen=True)
class Departs:
    """A printed figure beside its recomputation (None: nothing gives it), and the reason."""

    claim: Claim
    recomputed: Quantity | None
    figures: Mapping[str, Quantity]

    @property
    def evidence(self) -> Evidence:
        """What it rests on: printed figures, or a reading of them."""
        return "assumed" if self.recomputed is None else self.recomputed.evidence


def departures(published: Mapping[int, Published], year: int) -> list[Departs]:
    """Return what in a year's printed report departs from its recomputation, in its order.

    One whose figures of the year before are not printed is left out.
    """
    report, before = published.get(year), published.get(year - 1)
    if report is None:
        return []
    claims = report.claims.values()
    earlier = before.quantities() if before else {}
    known = report.quantities() | {f"{name}_previous": one for name, one in earlier.items()}
    coarse = {claim.id for claim in claims if claim.is_numeric and claim.decimals < 0}
    verdicts = {one.claim.id: one for one in judge_claims(published, year)}
    found = (
        _departs(claim, verdicts.get(claim.id), known, coarse) for claim in claims if claim.departs
    )
    return [one for one in found if one is not None]


def _departs(
    claim: Claim, judged: JudgedClaim | None, known: Mapping[str, Quantity], coarse: set[str]
) -> Departs | None:
    departs, recomputed = claim.departs, None
    assert departs is not None
    names = dict.fromkeys(name for text in departs.why.values() for name in placeholders(text))
    figures = {name: derive(name, known, coarse) for name in names}
    if judged is not None and claim.is_numeric:
        if judged.value is None:
            return None
        evidence: Evidence = "published" if judged.derivation else "assumed"
        recomputed = Quantity(judged.value, claim.unit, max(claim.decimals, 0), evidence)
    told = {name: one for name, one in figures.items() if one is not None}
    return Departs(claim, recomputed, told) if len(told) == len(names) else None
