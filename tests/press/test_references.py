"""Tables and charts that prose names by their numbers."""

import re

import pytest

from closurerate.press.references import with_numbers
from project_copy import shipped_bytes

PLACED = [("chart-map", "chart", 1), ("table-proofs", "table", 2), ("table-signs", "table", 11)]


@pytest.mark.parametrize(
    ("source", "en", "zh"),
    [
        ("[here](#table-signs)", "Table 11", "表 11"),
        ("[here](#table-signs,table-proofs)", "Tables 2, 11", "表 2、11"),
        ("[here](#chart-map).", "Figure 1.", "圖 1。"),
        ("[here](#table-proofs,table-gone)", "Table 2", "表 2"),
        ("[here](#table-gone)", "here", "here"),
        ("[a page](https://example.org/#table-proofs)",) * 3,
    ],
)
def test_a_link_reads_as_the_number(source: str, en: str, zh: str) -> None:
    for language, told in (("en", en), ("zh-Hant", zh)):
        found = with_numbers(source, PLACED, language)  # type: ignore[arg-type]
        assert found.replace("\N{NO-BREAK SPACE}", " ").rstrip(".") == told.rstrip("。.")


def test_numbers_stay_with_their_word() -> None:
    assert with_numbers("[x](#table-signs)", PLACED, "en") == "Table\N{NO-BREAK SPACE}11"


def test_both_languages_of_a_notebook_name_the_same() -> None:
    source = shipped_bytes("notebooks/03_combination.ipynb").decode("utf-8")
    links = re.findall(r"\]\(#([a-z0-9,-]+)\)", source)
    assert len(links) > 20
    assert not [name for name in links if links.count(name) % 2]
