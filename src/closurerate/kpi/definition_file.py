"""What a definition's file holds, section by section, and the rule that its entries make."""

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator

from closurerate.cases.vocabulary import DISPOSITIONS, MAX_REFERRED_TWD
from closurerate.kpi.bounds import MOST_INDICATORS
from closurerate.kpi.effective import EffectiveRule, Tier
from closurerate.kpi.formula import COUNT_NAMES
from closurerate.records import fields
from closurerate.records.documents import nearest
from closurerate.records.fields import Place

SECTIONS = ("tiers", "ratios", "dispositions", "indicators", "formula")
"""The dated sections that make a version."""
BETTER = ("higher", "lower")
"""Which way a KPI improves; `formula.better`, higher where it is not said."""
UNITS = ("percent", "ratio", "day", "case", "TWD")
HEAD = ("id", "name", "summary", "decimals")


def _ends(tier: Mapping[str, Any]) -> Mapping[str, Any]:
    lower, upper = tier["from"], tier.get("below")
    if upper is not None and upper <= lower:
        raise fields.Wrong(f"below ({upper}) must be over from ({lower})")
    return tier


def _few(indicators: Mapping[str, Any]) -> Mapping[str, Any]:
    if len(indicators) > MOST_INDICATORS:
        raise fields.Wrong(f"{len(indicators)} indicators, and {MOST_INDICATORS} are the most")
    return indicators


def _once(kinds: Mapping[str, list[str]]) -> Mapping[str, list[str]]:
    seen: set[str] = set()
    for kind, names in kinds.items():
        for place, name in enumerate(names):
            if name in seen:
                raise fields.Wrong(f"{name} stands twice", kind, place)
            seen.add(name)
    return kinds


def _is_ratio(ratio: Fraction) -> bool:
    """Tell whether its use stays inside 64 bits."""
    return ratio <= 9 and (ratio * 10**6).denominator == 1


_NO_TIER = "%r cannot name a tier: take letters and underscores"
_TIER_NAME = (fields.check(str.isidentifier, _NO_TIER), fields.says(_NO_TIER))
_NO_INDICATOR = "%r cannot name an indicator"
_INDICATOR_NAME = (
    fields.check(lambda name: name.isidentifier() and name not in COUNT_NAMES, _NO_INDICATOR),
    fields.says(_NO_INDICATOR),
)
_Twd = Annotated[int, fields.whole(1, MAX_REFERRED_TWD, "whole NTD")]
_Tier = Annotated[
    Mapping[str, Any],
    fields.keys({"from": _Twd}, {"below": _Twd | None, "name": fields.Texts}),
    AfterValidator(_ends),
]
_Tiers = Annotated[
    Mapping[Annotated[str, *_TIER_NAME], _Tier], fields.check(bool, "must hold at least one tier")
]
_IN_BOUNDS = fields.check(_is_ratio, "must be from 0 to 9 with at most 6 decimals")
_Ratio = Annotated[fields.Exact, _IN_BOUNDS]
_Names = Annotated[
    list[Annotated[str, fields.one_of(DISPOSITIONS, "unknown disposition %r")]],
    fields.says("must be a list of dispositions"),
]
_Dispositions = Annotated[
    Mapping[str, Any],
    fields.keys({"paid_in_full": _Names, "paid_in_part": _Names}),
    AfterValidator(_once),
]
_Indicators = Annotated[
    Mapping[Annotated[str, *_INDICATOR_NAME], Any],
    fields.says("must hold indicators by name"),
    AfterValidator(_few),
]
_Formula = Annotated[Any, fields.kind(lambda value: value, type="string")]
_REFERENCE = Annotated[fields.Text, fields.says("must say where this is from")]


def _dated(value: Any, unit: Any = fields.Words, section: Any = None, entry: Any = None) -> Any:
    """Return the kind of a section: a unit, and by the ROC year since when, values with sources."""
    keys = fields.keys({"value": value, "reference": _REFERENCE}, entry)
    since = Annotated[
        Mapping[fields.YearKey, Annotated[Mapping[str, Any], keys]],
        fields.check(bool, "must hold at least one ROC year with its value"),
    ]
    return Annotated[Mapping[str, Any], fields.keys({"unit": unit, "since": since}, section)]


_SECTIONS = {
    "tiers": _dated(_Tiers),
    "ratios": _dated(
        Mapping[fields.Text, _Ratio],
        entry={"comparison": Annotated[str, fields.one_of((">", ">="))]},
    ),
    "dispositions": _dated(_Dispositions),
    "indicators": _dated(_Indicators),
    "formula": _dated(
        _Formula,
        Annotated[str, fields.one_of(UNITS)],
        {"better": Annotated[str, fields.one_of(BETTER)]},
    ),
    "targets": _dated(Annotated[fields.Exact, fields.check(bool, "a target must be over 0")]),
}
_OTHERS = {
    "extends": Annotated[fields.Text, fields.says("must be the id of a definition")],
    "name": fields.Texts,
    "summary": fields.Texts,
    "decimals": Annotated[int, fields.whole(0, 10)],
}
DefinitionFile = Annotated[dict[str, Any], fields.keys({"id": fields.Text}, _OTHERS | _SECTIONS)]
"""A file in `data/kpi`; what a proposal leaves out, it has from the definition that it extends."""


def read_file(path: Path) -> dict[str, Any]:
    """Return what a definition's file holds, what it extends not yet put in.

    Raises:
        InputError: Naming file, line and key, if anything in it is wrong or missing.
    """
    document: dict[str, Any] = fields.read(path, DefinitionFile)
    extends = "extends" in document
    for key in HEAD[:3] if extends else (*HEAD, *SECTIONS):
        if key not in document:
            hint = (
                ", or 'extends': a proposal names the definition that it extends, as in "
                "`extends: effective_closure_rate`"
            )
            raise fields.fault(path, (), f"the key {key!r} is missing{'' if extends else hint}")
    return document


def tier_names(path: Path) -> set[str]:
    """Return the names of the tiers that a definition's file has of its own, in any year."""
    since = read_file(path).get("tiers", {"since": {}})["since"]
    return {name for entry in since.values() for name in entry["value"]}


def read_rule(entries: Mapping[str, Any], path: Path, places: Mapping[str, Place]) -> EffectiveRule:
    """Return the rule of the entries in force; InputError if tiers overlap, gap or lack a ratio."""
    tiers = sorted(entries["tiers"]["value"].items(), key=lambda item: item[1]["from"])
    _check_tiling(tiers, path, places["tiers"])
    ratios, names = entries["ratios"]["value"], [name for name, _ in tiers]
    for name in (*ratios, *names):
        if name not in names:
            near = nearest(name, names)
            raise fields.fault(path, places["ratios"], f"unknown key {name!r}{near}", name)
        if name not in ratios:
            raise fields.fault(path, places["ratios"], f"the key {name!r} is missing")
    dispositions = entries["dispositions"]["value"]
    return EffectiveRule(
        tiers=tuple(
            Tier(name, tier["from"], tier.get("below"), ratios[name], dict(tier.get("name", {})))
            for name, tier in tiers
        ),
        paid_in_full=tuple(dispositions["paid_in_full"]),
        paid_in_part=tuple(dispositions["paid_in_part"]),
        is_equal_effective=entries["ratios"].get("comparison", ">") == ">=",
    )


def _check_tiling(tiers: list[tuple[str, Mapping[str, Any]]], path: Path, place: Place) -> None:
    """Raise unless the tiers, from the lowest, cover every amount from 1 once."""
    expected: int | None = 1
    previous = ""
    for name, tier in tiers:
        lower = tier["from"]
        if expected is None or lower < expected:
            raise fields.fault(path, (*place, name), f"overlaps {previous}")
        if lower > expected:
            raise fields.fault(path, (*place, name), f"leaves a gap from {expected} to {lower} NTD")
        expected, previous = tier.get("below"), name
    if expected is not None:
        raise fields.fault(path, (*place, previous), f"amounts from {expected} NTD on have no tier")
