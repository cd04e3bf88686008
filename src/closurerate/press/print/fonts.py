"""The two fonts of every report: where they lie, what they cover, and their subsets for HTML.

Both come from the package `pylopdf-fonts-zh-tw` (Noto Sans TC and Noto Serif TC, regular, OFL)
and are always reached by path: a font of the machine is never asked.
"""

import base64
import io
import unicodedata
from functools import cache
from pathlib import Path

import pylopdf_fonts_zh_tw
import uharfbuzz as harfbuzz
from fontTools.ttLib import TTFont

from closurerate.errors import InputError

SANS = "Noto Sans TC"
SERIF = "Noto Serif TC"
FAMILIES = (SANS, SERIF)

# halt lets a browser close up full-width punctuation, pwid has quotes for Latin text; vertical
# forms and alternates are never asked for.
_LAYOUT_FEATURES = ("ccmp", "halt", "kern", "liga", "locl", "mark", "pwid")
_NAMES = (0, 1, 2, 13, 14)
"""The names and, as the OFL asks, its notice."""
_DROPPED = ("BASE", "DSIG", "VORG", "vhea", "vmtx")


def font_path(family: str) -> Path:
    """Return the file of one of `FAMILIES`."""
    return pylopdf_fonts_zh_tw.sans_path() if family == SANS else pylopdf_fonts_zh_tw.serif_path()


def font_folder() -> Path:
    """Return the folder that holds the files of `FAMILIES` and no other font."""
    return font_path(SANS).parent


@cache
def coverage(family: str) -> frozenset[int]:
    """Return the code points that a family has a glyph for."""
    return frozenset(_face(family).unicodes)


def missing_characters(text: str, family: str) -> str:
    """Return the characters of a text that a family cannot show, each once, in order.

    White space and invisible format characters need no glyph.
    """
    known = coverage(family)
    return "".join(
        character
        for character in sorted(set(text))
        if ord(character) not in known
        and unicodedata.category(character) not in {"Cc", "Cf", "Zs", "Zl", "Zp"}
    )


def require_glyphs(text: str, where: str) -> None:
    """Refuse text that the fonts cannot show.

    Raises:
        InputError: If a character is in neither font: it would come out as an empty box.
    """
    for family in FAMILIES:
        missing = missing_characters(text, family)
        if missing:
            names = ", ".join(f"{character} (U+{ord(character):04X})" for character in missing)
            raise InputError(
                f"{where}: {family} has no glyph for {names}: write it with other characters."
            )


def subset_font(family: str, text: str) -> str:
    """Return a family cut down to a text's characters, as WOFF in base64.

    The same text gives the same bytes: the font keeps its own time stamp. (WOFF2 is a tenth
    smaller, and takes a second or two to pack.)
    """
    wanted = harfbuzz.SubsetInput()
    wanted.flags |= harfbuzz.SubsetFlags.NOTDEF_OUTLINE
    wanted.unicode_set.update(map(ord, text))
    wanted.layout_feature_tag_set.clear()
    wanted.layout_feature_tag_set.update(map(_tag, _LAYOUT_FEATURES))
    wanted.name_id_set.clear()
    wanted.name_id_set.update(_NAMES)
    wanted.drop_table_tag_set.update(map(_tag, _DROPPED))
    cut = io.BytesIO(harfbuzz.subset(_face(family), wanted).blob.data)
    with TTFont(cut, recalcBBoxes=False, recalcTimestamp=False, lazy=True) as font:
        font.flavor = "woff"
        packed = io.BytesIO()
        font.save(packed, reorderTables=False)
    return base64.b64encode(packed.getvalue()).decode("ascii")


def _face(family: str) -> harfbuzz.Face:
    return harfbuzz.Face(harfbuzz.Blob.from_file_path(font_path(family)))


def _tag(name: str) -> int:
    return int.from_bytes(name.encode("ascii"), "big")
