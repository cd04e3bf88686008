"""Whether what is printed of parts adds up to what is printed of their sum, and the note if not."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from closurerate.errors import InputError
from closurerate.press.text import Text, t
from closurerate.quantity import Exact, rounded

Ends = tuple[Exact, Exact]
"""A part from low to high; twice the same where it is one number."""


_ADD_UP = ("case", "TWD", "entry", "document")
"""Units of what is counted: a total of these is the sum of its parts, and nothing less."""


def check_sums(figures: Iterable[Mapping[str, Any]]) -> None:
    """Refuse a table whose total is not the sum of what it counts above.

    Args:
        figures: Tables and charts as data (`press.shown.Shown.data`), with their ids.

    Raises:
        InputError: Naming the first table and column that does not add up.
    """
    for table in figures:
        if not table.get("has_total"):
            continue
        for place, column in enumerate(table["columns"]):
            cells = [row[place] for row in table["rows"]]
            if column["unit"] not in _ADD_UP or not all(map(_is_number, cells)):
                continue
            *parts, whole = (Fraction(cell["value"]) for cell in cells)
            if sum(parts) != whole:
                raise InputError(
                    f"{table['id']}: column {place + 1} ({column['heading']['en']!r}) adds up to "
                    f"{sum(parts)}, and its total is {whole}: they must be the same."
                )


def _is_number(cell: Any) -> bool:
    return isinstance(cell, Mapping) and cell.get("value") is not None


def rounding_note(parts: Sequence[Ends], whole: Ends, decimals: int) -> list[Text]:
    """Return that printed parts do not add up to the printed whole, where they do not.

    Lower ends are held to the lower end and upper ones to the upper, as a reader adds them.

    Args:
        parts: What is printed of each part.
        whole: What is printed of their sum.
        decimals: As many as they are printed with.
    """
    if all(
        sum(rounded(part[end], decimals) for part in parts) == rounded(whole[end], decimals)
        for end in (0, 1)
    ):
        return []
    is_interval = any(Fraction(low) != Fraction(high) for low, high in (*parts, whole))
    return [t("note_rounded_ends" if is_interval else "note_rounded")]
