"""Cells that the spreadsheet reader gives as empty, or as 0, though they are not.

An error such as `#N/A` and a formula that was never calculated would otherwise count as nothing:
a case whose closing date is an error would be pending, and nothing would be paid where an amount
is one.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import IO
from xml.etree import ElementTree as ET
from zipfile import ZipFile

from closurerate.intake.came.folding import is_error
from closurerate.intake.came.forms import parts
from closurerate.intake.came.unpacking import column_number, overlapping

Cells = dict[tuple[int, int], str]
"""Row and column (from 0, as they stand in the sheet) and the text of a cell."""

_XLSX_SIGNS = (b't="e"', b"t='e'", b"<f>", b"<f ", b"<f/", b":f>", b":f ", b":f/")
# Excel, and others who write no formula, mark no error: its text alone tells.
_ODS_SIGNS = (
    b":formula=",
    b'"error"',
    *(f">{sign}".encode() for sign in ("#", "Err", "錯誤", "错误")),
)
_REFERENCE = re.compile(r"([A-Z]+)([0-9]+)")


def lost_cells(archive: ZipFile, sheet: str) -> Cells:
    """Return the text of each error and each formula without a value in an XLSX or ODS sheet."""
    names = parts(archive)
    if content := names.get("content.xml"):
        return _found(archive, content, _ODS_SIGNS, lambda file: _ods_cells(file, sheet))
    part = names[_part_of(archive, names, sheet).lower()]
    return _found(archive, part, _XLSX_SIGNS, _xlsx_cells)


def _found(
    archive: ZipFile, part: str, signs: tuple[bytes, ...], cells: Callable[[IO[bytes]], Cells]
) -> Cells:
    # Most sheets have neither, and a search through the bytes takes a hundredth of the time.
    with archive.open(part) as file:
        if not any(sign in text for text in overlapping(file) for sign in signs):
            return {}
    with archive.open(part) as file:
        return cells(file)


def _part_of(archive: ZipFile, names: dict[str, str], sheet: str) -> str:
    book = ET.fromstring(archive.read(names["xl/workbook.xml"]))
    links = ET.fromstring(archive.read(names["xl/_rels/workbook.xml.rels"]))
    target = {link.get("Id"): link.get("Target", "") for link in links}
    for element in book.iter():
        if _name(element.tag) == "sheet" and element.get("name") == sheet:
            return str(PurePosixPath("/xl") / target[_attribute(element, "id")])[1:]
    raise KeyError(sheet)


def _name(tag: str) -> str:
    return tag.rpartition("}")[2]


def _attribute(element: ET.Element, name: str) -> str | None:
    return next((value for key, value in element.items() if _name(key) == name), None)


def _xlsx_cells(file: IO[bytes]) -> Cells:
    cells: Cells = {}
    row = -1
    for _, element in ET.iterparse(file):
        if not element.tag.endswith("}row"):
            continue
        row = int(element.get("r", row + 2)) - 1
        column = -1
        for cell in element:
            reference = cell.get("r")
            column = _column(reference) if reference else column + 1
            text = _xlsx_text(cell)
            if text is not None:
                cells[row, column] = text
        element.clear()
    return cells


def _xlsx_text(cell: ET.Element) -> str | None:
    parts = {_name(part.tag): part.text or "" for part in cell}
    if cell.get("t") == "e":
        return parts.get("v") or "#ERROR"
    if "f" in parts and not parts.get("v") and cell.get("t") != "str":
        return f"={parts['f']}"
    return None


def _column(reference: str) -> int:
    letters = _REFERENCE.fullmatch(reference)
    if letters is None:
        raise ValueError(f"{reference!r} is no cell")
    return column_number(letters[1].encode()) - 1


def _ods_cells(file: IO[bytes], sheet: str) -> Cells:
    cells: Cells = {}
    row = 0
    for _, element in ET.iterparse(file):
        if element.tag.endswith("}table-row"):
            rows = int(_attribute(element, "number-rows-repeated") or 1)
            for column, text in _ods_row(element):
                cells |= {(row + i, column): text for i in range(rows)}
            row += rows
            element.clear()
        elif element.tag.endswith("}table"):
            if _attribute(element, "name") == sheet:
                return cells
            cells, row = {}, 0
    raise KeyError(sheet)


def _ods_row(row: ET.Element) -> Iterator[tuple[int, str]]:
    column = 0
    for cell in row:
        columns = int(_attribute(cell, "number-columns-repeated") or 1)
        text = _ods_text(cell)
        if text is not None:
            yield from ((column + i, text) for i in range(columns))
        column += columns


def _ods_text(cell: ET.Element) -> str | None:
    kinds = [value for key, value in cell.items() if _name(key) == "value-type"]
    formula = _attribute(cell, "formula")
    paragraphs = ("".join(part.itertext()) for part in cell if _name(part.tag) == "p")
    shown = "\n".join(paragraphs).strip()
    if "error" in kinds or is_error(shown):
        return shown if is_error(shown) else "#ERROR"
    if formula is not None and not kinds:
        return f"={formula.partition('=')[2] or formula}"
    return None
