"""The project's YAML: what is wrong is named by file and key."""

import re
from pathlib import Path

import pytest

from closurerate.documents import check_keys, check_languages, nearest, read_document
from closurerate.errors import InputError

BAD = {
    "key 'a' stands twice": "a: 1\na: 2\n",
    "key 'b' stands twice": "a:\n  - {b: 1, b: 2}\n",
    "key 106 stands twice": "since:\n  106: x\n  106: y\n",
    "is not valid YAML: .*line 2": "a: 1\n  b: [2\n",
    r"must hold keys and values, found list": "- a\n",
    r"must hold keys and values, found str": "text\n",
    r"must hold keys and values, found NoneType": "",
    "is not valid YAML: .*could not determine a constructor": "a: !!python/name:os.getcwd ''\n",
    "is not valid YAML: .*undefined alias": "a: *b\n",
    "is not valid YAML": "? [a]\n: 1\n? {b: c}\n: 2\n",
}  # fmt: skip


@pytest.mark.parametrize("said", BAD)
def test_a_bad_document_is_refused_in_one_line(tmp_path: Path, said: str) -> None:
    path = tmp_path / "some.yml"
    path.write_text(BAD[said], encoding="utf-8")
    with pytest.raises(InputError, match=said) as raised:
        read_document(path)
    assert str(raised.value).startswith(str(path))
    assert "\n" not in str(raised.value)


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.yml: there is no such file"):
        read_document(tmp_path / "none.yml")
    with pytest.raises(InputError, match="cannot be read as UTF-8"):
        read_document(tmp_path)
    (tmp_path / "big5.yml").write_bytes("a: 臺北".encode("cp950"))
    with pytest.raises(InputError, match="cannot be read as UTF-8"):
        read_document(tmp_path / "big5.yml")


def test_a_good_document_is_read(tmp_path: Path) -> None:
    path = tmp_path / "good.yml"
    path.write_text("a: {b: 1, c: [臺北]}\n106: x\n", encoding="utf-8")
    assert read_document(path) == {"a": {"b": 1, "c": ["臺北"]}, 106: "x"}


def test_keys_are_checked() -> None:
    with pytest.raises(InputError, match=r"here: unknown key 'nmae'; did you mean 'name'"):
        check_keys({"nmae": 1}, "here", required=["name"])
    with pytest.raises(InputError, match=r"here: the key 'name' is missing"):
        check_keys({}, "here", required=["name"])
    with pytest.raises(InputError, match=r"here: must hold keys and values, found \[1\]"):
        check_keys([1], "here", required=[])
    assert check_keys({"name": 1, "note": 2}, "here", ["name"], ["note"])["note"] == 2


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
