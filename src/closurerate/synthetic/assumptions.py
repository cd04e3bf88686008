"""The assumptions of the synthetic extract, read from one file and checked (data/synthetic.yml)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isclose
from pathlib import Path
from typing import Annotated, Any

from closurerate.cases.vocabulary import BRANCHES, CATEGORIES, DISPOSITIONS
from closurerate.records.documents import nearest
from closurerate.records.fields import (
    Exact,
    Explained,
    Keys,
    Kind,
    Number,
    Text,
    Words,
    Written,
    fault,
    key_of,
    one_of,
    read,
    shaped,
    whole,
)

TIERS = ("ordinary", "special", "major")
GROUNDS = ("assumption", "published", "rule")
"""What an entry may rest on; each names one of them, with the reason."""

Numbers = Mapping[str, float]
Table = Mapping[str, Mapping[str, Any]]


_RESTS = Explained({"unit": Words}, GROUNDS)
_ALL_ODDS = ("closing_odds", "full_odds", "part_odds")
_OF_KIND = Mapping[str, Number]
_OF_BRANCH = Mapping[Annotated[str, key_of(BRANCHES)], Number]
_OF_TIER = Mapping[Annotated[str, key_of(TIERS)], Number]
_OF_DISPOSITION = Mapping[Annotated[str, key_of(DISPOSITIONS)], Number]
_ODDS = Keys({"kind": _OF_KIND, "branch": _OF_BRANCH, "tier": _OF_TIER})
_Whole = Annotated[int, whole()]
_Count = Annotated[int, whole(1)]


def _numbers(*names: str) -> Keys:
    return Keys(dict.fromkeys(names, Number))


def _wholes(*names: str) -> Keys:
    return Keys(dict.fromkeys(names, _Whole))


def _agency_branches(value: Any) -> Any:
    if value != "*" and not (isinstance(value, list) and set(map(str, value)) <= set(BRANCHES)):
        raise ValueError(f'must be "*", or a list of {", ".join(BRANCHES)}')
    return value


_BRANCHES = Kind(
    _agency_branches,
    anyOf=[{"const": "*"}, {"type": "array", "items": {"enum": list(BRANCHES)}}],
)
_TIER = Keys({"below": _Count | None, "ratio": Exact})
_KIND = Keys(
    {
        "category": Annotated[str, one_of(CATEGORIES)],
        "subcategory": Text | None,
        "network": Text,
    }
)
_GIANT = Keys({"share": Number, "cases": _Count, "multiple": Number})
_DEBTORS = Keys(
    {"person": _Whole, "company": _Whole, "cases": _Count, "exponent": Number, "payers": Number}
)
_BOUNDARY = Keys({"copies": _Whole, "kind": Text, "amounts": list[_Count]})
_OBLIGORS = Keys({"count": _Count, "exponent": Number})


@dataclass(frozen=True)
class Assumptions(Written):
    """The entries of data/synthetic.yml, by name; the file gives each one's unit and reason."""

    official_rule: Annotated[
        Table, Keys(dict.fromkeys(TIERS, Annotated[Mapping[str, Any], _TIER])), _RESTS
    ]
    branch_share: Annotated[Numbers, _numbers(*BRANCHES), _RESTS]
    obligors: Annotated[
        Mapping[str, Numbers],
        Keys(dict.fromkeys(("person", "company"), Annotated[Numbers, _OBLIGORS])),
        _RESTS,
    ]
    kinds: Annotated[Mapping[str, Annotated[Mapping[str, Any], _KIND]], _RESTS]
    case_mix: Annotated[_OF_KIND, _RESTS]
    networks: Annotated[Mapping[str, Mapping[str, Annotated[Any, _BRANCHES]]], _RESTS]
    company_share: Annotated[_OF_KIND, _RESTS]
    tier_mix: Annotated[
        Mapping[str, Annotated[list[Number], shaped(list, "must be a share of each tier", 3)]],
        _RESTS,
    ]
    ordinary_amount: Annotated[
        Mapping[str, Annotated[Numbers, _numbers("median", "sigma", "step")]], _RESTS
    ]
    smallest_amount: Annotated[_Count, _RESTS]
    higher_amount: Annotated[Numbers, _numbers("exponent", "person_most", "company_most"), _RESTS]
    prior_case: Annotated[Numbers, _numbers("share", "years_back"), _RESTS]
    referral_months: Annotated[list[Number], shaped(list, "must be twelve odds", 12), _RESTS]
    older_cases: Annotated[list[Number], _RESTS]
    pending_days: Annotated[_Count, _RESTS]
    first_year_closed: Annotated[Number, _RESTS]
    second_year_new: Annotated[Numbers, _numbers("closed", "effective"), _RESTS]
    closing_odds: Annotated[Mapping[str, Numbers], _ODDS, _RESTS]
    full_odds: Annotated[Mapping[str, Numbers], _ODDS, _RESTS]
    part_odds: Annotated[Mapping[str, Numbers], _ODDS, _RESTS]
    part_share: Annotated[Number, _RESTS]
    repayment_ratio: Annotated[Numbers, _numbers("alpha", "beta"), _RESTS]
    pending_payment: Annotated[Numbers, _numbers("share", "alpha", "beta"), _RESTS]
    earlier_payment: Annotated[Numbers, _numbers("share", "alpha", "beta"), _RESTS]
    partly_then_full: Annotated[Number, _RESTS]
    part_dispositions: Annotated[_OF_DISPOSITION, _RESTS]
    unpaid_dispositions: Annotated[
        Mapping[str, Numbers], Keys(dict.fromkeys(CATEGORIES, _OF_DISPOSITION)), _RESTS
    ]
    interest: Annotated[Numbers, _numbers("aim", "payers"), _RESTS]
    reopened: Annotated[Number, _RESTS]
    large_debtor: Annotated[Mapping[str, int], _wholes("person", "company"), _RESTS]
    large_collections: Annotated[
        Mapping[str, int], _wholes("collected", "large", "without_giants"), _RESTS
    ]
    large_debtors: Annotated[Numbers, _DEBTORS, _RESTS]
    giants: Annotated[Mapping[Annotated[str, key_of(BRANCHES)], Annotated[Numbers, _GIANT]], _RESTS]
    large_kinds: Annotated[
        Mapping[str, Sequence[str]],
        Keys(dict.fromkeys(("person", "company", "giant"), list[Text])),
        _RESTS,
    ]
    boundary_cases: Annotated[Mapping[str, Any], _BOUNDARY, _RESTS]

    @property
    def kind_names(self) -> tuple[str, ...]:
        """Names of the kinds of debt, in the file's order; a case's kind is a place in it."""
        return tuple(self.kinds)

    @property
    def tier_bounds(self) -> tuple[int, int]:
        """Referred amounts, NTD, from which a case is special and major."""
        return self.official_rule["ordinary"]["below"], self.official_rule["special"]["below"]

    @property
    def ratios(self) -> tuple[Fraction, ...]:
        """Share of the referred amount that an effective part-paid case is above, by tier."""
        return tuple(Fraction(self.official_rule[tier]["ratio"]) for tier in TIERS)

    @property
    def large_share(self) -> Fraction:
        """Large debtors' share of collections."""
        return Fraction(self.large_collections["large"], self.large_collections["collected"])

    @property
    def giant_share(self) -> Fraction:
        """The giants' share of collections."""
        rest = Fraction(
            self.large_collections["without_giants"], self.large_collections["collected"]
        )
        return self.large_share - rest


def load_assumptions(path: Path) -> Assumptions:
    """Read and check the file of assumptions.

    Parameters
    ----------
    path : pathlib.Path
        The file, such as `data/synthetic.yml`.

    Returns
    -------
    Assumptions
        Its values; shares add up, and every table speaks of the kinds and branches there are.

    Raises
    ------
    InputError
        If an entry is missing, unknown, without ground or unit, or does not fit the others; the
        sentence names the file, the line and the key.
    """
    assumptions = read(path, Assumptions)
    for place, said, key in _misfits(assumptions):
        raise fault(path, (place[0], "value", *place[1:]), said, key)
    return assumptions


def _misfits(assumptions: Assumptions) -> Iterator[tuple[tuple[str, ...], str, str | None]]:
    """Yield where tables do not fit each other, what is wrong there, and the key at fault."""
    kinds, of_all = assumptions.kind_names, ("case_mix", "company_share", "tier_mix")
    tables: dict[tuple[str, ...], Iterable[str]] = {
        **{(name,): getattr(assumptions, name) for name in (*of_all, "ordinary_amount")},
        **{(name, "kind"): getattr(assumptions, name)["kind"] for name in _ALL_ODDS},
        **{("large_kinds", group): names for group, names in assumptions.large_kinds.items()},
        ("boundary_cases", "kind"): [assumptions.boundary_cases["kind"]],
    }
    for place, names in tables.items():
        for kind in names:
            if kind not in kinds:
                yield place, f"there is no kind of debt {kind!r}{nearest(kind, kinds)}", kind
        for kind in kinds if len(place) == 1 else ():
            if kind not in names:
                yield place, f"the key {kind!r} is missing", kind
    for name, entry in assumptions.kinds.items():
        if (network := entry["network"]) not in assumptions.networks:
            near = nearest(network, assumptions.networks)
            yield ("kinds", name, "network"), f"there is no network {network!r}{near}", None
    for name in ("branch_share", "case_mix"):
        total = sum(getattr(assumptions, name).values())
        if not isclose(total, 1, abs_tol=1e-9):
            yield (name,), f"the shares add up to {total:.6f}, not to 1", None
