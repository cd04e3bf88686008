"""Big5 as Microsoft's code page 950 has it, where Python's codec knows less or other."""

from functools import cache

from closurerate.intake.came.raw_table import LOST

# First and last lead byte, first trail byte and first character of the areas of private use: 157
# characters a row (trail bytes 40-7E and A1-FE), rows one after the other.
_AREAS = (
    (0xFA, 0xFE, 0x40, 0xE000),
    (0x8E, 0xA0, 0x40, 0xE311),
    (0x81, 0x8D, 0x40, 0xEEB8),
    (0xC6, 0xC8, 0xA1, 0xF6B1),
)


def is_pair(pair: bytes) -> bool:
    """Tell whether two bytes are formed as a character is, be it assigned or not."""
    return (
        len(pair) == 2
        and 0x81 <= pair[0] <= 0xFE
        and (0x40 <= pair[1] <= 0x7E or 0xA1 <= pair[1] <= 0xFE)
    )


def private_character(lead: int, trail: int) -> str | None:
    """Give the private-use character of a well-formed pair; None where it has none.

    Source: the end-user-defined ranges of Windows code page 950, FA40-FEFE (from U+E000),
    8E40-A0FE (U+E311), 8140-8DFE (U+EEB8) and C6A1-C8FE (U+F6B1).
    """
    for first, last, first_trail, start in _AREAS:
        if first <= lead <= last and (lead > first or trail >= first_trail):
            return chr(start + (lead - first) * 157 + _place(trail) - _place(first_trail))
    return None


def _place(trail: int) -> int:
    return trail - 0x40 if trail < 0x7F else trail - 0xA1 + 63


@cache
def misread_characters() -> dict[int, str]:
    """Map what Python's codec takes C6A1-C8FE for (kana, Cyrillic) to its private-use characters.

    Neither Microsoft's code page nor the extension used in Taiwan has these characters there.
    """
    characters = {}
    for lead in (0xC6, 0xC7, 0xC8):
        for trail in (*range(0x40, 0x7F), *range(0xA1, 0xFF)):
            text = bytes((lead, trail)).decode("cp950", "replace")
            private = private_character(lead, trail)
            if private and not text.startswith(LOST):
                characters[ord(text)] = private
    return characters
