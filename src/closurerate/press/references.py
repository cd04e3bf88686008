"""Prose that names a table or chart by its number, which is known once a document is whole."""

import re
from collections.abc import Mapping, Sequence

from closurerate.press.print.labels import Language, labels

_LINK = re.compile(r"\[([^\]]*)\]\(#((?:table|chart)-[a-z0-9-]+(?:,(?:table|chart)-[a-z0-9-]+)*)\)")


def with_numbers(source: str, placed: Sequence[tuple[str, str, int]], language: Language) -> str:
    """Return Markdown whose links to tables or charts read as their numbers: "Tables 3, 5".

    A link `[words](#table-proofs,table-signs)` names things of one kind by their ids; where a
    document has none of them, its words stand alone.

    Args:
        placed: Of each table and chart of the document its id, kind and number.
    """
    known = {name: (kind, number) for name, kind, number in placed}
    return _LINK.sub(lambda link: _told(link[1], link[2].split(","), known, language), source)


def _told(
    words: str, names: Sequence[str], known: Mapping[str, tuple[str, int]], language: Language
) -> str:
    found = sorted(known[name] for name in names if name in known)
    if not found:
        return words
    told = labels(language)
    plural = "s" if language == "en" and len(found) > 1 else ""
    listed = told["comma"].join(str(number) for _, number in found)
    return f"{told[found[0][0]]}{plural}\N{NO-BREAK SPACE}{listed}"
