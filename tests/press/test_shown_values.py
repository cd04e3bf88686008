"""What is shown holds values until it is printed, in either language, as data, and as CSV."""

import csv
import io
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from matplotlib.figure import Figure
from nbformat import v4

from closurerate.errors import InputError
from closurerate.press.chart import Chart
from closurerate.press.export.saved import csv_of
from closurerate.press.export.selection import in_language, shown_values
from closurerate.press.prose import Finding, KeyFigure, KeyFigures
from closurerate.press.shown import SHOWN, Grounds, reader_language
from closurerate.press.table import Column, Table, numbers, share, words
from closurerate.press.text import (
    ByLanguage,
    Run,
    Say,
    Text,
    bare,
    both,
    clauses,
    data_of,
    formed,
    joined,
    roc_year,
    said,
    stated,
    t,
    unique,
)
from closurerate.quantity import Quantity
from year_samples import en, zh

RATE = Quantity(Fraction(100, 3), "percent", 2, "extract")


def table(**changes: object) -> Table:
    given = {
        "columns": [
            *words("branch"), *numbers("closed", unit="case"),
            *numbers("share", unit="percent", decimals=2), *numbers("change", is_signed=True),
        ],
        "rows": [
            (t("臺北"), np.int64(1_234_567), Fraction(200, 3), 12),
            (both("甲", "A"), None, None, Fraction(-1, 2)),
            ("a/b", RATE, stated(RATE), Quantity(5, "point", 1)),
        ],
        "caption": t("caption_groups", by=formed(t("branch"), str.lower)),
        "grounds": Grounds("extract", t("source_report", year=107), {"closed": 3, "new": None}),
        "note": Run((t("note_flow_plain"), "x"), " "),
    }  # fmt: skip
    return Table(**(given | changes))  # type: ignore[arg-type]


def test_a_row_has_a_cell_for_each_column() -> None:
    with pytest.raises(InputError, match=r"row 2 has 1 cells: it must have 4"):
        table(rows=[("a", 1, 2, 3), ("a",)])


@pytest.mark.parametrize("count", [1, 7])
def test_key_figures_are_two_to_six(count: int) -> None:
    with pytest.raises(InputError, match=f"{count} key figures"):
        KeyFigures([KeyFigure("a", 1)] * count)
    nearest = min(max(count, 2), 6)
    assert len(KeyFigures([KeyFigure("a", 1)] * nearest).items) == nearest


def test_a_table_is_printed_in_either_language() -> None:
    assert en(table()).rows == (
        ("Taipei", "1,234,567", "66.67", "+12"),
        ("A", "—", "—", "−1"),
        ("a/b", "33.33", "33.33 %", "+5.0"),
    )
    assert zh(table()).rows[0] == ("臺北", "1,234,567", "66.67", "+12")
    assert zh(table()).rows[2][2] == "33.33%"
    assert "by branch" in en(table()).caption
    assert en(table()).evidence == "extract"
    assert en(table()).source.endswith("report for 107")
    assert zh(table()).language == "zh-Hant"


def test_a_column_that_says_one_thing_stands_in_the_note_where_it_may() -> None:
    columns = [*words("branch", "closed"), *numbers("share", "change", decimals=1)]
    rows = [("a", t("none"), 5, 1), ("b", t("none"), 5, 2)]
    whole = table(columns=columns, rows=rows)
    assert en(whole).rows == (("a", "none", "5.0", "1.0"), ("b", "none", "5.0", "2.0"))
    told = en(replace(whole, tells_once=True))
    assert told.rows == (("a", "1.0"), ("b", "2.0"))
    assert [column.heading for column in told.columns] == ["Branch", "Change"]
    assert told.note.endswith("x Closed: none in every row; Share: 5.0 in every row.")
    assert zh(replace(whole, tells_once=True)).note.endswith(
        "各列的「終結」皆為 無；各列的「占比」皆為 5.0。"
    )
    assert len(replace(whole, tells_once=True).data()["columns"]) == 4


@pytest.mark.parametrize(
    "rows", [[("a", "", None, 1), ("b", "", None, 2)], [("a", 1, 1, 1)], [("a", 1, 1, 1)] * 2]
)
def test_what_says_nothing_or_all_there_is_stays(rows: list[tuple[object, ...]]) -> None:
    columns = [*words("branch"), *numbers("closed", "share", "change")]
    shown = en(table(columns=columns, rows=rows, tells_once=True))
    assert [len(row) for row in shown.rows] == [4] * len(rows)
    assert "every row" not in shown.note


def test_a_table_is_kept_as_data_with_its_grounds() -> None:
    data = table().data()
    assert [column["unit"] for column in data["columns"]] == ["", "case", "percent", ""]
    assert data["rows"][0][1] == {
        "value": "1234567", "unit": "case", "decimals": 0, "evidence": "published",
    }  # fmt: skip
    assert data["rows"][0][2]["value"] == "200/3"
    assert data["rows"][1][1]["value"] is None
    assert data["rows"][2][1] == {
        "value": "100/3", "unit": "percent", "decimals": 2, "evidence": "extract",
    }  # fmt: skip
    assert data["rows"][0][0] == {"key": "臺北", "zh-Hant": "臺北", "en": "Taipei"}
    assert (data["evidence"], data["counts"]) == ("extract", {"closed": 3})
    assert data["source"]["places"] == {"year": "107"}


def test_a_table_is_saved_from_its_page_with_all_digits() -> None:
    head, *rows = csv.reader(io.StringIO(csv_of(table().data(), "en")))
    assert head == ["Branch", "Closed", "Share", "Change"]
    assert rows[0] == ["Taipei", "1234567", "66.6666666666667", "12"]
    assert rows[1] == ["A", "", "", "-0.5"]
    assert rows[2] == ["a/b", "33.3333333333333", "33.3333333333333", "5"]


def test_a_quantity_has_its_unit_in_a_sentence_and_none_in_a_cell() -> None:
    assert (
        said(both("值 {x} 。", "{x}", x=RATE), "en").replace("\N{NO-BREAK SPACE}", " ") == "33.33 %"
    )
    assert said(RATE, "zh-Hant") == "33.33%"
    assert said(bare(RATE), "en") == "33.33"
    assert said(bare(Fraction(1, 8), 2, is_signed=True), "en") == "+0.13"
    assert said(bare(None), "en") == "—"
    assert said(stated(Quantity(2, "point", 1), is_signed=True), "en") == "+2.0 percentage points"


def test_pieces_are_joined_as_a_language_does() -> None:
    assert (zh(joined(["a", 1])), en(joined(["a", 1]))) == ("a、1", "a, 1")
    assert (zh(clauses(["a", "b"])), en(clauses(["a", "b"]))) == ("a；b", "a; b")
    assert en(Run(("a", t("branch")), " ")) == "a Branch"
    assert zh(ByLanguage({"zh-Hant": 10**4, "en": "ten"})) == "10,000"
    assert en(formed(Run(("A", "B")), str.lower)) == "ab"
    assert en(roc_year(107)) == "107 (2018)"
    assert unique([t("a"), t("a"), t("b", x=1)]) == (t("a"), t("b", x=1))
    assert Say("en")(t("branch")) == "Branch"


def test_an_authors_words_stand_as_they_are() -> None:
    written = {"zh-Hant": "{甲} 與", "en": "a {b} 5 %"}
    assert en(Text(written)) == "a {b} 5 %"
    assert data_of(Text(written)) == written


def test_a_chart_is_drawn_in_each_language_for_page_and_phone() -> None:
    drawn = []

    def draw(figure: Figure, say: Say) -> None:
        drawn.append((say.language, say.is_narrow))
        figure.subplots().set_xlabel(say(t("branch")))

    chart = Chart(draw, t("caption_flow"), t("alt_flow", items=RATE), height_cm=5)
    bundle = chart._repr_mimebundle_()
    assert drawn == [(one, narrow) for one in ("zh-Hant", "en") for narrow in (False, True)]
    prints = bundle[SHOWN]["prints"]
    assert ">Branch<" in prints["en"]["text/html"]
    assert ">分署<" in prints["zh-Hant"]["text/html"]
    assert all(one["text/html"].count("<svg ") == 2 for one in prints.values())
    assert bundle[SHOWN]["shown"]["alt"]["places"]["items"]["value"] == "100/3"


def test_the_exporters_take_the_print_of_a_language() -> None:
    finding = Finding(both("值為 {x}", "It is {x}", x=RATE), "extract")
    cells = [
        v4.new_code_cell(
            "a", outputs=[v4.new_output("display_data", data=item._repr_mimebundle_())]
        )
        for item in (finding, table())
    ]
    notebook = v4.new_notebook(cells=cells, metadata={"closurerate": {"en": {"title": "x"}}})
    english = in_language(notebook, "en")
    assert english.metadata["closurerate"] == {"title": "x"}
    assert "It is" in english.cells[0].outputs[0].data["text/html"]
    assert "值為" in in_language(notebook, "zh-Hant").cells[0].outputs[0].data["text/html"]
    assert SHOWN in notebook.cells[0].outputs[0].data  # what was executed stays whole
    kept = shown_values(notebook)
    assert [(item["id"], item["kind"]) for item in kept] == [
        ("0-1", "finding"),
        ("table-groups", "table"),
    ]


def test_text_names_a_table_by_its_id_and_prints_its_number() -> None:
    shown = [table(), Finding(both("見 @table-groups。", "See @table-groups."), "extract")]
    cells = [
        v4.new_code_cell(
            "a", outputs=[v4.new_output("display_data", data=item._repr_mimebundle_())]
        )
        for item in shown
    ]
    cells.append(v4.new_markdown_cell("As @table-groups shows."))
    notebook = v4.new_notebook(cells=cells, metadata={"closurerate": {"en": {"title": "x"}}})
    printed = in_language(notebook, "en").cells
    text = printed[1].outputs[0].data
    assert 'See <a href="#table-groups">Table\N{NO-BREAK SPACE}1</a>.' in text["text/html"]
    assert "See Table\N{NO-BREAK SPACE}1." in text["text/vnd.typst"]
    assert printed[2].source == "As [Table\N{NO-BREAK SPACE}1](#table-groups) shows."
    assert (
        "見 表\N{NO-BREAK SPACE}1"
        in (in_language(notebook, "zh-Hant").cells[1].outputs[0].data["text/vnd.typst"])
    )
    cells[-1].source = "As @table-other shows."
    with pytest.raises(InputError, match="@table-other: the document has no table or chart"):
        in_language(notebook, "en")


def test_jupyterlab_shows_the_language_that_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    for asked, language in (("en", "en"), ("both", "zh-Hant"), ("", "zh-Hant")):
        monkeypatch.setenv("REPORT_LANG", asked)
        assert reader_language() == language
        html = Finding(both("甲", "A"), "extract")._repr_mimebundle_()["text/html"]
        assert f'lang="{language}"' in html


def test_a_share_of_nothing_has_no_value() -> None:
    assert share(3, 0) is None
    assert share(1, 8) == Fraction(25, 2)
    assert Column("a").value("x") == "x"
