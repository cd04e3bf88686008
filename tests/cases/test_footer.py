"""A Parquet file is opened once its footer agrees with itself, and is no longer than a bound."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from closurerate.cases import footer
from closurerate.cases.contract import check_form
from closurerate.cases.footer import open_parquet
from closurerate.cases.source import read_mark
from closurerate.errors import InputError
from parquet_samples import claim_rows


@pytest.mark.parametrize("claimed", [0, 1, 12344, 2**33, 2**60])
@pytest.mark.parametrize("place", ["of the file", "of its row group"])
@pytest.mark.parametrize("opened", [open_parquet, check_form, read_mark])
def test_a_footer_at_odds_with_itself_is_told(tmp_path: Path, opened, place, claimed) -> None:
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"a": range(12345)}), path, store_schema=False, write_statistics=False)
    with open_parquet(path) as file:
        assert file.read().num_rows == 12345
    claim_rows(path, place, 12345, claimed)
    with pytest.raises(
        InputError, match=r"x\.parquet: is damaged: its footer tells of [\d,]+ rows"
    ):
        opened(path)


@pytest.mark.parametrize("opened", [open_parquet, check_form, read_mark])
def test_very_many_columns_are_refused_by_the_length_of_their_footer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opened
) -> None:
    path = tmp_path / "wide.parquet"
    pq.write_table(pa.table({f"c{number}": [1] for number in range(5000)}), path)
    monkeypatch.setattr(footer, "MOST_FOOTER_BYTES", 1 << 18)
    with pytest.raises(InputError, match=r"wide\.parquet: describes its columns and row groups"):
        opened(path)
