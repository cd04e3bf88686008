"""What a page says that it rests on: the labels it uses, and which of its parts are synthetic."""

from closurerate.press.export.html import ReportHtmlExporter
from closurerate.press.export.rests import labels_used, synthetic_parts
from closurerate.press.export.selection import in_language
from closurerate.press.print.labels import EVIDENCES, labels
from closurerate.press.prose import Finding
from report_samples import Page, both_prints, shown

SHOWN = [
    {"kind": "table", "evidence": "published"},
    {"kind": "chart", "evidence": "illustration"},
    {"kind": "table", "evidence": "worlds"},
    {"kind": "prose"},
    {"kind": "finding", "evidence": "illustration"},
    {"kind": "chart", "evidence": "illustration"},
]


def test_the_labels_stand_from_the_strongest_to_the_weakest() -> None:
    assert labels_used(SHOWN) == ["published", "worlds", "illustration"]


def test_synthetic_parts_are_named_by_the_numbers_that_they_have_on_the_page() -> None:
    assert (
        synthetic_parts(SHOWN, "zh-Hant")
        == "圖\N{NO-BREAK SPACE}1、2；表\N{NO-BREAK SPACE}2；標示「示意（合成資料）」的文字"
    )
    assert synthetic_parts(SHOWN, "en").endswith(
        "Table\N{NO-BREAK SPACE}2; text labelled “Illustration (synthetic data)”"
    )
    assert synthetic_parts(SHOWN[:1], "en") == ""
    # Sliders are no paragraph in print: nine were counted where a page of paper has eight.
    sliders = {"kind": "sliders", "evidence": "illustration"}
    assert synthetic_parts([*SHOWN, sliders], "en") == synthetic_parts(SHOWN, "en")


def test_each_label_has_its_meaning_in_both_languages() -> None:
    for language in ("zh-Hant", "en"):
        assert all(labels(language)[f"means_{evidence}"] for evidence in EVIDENCES)


def page_of(*findings: Finding) -> Page:
    executed = in_language(both_prints(shown(*findings)), "zh-Hant")
    return Page(ReportHtmlExporter().from_notebook_node(executed)[0])


def test_the_key_holds_the_labels_of_the_page_and_no_other() -> None:
    page = page_of(Finding("甲", "derived"), Finding("乙", "illustration"))
    words = labels("zh-Hant")
    for evidence in EVIDENCES:
        is_used = evidence in ("derived", "illustration")
        assert (words[f"means_{evidence}"] in page.text) == is_used
    assert "以合成資料製作的有：標示「示意（合成資料）」的文字。" in page.text


def test_nothing_is_said_of_synthetic_data_where_no_part_is() -> None:
    page = page_of(Finding("甲", "published"))
    assert "合成資料" not in page.text
