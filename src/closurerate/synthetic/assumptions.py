"""The assumptions of the synthetic extract, read from one file and checked (data/synthetic.yml)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from math import isclose
from pathlib import Path
from typing import Any, NoReturn

from closurerate.cases.vocabulary import BRANCHES, CATEGORIES, DISPOSITIONS
from closurerate.errors import InputError
from closurerate.records.documents import read_document

TIERS = ("ordinary", "special", "major")
GROUNDS = ("assumption", "published", "rule")
"""What an entry may rest on; each names one of them, with the reason."""

Numbers = Mapping[str, float]
Table = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Assumptions:
    """The entries of data/synthetic.yml, by name; the file gives each one's unit and reason."""

    official_rule: Table
    branch_share: Numbers
    obligors: Mapping[str, Numbers]
    kinds: Table
    case_mix: Numbers
    networks: Table
    company_share: Numbers
    tier_mix: Mapping[str, Sequence[float]]
    ordinary_amount: Mapping[str, Numbers]
    smallest_amount: int
    higher_amount: Numbers
    prior_case: Mapping[str, float]
    referral_months: Sequence[float]
    older_cases: Sequence[float]
    pending_days: int
    first_year_closed: float
    second_year_new: Numbers
    closing_odds: Mapping[str, Numbers]
    full_odds: Mapping[str, Numbers]
    part_odds: Mapping[str, Numbers]
    part_share: float
    repayment_ratio: Numbers
    pending_payment: Numbers
    earlier_payment: Numbers
    partly_then_full: float
    part_dispositions: Numbers
    unpaid_dispositions: Mapping[str, Numbers]
    interest: Numbers
    reopened: float
    large_debtor: Mapping[str, int]
    large_collections: Mapping[str, int]
    large_debtors: Mapping[str, float]
    giants: Mapping[str, Numbers]
    large_kinds: Mapping[str, Sequence[str]]
    boundary_cases: Mapping[str, Any]

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
        sentence names the file and the key.
    """
    entries = read_document(path)
    wanted = {field.name for field in fields(Assumptions)}
    for problem, names in (
        ("missing", sorted(wanted - set(entries))),
        ("unknown", sorted(set(entries) - wanted, key=str)),
    ):
        if names:
            raise InputError(f"{path}: {problem} entry {', '.join(map(str, names))}.")
    values = {name: _value(path, name, entry) for name, entry in entries.items()}
    assumptions = Assumptions(**values)
    _check(path, assumptions)
    return assumptions


def _value(path: Path, name: str, entry: Any) -> Any:
    """Return an entry's value; refuse one that does not say what it rests on, and its unit."""
    grounds = [key for key in GROUNDS if isinstance(entry, dict) and key in entry]
    if len(grounds) != 1 or set(entry) != {grounds[0], "unit", "value"}:
        raise InputError(
            f"{path}: {name} must have one of {', '.join(GROUNDS)} (with the reason), a unit and "
            "a value, and nothing else."
        )
    return _tables(entry["value"], f"{path}: {name}")


class _Table(dict[Any, Any]):
    """A mapping of the file; a key that is asked for and is not there is told with its place."""

    def __init__(self, found: dict[Any, Any], where: str) -> None:
        super().__init__({key: _tables(value, f"{where}.{key}") for key, value in found.items()})
        self._where = where

    def __missing__(self, key: object) -> NoReturn:
        raise InputError(
            f"{self._where}: the key {key!r} is missing; it has {', '.join(map(str, self))}."
        )


def _tables(value: Any, where: str) -> Any:
    return _Table(value, where) if isinstance(value, dict) else value


def _check(path: Path, assumptions: Assumptions) -> None:
    """Refuse tables that do not fit each other."""
    kinds = set(assumptions.kinds)
    for name in ("case_mix", "company_share", "tier_mix", "ordinary_amount"):
        _same(path, name, set(getattr(assumptions, name)), kinds)
    _same(path, "branch_share", set(assumptions.branch_share), set(BRANCHES))
    _same(path, "official_rule", set(assumptions.official_rule), set(TIERS))
    _same(path, "unpaid_dispositions", set(assumptions.unpaid_dispositions), set(CATEGORIES))
    for name in ("closing_odds", "full_odds", "part_odds"):
        table = getattr(assumptions, name)
        _within(path, f"{name}.kind", table["kind"], kinds)
        _within(path, f"{name}.branch", table["branch"], BRANCHES)
        _within(path, f"{name}.tier", table["tier"], TIERS)
    _within(path, "giants", assumptions.giants, BRANCHES)
    for group, names in assumptions.large_kinds.items():
        _within(path, f"large_kinds.{group}", names, kinds)
    _within(path, "boundary_cases.kind", [assumptions.boundary_cases["kind"]], kinds)
    _within(path, "part_dispositions", assumptions.part_dispositions, DISPOSITIONS)
    for category, odds in assumptions.unpaid_dispositions.items():
        _within(path, f"unpaid_dispositions.{category}", odds, DISPOSITIONS)
    for name, kind in assumptions.kinds.items():
        _within(path, f"kinds.{name}.category", [kind["category"]], CATEGORIES)
        _within(path, f"kinds.{name}.network", [kind["network"]], assumptions.networks)
    for name in ("branch_share", "case_mix"):
        total = sum(getattr(assumptions, name).values())
        if not isclose(total, 1, abs_tol=1e-9):
            raise InputError(f"{path}: the shares of {name} add up to {total:.6f}, not to 1.")


def _same(path: Path, name: str, found: set[str], wanted: set[str]) -> None:
    if found != wanted:
        odd = ", ".join(sorted(found ^ wanted))
        raise InputError(f"{path}: {name} must have exactly its keys once each; look at {odd}.")


def _within(path: Path, name: str, found: Any, wanted: Any) -> None:
    strangers = [word for word in found if word not in wanted]
    if strangers:
        raise InputError(
            f"{path}: {name} has {', '.join(map(str, strangers))}; known: {', '.join(wanted)}."
        )
