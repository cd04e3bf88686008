"""What an agency calls the contract's words (`data/vocabulary.yml`), and each column's reader."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import pyarrow as pa

from closurerate.cases.vocabulary import COLUMNS, ContractColumn
from closurerate.intake.came.folding import fold_word
from closurerate.intake.said.values import (
    Read,
    read_amount,
    read_date,
    read_id,
    read_text,
    read_word,
)
from closurerate.records import fields

NOTHING = "nothing"

IDS = ("case_id", "obligor_id", "prior_case_id")
"""Columns whose texts differ from row to row."""


_COLUMNS = [column for column in COLUMNS if column.values is not None]
_Names = Annotated[
    list[Annotated[fields.Text, fields.says("%r must be a text; put it in quotes")]],
    fields.says("must be a list of names"),
]
VocabularyFile = Annotated[
    dict[str, Any],
    fields.keys(
        {},
        {
            NOTHING: _Names,
            **{
                column.name: Mapping[Annotated[str, fields.key_of(column.values or ())], _Names]
                for column in _COLUMNS
            },
        },
    ),
]
"""The file data/vocabulary.yml."""


@dataclass(frozen=True)
class Vocabulary:
    """The words of an extract, as `fold_word` gives them: by column, and for an empty cell."""

    words: Mapping[str, Mapping[str, str]]
    nothing: frozenset[str]

    @property
    def shortest_id(self) -> int:
        """From how many characters on no text stands for an empty cell."""
        return 1 + max(len(word) for word in self.nothing | {""})

    def reader(self, column: ContractColumn) -> Callable[[str], Read[Any]]:
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

    Raises:
        InputError: Naming file, line and key: an unknown column or contract's word, a name that is
            no text, or one that would mean two things.
    """
    found = fields.read(path, VocabularyFile)
    nothing = frozenset(fold_word(name) for name in found.get(NOTHING, ())) | {""}
    words = {column.name: _words(column, found, path, nothing) for column in _COLUMNS}
    return Vocabulary(words, nothing)


def _words(
    column: ContractColumn, found: Mapping[str, Any], path: Path, nothing: frozenset[str]
) -> dict[str, str]:
    called, words = found.get(column.name, {}), dict[str, str]()
    for value in column.values or ():
        for name in (value, *called.get(value, ())):
            folded = fold_word(name)
            place = (column.name, value)
            if folded in nothing:
                raise fields.fault(path, place, f"{name!r} stands for an empty cell too")
            other = words.setdefault(folded, value)
            if other != value:
                raise fields.fault(path, place, f"{name!r} would mean {other} too; keep it once")
    return words
