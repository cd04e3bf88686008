"""A page and its PDF tell what is behind each number, and are refused where a numeral has none."""

import json
import re
from fractions import Fraction
from pathlib import Path

import pytest
from pypdf import PdfReader

from browser import run
from closurerate.errors import InputError
from closurerate.press.export.html import ReportHtmlExporter
from closurerate.press.export.selection import in_language
from closurerate.press.export.typst import TypstPdfExporter
from closurerate.press.facts import document_facts
from closurerate.press.heard import listening
from closurerate.press.ledger.exempt import EXEMPT
from closurerate.press.ledger.glyphs import printed_words
from closurerate.press.ledger.numerals import found_in_words, orphans
from closurerate.press.ledger.paper import check_paper
from closurerate.press.prose import Finding, KeyFigure, KeyFigures, prose
from closurerate.press.shown import Grounds
from closurerate.press.sums import check_sums
from closurerate.press.table import Table, numbers, words
from closurerate.press.text import both, cited, given_name, said
from closurerate.quantity import Quantity
from report_samples import make_notebook, shown

RATE = Quantity(Fraction(2, 3) * 100, "percent", 2, "extract", "rate")
FIGURES = {
    "rate": {
        "key": "rate",
        "label": {"zh-Hant": "比率", "en": "the rate"},
        "value": "200/3",
        "unit": "percent",
        "decimals": 2,
        "evidence": "extract",
        "formula": {"zh-Hant": "甲 ÷ 乙", "en": "A ÷ B"},
        "parts": ["effective"],
        "before": "printed.rate@106",
    },
    "printed.rate@106": {
        "label": {"zh-Hant": "去年", "en": "last year's"},
        "value": "50",
        "unit": "percent",
        "decimals": 2,
    },
    "effective": {
        "label": {"zh-Hant": "有效", "en": "effective"},
        "value": "20000",
        "unit": "case",
        "decimals": 0,
        "sql": "SELECT count(*) FROM cases;",
    },
}
BEHIND = {
    "figures": FIGURES,
    "inputs": [{"name": "cases.parquet", "sha256": "ab" * 32}],
    "reproduce": ["one", "two", 'figures["{key}"]'],
}
SENTENCE = Finding(both("比率 {rate}。", "The rate is {rate}.", rate=RATE), "extract")
TABLE = Table(
    [*words("item"), *numbers("closed", unit="case")],
    [("甲", 1_234), ("乙", 20_000), ("丙", 21_234)],
    both("表", "A table"),
    Grounds("extract"),
    has_total=True,
)


def notebook(*objects: object, language: str = "en", behind: object = BEHIND):
    executed = make_notebook(shown(*objects), language=language)
    facts = executed.metadata["closurerate"]
    executed.metadata["closurerate"] = {language: facts, "behind": behind}
    return in_language(executed, language)


def page(*objects: object, **given) -> str:
    return ReportHtmlExporter().from_notebook_node(notebook(*objects, **given))[0]


def ledger_in(source: str) -> dict:
    return json.loads(re.search(r'id="ledger">(.*?)</script>', source)[1])


@pytest.mark.parametrize("language", ["zh-Hant", "en"])
def test_a_number_is_marked_with_its_exact_value(language: str):
    source = page(SENTENCE, TABLE, language=language)
    entries = ledger_in(source)["numbers"]
    marked = re.findall(r'<data class="n" data-n="(\d+)">([^<]+)</data>', source)
    told = {digits: entries[int(place)] for place, digits in marked}
    assert (told["66.67"]["value"], told["66.67"]["name"]) == ("200/3", "rate")
    assert told["66.67"]["decimals"] == 2
    assert told["21,234"]["value"] == "21234"
    # A large count is the figure that is as large; a small one may be any.
    assert (told["20,000"]["name"], told["1,234"]["name"]) == ("effective", "")


def test_words_without_a_value_are_refused_where_all_is_known():
    typed = Finding(both("共 4,321 件。", "There are 4,321 cases."), "extract")
    with pytest.raises(InputError, match=r"4,321 in 'There are 4,321 cases\.' is no number"):
        page(SENTENCE, typed)
    assert "4,321" in page(SENTENCE, typed, behind={})  # as of a notebook of one's own


def test_a_value_that_an_author_wrote_out_is_found():
    text = cited(both("約 66.67 之譜", "some 66.67 or so"), [RATE])
    assert 'data-n="0">66.67' in page(Finding(text, "extract"))
    assert "3.5" in page(Finding(given_name({"zh-Hant": "λ＝3.5", "en": "λ = 3.5"}), "extract"))


def test_one_quantity_has_one_value():
    other = Quantity(Fraction(67), "percent", 2, "extract", "rate")
    words_ = both("比率 {rate}。", "It is {rate}.", rate=other)
    with pytest.raises(InputError, match=r"67\.00 % is rate here \(67\), which elsewhere is 200/3"):
        page(Finding(words_, "extract"))


def test_a_total_is_the_sum_of_what_is_counted():
    wrong = Table(TABLE.columns, [*TABLE.rows[:2], ("丙", 21_235)], TABLE.caption, has_total=True)
    check_sums([{"id": "table-own", **TABLE.data()}])
    with pytest.raises(InputError, match=r"table-own: column 2 .* adds up to 21234"):
        check_sums([{"id": "table-own", **wrong.data()}])


@pytest.mark.parametrize(
    "text",
    [
        "In 2018 the", "on 2019-03-08", "(2) Attainment", "Table 3 and 4", "Article 17", "I1, I2",
        "第 17 條之 1", "107 年度", "8 月 2 日至 16 日", "by 1 percentage point", "SHA-256",
        "89cb9bbe204e",
    ],
)  # fmt: skip
def test_what_counts_nothing_is_exempt(text: str):
    assert not [*orphans(found_in_words(text, (), []))]


@pytest.mark.parametrize(
    "text", ["36.49 %", "107 cases", "1,234 件", "50 branches", "3", "12 個分署", "0.5", "2,018"]
)
def test_what_counts_is_not(text: str):
    assert [*orphans(found_in_words(text, ("p",), []))]


def test_the_rules_are_fewer_than_fifteen():
    assert len(EXEMPT) < 15


def test_nothing_is_heard_where_nobody_listens_and_all_in_order_where_one_does():
    assert said(RATE, "en") == "66.67\N{NO-BREAK SPACE}%".replace("\N{NO-BREAK SPACE}", " ")
    with listening() as heard:
        TABLE.said("zh-Hant")
    assert [(one.text, one.at) for one in heard] == [
        ("1,234", ("cell", 0, 1)),
        ("20,000", ("cell", 1, 1)),
        ("21,234", ("cell", 2, 1)),
    ]


def test_a_pdf_carries_the_ledger_and_is_the_same_each_time(tmp_path: Path):
    made = [TypstPdfExporter().from_notebook_node(notebook(SENTENCE, TABLE))[0] for _ in range(2)]
    assert made[0] == made[1]
    (tmp_path / "a.pdf").write_bytes(made[0])
    reader = PdfReader(tmp_path / "a.pdf")
    attached = json.loads(reader.attachments["ledger.json"][0])
    assert attached["figures"]["rate"]["value"] == "200/3"
    assert {one["text"] for one in attached["numbers"]} >= {"66.67 %", "21,234"}
    about = reader.root_object["/Metadata"].get_object().get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part>" in about
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in about
    assert "<pdfuaid:part>1</pdfuaid:part>" in about
    assert reader.root_object["/AF"][0].get_object()["/AFRelationship"] == "/Supplement"


def test_a_pdf_is_held_to_what_was_said():
    given = notebook(SENTENCE, TABLE)
    pdf, facts = TypstPdfExporter().from_notebook_node(given)[0], document_facts(given.metadata)
    numbers_, on_paper = given.metadata["numbers"], given.metadata["on_paper"]
    check_paper(pdf, numbers_, on_paper, facts)
    missing = {
        name: [one for one in many if one["text"] != "1,234"] for name, many in numbers_.items()
    }
    with pytest.raises(InputError, match=r"page \d: 1,234 in .* is no number that the document"):
        check_paper(pdf, missing, on_paper, facts)
    more = numbers_ | {"table-own": [*numbers_["table-own"], {"text": "98,765"}]}
    with pytest.raises(InputError, match="98,765 of table-own is not printed"):
        check_paper(pdf, more, on_paper, facts)


def test_neighbours_on_paper_are_read_apart():
    rows = [("甲", 12, 34), ("乙", 567, 890)]
    table = Table([*words("item"), *numbers("closed", "new")], rows, both("表", "A table"))
    pdf = TypstPdfExporter().from_notebook_node(notebook(table))[0]
    text = " ".join(words_.text for one in printed_words(pdf) for words_ in one)
    assert "12 34" in text
    assert "567 890" in text


def test_the_inspector_tells_what_is_behind_a_number(tmp_path: Path):
    card = KeyFigures([KeyFigure("率", RATE), KeyFigure("數", 5_678)], Grounds("extract"))
    source = page(prose(zh="# 題", en="# Title"), card, SENTENCE, TABLE)
    found = run(
        source,
        """
        D.querySelector(".inspect button").click();
        const told = () => D.querySelector("#inspector").innerText;
        const first = told(), sql = D.querySelector("#inspector pre").textContent;
        const marked = D.querySelectorAll("data.n[role=button]").length;
        const press = (key) => D.querySelector(".inspected").dispatchEvent(
          new W.KeyboardEvent("keydown", { key, bubbles: true }));
        press("ArrowRight");
        const second = told();
        const search = D.querySelector("#inspector input");
        search.value = "20,000"; search.dispatchEvent(new W.Event("input"));
        const buttons = [...D.querySelectorAll("#inspector .list button")];
        const listed = buttons.map((one) => one.innerText);
        press("Escape");
        result = { first, second, marked, listed, isHidden: D.querySelector("#inspector").hidden,
                   sql };
        """,
        tmp_path,
    )
    for text in ("the rate", "66.67 %", "200 / 3", "66.666666666667", "50.00 %", "+16.67", "A ÷ B",
                 "effective = 20,000 cases", "Where else it stands (1)"):  # fmt: skip
        assert text in found["first"], text
    assert "5,678" in found["second"]
    assert found["marked"] == 6
    assert len(found["listed"]) == 1
    assert "20,000" in found["listed"][0]
    assert found["sql"] == "SELECT count(*) FROM cases;"
    assert found["isHidden"]
