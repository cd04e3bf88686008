"""The notebook to copy becomes a page and a PDF, with parameters of one's own."""

import io
import shutil
from pathlib import Path

import pytest
from pypdf import PdfReader

from closurerate.cli import main
from project_copy import ROOT
from report_samples import Page


def test_the_template_is_built_with_a_branch_of_ones_own(cases_of_107: None, tmp_path: Path):
    mine = tmp_path / "08_my_question.ipynb"
    shutil.copy(ROOT / "notebooks" / "template.ipynb", mine)
    run, page, paper = (tmp_path / name for name in ("run.ipynb", "mine.html", "mine.pdf"))
    given = ("--year", "107", "--parameter", "branch=宜蘭", "--out", str(run))
    assert main(["notebook", str(mine), *given]) == 0
    assert main(["html", str(run), "--language", "en", "--out", str(page)]) == 0
    assert main(["pdf", str(run), "--language", "en", "--out", str(paper)]) == 0
    read = Page(page.read_text("utf-8"))
    words = " ".join(read.text.split())
    assert "A question of my own" in words
    assert "The synthetic data are at a reduced scale (1/200)" in words
    assert "branch=宜蘭" in words
    assert "A branch that this page names is one of made-up cases" in words
    assert "Table 1. The year that was opened" in words
    assert "Table 2. The KPI by tier, in one branch" in words
    assert "1,044" in words or "1044" in words  # closed in that branch
    assert len(read.all("svg")) == 1
    first = PdfReader(io.BytesIO(paper.read_bytes())).pages[0].extract_text()
    assert "A branch that this page names is one of made-up cases" in " ".join(first.split())


@pytest.mark.parametrize("wrong", ["branch", "2=3", "=x"])
def test_a_parameter_is_a_name_and_a_value(
    wrong: str, cases_of_107: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    given = ("--year", "107", "--parameter", wrong, "--out", str(tmp_path / "run.ipynb"))
    assert main(["notebook", str(ROOT / "notebooks" / "template.ipynb"), *given]) == 2
    assert "must be NAME=VALUE, such as branch=花蓮" in capsys.readouterr().err
