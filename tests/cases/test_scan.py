from collections.abc import Callable
from datetime import date
from pathlib import Path

from closurerate.cases.engine import MEMORY_LIMIT, opened


def test_the_engine_is_quiet_and_bounded(case_file: Callable[..., Path]) -> None:
    case = {
        "case_id": "1",
        "branch": "臺北",
        "category": "財稅",
        "referred_on": date(2018, 3, 1),
        "referred_amount_twd": 1,
        "paid_amount_twd": 0,
    }
    with opened(case_file([case])) as cases:
        settings = "current_setting('enable_progress_bar'), current_setting('memory_limit')"
        found = cases.get_backend().raw_sql(f"SELECT {settings}").fetchone()
        assert cases.count().to_pyarrow().as_py() == 1
    assert MEMORY_LIMIT == "1500MB"
    assert (found[0], found[1]) == (False, "1.3 GiB")
