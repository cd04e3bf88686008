"""What the page gives a table or chart: its number as text, its id and link, its data as files."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from closurerate.press.export.saved import csv_of, json_of, link_to, workbook_of
from closurerate.press.print.escape import html_text
from closurerate.press.print.labels import Language, labels

FIGURES = ("table", "chart")


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
    files: dict[str, str | bytes] = {
        "csv": csv_of(shown, language),
        "xlsx": workbook_of([shown], language),
        "json": json_of(shown),
    }
    links = (
        link_to(f"{anchor}.{kind}", content, f"{kind.upper()}{_hidden(label)}")
        for kind, content in files.items()
    )
    return html.removesuffix("</figure>") + (
        f'<p class="take">{words["save"]}{" ".join(links)}</p>\n</figure>'
    )


def _hidden(label: str) -> str:
    """Return what tells such a link from the others to whoever hears it."""
    return f'<span class="unseen"> ({html_text(label)})</span>'
