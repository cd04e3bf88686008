"""Rejected rows for a spreadsheet: repeatable to the byte, and no cell of it a formula."""

import csv
from pathlib import Path
from unicodedata import category, normalize

import pyarrow.parquet as pq

_FORMULA = ("=", "+", "-", "@", "\u2212")
"""What a spreadsheet takes for the beginning of a formula, in any width."""

_LINE_OR_TAB = ("\t", "\r", "\n")
"""Where a cell begins with one, a spreadsheet may read on in the next."""

_UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})
"""Categories of signs that a spreadsheet may drop in front: blanks and what has no form."""

_BATCH_ROWS = 50_000
_PLACE = ("file", "sheet", "row")


def write_rejects_csv(rejects: Path, path: Path) -> None:
    """Write rejected rows for a spreadsheet: one line a row, its reasons in one cell each kind.

    A cell that a spreadsheet would take for a formula gets an apostrophe in front; a byte order
    mark tells it that the file is UTF-8.
    """
    with pq.ParquetFile(rejects) as file, path.open("w", encoding="utf-8-sig", newline="") as out:
        names = file.schema_arrow.names
        came = [name for name in names if name not in {*_PLACE, "reasons"}]
        writer = csv.writer(out)
        writer.writerow([*_PLACE, "codes", "columns", "values", *came])
        for batch in file.iter_batches(_BATCH_ROWS):
            for row in batch.to_pylist():
                reasons = [
                    "; ".join(reason[key] or "" for reason in row["reasons"])
                    for key in ("code", "column", "value")
                ]
                cells = [*(row[name] for name in _PLACE), *reasons, *(row[name] for name in came)]
                writer.writerow(map(_safe, cells))


def _safe(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and _is_formula(cell) else cell


def _is_formula(text: str) -> bool:
    if text.startswith(_LINE_OR_TAB):
        return True
    first = next((sign for sign in text if category(sign) not in _UNSEEN), "")
    # Alone: together with a mark that follows, `=` would become another sign.
    return normalize("NFKC", first).startswith(_FORMULA)
