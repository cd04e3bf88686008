"""An auditor's own database: the SQL of the second count gives in PostgreSQL what it does here."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import psycopg
import pytest

from closurerate.audit.rows.recount import recount, recount_sql
from recount_samples import plain_count, random_cases, write_csv

YEAR = 107
TABLE = (
    "CREATE TEMPORARY TABLE cases (case_id text, branch text, category text, referred_on date,"
    " closed_on date, reopened_on date, disposition text, referred_amount_twd bigint,"
    " paid_amount_twd bigint)"
)


def test_postgres_counts_the_same(postgres, case_file: Callable[..., Path], tmp_path: Path) -> None:
    rows = random_cases(np.random.default_rng(4), 3000)
    with psycopg.connect(postgres.url()) as connection, connection.cursor() as cursor:
        cursor.execute(TABLE)
        with cursor.copy("COPY cases FROM STDIN") as copy:
            for row in rows:
                copy.write_row(list(row.values()))
        cursor.execute(recount_sql(YEAR))
        names = [column.name for column in cursor.description]
        found = {line[:3]: dict(zip(names, line, strict=True)) for line in cursor.fetchall()}
    for cell, counted in plain_count(write_csv(rows, tmp_path / "cases.csv")).items():
        for measure, count in counted.items():
            assert found[cell]["new_cases" if measure == "new" else measure] == count
    for one in recount(case_file(rows), YEAR).compared:
        name = "new_cases" if one.measure == "new" else one.measure
        assert float(found[one.cell][name]) == pytest.approx(one.recounted), one
