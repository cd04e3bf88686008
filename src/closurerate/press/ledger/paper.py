"""A finished PDF held to its ledger: each numeral that is printed was said, and each said printed.

The glyphs are read where they stand (`press.ledger.glyphs`), as a reader of the paper sees them.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from closurerate.errors import InputError
from closurerate.press.facts import DocumentFacts
from closurerate.press.heard import NUMERAL
from closurerate.press.ledger.glyphs import printed_words
from closurerate.press.ledger.numerals import FoundNumeral, Said, found_in_words, orphans
from closurerate.press.print.labels import EVIDENCES

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
    printed = set[str]()
    for page, found in _read(pdf, [*every, *_framing(facts)]):
        printed.add(found.numeral)
        for lost in orphans([found]):
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
