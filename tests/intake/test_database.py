"""SQLite and a real PostgreSQL: rows as they are stored, read by whoever may only read."""

import sqlite3
import subprocess
import sys
import time
from itertools import count
from pathlib import Path

import psycopg
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from closurerate.errors import InputError
from closurerate.intake.came import database_rows
from closurerate.intake.came.database import open_database
from closurerate.intake.came.raw_table import MALFORMED, Notes, RawTable

EVERY_KIND = """
CREATE SCHEMA archive;
CREATE TYPE mood AS ENUM ('結案');
CREATE DOMAIN case_number AS text;
CREATE TABLE "案件" (
    id case_number, branch char(4), amount numeric(14,2), exact numeric, whole bigint, small int2,
    referred date, closed timestamptz, noted timestamp, done boolean, share float8, kind mood
);
INSERT INTO "案件" VALUES
    ('A1', '臺北', 1234.00, 0.10, 9007199254740993, 7,
     '2018-03-08', '2018-03-08 00:00+08', '2018-03-08', true, 0.1, '結案'),
    ('A2', NULL, 10, 1e15, NULL, NULL,
     'infinity', '2018-03-07 23:30+08', '2018-03-08 01:02:03', NULL, NULL, NULL);
CREATE VIEW archive.closed AS SELECT id, amount FROM "案件" WHERE id = 'A1';
CREATE TABLE secret (id int);
GRANT SELECT ON "案件" TO reader;
GRANT USAGE ON SCHEMA archive TO reader;
GRANT SELECT ON archive.closed TO reader;
CREATE MATERIALIZED VIEW archive.kept AS SELECT id, amount FROM "案件" WHERE id = 'A1';
CREATE TABLE archive.parts (id text, amount bigint) PARTITION BY LIST (id);
CREATE TABLE archive.part_a PARTITION OF archive.parts FOR VALUES IN ('A1');
INSERT INTO archive.parts VALUES ('A1', 1234);
CREATE FOREIGN DATA WRAPPER nowhere;
CREATE SERVER elsewhere FOREIGN DATA WRAPPER nowhere;
CREATE FOREIGN TABLE archive.foreign_cases (id text, amount bigint) SERVER elsewhere;
CREATE VIEW archive."d'eux" AS SELECT * FROM archive.kept;
GRANT SELECT ON archive.kept TO reader;
CREATE SEQUENCE counter;
GRANT USAGE ON SEQUENCE counter TO reader;
"""


@pytest.fixture(scope="session")
def filled(postgres):
    with psycopg.connect(postgres.url(), autocommit=True) as connection:
        connection.execute(EVERY_KIND)
    return postgres


@pytest.fixture
def sqlite(tmp_path):
    def write(declared: str, rows: list[tuple]) -> str:
        path = tmp_path / "案 件.db"
        connection = sqlite3.connect(path)
        connection.execute(f"CREATE TABLE cases ({declared})")
        marks = ", ".join("?" * len(declared.split(",")))
        connection.executemany(f"INSERT INTO cases VALUES ({marks})", rows)
        connection.commit()
        connection.close()
        return f"sqlite:///{path}"

    return write


def batches_of(table: RawTable) -> list[pa.RecordBatch]:
    wanted = {position: name for position, name in enumerate(table.head[0])}
    read = list(table.read(0, wanted, Notes(), lambda count: None))
    assert all(batch.schema.names == [*wanted.values(), MALFORMED] for batch in read)
    return read


def rows_of(table: RawTable) -> list[tuple]:
    return [
        tuple(row[name] for name in table.head[0])
        for batch in batches_of(table)
        for row in batch.to_pylist()
    ]


# What cannot be read ------------------------------------------------------------------------
@pytest.mark.parametrize("choice", [{}, {"table": "a", "query": "SELECT 1"}])
def test_either_a_table_or_a_query(choice):
    with pytest.raises(InputError, match=r"^sqlite:///x\.db: name either a table or a query"):
        open_database("sqlite:///x.db", **choice)


@pytest.mark.parametrize(
    "url",
    [
        "mysql://u:hush@h/d",
        "extract.db",
        "sqlite://",
        "postgresql://u:hu/sh@h/d",
        "postgresql://u:hu?sh@h/d",
        "postgresql://u:hu#sh@h/d",
        "postgresql://u:hu@sh@h/d",
    ],
)
def test_a_url_of_another_form_is_not_repeated(url):
    with pytest.raises(InputError, match=r"a database is named by sqlite:///FILE or") as caught:
        open_database(url, table="cases")
    assert "hu" not in str(caught.value)


def test_a_file_that_is_missing_is_not_made(tmp_path):
    with pytest.raises(InputError, match="there is no such file"):
        open_database(f"sqlite:///{tmp_path / 'none.db'}", table="cases")
    assert not list(tmp_path.iterdir())


def test_a_file_of_another_form_is_told(tmp_path):
    (tmp_path / "x.db").write_text("案號,收案日\n" * 100, encoding="utf-8")
    with pytest.raises(InputError, match=r"x\.db: cannot be read \(file is not a database\)"):
        open_database(f"sqlite:///{tmp_path / 'x.db'}", query="SELECT 1")


def logged(path: Path) -> sqlite3.Connection:
    """Return an open connection to a database that keeps its changes in a log beside it."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE cases (a)")
    connection.execute("INSERT INTO cases VALUES ('kept'), ('logged')")
    connection.commit()
    return connection


def read_watching(path: Path) -> tuple[list[tuple], list[str]]:
    """Read a database and return its rows, and what lies beside it before, meanwhile and after."""
    lists = [sorted(item.name for item in path.parent.iterdir())]
    table = open_database(f"sqlite:///{path}", table="cases")
    lists.append(sorted(item.name for item in path.parent.iterdir()))
    for batch in table.read(0, {0: "a"}, Notes(), lambda count: None):
        lists.append(sorted(item.name for item in path.parent.iterdir()))
        rows = [row["a"] for row in batch.to_pylist()]
    lists.append(sorted(item.name for item in path.parent.iterdir()))
    assert all(item == lists[0] for item in lists), lists
    return rows, lists[0]


def test_nothing_is_made_beside_a_database_with_a_log_and_no_row_of_it_is_lost(tmp_path):
    path = tmp_path / "a.db"
    writer = logged(path)
    told = (["kept", "logged"], ["a.db", "a.db-shm", "a.db-wal"])
    assert read_watching(path) == told  # somebody has it open
    copies = tmp_path / "copies"
    copies.mkdir()
    for name in ("a.db", "a.db-wal"):
        (copies / name).write_bytes((tmp_path / name).read_bytes())
    writer.close()
    alone = tmp_path / "alone"
    alone.mkdir()
    path.rename(alone / "a.db")
    assert read_watching(alone / "a.db") == (["kept", "logged"], ["a.db"])
    (alone / "a.db-wal").touch()  # as a copy of a database that is open may have
    assert read_watching(alone / "a.db")[0] == ["kept", "logged"]
    # A log without its index cannot be read without making one.
    with pytest.raises(InputError, match=r"a\.db-wal beside it holds changes .*: open it once"):
        read_watching(copies / "a.db")
    assert sorted(item.name for item in copies.iterdir()) == ["a.db", "a.db-wal"]


def test_a_database_that_changes_while_it_is_read_without_locks_is_told(tmp_path):
    path = tmp_path / "a.db"
    logged(path).close()
    batches = open_database(f"sqlite:///{path}", table="cases").read(
        0, {0: "a"}, Notes(), lambda count: None
    )
    next(batches)
    writer = sqlite3.connect(path)
    writer.execute("DELETE FROM cases")
    writer.commit()
    with pytest.raises(InputError, match="was changed while it was read: take it in again"):
        next(batches)
    writer.close()


def test_a_change_that_was_not_finished_is_told(tmp_path):
    path = tmp_path / "a.db"
    stop = (
        "import sqlite3, os, sys; c = sqlite3.connect(sys.argv[1]);"
        "c.execute('CREATE TABLE cases (a)');"
        "c.executemany('INSERT INTO cases VALUES (?)', [('x' * 99,)] * 999); c.commit();"
        "c.execute('PRAGMA cache_size = 1'); c.execute('UPDATE cases SET a = 1'); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", stop, str(path)], check=True)
    with pytest.raises(InputError, match=r"a\.db-journal beside it holds changes"):
        open_database(f"sqlite:///{path}", table="cases")


def test_a_table_of_sqlite_is_found_in_any_case_of_letters_as_sqlite_finds_it(sqlite):
    url = sqlite("a", [("x",)])
    assert rows_of(open_database(url, table="CASES")) == [("x",)]


def test_an_unknown_table_is_told_with_the_nearest(sqlite):
    with pytest.raises(InputError, match="there is no table 'case'; there are cases"):
        open_database(sqlite("a", []), table="case")


@pytest.mark.parametrize("query", ["SELEC 1", "DELETE FROM cases", "SELECT 1; SELECT 2", ""])
def test_what_is_no_select_is_told(sqlite, query):
    with pytest.raises(InputError, match=r"cannot be read \(.+\)\.$"):
        open_database(sqlite("a", []), query=query)


def test_sqlite_cannot_be_written_to(sqlite):
    url = sqlite("a", [(1,)])
    with (
        pytest.raises(database_rows.DatabaseFault, match="readonly"),
        database_rows.database_connection(url) as backend,
    ):
        backend.raw_sql("DELETE FROM cases")
    assert rows_of(open_database(url, table="cases")) == [("1",)]


def test_a_server_that_is_not_there_is_told_without_the_password():
    with pytest.raises(InputError, match=r"^postgresql://127\.0\.0\.1:1/d: cannot be") as caught:
        open_database("postgresql://u:hush@127.0.0.1:1/d", table="cases")
    assert "hush" not in str(caught.value)


def test_what_the_driver_says_is_cleaned_of_the_password(monkeypatch):
    def refuse(*_, **__):
        raise psycopg.OperationalError('bad "postgresql://u:h%2Fush@h/d" with h/ush, tush')

    monkeypatch.setattr(psycopg, "connect", refuse)
    with pytest.raises(InputError, match="cannot be read") as caught:
        open_database("postgresql://u:h%2Fush@h/d?password=tush", table="cases")
    assert "ush" not in str(caught.value)


def test_a_missing_driver_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(InputError, match=r"pip install closurerate\[postgres\]"):
        open_database("postgresql://h/d", table="cases")


@pytest.mark.parametrize(
    ("role", "choice", "said"),
    [
        ("owner", {"table": "案件件"}, "there is no table '案件件'; there are 案件"),
        ("owner", {"table": "archive.close"}, "no table 'archive.close'; there are closed"),
        ("owner", {"table": "archive.kepd"}, "no table 'archive.kepd'; there are kept"),
        ("reader", {"table": "secret"}, "permission denied for table secret"),
        ("reader", {"query": "SELECT * FROM secret"}, "permission denied for table secret"),
        ("owner", {"query": "SELEC 1"}, "syntax error"),
        ("owner", {"query": "DELETE FROM secret RETURNING *"}, "syntax error"),
        ("owner", {"query": ""}, "syntax error"),
    ],
)
def test_what_postgres_refuses_is_told(filled, role, choice, said):
    with pytest.raises(InputError, match=r"^postgresql://127\.0\.0\.1:\d+/cases: ") as caught:
        open_database(filled.url(role), **choice)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT 1 / (n - 3) AS a FROM generate_series(1, 5) AS n", "division by zero"),
        ("SELECT nextval('counter') AS a", "read-only transaction"),
    ],
)
def test_what_fails_while_it_is_read_is_told(filled, query, said):
    table = open_database(filled.url(), query=query)
    with pytest.raises(InputError, match=said):
        batches_of(table)


def test_a_wrong_password_is_not_repeated(filled):
    url = filled.url().replace("m%40ster", "wr%40ng")
    with pytest.raises(InputError, match="password authentication failed") as caught:
        open_database(url, table="案件")
    assert "wr@ng" not in str(caught.value)
    assert "wr%40ng" not in str(caught.value)


# PostgreSQL ---------------------------------------------------------------------------------
EXPECTED = [
    (
        *("A1", "臺北", "1234", "0.10", 9007199254740993, 7),
        *("2018-03-08", "2018-03-08", "2018-03-08", "true", "0.1", "結案"),
    ),
    (
        *("A2", None, "10", "1000000000000000", None, None),
        *("infinity", "2018-03-07 23:30:00+08", "2018-03-08 01:02:03", None, None, None),
    ),
]


@pytest.mark.parametrize("role", ["owner", "reader"])
@pytest.mark.parametrize(
    "choice",
    [{"table": "案件"}, {"table": "public.案件"}, {"query": 'SELECT * FROM "案件" -- all;'}],
)
def test_every_kind_of_value_comes_exactly(filled, role, choice):
    table = open_database(filled.url(role), **choice)
    assert sorted(rows_of(table)) == EXPECTED
    assert not table.has_order
    assert table.name == filled.url("owner").replace("owner:m%40ster@", "")
    assert table.sheet == choice.get("table", "query")


def test_a_column_has_its_type_in_an_empty_table_too(filled):
    (batch,) = batches_of(open_database(filled.url(), table="案件"))
    kinds = dict(zip(batch.schema.names, batch.schema.types, strict=True))
    assert {name for name, kind in kinds.items() if kind == pa.int64()} == {"whole", "small"}
    assert set(kinds.values()) == {pa.int64(), pa.string()}
    assert batches_of(open_database(filled.url(), table="secret")) == []


def test_a_view_of_another_schema_by_the_socket(filled):
    table = open_database(filled.socket_url("reader"), table="archive.closed")
    assert table.name == "postgresql:///cases"
    assert rows_of(table) == [("A1", "1234")]


@pytest.mark.parametrize("name", ["kept", "parts", "part_a", "d'eux"])
def test_whatever_rows_can_be_read_of_is_there(filled, name):
    assert rows_of(open_database(filled.url(), table=f"archive.{name}")) in (
        [("A1", "1234")],
        [("A1", 1234)],
    )


def test_a_foreign_table_is_there_and_what_is_on_the_path_too(filled):
    with pytest.raises(InputError, match="foreign-data wrapper"):
        batches_of(open_database(filled.url(), table="archive.foreign_cases"))
    on_path = f"{filled.url('reader')}?options=-csearch_path%3Dpublic%2Carchive"
    assert rows_of(open_database(on_path, table="kept")) == [("A1", "1234")]


def test_chosen_columns_in_their_order(filled):
    query = 'SELECT id, amount AS "移送金額", id AS "第 三" FROM "案件" ORDER BY id'
    table = open_database(filled.url(), query=query)
    assert table.head == (("id", "移送金額", "第 三"),)
    (batch,) = table.read(0, {2: "case_id", 1: "amount"}, Notes(), lambda count: None)
    assert batch.drop_columns([MALFORMED]).to_pydict() == {
        "case_id": ["A1", "A2"],
        "amount": ["1234", "10"],
    }


def test_many_rows_come_in_batches_and_reading_may_stop(filled, monkeypatch):
    monkeypatch.setattr(database_rows, "BATCH_ROWS", 10)
    query = "SELECT n::int8 AS n FROM generate_series(1, 95) AS n"
    table = open_database(filled.url(), query=query)
    read = batches_of(table)
    assert [len(batch) for batch in read] == [*[10] * 9, 5]
    assert [n for batch in read for n in batch.column("n").to_pylist()] == list(range(1, 96))
    stopped = table.read(0, {0: "n"}, Notes(), lambda count: None)
    assert len(next(stopped)) == 10
    stopped.close()


def test_no_connection_stays(filled):
    list(open_database(filled.url(), query="SELECT 1 AS a").read(0, {0: "a"}, Notes(), id))
    others = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'owner' AND pid <> %s"
    with psycopg.connect(filled.url(), autocommit=True) as connection:
        own = connection.info.backend_pid
        for _ in range(50):  # a server forgets a closed connection a little later
            if (left := connection.execute(others, (own,)).fetchone()) == (0,):
                break
            time.sleep(0.1)
    assert left == (0,)


def test_a_number_that_a_float_has_rounded_has_an_exponent(postgres):
    query = "SELECT 108001234567890123::float8 AS a, 123456789::float4 AS b, 999999::float8 AS c"
    (row,) = rows_of(open_database(postgres.url(), query=query))
    assert row == ("1.0800123456789013e+17", "1.2345679e+08", "999999")


@pytest.mark.parametrize(
    "rows", ["SELECT n FROM m WHERE n < 0", "SELECT count(n) FROM m", "SELECT n FROM m ORDER BY n"]
)
def test_postgres_is_not_waited_for_without_end(postgres, monkeypatch, rows):
    monkeypatch.setattr(database_rows, "MOST_SECONDS", 0.2)
    endless = "WITH RECURSIVE m(n) AS (SELECT 1::int8 UNION ALL SELECT n + 1 FROM m)"
    table = open_database(postgres.url(), query=f"{endless} {rows}")
    with pytest.raises(InputError, match=r"0\.2 seconds are the most .* for the next rows"):
        batches_of(table)


def test_postgres_gives_no_rows_without_end(postgres, monkeypatch):
    monkeypatch.setattr(database_rows, "MOST_ROWS", 1_000)
    for rows in (1_000, 1_001):
        table = open_database(postgres.url(), query=f"SELECT n FROM generate_series(1, {rows}) n")
        if rows == 1_000:
            assert sum(batch.num_rows for batch in batches_of(table)) == rows
        else:
            with pytest.raises(InputError, match=r"over 1,000 rows, as a view without end has"):
                batches_of(table)


def test_a_cell_of_postgres_has_an_end(postgres):
    for most, more in ((1 << 20, 0), (1 << 20, 1)):
        query = f"SELECT repeat('x', {most + more}) AS a UNION ALL SELECT 'y'"
        table = open_database(postgres.url(), query=query)
        if more:
            with pytest.raises(InputError, match=r"a cell has over 1,048,576 characters"):
                batches_of(table)
        else:
            assert [len(row[0]) for row in rows_of(table)] == [most, 1]


def test_large_cells_of_postgres_come_in_batches_of_as_many_bytes(postgres, monkeypatch):
    monkeypatch.setattr(database_rows, "BATCH_BYTES", 1 << 20)
    query = "SELECT repeat('x', 10000) AS a, n AS b FROM generate_series(1, 1000) n"
    read = batches_of(open_database(postgres.url(), query=query))
    assert [n for batch in read for n in batch["b"].to_pylist()] == [*range(1, 1001)]
    assert max(batch.nbytes for batch in read) < 3 << 20


def test_a_shorter_time_of_the_server_stays(postgres):
    query = "SELECT current_setting('statement_timeout') AS a"
    url = postgres.url()
    assert rows_of(open_database(url, query=query)) == [("10min",)]
    assert rows_of(open_database(f"{url}?options=-cstatement_timeout%3D7s", query=query)) == [
        ("7s",)
    ]


# SQLite -------------------------------------------------------------------------------------
def test_sqlite_gives_what_is_stored_whatever_was_declared(sqlite):
    rows = [
        ("A", "abc", "2018-03-08", 9007199254740993, b"\xa4\xa4", "2018-03-08 00:00:00"),
        (1, None, 20180308, 1.0, "臺北", 1.5),
        ("007", 12, None, 2**40, "", None),
    ]
    url = sqlite("a TEXT, b INTEGER, c DATE, d REAL, e BLOB, f TIMESTAMP", rows)
    assert rows_of(open_database(url, table="cases")) == [
        # The affinity REAL has made floats of the integers, in the database itself.
        ("A", "abc", "2018-03-08", "9.007199254740992e+15", "��", "2018-03-08 00:00:00"),
        ("1", None, "20180308", "1", "臺北", "1.5"),
        ("007", "12", None, "1099511627776", "", None),
    ]


def test_a_query_of_sqlite(sqlite):
    url = sqlite("a, b", [("x", 1), ("y", None)])
    table = open_database(f"{url}?mode=rw", query='SELECT b AS "金額", a FROM cases ORDER BY a; ')
    assert (table.name, table.sheet, table.head) == (url, "query", (("金額", "a"),))
    assert rows_of(table) == [("1", "x"), (None, "y")]


def test_a_sqlite_file_may_be_named_from_the_working_folder(sqlite, monkeypatch):
    path = Path(sqlite("a", [(1,)]).removeprefix("sqlite:///"))
    monkeypatch.chdir(path.parent)
    for url in (
        f"sqlite:///{path.name}",
        "sqlite:///%E6%A1%88%20%E4%BB%B6.db",
        f"sqlite:////{path}",
    ):
        assert rows_of(open_database(url, table="cases")) == [("1",)]


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    values=st.lists(
        st.one_of(st.none(), st.text(max_size=5), st.integers(-(2**63), 2**63 - 1), st.booleans())
    ),
    batch=st.integers(1, 4),
)
def test_a_column_without_type_comes_as_it_went(values, batch, tmp_path_factory):
    path = tmp_path_factory.mktemp("s") / "x.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE cases (a)")
    connection.executemany("INSERT INTO cases VALUES (?)", [(value,) for value in values])
    connection.commit()
    connection.close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database_rows, "BATCH_ROWS", batch)
        found = rows_of(open_database(f"sqlite:///{path}", table="cases"))
    texts = [None if v is None else str(int(v)) if isinstance(v, bool) else str(v) for v in values]
    assert found == [(text,) for text in texts]


# What takes more than there is ----------------------------------------------------------------
@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("SELECT zeroblob(1000000000) AS case_id", "too big"),
        (
            "WITH RECURSIVE n(case_id) AS (SELECT 1 UNION ALL SELECT case_id + 1 FROM n) "
            "SELECT case_id || printf('%1000s', '') AS case_id FROM n",
            "over 200 times its size, as those of a view without end",
        ),
    ],
)
def test_a_view_that_gives_more_than_there_is_is_refused(tmp_path, rows, said):
    path = tmp_path / "bomb.db"
    with sqlite3.connect(path) as link:
        link.execute(f"CREATE VIEW cases AS {rows}")
    link.close()
    table = open_database(f"sqlite:///{path}", table="cases")
    with pytest.raises(InputError, match=rf"bomb\.db: cannot be read \(.*{said}"):
        batches_of(table)


ENDLESS = "WITH RECURSIVE n(a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM n)"


@pytest.mark.parametrize(
    "rows", ["a FROM n WHERE a < 0", "count(a) AS a FROM n", "a FROM n ORDER BY a"]
)
def test_a_view_that_never_gives_a_row_is_not_waited_for_without_end(tmp_path, monkeypatch, rows):
    monkeypatch.setattr(database_rows, "MOST_SECONDS", 0.2)
    path = tmp_path / "bomb.db"
    with sqlite3.connect(path) as link:
        link.execute(f"CREATE VIEW cases AS {ENDLESS} SELECT {rows}")
    link.close()
    with pytest.raises(InputError, match=r"bomb\.db: .* 0\.2 seconds are the most .* next rows"):
        batches_of(open_database(f"sqlite:///{path}", table="cases"))


def test_rows_that_come_slowly_are_waited_for(tmp_path, monkeypatch):
    clock = count()  # each look at it is a second
    monkeypatch.setattr(database_rows, "monotonic", lambda: next(clock))
    monkeypatch.setattr(database_rows, "MOST_SECONDS", 30)
    monkeypatch.setattr(database_rows, "MOST_CELLS_AT_ONCE", 1)
    path = tmp_path / "slow.db"
    with sqlite3.connect(path) as link:
        link.execute(f"CREATE VIEW cases AS {ENDLESS} SELECT a FROM n WHERE a % 100000 = 0 LIMIT 9")
    link.close()
    assert len(rows_of(open_database(f"sqlite:///{path}", table="cases"))) == 9
    assert next(clock) > 60


def test_large_cells_come_in_batches_of_as_many_bytes(tmp_path, monkeypatch):
    monkeypatch.setattr(database_rows, "BATCH_BYTES", 1 << 20)
    path = tmp_path / "large.db"
    with sqlite3.connect(path) as link:
        link.execute("CREATE TABLE cases (a, b)")
        link.executemany("INSERT INTO cases VALUES (?, 1)", [("x" * 10_000,)] * 1000)
    link.close()
    read = batches_of(open_database(f"sqlite:///{path}", table="cases"))
    assert sum(batch.num_rows for batch in read) == 1000
    assert max(batch.nbytes for batch in read) < 3 << 20
