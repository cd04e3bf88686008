"""The data of tables and charts as files: CSV and JSON of each, and all of a page with its words.

All of it is made from what is shown as data (`press.shown.Shown.data`), and the same each time.
"""

import base64
import csv
import datetime
import io
import json
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any

from closurerate.press.print.labels import labels
from closurerate.press.text import in_a_line
from closurerate.press.words import vocabulary, word
from closurerate.quantity import MINUS

_DIGITS = Context(prec=15)
"""As many digits as every reader of a table of numbers keeps."""
_WHOLE, _DECIMAL = re.compile(r"-?\d+"), re.compile(r"-?\d+\.\d+")
_SHEET = 31
"""Characters that Excel allows for a sheet's name."""
_NO_DAY = datetime.datetime(1980, 1, 1)
_CREATED = re.compile(rb"<dcterms:(created|modified).*?</dcterms:\1>", re.DOTALL)
_TYPES = {
    "csv": "text/csv",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}


def csv_of(shown: Mapping[str, Any], language: str) -> str:
    """Return a table or chart as CSV: words in a language, numbers plain and with all digits."""
    head = [_words(column["heading"], language) for column in shown["columns"]]
    return _csv([head, *([_cell(cell, language) for cell in row] for row in shown["rows"])])


def json_of(shown: Mapping[str, Any]) -> str:
    """Return a table or chart as JSON: exact values, and words in every language."""
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":")) + "\n"


def workbook_of(items: Sequence[Mapping[str, Any]], language: str) -> bytes:
    """Return all tables and charts as one XLSX, a sheet each: numbers as numbers.

    A sheet begins with the caption, and beside it the evidence.
    """
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, item in enumerate(items, start=1):
        sheet = book.create_sheet(f"{number} {item['id']}"[:_SHEET])
        lines = [[_words(item["caption"], language), _evidence(item, language)]]
        lines.append([_words(column["heading"], language) for column in item["columns"]])
        lines += [[_cell(cell, language) for cell in row] for row in item["rows"]]
        for place, line in enumerate(lines, start=1):
            for across, text in enumerate(line, start=1):
                cell = sheet.cell(place, across, _as_number(text) if place > 2 else text or None)
                if isinstance(cell.value, str):
                    cell.data_type = "s"  # text that begins with = is no formula
    if not items:
        book.create_sheet()
    book.properties.created = book.properties.modified = _NO_DAY
    written = io.BytesIO()
    book.save(written)
    with zipfile.ZipFile(written) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return _zipped({**parts, "docProps/core.xml": _CREATED.sub(b"", parts["docProps/core.xml"])})


def _as_number(text: str) -> str | int | float:
    """Return a cell of a CSV as a workbook has it."""
    if _WHOLE.fullmatch(text) and len(text) <= _DIGITS.prec:
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text


def bundle_of(items: Sequence[Mapping[str, Any]], language: str) -> bytes:
    """Return as ZIP the CSV, JSON and XLSX of all tables and charts, and a dictionary of columns.

    Args:
        items: Each with the `id` that it has on the page.
    """
    files = {"dictionary.csv": dictionary_of(items, language)}
    for item in items:
        files[f"{item['id']}.csv"] = csv_of(item, language)
        files[f"{item['id']}.json"] = json_of(item)
    return _zipped(
        {name: text.encode(_encoding(name)) for name, text in files.items()}
        | {"tables.xlsx": workbook_of(items, language)}
    )


def _encoding(name: str) -> str:
    return "utf-8-sig" if name.endswith(".csv") else "utf-8"


def _zipped(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            # An entry made by its name has the first day that ZIP knows, and no clock is read.
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def link_to(name: str, content: str | bytes, words: str) -> str:
    """Return a link from which a file is saved without a server; name and words are HTML."""
    kind = name.rpartition(".")[2]
    if isinstance(content, str):
        # The mark at the start lets Excel know that it is UTF-8.
        content = content.encode("utf-8-sig" if kind == "csv" else "utf-8")
    data = base64.b64encode(content).decode("ascii")
    return f'<a download="{name}" href="data:{_TYPES[kind]};base64,{data}">{words}</a>'


def dictionary_of(items: Iterable[Mapping[str, Any]], language: str) -> str:
    """Return what each column of each file is: heading, unit, digits printed, evidence, source."""
    told = labels(language)
    names = ("file", "caption", "column", "unit", "decimals", "evidence", "rests_on")
    lines = [[told[f"dictionary_{name}"] for name in names]]
    for item in items:
        for column in item["columns"]:
            unit = column.get("unit", "") or _words(item.get("axes", ""), language)
            lines.append(
                [
                    item["id"],
                    _words(item["caption"], language),
                    _words(column["heading"], language),
                    _unit(unit, language),
                    str(column.get("decimals", "")),
                    _evidence(item, language),
                    _words(item.get("source", ""), language),
                ]
            )
    return _csv(lines)


def _evidence(item: Mapping[str, Any], language: str) -> str:
    evidence = item.get("evidence")
    return labels(language)[evidence] if evidence else ""


def _unit(unit: str, language: str) -> str:
    """Return a unit in words, where there are any for it."""
    key = f"unit_{unit}"
    return word(key, language) if key in vocabulary() else unit


def _csv(lines: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(lines)
    return text.getvalue()


def _words(item: Any, language: str) -> str:
    text = in_a_line(item if isinstance(item, str) else item[language])
    return text.replace(MINUS, "-").replace("\N{WORD JOINER}", "")


def _cell(cell: Any, language: str) -> str:
    """Return a cell for a machine: a number without separators or rounding, nothing for None."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if cell is None or isinstance(cell, int | float):
        return "" if cell is None else format(Decimal(repr(cell)), "f")
    if isinstance(cell, str):
        return _words(cell, language)
    if "value" not in cell:
        return _cell(cell[language], language)
    if cell["value"] is None:
        return ""
    exact = Fraction(cell["value"])
    if exact.denominator == 1:
        return str(exact.numerator)
    ratio = _DIGITS.divide(Decimal(exact.numerator), Decimal(exact.denominator))
    return f"{ratio.normalize(_DIGITS):f}"
