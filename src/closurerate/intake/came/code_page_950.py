"""Big5 as Microsoft's code page 950 has it, where Python's codec knows less or other."""

from functools import cache

from closurerate.intake.came.raw_table import LOST

_TRAILS = bytes((*range(0x40, 0x7F), *range(0xA1, 0xFF)))
# First and last lead byte, first trail byte and first character of the areas of private use, which
# go through the trail bytes row by row.
_AREAS = (
    (0xFA, 0xFE, 0x40, 0xE000),
    (0x8E, 0xA0, 0x40, 0xE311),
    (0x81, 0x8D, 0x40, 0xEEB8),
    (0xC6, 0xC8, 0xA1, 0xF6B1),
)


def is_pair(pair: bytes) -> bool:
    """Tell whether two bytes are formed as a character is, be it assigned or not."""
    return len(pair) == 2 and 0x81 <= pair[0] <= 0xFE and pair[1] in _TRAILS


@cache
def private_characters() -> dict[bytes, str]:
    """Map pairs of bytes to the private-use characters that they are.

    Source: the end-user-defined ranges of Windows code page 950, FA40-FEFE (from U+E000),
    8E40-A0FE (U+E311), 8140-8DFE (U+EEB8) and C6A1-C8FE (U+F6B1).
    """
    characters = {}
    for first, last, first_trail, start in _AREAS:
        pairs = [bytes((lead, trail)) for lead in range(first, last + 1) for trail in _TRAILS]
        for place, pair in enumerate(pairs[_TRAILS.index(first_trail) :]):
            characters[pair] = chr(start + place)
    return characters


@cache
def misread_characters() -> dict[int, str]:
    """Map what Python's codec takes C6A1-C8FE for (kana, Cyrillic) to its private-use characters.

    Neither Microsoft's code page nor the extension used in Taiwan has these characters there.
    """
    characters = {}
    for pair, private in private_characters().items():
        text = pair.decode("cp950", "replace")
        if not text.startswith(LOST):
            characters[ord(text)] = private
    return characters
