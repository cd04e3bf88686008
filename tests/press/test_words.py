"""One vocabulary: the same keys, places and glyphs in both languages, none missing, none idle."""

import ast
import re
from pathlib import Path
from string import Formatter

import pytest

from closurerate.cases.vocabulary import BRANCHES, CATEGORIES, DISPOSITIONS
from closurerate.errors import InputError
from closurerate.press import words
from closurerate.press.print.fonts import require_glyphs
from closurerate.press.words import vocabulary, word

SOURCE = Path(words.__file__).parents[1]


def places(text: str) -> list[tuple[str, str]]:
    """The names in braces, each once, with their format."""
    return sorted({(name, spec or "") for _, name, spec, _ in Formatter().parse(text) if name})


def test_a_word_that_is_not_there_names_the_nearest() -> None:
    with pytest.raises(
        InputError, match=r"the vocabulary has no 'clossed'; did you mean 'closed'\."
    ):
        word("clossed", "en")


def test_a_language_or_place_that_is_not_there_is_no_quiet_default() -> None:
    with pytest.raises(KeyError):
        word("closed", "fr")
    with pytest.raises(KeyError):
        word("source_report", "en")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("new: {zh-Hant: 新收}", "new: the key 'en' is missing"),
        ("new: {zh-Hant: 新收, en: ''}", "new.en: must be a text"),
        ("new: {zh-Hant: 新收, en: New, fr: neuf}", "new: unknown key 'fr'"),
        ("a: {zh-Hant: 甲, en: a}\na: {zh-Hant: 乙, en: b}", "'a' stands twice"),
        ("closed: {zh-Hant: 終結, en: Closed}", "closed stands in another file too"),
    ],
)
def test_a_damaged_vocabulary_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str, said: str
) -> None:
    folder = tmp_path / "vocabulary"
    folder.mkdir()
    (folder / "a.yml").write_text("closed: {zh-Hant: 終結, en: Closed}", encoding="utf-8")
    (folder / "b.yml").write_text(content, encoding="utf-8")
    monkeypatch.setattr(words, "files", lambda package: tmp_path)
    vocabulary.cache_clear()
    with pytest.raises(InputError, match=said):
        vocabulary()
    vocabulary.cache_clear()


@pytest.mark.parametrize("key", vocabulary())
def test_both_languages_say_the_same(key: str) -> None:
    texts = vocabulary()[key]
    assert set(texts) == {"zh-Hant", "en"}
    names = {language: {name for name, _ in places(text)} for language, text in texts.items()}
    assert names["zh-Hant"] == names["en"] or (
        # A date is written with its ROC year in Chinese, a year heads a column with both in English
        key == "roc_date"
        or (
            key in {"roc_year", "year_in_title", "year_in_text", "year_short"}
            and names["zh-Hant"] <= names["en"] | {"year"}
        )
    )
    for text in texts.values():
        require_glyphs(text, key)
        assert text == text.strip()


@pytest.mark.parametrize("key", vocabulary())
def test_english_is_english_and_chinese_is_chinese(key: str) -> None:
    texts = vocabulary()[key]
    assert not re.search(r"[\u4e00-\u9fff]", texts["en"])
    plain = re.sub(r"\{[^}]*\}", "", texts["zh-Hant"])
    assert (
        re.search(r"[\u4e00-\u9fff]", plain)
        or not re.search(r"[A-Za-z]{4}", plain)
        or (key == "sha256")
    )


def test_all_that_data_can_hold_has_a_word() -> None:
    lights = {f"light_{light}" for light in ("green", "yellow", "red", "white", "none")}
    missing = {*BRANCHES, *CATEGORIES, *DISPOSITIONS, *lights} - vocabulary().keys()
    assert missing == set()


def test_each_word_asked_for_in_the_code_is_there() -> None:
    asked = {
        key.value
        for file in SOURCE.rglob("*.py")
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in {"word", "t", "words", "numbers"}
        for key in (call.args if call.func.id in {"words", "numbers"} else call.args[:1])
        if isinstance(key, ast.Constant)
    }
    assert len(asked) > 200
    assert asked <= vocabulary().keys()


def test_no_word_is_idle() -> None:
    code = "\n".join(file.read_text(encoding="utf-8") for file in SOURCE.rglob("*.py"))
    stems = set(re.findall(r'f"(\w+_)\{', code))
    data = {*BRANCHES, *CATEGORIES, *DISPOSITIONS}
    idle = [
        key
        for key in vocabulary()
        if f'"{key}"' not in code and key not in data and not key.startswith(tuple(stems))
    ]
    assert not idle, idle
