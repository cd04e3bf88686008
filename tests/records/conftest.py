"""What the tests of files that people write share."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from closurerate.errors import InputError


@pytest.fixture
def refused(tmp_path: Path) -> Callable[..., None]:
    """Return a check that a year's file with a part of it damaged is refused, and how."""

    def check(load: Callable[..., object], year: int, text: str, damage: tuple[str, ...]) -> None:
        part, damaged, message = damage
        assert part in text
        (tmp_path / f"{year}.yml").write_text(text.replace(part, damaged, 1), encoding="utf-8")
        with pytest.raises(InputError, match=re.escape(message)) as raised:
            load(year, tmp_path)
        assert f"{year}.yml" in str(raised.value)

    return check
