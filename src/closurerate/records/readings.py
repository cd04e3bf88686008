"""The register of readings: what the source leaves open, what is adopted, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from closurerate.records import fields
from closurerate.records.documents import LANGUAGES, nearest
from closurerate.records.paths import kpi_folder

_LIGHTS = fields.keys(dict.fromkeys(("green", "yellow", "red"), fields.Exact))
_SINCE = Mapping[fields.YearKey, Annotated[Mapping[str, Any], _LIGHTS]]
_OPTION = fields.keys(
    dict.fromkeys(LANGUAGES, fields.Text), {"unit": fields.Words, "since": _SINCE}
)


_Unsourced = Annotated[Literal["unsourced"], fields.says("must be unsourced, or left out")]


@dataclass(frozen=True)
class Reading(fields.Written):
    """One open question, and why the adopted one of its options was chosen.

    Args:
        options: Each option by name: its words by language, and its values where it has any.
        is_sourced: False where nobody has supplied a reference for the adopted option's values.
    """

    question: fields.Texts
    adopted: Annotated[str, fields.kind(lambda name: name, type="string")]
    options: Mapping[str, Annotated[Mapping[str, Any], _OPTION]]
    reason: fields.Texts
    is_sourced: Annotated[
        bool, fields.written(_Unsourced), AfterValidator(lambda _: False), Field(alias="status")
    ] = True

    def __post_init__(self) -> None:
        """Check that the adopted option is one."""
        if self.adopted not in list(self.options):  # it may be of any kind
            near = nearest(self.adopted, self.options)
            raise fields.Wrong(f"{self.adopted!r} is no option{near}", "adopted")

    def option(self) -> Mapping[str, Any]:
        """Return the adopted option."""
        return self.options[self.adopted]


@dataclass(frozen=True)
class Readings(fields.Written):
    """The file data/kpi/readings.yml."""

    readings: Mapping[str, Reading]


def register() -> Mapping[str, Reading]:
    """Return the project's readings."""
    return load_readings(kpi_folder() / "readings.yml")


def adopted(name: str) -> str:
    """Return the adopted option of a reading."""
    return register()[name].adopted


@lru_cache(maxsize=4)
def load_readings(path: Path) -> Mapping[str, Reading]:
    """Read and validate the register; InputError names file, line and key."""
    return fields.read(path, Readings).readings
