"""Bytes of any encoding to UTF-8, block by block: nothing is dropped, nothing swallows a comma."""

import codecs
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain

import numpy as np

from closurerate.errors import InputError
from closurerate.intake.came.code_page_950 import is_pair, misread_characters, private_characters
from closurerate.intake.came.raw_table import LOST, Notes

NOTED = 100
"""How many undecodable places are noted with line and bytes; the others are only counted."""

_CANDIDATES = ("utf-8", "cp950")
_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",  # before the mark that it begins with
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
# What is called Big5 in Taiwan is Microsoft's code page 950: it alone has 碁銹裏墻恒粧嫺 and €.
_MEANT = {"utf-8-sig": "utf-8", "big5": "cp950", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}
_BIG_ENDIAN = {"utf-16": codecs.BOM_UTF16_BE, "utf-32": codecs.BOM_UTF32_BE}
_PIECE_BYTES = 1 << 12
_ESCAPED = "closurerate.escaped"
_ESCAPES = re.compile("\udc00([\ud800-\ud8ff]+)")

# First byte, and range of the second, of the UTF-8 form of U+E000-F8FF and of planes 15 and 16.
_PRIVATE_USE = ((0xEE, 0x80, 0xBF), (0xEF, 0x80, 0xA3), (0xF3, 0xB0, 0xBF), (0xF4, 0x80, 0x8F))
# The same of circled digits, Cyrillic and kana, which code page 950 does not have; with 々 they are
# what `misread_characters` maps.
_MISREAD = ((0xE2, 0x91, 0x91), (0xD0, 0x80, 0xBF), (0xD1, 0x80, 0xBF), (0xE3, 0x81, 0x83))


@dataclass(frozen=True)
class Coding:
    """The encoding of a text, by Python's name; `cp950` for all that is called Big5.

    It is settled unless it was detected from a beginning that the rest may contradict.
    """

    name: str
    is_given: bool = False
    is_settled: bool = True


_NO_ENCODINGS_OF_FILES = {"punycode", "idna", "unicode-escape", "raw-unicode-escape", "undefined"}


def given_coding(encoding: str, sample: bytes) -> Coding:
    """Give the encoding that the user named; the mark says which of plain `utf-16` or `utf-32`.

    Raises:
        InputError: Python has no text encoding of this name.
    """
    try:
        "".encode(encoding)
        codecs.getincrementaldecoder(encoding)
        name = codecs.lookup(encoding).name
        if name in _NO_ENCODINGS_OF_FILES:
            raise LookupError(name)
    except (LookupError, ValueError):
        raise InputError(
            f"{encoding!r} is no encoding; give the name of one, such as utf-8, utf-16 or cp950 "
            f"(Big5)"
        ) from None
    if name in _BIG_ENDIAN and sample.startswith(_BIG_ENDIAN[name]):
        name = f"{name}-be"
    return Coding(_MEANT.get(name, name), is_given=True)


def detect(sample: bytes) -> Coding:
    """Detect the encoding of a text from its beginning: by its mark, its zeros, or by trying."""
    for mark, name in _MARKS.items():
        if sample.startswith(mark):
            return Coding(name)
    zeros = (sample[0::2].count(0), sample[1::2].count(0))
    if max(zeros) > len(sample) // 6 and max(zeros) > 10 * min(zeros):
        return Coding("utf-16-be" if zeros[0] > zeros[1] else "utf-16-le")
    # A character may be cut at the sample's end; none is at a line's end.
    whole = sample[: sample.rfind(b"\n") + 1] or sample
    return Coding(fewest_undecodable(lambda: [whole]), is_settled=False)


def fewest_undecodable(blocks: Callable[[], Iterable[bytes]]) -> str:
    """Name the candidate under which the fewest bytes do not decode; UTF-8 where they are even.

    `blocks()` gives the text from its start. A wrong candidate is dropped early: all are counted
    up to a limit, which is raised until one of them stays below it.
    """
    limit = NOTED
    while True:
        counts = {name: _count_undecodable(blocks(), name, limit) for name in _CANDIDATES}
        best = min(counts, key=lambda name: counts[name])
        if counts[best] < limit:
            return best
        limit *= 100


def _count_undecodable(blocks: Iterable[bytes], encoding: str, limit: int) -> int:
    notes = Notes()
    # In small pieces, so that what comes after the limit is not decoded.
    starts = ((block, start) for block in blocks for start in range(0, len(block), _PIECE_BYTES))
    pieces = (block[start : start + _PIECE_BYTES] for block, start in starts)
    for _ in decoded(pieces, encoding, notes):
        if notes.undecodable_count >= limit:
            break
    return min(notes.undecodable_count, limit)


def decoded(blocks: Iterable[bytes], encoding: str, notes: Notes) -> Iterator[bytes]:
    """Give a text as UTF-8, without the byte order mark, and fill `notes`.

    Args:
        blocks: The text as it came, none of them empty; they may cut characters.
        notes: Gets what is of private use and what does not decode. For the latter `LOST` stands in
            the text; a byte that begins a character but is not followed by the rest of one is lost
            alone.

    Yields:
        bytes: Whole characters. In `cp950`, what Microsoft's code page has for private use comes by
            its rule (FA40 is U+E000, and so on).
    """
    line, is_first, ends_in_return = 1, True, False
    for text, lost in _texts(blocks, encoding):
        if not text:
            continue
        if lost:
            notes.undecodable_count += len(lost)
            if len(notes.undecodable) < NOTED:
                notes.undecodable.append((line, lost.hex()))
        else:
            notes.private_use += _count(text, _PRIVATE_USE)
        line += text.count(b"\n")
        if b"\r" in text:
            line += text.count(b"\r") - text.count(b"\r\n")
        line -= ends_in_return and text.startswith(b"\n")
        ends_in_return = text.endswith(b"\r")
        yield text.removeprefix(codecs.BOM_UTF8) if is_first else text
        is_first = False


def _texts(blocks: Iterable[bytes], encoding: str) -> Iterator[tuple[bytes, bytes]]:
    """Yield texts in UTF-8, each with the bytes that it stands for where they do not decode."""
    codecs.register_error(_ESCAPED, _escape)
    decoder = codecs.getincrementaldecoder(encoding)(_ESCAPED)
    for block in chain(blocks, [b""]):  # the empty one tells that no more comes
        if encoding == "utf-8":  # what is right stays as it is
            data = decoder.getstate()[0] + block
            with suppress(UnicodeDecodeError):
                _, end = codecs.utf_8_decode(data, "strict", not block)
                decoder.setstate((data[end:], 0))
                yield data[:end], b""
                continue
        text, start = decoder.decode(block, not block), 0
        for lost in _ESCAPES.finditer(text):
            yield _encoded(text[start : lost.start()], encoding), b""
            yield LOST.encode(), bytes(ord(sign) & 0xFF for sign in lost[1])
            start = lost.end()
        yield _encoded(text[start:], encoding), b""


def _escape(error: UnicodeError) -> tuple[str, int]:
    """Put bytes that do not decode as surrogates, which no text has, behind one that tells so.

    A handler serves all texts of the process, so that it cannot note anything itself. In `cp950`, a
    pair that Microsoft's code page has for private use is its character.
    """
    assert isinstance(error, UnicodeDecodeError)
    data, start, end = error.object, error.start, error.end
    if error.encoding == "cp950" and is_pair(data[start : start + 2]):
        end = start + 2
        if character := private_characters().get(data[start:end]):
            return character, end
    return "\udc00" + "".join(chr(0xD800 + byte) for byte in data[start:end]), end


def _encoded(text: str, encoding: str) -> bytes:
    data = text.encode("utf-8", "replace")
    if encoding == "cp950" and ("々" in text or _count(data, _MISREAD)):
        data = text.translate(misread_characters()).encode()
    return data


def _count(data: bytes, ranges: tuple[tuple[int, int, int], ...]) -> int:
    """Count the UTF-8 characters with these first bytes and second bytes in these ranges."""
    present = [each for each in ranges if each[0] in data]
    if not present:
        return 0
    first = np.frombuffer(data, np.uint8)
    second = first[1:]
    return sum(
        int(np.count_nonzero((first[:-1] == lead) & (second >= low) & (second <= high)))
        for lead, low, high in present
    )
