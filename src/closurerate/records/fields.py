"""The kinds of value in the files that people write, and how a file of them is read (pydantic).

A sentence that begins with "must" is told with what was found; in any other `%r` stands for it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    TypeAdapter,
    ValidationError,
)
from pydantic_core import CoreSchema, ErrorDetails, core_schema

from closurerate.errors import InputError
from closurerate.records.documents import found_at, nearest, read_document

T = TypeVar("T")
Place = Sequence[str | int]
"""Where something stands in a file: keys, and places in lists from 0."""


class Wrong(InputError, ValueError):
    """What is wrong with something, at a place in it; its reader adds the file and the line."""

    def __init__(self, said: str, *place: str | int, key: object = None) -> None:
        super().__init__(": ".join([*[".".join(map(str, place))] * bool(place), said]) + ".")
        self.said, self.place, self.key = said, place, key


class Written:
    """What a file holds: a frozen dataclass whose fields are its keys, and no others are.

    One that the program makes is not checked, unless its `__post_init__` does it.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")


class Keys:
    """The keys of a mapping that stays one: each with the kind of its value."""

    def __init__(
        self, required: Mapping[str, Any] | None = None, optional: Mapping[str, Any] | None = None
    ) -> None:
        self._kinds = {True: required or {}, False: optional or {}}

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Return pydantic's schema."""
        return self._mapping(handler)

    def _mapping(
        self, handler: GetCoreSchemaHandler, **more: core_schema.TypedDictField
    ) -> CoreSchema:
        fields = {
            name: core_schema.typed_dict_field(handler.generate_schema(kind), required=is_required)
            for is_required, kinds in self._kinds.items()
            for name, kind in kinds.items()
        }
        return core_schema.typed_dict_schema(fields | more, extra_behavior="forbid")


class OrShort:
    """A mapping that may be written short, as the value of one of its keys alone."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Return pydantic's schema."""
        return core_schema.no_info_wrap_validator_function(self._read, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Return the JSON Schema."""
        written = handler(schema)
        return {"anyOf": [written["properties"][self._key], written]}

    def _read(self, value: Any, read: Callable[[Any], Any]) -> Any:
        return read(value if isinstance(value, dict) else {self._key: value})


class Explained(Keys):
    """A mapping of `value` and what explains it, by the name of one ground; read is the value."""

    def __init__(self, required: Mapping[str, Any], grounds: Sequence[str] = ()) -> None:
        super().__init__(required, dict.fromkeys(grounds, Words))
        self._grounds = grounds

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Return pydantic's schema."""
        value = core_schema.typed_dict_field(handler(source), required=True)
        mapping = self._mapping(handler, value=value)
        return core_schema.no_info_after_validator_function(self._value, mapping)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Return the JSON Schema."""
        one = {"oneOf": [{"required": [name]} for name in self._grounds]}
        return handler(schema) | (one if self._grounds else {})

    def _value(self, found: Mapping[str, Any]) -> Any:
        if self._grounds and sum(name in found for name in self._grounds) != 1:
            raise Wrong(f"must have one of {', '.join(self._grounds)}, with the reason")
        return found["value"]


class Kind:
    """How a value is read (ValueError says what would be right), and its JSON Schema."""

    def __init__(self, read: Callable[[Any], Any], **schema: Any) -> None:
        self._read, self._schema = read, schema

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Return pydantic's schema."""
        return core_schema.no_info_plain_validator_function(self._read)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Return the JSON Schema."""
        return dict(self._schema)


def _ruled(rule: Callable[[Any], Any], right: str) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if not rule(value):
            raise ValueError(right.replace("%r", repr(value)))
        return value

    return read


def check(rule: Callable[[Any], Any], right: str) -> AfterValidator:
    """Return a check of a value that is of its kind already."""
    return AfterValidator(_ruled(rule, right))


def shaped(
    shape: type[list[Any] | dict[str, Any]], right: str, length: int | None = None
) -> BeforeValidator:
    """Return a check that a value is a list or a mapping, of a length if one is given."""

    def is_right(value: Any) -> bool:
        return isinstance(value, shape) and (length is None or len(value) == length)

    return BeforeValidator(_ruled(is_right, right))


def plain(
    right: str, *types: type, rule: Callable[[Any], Any] = lambda value: True, **schema: Any
) -> Kind:
    """Return the kind of values that are exactly of one of some types, and that a rule takes."""
    return Kind(_ruled(lambda value: type(value) in types and rule(value), right), **schema)


def whole(least: int = 0, most: int | None = None, named: str = "a whole number") -> Kind:
    """Return the kind of whole numbers from one to another."""
    if most is None:
        right, ends = f"must be {named} of {least} or more", {"minimum": least}
    else:
        right = f"must be {named} from {least} to {most:,}"
        ends = {"minimum": least, "maximum": most}
    return plain(
        right,
        int,
        rule=lambda value: value >= least and (most is None or value <= most),
        type="integer",
        **ends,
    )


def text(right: str = "must be a text") -> Kind:
    """Return the kind of texts that are not blank."""
    return plain(right, str, rule=str.strip, type="string", pattern=r"\S")


def matching(pattern: str, right: str) -> Kind:
    """Return the kind of texts that a regular expression takes as a whole."""
    return plain(right, str, rule=re.compile(pattern).fullmatch, type="string",
                 pattern=f"^({pattern})$")  # fmt: skip


def one_of(words: Sequence[str], no: str = "") -> Kind:
    """Return the kind of words of a list; `no` is said of others, such as "%r is no light"."""
    right = "must be " + (" or ".join(words) if len(words) < 3 else f"one of {', '.join(words)}")

    def read(value: Any) -> str:
        if value not in words:
            raise ValueError(no.replace("%r", repr(value)) + nearest(value, words) if no else right)
        return str(value)

    return Kind(read, type="string", enum=list(words))


def key_of(words: Sequence[str]) -> Kind:
    """Return the kind of keys that are words of a list."""
    return one_of(words, "unknown key %r")


def _exact(value: Any) -> Fraction:
    digits = value.replace(".", "", 1) if isinstance(value, str) else ""
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError('must be a decimal in quotes, such as "0.5"')
    return Fraction(value)


def _each_once(values: Sequence[Any]) -> Sequence[Any]:
    for value in values:
        if values.count(value) > 1:
            raise ValueError(f"{value!r} stands twice")
    return values


DECIMAL = Kind(_exact, type="string", pattern=r"^([0-9]+\.?[0-9]*|\.[0-9]+)$")
Exact = Annotated[Fraction, DECIMAL]
"""A decimal in quotes, taken exactly as written."""
Number = Annotated[float, plain("must be a number without quotes", int, float, type="number")]
"""A number as YAML has it: a whole one stays one."""
Day = Annotated[
    date,
    plain("must be a day like 2020-01-31 without quotes", date, type="string", format="date"),
]
_ROC_YEAR = ("%r is not a ROC year", int)
_YEARS = range(1, 1000)
Year = Annotated[int, plain(*_ROC_YEAR, rule=_YEARS.__contains__, type="integer")]
YearKey = Annotated[
    int, plain(*_ROC_YEAR, rule=_YEARS.__contains__, type="string", pattern="^[1-9][0-9]{0,2}$")
]
"""A ROC year as a key, which a JSON Schema has as a text."""
Words = Annotated[str, text("must be words")]
Text = Annotated[str, text()]
Texts = Annotated[Mapping[str, str], Keys({"zh-Hant": Text, "en": Text})]
"""A text in both languages."""
EACH_ONCE = AfterValidator(_each_once)
"""A check that no value of a list stands twice."""


def read(path: Path, kind: type[T]) -> T:
    """Return what a YAML file holds, as its kind has it.

    Raises
    ------
    InputError
        As `read_document`; and naming file, line and key where something is not as the kind says:
        an unknown key before anything else, then the first that is missing or wrong.
    """
    return validated(read_document(path), path, kind)


def validated(document: Any, path: Path, kind: type[T], above: Place = ()) -> T:
    """Return a document, or the part of one that stands `above` in it, as its kind has it."""
    adapter: TypeAdapter[T] = _adapter(kind)  # type: ignore[arg-type]
    try:
        return adapter.validate_python(document)
    except ValidationError as error:
        errors = error.errors(include_url=False)
        unknown = [item for item in errors if item["type"] in _UNKNOWN]
        raise _told((*unknown, *errors)[0], path, above, adapter) from None


def fault(path: Path, place: Place, said: str, key: object = None) -> InputError:
    """Return the error of a file: what is said of a place, or of a key there, and its line."""
    line, called = found_at(path, place, key)
    return InputError(f"{path}, line {line}: {called}{': ' if called else ''}{said}.")


def _told(error: ErrorDetails, path: Path, above: Place, adapter: TypeAdapter[Any]) -> InputError:
    place, kind = [*above, *error["loc"]], error["type"]
    if kind in _UNKNOWN or kind == "missing":
        key = place.pop()
        schema = adapter.json_schema()
        near = nearest(key, _allowed(schema, place[len(above) :], schema.get("$defs", {})))
        said = f"the key {key!r} is missing" if kind == "missing" else f"unknown key {key!r}{near}"
        return fault(path, place, said, key)
    wrong = error.get("ctx", {}).get("error")
    if isinstance(wrong, Wrong):
        return fault(path, [*place, *wrong.place], wrong.said, wrong.key)
    said = str(wrong) if wrong else _SHAPES.get(kind, error["msg"])
    if place[-1:] == ["[key]"]:
        return fault(path, place[:-2], said, place[-2])
    found = f", found {error['input']!r}" if said.startswith("must") else ""
    return fault(path, place, said + found)


def _allowed(schema: Mapping[str, Any], place: Place, kinds: Mapping[str, Any]) -> list[str]:
    """Return the keys that a JSON Schema has at a place; `kinds` are those that it refers to."""
    if "$ref" in schema:
        return _allowed(kinds[schema["$ref"].rpartition("/")[2]], place, kinds)
    if "anyOf" in schema:
        return [key for part in schema["anyOf"] for key in _allowed(part, place, kinds)]
    if not place:
        return list(schema.get("properties", ()))
    others = [schema.get("additionalProperties"), *schema.get("patternProperties", {}).values()]
    below = schema.get("items") or schema.get("properties", {}).get(place[0])
    parts = [below] if below else [part for part in others if part]
    return [key for part in parts for key in _allowed(part, place[1:], kinds)]


def json_schema(kind: Any, title: str) -> dict[str, Any]:
    """Return the JSON Schema of a kind of file."""
    schema = _adapter(kind).json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | schema | {"title": title}


@lru_cache(maxsize=64)
def _adapter(kind: Any) -> TypeAdapter[Any]:
    is_written = isinstance(kind, type) and issubclass(kind, Written)
    return TypeAdapter(kind, config=None if is_written else Written.__pydantic_config__)


_UNKNOWN = ("extra_forbidden", "unexpected_keyword_argument", "invalid_key")
_SHAPES = {
    "dataclass_type": "must hold keys and values",
    "dict_type": "must hold keys and values",
    "tuple_type": "must be a list",
    "list_type": "must be a list",
    "bool_type": "must be true or false",
}
