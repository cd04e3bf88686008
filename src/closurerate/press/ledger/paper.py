"""A finished PDF held to its ledger: each numeral that is printed was said, and each said printed.

The glyphs are read where they stand (`press.ledger.glyphs`), as a reader of the paper sees them.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from closurerate.errors import InputError
from closurerate.press.facts import DocumentFacts
from closurerate.press.heard import NUMERAL
from closurerate.press.ledger.glyphs import printed_words
from closurerate.press.ledger.numerals import FoundNumeral, Said, found_in_words, orphans
from closurerate.press.print.labels import EVIDENCES

_DIGITS = re.compile(r"[+−\d.,]+")
_LONGEST = 30
"""Characters of a numeral at most."""
_FEWEST = 4
"""Characters of a numeral that stands for one number alone; a shorter one may be any."""


def check_paper(
    pdf: bytes, said: Mapping[str, Said], on_paper: Sequence[str], facts: DocumentFacts
) -> None:
    """Refuse a PDF whose numerals are not those that were said.

    Args:
        said: By id of what is shown the numbers that its print said.
        on_paper: Ids of what is printed whole, word for word: charts leave labels out, and sliders
            are no print.
        facts: What else is printed: title, dates and stamp.

    Raises:
        InputError: If a numeral is no number that was said and no rule exempts it, or a number that
            was said is not printed.
    """
    every = [one for many in said.values() for one in many]
    printed, numerals = set[str](), {part for one in every for part in NUMERAL.findall(one["text"])}
    for page, found in _read(pdf, [*every, *_framing(facts)]):
        printed.add(found.numeral)
        for lost in orphans([found]):
            if _is_run_together(lost, numerals):
                continue
            around = lost.text[max(0, lost.start - 40) : lost.end + 40].strip()
            raise InputError(
                f"the PDF of {facts.title!r}, page {page}: {lost.numeral} in {around!r} is no "
                "number that the document says."
            )
    for shown in on_paper:
        for one in said.get(shown, ()):
            for numeral in NUMERAL.findall(one["text"]):
                if len(numeral) >= _FEWEST and numeral not in printed:
                    raise InputError(
                        f"the PDF of {facts.title!r}: {one['text']} of {shown} is not printed."
                    )


def _is_run_together(found: FoundNumeral, known: Collection[str]) -> bool:
    """Return whether a numeral is one of several with no room between, as along an axis."""
    starts = [run for run in _DIGITS.finditer(found.text) if run.start() <= found.start < run.end()]
    return any(_is_made_of(run[0], known) for run in starts)


def _is_made_of(text: str, known: Collection[str]) -> bool:
    """Return whether a text is known pieces one after another."""
    reached = {0}
    for end in range(1, len(text) + 1):
        if any(text[start:end] in known for start in reached if end - start <= _LONGEST):
            reached.add(end)
    return len(text) in reached


def _read(pdf: bytes, said: Said) -> Iterator[tuple[int, FoundNumeral]]:
    for page, runs in enumerate(printed_words(pdf), start=1):
        for words in runs:
            for found in found_in_words(words.text, words.inside, said):
                yield page, found


def _framing(facts: DocumentFacts) -> list[dict[str, Any]]:
    """Return what is printed around what is shown as if it were said."""
    texts = [value for value in vars(facts).values() if isinstance(value, str)]
    key = [str(place) for place in range(1, len(EVIDENCES) + 1)]  # that numbers the labels
    return [{"text": text} for text in (*texts, *key)]
