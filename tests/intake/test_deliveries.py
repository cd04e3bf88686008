"""Plans that could lose rows or tell a secret, and what a delivery is compared with."""

import json
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from closurerate.errors import InputError
from closurerate.intake.left.accounts import read_intake
from closurerate.intake.left.delivery import READY
from closurerate.intake.plan import SourceOfRows, plan, plan_of_folder
from closurerate.intake.take import Progress, taking
from extract_samples import DATA

COLUMNS = "執行案號,分署,案件種類,收案日期,終結日期,終結情形,移送金額,清償金額"
SECRET = "s3cr3t"


def write(path: Path, *cases: str, paid: int = 0) -> Path:
    rows = [f"{case},臺北,財稅,107/03/08,,,1200,{paid}" for case in cases]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([COLUMNS, *rows, ""]), encoding="utf-8")
    return path


def take(out: Path, *sources: SourceOfRows | Path, year: int = 107, **settings: object) -> dict:
    lines: list[str] = []
    given = tuple(SourceOfRows(item) if isinstance(item, Path) else item for item in sources)
    with taking(plan(year, given, DATA, **settings), out, Progress(lines.append)):
        pass
    told = json.loads((out / "intake.json").read_text(encoding="utf-8"))
    return told | {"lines": lines}


# Plans ---------------------------------------------------------------------------------------
def test_a_folder_inside_the_raw_folder_is_not_passed_over(tmp_path):
    write(tmp_path / "a.csv", "1")
    write(tmp_path / "pending" / "b.csv", "2")
    with pytest.raises(InputError, match="holds the folder pending; move its files up"):
        plan_of_folder(107, tmp_path, DATA)


def test_what_systems_leave_behind_is_no_data_of_a_folder(tmp_path):
    write(tmp_path / "a.csv", "1")
    for name in ("~$a.xlsx", "Thumbs.db", "desktop.ini", ".~lock.a.ods#", "a.csv:Zone.Identifier"):
        (tmp_path / name).write_bytes(b"\x05agent")
    (tmp_path / "__MACOSX").mkdir()
    (tmp_path / "$RECYCLE.BIN").mkdir()
    assert [item.path.name for item in plan_of_folder(107, tmp_path, DATA).sources] == ["a.csv"]


def test_a_file_may_have_any_name(tmp_path):
    names = ["a:b.csv", "a;b#c%d.csv", "$(x)$a [b](c).csv", "a\\b|c&d=e.csv", "~'\"<b>*?.csv"]
    for number, name in enumerate(names):
        write(tmp_path / "raw" / name, str(number))
    with taking(plan_of_folder(107, tmp_path / "raw", DATA), tmp_path / "out") as (_, intake):
        assert {file.name: file.accepted for file in intake.files} == dict.fromkeys(names, 1)


def test_a_parquet_file_whose_name_looks_like_an_address_is_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    case = ("1", "臺北", "財稅", "107/03/08", "", "", "1200", "0")
    table = pa.table({name: [value] for name, value in zip(COLUMNS.split(","), case, strict=True)})
    with Path("s3:x.parquet").open("wb") as file:
        pq.write_table(table, file)
    assert take(tmp_path / "out", Path("s3:x.parquet"))["totals"]["accepted"] == 1


@pytest.mark.parametrize("url", ["sqlite:///a%23%20b.db", "sqlite:///{folder}/a%23%20b.db"])
def test_a_database_in_the_folder_is_named_by_its_url(tmp_path, url):
    raw = tmp_path / "raw"
    raw.mkdir()
    columns = COLUMNS.split(",")
    with closing(sqlite3.connect(raw / "a# b.db")) as connection:
        connection.execute(f"CREATE TABLE t ({', '.join(columns)})")
        case = ("1", "臺北", "財稅", "107/03/08", None, None, 1200, 0)
        connection.execute(f"INSERT INTO t VALUES ({', '.join('?' * len(columns))})", case)
        connection.commit()
    url = url.format(folder=raw.as_posix())
    (raw / "intake.yml").write_text(f"files: [{{url: '{url}', table: t}}]\n", encoding="utf-8")
    with taking(plan_of_folder(107, raw, DATA), tmp_path / "out") as (_, intake):
        assert intake.totals["accepted"] == 1
    # The files that SQLite keeps beside it are the database's own; another file is not.
    (raw / "a# b.db-journal").touch()
    plan_of_folder(107, raw, DATA)
    (raw / "other.db").touch()
    with pytest.raises(InputError, match=r"files does not name other\.db"):
        plan_of_folder(107, raw, DATA)


def test_snapshots_of_a_folder_need_their_order(tmp_path):
    write(tmp_path / "2.csv", "1")
    write(tmp_path / "10.csv", "1", paid=5)
    (tmp_path / "intake.yml").write_text("merge: snapshots\n", encoding="utf-8")
    with pytest.raises(InputError, match="files must list the files from the oldest to the newest"):
        plan_of_folder(107, tmp_path, DATA)
    (tmp_path / "intake.yml").write_text(
        "merge: snapshots\nfiles: [2.csv, 10.csv]\n", encoding="utf-8"
    )
    with taking(plan_of_folder(107, tmp_path, DATA), tmp_path / "out") as (_, intake):
        assert [file.superseded for file in intake.files] == [1, 0]


@pytest.mark.parametrize(
    "files",
    [
        f"['postgresql://u:{SECRET}@h/db']",
        f"'postgresql://u:{SECRET}@h/db'",
        f"{{url: 'postgresql://u:{SECRET}@h/db'}}",
        f"[['postgresql://u:{SECRET}@h/db']]",
        f"[{{url: 'postgresql://u:{SECRET}@h/db', table: 5}}]",
        f"[{{url: 5, table: '{SECRET}'}}]",
    ],
)
def test_a_wrong_entry_is_refused_without_repeating_a_password(tmp_path, files):
    (tmp_path / "intake.yml").write_text(f"files: {files}\n", encoding="utf-8")
    with pytest.raises(InputError) as refused:
        plan_of_folder(107, tmp_path, DATA)
    assert "files" in str(refused.value)
    assert SECRET not in str(refused.value)


def test_a_snapshot_is_one_table(tmp_path):
    packed = tmp_path / "both.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for name in ("m1.csv", "m2.csv"):
            archive.write(write(tmp_path / name, "1"), name)
    with pytest.raises(InputError, match=r"both\.zip: holds 2 tables \(m1\.csv, m2\.csv\)"):
        take(tmp_path / "out", packed, merge="snapshots")


def test_two_tables_of_one_database_are_two_parts(tmp_path):
    base = tmp_path / "cases.db"
    with closing(sqlite3.connect(base)) as connection, connection:
        for table, case in (("closed", "1"), ("pending", "2")):
            names = ", ".join(f'"{name}"' for name in COLUMNS.split(","))
            connection.execute(f"CREATE TABLE {table} ({names})")
            values = (case, "臺北", "財稅", "107/03/08", None, None, 1200, 0)
            connection.execute(f"INSERT INTO {table} VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)
    url = f"sqlite:///{base}"
    told = take(tmp_path / "out", *(SourceOfRows(url=url, table=t) for t in ("closed", "pending")))
    assert [file["name"] for file in told["files"]] == [f"{url} (closed)", f"{url} (pending)"]
    assert told["totals"]["accepted"] == 2


def test_the_order_in_which_a_server_gives_its_rows_changes_nothing(tmp_path, postgres):
    with psycopg.connect(postgres.url()) as connection:
        names = ", ".join(f'"{name}" text' for name in COLUMNS.split(","))
        connection.execute(f"CREATE TABLE any_order ({names})")
        for case in "abcdefgh":
            connection.execute(
                "INSERT INTO any_order VALUES (%s, '臺北', '財稅', '107/03/08', '', '', '1', '0')",
                (case,),
            )
        connection.commit()
        source = SourceOfRows(url=postgres.url(), table="any_order")
        first = take(tmp_path / "first", source)
        connection.execute("""UPDATE any_order SET "分署" = "分署" WHERE "執行案號" < 'd'""")
        connection.commit()
        again = take(tmp_path / "again", source)
    assert first == again
    one, other = ((tmp_path / name / "cases.parquet").read_bytes() for name in ("first", "again"))
    assert one == other


# Deliveries ----------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["intake.json", "cases.parquet"])
def test_a_damaged_earlier_result_does_not_stand_in_the_way(tmp_path, name):
    out = tmp_path / "out"
    take(out, write(tmp_path / "a.csv", "1"))
    whole = (out / name).read_bytes()
    (out / name).write_bytes(whole[: len(whole) // 2])
    told = take(out, write(tmp_path / "a.csv", "1", "2"))
    assert told["previous"] is None
    assert not (out / "previous").exists()
    assert any("the delivery before cannot be compared" in line for line in told["lines"])
    assert told["totals"]["accepted"] == 2


def test_another_year_in_the_same_folder_is_no_delivery_before(tmp_path):
    out, file = tmp_path / "out", write(tmp_path / "a.csv", "1", "2")
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("107/03/08", "106/03/08", 1), encoding="utf-8")
    assert take(out, file, year=106)["totals"]["accepted"] == 1
    told = take(out, file, write(tmp_path / "b.csv", "3"), year=107)
    assert (told["totals"]["accepted"], told["previous"]) == (3, None)


def test_a_half_moved_result_is_not_read_as_whole(tmp_path):
    out = tmp_path / "out"
    take(out, write(tmp_path / "a.csv", "1"))
    assert read_intake(out / "cases.parquet") is not None
    (out / READY).mkdir()
    with pytest.raises(InputError, match="stopped while its result was moved into place"):
        read_intake(out / "cases.parquet")
