"""What a synthetic world assumes: the assumptions of data/synthetic.yml moved by declared draws."""

import math
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator

from closurerate.cases.vocabulary import BRANCHES
from closurerate.errors import InputError
from closurerate.records import fields
from closurerate.synthetic.assumptions import TIERS, Assumptions
from closurerate.synthetic.sampling import stream

EACH = "*"
_DECIMALS = 6
"""Draws are kept to so many decimals, so that a record says exactly what was drawn."""

_TRAFFIC = "交通小額"
_MEMBERS = {
    "branch_share": BRANCHES,
    "closing_odds.branch": BRANCHES,
    "full_odds.branch": BRANCHES,
    "part_odds.branch": BRANCHES,
    "closing_odds.tier": TIERS,
    "full_odds.tier": TIERS,
    "part_odds.tier": TIERS,
}
"""What `*` stands for below a place; elsewhere it stands for the kinds of debt."""

Drawn = Mapping[str, float | Mapping[str, float]]
"""What a world's draws are, by range: a number, or one for each kind, branch or tier."""


def _steps(place: str) -> tuple[str, ...]:
    return tuple(place.split("."))


@dataclass(frozen=True)
class WorldRange(fields.Written):
    """How far one assumption varies.

    Args:
        name: What it is, in few words, by language.
        at: Its place in data/synthetic.yml: keys joined by points, `*` for each that may stand
            there.
        change: `value`: the draw takes its place (uniform); `factor`: the draw multiplies it
            (log-uniform).
        low, high: Ends of the range.
        unit: What is drawn, or multiplied, is measured in, by language.
        reason: Why it varies so far, by language.
    """

    name: fields.Texts
    at: Annotated[tuple[str, ...], fields.written(fields.Words), AfterValidator(_steps)]
    change: Annotated[Literal["value", "factor"], fields.one_of(("value", "factor"))]
    low: Annotated[float, fields.DECIMAL, AfterValidator(float)]
    high: Annotated[float, fields.DECIMAL, AfterValidator(float)]
    unit: fields.Texts
    reason: fields.Texts

    def __post_init__(self) -> None:
        """Check the ends."""
        if not self.low < self.high or (self.change == "factor" and self.low <= 0):
            raise fields.Wrong("low must be under high, and a factor over 0")


@dataclass(frozen=True)
class WorldSettings(fields.Written):
    """The file data/worlds.yml: how many worlds, how large, what varies and what does not."""

    count: Annotated[int, fields.whole(1)]
    size: Annotated[
        Fraction,
        fields.DECIMAL,
        fields.check(lambda size: 0 < size <= 1, "must be over 0 and at most 1"),
    ]
    seed: Annotated[int, fields.whole()]
    ranges: Annotated[Mapping[str, WorldRange], fields.says("must hold named entries")]
    fixed: Annotated[Mapping[str, fields.Texts], fields.says("must hold named entries")]


def read_world_settings(path: Path) -> WorldSettings:
    """Return the settings in a file, such as `data/worlds.yml`.

    Raises:
        InputError: Naming file, line and key: an unknown or missing key, a missing language, an
            unknown change, a number that is not exact, ends out of order.
    """
    return fields.read(path, WorldSettings)


def draw_assumptions(
    base: Assumptions, settings: WorldSettings, number: int, attempt: int = 0
) -> tuple[Assumptions, Drawn]:
    """Return the assumptions of one world, and what was drawn for it.

    Worlds are independent: the draws of one depend on the seed and its number alone, and those of
    one range on nothing that is drawn for another.

    Args:
        base: The assumptions as declared (data/synthetic.yml).
        settings: What varies, and how far.
        number: The world's number, from 1.
        attempt: How many draws for this world were given up before.

    Raises:
        InputError: If a range is of a place that data/synthetic.yml does not have.
    """
    values: dict[str, Any] = deepcopy(vars(base))
    drawn: dict[str, float | Mapping[str, float]] = {}
    for name, world_range in settings.ranges.items():
        rng = stream(settings.seed + number, "world", str(attempt), name)
        low, high = world_range.low, world_range.high
        is_factor = world_range.change == "factor"
        ends = (math.log(low), math.log(high)) if is_factor else (low, high)
        places = _places(base, values, world_range.at, f"ranges.{name}")
        draws = {}
        for label, (table, key) in places.items():
            number_drawn = float(rng.uniform(*ends))
            draw = round(math.exp(number_drawn) if is_factor else number_drawn, _DECIMALS)
            table[key] = _changed(table.get(key, 1.0), draw) if is_factor else draw
            draws[label] = draw
        drawn[name] = draws if EACH in world_range.at else draws[""]
    _bring_to_sums(base, values)
    return Assumptions(**values), drawn


def base_values(base: Assumptions, world_range: WorldRange) -> list[float]:
    """Return what stands where a range varies: one number, or one for each kind, branch or tier.

    Of a mix of tiers it is the share above the lowest. What stands nowhere is 1, as drawn from.
    """
    places = _places(base, deepcopy(vars(base)), world_range.at, world_range.name["en"])
    found = [table.get(key, 1.0) for table, key in places.values()]
    return [sum(one[1:]) if isinstance(one, list) else one for one in found]


def _places(
    base: Assumptions, values: dict[str, Any], at: tuple[str, ...], where: str
) -> dict[str, tuple[dict[str, Any], str]]:
    """Return the table and key of each number at a place, by what `*` stands for."""
    if EACH not in at:
        table = _table(values, at[:-1], where)
        if at[-1] not in table:
            raise InputError(f"{where}.at: data/synthetic.yml has no {'.'.join(at)}.")
        return {"": (table, at[-1])}
    star = at.index(EACH)
    above, below = at[:star], at[star + 1 :]
    table = _table(values, above, where)
    members = _MEMBERS.get(".".join(above), base.kind_names)
    if not below:
        return {member: (table, member) for member in members}
    return {member: (_table(table, (member, *below[:-1]), where), below[-1]) for member in members}


def _table(values: dict[str, Any], keys: tuple[str, ...], where: str) -> dict[str, Any]:
    for key in keys:
        if not isinstance(values, dict) or key not in values:
            raise InputError(f"{where}.at: data/synthetic.yml has no {'.'.join(keys)}.")
        values = values[key]
    return values


def _changed(old: Any, factor: float) -> Any:
    """Return a number times a factor; of a mix of tiers, the shares above the lowest."""
    if isinstance(old, list):
        higher = [share * factor for share in old[1:]]
        return [1 - sum(higher), *higher]
    return old * factor


def _bring_to_sums(base: Assumptions, values: dict[str, Any]) -> None:
    """Bring shares that were multiplied back to what they add up to in the base."""
    kinds = base.kinds
    groups = {
        "branch_share": [list(base.branch_share)],
        "case_mix": [
            [name for name in kinds if (kinds[name]["subcategory"] == _TRAFFIC) is is_traffic]
            for is_traffic in (True, False)
        ],
    }
    for name, parts in groups.items():
        for members in parts:
            wanted = sum(getattr(base, name)[member] for member in members)
            found = sum(values[name][member] for member in members)
            for member in members:
                values[name][member] *= wanted / found
