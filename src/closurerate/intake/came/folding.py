"""What a cell's text looks like, whatever wrote it: the form in which two texts are compared."""

import re
from unicodedata import category, normalize

DASHES = dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2013, 0x2212, 0xFE63), "-")

# Unicode keeps the radicals of dictionaries apart from the characters that they look like.
_ONE_LOOK = DASHES | {code: normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)}

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

_NUMBER_ID = re.compile(r"(\d{1,15})\.0+", re.ASCII)

ERROR = r"#(?:[^#]{1,30}[!?]|N/A|NV|ERROR|GETTING_DATA|#+)|(?:Err|錯誤|错误):\d+"


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
    return as_word(fold(text))


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
    return re.fullmatch(ERROR, fold(text), re.ASCII | re.IGNORECASE) is not None


def as_word(folded: str) -> str:
    """Return the form in which words are compared, of a text that was folded."""
    return "".join(normalize("NFKC", folded).casefold().replace("台", "臺").split())
