"""Where two runs of one notebook differ first: the page, the table, the row and the column."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from closurerate.press.export.saved import csv_of

_NONE = "nothing"


def first_difference(
    was: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]], language: str
) -> str:
    """Return in words the first value that differs in what a notebook shows; nothing if none does.

    Args:
        was, now: What `<name>.shown.json` holds.
        language: Of the words of a table.
    """
    for one, other in zip_longest(was, now):
        if one == other:
            continue
        if one is None or other is None or one["kind"] != other["kind"] or one["id"] != other["id"]:
            return f"was {_named(one, language)}, is {_named(other, language)}"
        named = _named(one, language)
        if "rows" in one and (cell := _cell(one, other, language)):
            return f"{named}, {cell}"
        return f"{named}, {next(_leaves(one, other, ''))}"
    return ""


def _named(item: Mapping[str, Any] | None, language: str) -> str:
    if item is None:
        return _NONE
    caption = f" “{item['caption'][language]}”" if "caption" in item else ""
    return f"{item['kind']} {item['id']}{caption}"


def _cell(was: Mapping[str, Any], now: Mapping[str, Any], language: str) -> str:
    """Return the first cell that differs as files of data have it; nothing where none does."""
    lines = [list(csv.reader(csv_of(item, language).splitlines())) for item in (was, now)]
    head = lines[0][0]
    for number, (one, other) in enumerate(zip_longest(*lines, fillvalue=[])):
        for place, (before, after) in enumerate(zip_longest(one, other, fillvalue=_NONE)):
            if before != after:
                row = f"row {number} “{(one or other)[0]}”" if number else "the headings"
                column = f"column {place + 1} “{head[place]}”" if place < len(head) else "a column"
                return f"{row}, {column}: was {before}, is {after}"
    return ""


def _leaves(was: Any, now: Any, where: str) -> Iterator[str]:
    """Give in words each value that differs, by the names that lead to it."""
    if isinstance(was, dict) and isinstance(now, dict):
        for key in (*was, *(key for key in now if key not in was)):
            yield from _leaves(was.get(key), now.get(key), f"{where}.{key}".lstrip("."))
    elif isinstance(was, list) and isinstance(now, list):
        for place, (one, other) in enumerate(zip_longest(was, now), start=1):
            yield from _leaves(one, other, f"{where}[{place}]")
    elif was != now:
        yield f"{where}: was {was}, is {now}"
