"""Which numerals on a page are held to no number, as they count or measure nothing: by rule.

The only place that says so. A rule is a pattern of the words that a numeral stands in, at times of
the elements around it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_MONTHS = "|".join(
    ("January", "February", "March", "April", "May", "June", "July", "August", "September",
     "October", "November", "December")
)  # fmt: skip


@dataclass(frozen=True)
class Exemption:
    """Numerals of one kind.

    Args:
        words: Patterns, in any of which the numeral stands.
        inside: Pattern of the elements around it, as `name.class` from the outside in; None where
            these do not matter.
    """

    words: tuple[str, ...] = (".+",)
    inside: str | None = None

    def holds(self, text: str, start: int, end: int, inside: Sequence[str]) -> bool:
        """Return whether what stands there in a text is of this kind."""
        if self.inside is not None and not re.search(self.inside, " ".join(inside)):
            return False
        return any(
            place.start() <= start and end <= place.end()
            for pattern in self.words
            for place in re.finditer(pattern, text, re.DOTALL)
        )


FRAME = "frame"
"""Stands outermost around what is on a page but not shown by a notebook."""
EXEMPT = {
    "title, dates, build and contents around what is shown": Exemption(inside=rf"^{FRAME}\b"),
    "year, month or day": Exemption(
        (
            r"\b(19|20)\d\d\b",
            r"民國 ?\d+|\d+( 至 \d+)? ?年",
            r"\bROC \d+|\b\d{2,3} \((19|20)\d\d\)",
            r"\b([Oo]f|[Ii]n|for|since|until|from|to|and|than|with) 1[0-2]\d\b"
            r"(?![\d,.]*\d| ?%| cases)",
            r"\d{4}-\d\d(-\d\d)?",
            r"\d+ ?月(\s?\d+ ?日)?(至 ?\d+ ?日)?",
            rf"\d+( to \d+)? ({_MONTHS})\b",
        )
    ),
    "number of a heading or of an item": Exemption(
        (r"^\s*(Appendix |附錄 ?)?[（(]?\d+[.)）、:：](?=\D|$)", r"^\s*附錄\s?\d+", r"（[１-９]）")
    ),
    "number of a table or figure": Exemption(
        (r"(Tables?|Figures?|[表圖])\s?\d+((,| and|、|與|和|至|–)\s?\d+)*",)
    ),
    "link to a table or figure": Exemption((r"\d+",), inside=r"\ba$"),
    "page in the contents": Exemption((r"(\. ){3,}\d+",)),
    "place in the printed report": Exemption(
        (
            r"\b[IVX]+(\.\d+)+([(（]\d+[)）])*(\.\d+)*",
            r"\b[IVX]+\.\d[^,;]*(, (\(\d+\)|analysis \(\d+\)|table|measure))*",
            r"[壹貳叁肆].*",
        )
    ),
    "article of a law": Exemption(
        (r"(Articles?|§) ?\d+(-\d+)?", r"第 ?\d+(-\d+)? ?[條項款]( ?之 ?\d+)?")
    ),
    "constant of a set formula, index of a symbol": Exemption(
        (r"\d{1,3}( ?%)?",), inside=r"\bmath\b|\btspan\.index$"
    ),
    "constant of a formula in words": Exemption(
        (r"[<>≥≤=＝] ?[01]\b", r"(?<!\d)1/\d*", r"[（(][−+]\d[)）]", r"100 ?%", r"大於 0|above 0")
    ),
    "step that is asked about": Exemption(
        (
            r"(?<![\d.,])1 ?(%|percentage point|個百分點)",
            r"(?<!\d)10,000 ?(pending )?(cases|件)",
            r"1,000 件",
        )
    ),
    "where an axis begins": Exemption((r"axis starts at [−\d.,]+", r"軸由 [−\d.,]+ 起")),
    "end of a scale": Exemption((r"(?<![\d.,])[01](?![\d.,])",), inside=r"p\.note$"),
    "digest, and name of a standard": Exemption(
        (
            r"SHA-256|GUID\s+\d+|GAO-[\dG-]+|(?i:utf|iso|windows)[-_][\d-]+",
            r"\b(?=[0-9a-f]*[a-f])[0-9a-f]{12,}\b",
        )
    ),
}
"""The rules, by what they exempt."""
