"""Reading the project's YAML files: duplicate keys and bad syntax are errors of a line."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from copy import deepcopy
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from math import isfinite
from pathlib import Path
from typing import Any

import yaml

from closurerate.errors import InputError

LANGUAGES = ("zh-Hant", "en")

MOST_BYTES = 10_000_000
"""No file of settings is longer; a correction takes some 200 bytes."""

MOST_LEVELS = 30
"""How deep lists and mappings may stand in each other."""

MOST_VALUES = 1_000_000
"""How many values a file may hold, those that an alias stands for counted each time."""

LARGEST = 2**63 - 1
"""Whatever is a whole number fits 64 bits."""

_WORDS = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None, "true": True, "True": True,
    "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_WHOLE = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"[-+]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class _RefusedError(Exception):
    """What is wrong with a text, and on which of its lines, counted from 1."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line = line


_PARSERS_DIFFER = re.compile(r"[\t\ufeff?]|[|>][-+0-9]*#")
"""Where libyaml takes what PyYAML's own parser refuses, or counts a line more."""


@lru_cache(maxsize=64)
def _parsed(text: str) -> Any:
    # Kept by what the file holds, not by its name and time: a changed file is never an old one.
    if yaml.__with_libyaml__ and not _PARSERS_DIFFER.search(text):
        # libyaml takes a fifteenth of the time; what is wrong is told in the other's words.
        with suppress(yaml.YAMLError):
            return _read(text, yaml.CSafeLoader)
    try:
        return _read(text, yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = 1 if mark is None else mark.line + 1
        raise _RefusedError(line, f"is not valid YAML: {error.problem}") from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise _RefusedError(line, f"{chr(error.character)!a} is no character of a text") from None


def _read(text: str, loader: type[yaml.SafeLoader | yaml.CSafeLoader]) -> Any:
    events = yaml.parse(text, Loader=loader)
    if not isinstance(_next(events, yaml.StreamStartEvent), yaml.DocumentStartEvent):
        return None
    value = _Document(events).value(next(events))
    second = _next(events, yaml.DocumentEndEvent)
    if not isinstance(second, yaml.StreamEndEvent):
        raise _RefusedError(_line(second), "a second document begins here; keep one in a file")
    return value


def _next(events: Iterator[yaml.Event], passed: type[yaml.Event]) -> yaml.Event:
    """Return the event after one of this kind."""
    event = next(events)
    return next(events) if isinstance(event, passed) else event


def _line(event: yaml.Event) -> int:
    return 1 if event.start_mark is None else int(event.start_mark.line) + 1


class _Document:
    """The values of one document, taken from its events, in bounds of depth and number."""

    def __init__(self, events: Iterator[yaml.Event]) -> None:
        self._events = events
        self._anchored: dict[str, Any] = {}
        self._left = MOST_VALUES

    def value(self, event: yaml.Event, level: int = 0) -> Any:
        """Return the value that begins with an event, and take the events that it goes on with."""
        line = _line(event)
        anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
        if tag is not None:
            raise _RefusedError(line, f"is not valid YAML: {tag} is no value; put texts in quotes")
        if isinstance(event, yaml.AliasEvent):
            if anchor not in self._anchored:
                raise _RefusedError(
                    line, f"is not valid YAML: there is no &{anchor} before *{anchor}"
                )
            return self._copied(self._anchored[anchor], line, level)
        self._count(line, level)
        value: Any
        if isinstance(event, yaml.ScalarEvent):
            value = event.value if event.style else _plain(event.value, line)
        elif isinstance(event, yaml.MappingStartEvent):
            value = self._mapping(level + 1)
        else:
            value = self._list(level + 1)
        if anchor is not None:
            self._anchored[anchor] = value
        return value

    def _list(self, level: int) -> list[Any]:
        items = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self.value(event, level))
        return items

    def _mapping(self, level: int) -> dict[str | int, Any]:
        mapping: dict[str | int, Any] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            line, key = _line(event), self.value(event, level)
            if not isinstance(key, str) and type(key) is not int:
                raise _RefusedError(line, f"the key {key!r} must be a text or a whole number")
            if key in mapping:
                raise _RefusedError(line, f"the key {key!r} stands twice")
            mapping[key] = self.value(next(self._events), level)
        return mapping

    def _copied(self, value: Any, line: int, level: int) -> Any:
        """Return a value once more, as if it were written out."""
        self._count(line, level)
        if isinstance(value, list):
            return [self._copied(item, line, level + 1) for item in value]
        if isinstance(value, dict):
            return {key: self._copied(item, line, level + 1) for key, item in value.items()}
        return value

    def _count(self, line: int, level: int) -> None:
        self._left -= 1
        if level > MOST_LEVELS:
            raise _RefusedError(line, f"more than {MOST_LEVELS} lists or mappings in each other")
        if self._left < 0:
            raise _RefusedError(line, f"more than {MOST_VALUES:,} values, written out")


def _plain(text: str, line: int) -> Any:
    """Return what a text without quotes stands for: itself, if it is not plainly anything else."""
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.fullmatch(text):
        if len(text) > len(f"-{LARGEST}") or abs(number := int(text)) > LARGEST:
            raise _RefusedError(line, f"a number over {LARGEST:,}; put it in quotes")
        return number
    if _DECIMAL.fullmatch(text):
        if not isfinite(value := float(text)):
            raise _RefusedError(line, f"{text[:20]} is too large a number; put it in quotes")
        return value
    if _DAY.fullmatch(text):
        with suppress(ValueError):
            return date.fromisoformat(text)
    return text


def read_document(path: Path) -> dict[str, Any]:
    """Return the mapping that a YAML file holds; one without any content is empty.

    All YAML of the project is read here. Without quotes `true`, `false`, `null`, whole numbers
    and decimals in plain digits and days that exist, as `2020-01-31`, are values (YAML 1.2, and
    its days); anything else is a text: `yes`, `16:40`, `0120`, `1_000`, `2019-02-30`.

    Raises:
        InputError: Naming the line, if the file is not UTF-8 or not YAML, holds a key twice, a key
            that is no text or whole number or a tag, passes `MOST_LEVELS` or `MOST_VALUES`; and if
            it is missing, longer than `MOST_BYTES`, or no mapping.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise InputError(
                f"{path}: is longer than {MOST_BYTES:,} bytes; keep settings alone in it."
            )
        text = content.decode("utf-8-sig")
        document = deepcopy(_parsed(text))
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file.") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}).") from None
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(f"{path}, line {line}: is not UTF-8; save it as UTF-8.") from None
    except _RefusedError as error:
        raise InputError(f"{path}, line {error.line}: {error}.") from None
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise InputError(f"{path}: must hold keys and values, found {type(document).__name__}.")
    return document


def found_at(path: Path, place: Sequence[str | int], key: object = None) -> tuple[int, str]:
    """Return the line of a place in a file, or of a key there, and what to call the place.

    Args:
        place: Keys, and places in lists from 0. If it is not in the file, the line is that of the
            nearest above it which is. An item of a list is called by its number from 1:
            `corrections[2].case`.
        key: A key of the mapping at that place, or a place in the list there.
    """
    text = path.read_text(encoding="utf-8-sig")
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    line, called = (1 if node is None else node.start_mark.line + 1), ""
    for number, step in enumerate((*place, key)):
        mark = None
        if isinstance(node, yaml.SequenceNode) and type(step) is int and step < len(node.value):
            node = node.value[step]
            mark, name = node.start_mark, f"[{step + 1}]"
        else:
            pairs = node.value if isinstance(node, yaml.MappingNode) else []
            found = [pair for pair in pairs if _key(pair[0]) == step]
            node, name = None, "" if isinstance(node, yaml.ScalarNode) else f".{step}"
            if found:
                mark, node = found[0][0].start_mark, found[0][1]
        line = line if mark is None else mark.line + 1
        called += name if number < len(place) else ""
    return line, called.removeprefix(".")


def _key(node: yaml.Node) -> Any:
    """Return the key that a node is."""
    is_plain = isinstance(node, yaml.ScalarNode) and node.style is None
    return _plain(node.value, 0) if is_plain else node.value


def check_languages(value: Any, where: str) -> dict[str, str]:
    """Return a text in both languages: a mapping with exactly `zh-Hant` and `en`, both filled."""
    if not isinstance(value, dict):
        raise InputError(f"{where}: must hold keys and values, found {value!r}.")
    for key in (*value, *LANGUAGES):
        if key not in LANGUAGES:
            raise InputError(f"{where}: unknown key {key!r}{nearest(key, LANGUAGES)}.")
        if key not in value:
            raise InputError(f"{where}: the key {key!r} is missing.")
    for language, text in value.items():
        if not isinstance(text, str) or not text.strip():
            raise InputError(f"{where}.{language}: must be a text, found {text!r}.")
    return value


def nearest(name: object, allowed: Iterable[object]) -> str:
    """Return "; did you mean X" or the list of what is allowed, to end an error's sentence.

    `allowed` are all values that would be right in its place, not those that happen to be there;
    of none nothing is said. A name in another case is near.
    """
    choices = {str(choice).casefold(): str(choice) for choice in allowed}
    if not choices:
        return ""
    close = get_close_matches(str(name).casefold(), choices, n=1)
    if close:
        return f"; did you mean {choices[close[0]]!r}"
    return f"; allowed are {', '.join(choices.values())}"
