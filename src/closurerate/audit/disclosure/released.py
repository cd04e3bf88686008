"""Which counts all pages of a year print together, read from the values that they show.

Each executed notebook keeps what it shows as data (`….shown.json`); the pages in both languages and
media, the ledger, the attachment and the tables that can be saved are made of the same.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from closurerate.audit.disclosure.cube import TOLD, Count
from closurerate.errors import InputError
from closurerate.kpi.counts import KEYS
from closurerate.kpi.effective import EffectiveRule
from closurerate.press.text import said
from closurerate.records.placeholders import operands
from closurerate.year.case_year import CaseData
from closurerate.year.kpi_words import tier_name

KPI_COUNTS = ("effective", "closed", "pending")
_NATION = ("nation", "total")
_OF_ROWS = ("extract", "illustration")
_FROM_OTHERS = (None, "derived", "published", "supplied")
_THOUSAND = 1000
_VALUE = re.compile(r" [\d−+.,]+$")
"""What stands after a label, as in `Branch A 34.86`."""
Words = Mapping[str, tuple[str, str]]


@dataclass(frozen=True)
class Released:
    """A count that is printed, or that follows from what is.

    Args:
        value: As it is printed, cases; None where it only follows from what is, such as a rate.
        place: Notebook and table, chart or sentence: `02_kpi table-by`.
    """

    count: Count
    value: int | None
    place: str


@dataclass(frozen=True)
class Pages:
    """All that the pages of a year tell.

    Args:
        released: Every count at every place.
        unread: Numbers of the rows of which nobody said here what they count: by place how many.
    """

    released: tuple[Released, ...]
    unread: Mapping[str, int]

    @property
    def counts(self) -> dict[Count, list[Released]]:
        """Each count once, with where it stands."""
        found: dict[Count, list[Released]] = {}
        for one in self.released:
            found.setdefault(one.count, []).append(one)
        return found

    @property
    def places(self) -> set[str]:
        """The tables, charts and sentences that counts stand in."""
        return {one.place for one in self.released}

    @property
    def lists(self) -> dict[str, dict[tuple[str, str], int]]:
        """The parts of each list, with their cases."""
        found: dict[str, dict[tuple[str, str], int]] = {}
        for one in self.released:
            for key, part in one.count.where:
                if key not in KEYS and one.value is not None:
                    found.setdefault(key, {})[part, one.count.measure] = one.value
        return found


def row_words(data: CaseData, rule: EffectiveRule, members: Mapping[str, Sequence[str]]) -> Words:
    """Return which key and word each heading of a row means, by its English print."""
    tiers = {said(tier_name(tier), "en"): ("tier", tier.name) for tier in rule.tiers}
    places = {
        said(data.place(word), "en"): (key, word)
        for key, words in members.items()
        for word in words
        if key != "tier"
    }
    return tiers | places


def read_pages(folder: Path, words: Words) -> Pages:
    """Return what the executed notebooks below a folder tell.

    Raises:
        InputError: If there is none, or one is damaged.
    """
    files = sorted(folder.rglob("*.shown.json"))
    if not files:
        raise InputError(f"{folder}: has no executed notebook; `make report study` makes them.")
    found: list[Released] = []
    unread: dict[str, int] = {}
    for file in files:
        name = file.name.removesuffix(".shown.json")
        try:
            items = json.loads(file.read_text(encoding="utf-8"))
        except ValueError as error:
            raise InputError(f"{file}: is no JSON ({error}); run the notebook again.") from None
        for item in items:
            place = f"{name} {item['id']}"
            read = list(_told(item, words, place))
            found += read
            of_rows = item.get("evidence") in _OF_ROWS
            if of_rows and not read and (left := _numbers(item)):
                unread[place] = left
    return Pages(tuple(found), unread)


def _told(item: Mapping[str, Any], words: Words, place: str) -> Iterator[Released]:
    for name, value in item.get("counts", {}).items():
        if name in TOLD:
            yield Released(Count(name), int(value), place)
    if item.get("evidence") in _FROM_OTHERS:
        return
    if item["kind"] == "table":
        yield from _of_table(item, words, place)
    elif item["kind"] == "chart" and "rows" in item:
        yield from _of_chart(item, words, place)
    for name, shown in _places(item):
        yield from _of_sentence(name, shown, place)


def _of_table(item: Mapping[str, Any], words: Words, place: str) -> Iterator[Released]:
    """Give the counts of a table; what is computed of a group tells the group's counts."""
    heads = [_key(column["heading"]) for column in item["columns"]]
    own = {
        column: name
        for column, name in enumerate(heads)
        if name in TOLD and item["columns"][column]["unit"] == "case"
    }
    for row in item["rows"]:
        where = _where(heads[0], row[0], words, is_list=bool(own))
        if where is None:
            continue
        measures = (own.values() or KPI_COUNTS) if where else own.values()
        for column, cell in enumerate(row[1:], start=1):
            value = cell.get("value") if isinstance(cell, dict) else None
            if value is None:
                continue
            if column in own:
                yield Released(Count(own[column], where), int(value), place)
            elif where and where[0][0] in KEYS:
                for measure in measures:
                    yield Released(Count(measure, where), None, place)


def _where(
    head: str, cell: Any, words: Words, *, is_list: bool
) -> tuple[tuple[str, str], ...] | None:
    """Return what a row is about: nothing for the nation, None for what no cases are counted of."""
    key, text = _key(cell), cell.get("en", "") if isinstance(cell, dict) else str(cell)
    if key in _NATION:
        return ()
    if text in words:
        return (words[text],)
    return ((head, text),) if is_list and head not in ("year", "nation") else None


def _of_chart(item: Mapping[str, Any], words: Words, place: str) -> Iterator[Released]:
    """Give the counts that a chart's data tell: by month, or all of a group by its label."""
    names = [column["name"] for column in item["columns"]]
    if names[0] == "month":
        for month, *values in item["rows"]:
            for name, value in zip(names[1:], values, strict=True):
                count = Count(name.lower(), (("month", str(month)),))
                yield Released(count, round(value * _THOUSAND), place)
        return
    cells = [cell["en"] if isinstance(cell, dict) else cell for row in item["rows"] for cell in row]
    labels = {label for label in (*names, *cells) if isinstance(label, str)}
    for group in {words[text] for label in labels if (text := _VALUE.sub("", label)) in words}:
        yield from (Released(Count(measure, (group,)), None, place) for measure in KPI_COUNTS)


def _places(item: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    text = item.get("text")
    if isinstance(text, dict):
        for name, shown in text.get("places", {}).items():
            if isinstance(shown, dict) and shown.get("value") is not None:
                yield name, shown


def _of_sentence(name: str, shown: Mapping[str, Any], place: str) -> Iterator[Released]:
    """Give the counts that a sentence names, or that a figure in it is computed from."""
    if shown["evidence"] not in _OF_ROWS:
        return
    if name in TOLD:
        yield Released(Count(name), int(shown["value"]), place)
    elif name == "small_traffic":
        count = Count("new", (("subcategory", name),))
        yield Released(count, int(shown["value"]), place)
    else:
        parts = operands(name) if "." in name else ()
        for part in parts:
            if part in TOLD:
                yield Released(Count(part), None, place)


def _key(heading: Any) -> str:
    return str(heading.get("key", "")) if isinstance(heading, dict) else ""


def _numbers(item: Any) -> int:
    """Return how many exact values there are in something shown."""
    if isinstance(item, dict):
        if "value" in item and "evidence" in item:
            return int(item["value"] is not None)
        return sum(_numbers(part) for part in item.values())
    return sum(_numbers(part) for part in item) if isinstance(item, list) else 0
