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
from closurerate.cases.profile import SMALL_TRAFFIC
from closurerate.errors import InputError
from closurerate.kpi.counts import KEYS
from closurerate.kpi.effective import EffectiveRule
from closurerate.press.text import said
from closurerate.records.placeholders import operands
from closurerate.year.case_year import CaseData
from closurerate.year.cases_page import BANDS, banded
from closurerate.year.kpi_words import tier_name

KPI_COUNTS = ("effective", "closed", "pending")
_NATION = ("nation", "total")
_OF_ROWS = ("extract", "illustration")
_FROM_OTHERS = (None, "derived", "published", "supplied")
_THOUSAND = 1000
_SMALL = "small_traffic"
_VALUE = re.compile(r" [\d−+.,]+$")
"""What stands after a label, as in `Branch A 34.86`."""
AMOUNT = "referred_twd"
"""The referred amounts of a part of a list, of which pages print the share."""
_LISTS = frozenset(heading for *_, heading in BANDS.values())
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
        amounts: The parts of lists of whose amounts a share is printed.
        unread: What else rests on the year's rows, and was not read as counts: ids by notebook.
    """

    released: tuple[Released, ...]
    amounts: frozenset[Count]
    unread: Mapping[str, Sequence[str]]

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


def read_pages(folder: Path, words: Words, kpi: str) -> Pages:
    """Return what the executed notebooks below a folder tell.

    Of another KPI's notebooks what goes by its tiers or counts its effective cases is not read.

    Raises:
        InputError: If there is none, or one is damaged.
    """
    files = sorted(folder.rglob("*.shown.json"))
    if not files:
        raise InputError(f"{folder}: has no executed notebook; `make report study` makes them.")
    found: list[Released] = []
    amounts: set[Count] = set()
    unread: dict[str, list[str]] = {}
    for file in files:
        name = (
            file.relative_to(folder).as_posix().removesuffix(".shown.json").removeprefix(f"{kpi}/")
        )
        for item in _items(file):
            place = f"{name} {item['id']}"
            read = list(_of_body(item, words, place))
            known = [one for one in read if "/" not in name or not _is_of_rule(one.count)]
            found += [*_of_grounds(item, place), *known]
            amounts |= _amounts(item)
            if item.get("evidence") not in _FROM_OTHERS and (not read or len(known) < len(read)):
                unread.setdefault(name, []).append(item["id"])
    return Pages(tuple(found), frozenset(amounts), unread)


def _items(file: Path) -> list[dict[str, Any]]:
    try:
        items: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(f"{file}: is no JSON ({error}); run the notebook again.") from None
    return items


def _is_of_rule(count: Count) -> bool:
    return count.measure == "effective" or any(key == "tier" for key, _ in count.where)


def lists_of(data: CaseData) -> dict[str, dict[tuple[str, str], int]]:
    """Return the cases of each part of the lists that pages show, by list, part and measure."""
    months, groups = data.profile.tables["months"], data.profile.tables["groups"]
    small = int(groups.loc[groups["subcategory"] == SMALL_TRAFFIC, "new"].sum())
    found = {
        "month": {
            (str(month), name): int(count)
            for name in ("new", "closed")
            for month, count in months.set_index("month")[name].items()
        },
        "subcategory": {
            (_SMALL, "new"): small,
            ("other", "new"): int(groups["new"].sum()) - small,
        },
    }
    for table, (*_, measure, heading) in BANDS.items():
        counts = banded(data, table)[measure]
        found[heading] = {(said(label, "en"), measure): int(n) for label, n in counts.items()}
    return found


def _of_grounds(item: Mapping[str, Any], place: str) -> Iterator[Released]:
    """Give the nation's counts that come with a table or chart."""
    for name, value in item.get("counts", {}).items():
        if name in TOLD:
            yield Released(Count(name), int(value), place)


def _of_body(item: Mapping[str, Any], words: Words, place: str) -> Iterator[Released]:
    if item.get("evidence") in _FROM_OTHERS:
        return
    if item["kind"] == "table":
        yield from _of_table(item, words, place)
    elif item["kind"] == "chart" and "rows" in item:
        yield from _of_chart(item, words, place)
    for name, shown in _places(item):
        if (group := words.get(shown.get("en", ""))) is not None:  # such as the highest branch
            yield from (Released(Count(measure, (group,)), None, place) for measure in KPI_COUNTS)
        elif shown.get("value") is not None:
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


def _amounts(item: Mapping[str, Any]) -> set[Count]:
    """Return of which parts of a list a table prints the share of the referred amounts."""
    if item["kind"] != "table":
        return set()
    head, *heads = (_key(column["heading"]) for column in item["columns"])
    return {
        Count(AMOUNT, ((head, row[0]["en"]),))
        for row in item["rows"]
        for key, cell in zip(heads, row[1:], strict=True)
        if key == "share_of_referred" and isinstance(cell, dict) and cell.get("value")
    }


def _where(
    head: str, cell: Any, words: Words, *, is_list: bool
) -> tuple[tuple[str, str], ...] | None:
    """Return what a row is about: nothing for the nation, None for what no cases are counted of."""
    key, text = _key(cell), cell.get("en", "") if isinstance(cell, dict) else str(cell)
    if key in _NATION:
        return ()
    if text in words:
        return (words[text],)
    return ((head, text),) if is_list and head in _LISTS else None


def _of_chart(item: Mapping[str, Any], words: Words, place: str) -> Iterator[Released]:
    """Give the counts that a chart's data tell: by month, or all of a group by its label."""
    names = [column["name"] for column in item["columns"]]
    if names[0] == "month":
        for month, *values in item["rows"]:
            for name, value in zip(names[1:], values, strict=True):
                count = Count(name.lower(), (("month", str(month)),))
                if value is not None:
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
            if isinstance(shown, dict):
                yield name, shown


def _of_sentence(name: str, shown: Mapping[str, Any], place: str) -> Iterator[Released]:
    """Give the counts that a sentence names, or that a figure in it is computed from."""
    if shown["evidence"] not in _OF_ROWS:
        return
    if name in TOLD:
        yield Released(Count(name), int(shown["value"]), place)
    elif name == _SMALL:
        count = Count("new", (("subcategory", name),))
        yield Released(count, int(shown["value"]), place)
    else:
        parts = operands(name) if "." in name else ()
        for part in parts:
            if part in TOLD:
                yield Released(Count(part), None, place)


def _key(heading: Any) -> str:
    return str(heading.get("key", "")) if isinstance(heading, dict) else ""
