"""A small intake as a folder, made by hand: record, rejects, doubts, cases, last year's cases."""

import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from closurerate.cases.vocabulary import COLUMNS, schema
from closurerate.intake.left.accounts import FileAccount, Intake, write_intake

YEAR = 108
CLOSED, PENDING = "108終結案件_全部分署_第一次匯出_20200115.csv", "108未結.xlsx"
PERSON = "A123456789"

REASONS = [
    pa.field("code", pa.string()), pa.field("column", pa.string()), pa.field("value", pa.string()),
]  # fmt: skip
TEXT = [pa.field(column.name, pa.string()) for column in COLUMNS]
REJECTS = pa.schema(
    [
        pa.field("file", pa.string()),
        pa.field("sheet", pa.string()),
        pa.field("row", pa.int64()),
        pa.field("reasons", pa.list_(pa.struct(REASONS))),
        *TEXT,
    ]
)
WARNINGS = (
    "paid_in_full_short", "paid_over_referred", "part_with_nothing_paid",
    "unpaid_with_something_paid", "referred_far_outside", "paid_far_outside", "closed_after_year",
    "reopened_after_year",
)  # fmt: skip
VALUES = ("referred_on", "closed_on", "disposition", "referred_amount_twd", "paid_amount_twd")
DOUBTS = pa.schema(
    [
        pa.field("kind", pa.string()), pa.field("code", pa.string()),
        pa.field("group", pa.int64()), pa.field("file", pa.string()),
        pa.field("sheet", pa.string()), pa.field("row", pa.int64()),
        pa.field("case_id", pa.string()), pa.field("branch", pa.string()),
        pa.field("category", pa.string()), pa.field("referred_on", pa.date32()),
        pa.field("closed_on", pa.date32()), pa.field("disposition", pa.string()),
        pa.field("referred_amount_twd", pa.int64()), pa.field("paid_amount_twd", pa.int64()),
        *(pa.field(f"is_free_{name}", pa.bool_()) for name in VALUES),
    ]
)  # fmt: skip


def table(file: str, sheet: str | None = None, **more: Any) -> dict[str, Any]:
    """How one table was read, as in `intake.json`."""
    columns = {
        "case_id": "執行案號", "branch": "分署", "category": "案件種類", "referred_on": "收案日期",
        "closed_on": "終結日期", "disposition": "終結情形", "referred_amount_twd": "移送金額(元)",
        "paid_amount_twd": "清償金額(元)", "referring_agency": "移送機關",
    }  # fmt: skip
    known = {
        "file": file, "sheet": sheet, "rows": 900, "header_row": 1, "encoding": "cp950",
        "is_encoding_given": False, "delimiter": ",", "columns": columns,
        "extra": ["承辦股", "備註"], "absent": ["obligor_id"], "private_use": 3,
        "undecodable_count": 0, "undecodable": [],
    }  # fmt: skip
    return known | more


def intake(**changes: Any) -> Intake:
    """An intake in which everything that can be told occurs; keywords change it."""
    known: dict[str, Any] = {
        "year": YEAR,
        "files": (
            FileAccount(CLOSED, "ab" * 32, 900, accepted=880, rejected=12, duplicates=5,
                        out_of_scope=3),
            FileAccount(PENDING, "cd" * 32, 600, accepted=598, rejected=1, superseded=1),
        ),
        "reasons": {"unknown_word": 7, "closed_before_referred": 3, "malformed_row": 2,
                    "unreadable": 1, "case_id_conflict": 1},
        "warnings": {"paid_over_referred": 40, "part_with_nothing_paid": 2},
        "merge": "parts",
        "max_rejects": "0.01",
        "tables": [
            table(CLOSED, undecodable_count=2,
                  undecodable=[{"line": 17, "bytes": "ff"}, {"line": 1204, "bytes": "8140"}]),
            table(PENDING, "未結", encoding=None, delimiter=None, rows=600, extra=[]),
        ],
        "passed_over": [{"file": PENDING, "sheet": "說明"}],
        "corrections": [
            {"case": "108年度罰執字第00012345號", "column": "paid_amount_twd", "from": "1234567",
             "to": "123456", "reason": "多打一位數，經卷宗核對", "decided_by": "王科長",
             "date": "2020-02-03", "rows": 1, "outcome": "applied"},
            {"case": "108年度健執字第00099999號", "column": "disposition",
             "from": "unpaid_returned", "to": "part_returned", "reason": "附件載明部分繳清",
             "decided_by": "李科員", "date": "2020-02-04", "rows": 0, "outcome": "no_such_case"},
        ],
        "synthetic": False,
        "previous": {
            "files": [{"name": "108終結_初版.csv", "sha256": "ef" * 32, "rows": 850}],
            "added": 52, "removed": 2, "changed": 9,
            "columns": {"paid_amount_twd": 7, "closed_on": 2},
        },
    }  # fmt: skip
    return Intake(**(known | changes))


def reject(row: int, *reasons: tuple[str, str | None, str | None], **cells: str) -> dict[str, Any]:
    """A rejected row of the first file."""
    told = [dict(zip(("code", "column", "value"), reason, strict=True)) for reason in reasons]
    return {"file": CLOSED, "sheet": None, "row": row, "reasons": told, **cells}


def rejects() -> list[dict[str, Any]]:
    """Rejected rows that agree with `intake`."""
    rows = [
        reject(5 + place, ("unknown_word", "branch", word), case_id=f"108罰執00000{place:03d}")
        for place, word in enumerate(["台北分屬", "新店", "台北分屬", "台北分屬", "新店", PERSON])
    ]
    rows += [
        reject(
            40 + place, ("closed_before_referred", "closed_on", f"107/03/0{place}"),
            case_id=f"108健執00010{place:03d}", referred_on="108/03/05",
            closed_on=f"107/03/0{place}",
        )
        for place in (1, 2, 3)
    ]  # fmt: skip
    rows += [
        reject(70 + place, ("malformed_row", None, f"108罰執99,{PERSON},臺北,罰鍰,王小明"))
        for place in (0, 1)
    ]
    rows.append(
        reject(
            90, ("unreadable", "referred_amount_twd", "\ue123約三千元"),
            ("unknown_word", "disposition", "<b>結案</b>"), case_id="108費執00020001",
        )
    )  # fmt: skip
    rows.append(reject(91, ("case_id_conflict", "case_id", "108罰執00030001"),
                       case_id="108罰執00030001"))  # fmt: skip
    return rows


def doubts() -> list[dict[str, Any]]:
    """Doubts that agree with `intake`, as far as the report looks at them."""
    day = datetime.date(2019, 5, 6)
    free = {f"is_free_{name}": False for name in VALUES}
    odd = [
        {"kind": "warning", "code": code, "group": place, "file": CLOSED, "sheet": None,
         "row": 100 + place, "case_id": f"108罰執0004{place:04d}", "branch": "臺北",
         "category": "罰鍰", "referred_on": day, "closed_on": day, "disposition": disposition,
         "referred_amount_twd": 3000, "paid_amount_twd": paid, **free}
        for place, (code, disposition, paid) in enumerate(
            [("paid_over_referred", "paid_in_full", 3210 + extra) for extra in range(8)]
            + [("part_with_nothing_paid", "part_certificate", 0)] * 2
        )
    ]  # fmt: skip
    return odd + [
        {"kind": "rejected", "code": None, "group": 100 + place, "file": CLOSED, "row": 5 + place,
         **{f"is_free_{name}": True for name in VALUES}}
        for place in range(13)
    ]  # fmt: skip


def cases(year: int, *, branches: dict[str, int], agency: str = "監理所") -> pa.Table:
    """A case file of a ROC year with so many cases a branch, in a spread that never changes."""
    gregorian, rows = year + 1911, []
    for branch, count in branches.items():
        for number in range(count):
            month, is_closed = number % 12 + 1, number % 3 > 0
            day = datetime.date(gregorian, month, 15)
            rows.append(
                {
                    "case_id": f"{year}-{branch}-{number}", "branch": branch,
                    "category": ("罰鍰", "財稅", "健保", "費用")[number % 4],
                    "referring_agency": agency, "referred_on": day,
                    "closed_on": day if is_closed else None,
                    "disposition": "paid_in_full" if is_closed else None,
                    "referred_amount_twd": (600, 4_000, 250_000)[number % 3],
                    "paid_amount_twd": 0,
                }
            )  # fmt: skip
    return pa.Table.from_pylist(rows, schema=schema())


def write_folder(folder: Path, **changes: Any) -> Path:
    """Write an intake's folder and last year's `before.parquet` beside its files."""
    folder.mkdir(parents=True, exist_ok=True)
    write_intake(intake(**changes), folder / "intake.json")
    pq.write_table(pa.Table.from_pylist(rejects(), schema=REJECTS), folder / "rejects.parquet")
    pq.write_table(pa.Table.from_pylist(doubts(), schema=DOUBTS), folder / "doubts.parquet")
    now = cases(YEAR, branches={"臺北": 900, "新北": 600, "宜蘭": 200}, agency="稅務局")
    before = cases(YEAR - 1, branches={"臺北": 600, "新北": 600, "花蓮": 60, "宜蘭": 200})
    pq.write_table(now, folder / "cases.parquet")
    pq.write_table(before, folder / "before.parquet")
    return folder
