"""The register of readings: an option that is not there is told with those that are."""

from pathlib import Path

import pytest

from closurerate.errors import InputError
from closurerate.records.readings import load_readings

BOTH = "{zh-Hant: 甲, en: a}"
OTHER = f"{{other: {BOTH}}}"


@pytest.mark.parametrize(
    ("options", "adopted", "said"),
    [
        ("abc", "a", "some.options: must hold keys and values, found 'abc'"),
        ("{}", "a", r"some.adopted: 'a' is no option\.$"),
        (OTHER, "othr", "'othr' is no option; did you mean 'other'"),
        (OTHER, "[other]", r"\['other'\] is no option"),
    ],
)
def test_an_option_that_is_not_there(tmp_path: Path, options: str, adopted: str, said: str) -> None:
    path = tmp_path / "readings.yml"
    entry = f"{{question: {BOTH}, adopted: {adopted}, options: {options}, reason: {BOTH}}}"
    path.write_text(f"readings: {{some: {entry}}}\n", encoding="utf-8")
    with pytest.raises(InputError, match=said):
        load_readings(path)
