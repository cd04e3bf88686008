"""What is shown of samples: how many closed cases to draw, and what they show."""

from fractions import Fraction

from closurerate.audit.sampling import sample_size, upper_bound
from closurerate.press.shown import Grounds
from closurerate.press.table import Column, Table, words
from closurerate.press.text import bare, stated, t
from closurerate.quantity import Quantity

_CONFIDENCES = (Fraction(90, 100), Fraction(19, 20), Fraction(99, 100))
_TOLERABLE = (Fraction(1, 100), Fraction(2, 100), Fraction(5, 100))
_EXPECTED = (Fraction(0), Fraction(1, 400))
_FOUND = (0, 1, 3)
_CONFIDENCE = Fraction(19, 20)


def sizes_table() -> Table:
    """Return how many cases show that fewer than a tolerable share of records is wrong.

    And what share may be wrong at most where so many of the largest of these samples are.
    """
    heads = [
        t("sizes_expecting", confidence=_percent(confidence), expected=_percent(expected, 2))
        for confidence in _CONFIDENCES
        for expected in _EXPECTED
    ]
    rows = [
        (
            stated(_percent(tolerable)),
            *(
                bare(sample_size(confidence, tolerable, expected).n)
                for confidence in _CONFIDENCES
                for expected in _EXPECTED
            ),
        )
        for tolerable in _TOLERABLE
    ]
    columns = [*words("sizes_tolerable"), *(Column(head, "case", align="right") for head in heads)]
    return Table(columns, rows, t("caption_sizes"), Grounds("derived"), t("note_sizes"))


def bounds_table() -> Table:
    """Return what share of all records may be wrong where a sample has so many wrong ones."""
    sizes = [sample_size(_CONFIDENCE, tolerable).n for tolerable in _TOLERABLE]
    rows = [
        (
            t("bounds_found", count=errors),
            *(bare(100 * Fraction(upper_bound(_CONFIDENCE, n, errors)), 2) for n in sizes),
        )
        for errors in _FOUND
    ]
    heads = [Column(t("bounds_of", size=n), "percent", 2, align="right") for n in sizes]
    columns = [*words("bounds_errors"), *heads]
    return Table(
        columns,
        rows,
        t("caption_bounds", confidence=_percent(_CONFIDENCE)),
        Grounds("derived"),
        t("note_bounds"),
    )


def _percent(share: Fraction, decimals: int = 0) -> Quantity:
    return Quantity(100 * share, "percent", decimals if share else 0)
