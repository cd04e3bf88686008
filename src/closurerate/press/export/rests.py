"""What a page rests on, told by what it shows: its labels, and which parts are synthetic."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from closurerate.press.print.labels import EVIDENCES, SYNTHETIC, Language, labels


def labels_used(shown: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the labels that stand beside shown things, from the strongest to the weakest.

    Args:
        shown: What the reader sees, as data, in order (`press.shown.Shown.data`).
    """
    used = {item.get("evidence") for item in shown}
    return [evidence for evidence in EVIDENCES if evidence in used]


def synthetic_parts(shown: Iterable[Mapping[str, Any]], language: Language) -> str:
    """Return which charts and tables, by number, and how many paragraphs rest on synthetic rows.

    Empty where none does. Sliders are no paragraph: on paper they have none with a label, and on a
    page they carry their own.
    """
    words, seen = labels(language), Counter[str]()
    found: dict[str, list[str]] = {"chart": [], "table": [], "paragraph": []}
    for item in shown:
        kind = item["kind"]
        seen[kind] += 1
        if kind != "sliders" and item.get("evidence") in SYNTHETIC:
            found[kind if kind in found else "paragraph"].append(str(seen[kind]))
    told = [
        f"{words[kind]}\N{NO-BREAK SPACE}{words['comma'].join(found[kind])}"
        for kind in ("chart", "table")
        if found[kind]
    ]
    if count := len(found["paragraph"]):
        told.append(words["paragraph" if count == 1 else "paragraphs"].format(count=count))
    return words["semicolon"].join(told)
