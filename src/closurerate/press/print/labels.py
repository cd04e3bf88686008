"""The words of the frame around a report (labels, captions, page numbers), in both languages."""

from collections.abc import Mapping
from typing import Literal, get_args

from closurerate.errors import InputError
from closurerate.quantity import Evidence as Evidence

Language = Literal["zh-Hant", "en"]

LANGUAGES: tuple[Language, ...] = get_args(Language)
EVIDENCES: tuple[Evidence, ...] = get_args(Evidence)
SYNTHETIC: tuple[Evidence, ...] = ("worlds", "illustration")
"""What rests on made-up cases."""

_WORDS = {
    "derived": ("推導", "Derivation"),
    "published": ("公布數", "Published figures"),
    "extract": ("案件資料", "Case data"),
    "supplied": ("編製者提供", "Supplied by the author"),
    "assumed": ("解讀／假設", "Reading or assumption"),
    "worlds": ("整組世界", "All worlds drawn"),
    "illustration": ("示意（合成資料）", "Illustration (synthetic data)"),
    "key": ("依據的標示", "What the labels mean"),
    "key_rule": (
        "標示只指數字的依據，不及於敘述；依據不只一種時，標示編號最大者。",
        "What the figures rest on; where that is several grounds, the one numbered highest.",
    ),
    "means_derived": ("只由公式推得，不用資料", "follows by algebra, without data"),
    "means_published": ("只由公布的數字即可推得", "follows from published figures alone"),
    "means_extract": ("由實際案件計算", "counted from real cases"),
    "means_supplied": (
        "由年度報告編製者提供，尚未公布",
        "for a year not printed yet",
    ),
    "means_assumed": (
        "依對原報告的一種解讀，或本專案的假設",
        "made where the source is silent",
    ),
    "means_worlds": (
        "全部合成年度的範圍或次數，不是機率",
        "their range or count, no probability",
    ),
    "means_illustration": (
        "只說明方法，不得視為事實",
        "shows the method only",
    ),
    "synthetic_parts": ("以合成資料製作的有：", "Made from synthetic data: "),
    "stop": ("。", ". "),
    "axis_start": ("（軸由 {start} 起）", "; axis starts at {start}"),
    "watermark": ("示意", "Illustration"),
    "made_up_picture": ("示意圖，以合成資料製作。", "An illustration from synthetic data. "),
    "ledger": ("每個數字的來源", "What is behind each number"),
    "comma": ("、", ", "),
    "semicolon": ("；", "; "),
    "paragraph": ("標示{marks}的文字", "text labelled {marks}"),
    "quoted": ("「{mark}」", "“{mark}”"),
    "or": ("或", " or "),
    "plural": ("", "s"),
    "of_cell": ("第 {number} 格的輸出", "What cell {number} shows"),
    "source": ("資料來源：", "Source: "),
    "note": ("說明：", "Note: "),
    "contents": ("目次", "Contents"),
    "skip": ("跳至主要內容", "Skip to main content"),
    "chart": ("圖", "Figure"),
    "table": ("表", "Table"),
    "continued": ("（續）", " (continued)"),
    "pages": ("本年度的各頁", "Pages of the year"),
    "as_pdf": ("本頁的 PDF", "This page as PDF"),
    "language": ("中文", "English"),
    "cite": ("如何引用", "How to cite"),
    "citation": (
        "{publisher}。《{title}》。{date_text}。{stamp}。",
        "{publisher}. {title}. {date_text}. {stamp}.",
    ),
    "copy_citation": ("複製引用文字", "Copy the citation"),
    "copied": ("已複製", "Copied"),
    "all": ("全部", "All"),
    "reset": ("回到現行值", "Back to the values in force"),
    "save": ("下載資料：", "Save data: "),
    "save_all": ("全部圖表的資料（ZIP）", "Data of all tables and figures (ZIP)"),
    "dictionary_file": ("檔名", "file"),
    "dictionary_caption": ("標題", "caption"),
    "dictionary_column": ("欄位", "column"),
    "dictionary_unit": ("單位", "unit"),
    "dictionary_decimals": ("列出的小數位數", "decimals printed"),
    "dictionary_evidence": ("依據", "evidence"),
    "dictionary_rests_on": ("資料來源", "source"),
    "caption_separator": ("　", ".\u00a0 "),
    "before_page": ("第 ", "Page "),
    "before_pages": (" 頁，共 ", " of "),
    "after_pages": (" 頁", ""),
    "fingerprint": (
        "本報告之輸入、程式、參數及所示數值紀錄的 SHA-256",
        "SHA-256 of the record of this report’s inputs, code, parameters and shown values",
    ),
    "caution": ("注意", "Caution"),
    "remark": ("說明", "Note"),
}
"""What the frame says, by language as in `LANGUAGES`.

The first six name what something rests on, and `means_…` says what that is; the page number and
the count of pages stand between the three of the page; the last two head a notice.
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


def numbered(kind: str, count: int, language: str) -> str:
    """Return what stands before the numbers of so many charts or tables."""
    words = labels(language)
    return words[kind] + words["plural"] * (count > 1) + "\N{NO-BREAK SPACE}"


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
