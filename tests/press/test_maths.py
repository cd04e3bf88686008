"""Formulas in cells: found in their text, and set as mathematics in both forms."""

import re

import pytest

from closurerate.kpi import notation
from closurerate.kpi.formula import parse_formula
from closurerate.press.export.terms import with_indices
from closurerate.press.print.escape import html_text, typeset, typst_markup
from closurerate.press.print.markdown_html import markdown_html
from closurerate.press.print.maths import cell_html, cell_typst
from report_samples import NASTY


@pytest.mark.parametrize(
    ("text", "mathml", "typst"),
    [
        ("I1²", "<msup><msub><mi>I</mi><mn>1</mn></msub><mn>2</mn></msup>",
         'attach(attach(I , b: "1" ) , t: "2" )'),
        ("(√2 − 1) I1", "<mo>(</mo><msqrt><mn>2</mn></msqrt><mo>−</mo><mn>1</mn><mo>)</mo>",
         'class("normal", paren.l sqrt("2" ) - "1" paren.r ) attach(I , b: "1" )'),
        ("√2", "<msqrt><mn>2</mn></msqrt>", 'sqrt("2" )'),
        ("√(C + P)", "<msqrt><mi>C</mi><mo>+</mo><mi>P</mi></msqrt>", "sqrt(C + P )"),
        ("I1", "<msub><mi>I</mi><mn>1</mn></msub>", 'attach(I , b: "1" )'),
        ("∂I/∂I1", "<mo>∂</mo><mi>I</mi><mo>/</mo><mo>∂</mo><msub>", "partial I slash partial"),
    ],
)  # fmt: skip
def test_a_formula_is_set_as_one(text: str, mathml: str, typst: str) -> None:
    html = cell_html(text)
    assert html.startswith(f'<math alttext="{text}" aria-label="{text}">')
    assert mathml in html
    assert cell_typst(text).startswith(f'[#box(math.equation(alt: "{text}", $')
    assert typst in cell_typst(text)


@pytest.mark.parametrize(
    "text", ["I (%)", "−0.50", "7–9", "+1.379", "A branch", "C++", "(C + P", NASTY]
)
def test_what_is_none_stays_text(text: str) -> None:
    assert "<math" not in cell_html(text)
    assert "math.equation" not in cell_typst(text)


def test_a_symbol_is_set_alike_in_words_and_formulas() -> None:
    assert typst_markup("I1 of AI1, I10") == '#"I";#sub("1");#" of AI1, I10";'
    assert "$upright(attach(I ," in cell_typst("I1")
    assert "upright(I)_1" in notation.typst("I1", parse_formula("E / C", {"E", "C"}, "here"))
    told = '<p title="I1">I1, I10</p><math>I1</math><pre><b>I1</b></pre><li>I2</li>'
    assert with_indices(told) == (
        '<p title="I1">I<sub>1</sub>, I10</p><math>I1</math><pre><b>I1</b></pre>'
        "<li>I<sub>2</sub></li>"
    )


def test_words_around_a_formula_stay_and_lines_break() -> None:
    html = cell_html("在 C = 0 時\n<b>")
    assert re.sub(r"<math.*?</math>", "F", html) == "在 F 時<br>&lt;b&gt;"


def test_the_letter_of_a_branch_is_no_variable() -> None:
    assert cell_html("Branch M −1") == "Branch M −1"
    assert cell_html("Branch\N{NO-BREAK SPACE}B +2").startswith("Branch")
    assert "<math" not in cell_html("Branch\N{NO-BREAK SPACE}B +2")


def test_prose_keeps_numbers_with_their_units_and_no_space_between_han() -> None:
    assert typeset("由 1 件 增為 2 件，滿 60 期") == (
        "由 1\N{NO-BREAK SPACE}件增為 2\N{NO-BREAK SPACE}件，滿 60\N{NO-BREAK SPACE}期"
    )
    amount = "253 萬 7,448 件"
    assert typeset(f"增加 {amount}") == "增加 " + amount.replace(" ", "\N{NO-BREAK SPACE}")
    assert "2\N{NO-BREAK SPACE}cases" in markdown_html("**All** of 2 cases")
    assert "2\N{NO-BREAK SPACE}cases" in html_text("2 cases")


def test_an_apostrophe_is_curly_in_print_and_straight_in_code() -> None:
    assert typeset("the year's, the branches' and 'auto'") == "the year’s, the branches’ and 'auto'"
    assert markdown_html("it isn't `kpi's`").startswith("<p>it isn’t <code>kpi's<")


def test_a_number_stays_with_its_unit_in_print() -> None:
    assert (
        typst_markup("NTD 1,000 at 25 %")
        == '#"NTD\N{NO-BREAK SPACE}1,000 at 25\N{NO-BREAK SPACE}%";'
    )
