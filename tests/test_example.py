"""The made-up extract of `examples/`, taken in as the README says, with what the README shows."""

import gzip
import io
import json
import re
import runpy
import shutil
import zipfile
from contextlib import redirect_stdout
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml

from closurerate.cases.source import is_synthetic, read_source
from closurerate.cases.vocabulary import schema
from closurerate.cli import main
from closurerate.cli.intake import take_in
from closurerate.errors import InputError
from closurerate.intake.left.accounts import read_intake
from closurerate.intake.left.delivery import OUTPUTS
from closurerate.intake.plan import plan_of_folder
from project_copy import ROOT, copy_shipped, once

EXAMPLES = ROOT / "examples"
READMES = ("README.md", "README.zh-Hant.md")
VOCABULARY = ROOT / "src/closurerate/press/vocabulary/intake.yml"
KPI = "effective_closure_rate"
LARGEST_BYTES = 300_000


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which the README's steps were done, with what each of them said."""
    return once(tmp_path_factory, "example", try_out)


def try_out(folder: Path) -> None:
    data = folder / "data"
    raw, corrections = data / "raw" / "108", data / "corrections"
    shutil.copytree(EXAMPLES / "108", raw)
    copy_shipped(folder, "data/columns/", "data/corrections/", "data/vocabulary.yml")
    (folder / "refused.txt").write_text(said(folder), encoding="utf-8")
    assert not (folder / "extract" / "cases.parquet").exists()
    shutil.copy(EXAMPLES / "108_corrections.yml", corrections / "108.yml")
    (folder / "taken.txt").write_text(said(folder), encoding="utf-8")
    shutil.copytree(folder / "extract", folder / "first")
    shutil.copytree(EXAMPLES / "108_second_delivery", raw, dirs_exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:  # the pages take most of the time: once is enough
        patch.setattr(
            "closurerate.intake.validation.document.write_validations", lambda *_, **__: None
        )
        (folder / "again.txt").write_text(said(folder), encoding="utf-8")


def said(folder: Path) -> str:
    """Take the raw folder in as `make cases` does, and return what is said."""
    plan = plan_of_folder(108, folder / "data" / "raw" / "108", folder / "data")
    with redirect_stdout(io.StringIO()) as out:
        try:
            take_in(plan, folder / "extract", kpi=KPI)
        except InputError as error:
            return f"closurerate: {error}\n"
    return out.getvalue()


def blocks(readme: str) -> list[list[str]]:
    text = (ROOT / readme).read_text(encoding="utf-8")
    return [block.splitlines() for block in re.findall(r"(?ms)^```\w*\n(.*?)^```", text)]


def shown(readme: str, start: str) -> list[str]:
    """Return the lines of the README's one block with a line that starts so."""
    (found,) = (lines for lines in blocks(readme) if any(line.startswith(start) for line in lines))
    return found


def is_abridged(line: str, whole: str) -> bool:
    """Tell whether a line is another one with some of it left out as …."""
    return re.fullmatch(".*".join(map(re.escape, line.split("…"))), whole) is not None


@pytest.mark.parametrize("readme", READMES)
@pytest.mark.parametrize(
    ("step", "start"),
    [
        ("refused", "closurerate: synthetic_closed_list.csv"),
        ("taken", "total   "),
        ("again", "since the delivery before"),
    ],
)
def test_the_readme_shows_what_is_said(tried: Path, readme: str, step: str, start: str) -> None:
    heard = iter((tried / f"{step}.txt").read_text(encoding="utf-8").splitlines())
    for line in shown(readme, start):
        assert any(is_abridged(line, whole) for whole in heard), line


def test_it_is_refused_at_first(tried: Path) -> None:
    sentence = (tried / "refused.txt").read_text(encoding="utf-8")
    assert "7 of 2,166 rows are rejected" in sentence
    assert "nothing was replaced" in sentence


def test_the_accounts_close_and_every_correction_applies(tried: Path) -> None:
    intake = read_intake(tried / "first" / "cases.parquet")
    assert intake is not None
    assert intake.totals == {
        "rows": 2166, "accepted": 2138, "rejected": 2, "duplicates": 15, "superseded": 0,
        "out_of_scope": 11,
    }  # fmt: skip
    assert {item["outcome"] for item in intake.corrections} == {"applied"}
    assert [item["case"] for item in intake.corrections] == [
        entry["case"] for entry in corrections()
    ]
    assert intake.tables[0]["private_use"] == 4
    assert [item["sheet"] for item in intake.passed_over] == ["說明"]


def test_the_second_delivery_is_compared_with_the_first(tried: Path) -> None:
    changes = pq.read_table(tried / "extract" / "changes.parquet").to_pylist()
    before = pq.read_table(tried / "first" / "cases.parquet").to_pylist()
    after = pq.read_table(tried / "extract" / "cases.parquet").to_pylist()
    old, new = ({row["case_id"]: row for row in rows} for rows in (before, after))
    assert {row["case_id"] for row in changes if row["kind"] == "added"} == new.keys() - old.keys()
    assert {row["case_id"] for row in changes if row["kind"] == "removed"} == old.keys() - new
    assert {row["case_id"] for row in changes if row["kind"] == "changed"} == {
        case for case in old.keys() & new if old[case] != new[case]
    }


def corrections() -> list[dict[str, object]]:
    text = (EXAMPLES / "108_corrections.yml").read_text(encoding="utf-8")
    entries: list[dict[str, object]] = yaml.safe_load(text)["corrections"]
    return entries


@pytest.mark.parametrize("readme", READMES)
def test_the_readme_shows_a_correction_as_it_is(readme: str) -> None:
    (entry,) = yaml.safe_load("\n".join(shown(readme, "  - case: ")))
    assert entry in corrections()


@pytest.mark.parametrize("readme", READMES)
def test_what_the_readme_copies_is_there(readme: str) -> None:
    copied = [line.split()[1] for block in blocks(readme) for line in block if line[:3] == "cp "]
    assert copied
    for pattern in copied:
        assert list(ROOT.glob(pattern)), pattern


def test_all_that_comes_of_it_says_that_it_is_made_up(tried: Path) -> None:
    for folder in (tried / "first", tried / "extract"):
        intake = read_intake(folder / "cases.parquet")
        assert intake is not None
        assert intake.synthetic
        assert is_synthetic(folder / "cases.parquet")
        assert read_source(folder / "cases.parquet").kind == "synthetic"
    for language, words in (("en", "made up"), ("zh-Hant", "合成")):
        page = tried / "first" / f"validation.{language}.html"
        assert words in page.read_text(encoding="utf-8")


def test_all_files_say_that_they_are_made_up() -> None:
    lists = [path for path in EXAMPLES.glob("108*/*") if path.suffix not in {".md", ".yml"}]
    assert len(lists) == 4
    for path in lists:
        assert path.name.startswith("synthetic_")
    for path in EXAMPLES.glob("108*/*.csv"):
        header, *rows = path.read_bytes().decode("cp950", errors="replace").splitlines()
        assert header.endswith("備註")
        assert all(row.endswith(",合成") for row in rows)
    for path in (EXAMPLES / "README.md", EXAMPLES / "108" / "README.md"):
        assert re.search(r"[Ss]ynthetic", path.read_text(encoding="utf-8"))


def test_the_files_are_those_that_the_script_makes() -> None:
    made = runpy.run_path(str(EXAMPLES / "make_108.py"))["made"]()
    lists = {path for path in EXAMPLES.glob("108*/*") if path.suffix not in {".md", ".yml"}}
    assert set(made) == lists
    for path, content in made.items():
        assert unpacked(path.read_bytes()) == unpacked(content), path.name


def unpacked(content: bytes) -> object:
    """Return what is packed: how it is packed depends on the machine's library."""
    if content.startswith(b"\x1f\x8b"):
        return gzip.decompress(content)
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    return content


def test_it_is_small() -> None:
    files = [path for path in EXAMPLES.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    assert sum(path.stat().st_size for path in files) < LARGEST_BYTES


# What comes of an intake is in the data dictionary ---------------------------------------------
DICTIONARY = (ROOT / "data" / "README.md").read_text(encoding="utf-8")


def keys(value: object) -> set[str]:
    """Return the keys of a JSON document that are its own words, not those of the data."""
    if isinstance(value, list):
        return {key for item in value for key in keys(item)}
    if not isinstance(value, dict):
        return set()
    data = ("reasons", "warnings", "columns", "columns_absent")
    return {*value} | {
        key for name, item in value.items() if name not in data for key in keys(item)
    }


def test_each_file_of_an_intake_is_in_the_dictionary(tried: Path) -> None:
    assert (tried / "extract" / "changes.parquet").is_file()
    for path in (*OUTPUTS, *(item.name for item in (tried / "extract").iterdir())):
        assert path == ".intake.lock" or f"`{path.partition('/')[0]}" in DICTIONARY, path


def test_each_key_of_the_record_is_in_the_dictionary(tried: Path) -> None:
    found = keys(json.loads((tried / "extract" / "intake.json").read_text(encoding="utf-8")))
    assert {"undecodable", "outcome", "previous"} <= found
    assert not {key for key in found if f"`{key}`" not in DICTIONARY}


@pytest.mark.parametrize("table", ["rejects", "doubts", "changes"])
def test_each_column_of_a_list_is_in_the_dictionary(tried: Path, table: str) -> None:
    names = pq.read_schema(tried / "extract" / f"{table}.parquet").names
    own = {name for name in names if not name.startswith("is_free_")} - set(schema().names)
    assert not {name for name in own if f"`{name}`" not in DICTIONARY}


@pytest.mark.parametrize("kind", ["reject_", "warn_"])
def test_each_code_is_in_the_dictionary(kind: str) -> None:
    words = yaml.safe_load(VOCABULARY.read_text(encoding="utf-8"))
    codes = {key.removeprefix(kind) for key in words if key.startswith(kind)}
    assert len(codes) > 5
    assert not {code for code in codes if f"`{code}`" not in DICTIONARY}


def test_each_option_of_intake_is_in_the_dictionary() -> None:
    with pytest.raises(SystemExit), redirect_stdout(io.StringIO()) as out:
        main(["intake", "--help"])
    options = set(re.findall(r"--[a-z][a-z-]+", out.getvalue())) - {"--help"}
    assert {"--year", "--show-ids"} <= options
    assert not {option for option in options if f"`{option}`" not in DICTIONARY}
