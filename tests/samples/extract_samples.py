"""Random messy extracts whose truth is known, and a plain recount of what becomes of each row.

A cell is written in one of many forms of a known value, or damaged in a known way, so the recount
reads nothing: it goes by what was meant. It knows neither DuckDB nor Arrow.
"""

import gzip
import json
import sqlite3
from collections import Counter, defaultdict
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from closurerate.intake.plan import Plan, SourceOfRows

DATA = Path(__file__).resolve().parents[2] / "data"
YEAR = 107
FIRST, LAST = date(2018, 1, 1), date(2018, 12, 31)
PLACES = ("accepted", "rejected", "duplicates", "superseded", "out_of_scope")

HEADINGS = {
    "case_id": ("執行案號", "案號", "case_id"),
    "branch": ("分署", "分署別"),
    "category": ("案件種類", "案件類別"),
    "referred_on": ("收案日期", "收案日"),
    "closed_on": ("終結日期", "結案日"),
    "disposition": ("終結情形", "結案情形"),
    "referred_amount_twd": ("移送金額", "移送金額(元)"),
    "paid_amount_twd": ("清償金額", "累計清償金額"),
    "referring_agency": ("移送機關",),
    "prior_case_id": ("前案案號",),
    "obligor_kind": ("義務人類別",),
    "reopened_on": ("重啟日期",),
    "collected_in_year_twd": ("當年徵起金額",),
}
NAMES = tuple(HEADINGS)
REQUIRED = NAMES[:8]
NEVER_EMPTY = ("case_id", "branch", "category", "referred_on", "referred_amount_twd",
               "paid_amount_twd")  # fmt: skip
DATES = ("referred_on", "closed_on", "reopened_on")
AMOUNTS = ("referred_amount_twd", "paid_amount_twd", "collected_in_year_twd")
WORDS = {
    "branch": {
        "臺北": ("臺北", "台北", "臺北分署", "台 北"),
        "臺中": ("臺中分署", "台中"),
        "高雄": ("高雄", "法務部行政執行署高雄分署"),
    },
    "category": {"財稅": ("財稅", "財稅案件"), "罰鍰": ("罰鍰", "罰鍰類"), "健保": ("全民健保",)},
    "disposition": {
        "paid_in_full": ("完全繳清", "全額清償", "paid_in_full"),
        "part_certificate": ("部分繳清發憑證", "部份繳清-發憑證", "部分繳清(發憑證)"),
        "part_returned": ("部分繳清退回", "部分繳清／退回"),
        "unpaid_certificate": ("發憑證", "核發憑證"),
        "other": ("其他", "OTHER"),
    },
    "obligor_kind": {"person": ("個人", "自然人"), "company": ("公司", "法人")},
}
NOTHING = ("", "", "", " ", "-", "NULL", "None", "無", "N/A", "—")
NO_DATES = ("107/02/30", "1070230", "2018-02-29", "107/13/01", "107年2月31日", "000/01/01")
STAND_INS = (date(2110, 12, 31), date(1970, 1, 1), date(2028, 3, 8), date(2019, 2, 1))
UNREADABLE_DATES = ("107/3", "31/12/2018", "03/08/07", "2018-03-08T24:00", "三月八日", "107 03 08")
UNREADABLE_AMOUNTS = ("12.5", "1,23", "1萬2千", "1.2E+5", "9" * 20, "12-", "--5", "約100")
UNKNOWN_WORDS = ("不明", "未繳清發憑證", "臺東", "paid")
LOST = "■"
"""Written as a byte that does not decode."""


class Cell(NamedTuple):
    """What is written, what it means, and what is wrong with it."""

    text: str
    value: object = None
    code: str | None = None

    @property
    def came(self) -> str | None:
        return self.text.strip().replace(LOST, "\ufffd") or None


class Row(NamedTuple):
    """A row's cells by contract column; `surplus` is what makes it malformed, if anything."""

    cells: dict[str, Cell]
    surplus: int = 0


@dataclass
class File:
    name: str
    form: str
    columns: tuple[str, ...]
    rows: list[Row]
    lines: list[str] = field(default_factory=list)
    """Of delimited text, each row as written."""


@dataclass
class Extract:
    files: list[File]
    merge: str = "parts"
    corrections: list[dict] = field(default_factory=list)
    encoding: str | None = None


# Writing a known value -------------------------------------------------------------------------
_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


def date_cell(random: Random, day: date | None) -> Cell:
    if day is None:
        return Cell(random.choice(NOTHING))
    roc = day.year - 1911
    forms = [day.isoformat(), f"{day.year}/{day.month}/{day.day}", f"{day:%Y%m%d}"]
    if 1 <= roc <= 999:
        slashed = f"{roc:03}/{day:%m/%d}"
        forms += [slashed, f"{roc:03}{day:%m%d}", f"{roc:03}-{day.month}-{day.day}"]
        forms += [f"{roc:03}年{day.month}月{day.day}日", f"民國{roc}年{day.month}月{day.day}日"]
        forms += [slashed.translate(_WIDE), f" {slashed} ", f"{roc:03}.{day.month}.{day.day}"]
        forms += [f"{slashed} 13:05:00"]
    if 1950 <= day.year <= 2049:
        forms.append(str((day - date(1899, 12, 30)).days))
    return Cell(random.choice(forms), day)


def amount_cell(random: Random, amount: int | None) -> Cell:
    if amount is None:
        return Cell(random.choice(NOTHING))
    plain, grouped = str(abs(amount)), f"{abs(amount):,}"
    forms = [plain, plain, grouped, f"{plain}.00", f"NT${grouped}", f"{grouped}元", f" {plain} "]
    forms += [plain.translate(_WIDE), f"{plain} 元整", f"${grouped}"]
    text = random.choice(forms)
    if amount < 0:
        text = random.choice((f"-{text.strip()}", f"({text.strip()})"))
    return Cell(text, amount)


def word_cell(random: Random, column: str, word: str | None) -> Cell:
    if word is None:
        return Cell(random.choice(NOTHING))
    return Cell(random.choice(WORDS[column][word]), word)


def id_cell(random: Random, text: str | None) -> Cell:
    if text is None:
        return Cell(random.choice(NOTHING))
    return Cell(random.choice((text, text, text, f" {text}", text.translate(_WIDE))), text)


def cell(random: Random, column: str, value: object) -> Cell:
    """Write a value of a column in one of its forms."""
    if column in DATES:
        return date_cell(random, value)
    if column in AMOUNTS:
        return amount_cell(random, value)
    if column in WORDS:
        return word_cell(random, column, value)
    if column == "referring_agency":
        return Cell(value or "", value)
    return id_cell(random, value)


# Rows ------------------------------------------------------------------------------------------
def _day(random: Random, first: date, last: date) -> date:
    return first + timedelta(days=random.randint(0, (last - first).days))


def sound_values(random: Random, number: int) -> dict[str, object]:
    """Return the values of a case that keeps every rule; most have to do with the year."""
    referred = _day(random, date(2015, 1, 1), date(2018, 12, 31))
    if random.random() < 0.06:
        referred = _day(random, date(2019, 1, 1), date(2019, 6, 1))
    closed = disposition = reopened = None
    if random.random() < 0.6:
        closed = _day(random, max(referred, FIRST), max(referred, LAST))
        if random.random() < 0.1 and referred < FIRST:
            closed = _day(random, referred, date(2017, 12, 31))
        disposition = random.choice(list(WORDS["disposition"]))
    if random.random() < 0.2:
        reopened = _day(random, referred, closed or max(referred, LAST))
    owed = random.choice((1, 1200, 199_999, 200_000, 10**12, random.randint(1, 5_000_000)))
    paid = random.choice((0, owed, owed // 2, owed + 7, random.randint(0, 2 * owed)))
    return {
        "case_id": f"107-{number % 7:02}-{number:08}" if random.random() < 0.95 else f"A{number}",
        "branch": random.choice(list(WORDS["branch"])),
        "category": random.choice(list(WORDS["category"])),
        "referred_on": referred,
        "closed_on": closed,
        "disposition": disposition,
        "referred_amount_twd": owed,
        "paid_amount_twd": paid,
        "referring_agency": random.choice((None, "臺北市政府", "健保署, 北區", '引"號')),
        "prior_case_id": random.choice((None, f"106-00-{number:08}")),
        "obligor_kind": random.choice((None, "person", "company")),
        "reopened_on": reopened,
        "collected_in_year_twd": random.choice((None, 0, paid)),
    }


def damaged(random: Random, column: str, cells: dict[str, Cell], can_lose: bool) -> Cell:
    """Return what stands in a column after one thing has gone wrong with it."""
    if random.random() < 0.15:
        return Cell(random.choice(NOTHING))
    if can_lose and random.random() < 0.2:
        return Cell(f"x{LOST}y" if column not in AMOUNTS else f"1{LOST}", None, "undecodable")
    if column in DATES:
        bad = [Cell(text, None, "no_such_date") for text in NO_DATES]
        bad += [Cell(text, None, "unreadable") for text in UNREADABLE_DATES]
        bad += [date_cell(random, date(3000, 5, 6)), date_cell(random, date(1905, 5, 6))]
        bad += [date_cell(random, day) for day in STAND_INS]
        bad += [date_cell(random, _day(random, date(2010, 1, 1), date(2020, 1, 1)))] * 8
        return random.choice(bad)
    if column in AMOUNTS:
        bad = [Cell(text, None, "unreadable") for text in UNREADABLE_AMOUNTS]
        bad += [amount_cell(random, n) for n in (-5, 0, 10**12 + 1, 2**63 - 1, -1200, 3)]
        return random.choice(bad)
    if column in WORDS:
        other = word_cell(random, column, random.choice(list(WORDS[column])))
        return random.choice((Cell(random.choice(UNKNOWN_WORDS), None, "unknown_word"), other))
    if column == "prior_case_id" and cells["case_id"].value:
        return id_cell(random, str(cells["case_id"].value))
    return cells[column]


def rewritten(random: Random, row: Row) -> Row:
    """Return the same row in other forms of writing; what cannot be read stays as it is."""
    cells = {
        column: was if was.code else cell(random, column, was.value)
        for column, was in row.cells.items()
    }
    return Row(cells, row.surplus)


def random_rows(random: Random, count: int, can_lose: bool, can_burst: bool) -> list[Row]:
    """Return rows, some damaged, some repeated in other forms or with another content."""
    rows: list[Row] = []
    for number in range(count):
        values = sound_values(random, number)
        cells = {column: cell(random, column, value) for column, value in values.items()}
        if random.random() < 0.35:
            for column in random.sample(NAMES, random.choice((1, 1, 2, 4))):
                cells[column] = damaged(random, column, cells, can_lose)
        surplus = random.choice((-1, 1, 3)) if can_burst and random.random() < 0.05 else 0
        rows.append(Row(cells, surplus))
        if random.random() < 0.15:
            rows.append(rewritten(random, random.choice(rows)))
        elif random.random() < 0.1:
            again = rewritten(random, random.choice(rows))
            column = random.choice(NAMES[1:])
            value = sound_values(random, number)[column]
            rows.append(Row({**again.cells, column: cell(random, column, value)}, again.surplus))
    random.shuffle(rows)
    return rows


# Extracts --------------------------------------------------------------------------------------
TEXT_FORMS = ("utf-8", "utf-8-sig", "utf-16", "cp950")
ENDINGS = {"xlsx": "xlsx", "parquet": "parquet", "sqlite": "db"}


def random_extract(random: Random, rows: int, files: int = 1, form: str | None = None) -> Extract:
    """Return an extract of some files with some rows; `form` is that of all, or one each."""
    encoding = random.choice(("utf-8", "cp950")) if random.random() < 0.3 else None
    merge = random.choice(("parts", "snapshots")) if files > 1 else "parts"
    made = []
    for number in range(files):
        own = form or random.choice((*TEXT_FORMS, "csv.gz", *ENDINGS))
        is_text = own not in ENDINGS
        own = encoding if encoding and is_text else own
        columns = tuple(name for name in NAMES if name in REQUIRED or random.random() < 0.7)
        # Of each file its own rows; below some are sent again in the next one.
        content = random_rows(random, rows // files + 1, bool(encoding) and is_text, is_text)
        content = [Row({c: r.cells[c] for c in columns}, r.surplus) for r in content]
        name = f"{number}.{'csv' if own in TEXT_FORMS else ENDINGS.get(own, own)}"
        made.append(File(name, own, columns, content))
    _renumber(random, made)
    extract = Extract(made, merge, encoding=encoding)
    extract.corrections = random_corrections(random, extract)
    return extract


def _renumber(random: Random, files: list[File]) -> None:
    """Keep the cases of files apart, but for those that come in two of them."""
    for number, file in enumerate(files):
        for place, row in enumerate(file.rows):
            case = row.cells["case_id"]
            if case.value and random.random() > 0.2:
                own = f"{case.value}-{number}"
                file.rows[place] = Row(row.cells | {"case_id": Cell(own, own)}, row.surplus)
        if number:
            sent = [r for r in files[number - 1].rows if not any(c.code for c in r.cells.values())]
            for row in random.sample(sent, len(sent) // 5):
                cells = {c: row.cells.get(c, Cell("")) for c in file.columns}
                file.rows.append(rewritten(random, Row(cells)))


def random_corrections(random: Random, extract: Extract) -> list[dict]:
    """Return corrections of some values: some hold, some do not, some of no case."""
    found: dict[tuple[str, str], dict] = {}
    for file in extract.files:
        for row in random.sample(file.rows, min(3, len(file.rows))):
            case = row.cells["case_id"].value
            column = random.choice([name for name in file.columns if name != "case_id"])
            was = row.cells[column]
            value = sound_values(random, 1)[column]
            if LOST in was.text or (value is None and column in NEVER_EMPTY) or was.value == value:
                continue
            fate = random.random()
            key = (str(case) if case and fate > 0.2 else "no such case", column)
            source = was if fate < 0.8 else cell(random, column, sound_values(random, 2)[column])
            if source.value == value and source.code is None:
                continue
            to = cell(random, column, value)
            found[key] = {"case": key[0], "column": column, "from": source, "to": to}
    return list(found.values())


# Writing files ---------------------------------------------------------------------------------
def plan_of(extract: Extract, folder: Path, random: Random, **settings: object) -> Plan:
    """Write an extract's files to a folder and return the plan that takes them in."""
    folder.mkdir(parents=True, exist_ok=True)
    sources = tuple(_write(file, folder, random) for file in extract.files)
    corrections = None
    if extract.corrections:
        corrections = folder / "corrections.yml"
        entries = [
            {
                **item,
                "from": item["from"].came,
                "to": item["to"].came,
                "reason": "checked",
                "decided_by": "the branch",
            }
            for item in extract.corrections
        ]
        text = json.dumps({"corrections": entries}, ensure_ascii=False)
        corrections.write_text(
            text.replace('"reason"', '"date": 2019-01-02, "reason"'), encoding="utf-8"
        )
    given = {
        "year": YEAR,
        "sources": sources,
        "columns": DATA / "columns" / "agency.yml",
        "vocabulary": DATA / "vocabulary.yml",
        "merge": extract.merge,
        "corrections": corrections,
        "encoding": extract.encoding,
        "max_rejects": 1,
    }
    return Plan(**(given | settings))


def _write(file: File, folder: Path, random: Random) -> SourceOfRows:
    path = folder / file.name
    heading = [random.choice(HEADINGS[column]) for column in file.columns]
    if file.form == "sqlite":
        _write_sqlite(file, path, heading)
        return SourceOfRows(url=f"sqlite:///{path.as_posix()}", table="cases")
    if file.form == "parquet":
        _write_parquet(file, path, heading, is_typed=random.random() < 0.5)
    elif file.form == "xlsx":
        _write_xlsx(file, path, heading, random)
    else:
        _write_text(file, path, heading, random)
    return SourceOfRows(path)


def _write_text(file: File, path: Path, heading: list[str], random: Random) -> None:
    mark = random.choice((",", ",", "\t", ";"))
    end = random.choice(("\n", "\r\n"))
    lines = ["107年度案件清冊"] if random.random() < 0.2 else []
    lines.append(mark.join(heading))
    file.lines = []
    for row in file.rows:
        texts = [row.cells[column].text for column in file.columns]
        texts = texts[: len(texts) + min(row.surplus, 0)] + ["多"] * max(row.surplus, 0)
        line = mark.join(_quoted(text, mark, random) for text in texts)
        file.lines.append(Cell(line).came or "")
        lines += [line, ""] if random.random() < 0.1 else [line]
    text = end.join(lines) + (end if random.random() < 0.8 else "")
    encoding = "utf-8" if file.form == "csv.gz" else file.form
    content = b"\xff".join(part.encode(encoding) for part in text.split(LOST))
    path.write_bytes(gzip.compress(content) if file.form == "csv.gz" else content)


def _quoted(text: str, mark: str, random: Random) -> str:
    if mark in text or '"' in text or random.random() < 0.1:
        return '"' + text.replace('"', '""') + '"'
    return text


def _typed(file: File, column: str) -> bool:
    """Tell whether a column can be of a type; a spreadsheet rounds amounts past 15 digits."""
    cells = [row.cells[column] for row in file.rows]
    if column in AMOUNTS:
        return not any(c.code or abs(c.value or 0) >= 10**15 for c in cells)
    return column in DATES and not any(c.code for c in cells)


def _retyped(row: Row, columns: tuple[str, ...]) -> Row:
    """Return the row as it comes from a form with types: its values in their plain form."""
    plain = {
        column: Cell("" if was.value is None else str(was.value), was.value)
        for column, was in row.cells.items()
        if column in columns
    }
    return Row(row.cells | plain)


def _write_parquet(file: File, path: Path, heading: list[str], *, is_typed: bool) -> None:
    typed = tuple(c for c in file.columns if is_typed and _typed(file, c))
    file.rows = [_retyped(row, typed) for row in file.rows]
    columns = {}
    for column, name in zip(file.columns, heading, strict=True):
        cells = [row.cells[column] for row in file.rows]
        if column in typed:
            kind = pa.date32() if column in DATES else pa.int64()
            columns[name] = pa.array([item.value for item in cells], kind)
        else:
            columns[name] = pa.array([item.text or None for item in cells], pa.string())
    pq.write_table(pa.table(columns), path)


def _write_xlsx(file: File, path: Path, heading: list[str], random: Random) -> None:
    typed = tuple(c for c in file.columns if random.random() < 0.5 and _typed(file, c))
    file.rows = [_retyped(row, typed) for row in file.rows]
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("案件")
    sheet.append(heading)
    for row in file.rows:
        cells = ((column, row.cells[column]) for column in file.columns)
        sheet.append([c.value if column in typed else c.text or None for column, c in cells])
    book.save(path)


def _write_sqlite(file: File, path: Path, heading: list[str]) -> None:
    columns = ", ".join(f'"{name}" TEXT' for name in heading)
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"CREATE TABLE cases ({columns})")
        connection.executemany(
            f"INSERT INTO cases VALUES ({', '.join('?' * len(heading))})",
            [[row.cells[column].text for column in file.columns] for row in file.rows],
        )
        connection.commit()


# The recount -----------------------------------------------------------------------------------
class Reason(NamedTuple):
    code: str
    columns: tuple[str, ...]
    came: str | None

    @property
    def told(self) -> tuple[str, str | None, str | None]:
        return self.code, self.columns[0] if self.columns else None, self.came


@dataclass
class Truth:
    """What becomes of an extract, by plain counting.

    `place` and `reasons` are by (file, row from 0), and so is `corrected`, how many values of the
    row were; `cases` are the accepted rows in order.
    """

    place: dict[tuple[int, int], str]
    reasons: dict[tuple[int, int], list[Reason]]
    warnings: Counter[str]
    cases: list[dict[str, object]]
    outcomes: list[tuple[int, str]]
    corrected: Counter[tuple[int, int]]

    def account(self, file: int) -> Counter[str]:
        return Counter(place for (own, _), place in self.place.items() if own == file)

    @property
    def counts(self) -> Counter[str]:
        rejected = (at for at, place in self.place.items() if place == "rejected")
        return Counter(code for at in rejected for code in {r.code for r in self.reasons[at]})

    @property
    def is_refused(self) -> bool:
        """Whether nothing is left, or nothing that has happened in the year or after it."""
        dates = [case.get(name) for case in self.cases for name in DATES]
        return max((day for day in dates if day), default=date.min) < FIRST


def recount(extract: Extract) -> Truth:
    """Say for every row where it goes and why."""
    columns = [c for c in NAMES if any(c in file.columns for file in extract.files)]
    rows = {
        (number, place): {c: row.cells.get(c, Cell("")) for c in columns}
        if not _is_burst(file, row)
        else None
        for number, file in enumerate(extract.files)
        for place, row in enumerate(file.rows)
    }
    corrected: Counter[tuple[int, int]] = Counter()
    outcomes = [_apply(item, rows, corrected) for item in extract.corrections]
    repeats = _repeats(rows, extract.merge)
    reasons = {at: _reasons(at, cells, extract) for at, cells in rows.items()}
    place, cases, warnings = {}, [], Counter()
    for at, cells in rows.items():
        if repeats.get(at) == "conflict":
            case = cells["case_id"]
            reasons[at].append(Reason("case_id_conflict", ("case_id",), case.came))
        place[at] = _place(repeats.get(at), cells, reasons[at])
        if place[at] == "accepted":
            cases.append({column: item.value for column, item in cells.items()})
            warnings.update(_warnings(cases[-1]))
    return Truth(place, reasons, warnings, cases, outcomes, corrected)


def _is_burst(file: File, row: Row) -> bool:
    return bool(row.surplus) and file.form not in ENDINGS


def _apply(item: dict, rows: dict, corrected: Counter[tuple[int, int]]) -> tuple[int, str]:
    """Correct the rows in place and note which; return how many, and the outcome."""
    met = applied = 0
    for at, cells in rows.items():
        if cells is None or item["case"] != cells["case_id"].value:
            continue
        met += 1
        was = cells.get(item["column"])
        if was is None:
            continue
        wrong, source = was.code, item["from"]
        is_same = was.came == source.came if wrong else (was.value == source.value)
        if is_same and (wrong or source.code is None):
            applied += 1
            corrected[at] += 1
            cells[item["column"]] = Cell(was.text, item["to"].value)
    return applied, "applied" if applied else "from_differs" if met else "no_such_case"


def _repeats(rows: dict, merge: str) -> dict[tuple[int, int], str]:
    by_case = defaultdict(list)
    for at, cells in rows.items():
        if cells is not None and cells["case_id"].value is not None:
            by_case[cells["case_id"].value].append(at)
    found: dict[tuple[int, int], str] = {}
    for places in by_case.values():
        newest = max(file for file, _ in places)
        seen: dict[tuple, tuple[int, int]] = {}
        for at in places:
            content = tuple(
                ("?", item.text) if item.code else item.value for item in rows[at].values()
            )
            if merge == "snapshots" and at[0] != newest:
                found[at] = "superseded"
            elif content in seen:
                found[at] = "duplicates"
            else:
                seen[content] = at
        if len(seen) > 1:
            found |= dict.fromkeys(seen.values(), "conflict")
    return found


def _reasons(at: tuple[int, int], cells: dict | None, extract: Extract) -> list[Reason]:
    if cells is None:
        return [Reason("malformed_row", (), extract.files[at[0]].lines[at[1]])]
    found = [Reason(c.code, (name,), c.came) for name, c in cells.items() if c.code]
    read = {name: c.value for name, c in cells.items() if c.code is None}
    broken = [*_out_of_range(read), *_at_odds(read)]
    return found + [Reason(code, names, cells[names[0]].came) for code, names in broken]


def _out_of_range(read: dict) -> list[tuple[str, tuple[str, ...]]]:
    found = [("missing_required", (c,)) for c in NEVER_EMPTY if c in read and read[c] is None]
    found += [
        ("date_out_of_calendar", (name,))
        for name in DATES
        if read.get(name) and not 1 <= read[name].year - 1911 <= 999
    ]
    found += [
        ("far_from_year", (name,))
        for name in DATES
        if read.get(name)
        and 1 <= read[name].year - 1911 <= 999
        and abs(read[name].year - FIRST.year) > 30
    ]
    if read.get("referred_amount_twd") is not None and not 1 <= read["referred_amount_twd"] <= 1e12:
        found.append(("amount_out_of_range", ("referred_amount_twd",)))
    return found + [("negative_paid", (name,)) for name in AMOUNTS[1:] if (read.get(name) or 0) < 0]


IN_ORDER = (
    ("referred_on", "closed_on", "closed_before_referred"),
    ("referred_on", "reopened_on", "reopened_before_referred"),
    ("reopened_on", "closed_on", "closed_before_reopened"),
)


def _at_odds(read: dict) -> list[tuple[str, tuple[str, ...]]]:
    found = []
    if {"closed_on", "disposition"} <= read.keys():
        if read["disposition"] and not read["closed_on"]:
            found.append(("disposition_without_closing_date", ("disposition", "closed_on")))
        if read["closed_on"] and not read["disposition"]:
            found.append(("closing_date_without_disposition", ("closed_on", "disposition")))
    found += [
        (code, (later, earlier))
        for earlier, later, code in IN_ORDER
        if read.get(earlier) and read.get(later) and read[earlier] > read[later]
    ]
    collected, paid = read.get("collected_in_year_twd"), read.get("paid_amount_twd")
    if collected is not None and paid is not None and collected > paid:
        found.append(("collected_over_paid", ("collected_in_year_twd", "paid_amount_twd")))
    if read.get("prior_case_id") and read["prior_case_id"] == read.get("case_id"):
        found.append(("own_prior_case", ("prior_case_id", "case_id")))
    return found


def _place(repeat: str | None, cells: dict | None, reasons: list[Reason]) -> str:
    if repeat in ("superseded", "duplicates"):
        return repeat
    if reasons:
        return "rejected"
    closed, referred = cells["closed_on"].value, cells["referred_on"].value
    return "out_of_scope" if (closed and closed < FIRST) or referred > LAST else "accepted"


def _warnings(case: dict) -> list[str]:
    owed, paid = case["referred_amount_twd"], case["paid_amount_twd"]
    kind = case["disposition"] or ""
    tests = {
        "paid_in_full_short": kind == "paid_in_full" and paid < owed,
        "paid_over_referred": paid > owed,
        "part_with_nothing_paid": kind.startswith("part_") and paid == 0,
        "unpaid_with_something_paid": kind.startswith("unpaid_") and paid > 0,
        "closed_after_year": (case["closed_on"] or LAST) > LAST,
        "reopened_after_year": (case.get("reopened_on") or LAST) > LAST,
    }
    return [code for code, holds in tests.items() if holds]
