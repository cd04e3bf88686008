"""The words of the frame around a report (labels, captions, page numbers), in both languages."""

from collections.abc import Mapping
from typing import Literal, get_args

from closurerate.errors import InputError
from closurerate.quantity import Evidence as Evidence

Language = Literal["zh-Hant", "en"]

LANGUAGES: tuple[Language, ...] = get_args(Language)
Basis = Evidence | Literal["arithmetic"]
"""What a table or sentence rests on: an evidence of its figures, or a formula and made-up counts.

The last is no evidence of a figure: nothing that was counted or printed bears on it.
"""
EVIDENCES: tuple[str, ...] = (*get_args(Evidence), "arithmetic")


_WORDS = {
    "published": ("公布數", "Published figures"),
    "extract": ("案件資料", "Case data"),
    "illustration": ("示意（合成資料）", "Illustration (synthetic data)"),
    "arithmetic": ("公式推算（件數為例示）", "Arithmetic (constructed counts)"),
    "source": ("資料來源：", "Source: "),
    "note": ("說明：", "Note: "),
    "contents": ("目次", "Contents"),
    "skip": ("跳至主要內容", "Skip to main content"),
    "chart": ("圖", "Figure"),
    "table": ("表", "Table"),
    "save_table": ("下載 CSV", "Save as CSV"),
    "caption_separator": ("　", ".\u00a0 "),
    "before_page": ("第 ", "Page "),
    "before_pages": (" 頁，共 ", " of "),
    "after_pages": (" 頁", ""),
    "caution": ("注意", "Caution"),
    "remark": ("說明", "Note"),
}
"""What the frame says, by language as in `LANGUAGES`.

The first four name what something rests on; the page number and the count of pages stand between
the three of the page; the last two head a notice.
"""
_LABELS: dict[str, dict[str, str]] = {
    language: {name: words[place] for name, words in _WORDS.items()}
    for place, language in enumerate(LANGUAGES)
}


def labels(language: str) -> Mapping[str, str]:
    """Return the labels of a language by name.

    Raises:
        InputError: If there are none in this language.
    """
    if language not in _LABELS:
        raise InputError(
            f"language {language!r} is not known: it must be one of {', '.join(LANGUAGES)}."
        )
    return _LABELS[language]


def check_evidence(evidence: str | None, where: str) -> None:
    """Refuse an evidence that is not in the vocabulary.

    Args:
        evidence: One of `EVIDENCES`, or None where what is shown claims nothing.

    Raises:
        InputError: If it is anything else.
    """
    if evidence is not None and evidence not in EVIDENCES:
        raise InputError(
            f"{where}: evidence {evidence!r} is not known: it must be one of "
            f"{', '.join(EVIDENCES)}."
        )
