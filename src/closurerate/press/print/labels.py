"""The words of the frame around a report (labels, captions, page numbers), in both languages."""

from dataclasses import dataclass
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


@dataclass(frozen=True)
class Labels:
    """What the frame says in one language.

    `page` is the page number's pattern in three pieces: before the number, between the number
    and the count, after the count. `source` and `note` end with their colon.
    """

    published: str
    extract: str
    illustration: str
    arithmetic: str
    source: str
    note: str
    contents: str
    skip: str
    chart: str
    table: str
    save_table: str
    caption_separator: str
    page: tuple[str, str, str]
    strong_notice: str
    plain_notice: str

    def evidence(self, evidence: Basis) -> str:
        """Return the label of what something rests on."""
        return {
            "published": self.published,
            "extract": self.extract,
            "illustration": self.illustration,
            "arithmetic": self.arithmetic,
        }[evidence]


_LABELS = {
    "zh-Hant": Labels(
        published="公布數",
        extract="案件資料",
        illustration="示意（合成資料）",
        arithmetic="公式推算（件數為例示）",
        source="資料來源：",
        note="說明：",
        contents="目次",
        skip="跳至主要內容",
        chart="圖",
        table="表",
        save_table="下載 CSV",
        caption_separator="　",
        page=("第 ", " 頁，共 ", " 頁"),
        strong_notice="注意",
        plain_notice="說明",
    ),
    "en": Labels(
        published="Published figures",
        extract="Case data",
        illustration="Illustration (synthetic data)",
        arithmetic="Arithmetic (constructed counts)",
        source="Source: ",
        note="Note: ",
        contents="Contents",
        skip="Skip to main content",
        chart="Figure",
        table="Table",
        save_table="Save as CSV",
        caption_separator=".\u00a0 ",
        page=("Page ", " of ", ""),
        strong_notice="Caution",
        plain_notice="Note",
    ),
}


def labels(language: str) -> Labels:
    """Return the labels of a language.

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
        where: What carries it, for the error.

    Raises:
        InputError: If it is anything else.
    """
    if evidence is not None and evidence not in EVIDENCES:
        raise InputError(
            f"{where}: evidence {evidence!r} is not known: it must be one of "
            f"{', '.join(EVIDENCES)}."
        )
