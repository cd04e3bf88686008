"""The one vocabulary of charts and tables, in both languages: the files of `vocabulary/`."""

from functools import lru_cache
from importlib.resources import as_file, files

from closurerate.errors import InputError
from closurerate.records.documents import check_languages, nearest, read_document


@lru_cache(maxsize=1)
def vocabulary() -> dict[str, dict[str, str]]:
    """Return every word by key and language.

    Raises:
        InputError: If a key lacks a language or stands in two files.
    """
    words: dict[str, dict[str, str]] = {}
    with as_file(files("closurerate.press") / "vocabulary") as folder:
        for path in sorted(folder.glob("*.yml")):
            for key, texts in read_document(path).items():
                if key in words:
                    raise InputError(f"{path.name}: {key} stands in another file too.")
                words[key] = check_languages(texts, key)
    return words


def word(key: str, language: str, **values: object) -> str:
    """Return a word or phrase, with its `{name}` places filled.

    Args:
        values: What its places are filled with, already printed.

    Raises:
        InputError: If there is no such key.
    """
    words = vocabulary()
    if key not in words:
        raise InputError(f"the vocabulary has no {key!r}{nearest(key, words)}.")
    return words[key][language].format(**values)
