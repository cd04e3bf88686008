"""What an agency calls the contract's words (`data/vocabulary.yml`), and each column's reader."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from closurerate.cases.vocabulary import COLUMNS, Column
from closurerate.errors import InputError
from closurerate.intake.came.folding import fold_word
from closurerate.intake.said.values import (
    Read,
    read_amount,
    read_date,
    read_id,
    read_text,
    read_word,
)
from closurerate.records.documents import check_keys, read_document

NOTHING = "nothing"

IDS = ("case_id", "obligor_id", "prior_case_id")
"""Columns whose texts differ from row to row."""


@dataclass(frozen=True)
class Vocabulary:
    """The words of an extract.

    Parameters
    ----------
    words
        By column, the contract's word by what it may be called, as `fold_word` gives it.
    nothing
        What stands for an empty cell, as `fold_word` gives it.
    """

    words: Mapping[str, Mapping[str, str]]
    nothing: frozenset[str]

    @property
    def shortest_id(self) -> int:
        """From how many characters on no text stands for an empty cell."""
        return 1 + max(len(word) for word in self.nothing | {""})

    def reader(self, column: Column) -> Callable[[str], Read[Any]]:
        """Return what reads a text of this column: to a `date`, an `int` or a `str`."""
        if pa.types.is_date(column.arrow_type):
            return partial(read_date, nothing=self.nothing)
        if pa.types.is_integer(column.arrow_type):
            return partial(read_amount, nothing=self.nothing)
        if column.values is not None:
            return partial(read_word, words=self.words[column.name], nothing=self.nothing)
        if column.name in IDS:
            return partial(read_id, nothing=self.nothing)
        return partial(read_text, nothing=self.nothing)


def load_vocabulary(path: Path) -> Vocabulary:
    """Read what the contract's words are called; they themselves are always among it.

    Parameters
    ----------
    path
        YAML: by column, by the contract's word, a list of what else it is called; and under
        `nothing` what stands for an empty cell.

    Raises
    ------
    InputError
        Naming file and key: an unknown column or contract's word, a name that is no text, or one
        that would mean two things.
    """
    columns = [column for column in COLUMNS if column.values is not None]
    names = [column.name for column in columns]
    document = check_keys(read_document(path), str(path), (), optional=[*names, NOTHING])
    empty = _names(document.get(NOTHING, []), f"{path}: {NOTHING}")
    nothing = frozenset(fold_word(name) for name in empty) | {""}
    words = {column.name: _words(column, document, path, nothing) for column in columns}
    return Vocabulary(words, nothing)


def _words(
    column: Column, document: Mapping[str, Any], path: Path, nothing: frozenset[str]
) -> dict[str, str]:
    where = f"{path}: {column.name}"
    values = column.values or ()
    called = check_keys(document.get(column.name, {}), where, (), optional=values)
    words: dict[str, str] = {}
    for value in values:
        for name in (value, *_names(called.get(value, []), f"{where}.{value}")):
            folded = fold_word(name)
            if folded in nothing:
                raise InputError(f"{where}.{value}: {name!r} stands for an empty cell too.")
            other = words.setdefault(folded, value)
            if other != value:
                raise InputError(f"{where}.{value}: {name!r} would mean {other} too; keep it once.")
    return words


def _names(value: Any, where: str) -> list[str]:
    if not isinstance(value, list):
        raise InputError(f"{where}: must be a list of names, found {value!r}.")
    for name in value:
        if not isinstance(name, str) or not name.strip():
            raise InputError(f"{where}: {name!r} must be a text; put it in quotes.")
    return value
