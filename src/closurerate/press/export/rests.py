"""What a page rests on, told by what it shows: its labels, and which parts are synthetic."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from closurerate.press.print.labels import EVIDENCES, SYNTHETIC, Language, labels, numbered


def labels_used(shown: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the labels that stand beside shown things, from the strongest to the weakest.

    Args:
        shown: What the reader sees, as data, in order (`press.shown.Shown.data`).
    """
    used = {item.get("evidence") for item in shown}
    return [evidence for evidence in EVIDENCES if evidence in used]


def synthetic_parts(shown: Iterable[Mapping[str, Any]], language: Language) -> str:
    """Return which charts and tables, by number, and which text, by its labels, are made up.

    Empty where nothing is. Sliders are no paragraph: on paper they have none with a label, and on a
    page they carry their own.
    """
    words, seen = labels(language), Counter[str]()
    found: dict[str, list[str]] = {"chart": [], "table": []}
    marks = set[str]()
    for item in shown:
        kind = item["kind"]
        seen[kind] += 1
        if kind != "sliders" and item.get("evidence") in SYNTHETIC:
            if kind in found:
                found[kind].append(str(seen[kind]))
            else:
                marks.add(words["quoted"].format(mark=words[item["evidence"]]))
    told = [
        f"{numbered(kind, len(found[kind]), language)}{words['comma'].join(found[kind])}"
        for kind in ("chart", "table")
        if found[kind]
    ]
    if marks:
        told.append(words["paragraph"].format(marks=words["or"].join(sorted(marks))))
    return words["semicolon"].join(told)
