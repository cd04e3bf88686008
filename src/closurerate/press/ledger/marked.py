"""A page's ledger: each numeral on it tied to the exact number that was said there.

What is behind the named figures comes with the executed notebook (`metadata`); the press knows
nothing of it but names. A page's script shows it (`inspector.js`).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from closurerate.errors import InputError
from closurerate.press.ledger.numerals import FoundNumeral, PagePart, Said, orphans, page_parts
from closurerate.press.print.escape import html_text
from closurerate.press.print.labels import EVIDENCES, labels
from closurerate.press.words import vocabulary, word

BEHIND = "behind"
"""Key of a notebook's metadata: what is behind its figures, by name under `figures`."""
_WORDS = (
    "open", "close", "hide", "help", "printed", "exact", "rounding", "rounded", "unit", "evidence",
    "before", "difference", "formula", "sql", "rule", "place", "places", "counts", "reproduce",
    "inputs", "search", "all_units", "all_evidence", "found", "previous", "next",
)  # fmt: skip
_UNITS = ("percent", "point", "ratio", "day", "case", "TWD", "entry")
_YEARS = (["year"], ["previous"])
"""Places of words in which a whole number is a year."""
_DISTINCT = 1000
"""A whole number from which on it is taken for the figure that is as large."""


def with_ledger(
    content: str,
    said: Mapping[str, Said],
    counts: Mapping[str, Sequence[str]],
    behind: Mapping[str, Any],
    language: str,
) -> str:
    """Return what a page shows with each numeral marked, and its ledger behind it.

    Args:
        content: HTML, whose things shown stand between comments (`index.html.j2`).
        said: By id of what is shown the numbers that its print said.
        counts: By id of what is shown the names of the counts that it rests on.
        behind: What is behind the figures that a number's name is of; empty where nothing is known,
            as of a notebook of one's own: its numerals are held to nothing then.

    Raises:
        InputError: If a numeral is no number that was said, and no rule exempts it.
    """
    read = [*page_parts(content, said)]
    lost = [one for piece in read for one in orphans(piece.found)]
    if lost and behind:
        raise InputError(_told(lost))
    entries, marked = _Entries(said, behind), list[str]()
    for piece in read:
        if piece.found and piece.inside[-1].startswith("mn"):
            marked[-1] = marked[-1].replace("<mn", f"<mn {entries.mark(piece.found[0])}", 1)
            marked.append(piece.source)
        else:
            marked.append(_marked(piece, entries))
    ledger = {
        "words": _words(language),
        "figures": _in_language(behind.get("figures", {}), language),
        "numbers": entries.numbers,
        "counts": {one: names for one, names in counts.items() if one in entries.shown},
        **{name: behind[name] for name in ("inputs", "reproduce") if name in behind},
    }
    text = json.dumps(ledger, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return f'{"".join(marked)}<script type="application/json" id="ledger">{text}</script>\n'


def public_ledger(metadata: Mapping[str, Any]) -> str:
    """Return the ledger of a document as JSON: every number that it says, and what is behind it.

    Empty where nothing is known of what is behind.

    Args:
        metadata: Of a notebook in one language, with `numbers` and `behind`.
    """
    behind = metadata.get(BEHIND)
    if not behind:
        return ""
    numbers = [{"in": shown, **one} for shown, said in metadata["numbers"].items() for one in said]
    return json.dumps({**behind, "numbers": numbers}, ensure_ascii=False, sort_keys=True, indent=1)


def _told(lost: list[FoundNumeral]) -> str:
    first, more = lost[0], len(lost) - 1
    around = first.text[max(0, first.start - 40) : first.end + 40].strip()
    others = f", and {more} more" if more else ""
    return (
        f"{first.shown}: {first.numeral} in {around!r} is no number that is shown there{others}: "
        "say it by a value in a place, or exempt its kind in press/ledger/exempt.py."
    )


def _marked(piece: PagePart, entries: "_Entries") -> str:
    """Return a piece of the page with its numerals in elements of their own."""
    if not piece.found:
        return piece.source
    is_drawn = any(element.startswith("svg") for element in piece.inside)
    parts, at = [], 0
    for one in piece.found:
        parts.append(_escaped(piece, at, one.start))
        digits, mark = _escaped(piece, one.start, one.end), entries.mark(one)
        if is_drawn:
            parts.append(f"<tspan {mark}>{digits}</tspan>" if one.number is not None else digits)
        else:
            parts.append(f"<data {mark}>{digits}</data>" if mark else digits)
        at = one.end
    return "".join([*parts, _escaped(piece, at, len(piece.text))])


def _escaped(piece: PagePart, start: int, end: int) -> str:
    return piece.original[start:end].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


class _Entries:
    """The numbers of a page in order, each once for every place where it was said."""

    def __init__(self, said: Mapping[str, Said], behind: Mapping[str, Any]) -> None:
        self._said = said
        figures = behind.get("figures", {})
        self._figures = figures
        self._by_value = dict(_distinct(figures))
        self._places: dict[tuple[str, int], int] = {}
        self.numbers: list[dict[str, Any]] = []

    @property
    def shown(self) -> set[str]:
        """Ids of what is shown that says a number."""
        return {shown for shown, _ in self._places}

    def mark(self, found: FoundNumeral) -> str:
        """Return the attributes of the element around a numeral; empty for none."""
        if found.number is None:
            is_link = found.inside[-1:] and found.inside[-1].split(".")[0] == "a"
            name = "" if is_link else found.exempt_by
            return f'class="x" title="{html_text(name)}"' if name else ""
        place = found.shown, found.number
        one = self._said[found.shown][found.number]
        if one["at"][-1:] in _YEARS and not one["unit"]:
            return 'class="x" title="year"'
        if place not in self._places:
            self._places[place] = len(self.numbers)
            self.numbers.append(self._entry(*place))
        return f'class="n" data-n="{self._places[place]}"'

    def _entry(self, shown: str, number: int) -> dict[str, Any]:
        one = self._said[shown][number]
        name = one["name"]
        if name in self._figures and not _is_same(one, self._figures[name]):
            raise InputError(
                f"{shown}: {one['text']} is {name} here ({one['value']}), which elsewhere is "
                f"{self._figures[name]['value']}: one quantity must have one value."
            )
        if name not in self._figures:
            name = self._by_value.get((Fraction(one["value"]), one["unit"]), "")
        entry = {
            "text": one["text"],
            "value": one["value"],
            "unit": one["unit"],
            "decimals": one["decimals"],
            "name": name,
            "in": shown,
        }
        return entry | ({"evidence": one["evidence"]} if name else {})


def _is_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    if None in (one["value"], other["value"]):
        return one["value"] is other["value"]
    return Fraction(one["value"]) == Fraction(other["value"])


def _distinct(figures: Mapping[str, Any]) -> Iterator[tuple[tuple[Fraction, str], str]]:
    """Give the figures that are told from all others by their exact value, and the first of each.

    A small whole number is any number.
    """
    for name, one in reversed([*figures.items()]):
        if one.get("value") is None:
            continue
        value = Fraction(one["value"])
        if value.denominator > 1 or abs(value) >= _DISTINCT:
            yield (value, one["unit"]), name


def _words(language: str) -> dict[str, str]:
    frame = labels(language)
    return (
        {name: vocabulary()[f"inspector_{name}"][language] for name in _WORDS}
        | {f"unit_{name}": word(f"unit_{name}", language) for name in _UNITS}
        | {name: frame[name] for name in EVIDENCES}
    )


def _in_language(figures: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Return the figures with their words in one language."""
    return {
        name: {
            key: value[language] if isinstance(value, Mapping) else value
            for key, value in one.items()
        }
        for name, one in figures.items()
    }
