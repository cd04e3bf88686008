"""Markdown to Typst, set for real, and to HTML by the same rules."""

import io

import pytest
from pypdf import PdfReader

from closurerate.errors import InputError
from closurerate.press.export.typst import TypstPdfExporter
from closurerate.press.print.escape import markdown_text
from closurerate.press.print.markdown import Outline
from closurerate.press.print.markdown_html import markdown_html
from closurerate.press.print.markdown_typst import markdown_typst
from report_samples import NASTY, Page, make_notebook, prose

CASES = {
    "heading": (
        "## 壹、目標",
        '#heading(level: 1)[#"壹、目標";];',
        '<h2 id="s1"><a href="#s1">壹、目標</a></h2>',
    ),
    "emphasis": ("*a* **b**", '#emph[#"a";];#" ";#strong[#"b";];', "<em>a</em> <strong>b</strong>"),
    "nested list": ("- a\n  1. b\n- c", '#enum(tight: true, start: 1, [#"b";], )', "<ol>"),
    "numbered from": ("3. a\n4. b", "#enum(tight: true, start: 3,", '<ol start="3">'),
    "loose list": ("- a\n\n- b", "#list(tight: false,", "<li><p>a</p>"),
    "link": ("[x](https://a.b/?c=1&d)", '#link("https://a.b/?c=1&d")', "?c=1&amp;d"),
    "code": ('`a"#$`', '#raw("a\\"#$");', "<code>a&quot;#$</code>"),
    "block of code": ("```py\na = 1\n```", '#raw(block: true, "a = 1");', "<pre>"),
    "quotation": ("> q", '#quote(block: true)[#"q";];', "<blockquote>"),
    "rule": ("a\n\n---\n\nb", "#report-rule();", "<hr />"),
    "line break": ("a  \nb", '#"a";#linebreak();#"b";', "<br />"),
    "table": ("| a | b |\n|--|-:|\n| 1 | 2 |", "aligns: (left, right, )", '<th scope="row"'),
    "lines of Han join": ("有效\n結案", '#"有效結案";', "<p>有效結案</p>"),
    "lines of Latin do not": ("有效\nrate", '#"有效 rate";', "<p>有效 rate</p>"),
    "a dollar": ("NT$ 5", '#"NT$ 5";', "NT$ 5"),
    "what looks like Typst": ("= a\n/ b: c ~ --", '#"= a / b: c ~ --";', "<p>= a / b: c ~ --</p>"),
    "entity": ("a &lt; b", '#"a < b";', "a &lt; b"),
}


def set_text(source: str) -> str:
    pdf, _ = TypstPdfExporter().from_notebook_node(
        make_notebook(prose("## 章\n\n甲"), prose(source), contents=False)
    )
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


@pytest.mark.parametrize("case", CASES)
def test_each_construct_in_both_markups(case: str) -> None:
    source, typst, html = CASES[case]
    assert typst in markdown_typst(source, Outline())
    assert html in markdown_html(source, Outline())


@pytest.mark.parametrize("case", CASES)
def test_typst_takes_it_and_shows_what_html_shows(case: str) -> None:
    source, _, _ = CASES[case]
    seen = "".join(Page(markdown_html(source, Outline())).text.split())
    written = "".join(set_text(source).split())
    if case in ("nested list", "numbered from", "loose list", "table"):
        assert all(letter in written for letter in seen)
    else:
        assert seen in written


def test_escaped_text_is_shown_as_it_stands() -> None:
    source = markdown_text(NASTY)
    assert Page(markdown_html(source)).text.strip() == NASTY
    assert "".join(NASTY.split()) in "".join(set_text(f"甲{source}").split())


def test_text_that_looks_like_a_call_is_text() -> None:
    assert "甲.first()(x)[y]" in set_text("甲.first()(x)[y]")


REFUSED = {
    "$x$": "show it with Formula",
    "$$\nx\n$$": "show it with Formula",
    "> $$\n> x\n> $$": "show it with Formula",
    "a <b>c</b>": "HTML is not supported",
    "<div>\nx\n</div>": "HTML is not supported",
    "![a](b.png)": "show it with Chart",
    "[a](other.html)": "links to no other",
    "[a](javascript:x)": "links to no other",
    "## a\n\n#### b": "a level is skipped",
    "### a": "a level is skipped",
    "## a\n\n# b": "only the notebook's first heading may",
    "# a\n\n# b": "only the notebook's first heading may",
}


@pytest.mark.parametrize("render", [markdown_typst, markdown_html])
@pytest.mark.parametrize("source", REFUSED)
def test_what_neither_output_can_show_is_refused(source: str, render: object) -> None:
    with pytest.raises(InputError, match=REFUSED[source]):
        render(source, Outline())  # type: ignore[operator]


def test_anchors_count_and_the_title_is_left_out() -> None:
    outline = Outline()
    html = markdown_html("# t\n## a\n### b\n### c\n#### d\n## e\n### f", outline)
    assert [heading.anchor for heading in outline.headings] == [
        "s1", "s1-1", "s1-2", "s1-2-1", "s2", "s2-1",
    ]  # fmt: skip
    assert "<h1" not in html
    assert ">t<" not in html
