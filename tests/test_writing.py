"""A file is written whole or not at all."""

from pathlib import Path

import pytest

from closurerate.errors import InputError
from closurerate.writing import replacing


def test_a_folder_is_no_file_to_write(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder"), replacing(tmp_path):
        pass
    assert not list(tmp_path.iterdir())


def test_a_failure_leaves_what_was_there_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    target.write_text("before", encoding="utf-8")

    def fail() -> None:
        with replacing(target) as beside:
            beside.write_text("half", encoding="utf-8")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert target.read_text(encoding="utf-8") == "before"
    assert list(tmp_path.iterdir()) == [target]


def test_success_puts_it_in_place(tmp_path: Path) -> None:
    target = tmp_path / "new" / "a.txt"
    with replacing(target) as beside:
        beside.write_text("after", encoding="utf-8")
    assert target.read_text(encoding="utf-8") == "after"
    assert list(target.parent.iterdir()) == [target]
