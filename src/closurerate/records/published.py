"""The figures of a report already printed, as printed: `data/published/<year>.yml`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator

from closurerate.errors import InputError
from closurerate.quantity import Quantity
from closurerate.records import fields
from closurerate.records.claim import Claim, ClaimEntry, Printed
from closurerate.records.documents import nearest, read_document
from closurerate.records.feasible import Interval, Rounding, feasible_counts
from closurerate.records.paths import data_folder


@dataclass(frozen=True)
class Report(fields.Written):
    """The report that figures are printed in; its name and date are open until it is printed."""

    title: fields.Text | None
    year: fields.Year
    approved_on: fields.Day | None


def _by_id(entries: Sequence[ClaimEntry]) -> Mapping[str, Claim]:
    found: dict[str, ClaimEntry] = {}
    for place, entry in enumerate(entries):
        if entry.id in found:
            raise fields.Wrong(f"id {entry.id!r} stands twice", place, key="id")
        found[entry.id] = entry
    return {name: claim for name, claim in found.items() if isinstance(claim, Claim)}


@dataclass(frozen=True)
class Published(fields.Written):
    """A file in data/published: all that a printed report says about one year, in its order.

    A figure that is still to be transcribed is no claim.
    """

    year: fields.Year
    report: Report
    claims: Annotated[Mapping[str, Claim], fields.written(list[Printed]), AfterValidator(_by_id)]

    def __post_init__(self) -> None:
        """Refuse figures of a report that has no name or date."""
        for key in ("title", "approved_on"):
            if self.claims and getattr(self.report, key) is None:
                raise fields.Wrong("must be filled in, as figures are", "report", key)

    def __getitem__(self, name: str) -> Claim:
        """Return the claim (InputError with the nearest id where there is none)."""
        if name not in self.claims:
            near = nearest(name, self.claims)
            raise InputError(f"data/published/{self.year}.yml: no claim {name!r}{near}.")
        return self.claims[name]

    def __contains__(self, name: str) -> bool:
        """Whether there is a claim of this id."""
        return name in self.claims

    def quantities(self) -> dict[str, Quantity]:
        """Return every number among the claims as a quantity, by id, each with its name."""
        return {
            name: replace(claim.quantity(), name=f"printed.{name}@{self.year}")
            for name, claim in self.claims.items()
            if claim.is_numeric
        }


def feasible_by_reading(
    published: Published, rounding: Rounding = "half_up"
) -> dict[str, Interval]:
    """Return the feasible effective cases of a year under each reading of its measure.

    The keys are `effective_over_closed` (E / C) and `nonlinear` (I); C and P are the printed
    `closed` and `pending`. Both measures are proportional to E.
    """
    rate, closed, pending = (published[name] for name in ("rate", "closed", "pending"))
    c, p = closed.value, pending.value
    factors = {"effective_over_closed": 1 / c, "nonlinear": (c + p) / (c**2 + p**2)}
    return {
        reading: feasible_counts(rate.value, rate.decimals, 100 * factor, rounding)
        for reading, factor in factors.items()
    }


def effective_by_reading(published: Published) -> dict[str, Interval]:
    """Return the effective cases of a year: as printed, else those that its printed rate allows.

    The printed ones stand under an empty reading. Nothing where neither is printed, or not the
    closed and pending cases.
    """
    if not all(name in published for name in ("closed", "pending")):
        return {}
    if "effective" in published:
        effective = int(published["effective"].value)
        return {"": Interval(effective, effective)}
    return feasible_by_reading(published) if "rate" in published else {}


def published_until(year: int, folder: Path | None = None) -> dict[int, Published]:
    """Return what is printed of each ROC year up to one, in order, of `data/published`.

    A file without a figure (an unfilled skeleton, comments alone) is that of no printed year.
    """
    folder = folder or data_folder() / "published"
    years = sorted(int(file.stem) for file in folder.glob("*.yml") if file.stem.isdigit())
    found = {
        printed: load_published(printed, folder)
        for printed in years
        if printed <= year and read_document(folder / f"{printed}.yml")
    }
    return {printed: report for printed, report in found.items() if report.claims}


def load_published(year: int, folder: Path | None = None) -> Published:
    """Read and validate the published figures of a year, of `data/published` where not told.

    Raises:
        InputError: As `read_published`.
    """
    return read_published((folder or data_folder() / "published") / f"{year}.yml", year)


def read_published(path: Path, year: int) -> Published:
    """Read and validate a file of the published figures of a year.

    Raises:
        InputError: Naming file, line and key: a missing file, an unknown or missing key, an id that
            stands twice, a value that is no exact decimal of the printed precision, a word outside
            its vocabulary.
    """
    found = fields.read(path, Published)
    if found.year != year:
        raise fields.fault(path, (), f"year must be {year}, which is asked for", "year")
    return found
