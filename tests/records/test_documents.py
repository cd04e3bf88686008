"""The project's YAML: what is wrong is named by file and key."""

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import pytest
import yaml

import closurerate
from closurerate.errors import InputError
from closurerate.records import documents, fields
from closurerate.records.documents import check_languages, nearest, read_document
from project_copy import shipped, shipped_bytes

BAD = {
    "line 2: the key 'a' stands twice": "a: 1\na: 2\n",
    "line 2: the key 'b' stands twice": "a:\n  - {b: 1, b: 2}\n",
    "line 3: the key 106 stands twice": "since:\n  106: x\n  106: y\n",
    "line 2: is not valid YAML": "a: 1\n  b: [2\n",
    "line 3: is not valid YAML": "a: 1\nb:\n\tc: 2\n",
    "must hold keys and values, found list": "- a\n",
    "must hold keys and values, found str": "text\n",
    "line 1: is not valid YAML: .*python/name:os.getcwd": "a: !!python/name:os.getcwd ''\n",
    "line 1: is not valid YAML: .*binary": "a: !!binary aGk=\n",
    "line 1: is not valid YAML: there is no &b before": "a: *b\n",
    r"line 1: is not valid YAML: there is no &a before \*a": "a: &a [*a]\n",
    r"line 2: the key \['a'\] must be a text or a whole number": "b: 1\n? [a]\n: 1\n",
    r"line 1: the key {'b': 'c'} must be": "? {b: c}\n: 2\n",
    "line 1: the key None must be": "~: 2\n",
    "line 1: the key True must be": "true: 2\n",
    r"line 1: the key 1\.5 must be": "1.5: 2\n",
    r"line 1: the key datetime.date\(2020, 1, 2\) must be": "2020-01-02: 2\n",
    "line 2: more than 30 lists or mappings in each other": "a:\n  " + "[" * 100_000,
    "line 31: more than 30 lists": "".join(f"{' ' * n}a:\n" for n in range(40)),
    "line 2: a number over 9,223,372,036,854,775,807; put it in quotes": "a: 1\nb: " + "9" * 5000,
    "line 1: a number over 9,223,372,036,854,775,807": "case: -9223372036854775808\n",
    "line 1: 1e999 is too large a number": "a: 1e999\n",
    "line 2: '.x00' is no character of a text": "a: 1\nb: \0\n",
    "line 3: a second document begins here": "a: 1\nb: 2\n---\na: 3\n",
    "is longer than 10,000,000 bytes": "#" * 10_000_001,
    # What libyaml would take, and PyYAML's own parser refuses.
    "line 1: is not valid YAML: found character '.*' that cannot start any": "a: b\tc\n",
    "line 2: is not valid YAML: expected chomping or indentation": "a: 1\nb: >-# x\n  c\n",
}  # fmt: skip


@pytest.mark.parametrize("said", BAD)
def test_a_bad_document_is_refused_in_one_line(tmp_path: Path, said: str) -> None:
    path = tmp_path / "some.yml"
    path.write_text(BAD[said], encoding="utf-8")
    with pytest.raises(InputError, match=said) as raised:
        read_document(path)
    assert str(raised.value).startswith(str(path))
    assert "\n" not in str(raised.value)


def test_what_stands_once_may_be_named_again(tmp_path: Path) -> None:
    path = tmp_path / "x.yml"
    path.write_text("a: &x {b: [1]}\nc: [*x, *x]\nd: &y 5\ne: *y\n", encoding="utf-8")
    found = read_document(path)
    assert found == {"a": {"b": [1]}, "c": [{"b": [1]}, {"b": [1]}], "d": 5, "e": 5}
    found["c"][0]["b"].append(2)
    assert found["a"] == found["c"][1] == {"b": [1]}


@pytest.mark.parametrize(
    ("bomb", "said"),
    [
        ([f"a{n}: &a{n} [{f'*a{n - 1},' * 9}]" for n in range(1, 30)], "7: more than 1,000,000"),
        ([f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 99)], "30: more than 30 lists"),
    ],
)  # fmt: skip
def test_no_alias_grows(tmp_path: Path, bomb: list[str], said: str) -> None:
    (tmp_path / "some.yml").write_text("\n".join(["a0: &a0 [1]", *bomb]), encoding="utf-8")
    with pytest.raises(InputError, match=said):
        read_document(tmp_path / "some.yml")


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.yml: there is no such file"):
        read_document(tmp_path / "none.yml")
    with pytest.raises(InputError, match="cannot be read"):
        read_document(tmp_path)
    for content in ("b: 1\na: 臺北".encode("cp950"), "a: 1\n".encode("utf-16"), b"\xff\xfe\0"):
        (tmp_path / "other.yml").write_bytes(content)
        line = 2 if content.startswith(b"b") else 1
        with pytest.raises(InputError, match=rf"other\.yml, line {line}: is not UTF-8; save it as"):
            read_document(tmp_path / "other.yml")


def test_a_good_document_is_read(tmp_path: Path) -> None:
    path = tmp_path / "good.yml"
    path.write_bytes(b"\xef\xbb\xbf" + "a: {b: 1, c: [臺北]}\n106: x\n".encode())
    assert read_document(path) == {"a": {"b": 1, "c": ["臺北"]}, 106: "x"}


@pytest.mark.parametrize(
    "text", ["", "# none\n", "---\n", "\n\n  # none\n\n", "--- \n...\n", "~\n"]
)
def test_a_document_without_content_is_empty(tmp_path: Path, text: str) -> None:
    (tmp_path / "empty.yml").write_text(text, encoding="utf-8")
    assert read_document(tmp_path / "empty.yml") == {}


PLAIN = {
    "1": 1, "-5": -5, "+5": 5, "0": 0, "-108001234567890123": -108001234567890123,
    "1.5": 1.5, "-0.25": -0.25, "1e3": 1000.0, "1E-3": 0.001, ".5": 0.5, "1.": 1.0,
    "true": True, "False": False, "TRUE": True, "null": None, "~": None, "": None, "NULL": None,
    "2020-01-31": date(2020, 1, 31), "2019-02-30": "2019-02-30", "2020-1-5": "2020-1-5",
    "0000-00-00": "0000-00-00", "2020-01-31 10:00:00": "2020-01-31 10:00:00",
    "2020-01-31T10:00:00+99:00": "2020-01-31T10:00:00+99:00", "16:40": "16:40", "1:30.5": "1:30.5",
    "yes": "yes", "No": "No", "on": "on", "OFF": "OFF", "y": "y", "1_000": "1_000", "017": "017",
    "0o17": "0o17", "0x1F": "0x1F", "0b11": "0b11", ".inf": ".inf", ".nan": ".nan", "=": "=",
    "<<": "<<", "nan": "nan", "1,000": "1,000", "00.5": "00.5", "'5'": "5", '"null"': "null",
    "٣": "٣", "nUll": "nUll",
}  # fmt: skip


@pytest.mark.parametrize("text", PLAIN)
def test_what_stands_without_quotes_is_a_value_only_where_it_is_plainly_one(
    tmp_path: Path, text: str
) -> None:
    (tmp_path / "x.yml").write_text(f"a: {text}\n<<: b\n", encoding="utf-8")
    found = read_document(tmp_path / "x.yml")
    assert found == {"a": PLAIN[text], "<<": "b"}
    assert type(found["a"]) is type(PLAIN[text])


def test_both_parsers_read_the_same() -> None:
    names = [name for name in shipped() if re.match(r"(data|src)/.*\.yml", name)]
    texts = [shipped_bytes(name).decode("utf-8") for name in names]
    assert sum(not documents._PARSERS_DIFFER.search(text) for text in texts) > len(texts) // 2
    for text in texts:
        own = documents._read(text, yaml.SafeLoader)
        assert documents._read(text, yaml.CSafeLoader) == own == documents._parsed(text)


def test_nothing_else_of_the_package_reads_yaml() -> None:
    package = Path(closurerate.__file__).parent
    readers = [
        path.relative_to(package).as_posix()
        for path in sorted(package.rglob("*.py"))
        if re.search(r"^\s*(import|from) yaml\b", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert readers == ["records/documents.py"]


def test_what_was_read_may_be_changed_and_is_read_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "x.yml").write_text("a: [1]\n", encoding="utf-8")
    read_document(tmp_path / "x.yml")["a"].append(2)
    assert read_document(tmp_path / "x.yml") == {"a": [1]}


def test_keys_are_checked(tmp_path: Path) -> None:
    path = tmp_path / "some.yml"
    kind = Annotated[dict[str, Any], fields.keys({"name": fields.Text}, {"note": fields.Text})]
    for text, said in (
        ("note: x\nnmae: x\n", r"some\.yml, line 2: unknown key 'nmae'; did you mean 'name'"),
        ("{}\n", r"some\.yml, line 1: the key 'name' is missing"),
    ):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(InputError, match=said):
            fields.read(path, kind)
    with pytest.raises(
        InputError, match=r"some\.yml, line 1: must hold keys and values, found \[1\]"
    ):
        fields.validated([1], path, kind)
    path.write_text("name: x\nnote: y\n", encoding="utf-8")
    assert fields.read(path, kind)["note"] == "y"


def test_a_fault_is_told_where_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "some.yml"
    path.write_text("a: &x\n  - b: 1\n  - {b: 2}\n106:\n  c: *x\n'7': 8\n", encoding="utf-8")
    assert documents.found_at(path, ()) == (1, "")
    assert documents.found_at(path, ("a", 1), "b") == (3, "a[2]")
    assert documents.found_at(path, (106, "c", 0, "b")) == (2, "106.c[1].b")
    assert documents.found_at(path, (106, "d")) == (4, "106.d")
    assert documents.found_at(path, ("106", "c")) == (1, "106.c")
    assert documents.found_at(path, ("7",)) == (6, "7")
    path.write_text("", encoding="utf-8")
    assert documents.found_at(path, ("a",)) == (1, "a")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"en": "x"}, "the key 'zh-Hant' is missing"),
        ({"zh-Hant": "x"}, "the key 'en' is missing"),
        ({"zh-Hant": "x", "en": " "}, "here.en: must be a text, found ' '"),
        ({"zh-Hant": "x", "en": None}, "here.en: must be a text, found None"),
        ({"zh-Hant": 1, "en": "x"}, "here.zh-Hant: must be a text, found 1"),
        ({"zh-Hant": "x", "en": "x", "fr": "x"}, "unknown key 'fr'"),
        ("x", "must hold keys and values"),
    ],
)
def test_a_text_needs_both_languages(value: object, said: str) -> None:
    with pytest.raises(InputError, match=re.escape(said)):
        check_languages(value, "here")


def test_the_nearest_is_named_or_all() -> None:
    assert nearest("colected", ["collected", "closed"]) == "; did you mean 'collected'"
    assert nearest("xyz", ["a", 106]) == "; allowed are a, 106"
    assert nearest("xyz", []) == ""
