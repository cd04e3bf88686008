"""Whether what is printed of parts adds up to what is printed of their sum, and the note if not."""

from collections.abc import Sequence
from fractions import Fraction

from closurerate.press.text import Text, t
from closurerate.quantity import Exact, rounded

Ends = tuple[Exact, Exact]
"""A part from low to high; twice the same where it is one number."""


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
