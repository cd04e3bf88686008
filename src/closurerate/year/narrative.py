"""A year's prose with its figures: which figures it names, what they are, what is left out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from closurerate.press.prose import Finding, Markdown
from closurerate.press.text import Text
from closurerate.quantity import Evidence, Quantity
from closurerate.records.placeholders import derive, weakest
from closurerate.records.year_parts import Paragraph
from closurerate.records.years import Year


@dataclass(frozen=True)
class LeftOut:
    """A paragraph that is not shown, because figures that it names are not known."""

    section: str
    missing: tuple[str, ...]


def figures(
    year: Year,
    counts: Mapping[str, Quantity],
    previous: Mapping[str, Quantity],
    target: Quantity | None,
    given: Evidence = "published",
) -> dict[str, Quantity]:
    """Return by placeholder every known figure that the year's prose can name or derive.

    Args:
        counts: The year's own figures from the case data, named as in `records.year_parts.COUNTED`;
            one that the extract does not give is absent.
        previous: The figures of the year before under their own names; here they end in
            `_previous`. For a year whose report is printed: `load_published(year -
            1).quantities()`.
        given: The evidence of the author's facts.
    """
    named = {f"{name}_previous": quantity for name, quantity in previous.items()}
    facts = {name: fact.quantity for name, fact in year.facts.items()}
    named |= {name: replace(fact, evidence=given) for name, fact in facts.items() if fact}
    if target is not None:
        named["target"] = target
    named |= counts
    coarse = {name for name, fact in year.facts.items() if fact.is_coarse}
    derived = {
        expression: derive(expression, named, coarse)
        for paragraphs in year.narrative.values()
        for paragraph in paragraphs
        for expression in paragraph.figures
    }
    return named | {name: quantity for name, quantity in derived.items() if quantity is not None}


def passages(year: Year, section: str, known: Mapping[str, Quantity]) -> list[Finding | Markdown]:
    """Return the paragraphs of a section whose figures all have a value, ready to be shown.

    One with figures carries the weakest evidence among them and its author's; one that only tells
    has no label.

    Args:
        section: One of `closurerate.records.years.SECTIONS`.
    """
    shown: list[Finding | Markdown] = []
    for paragraph in year.narrative[section]:
        if _missing(paragraph, known):
            continue
        places = {name: known[name] for name in paragraph.figures}
        texts = {language: text.strip() for language, text in paragraph.texts.items()}
        text = Text(texts, places)
        if places:
            declared = [paragraph.evidence] if paragraph.evidence else []
            used = [*declared, *(item.evidence for item in places.values())]
            shown.append(Finding(text, weakest(used)))
        elif paragraph.evidence:
            shown.append(Finding(text, paragraph.evidence))
        else:
            shown.append(Markdown(text))
    return shown


def left_out(year: Year, known: Mapping[str, Quantity]) -> list[LeftOut]:
    """Return the paragraphs that `passages` leaves out, each with the figures that it misses."""
    return [
        LeftOut(section, missing)
        for section, paragraphs in year.narrative.items()
        for paragraph in paragraphs
        if (missing := _missing(paragraph, known))
    ]


def _missing(paragraph: Paragraph, known: Mapping[str, Quantity]) -> tuple[str, ...]:
    """Return the figures of a paragraph that are not known, or have no value (E / P at P = 0)."""
    return tuple(
        name for name in paragraph.figures if name not in known or known[name].value is None
    )
