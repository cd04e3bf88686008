"""A process of its own: what it yields arrives, and its end by whatever cause is one sentence."""

import os
import sys
from itertools import count, islice
from pathlib import Path

import pytest

from closurerate.errors import InputError
from closurerate.intake.came import apart as reading
from closurerate.intake.came.apart import apart
from closurerate.intake.came.files import open_file
from closurerate.intake.came.sheets import read_workbook
from workbook_samples import shared_strings

GIVEN_UP = r"a\.xlsx: its reader gave up, .* over 6 GB of memory"


def test_what_is_yielded_there_arrives_in_order():
    assert list(apart(Path("a.xlsx"), range, 3)) == [0, 1, 2]
    assert list(islice(apart(Path("a.xlsx"), count, 5), 2)) == [5, 6]
    assert list(apart(Path("a.xlsx"), range, 0)) == []


def test_what_is_wrong_with_the_file_is_told_as_it_is_here(tmp_path):
    with pytest.raises(InputError, match="there is no such file"):
        list(apart(tmp_path / "a.xlsx", read_workbook, tmp_path / "a.xlsx"))


def test_an_abort_is_one_sentence():
    with pytest.raises(InputError, match=GIVEN_UP):
        list(apart(Path("a.xlsx"), os.abort))


@pytest.mark.skipif(sys.platform != "linux", reason="memory is bounded on Linux")
def test_more_memory_than_the_bound_is_refused():
    with pytest.raises(InputError, match=GIVEN_UP):
        list(apart(Path("a.xlsx"), bytearray, reading.MOST_MEMORY + 1))


@pytest.mark.skipif(sys.platform != "linux", reason="memory is bounded on Linux")
def test_a_workbook_of_one_long_text_in_very_many_cells_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "MOST_MEMORY", 1 << 30)
    path = shared_strings(tmp_path / "a.xlsx", length=1 << 20, cells=3000)
    with pytest.raises(InputError, match=r"a\.xlsx: its reader gave up, .* over 1 GB of memory"):
        open_file(path)
