"""What stands in a cell: days, amounts, words and texts, each read one way or not at all.

A reader takes one text and gives what it means and what is wrong with it, of which at most one is
there: `(None, None)` is an empty cell. `nothing` are the words that stand for one, as `fold_word`
gives them. Nothing is guessed: what two people could read two ways is `unreadable`.
"""

import re
from collections.abc import Container, Mapping
from datetime import date, timedelta
from typing import TypeVar
from unicodedata import category

from closurerate.intake.came.folding import DASHES, ERROR, as_word, fold, fold_id
from closurerate.intake.came.raw_table import LOST
from closurerate.intake.came.serials import SERIAL_START
from closurerate.records.paths import ROC_OFFSET

UNDECODABLE = "undecodable"
"""A character of it is lost, whatever the column."""
UNREADABLE = "unreadable"
"""It is no day, no amount in NTD or no identifier, or may be two."""
NO_SUCH_DATE = "no_such_date"
UNKNOWN_WORD = "unknown_word"

V = TypeVar("V")
Read = tuple[V | None, str | None]
"""What a text means, and the code of what is wrong with it."""


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
_FIRST_SERIAL, _LAST_SERIAL = 18264, 54788  # 1950-01-01 and 2049-12-31
_LAST_DAY_OF_MONTH = 31

_AMOUNT = re.compile(
    r"(?P<sign>[-+])?\s*(?:(?:NT\$|NTD|TWD|新[臺台]幣|\$)\s*(?P<inner_sign>[-+])?\s*)?"
    r"(?P<bracket>\(\s*)?(?P<whole>\d{1,30}|[1-9]\d{0,2}(?:,\d{3}){1,9})(?:\.0+)?\s*"
    r"(?(bracket)\)\s*)(?:元整?)?",
    re.ASCII | re.IGNORECASE,
)
_LARGEST = 2**63 - 1
_NO_ID = re.compile(
    # Rounded: by Excel, R and Python; by Java, Fortran and others, without a plus; by pandas.
    r"[-+]?\d+(?:[.,]\d*)?[ED]\+\d+|[-+]?\d[.,]\d*[ED]-?\d+|\d{16,}\.0+"
    rf"|{ERROR}|=.*",
    re.ASCII | re.IGNORECASE,
)


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
    """
    folded = fold(text)
    if (empty := _empty(folded, nothing)) is not None:
        return empty
    written = folded.translate(DASHES)
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
    Unreadable are a fraction, wrong groups (`1,23`), a minus behind, what passes 64 bits, Chinese
    numerals (`1萬2千`), and `1.2E+5`: a spreadsheet rounds when it writes so, and nobody knows what
    stood there.
    """
    folded = fold(text)
    if (empty := _empty(folded, nothing)) is not None:
        return empty
    written = folded.translate(DASHES)
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
    """Read one of the contract's words, by what it may be called as `fold_word` gives it."""
    folded = fold(text)
    if (empty := _empty(folded, nothing)) is not None:
        return empty
    word = words.get(as_word(folded))
    return word, None if word is not None else UNKNOWN_WORD


def read_text(text: str, nothing: Container[str]) -> Read[str]:
    """Read a free text: as it came, without surrounding blanks."""
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
    """
    folded = fold_id(text)
    if (empty := _empty(folded, nothing)) is not None:
        return empty
    has_control = not folded.isprintable() and any(category(sign) == "Cc" for sign in folded)
    is_lost = has_control or _NO_ID.fullmatch(folded)
    return (None, UNREADABLE) if is_lost else (folded, None)


def _empty(folded: str, nothing: Container[str]) -> tuple[None, str | None] | None:
    """Return what a cell without a value reads as; None where it holds something."""
    if LOST in folded:
        return None, UNDECODABLE
    word = as_word(folded)
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
