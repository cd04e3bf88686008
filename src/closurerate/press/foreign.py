"""Text that came from outside (file names, headings, values) made fit to be shown."""

import re
import unicodedata

from closurerate.cases.vocabulary import AMOUNTS, DAYS
from closurerate.press.print.fonts import FAMILIES, missing_characters

IDENTIFIERS = frozenset({"case_id", "obligor_id", "prior_case_id"})
"""Contract columns whose values name a case or a person."""


LONGEST_VALUE = 60
_LEFT_OPEN = 2
"""How many characters of an identifier are shown."""

_INVISIBLE = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}

_FEWEST_FIGURES = 5
"""A text with fewer figures names no case and nobody."""

_FIGURE = "[0-9OoIl]"
"""A digit, or a letter that is typed for one."""
_BETWEEN = r"[-\u2010-\u2015\u2212/.,、年月\s]{1,3}"
_DAY_LIKE = re.compile(
    r"(?:(?:中華)?民國|西元)?\s*(?:"
    rf"{_FIGURE}{{1,4}}(?:{_BETWEEN}{_FIGURE}{{1,2}}){{1,2}}日?"
    rf"|(?:{_FIGURE}{{1,2}}{_BETWEEN}){{1,2}}{_FIGURE}{{1,4}}"
    r"|[0-9]{5}|(?:0?[1-9][0-9]{1,2}|(?:19|20)[0-9]{2})[01][0-9][0-3][0-9]"
    r")(?:\.0+)?(?:[T\s]\s*(?:[上下]午\s*)?[0-9]{1,2}(?::[0-9]{2}){1,2}(?:\.0+)?"
    r"\s*(?:[AaPp][Mm]|Z|[-+][0-9]{2}:?[0-9]{2})?)?"
)
"""What was meant as a day, right or wrong: eight figures at most, and a time."""

_AMOUNT_LIKE = re.compile(
    r"[-+\u2212(\s]*(?:(?:NT\$|NTD|TWD|新[臺台]幣|\$)[-+\u2212(\s]*)?"
    r"(?:[0-9],*){0,11}[0-9](?:\.[0-9]{1,4})?[)\s]*(?:[千仟萬億元][元整]{0,2}[)\s]*)?",
    re.IGNORECASE,
)
"""What was meant as an amount, right or wrong: twelve figures at most before the point."""

CELL_EM = 11.0
"""Width of the longest piece that a cell of a table takes unbroken, so that any table fits."""

NARROW_EM = 7.0
"""The same for a table of many columns."""

_BROAD = "MW%@mw"
_PIECE = re.compile(r"[^\s\u2e80-\u9fff\uff00-\uffef]+")
"""What does not break by itself: all but blanks and Han text, as `table_layout` has it."""
_BREAK_AFTER = re.compile(r"(?<=[-_./\\:,])")


def visible(text: str) -> str:
    """Return a text with what the fonts cannot show, or what would not be seen, as its number.

    So a character of the agency's own is not an empty box, and one that turns the direction of
    writing does not.
    """
    hidden = {sign for family in FAMILIES for sign in missing_characters(text, family)}
    hidden |= {sign for sign in set(text) if unicodedata.category(sign) in _INVISIBLE}
    return "".join(f"〔U+{ord(sign):04X}〕" if sign in hidden else sign for sign in text)


def masked(text: str) -> str:
    """Return an identifier of which at most the last two characters can be read."""
    end = text[-_LEFT_OPEN:] if len(text) > 2 * _LEFT_OPEN else ""
    return "…" + visible(end)


def shortened(text: str) -> str:
    """Return a value as it came, cut to `LONGEST_VALUE` characters."""
    cut = text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"
    return visible(cut)


def value_text(
    column: str | None, text: str, *, case_id: str | None = None, show_ids: bool = False
) -> str:
    """Return a value as it may be shown: identifiers masked unless they are to be seen.

    An identifier may stand in any column, as where a row's cells moved by one. So masked is what
    holds the row's own case, and any value with five figures or more but one that was meant as a
    day or an amount, in a column of such.

    Args:
        column: Its contract column.
        case_id: Case of its row as it came; None where it has none.
    """
    if show_ids:
        return shortened(text)
    if column in IDENTIFIERS or _may_identify(column, text) or _holds(text, case_id):
        return masked(text)
    return shortened(text)


def _may_identify(column: str | None, text: str) -> bool:
    """Return whether a value may name a case or somebody, by its figures (also 〇 and 三)."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if sum(unicodedata.numeric(sign, None) is not None for sign in plain) < _FEWEST_FIGURES:
        return False
    if column in DAYS:
        return _DAY_LIKE.fullmatch(plain) is None
    return column not in AMOUNTS or _AMOUNT_LIKE.fullmatch(plain) is None


def _holds(text: str, case_id: str | None) -> bool:
    """Return whether a value is a case's identifier, or has it within, however it is punctuated."""
    own, written = (_letters_and_figures(name) for name in (case_id or "", text))
    if len(own) < _FEWEST_FIGURES:  # so short, it is within many an amount
        return own != "" and own == written
    return own in written


def _letters_and_figures(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in folded if sign.isalnum())


def in_lines(text: str, most_em: float = CELL_EM) -> str:
    """Return a text for a cell of a table, with line ends in pieces wider than is allowed."""
    return _PIECE.sub(lambda piece: _broken(piece[0], most_em), visible(text))


def _broken(piece: str, most_em: float) -> str:
    lines = [""]
    for part in _BREAK_AFTER.split(piece):
        if lines[-1] and _width_em(lines[-1] + part) > most_em:
            lines.append("")
        for sign in part:
            if _width_em(lines[-1] + sign) > most_em:
                lines.append("")
            lines[-1] += sign
    return "\n".join(lines)


def _width_em(text: str) -> float:
    """Return a width that a text does not pass in the Sans."""
    return sum(1.0 if not sign.isascii() or sign in _BROAD else 0.64 for sign in text)
