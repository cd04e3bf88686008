"""Reading what makes a case effective from a definition's entries: tiers, ratios, dispositions."""

from fractions import Fraction
from typing import Any

from closurerate.cases.vocabulary import DISPOSITIONS, MAX_REFERRED_TWD
from closurerate.errors import InputError
from closurerate.kpi.effective import EffectiveRule, Tier
from closurerate.records.documents import check_keys, check_languages

_MAX_RATIO_DECIMALS = 6
_MAX_RATIO = 9


def read_rule(entries: dict[str, Any], places: dict[str, str]) -> EffectiveRule:
    """Return the rule that the entries of `tiers`, `ratios` and `dispositions` make.

    Parameters
    ----------
    entries
        The entry in force of each section.
    places
        File and key of each, for the error.

    Raises
    ------
    InputError
        Naming file and key: tiers that overlap or leave a gap, a tier without a ratio, a ratio
        that is no exact decimal, a disposition that is unknown or stands twice.
    """
    bounds = _tier_bounds(entries["tiers"]["value"], places["tiers"])
    ratios = check_keys(entries["ratios"]["value"], places["ratios"], required=tuple(bounds))
    dispositions = _dispositions(entries["dispositions"]["value"], places["dispositions"])
    comparison = entries["ratios"].get("comparison", ">")
    if comparison not in (">", ">="):
        where = places["ratios"].removesuffix("value")
        raise InputError(f"{where}comparison: must be '>' or '>=', found {comparison!r}.")
    return EffectiveRule(
        tiers=tuple(
            Tier(
                name,
                lower,
                upper,
                _ratio(ratios[name], f"{places['ratios']}.{name}"),
                _called(entries["tiers"]["value"][name], f"{places['tiers']}.{name}"),
            )
            for name, (lower, upper) in bounds.items()
        ),
        paid_in_full=dispositions["paid_in_full"],
        paid_in_part=dispositions["paid_in_part"],
        is_equal_effective=comparison == ">=",
    )


def _tier_bounds(value: Any, where: str) -> dict[str, tuple[int, int | None]]:
    if not isinstance(value, dict) or not value:
        raise InputError(f"{where}: must hold at least one tier.")
    bounds: dict[str, tuple[int, int | None]] = {}
    for name, tier in value.items():
        if not isinstance(name, str) or not name.isidentifier():
            raise InputError(f"{where}: {name!r} cannot name a tier: take letters and underscores.")
        check_keys(tier, f"{where}.{name}", required=("from",), optional=("below", "name"))
        lower, upper = tier["from"], tier.get("below")
        for key, amount in (("from", lower), ("below", upper)):
            if key == "below" and amount is None:
                continue
            if type(amount) is not int or not 1 <= amount <= MAX_REFERRED_TWD:
                raise InputError(
                    f"{where}.{name}.{key}: must be whole NTD from 1 to {MAX_REFERRED_TWD:,}, "
                    f"found {amount!r}."
                )
        if upper is not None and upper <= lower:
            raise InputError(f"{where}.{name}: below ({upper}) must be over from ({lower}).")
        bounds[name] = (lower, upper)
    ascending = dict(sorted(bounds.items(), key=lambda item: item[1][0]))
    _check_tiling(ascending, where)
    return ascending


def _called(tier: Any, where: str) -> dict[str, str]:
    return check_languages(tier["name"], f"{where}.name") if "name" in tier else {}


def _check_tiling(bounds: dict[str, tuple[int, int | None]], where: str) -> None:
    """Raise unless the tiers, from the lowest, cover every amount from 1 once."""
    expected: int | None = 1
    previous = None
    for name, (lower, upper) in bounds.items():
        if expected is None or lower < expected:
            raise InputError(f"{where}.{name}: overlaps {previous}.")
        if lower > expected:
            raise InputError(f"{where}.{name}: leaves a gap from {expected} to {lower} NTD.")
        expected, previous = upper, name
    if expected is not None:
        raise InputError(f"{where}.{previous}: amounts from {expected} NTD on have no tier.")


def _ratio(text: Any, where: str) -> Fraction:
    """Return a ratio written as a decimal string; six decimals keep its use inside 64 bits."""
    ratio = exact_decimal(text, where)
    if len(text.partition(".")[2]) > _MAX_RATIO_DECIMALS or not 0 <= ratio <= _MAX_RATIO:
        raise InputError(
            f"{where}: must be from 0 to {_MAX_RATIO} with at most {_MAX_RATIO_DECIMALS} decimals, "
            f"found {text!r}."
        )
    return ratio


def exact_decimal(text: Any, where: str) -> Fraction:
    """Return the exact value of a plain decimal written as a string, such as "0.75".

    Raises
    ------
    InputError
        If it is not a string of digits with at most one point.
    """
    digits = text.replace(".", "", 1) if isinstance(text, str) else ""
    if not (digits.isascii() and digits.isdigit()):
        raise InputError(f'{where}: must be a decimal in quotes, such as "0.5", found {text!r}.')
    return Fraction(text)


def _dispositions(value: Any, where: str) -> dict[str, tuple[str, ...]]:
    check_keys(value, where, required=("paid_in_full", "paid_in_part"))
    seen: set[str] = set()
    for kind, names in value.items():
        if not isinstance(names, list):
            raise InputError(f"{where}.{kind}: must be a list of dispositions.")
        for name in names:
            if name not in DISPOSITIONS:
                known = ", ".join(DISPOSITIONS)
                raise InputError(f"{where}.{kind}: unknown disposition {name!r}; known: {known}.")
            if name in seen:
                raise InputError(f"{where}.{kind}: {name} stands twice.")
            seen.add(name)
    return {kind: tuple(names) for kind, names in value.items()}
