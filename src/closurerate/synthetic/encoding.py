"""Cases as Arrow batches in the contract's form, and the Parquet file that they go to."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from closurerate.cases.source import MARK
from closurerate.cases.vocabulary import BRANCHES, CATEGORIES, COLUMNS, DISPOSITIONS, OBLIGOR_KINDS
from closurerate.records.sealing import sealed_parquet
from closurerate.synthetic.block import Block, priors
from closurerate.synthetic.codebook import Codebook, codebook
from closurerate.synthetic.nation import Nation
from closurerate.synthetic.outcome import NO_DAY, Standing, closing_days
from closurerate.synthetic.working_days import Days

BATCH_ROWS = 1 << 19
"""Rows of a row group: small enough for memory, large enough to compress."""

_OBLIGOR_STEP, _OBLIGOR_SHIFT = 61_803_399, 14_142_136
"""Scatter obligor numbers over eight digits, one to one (the step and 10**8 share no factor)."""

_CODED = ("branch", "category", "referring_agency", "subcategory", "obligor_kind", "disposition")


def column_batches(nation: Nation, block: Block, standing: Standing) -> Iterator[pa.RecordBatch]:
    """Yield the cases of a block in the contract's columns, so many rows at a time."""
    words = codebook(nation.assumptions)
    serial, prior = block.serials(), priors(nation, block)
    closed_on = closing_days(nation, block, standing)
    for start in range(0, block.rows, BATCH_ROWS):
        part = slice(start, min(start + BATCH_ROWS, block.rows))
        year = nation.axis.year[block.referred[part] - nation.axis.start]
        columns = {
            "case_id": identifiers(year, serial[part]),
            "prior_case_id": _prior_cases(nation, year, prior[part]),
            "closed_on": _dates(closed_on[part]),
            **_static(block, words, part),
            **_standing(standing, part),
        }
        yield pa.record_batch([columns[column.name] for column in COLUMNS], schema=_schema())


@contextmanager
def parquet_file(path: Path, mark: bytes) -> Iterator[pq.ParquetWriter]:
    """Open a Parquet file for cases; the mark in it says that they are synthetic."""
    with sealed_parquet(
        path,
        _schema(),
        {MARK.decode(): mark.decode()},
        compression="zstd",
        compression_level=1,
        use_dictionary=[*_CODED, "referred_on", "closed_on", "reopened_on"],
        # Without Arrow's own schema inside, readers see plain strings, not dictionaries.
        store_schema=False,
    ) as writer:
        yield writer


def _schema() -> pa.Schema:
    coded = pa.dictionary(pa.int8(), pa.string())
    return pa.schema(
        pa.field(
            column.name,
            coded if column.name in _CODED else column.arrow_type,
            nullable=column.is_nullable,
        )
        for column in COLUMNS
    )


def _static(block: Block, words: Codebook, part: slice) -> dict[str, pa.Array]:
    """Return the columns that are the same in both years' files."""
    kind, branch = block.kind[part], block.branch[part]
    return {
        "branch": coded(branch.astype(np.int8), BRANCHES),
        "category": coded(words.category_of[kind], CATEGORIES),
        "referring_agency": coded(words.agency_of[kind, branch], words.agencies),
        "subcategory": coded(words.subcategory_of[kind], words.subcategories),
        "obligor_kind": coded(block.is_company[part].astype(np.int8), OBLIGOR_KINDS),
        "obligor_id": _pseudonyms(block.obligor[part]),
        "referred_on": _dates(block.referred[part]),
        "referred_amount_twd": _plain(block.amount[part], pa.int64()),
    }


def _standing(standing: Standing, part: slice) -> dict[str, pa.Array]:
    """Return the columns that say how the cases stand at the end of the year."""
    disposition, reopened_on = standing.disposition[part], standing.reopened_on
    return {
        "reopened_on": pa.nulls(disposition.size, pa.date32())
        if reopened_on is None
        else _dates(reopened_on[part]),
        "disposition": coded(disposition, DISPOSITIONS),
        "paid_amount_twd": _plain(standing.paid[part], pa.int64()),
        "collected_in_year_twd": _plain(standing.collected[part], pa.int64()),
    }


def coded(codes: npt.NDArray[np.int8], words: tuple[str, ...]) -> pa.Array:
    """Return words by their places; a negative place is a null."""
    places = _plain(codes, pa.int8(), codes < 0)
    return pa.DictionaryArray.from_arrays(places, _texts(words))


def identifiers(year: npt.NDArray[np.int32], serial: npt.NDArray[np.int32]) -> pa.Array:
    """Return case numbers such as `107-00000001`: ROC year and serial number."""
    return _fixed_length(_case_bytes(year, serial), serial.size, None)


def _pseudonyms(obligor: npt.NDArray[np.int32]) -> pa.Array:
    """Return pseudonyms of eight digits that do not show an obligor's rank."""
    scattered = (obligor.astype(np.int64) * _OBLIGOR_STEP + _OBLIGOR_SHIFT) % 10**8
    return _fixed_length(_eight_digits(scattered), obligor.size, None)


def _prior_cases(
    nation: Nation, year: npt.NDArray[np.int32], prior: npt.NDArray[np.uint32]
) -> pa.Array:
    """Return the numbers of earlier cases that are referred again; null for all others."""
    back = int(nation.assumptions.prior_case["years_back"])
    is_again = prior > 0
    numbers = prior[is_again].astype(np.int64)
    serial = 1 + numbers // back % 9_000_000
    of_year = year[is_again] - 1 - (numbers % back).astype(np.int32)
    return _fixed_length(_case_bytes(of_year, serial), prior.size, is_again)


def _case_bytes(
    year: npt.NDArray[np.int32], serial: npt.NDArray[np.integer]
) -> npt.NDArray[np.uint32]:
    """Return the twelve bytes of case numbers; engines keep texts up to that length in place."""
    text = np.empty((serial.size, 3), dtype=np.uint32)
    text[:, 0] = _YEARS[year]
    text[:, 1:] = _eight_digits(serial)
    return text


def _eight_digits(numbers: npt.NDArray[np.integer]) -> npt.NDArray[np.uint32]:
    """Return numbers below 10**8 as eight digits, four bytes to a word."""
    return np.stack([_FOUR_DIGITS[numbers // 10_000], _FOUR_DIGITS[numbers % 10_000]], axis=1)


_FOUR_DIGITS = np.frombuffer(
    "".join(f"{number:04d}" for number in range(10_000)).encode(), dtype=np.uint32
)
_YEARS = np.frombuffer("".join(f"{year:03d}-" for year in range(1_000)).encode(), dtype=np.uint32)


def _fixed_length(
    text: npt.NDArray[np.uint32], rows: int, is_given: npt.NDArray[np.bool_] | None
) -> pa.Array:
    """Return strings of equal length from their bytes, with nulls where none is given."""
    length = text.shape[1] * text.itemsize
    given = np.ones(rows, dtype=np.bool_) if is_given is None else is_given
    offsets = np.zeros(rows + 1, dtype=np.int32)
    np.cumsum(given, out=offsets[1:])
    offsets *= length
    valid = None if is_given is None else _bits(given)
    data = pa.py_buffer(np.ascontiguousarray(text))
    return pa.Array.from_buffers(pa.string(), rows, [valid, pa.py_buffer(offsets), data])


def _dates(days: Days) -> pa.Array:
    return _plain(days, pa.date32(), days == NO_DAY)


def _plain(
    values: npt.NDArray[np.generic],
    arrow_type: pa.DataType,
    is_missing: npt.NDArray[np.bool_] | None = None,
) -> pa.Array:
    """Return numbers as an Arrow array on the same memory.

    `pa.array` would do, but imports pandas first, which takes longer than a small extract.
    """
    data = pa.py_buffer(np.ascontiguousarray(values))
    valid = _bits(~is_missing) if is_missing is not None and is_missing.any() else None
    return pa.Array.from_buffers(arrow_type, values.size, [valid, data])


def _texts(words: tuple[str, ...]) -> pa.Array:
    encoded = [word.encode() for word in words]
    offsets = np.cumsum([0, *map(len, encoded)], dtype=np.int32)
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(b"".join(encoded))]
    return pa.Array.from_buffers(pa.string(), len(words), buffers)


def _bits(is_valid: npt.NDArray[np.bool_]) -> pa.Buffer:
    return pa.py_buffer(np.packbits(is_valid, bitorder="little"))
