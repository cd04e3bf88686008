"""Which numbers a print says: each with its exact value, and where in what is shown it stands.

What is printed is text; a reader of the print (`press.ledger`) finds in it what was heard here.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from closurerate.quantity import Quantity, exact_text

NUMERAL = re.compile(r"(?<![A-Za-z0-9_.])[+−]?(?>(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)(?![A-Za-z])")
"""Digits as they are printed, but those of a symbol such as I1, or of a digest in hexadecimal."""


@dataclass(frozen=True)
class Heard:
    """A number as it was said.

    Args:
        text: As it is printed, with its unit where it has one there.
        at: Where it stands, from the outside in: a table's row and column, a place in a sentence.
    """

    text: str
    quantity: Quantity
    at: tuple[str | int, ...] = ()

    def data(self) -> dict[str, Any]:
        """Return it as data."""
        value = self.quantity.value
        return {
            "text": self.text,
            "value": None if value is None else exact_text(value),
            "unit": self.quantity.unit,
            "decimals": self.quantity.decimals,
            "evidence": self.quantity.evidence,
            "name": self.quantity.name,
            "at": list(self.at),
        }


@dataclass
class _Listener:
    heard: list[Heard] = field(default_factory=list)
    at: list[str | int] = field(default_factory=list)


_LISTENER: ContextVar[_Listener | None] = ContextVar("listener", default=None)


@contextmanager
def listening() -> Iterator[list[Heard]]:
    """Give the list to which each number is added that is said within."""
    listener = _Listener()
    token = _LISTENER.set(listener)
    try:
        yield listener.heard
    finally:
        _LISTENER.reset(token)


@contextmanager
def standing_at(*places: str | int) -> Iterator[None]:
    """Say where the numbers stand that are said within, inside of where they stand already."""
    listener = _LISTENER.get()
    if listener is None:
        yield
        return
    before = len(listener.at)
    listener.at.extend(places)
    try:
        yield
    finally:
        del listener.at[before:]


def announced(text: str, quantity: Quantity) -> str:
    """Return a printed number, and let who listens know."""
    if listener := _LISTENER.get():
        listener.heard.append(Heard(text, quantity, tuple(listener.at)))
    return text


def announced_again(heard: list[Heard]) -> None:
    """Let who listens know of numbers that were said before."""
    if listener := _LISTENER.get():
        listener.heard.extend(heard)
