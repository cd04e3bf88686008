"""Taking in the agency's extract: found, copied, checked and put in place, or nothing at all."""

import shutil
from pathlib import Path

from closurerate.cases.contract import check
from closurerate.cases.source import Source, describe, write_source
from closurerate.cases.source import is_synthetic as is_synthetic
from closurerate.cases.source import read_source as read_source
from closurerate.errors import InputError
from closurerate.writing import replacing

_NOT_DATA = (".md", ".json", ".yml")
"""Endings of the notes that may lie beside an extract."""


def find_extract(raw_folder: Path) -> Path | None:
    """Return the one extract in a year's raw folder, or None if the folder has none.

    Parameters
    ----------
    raw_folder : pathlib.Path
        The year's folder, such as `data/raw/107`; it may be absent. Hidden files and notes
        (.md, .json, .yml) are passed over.

    Raises
    ------
    InputError
        If there are several, or data in another form than Parquet.
    """
    if not raw_folder.is_dir():
        return None
    files = sorted(path for path in raw_folder.iterdir() if _is_data(path))
    extracts = [path for path in files if path.suffix.lower() == ".parquet"]
    if len(extracts) > 1:
        names = ", ".join(path.name for path in extracts)
        raise InputError(f"{raw_folder}: several extracts ({names}); leave the one to be taken.")
    if files and not extracts:
        names = ", ".join(path.name for path in files)
        raise InputError(
            f"{raw_folder}: {names}: only the case contract's Parquet form (*.parquet) is read "
            "so far; see data/README.md."
        )
    return extracts[0] if extracts else None


def take_extract(year: int, raw_folder: Path, out_path: Path) -> Source:
    """Check the extract of a year and put a copy of it, with its record, where cases are kept.

    The copy is what is checked, so what is taken is what was found good. Until it is in place,
    what was at `out_path` stays, and it stays for good where anything is wrong.

    Parameters
    ----------
    year : int
        ROC year.
    raw_folder : pathlib.Path
        The year's folder, such as `data/raw/107`, with exactly one `*.parquet`.
    out_path : pathlib.Path
        Where the case file belongs, such as `data/cases/107/extract/cases.parquet`; the record
        `source.json` comes beside it.

    Returns
    -------
    Source
        The record. A synthetic file that lies in the raw folder is recorded as synthetic.

    Raises
    ------
    InputError
        If there is no extract, several, one in another form, or one that breaks the contract.
    """
    extract = find_extract(raw_folder)
    if extract is None:
        raise InputError(
            f"{raw_folder}: there is no extract of year {year}; put one *.parquet in the form of "
            "the case contract there (data/README.md)."
        )
    with replacing(out_path) as partial:
        shutil.copyfile(extract, partial)
        check(partial, year, name=str(extract))
        source = describe(partial, name=extract.name, year=year)
    write_source(out_path, source)
    return source


def _is_data(path: Path) -> bool:
    return path.is_file() and not path.name.startswith(".") and path.suffix.lower() not in _NOT_DATA
