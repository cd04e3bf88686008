"""The assumptions of the synthetic extract, read from one file and checked (data/synthetic.yml)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isclose
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from closurerate.cases.vocabulary import BRANCHES, CATEGORIES, DISPOSITIONS
from closurerate.records import fields
from closurerate.records.documents import nearest

TIERS = ("ordinary", "special", "major")
GROUNDS = ("assumption", "published", "rule")
"""What an entry may rest on; each names one of them, with the reason."""

Numbers = Mapping[str, float]
Table = Mapping[str, Mapping[str, Any]]

_RESTS = fields.explained({"unit": fields.Words}, GROUNDS)
_ALL_ODDS = ("closing_odds", "full_odds", "part_odds")
_OF_KIND = Mapping[str, fields.Number]
_Branch = Annotated[str, fields.key_of(BRANCHES)]
_OF_BRANCH = Mapping[_Branch, fields.Number]
_OF_TIER = Mapping[Annotated[str, fields.key_of(TIERS)], fields.Number]
_OF_DISPOSITION = Mapping[Annotated[str, fields.key_of(DISPOSITIONS)], fields.Number]
_ODDS = fields.keys({"kind": _OF_KIND, "branch": _OF_BRANCH, "tier": _OF_TIER})
_THREE = (Field(min_length=3, max_length=3), fields.says("must be three shares"))
_TWELVE = (Field(min_length=12, max_length=12), fields.says("must be twelve odds"))
_Whole = Annotated[int, fields.whole()]
_Count = Annotated[int, fields.whole(1)]


def _numbers(*names: str) -> fields.Metadata:
    return fields.keys(dict.fromkeys(names, fields.Number))


def _wholes(*names: str) -> fields.Metadata:
    return fields.keys(dict.fromkeys(names, _Whole))


def _agency_branches(value: Any) -> Any:
    if value != "*" and not (isinstance(value, list) and set(map(str, value)) <= set(BRANCHES)):
        raise ValueError(f'must be "*", or a list of {", ".join(BRANCHES)}')
    return value


_BRANCHES = fields.kind(
    _agency_branches,
    anyOf=[{"const": "*"}, {"type": "array", "items": {"enum": list(BRANCHES)}}],
)
_Category = Annotated[str, fields.one_of(CATEGORIES)]
_WORDS = {"subcategory": fields.Text | None, "network": fields.Text}
_KIND = fields.keys({"category": _Category, **_WORDS})
_GIANT = fields.keys({"share": fields.Number, "cases": _Count, "multiple": fields.Number})
_SHARES = dict.fromkeys(("exponent", "payers"), fields.Number)
_DEBTORS = fields.keys({"person": _Whole, "company": _Whole, "cases": _Count, **_SHARES})
_BOUNDARY = fields.keys({"copies": _Whole, "kind": fields.Text, "amounts": list[_Count]})
_OBLIGORS = fields.keys({"count": _Count, "exponent": fields.Number})


@dataclass(frozen=True)
class Assumptions(fields.Written):
    """The entries of data/synthetic.yml, by name; the file gives each one's unit and reason."""

    branch_share: Annotated[Numbers, _numbers(*BRANCHES), _RESTS]
    obligors: Annotated[
        Mapping[str, Numbers],
        fields.keys(dict.fromkeys(("person", "company"), Annotated[Numbers, _OBLIGORS])),
        _RESTS,
    ]
    kinds: Annotated[Mapping[str, Annotated[Mapping[str, Any], _KIND]], _RESTS]
    case_mix: Annotated[_OF_KIND, _RESTS]
    networks: Annotated[Mapping[str, Mapping[str, Annotated[Any, _BRANCHES]]], _RESTS]
    company_share: Annotated[_OF_KIND, _RESTS]
    tier_mix: Annotated[Mapping[str, Annotated[list[fields.Number], *_THREE]], _RESTS]
    ordinary_amount: Annotated[
        Mapping[str, Annotated[Numbers, _numbers("median", "sigma", "step")]], _RESTS
    ]
    smallest_amount: Annotated[_Count, _RESTS]
    higher_amount: Annotated[Numbers, _numbers("exponent", "person_most", "company_most"), _RESTS]
    prior_case: Annotated[Numbers, _numbers("share", "years_back"), _RESTS]
    referral_months: Annotated[list[fields.Number], *_TWELVE, _RESTS]
    older_cases: Annotated[list[fields.Number], _RESTS]
    pending_days: Annotated[_Count, _RESTS]
    first_year_closed: Annotated[fields.Number, _RESTS]
    second_year_new: Annotated[Numbers, _numbers("closed", "effective"), _RESTS]
    closing_odds: Annotated[Mapping[str, Numbers], _ODDS, _RESTS]
    full_odds: Annotated[Mapping[str, Numbers], _ODDS, _RESTS]
    part_odds: Annotated[Mapping[str, Numbers], _ODDS, _RESTS]
    part_share: Annotated[fields.Number, _RESTS]
    repayment_ratio: Annotated[Numbers, _numbers("alpha", "beta"), _RESTS]
    pending_payment: Annotated[Numbers, _numbers("share", "alpha", "beta"), _RESTS]
    earlier_payment: Annotated[Numbers, _numbers("share", "alpha", "beta"), _RESTS]
    partly_then_full: Annotated[fields.Number, _RESTS]
    part_dispositions: Annotated[_OF_DISPOSITION, _RESTS]
    unpaid_dispositions: Annotated[
        Mapping[str, Numbers], fields.keys(dict.fromkeys(CATEGORIES, _OF_DISPOSITION)), _RESTS
    ]
    interest: Annotated[Numbers, _numbers("aim", "payers"), _RESTS]
    reopened: Annotated[fields.Number, _RESTS]
    large_debtor: Annotated[Mapping[str, int], _wholes("person", "company"), _RESTS]
    large_collections: Annotated[
        Mapping[str, int], _wholes("collected", "large", "without_giants"), _RESTS
    ]
    large_debtors: Annotated[Numbers, _DEBTORS, _RESTS]
    giants: Annotated[Mapping[_Branch, Annotated[Numbers, _GIANT]], _RESTS]
    large_kinds: Annotated[
        Mapping[str, Sequence[str]],
        fields.keys(dict.fromkeys(("person", "company", "giant"), list[fields.Text])),
        _RESTS,
    ]
    boundary_cases: Annotated[Mapping[str, Any], _BOUNDARY, _RESTS]

    @property
    def kind_names(self) -> tuple[str, ...]:
        """Names of the kinds of debt, in the file's order; a case's kind is a place in it."""
        return tuple(self.kinds)

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

    Args:
        path: The file, such as `data/synthetic.yml`.

    Returns:
        Assumptions: Its values; shares add up, and every table speaks of the kinds and branches
            there are.

    Raises:
        InputError: If an entry is missing, unknown, without ground or unit, or does not fit the
            others; the sentence names the file, the line and the key.
    """
    assumptions = fields.read(path, Assumptions)
    for place, said, key in _misfits(assumptions):
        raise fields.fault(path, (place[0], "value", *place[1:]), said, key)
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
