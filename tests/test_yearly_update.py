"""docs/yearly_update.md, walked to its end for two years by an author who does what it says."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from closurerate.records.published import published_until
from project_copy import (
    ROOT,
    copy_project,
    copy_shipped,
    run_make,
    shipped,
    shipped_bytes,
)
from report_samples import Page
from year_samples import plain

TOLD = (ROOT / "docs" / "yearly_update.md").read_text(encoding="utf-8").split("## Without make")[0]
WORDS = ("data/columns/agency.yml", "data/vocabulary.yml")
"""Where an author adds words, which the tests take as they find them."""
READING = (
    "tests/intake/test_headers.py", "tests/intake/test_word_lists.py",
    "tests/records/test_published.py", "tests/records/test_schemas.py",
    "tests/study/change/test_target_shown.py", "tests/test_project_copy.py",
)  # fmt: skip
"""Tests of what an author may add to or change."""
KPI, IN_ENGLISH = "effective_closure_rate", ("REPORT_LANG=en",)


def commands(step: int, year: int) -> list[str]:
    """Return the commands of a step, or of what stands before the first (0), for another year.

    The tests are left out: those that read what an author changes are run at the end.
    """
    told = re.split(r"(?m)^\d+\. ", re.sub(r"(?ms)^ *```yaml\n.*?^ *```\n", "", TOLD))[step]
    found = re.findall(
        r"(?ms)^ *```\n *(.*?)\n *```|`((?:make|mkdir|cp|\.venv/bin/closurerate) [^`]*)`", told
    )
    every = [(block or line).replace("108", str(year)) for block, line in found]
    return [command for command in every if command != "make test"]


class Author:
    """Who does the steps in a checkout of their own."""

    def __init__(self, project: Path) -> None:
        self.project = project
        self.begun = self.seen_by_tests()

    def seen_by_tests(self) -> dict[str, bytes]:
        """Return what the project's tests run on: the shipped data and notebooks."""
        names = shipped.__wrapped__(self.project)
        parts = ("data/", "notebooks/")
        return {
            name: shipped_bytes(name, self.project)
            for name in names
            if name.startswith(parts) and name not in WORDS
        }

    def do(self, step: int, year: int, *also: str, status: int = 0) -> str:
        """Run the commands of a step, make with other options too, and return what they say."""
        said = ""
        for command in commands(step, year):
            program, *arguments = command.split()
            if program == "make":
                done = run_make(self.project, *IN_ENGLISH, *also, *arguments)
            else:
                environment = os.environ | {"PYTHONPATH": str(self.project / "src")}
                done = subprocess.run(
                    command, shell=True, cwd=self.project, env=environment, capture_output=True,
                    encoding="utf-8", check=False,
                )  # fmt: skip
            said += done.stdout + done.stderr
            assert done.returncode == status, f"step {step}, {command}: {said}"
        self.is_as_the_tests_know_it()
        return said

    def is_as_the_tests_know_it(self) -> None:
        assert self.seen_by_tests() == self.begun

    def edit(self, name: str, *changes: tuple[str, str]) -> None:
        path = self.project / name
        text = path.read_text(encoding="utf-8")
        for part, changed in changes:
            assert part in text, part
            text = text.replace(part, changed)
        path.write_text(text, encoding="utf-8")
        self.is_as_the_tests_know_it()

    def page(self, year: int, name: str) -> str:
        folder = self.project / "reports" / str(year) / "extract" / "en"
        return plain(Page((folder / name).read_text(encoding="utf-8")).text)


def made_up_for(year: int, project: Path) -> None:
    """Write the example of 108 again for a later year: its script and corrections, moved on."""
    later = year - 108
    examples = project / "examples"

    def moved(text: str) -> str:
        text = re.sub(r"10[789]|20(?:18|19|20)", lambda found: str(int(found[0]) + later), text)
        return text.replace(f"Random({year})", "Random(108)")

    for name in ("make_108.py", "108_corrections.yml"):
        text = (examples / name).read_text(encoding="utf-8")
        (examples / moved(name)).write_text(moved(text), encoding="utf-8")
    subprocess.run([sys.executable, examples / f"make_{year}.py"], check=True)
    shutil.copy(examples / "108" / "intake.yml", examples / str(year))


def fill_in(author: Author, year: int) -> None:
    """Fill in the author's file: every fact, target, light, and some prose."""
    name = f"data/years/{year}.yml"
    text = (author.project / name).read_text(encoding="utf-8")
    values: Iterator[int] = iter(range(100, 1000))
    facts, costs, others = text.partition("\ncost_table:")
    facts = re.sub("value: null", lambda _: f"value: {next(values)}", facts)
    (author.project / name).write_text(facts + costs + others, encoding="utf-8")
    prose = '- zh-Hant: "達成度為 {achievement}。"\n    en: "Achievement is {achievement}."'
    author.edit(
        name,
        ("effective_closure_rate: null", f'effective_closure_rate: "{year - 70}"'),
        ("self: null", "self: green"),
        ("\nopinion: []", f"\nopinion:\n  {prose}"),
    )


def transcribe(author: Author, year: int, printed: dict[str, str]) -> None:
    """Fill in the skeleton of what is printed, as the agency's report would have it."""
    name = f"data/published/{year}.yml"
    author.edit(
        name, ("title: null", "title: 報告"), ("approved_on: null", "approved_on: 2020-03-08")
    )
    for claim, value in printed.items():
        (line,) = re.findall(rf"  - {{id: {claim}, .*", (author.project / name).read_text("utf-8"))
        told = line.replace("value: null", f'value: "{value}"').replace("place: null", "place: 壹")
        told = told.replace("printed: null", f'printed: "{value}"')
        decimals = f"decimals: {len(value.partition('.')[2])}"
        author.edit(name, (line, re.sub(r"decimals: \d", decimals, told)))


@pytest.fixture(scope="module")
def author(tmp_path_factory: pytest.TempPathFactory) -> Author:
    """An author of 108 at the end of the extract's steps, in a checkout with work of their own."""
    project = copy_project(tmp_path_factory.mktemp("author"))
    copy_shipped(project, "tests/")
    made_up_for(109, project)
    for command in (("init", "--quiet"), ("add", "--all", "--force", ".", ":!.venv")):
        subprocess.run(["git", *command], cwd=project, check=True)
    for own, of in (
        ("notebooks/08_mine.ipynb", "notebooks/template.ipynb"),
        ("data/kpi/proposals/mine.yml", "data/kpi/proposals/minimum.yml"),
    ):
        text = (project / of).read_text(encoding="utf-8").replace("id: minimum", "id: mine")
        (project / own).write_text(text, encoding="utf-8")
    return Author(project)


def take_in(author: Author, year: int) -> None:
    """Do the steps that take the extract in."""
    folder, files, corrections = commands(0, year)
    for command in (folder, files):
        subprocess.run(command, shell=True, cwd=author.project, check=True)
    assert "rows are rejected" in author.do(2, year, status=2)
    assert "validation.en.html" in author.do(3, year)
    author.edit(
        "data/columns/agency.yml",
        ("referred_on: [", f"referred_on: [{{name: 收文日{year}, from: {year}}}, "),
    )
    author.edit("data/vocabulary.yml", ("paid_in_full: [", f"paid_in_full: [已清償{year}, "))
    subprocess.run(corrections, shell=True, cwd=author.project, check=True)
    if year > 108:  # of what was corrected in 108 some values were others
        author.edit(f"data/raw/{year}/intake.yml", ("merge:", "max_rejects: 0.002\nmerge:"))
    assert f"data/cases/{year}/extract" in author.do(5, year)


def report(author: Author, year: int) -> None:
    """Do the steps that make the report, with a definition that changes in the year."""
    author.do(7, year)
    ratio = (
        ""
        if year > 108
        else DATED.format(year, '{ordinary: "0.55", special: "0.6", major: "0.75"}')
    )
    target = DATED.format(year, f'"{year - 70}"')
    definition = f"data/kpi/{KPI}.yml"
    author.edit(definition, ("\n\ndispositions:", f"\n{ratio}\ndispositions:"))
    with (author.project / definition).open("a", encoding="utf-8") as file:
        file.write(target)
    fill_in(author, year)
    author.do(11, year)


DATED = "    {}:\n      reference: made up\n      value: {}\n"


def test_the_steps_are_walked_to_their_end(author: Author) -> None:
    steps = [int(number) for number in re.findall(r"(?m)^(\d+)\. ", TOLD)]
    assert steps == list(range(1, 15)), "this test does each of them"
    for year in (108, 109):
        take_in(author, year)
        report(author, year)
        shown = author.page(year, f"{KPI}/07_report.html")
        assert f"{year} ({year + 1911})" in shown
        assert "Illustration (synthetic data)" in shown
        assert ("a change of" in shown) == (year == 109), "nothing made up comes before 108"
        assert not re.search(r"\bNone\b|\bnan\b|\{\w+\}", shown)
    assert "The case data of 108, for which nothing is published yet" in shown
    for year in (108, 109):
        transcribe(author, year, {"new": "700", "rate": "39.00", "light_self": "green"})
        author.edit(f"data/years/{year}.yml", ("approved_on: null", "approved_on: 2021-03-05"))
    assert "07_report.ipynb --year 108" in author.do(13, 108, "--dry-run")
    author.do(13, 109)
    assert "Draft, not approved" not in author.page(109, f"{KPI}/07_report.html")
    assert [*published_until(999, author.project / "data" / "published")] == [106, 107, 108, 109]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *READING],
        cwd=author.project, env=os.environ | {"PYTHONPATH": str(author.project / "src")},
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]
