"""What stands in a cell: days, amounts, words and texts, each read one way or not at all.

A reader takes one text and gives what it means and what is wrong with it, of which at most one is
there: `(None, None)` is an empty cell. Nothing is guessed: what two people could read two ways is
`unreadable`.
"""

import re
from collections.abc import Container, Mapping
from datetime import date, timedelta
from typing import TypeVar
from unicodedata import category, normalize

from closurerate.intake.raw_table import LOST
from closurerate.paths import ROC_OFFSET

UNDECODABLE = "undecodable"
UNREADABLE = "unreadable"
NO_SUCH_DATE = "no_such_date"
UNKNOWN_WORD = "unknown_word"

V = TypeVar("V")
Read = tuple[V | None, str | None]
"""What a text means, and the code of what is wrong with it."""

_DASHES = dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2013, 0x2212, 0xFE63), "-")
# Unicode keeps the radicals of dictionaries apart from the characters that they look like.
_ONE_LOOK = _DASHES | {code: normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)}

# Drawn as nothing though no sign of format (Unicode's Default_Ignorable_Code_Point).
_IGNORABLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8"
    "\U000e0000-\U000e0fff]"
)
_BRAILLE_BLANK = 0x2800


class _Folding(dict[int, int | str]):
    """What a character is read as; each is looked up once."""

    def __missing__(self, code: int) -> int | str:
        sign = chr(code)
        if 0xFF01 <= code < 0xFF5F:
            self[code] = code - 0xFEE0
        elif sign.isspace() or code == _BRAILLE_BLANK:
            self[code] = " "
        else:
            self[code] = "" if category(sign) == "Cf" or _IGNORABLE.match(sign) else code
        return self[code]


_FOLDING = _Folding()
_AS_TEXT = re.compile(r"""=?"([^"]*)"|'([^']*)'?""")
"""What spreadsheets write so that a number is taken for a text: `="0107"`, `'0107`."""

_HOUR = r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?"
# Taiwan's own offset leaves the day as written; any other puts it in doubt, and so does 24:00.
_TIME = rf"(?:(?:T|\s+)(?:[上下]午\s*)?{_HOUR}(?:\s*[AaPp][Mm])?(?:\+08(?::?00)?)?)?"
_ERA = r"(?:(?P<era>(?:中華)?民國|西元)\s*)?"
_DAY_FORMS = tuple(
    re.compile(form + _TIME, re.ASCII)
    for form in (
        _ERA + r"(?P<year>\d{1,4})\s*(?P<by>[-/.])\s*(?P<month>\d\d?)\s*(?P=by)\s*(?P<day>\d\d?)",
        _ERA + r"(?P<year>\d{1,4})\s*年\s*(?P<month>\d\d?)\s*月\s*(?P<day>\d\d?)\s*日",
        _ERA + r"(?P<year>\d{3,4}|3[2-9]|[4-9]\d)(?P<month>\d\d)(?P<day>\d\d)(?:\.0+)?",
    )
)
_SERIAL = re.compile(r"([1-9]\d{4})(?:\.\d+)?", re.ASCII)
SERIAL_START = date(1899, 12, 30)
_FIRST_SERIAL, _LAST_SERIAL = 18264, 54788  # 1950-01-01 and 2049-12-31
_LAST_DAY_OF_MONTH = 31

_AMOUNT = re.compile(
    r"(?P<sign>[-+])?\s*(?:(?:NT\$|NTD|TWD|新[臺台]幣|\$)\s*(?P<inner_sign>[-+])?\s*)?"
    r"(?P<bracket>\(\s*)?(?P<whole>\d{1,30}|[1-9]\d{0,2}(?:,\d{3}){1,9})(?:\.0+)?\s*"
    r"(?(bracket)\)\s*)(?:元整?)?",
    re.ASCII | re.IGNORECASE,
)
_LARGEST = 2**63 - 1
_NUMBER_ID = re.compile(r"(\d{1,15})\.0+", re.ASCII)
_ERROR = r"#(?:[^#]{1,30}[!?]|N/A|NV|ERROR|GETTING_DATA|#+)|(?:Err|錯誤|错误):\d+"
_NO_ID = re.compile(
    # Rounded: by Excel, R and Python; by Java, Fortran and others, without a plus; by pandas.
    r"[-+]?\d+(?:[.,]\d*)?[ED]\+\d+|[-+]?\d[.,]\d*[ED]-?\d+|\d{16,}\.0+"
    rf"|{_ERROR}|=.*",
    re.ASCII | re.IGNORECASE,
)


def fold(text: str) -> str:
    """Return a text as it looks, on one line.

    Full-width ASCII becomes ASCII, each kind of blank a blank; what nobody can see (such as a
    zero-width space, a soft hyphen, a mark of direction or of variation, a byte order mark) is
    dropped, and so are blanks and NULs around the text, and what marks it as one: `="0107"`,
    `'0107`.
    """
    folded = text.translate(_FOLDING).strip(" \0")
    while folded.startswith(("=", '"', "'")) and (marked := _AS_TEXT.fullmatch(folded)):
        folded = (marked[1] or marked[2] or "").strip(" \0")
    return folded


def is_blank(text: str) -> bool:
    """Tell whether nothing stands in a cell: blanks, what nobody can see, or the end of a file."""
    is_plainly_filled = text[:1].isascii() and text[:1].isalnum()
    return not is_plainly_filled and not fold(text).strip("\0\x1a ")


def fold_word(text: str) -> str:
    """Return the form in which words are compared: of one width and case, 臺, without blanks."""
    return _word(fold(text))


def fold_id(text: str) -> str:
    """Return the form in which identifiers are compared: two that look the same are the same.

    Beyond `fold`: dashes of one kind, blanks in a row as one, a character of one form (composed,
    and no dictionary's radical), and `108000001.0`, as a column of floats writes it, without `.0`
    where no digit can have been rounded.
    """
    folded = " ".join(normalize("NFC", fold(text).translate(_ONE_LOOK)).split())
    number = _NUMBER_ID.fullmatch(folded)
    return number[1] if number else folded


def is_error(text: str) -> bool:
    """Tell whether a text is what a spreadsheet shows for an error, or for a column too narrow."""
    return re.fullmatch(_ERROR, fold(text), re.ASCII | re.IGNORECASE) is not None


def read_date(text: str, nothing: Container[str]) -> Read[date]:
    """Read a day.

    - By parts: `107/3/8`, `107-03-08`, `107.3.8`, `107年3月8日`, each also after 民國, 中華民國 or
      西元 (Gregorian), with blanks beside the marks; always in the order year, month, day.
    - In digits only: `1070308`, `01070308`, `0970308`, `970308`, `20180308`.
    - A spreadsheet's number: days since 1899-12-30 (its 1900 calendar), from 18264 (1950-01-01)
      to 54788 (2049-12-31). Another of five digits, such as 80308, may be a ROC day that lacks a
      digit.
    - A time of day may follow, of a spreadsheet's number as its fraction: the day is what counts,
      and it is not in doubt. A foreign offset or 24:00 would put it in doubt, and is unreadable.

    The year is ROC where 民國 says so, where it has at most three digits, or four with a zero in
    front; else Gregorian. A year of one or two digits without 民國 is read from 32 only: below,
    it may be a day of the month or a Gregorian year of this century. So it is in digits only even
    after 民國, as the 11 of `110123` may be most of 110.

    Parameters
    ----------
    text
        What stands in the cell.
    nothing
        Words that stand for an empty cell, as `fold_word` gives them.

    Returns
    -------
    tuple
        The day, and `undecodable`, `unreadable` or `no_such_date` where there is none.
    """
    folded = fold(text)
    if (empty := _empty(folded, nothing)) is not None:
        return empty
    written = folded.translate(_DASHES)
    if serial := _SERIAL.fullmatch(written):
        days = int(serial[1])
        if not _FIRST_SERIAL <= days <= _LAST_SERIAL:
            return None, UNREADABLE
        return SERIAL_START + timedelta(days), None
    for form in _DAY_FORMS:
        if parts := form.fullmatch(written):
            break
    else:
        return None, UNREADABLE
    year = _gregorian_year(parts["year"], parts["era"])
    if year is None:
        return None, UNREADABLE
    try:
        # ROC 0 is no year, and would otherwise pass for 1911.
        return date(year if int(parts["year"]) else 0, int(parts["month"]), int(parts["day"])), None
    except ValueError:
        return None, NO_SUCH_DATE


def read_amount(text: str, nothing: Container[str]) -> Read[int]:
    """Read an amount in whole NTD.

    `1234`, `1,234`, `1234.00`, also with NT$, NTD, TWD, $ or 新臺幣 before it and 元 or 元整 after;
    negative with a minus before it or in parentheses, around all of it or around its digits.
    Unreadable are a fraction, wrong groups
    (`1,23`), a minus behind, what passes 64 bits, Chinese numerals (`1萬2千`), and `1.2E+5`: a
    spreadsheet rounds when it writes so, and nobody knows what stood there.

    Parameters
    ----------
    text
        What stands in the cell.
    nothing
        Words that stand for an empty cell, as `fold_word` gives them.

    Returns
    -------
    tuple
        The amount in NTD, and `undecodable` or `unreadable` where there is none.
    """
    folded = fold(text)
    if (empty := _empty(folded, nothing)) is not None:
        return empty
    written = folded.translate(_DASHES)
    is_bracketed = written.startswith("(") and written.endswith(")")
    found = _AMOUNT.fullmatch(written[1:-1].strip() if is_bracketed else written)
    if found is None:
        return None, UNREADABLE
    signs = [sign for sign in (found["sign"], found["inner_sign"], found["bracket"]) if sign]
    amount = int(found["whole"].replace(",", ""))
    if len(signs) + is_bracketed > 1 or amount > _LARGEST:
        return None, UNREADABLE
    return (-amount if is_bracketed or signs not in ([], ["+"]) else amount), None


def read_word(text: str, words: Mapping[str, str], nothing: Container[str]) -> Read[str]:
    """Read one of the words that the contract allows, by what it is called.

    Parameters
    ----------
    text
        What stands in the cell.
    words
        The contract's word by what it may be called, as `fold_word` gives it.
    nothing
        Words that stand for an empty cell, as `fold_word` gives them.

    Returns
    -------
    tuple
        The contract's word, and `undecodable` or `unknown_word` where there is none.
    """
    folded = fold(text)
    if (empty := _empty(folded, nothing)) is not None:
        return empty
    word = words.get(_word(folded))
    return word, None if word is not None else UNKNOWN_WORD


def read_text(text: str, nothing: Container[str]) -> Read[str]:
    """Read a free text: as it came, without surrounding blanks.

    Parameters
    ----------
    text
        What stands in the cell.
    nothing
        Words that stand for an empty cell, as `fold_word` gives them.

    Returns
    -------
    tuple
        The text, and `undecodable` where a character of it is lost.
    """
    if (empty := _empty(fold(text), nothing)) is not None:
        return empty
    return text.strip(), None


def read_id(text: str, nothing: Container[str]) -> Read[str]:
    """Read an identifier, as `fold_id` gives it.

    The same case must not count twice because two systems write its number in ways that look the
    same; any other difference, 台 and 臺 or a leading zero among them, is one. Different cases must
    not count as one: unreadable is a number that was rounded, as `1.08E+17`, `1.08E17` or
    `108001234567890123.0`; a spreadsheet's error, as `#N/A`; and what has a control character in
    it, which may stand for anything.

    Parameters
    ----------
    text
        What stands in the cell.
    nothing
        Words that stand for an empty cell, as `fold_word` gives them.

    Returns
    -------
    tuple
        The identifier, and `undecodable` or `unreadable` where there is none.
    """
    folded = fold_id(text)
    if (empty := _empty(folded, nothing)) is not None:
        return empty
    has_control = not folded.isprintable() and any(category(sign) == "Cc" for sign in folded)
    is_lost = has_control or _NO_ID.fullmatch(folded)
    return (None, UNREADABLE) if is_lost else (folded, None)


def _word(folded: str) -> str:
    return "".join(normalize("NFKC", folded).casefold().replace("台", "臺").split())


def _empty(folded: str, nothing: Container[str]) -> tuple[None, str | None] | None:
    """Return what a cell without a value reads as; None where it holds something."""
    if LOST in folded:
        return None, UNDECODABLE
    word = _word(folded)
    return (None, None) if not word or word in nothing else None


def _gregorian_year(digits: str, era: str | None) -> int | None:
    """Return the Gregorian year of a written one; None where it may be read two ways."""
    is_roc = len(digits) < 4 or digits.startswith("0")
    if era == "西元":
        return None if is_roc else int(digits)
    if era is not None:
        return int(digits) + ROC_OFFSET if is_roc else None
    if len(digits) < 3 and int(digits) <= _LAST_DAY_OF_MONTH:
        return None
    return int(digits) + (ROC_OFFSET if is_roc else 0)
