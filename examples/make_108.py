"""Make the made-up extract of 108 that the README takes in: `python examples/make_108.py`.

Nothing in it is real. It is as untidy as extracts are: three files from three systems, each with
its own words, dates and encoding, and a few rows that nobody can take as they stand. The same
script writes the same files every time.
"""

import csv
import gzip
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from openpyxl import Workbook

HERE = Path(__file__).resolve().parent
FIRST, SECOND = HERE / "108", HERE / "108_second_delivery"
CLOSED_LIST = "synthetic_closed_list.csv"
PENDING_LIST = "synthetic_pending_list.xlsx"
HUALIEN_LIST = "synthetic_hualien.tsv.gz"

CLOSED, PENDING, HUALIEN = 980, 900, 260
"""How many cases each list has before anything happens to it."""

NEW_YEAR, YEAR_END = date(2019, 1, 1), date(2019, 12, 31)
PRIVATE, BROKEN = "{private}", "{broken}"
"""In the text of the closed list: a character of Big5's private range, and a byte of none."""

NORTH = ("臺北", "新北", "桃園", "新竹", "宜蘭", "士林")
OTHERS = ("臺中", "彰化", "嘉義", "臺南", "高雄", "屏東")
KINDS = (
    # category, who refers it, how often of 100, referred amounts from and to in NTD
    ("罰鍰", "監理所", 44, 300, 6_000),
    ("費用", "高速公路局", 24, 300, 3_000),
    ("健保", "健保署", 12, 1_500, 90_000),
    ("財稅", "國稅局", 10, 20_000, 600_000),
    ("財稅", "地方稅務局", 7, 2_000, 150_000),
    ("費用", "勞工保險局", 2, 30_000, 900_000),
    ("財稅", "國稅局", 1, 1_000_000, 6_000_000),
)
ENDINGS = {
    # disposition → how often of 100
    "完全繳清": 31, "部分繳清發憑證": 5, "部分繳清撤回": 3, "部分繳清退回": 1,
    "發憑證": 50, "撤回": 7, "退回": 2, "其他": 1,
}  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A made-up case; a value may also be a text that stands there instead."""

    case_id: str
    branch: str
    category: str
    agency: str
    referred_on: date | str
    closed_on: date | str | None
    disposition: str | None
    referred_amount: int | str
    paid_amount: int


def draw_case(random: Random, number: int, branch: str, *, is_closed: bool) -> Case:
    """Return a case of 108 that was closed in it, or pending at its end."""
    category, agency, _, least, most = random.choices(KINDS, [kind[2] for kind in KINDS])[0]
    referred_amount = random.randrange(least, most)
    referred_on = NEW_YEAR - timedelta(random.randrange(-300, 700))
    case = Case(
        case_id=f"SYN-108-{number:06}",
        branch=branch,
        category=category,
        agency=agency,
        referred_on=referred_on,
        closed_on=None,
        disposition=None,
        referred_amount=referred_amount,
        paid_amount=0 if random.randrange(4) else referred_amount * random.randrange(90) // 100,
    )
    if not is_closed:
        return case
    earliest = max(referred_on, NEW_YEAR)
    disposition = random.choices(list(ENDINGS), list(ENDINGS.values()))[0]
    share = {"完": 100, "部": random.randrange(5, 96)}.get(disposition[0], 0)
    return replace(
        case,
        closed_on=earliest + timedelta(random.randrange((YEAR_END - earliest).days + 1)),
        disposition=disposition,
        paid_amount=max(referred_amount * share // 100, int(share > 0)),
    )


def draw_cases() -> tuple[list[Case], list[Case], list[Case]]:
    """Return the closed, the pending and Hualien's cases, as they really stand."""
    random = Random(108)
    branches = (*NORTH, *OTHERS)
    closed = [
        draw_case(random, number, random.choice(branches), is_closed=True)
        for number in range(1, CLOSED + 1)
    ]
    pending = [
        draw_case(random, CLOSED + number, random.choice(branches), is_closed=False)
        for number in range(1, PENDING + 1)
    ]
    hualien = [
        draw_case(random, CLOSED + PENDING + number, "花蓮", is_closed=number % 9 < 5)
        for number in range(1, HUALIEN + 1)
    ]
    return closed, pending, hualien


def placed(cases: Sequence[Case], disposition: str) -> list[int]:
    """Return the places of the cases that were closed so."""
    return [place for place, case in enumerate(cases) if case.disposition == disposition]


def settled(closed: Sequence[Case]) -> list[Case]:
    """Return the closed cases with those that are odd but true."""
    cases = list(closed)
    in_full, part = placed(closed, "完全繳清"), placed(closed, "部分繳清發憑證")
    unpaid = placed(closed, "發憑證")
    changes: list[tuple[int, dict[str, Any]]] = [
        (in_full[10], {"referred_amount": 48_000, "paid_amount": 24_000}),
        (in_full[11], {"referred_amount": 3_600, "paid_amount": 3_572}),
        (in_full[12], {"paid_amount": int(closed[in_full[12]].referred_amount) + 230}),
        (part[5], {"paid_amount": 0}),
        (unpaid[10], {"referred_amount": 7_500, "paid_amount": 5_000}),
        # A character that only the agency's own fonts have.
        *((place, {"agency": f"虛構{PRIVATE}埔鄉公所"}) for place in unpaid[100:104]),
        # What the first delivery will get wrong.
        (in_full[20], {"referred_on": date(2019, 2, 11), "closed_on": date(2019, 2, 28)}),
        (in_full[40], {"referred_amount": 120_000, "paid_amount": 120_000}),
        (in_full[60], {"referred_on": date(2019, 11, 8), "closed_on": date(2019, 11, 18)}),
    ]
    for place, values in changes:
        cases[place] = replace(cases[place], **values)
    return cases


def first_closed(closed: Sequence[Case]) -> list[Case]:
    """Return the closed list of the first delivery: with faults, repeats and another year's."""
    cases = list(closed)
    in_full, unpaid = placed(closed, "完全繳清"), placed(closed, "發憑證")
    changes: list[tuple[int, dict[str, Any]]] = [
        (in_full[20], {"closed_on": "108/02/30"}),
        (in_full[40], {"referred_amount": "12萬"}),
        (in_full[60], {"referred_on": date(2019, 11, 18), "closed_on": date(2019, 11, 8)}),
        (unpaid[30], {"disposition": "執行完畢"}),
        (unpaid[60], {"agency": f"地方稅{BROKEN}務局"}),
    ]
    for place, values in changes:
        cases[place] = replace(cases[place], **values)
    early = [
        replace(
            case,
            case_id=f"SYN-107-{number:06}",
            referred_on=date(2018, 6, 1),
            closed_on=date(2018, 12, 28),
        )
        for number, case in enumerate(closed[300:306], start=1)
    ]
    return [*cases, *early, *closed[500:508]]


def second_closed(closed: Sequence[Case]) -> list[Case]:
    """Return the closed list as delivered again: without the faults, and brought up to date."""
    cases = list(closed)
    in_full, unpaid = placed(closed, "完全繳清"), placed(closed, "發憑證")
    for place in unpaid[200:203]:  # money that had not been booked
        paid = int(cases[place].referred_amount) * 7 // 10
        cases[place] = replace(cases[place], disposition="部分繳清發憑證", paid_amount=paid)
    cases[in_full[70]] = replace(cases[in_full[70]], closed_on=YEAR_END)
    del cases[unpaid[210]]
    late = [
        replace(case, case_id=f"SYN-108-9{number:05}")
        for number, case in enumerate(closed[700:704], start=1)
    ]
    return [*cases, *late]


def all_pending(pending: Sequence[Case], closed: Sequence[Case]) -> list[Case]:
    """Return the pending list: with a case that is closed, and some of the next year."""
    done = closed[placed(closed, "部分繳清發憑證")[0]]
    twice = replace(done, closed_on=None, disposition=None, paid_amount=0)
    late = [
        replace(case, case_id=f"SYN-109-{number:06}", referred_on=date(2020, 1, 2))
        for number, case in enumerate(pending[:5], start=1)
    ]
    return [*pending[:700], twice, *pending[700:], *late]


def roc(day: date | str | None, form: int = 0) -> str:
    """Return a day as a ROC date, in one of the forms that systems write."""
    if not isinstance(day, date):
        return day or "-"
    year = day.year - 1911
    return (
        f"{year}/{day.month:02}/{day.day:02}",
        f"{year}{day.month:02}{day.day:02}",
        f"{year}年{day.month}月{day.day}日",
        f"{year}/{day.month:02}/{day.day:02}".translate(FULL_WIDTH),
    )[form]


FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


def money(amount: int | str, form: int = 0) -> str:
    """Return an amount in one of the forms that systems write."""
    if isinstance(amount, str):
        return amount
    written = (f"{amount:,}", str(amount), f"{amount:,}元", str(amount).translate(FULL_WIDTH))
    return written[form]


def form_of(place: int) -> int:
    """Return which form a row's values have: the first, save for a few rows."""
    return {7: 1, 31: 2, 53: 3}.get(place % 97, 0)


def closed_list(cases: Sequence[Case]) -> bytes:
    """Return the closed list: CSV in Big5, ROC dates, grouped digits."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(
        ("執行案號", "分署", "案件種類", "移送機關", "收案日期", "終結日期", "終結情形",
         "移送金額(元)", "清償金額(元)", "備註")
    )  # fmt: skip
    for place, case in enumerate(cases):
        form = form_of(place)
        branch = case.branch.replace("臺", "台") if place % 3 == 0 else case.branch
        writer.writerow(
            (case.case_id, branch, case.category, case.agency, roc(case.referred_on, form),
             roc(case.closed_on, form), case.disposition or "-", money(case.referred_amount, form),
             money(case.paid_amount, form), "合成")
        )  # fmt: skip
    encoded = text.getvalue().encode("cp950")
    return encoded.replace(PRIVATE.encode(), b"\xfa\x40").replace(BROKEN.encode(), b"\xff")


def pending_list(cases: Sequence[Case]) -> bytes:
    """Return the pending list: a workbook with a sheet for each half of the country."""
    workbook = Workbook()
    workbook.properties.created = datetime(2020, 1, 31)
    workbook.active.title = "說明"
    workbook.active.append(["本活頁簿為合成資料，僅供示範，與任何真實案件無關。"])
    for title, branches in (("北部", NORTH), ("中南部", OTHERS)):
        sheet = workbook.create_sheet(title)
        sheet.append([f"一百零八年度未結案件清單（{title}；合成資料）"])
        sheet.append([])
        sheet.append(
            ["案號", "分署別", "案件類別", "移送機關名稱", "收案日", "結案日", "結案情形",
             "移送執行金額（元）", "已清償金額（元）"]
        )  # fmt: skip
        for place, case in enumerate(case for case in cases if case.branch in branches):
            sheet.append(
                [case.case_id, f"{case.branch}分署", case.category, case.agency,
                 spreadsheet_day(case.referred_on, place), None, "未結", case.referred_amount,
                 case.paid_amount]
            )  # fmt: skip
    saved = io.BytesIO()
    workbook.save(saved)
    return repacked(saved.getvalue())


def spreadsheet_day(day: date | str, place: int) -> date | str | int:
    """Return a day as cells hold it: a date, now and then a text or a bare serial number."""
    if isinstance(day, str) or place % 10 < 8:
        return day
    return day.isoformat() if place % 10 == 8 else (day - date(1899, 12, 30)).days


def repacked(workbook: bytes) -> bytes:
    """Return a workbook without the time at which it was saved."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as given, zipfile.ZipFile(packed, "w") as made:
        for name in given.namelist():
            entry = zipfile.ZipInfo(name, (2020, 1, 31, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>2020-01-31T00:00:00Z",
                             given.read(name))  # fmt: skip
            made.writestr(entry, content)
    return packed.getvalue()


def hualien_list(cases: Sequence[Case]) -> bytes:
    """Return one branch's own list: packed tab-separated text in UTF-16, ISO dates."""
    header = ("case_id", "branch", "category", "referring_agency", "referred_on", "closed_on",
             "disposition", "referred_amount_twd", "paid_amount_twd")  # fmt: skip
    lines = [header, *(_plain(astuple(case)) for case in cases)]
    text = "".join("\t".join(row) + "\r\n" for row in lines)
    return gzip.compress(b"\xff\xfe" + text.encode("utf-16-le"), mtime=0)


def _plain(values: Sequence[object]) -> Iterator[str]:
    for value in values:
        yield "NULL" if value is None else str(value)


def made() -> dict[Path, bytes]:
    """Return every file of the example with its bytes."""
    drawn, pending, hualien = draw_cases()
    closed = settled(drawn)
    return {
        FIRST / CLOSED_LIST: closed_list(first_closed(closed)),
        FIRST / PENDING_LIST: pending_list(all_pending(pending, closed)),
        FIRST / HUALIEN_LIST: hualien_list([*hualien, *closed[800:806]]),
        SECOND / CLOSED_LIST: closed_list(second_closed(closed)),
    }


def main() -> None:
    """Write the files."""
    for path, content in made().items():
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)


if __name__ == "__main__":
    main()
