"""Reading a column a batch at a time: each different text is read once."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from closurerate.cases.vocabulary import ContractColumn, is_text
from closurerate.intake.said.values import Read

_PLAIN_AMOUNT = r"^(0|[1-9][0-9]{0,17})$"
# What an identifier may be made of so that it reads as it stands: visible ASCII without a plus,
# Chinese characters, and an agency's own; not what marks a text or an error, in front; nor what
# floats end in, or an exponent.
_MAY_DIFFER = (
    r"""[^!-*,-~\x{3400}-\x{9fff}\x{e000}-\x{f8ff}]|^['"=#]|^[Ee][Rr][Rr]:|^錯誤:|^错误:"""
    r"|\.0+$|^-?[0-9][.,][0-9]*[EeDd]"
)
_PLAIN_SIGNS = bytes(sign for sign in range(0x21, 0x7F) if chr(sign) not in "+'\"=#:.,")
_TEXTS = pa.dictionary(pa.int32(), pa.string())


@dataclass(frozen=True)
class Typed:
    """A batch's column, read.

    Attributes:
        values: In the contract's type (texts dictionary-encoded); null where nothing stands or it
            cannot be read.
        faults: Why a text cannot be read; null where it can.
        came: The text as it came, where it is not simply what the value prints as; else null.
    """

    values: pa.Array
    faults: pa.Array
    came: pa.Array


@dataclass
class ColumnReader:
    """Reads a contract column; it knows the texts that it has met, and whether any had a fault."""

    column: ContractColumn
    read: Callable[[str], Read[Any]]
    has_faults: bool = False
    _met: dict[str, Read[Any]] = field(default_factory=dict)

    def __call__(self, column: pa.Array) -> Typed:
        """Return a batch's column, read."""
        if column.type == self.column.arrow_type and not is_text(column.type):
            return Typed(column, _nothing(column), _no_texts(column))
        if pa.types.is_null(column.type):
            column = column.cast(pa.string())
        if not is_text(column.type):
            column = column.cast(pa.string())
        if not pa.types.is_dictionary(column.type):
            column = column.dictionary_encode()
        return self._looked_up(column.cast(_TEXTS))

    def _looked_up(self, column: pa.DictionaryArray) -> Typed:
        texts, places = column.dictionary, column.indices
        plain = _plain_amounts(texts) if pa.types.is_int64(self.column.arrow_type) else None
        is_odd = np.ones(len(texts), bool) if plain is None else ~pc.is_valid(plain).to_numpy(False)
        came = texts.filter(pa.array(is_odd)).to_pylist()
        read = [self._one(text) for text in came]
        values, codes = [value for value, _ in read], [code for _, code in read]
        self.has_faults |= any(codes)
        differs = [
            bool(text) and (value is None or text != str(value))
            for text, value in zip(came, values, strict=True)
        ]
        return Typed(
            values=(
                self._values(values, places)
                if plain is None
                else _replaced(plain, is_odd, values).take(places)
            ),
            faults=(
                _replaced(_nothing(texts), is_odd, codes).take(places)
                if any(codes)
                else _nothing(column)
            ),
            came=_came(column, np.flatnonzero(is_odd)[differs]),
        )

    def _one(self, text: str) -> Read[Any]:
        if text not in self._met:
            self._met[text] = self.read(text)
        return self._met[text]

    def _values(self, values: list[Any], places: pa.Array) -> pa.Array:
        if not is_text(self.column.arrow_type):
            return pa.array(values, self.column.arrow_type).take(places)
        different = list(dict.fromkeys(value for value in values if value is not None))
        place_of = {value: place for place, value in enumerate(different)}
        mapped = pa.array([place_of.get(value) for value in values], pa.int32())
        return pa.DictionaryArray.from_arrays(mapped.take(places), pa.array(different, pa.string()))


@dataclass
class IdReader(ColumnReader):
    """Reads a column whose texts differ from row to row: what is plain as a whole.

    What is shorter than `shortest` may be a word for nothing, and is looked at by itself.
    """

    shortest: int = field(kw_only=True)

    def __call__(self, column: pa.Array) -> Typed:
        """Return a batch's column, read."""
        if pa.types.is_dictionary(column.type):
            column = column.dictionary_decode()
        text = column.cast(pa.string())
        is_long = pc.all(pc.greater_equal(pc.binary_length(text), self.shortest)).as_py()
        if is_long and _is_plain(text):
            return Typed(text, _nothing(text), _nothing(text))
        values, codes = pc.ascii_trim_whitespace(text), _nothing(text)
        is_short = pc.less(pc.utf8_length(values), self.shortest)
        may_differ = pc.match_substring_regex(values, _MAY_DIFFER)
        is_odd = pc.fill_null(pc.or_(is_short, may_differ), False)
        if pc.any(is_odd).as_py():
            read = [self.read(item) for item in text.filter(is_odd).to_pylist()]
            own, faults = ([each[n] for each in read] for n in (0, 1))
            values = pc.replace_with_mask(values, is_odd, pa.array(own, pa.string()))
            codes = pc.replace_with_mask(codes, is_odd, pa.array(faults, pa.string()))
            self.has_faults |= any(faults)
        is_other = pc.fill_null(pc.not_equal(values, text), pc.is_valid(text))
        came = pc.if_else(is_other, text, None) if pc.any(is_other).as_py() else _nothing(text)
        return Typed(values, codes, came)


def _is_plain(texts: pa.Array) -> bool:
    """Tell whether all is ASCII in which nothing is asked for by `_MAY_DIFFER`."""
    _, offsets, data = texts.buffers()
    ends = np.frombuffer(offsets, np.int32)[texts.offset :]
    used = memoryview(data or b"")[ends[0] : ends[len(texts)]]
    return len(used) > 0 and not bytes(used).translate(None, _PLAIN_SIGNS)


def _plain_amounts(texts: pa.Array) -> pa.Array:
    """Return the whole numbers written in plain digits; null for any other text."""
    is_plain = pc.match_substring_regex(texts, _PLAIN_AMOUNT)
    return pc.if_else(is_plain, texts, None).cast(pa.int64())


def _nothing(column: pa.Array) -> pa.Array:
    return pa.nulls(len(column), pa.string())


def _no_texts(column: pa.Array) -> pa.Array:
    return pa.nulls(len(column), _TEXTS)


def _replaced(array: pa.Array, is_odd: npt.NDArray[np.bool_], values: list[Any]) -> pa.Array:
    return pc.replace_with_mask(array, pa.array(is_odd), pa.array(values, array.type))


def _came(column: pa.DictionaryArray, differing: npt.NDArray[np.int64]) -> pa.Array:
    """Return the texts at these places of the dictionary, and null for the others."""
    if not len(differing):
        return _no_texts(column)
    if len(differing) == len(column.dictionary):
        return column
    places = np.arange(len(column.dictionary), dtype=np.int32)
    kept = pa.array(places, mask=~np.isin(places, differing)).take(column.indices)
    return pa.DictionaryArray.from_arrays(kept, column.dictionary)
