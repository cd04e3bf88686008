"""Text that names a table or chart by its number, which is known once a document is whole."""

import re
from collections.abc import Mapping

from closurerate.errors import InputError
from closurerate.press.print.labels import Language, labels, numbered

_NAME = r"(?:table|chart)-(?:[a-z0-9-]*[a-z0-9])"
_REFERENCE = re.compile(rf"(?:\[([^\]]*)\]\()?@({_NAME}(?:,{_NAME})*)(\))?")


def referred(text: str, numbers: Mapping[str, int], language: Language, *, link: str) -> str:
    """Return text whose references read as numbers: "Table 6", "Tables 3, 5".

    `@table-proofs` names one thing by its id, and `@table-a,table-b` several of a kind. In
    `[words](@table-proofs)` the words stand where the document has none of them.

    Args:
        numbers: Of the document's tables and charts by id.
        link: How one is written that leads there, with `{name}` and `{label}`.

    Raises:
        InputError: If the document shows nothing of that id, and there are no words instead.
    """

    def told(found: re.Match[str]) -> str:
        words, names, close = found.groups()
        known = sorted((numbers[name], name) for name in names.split(",") if name in numbers)
        after = close or "" if words is None else ""
        if not known and words is None:
            raise InputError(f"@{names}: the document has no table or chart of this id.")
        if not known:
            return words
        kind = numbered(known[0][1].partition("-")[0], len(known), language)
        labelled = [f"{kind}{known[0][0]}", *(str(number) for number, _ in known[1:])]
        linked = [
            link.format(name=name, label=label)
            for (_, name), label in zip(known, labelled, strict=True)
        ]
        return labels(language)["comma"].join(linked) + after

    return _REFERENCE.sub(told, text)
