"""What the page gives a table or chart: its number as text, its id and link, its data as files."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from closurerate.errors import InputError
from closurerate.press.export.saved import csv_of, json_of, link_to
from closurerate.press.print.escape import html_text
from closurerate.press.print.labels import Language, labels

FIGURES = ("table", "chart")
_REFERENCE = re.compile(r"@((?:table|chart)-[a-z0-9-]*[a-z0-9])")


def identified(shown: Sequence[tuple[str, Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """Return shown things, each with an id of its own.

    A table's or chart's id is made of the key of its caption, so that it is the same in both
    languages and from year to year; the second of a key has a 2 behind it. The others have the
    place that they were given.

    Args:
        shown: Of each the place where it stands, and what it shows as data.
    """
    seen = Counter[str]()
    return [{"id": _id(place, item, seen), **item} for place, item in shown]


def _id(place: str, item: Mapping[str, Any], seen: Counter[str]) -> str:
    if item["kind"] not in FIGURES:
        return place
    key = next(_keys(item["caption"]), "own")
    parts = [part for part in key.split("_") if part not in ("caption", *FIGURES)]
    name = "-".join([item["kind"], *parts])
    seen[name] += 1
    return name if seen[name] == 1 else f"{name}-{seen[name]}"


def _keys(caption: Any) -> Iterator[str]:
    """Find the keys of the vocabulary in a caption, the outermost first."""
    if isinstance(caption, Mapping):
        if "key" in caption:
            yield caption["key"]
        for part in caption.get("items", ()):
            yield from _keys(part)


def placed(html: str, shown: Mapping[str, Any], number: int, language: Language) -> str:
    """Return a table or chart as HTML with its number, id and link, and its data to be saved.

    Args:
        html: As it was printed (`print.frame.figure_html`).
        shown: Its data, with its `id`.
        number: Its place among the page's tables or charts.
    """
    words, anchor = labels(language), shown["id"]
    label = f"{words[shown['kind']]} {number}"
    link = f'<a class="number" href="#{anchor}">{label}</a>{words["caption_separator"]}'
    html = html.replace("<figure ", f'<figure id="{anchor}" ', 1)
    html = html.replace("<figcaption>", f"<figcaption>{link}", 1)
    if "rows" not in shown:
        return html
    files = {f"{anchor}.csv": csv_of(shown, language), f"{anchor}.json": json_of(shown)}
    links = (
        link_to(name, content, f"{name.rpartition('.')[2].upper()}{_hidden(label)}")
        for name, content in files.items()
    )
    return html.removesuffix("</figure>") + (
        f'<p class="take">{words["save"]}{" ".join(links)}</p>\n</figure>'
    )


def referred(text: str, labels_of: Mapping[str, str], *, is_html: bool) -> str:
    """Return text in which each `@` before the id of a table or chart is its label, "Table 6".

    Args:
        labels_of: The labels by id; on a page they are links.

    Raises:
        InputError: If the document shows nothing of that id.
    """

    def told(found: re.Match[str]) -> str:
        if found[1] not in labels_of:
            raise InputError(f"{found[0]}: the document has no table or chart of this id.")
        label = labels_of[found[1]]
        return f'<a href="#{found[1]}">{label}</a>' if is_html else label

    return _REFERENCE.sub(told, text)


def _hidden(label: str) -> str:
    """Return what tells such a link from the others to whoever hears it."""
    return f'<span class="unseen"> ({html_text(label)})</span>'
