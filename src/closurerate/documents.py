"""Reading the project's YAML files: duplicate keys, unknown keys and bad syntax are errors."""

from collections.abc import Collection, Iterable
from copy import deepcopy
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from closurerate.errors import InputError

LANGUAGES = ("zh-Hant", "en")


class _UniqueKeyLoader(yaml.SafeLoader):
    """PyYAML's safe loader, which otherwise keeps the last of two equal keys without a word."""


def _mapping_without_duplicates(loader: _UniqueKeyLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    pairs = [(loader.construct_object(key, deep=True), key) for key, _ in node.value]
    seen: set[Any] = set()
    for key, key_node in pairs:
        if key in seen:
            raise yaml.constructor.ConstructorError(
                None, None, f"the key {key!r} stands twice", key_node.start_mark
            )
        seen.add(key)
    return loader.construct_mapping(node, deep=True)


_UniqueKeyLoader.add_constructor(
    yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping_without_duplicates
)


@lru_cache(maxsize=64)
def _parsed(text: str) -> Any:
    # Kept by what the file holds, not by its name and time: a changed file is never an old one.
    return yaml.load(text, Loader=_UniqueKeyLoader)


def read_document(path: Path) -> dict[str, Any]:
    """Return the mapping that a YAML file holds.

    Raises
    ------
    InputError
        If the file is missing, is not UTF-8 or not YAML, holds a key twice, or is not a mapping.
    """
    try:
        content = deepcopy(_parsed(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as UTF-8 text ({error}).") from None
    except (yaml.YAMLError, TypeError, ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())
        raise InputError(f"{path}: is not valid YAML: {reason}.") from None
    if not isinstance(content, dict):
        raise InputError(f"{path}: must hold keys and values, found {type(content).__name__}.")
    return content


def check_keys(
    mapping: Any, where: str, required: Collection[str], optional: Collection[str] = ()
) -> dict[str, Any]:
    """Return `mapping` if it is one with all `required` keys and none but these and `optional`.

    Raises
    ------
    InputError
        Naming `where` (file and key), the key at fault, and the nearest allowed one.
    """
    if not isinstance(mapping, dict):
        raise InputError(f"{where}: must hold keys and values, found {mapping!r}.")
    for key in mapping:
        if key not in required and key not in optional:
            raise InputError(f"{where}: unknown key {key!r}{nearest(key, [*required, *optional])}.")
    for key in required:
        if key not in mapping:
            raise InputError(f"{where}: the key {key!r} is missing.")
    return mapping


def check_languages(value: Any, where: str) -> dict[str, str]:
    """Return a text in both languages: a mapping with exactly `zh-Hant` and `en`, both filled."""
    texts = check_keys(value, where, required=LANGUAGES)
    for language, text in texts.items():
        if not isinstance(text, str) or not text.strip():
            raise InputError(f"{where}.{language}: must be a text, found {text!r}.")
    return texts


def nearest(name: object, allowed: Iterable[object]) -> str:
    """Return "; did you mean X" or the list of what is allowed, to end an error's sentence.

    `allowed` are all values that would be right in its place, not those that happen to be there;
    of none nothing is said.
    """
    choices = [str(choice) for choice in allowed]
    if not choices:
        return ""
    close = get_close_matches(str(name), choices, n=1)
    return f"; did you mean {close[0]!r}" if close else f"; allowed are {', '.join(choices)}"
