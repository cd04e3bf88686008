"""What is documented is there, and what is there is documented."""

import argparse
import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from closurerate.cases.footer import MOST_FOOTER_BYTES
from closurerate.cases.vocabulary import BRANCHES, CATEGORIES, COLUMNS, DISPOSITIONS
from closurerate.cli import parser_of_all
from closurerate.intake.came import (
    apart,
    careful_text,
    cells,
    database_rows,
    raw_table,
    unpacking,
)
from closurerate.kpi.evaluate import evaluate
from kpi_samples import OF_107, version_of

ROOT = Path(__file__).resolve().parents[1]
READERS = ("README.md", "README.zh-Hant.md", "CONTRIBUTING.md")
PAGES = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "data/*.md", "reports/*.md")
    for path in ROOT.glob(pattern)
)
_LINK = re.compile(r"!?\[[^\]]*\]\(<?([^)>\s]+)>?(?:\s+\"[^\"]*\")?\)")


def read(name: str) -> str:
    path = ROOT / name
    assert path.is_file(), f"{name} is missing"
    return path.read_text(encoding="utf-8")


def documentation() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in PAGES)


def commands() -> dict[str, argparse.ArgumentParser]:
    (choices,) = (
        action.choices
        for action in parser_of_all()._actions
        if isinstance(action, argparse._SubParsersAction)
    )
    return dict(choices)


def make_targets() -> dict[str, str]:
    return dict(re.findall(r"(?m)^([\w-]+):.*?## (.+)$", read("Makefile")))


def blocks(text: str) -> list[str]:
    return re.findall(r"(?ms)^```[^\n]*\n(.*?)^```", text)


@pytest.mark.parametrize("name", [*READERS, "CHANGELOG.md", "docs/yearly_update.md"])
def test_it_is_there_and_has_a_title(name: str) -> None:
    assert re.match(r"# \S", read(name))


@pytest.mark.parametrize("command", commands())
def test_each_command_is_documented(command: str) -> None:
    assert re.search(rf"closurerate {re.escape(command)}\b", documentation())


OPTIONS = [option for action in commands()["kpi"]._actions for option in action.option_strings]


@pytest.mark.parametrize("option", sorted(set(OPTIONS) - {"-h", "--help"}))
def test_each_option_of_kpi_is_documented(option: str) -> None:
    assert re.search(rf"{re.escape(option)}\b", documentation())


@pytest.mark.parametrize("target", make_targets())
def test_each_target_is_documented(target: str) -> None:
    assert re.search(rf"make {re.escape(target)}\b", documentation())


@pytest.mark.parametrize("variable", ["YEAR", "REPORT_LANG", "KPI", "CASES", "FRACTION"])
def test_each_variable_is_documented(variable: str) -> None:
    assert re.search(rf"\b{variable}\b", documentation())


def test_no_command_is_documented_that_is_not_there() -> None:
    text = documentation()
    code = "\n".join([*blocks(text), *re.findall(r"`([^`\n]+)`", text)])
    called = set(re.findall(r"(?m)^(?:\S*bin/)?closurerate ([a-z][\w-]*)", code))
    assert called
    assert called <= {*commands(), "COMMAND"}
    made = set(re.findall(r"(?m)^make ([a-z0-9][\w-]*)", code))
    assert made
    assert made <= {*make_targets(), "08_my_question"}  # one of the reader's own


@pytest.mark.parametrize("folder", ["", "data/"])
def test_both_readmes_show_the_same_commands(folder: str) -> None:
    english = blocks(read(f"{folder}README.md"))
    chinese = blocks(read(f"{folder}README.zh-Hant.md"))
    assert english
    assert english == chinese


def test_both_readmes_say_the_same_things_in_the_same_order() -> None:
    def outline(name: str) -> list[str]:
        return re.findall(r"(?m)^(#+) ", re.sub(r"(?ms)^```.*?^```", "", read(name)))

    def targets(name: str) -> list[str]:
        found = [target for target in _LINK.findall(read(name)) if "README" not in target]
        return [re.sub("#.*", "", target) for target in found]

    assert outline("README.md") == outline("README.zh-Hant.md")
    assert len(targets("README.md")) == len(targets("README.zh-Hant.md"))
    for figure in ("36.49", "107"):
        assert figure in read("README.md")
        assert figure in read("README.zh-Hant.md")
    assert "README.zh-Hant.md" in _LINK.findall(read("README.md"))
    assert "README.md" in _LINK.findall(read("README.zh-Hant.md"))


def test_both_data_dictionaries_have_the_same_tables() -> None:
    def outline(name: str) -> list[tuple[str, list[str]]]:
        text = re.sub(r"(?ms)^```.*?^```", "", read(name))
        rows = re.findall(r"(?m)^(#+ |- |\|)([^|\n]*)", text)
        return [(kind, re.findall(r"`([^`]+)`", first) * (kind == "|")) for kind, first in rows]

    assert outline("data/README.md") == outline("data/README.zh-Hant.md")
    assert "README.zh-Hant.md" in _LINK.findall(read("data/README.md"))
    assert "README.md" in _LINK.findall(read("data/README.zh-Hant.md"))


def test_the_first_screen_has_the_two_commands() -> None:
    for name in ("README.md", "README.zh-Hant.md"):
        screen = "\n".join(read(name).splitlines()[:45])
        assert "make report" in screen
        assert "make test" in screen


def test_the_readme_has_a_picture_and_a_line_for_each_folder() -> None:
    for name in ("README.md", "README.zh-Hant.md"):
        text = read(name)
        pictures = re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", text)
        assert pictures
        assert all(alternative.strip() for alternative, _ in pictures)
        for folder in ("notebooks/", "data/", "src/closurerate/", "tests/", "docs/", "reports/"):
            assert folder in text


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.name)
def test_each_column_of_the_contract_is_in_the_dictionary(column) -> None:  # type: ignore[no-untyped-def]
    text = read("data/README.md")
    found = re.findall(rf"(?m)^\| `{column.name}` \|(.*)\|$", text)
    (row,) = (line.split("|") for line in found if line.count("|") == 4)
    _, kind, null, absent, _ = (cell.strip() for cell in row)
    assert kind.split(" ")[0] == str(column.arrow_type).removesuffix("32[day]")
    assert absent == ("yes" if column.is_optional else "no")
    expected = "exactly when `closed_on` is" if column.name == "disposition" else None
    assert null == (expected or ("yes" if column.is_nullable else "no"))


def test_each_word_of_the_contract_is_in_the_dictionary() -> None:
    text = read("data/README.md")
    for value in (*BRANCHES, *CATEGORIES):
        assert value in text
    for disposition in DISPOSITIONS:
        assert f"`{disposition}`" in text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_relative_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"(?ms)^```.*?^```", "", page.read_text(encoding="utf-8"))
    for target in _LINK.findall(text):
        if re.match(r"[a-z][a-z0-9+.-]*:", target):
            continue
        path, _, anchor = unquote(target).partition("#")
        found = (page.parent / path).resolve() if path else page
        assert found.exists(), target
        assert ROOT in found.parents, target
        if anchor and found.suffix == ".md":
            assert anchor in anchors(found.read_text(encoding="utf-8")), target


def anchors(text: str) -> set[str]:
    headings = re.findall(r"(?m)^#+ (.+)$", re.sub(r"(?ms)^```.*?^```", "", text))
    plain = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings]
    return {heading.strip().replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_no_page_names_a_place_on_one_machine(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert not re.search(r"(?<![\w.])/(home|root|tmp|work|Users)/|[A-Z]:\\Users", text)


def test_the_paths_of_the_architecture_exist() -> None:
    named = re.findall(
        r"`((?:src|data|docs)/[^`]*|Makefile|CONTRIBUTING\.md)`", read("docs/architecture.md")
    )
    assert len(named) > 15
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_room_is_explained() -> None:
    text = read("docs/architecture.md")
    rooms = {
        path.parent.relative_to(ROOT).as_posix()
        for path in (ROOT / "src" / "closurerate").rglob("*.py")
        if path.parent.name != "closurerate"
    }
    assert [room for room in sorted(rooms) if f"](../{room})" not in text] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_module_that_a_page_names_is_there(page: Path) -> None:
    named = set(re.findall(r"`([\w/]+\.py)`", page.read_text(encoding="utf-8")))
    folders = [ROOT / top for top in ("src", "tests", "examples", "benchmarks", "docs")]
    modules = [path.as_posix() for folder in folders for path in folder.rglob("*.py")]
    assert [name for name in named if not any(m.endswith(f"/{name}") for m in modules)] == []


def _rows(name: str, heading: str) -> list[list[str]]:
    """Return the rows of the table whose heading begins so."""
    _, _, below = read(name).partition(f"\n| {heading} ")
    table = re.match(r"(?:\|?.*\|\n)+", below)
    assert table is not None
    return [line.strip("| ").split(" | ") for line in table.group().splitlines()[2:]]


@pytest.mark.parametrize(
    ("name", "heading"),
    [("README.md", "ROC year 107"), ("README.zh-Hant.md", "107 年度（2018 年）")],
)
def test_the_first_table_is_what_is_computed(name: str, heading: str) -> None:
    found = evaluate(version_of(), OF_107, None)
    exact = [found.value, *found.indicators.values()]
    told = [re.sub(r"[*% ]", "", row[1]) for row in _rows(name, heading)]
    assert told == [*(f"{100 * float(item.value):.2f}" for item in exact), "25"]


def _size(bytes_: int) -> str:
    units = {"GB": 30, "MB": 20, "KB": 10}
    return next(f"{bytes_ >> bits} {u}" for u, bits in units.items() if bytes_ >= 1 << bits)


_OVER = [f"{unpacking.MOST_RATIO}", _size(unpacking.RATIO_FROM)]
_HELD = [_size(cells.BATCH_BYTES), f"{database_rows.MOST_CELLS_AT_ONCE}"]
BOUNDS = (
    [f"{raw_table.MOST_COLUMNS:,}"],
    _OVER,
    [f"{unpacking.MOST_MEMBERS:,}"],
    [_size(unpacking.MOST_WORKBOOK_BYTES), f"{unpacking.MOST_CELLS:,}", _size(apart.MOST_MEMORY)],
    [
        _size(unpacking.MOST_LINE_BYTES),
        f"{careful_text.QUOTED_LINES}",
        _size(careful_text.QUOTED_BYTES),
    ],
    [
        _size(MOST_FOOTER_BYTES),
        _size(unpacking.MOST_CELL_BYTES),
        *_OVER,
        _size(apart.MOST_MEMORY),
    ],
    [
        _size(unpacking.MOST_CELL_BYTES),
        *_OVER,
        *_HELD,
        _size(database_rows.MOST_SQLITE_BYTES),
    ],
    [
        f"{unpacking.MOST_CELL_BYTES:,}",
        *_HELD,
        f"{database_rows.MOST_ROWS:,}",
        f"{database_rows.BATCH_ROWS:,}",
    ],
)
"""The numbers of each row of the table of bounds, from the constants that bound."""


@pytest.mark.parametrize(
    ("name", "heading"),
    [("data/README.md", "form | bound"), ("data/README.zh-Hant.md", "形式 | 上限")],
)
def test_the_dictionary_names_the_bounds_that_hold(name: str, heading: str) -> None:
    rows = _rows(name, heading)
    for (form, told), numbers in zip(rows, BOUNDS, strict=True):
        assert [number for number in numbers if number not in told] == [], form
