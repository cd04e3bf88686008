"""What goes into the cells of tables and the labels of charts: headings, shares, bands, years."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from closurerate.press.print.prose import Column, Markdown
from closurerate.press.words import word
from closurerate.quantity import number
from closurerate.records.paths import ROC_OFFSET


def headed(language: str, *keys: str) -> tuple[Column, ...]:
    """Return columns headed by words: the first to the left, the others to the right."""
    first, *others = (word(key, language) for key in keys)
    return (Column(first), *(Column(heading, "right") for heading in others))


def percent(part: int | Fraction, whole: int | Fraction, decimals: int = 2) -> str:
    """Return a share in percent as printed, a dash where the whole is 0."""
    return number(Fraction(100 * part, whole) if whole else None, decimals)


def band_labels(edges: Sequence[int]) -> list[str]:
    """Return "1-999", "1,000-2,999", …, "10,000,000+" for lower ends of bands."""
    following = [*edges[1:], None]
    return [
        f"{number(edge)}+"
        if upper is None
        else f"{number(edge)}–{number(upper - 1)}"
        if upper - 1 > edge
        else number(edge)
        for edge, upper in zip(edges, following, strict=True)
    ]


def roc_year(year: int, language: str) -> str:
    """Return a ROC year as it heads a column or row."""
    return word("roc_year", language, year=year, gregorian=year + ROC_OFFSET)


def joined(names: Iterable[str], language: str) -> str:
    """Return names as a list in a sentence."""
    return ("、" if language == "zh-Hant" else ", ").join(names)


def no_cases(caption: str, language: str, *kinds: str) -> Markdown:
    """Return in place of a table or chart that the year has no case of these kinds."""
    names = [word(kind, language) for kind in kinds]
    text = "或".join(names) if language == "zh-Hant" else " or ".join(names).lower()
    return Markdown(word("no_cases", language, kinds=text, caption=caption))
