"""From which day a workbook counts the numbers that stand for days."""

from datetime import date
from xml.etree import ElementTree as ET
from zipfile import ZipFile

from closurerate.intake.came.forms import parts

SERIAL_START = date(1899, 12, 30)
_MACINTOSH_START = date(1904, 1, 1)


def serial_shift_days(archive: ZipFile) -> int:
    """Return how many days later than `SERIAL_START` a workbook counts from.

    Only bare numbers need it: what is formatted as a date is given as the day that it is. XLSX has
    the calendar of 1900 or of 1904, and ODS may tell any day.
    """
    names = parts(archive)
    if content := names.get("content.xml"):
        return (_ods_start(archive, content) - SERIAL_START).days
    return (_xlsx_start(archive, names["xl/workbook.xml"]) - SERIAL_START).days


def _xlsx_start(archive: ZipFile, part: str) -> date:
    book = ET.fromstring(archive.read(part))
    properties = (part for part in book if part.tag.endswith("}workbookPr"))
    is_of_1904 = any(part.get("date1904") in ("1", "true") for part in properties)
    return _MACINTOSH_START if is_of_1904 else SERIAL_START


def _ods_start(archive: ZipFile, part: str) -> date:
    with archive.open(part) as file:
        for _, element in ET.iterparse(file, events=("start",)):
            if element.tag.endswith("}null-date"):
                told = [value for name, value in element.items() if name.endswith("}date-value")]
                return date.fromisoformat(told[0][:10]) if told else SERIAL_START
            if element.tag.endswith("}table"):
                break  # it stands before the first sheet
    return SERIAL_START
