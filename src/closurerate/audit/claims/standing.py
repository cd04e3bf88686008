"""What a finding is about in an audit's own terms, by rule from verdict and relation.

The group is one of those of INTOSAI GUID 5290 (2019), the audit of the development and use of key
national indicators; soundness of targets and monitoring, its other two, are not to be seen in
printed figures alone. The word on the data behind a figure is one of GAO-20-283G (2019), assessing
data reliability.
"""

from typing import Literal

from closurerate.audit.claims.effects import KpiEffect
from closurerate.audit.claims.judging import JudgedClaim

Group = Literal["framework", "relevance", "quality", "coherence", "attainment"]
Reliability = Literal["sufficient", "not_sufficient", "undetermined"]

_BY_RELATION: dict[str, Group] = {
    "definition": "framework",
    "achievement": "attainment",
    "same": "coherence",
    "as_many": "coherence",
}


def group_of(judged: JudgedClaim) -> Group:
    """Return a judged figure's group.

    What cannot be recomputed is of quality; else it goes by the relation that does not hold. A
    figure that agrees on another base or by another year's definition is one word for two things:
    of coherence. Any other is a matter of digits: of quality.
    """
    relation = judged.claim.follows.relation if judged.claim.follows else ""
    if judged.verdict == "cannot_check":
        return "quality"
    if judged.reading and judged.reading.startswith(("other_base", "definition_of_")):
        return "coherence"
    return _BY_RELATION.get(relation, "quality")


def reliability_of(judged: JudgedClaim, effect: KpiEffect | None) -> Reliability:
    """Return the word on the data behind a judged figure.

    Undetermined is what follows from no printed figure, or from one that is not printed. Where the
    KPI rests on it, it is sufficient if the KPI prints alike by what the others make of it. Else it
    is not where it disagrees, and is where the figures behind it agree under some reading: then
    these are not in doubt, but what was made of them.
    """
    if judged.verdict == "cannot_check" or judged.derivation is None:
        return "undetermined"
    if effect is not None:
        return "not_sufficient" if effect.is_moved else "sufficient"
    return "not_sufficient" if judged.verdict == "disagrees" else "sufficient"
