"""Tables and charts that text names by their numbers."""

import re

import pytest

from closurerate.errors import InputError
from closurerate.press.export.references import referred
from closurerate.press.print.markdown_html import markdown_html
from closurerate.press.print.markdown_typst import markdown_typst
from project_copy import shipped_bytes

NUMBERS = {"chart-map": 1, "table-proofs": 2, "table-signs": 11}


@pytest.mark.parametrize(
    ("source", "en", "zh"),
    [
        ("@table-signs", "Table 11", "表 11"),
        ("[here](@table-signs,table-proofs)", "Tables 2, 11", "表 2、11"),
        ("(@chart-map).", "(Figure 1).", "(圖 1)."),
        ("[here](@table-proofs,table-gone)", "Table 2", "表 2"),
        ("[here](@table-gone)", "here", "here"),
        ("someone@table.org", "someone@table.org", "someone@table.org"),
    ],
)
def test_a_reference_reads_as_the_number(source: str, en: str, zh: str) -> None:
    for language, told in (("en", en), ("zh-Hant", zh)):
        found = referred(source, NUMBERS, language, link="{label}")  # type: ignore[arg-type]
        assert found.replace("\N{NO-BREAK SPACE}", " ") == told


def test_each_number_is_a_link_on_a_page_and_none_on_paper() -> None:
    source = referred("See @table-signs,table-proofs.", NUMBERS, "en", link="[{label}](#{name})")
    html = markdown_html(source)
    assert '<a href="#table-proofs">Tables\N{NO-BREAK SPACE}2</a>' in html
    assert '<a href="#table-signs">11</a>' in html
    assert "link" not in markdown_typst(source)


def test_what_is_not_there_and_has_no_words_is_refused() -> None:
    with pytest.raises(InputError, match="@table-gone: the document has no table or chart"):
        referred("See @table-gone.", NUMBERS, "en", link="{label}")


@pytest.mark.parametrize("name", ["03_combination", "04_thresholds"])
def test_both_languages_of_a_notebook_name_the_same(name: str) -> None:
    source = shipped_bytes(f"notebooks/{name}.ipynb").decode("utf-8")
    names = re.findall(r"@((?:table|chart)-[a-z0-9,-]*[a-z0-9])", source)
    assert names
    assert not [name for name in names if names.count(name) % 2]
