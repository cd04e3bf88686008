"""Workbooks as programs write them, and written part by part, as a hostile one is."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import odfdo
import openpyxl
from openpyxl.utils.datetime import CALENDAR_WINDOWS_1900

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_LINKED = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
_BOOK = (
    f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
    '<sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
_SHEET = (
    f'<worksheet xmlns="{_MAIN}"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>case_id</t>'
    "</is></c></row>%s</sheetData></worksheet>"
)


def _links(**targets: str) -> str:
    links = (
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets.items(), 1)
    )
    return f'<Relationships xmlns="{_LINKED}">{"".join(links)}</Relationships>'


def workbook(path: Path, rows: str, shared: str = "") -> Path:
    """Write an XLSX file of one sheet, with rows and shared texts as they stand in XML."""
    links = _links(worksheet="worksheets/sheet1.xml", sharedStrings="sharedStrings.xml")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _links(officeDocument="xl/workbook.xml"))
        archive.writestr("xl/workbook.xml", _BOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", links)
        archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="{_MAIN}">{shared}</sst>')
        archive.writestr("xl/worksheets/sheet1.xml", _SHEET % rows)
    return path


def shared_strings(path: Path, *, length: int, cells: int) -> Path:
    """Write a workbook in which many cells hold the same long text."""
    cell = '<row r="{0}"><c r="A{0}" t="s"><v>0</v></c></row>'
    rows = "".join(cell.format(number) for number in range(2, cells + 2))
    return workbook(path, rows, f"<si><t>{'x' * length}</t></si>")


def write_xlsx(
    path: Path, contents: dict[str, list], epoch=CALENDAR_WINDOWS_1900, *, hidden: str = ""
) -> Path:
    """Write an XLSX file of sheets with these rows; one of them may be hidden."""
    book = openpyxl.Workbook()
    book.epoch = epoch
    book.remove(book.active)
    for name, rows in contents.items():
        sheet = book.create_sheet(name)
        sheet.sheet_state = "hidden" if name == hidden else "visible"
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def write_ods(path: Path, contents: dict[str, list[list]]) -> Path:
    """Write an ODS file of sheets with these rows."""
    book = odfdo.Document("ods")
    book.body.clear()
    for name, rows in contents.items():
        table = odfdo.Table(name)
        table.set_values(rows)
        book.body.append(table)
    book.save(path)
    return path


def rewritten(path: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    """Change the content of a part of a workbook."""
    target = io.BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w") as copy:
        for name in source.namelist():
            content = source.read(name)
            copy.writestr(name, change(content) if name == part else content)
    path.write_bytes(target.getvalue())
    return path
