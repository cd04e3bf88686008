"""The kinds of value in the files that people write, and how a file of them is read (pydantic).

What pydantic finds wrong is told in the words of `_SAID`, or in those of `says` beside the type. A
sentence that begins with "must" is told with what was found; in any other `%r` stands for it.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import (
    AfterValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetPydanticSchema,
    PlainValidator,
    Strict,
    TypeAdapter,
    ValidationError,
    WithJsonSchema,
    WrapValidator,
)
from pydantic_core import CoreSchema, ErrorDetails, core_schema

from closurerate.errors import InputError
from closurerate.records.documents import found_at, nearest, read_document

T = TypeVar("T")
Metadata = GetPydanticSchema
"""What stands beside a type in `Annotated`, and says how a value is read."""
Place = Sequence[str | int]
"""Where something stands in a file: keys, and places in lists from 0."""


class Wrong(InputError, ValueError):
    """What is wrong with something, at a place in it; its reader adds the file and the line."""

    def __init__(self, said: str, *place: str | int, key: object = None) -> None:
        where = f"{'.'.join(map(str, place))}: " if place else ""
        super().__init__(f"{where}{said}.")
        self.said, self.place, self.key = said, place, key


class Written:
    """What a file holds: a frozen dataclass whose fields are its keys, and no others are.

    One that the program makes is not checked, unless its `__post_init__` does it.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")


def written(as_type: Any) -> Metadata:
    """Return the kind of what is written as one type and read as that beside which this stands."""
    return GetPydanticSchema(lambda _, handler: handler.generate_schema(as_type))


def kind(read: Callable[[Any], Any], **schema: Any) -> Metadata:
    """Return the kind of what a function reads, which raises ValueError; and its JSON Schema."""
    return written(Annotated[Any, PlainValidator(read), WithJsonSchema(schema)])


def keys(
    required: Mapping[str, Any] | None = None, optional: Mapping[str, Any] | None = None
) -> Metadata:
    """Return the kind of mappings that have these keys, each with the kind of its value."""
    return GetPydanticSchema(lambda _, handler: _mapping(handler, required or {}, optional or {}))


def _mapping(
    handler: GetCoreSchemaHandler,
    required: Mapping[str, Any],
    optional: Mapping[str, Any],
    **more: CoreSchema,
) -> CoreSchema:
    kinds = {**required, **optional}
    made = {name: handler.generate_schema(of) for name, of in kinds.items()} | more
    fields = {
        name: core_schema.typed_dict_field(schema, required=name not in optional)
        for name, schema in made.items()
    }
    return core_schema.typed_dict_schema(fields, extra_behavior="forbid")


def explained(required: Mapping[str, Any], grounds: Sequence[str] = ()) -> Metadata:
    """Return a mapping of `value` and what explains it, one of the grounds; read is the value."""

    def value(found: Mapping[str, Any]) -> Any:
        if grounds and sum(name in found for name in grounds) != 1:
            raise Wrong(f"must have one of {', '.join(grounds)}, with the reason")
        return found["value"]

    def schema(source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        optional = dict.fromkeys(grounds, Words)
        mapping = _mapping(handler, required, optional, value=handler(source))
        return core_schema.no_info_after_validator_function(value, mapping)

    one = {"oneOf": [{"required": [name]} for name in grounds]} if grounds else {}
    return GetPydanticSchema(schema, lambda made, handler: handler(made) | one)


def says(right: str) -> WrapValidator:
    """Return what is said of a value that the type before it does not take, but for its parts."""

    def read(value: Any, read: Callable[[Any], Any]) -> Any:
        try:
            return read(value)
        except ValidationError as error:
            if any(item["loc"] for item in error.errors()):
                raise
        raise ValueError(right.replace("%r", repr(value)))

    return WrapValidator(read)


def check(rule: Callable[[Any], Any], right: str) -> AfterValidator:
    """Return a check of a value that is of its kind already."""

    def read(value: Any) -> Any:
        if not rule(value):
            raise ValueError(right.replace("%r", repr(value)))
        return value

    return AfterValidator(read)


def whole(least: int = 0, most: int | None = None, named: str = "a whole number") -> Metadata:
    """Return the kind of whole numbers from one to another."""
    ends = f"of {least} or more" if most is None else f"from {least} to {most:,}"
    bounds = Field(ge=least, le=most)
    return written(Annotated[int, Strict(), bounds, says(f"must be {named} {ends}")])


def one_of(words: Sequence[str], no: str = "") -> Metadata:
    """Return the kind of words of a list; `no` is said of others, such as "%r is no light"."""
    right = "must be " + (" or ".join(words) if len(words) < 3 else f"one of {', '.join(words)}")

    def read(value: Any) -> str:
        if value not in words:
            raise ValueError(no.replace("%r", repr(value)) + nearest(value, words) if no else right)
        return str(value)

    return kind(read, type="string", enum=list(words))


def key_of(words: Sequence[str]) -> Metadata:
    """Return the kind of keys that are words of a list."""
    return one_of(words, "unknown key %r")


def _number(value: Any) -> float:
    if type(value) not in (int, float):
        raise ValueError("must be a number without quotes")
    return value  # type: ignore[no-any-return]


def _each_once(values: Sequence[Any]) -> Sequence[Any]:
    for value in values:
        if values.count(value) > 1:
            raise ValueError(f"{value!r} stands twice")
    return values


Whole = Annotated[int, Strict()]
Text = Annotated[
    str, Field(json_schema_extra={"pattern": r"\S"}), check(str.strip, "must be a text")
]
"""A text that is not blank."""
Words = Annotated[Text, says("must be words")]
DECIMAL = written(
    Annotated[
        str,
        Field(pattern=r"^([0-9]+\.?[0-9]*|\.[0-9]+)$"),
        says('must be a decimal in quotes, such as "0.5"'),
        AfterValidator(Fraction),
    ]
)
Exact = Annotated[Fraction, DECIMAL]
"""A decimal in quotes, taken exactly as written."""
Number = Annotated[float, kind(_number, type="number")]
"""A number as YAML has it: a whole one stays one."""
Day = Annotated[date, Strict()]
Year = Annotated[Whole, Field(ge=1, le=999), says("%r is not a ROC year")]
YearKey = Annotated[Year, WithJsonSchema({"type": "string", "pattern": "^[1-9][0-9]{0,2}$"})]
"""A ROC year as a key, which a JSON Schema has as a text."""
Texts = Annotated[Mapping[str, str], keys({"zh-Hant": Text, "en": Text})]
"""A text in both languages."""
EACH_ONCE = AfterValidator(_each_once)
"""A check that no value of a list stands twice."""


def read(path: Path, model: type[T], **named: object) -> T:
    """Return what a YAML file holds, as its model has it.

    Args:
        **named: By key, what the file's name says of it.

    Raises:
        InputError: As `read_document`; and naming file, line and key where something is not as the
            kind says: an unknown key before anything else, then the first that is missing or wrong.
    """
    found = validated(read_document(path), path, model)
    for key, value in named.items():
        if getattr(found, key) != value:
            raise fault(path, (), f"{key} must be {value}, as in the file's name", key)
    return found


def validated(document: Any, path: Path, model: type[T]) -> T:
    """Return the document of a file as its model has it."""
    adapter: TypeAdapter[T] = _adapter(model)
    try:
        return adapter.validate_python(document)
    except ValidationError as error:
        errors = error.errors(include_url=False)
        first = min(errors, key=lambda item: item["type"] not in _UNKNOWN)
        raise _told(first, path, adapter) from None


def fault(path: Path, place: Place, said: str, key: object = None) -> InputError:
    """Return the error of a file: what is said of a place, or of a key there, and its line."""
    line, called = found_at(path, place, key)
    return InputError(f"{path}, line {line}: {called}{': ' if called else ''}{said}.")


def _told(error: ErrorDetails, path: Path, adapter: TypeAdapter[Any]) -> InputError:
    """Return our sentence on an error that pydantic found."""
    place, kind = [*error["loc"]], error["type"]
    if kind == "missing":
        key = place.pop()
        return fault(path, place, f"the key {key!r} is missing", key)
    if kind in _UNKNOWN:
        key, schema = place.pop(), adapter.json_schema()
        near = nearest(key, _allowed(schema, place, schema.get("$defs", {})))
        return fault(path, place, f"unknown key {key!r}{near}", key)
    wrong = error.get("ctx", {}).get("error")
    if isinstance(wrong, Wrong):
        return fault(path, [*place, *wrong.place], wrong.said, wrong.key)
    said = str(wrong) if wrong else _SAID.get(kind, error["msg"])
    if said.startswith("must"):
        said += f", found {error['input']!r}"
    if place[-1:] == ["[key]"]:
        return fault(path, place[:-2], said, place[-2])
    return fault(path, place, said)


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


def json_schema(model: Any) -> dict[str, Any]:
    """Return the JSON Schema of a kind of file."""
    schema: dict[str, Any] = _bare(_adapter(model).json_schema())
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | schema


def _bare(part: Any) -> Any:
    """Return a part of a schema without titles, descriptions in a line, closed where it can be."""
    if isinstance(part, list):
        return [_bare(item) for item in part]
    if not isinstance(part, dict):
        return part
    found = {
        key: _bare(value)
        for key, value in part.items()
        if key != "title" or not isinstance(value, str)
    }
    if isinstance(found.get("description"), str):
        found["description"] = " ".join(found["description"].split("\n\n")[0].split())
    return found | ({"additionalProperties": False} if "patternProperties" in found else {})


_adapter: Callable[[Any], TypeAdapter[Any]] = lru_cache(maxsize=64)(TypeAdapter)
_UNKNOWN = ("extra_forbidden", "unexpected_keyword_argument", "invalid_key")
_SAID = {
    "dataclass_type": "must hold keys and values",
    "dict_type": "must hold keys and values",
    "tuple_type": "must be a list",
    "list_type": "must be a list",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
    "string_type": "must be a text",
    "date_type": "must be a day like 2020-01-31 without quotes",
}
