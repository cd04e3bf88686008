"""The one vocabulary of charts and tables, in both languages: `words.yml` beside this module."""

from functools import lru_cache
from importlib.resources import as_file, files

from closurerate.documents import check_languages, nearest, read_document
from closurerate.errors import InputError


@lru_cache(maxsize=1)
def vocabulary() -> dict[str, dict[str, str]]:
    """Return every word by key and language.

    Raises
    ------
    InputError
        If a key lacks a language.
    """
    with as_file(files("closurerate.report") / "words.yml") as path:
        return {key: check_languages(texts, key) for key, texts in read_document(path).items()}


def word(key: str, language: str, **values: object) -> str:
    """Return a word or phrase, with its `{name}` places filled.

    Parameters
    ----------
    key
        Key in `words.yml`.
    language
        `zh-Hant` or `en`.
    values
        What its places are filled with, already printed.

    Raises
    ------
    InputError
        If there is no such key.
    """
    words = vocabulary()
    if key not in words:
        raise InputError(f"words.yml has no {key!r}{nearest(key, words)}.")
    return words[key][language].format(**values)
