"""How a printed figure follows from others, as it is written down: `growth: [new, new@106]`."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from closurerate.records import fields
from closurerate.records.documents import nearest

RELATIONS: Mapping[str, tuple[str, ...]] = {
    "difference": ("one", "less the other"),
    "growth": ("value", "of the year before"),
    "share": ("part", "whole"),
    "sum": ("part", "..."),
    "stock": ("opening", "new", "closed"),
    "achievement": ("value", "target"),
    "definition": ("formula", "indicator", "..."),
    "same": ("figure",),
    "as_many": ("list of names",),
}
"""Relations by name, each with the figures that it takes, in order; `...`: any number more.

`growth`, `share` and `achievement` are in percent. `stock` is the closing stock: opening and new
less closed. The formula of a `definition` is a text's claim, whose names are figures of its year;
its indicators, as I1, I2 and so on, are such too. `as_many`: a number, or the names in a text.
"""

_FIGURE = re.compile(r"([a-z][a-z0-9_]*)(?:@([1-9][0-9]{0,2}))?")


@dataclass(frozen=True)
class Figure:
    """A printed figure by its id, and its ROC year where that is another than the report's."""

    name: str
    year: int | None = None

    def __str__(self) -> str:
        """Return it as it is written: `closed@106`."""
        return self.name if self.year is None else f"{self.name}@{self.year}"


@dataclass(frozen=True)
class Follows:
    """The relation by which a figure follows from others, and those."""

    relation: str
    figures: tuple[Figure, ...]


def _figure(value: Any) -> Figure:
    match = _FIGURE.fullmatch(value) if isinstance(value, str) else None
    if not match:
        raise ValueError(f"must name figures as closed or closed@106, found {value!r}")
    return Figure(match[1], int(match[2]) if match[2] else None)


def _follows(value: Any) -> Follows:
    if not isinstance(value, dict) or len(value) != 1:
        raise ValueError("must be one relation and its figures, such as {share: [part, whole]}")
    ((relation, named),) = value.items()
    if relation not in RELATIONS:
        raise ValueError(f"{relation!r} is no relation{nearest(relation, RELATIONS)}")
    taken = RELATIONS[relation]
    is_open = taken[-1] == "..."
    least = len(taken) - is_open - (relation == "definition")
    figures = named if isinstance(named, Sequence) and not isinstance(named, str) else [named]
    if len(figures) < least or (len(figures) > least and not is_open):
        raise ValueError(f"{relation} takes [{', '.join(taken)}], found {named!r}")
    return Follows(relation, tuple(map(_figure, figures)))


_NAMED = {"type": "string", "pattern": f"^{_FIGURE.pattern}$"}
Following = Annotated[
    Follows,
    fields.kind(
        _follows,
        type="object",
        properties={
            name: {"anyOf": [_NAMED, {"type": "array", "items": _NAMED}]} for name in RELATIONS
        },
        additionalProperties=False,
        minProperties=1,
        maxProperties=1,
    ),
]
"""A relation and the figures that it takes, written as a mapping of one key."""
