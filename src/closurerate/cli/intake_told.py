"""What `closurerate intake` says at its end: accounts, reasons, and what the doubts can do."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from closurerate.cli.text_table import text_table
from closurerate.errors import InputError
from closurerate.intake.left.accounts import PLACES, Intake
from closurerate.intake.left.delivery import CASES
from closurerate.intake.left.previous import PREVIOUS
from closurerate.kpi.definition import Definition, KpiVersion
from closurerate.kpi.evaluate import Evaluation
from closurerate.press.text import Item, Text, said
from closurerate.quantity import printed
from closurerate.study.doubts.doubts import DoubtInterval, doubt_interval, evaluated
from closurerate.study.doubts.page import DOUBTS_NAME, delivery_sentence, doubts_sentence


@dataclass(frozen=True)
class Headline:
    """A KPI on the cases taken, on those of the delivery before, and what the doubts can do."""

    name: Mapping[str, str]
    version: KpiVersion
    now: Evaluation
    before: Evaluation | None
    interval: DoubtInterval

    @classmethod
    def of(cls, folder: Path, year: int, definition: Definition) -> "Headline | None":
        """Return it for the folder of an intake; None for a year in which it is not in force."""
        try:
            version = definition.in_force(year)
        except InputError:
            return None  # years from before the KPI are taken in all the same
        now = evaluated(folder / CASES, year, version)
        before = folder / PREVIOUS / CASES
        return cls(
            name=definition.name,
            version=version,
            now=now,
            before=evaluated(before, year, version) if before.is_file() else None,
            interval=doubt_interval(folder / DOUBTS_NAME, now.counts, version, year),
        )

    def sentences(self) -> list[Item]:
        """Return what the doubts can do to the KPI, and what a new delivery did (Markdown)."""
        name = Text(self.name)
        doubts = doubts_sentence(self.interval, self.version, name)
        if self.before is None:
            return [doubts]
        return [doubts, delivery_sentence(self.before, self.now, name)]


def told(intake: Intake, headline: Headline | None) -> str:
    """Return what is said of an intake, line by line; no headline where no KPI is in force."""
    lines = [text_table(_accounts(intake)).rstrip("\n")]
    for label, counts in (("rejected", intake.reasons), ("warnings", intake.warnings)):
        if counts:
            each = ", ".join(f"{code} {rows:,}" for code, rows in counts.items())
            lines.append(f"{label}: {each}")
    lines += [_table(table) for table in intake.tables]
    lines += [f"{item['file']} ({item['sheet']}): passed over" for item in intake.passed_over]
    if intake.corrections:
        outcomes = [str(item["outcome"]) for item in intake.corrections]
        each = ", ".join(f"{outcomes.count(o)} {o}" for o in dict.fromkeys(outcomes))
        lines.append(f"corrections: {each}")
    if intake.previous is not None:
        kinds = ("added", "removed", "changed")
        each = ", ".join(f"{intake.previous[kind]:,} {kind}" for kind in kinds)
        lines.append(f"since the delivery before: cases {each}")
    if headline is not None:
        lines.append(f"{headline.name['en']}: {printed(headline.now.quantity(), 'en')}")
        lines += [said(sentence, "en").replace("**", "") for sentence in headline.sentences()]
    return "".join(f"{line}\n" for line in lines)


def _accounts(intake: Intake) -> list[tuple[str, ...]]:
    columns = ("rows", *PLACES)
    rows = [("", *(name.replace("_", " ") for name in columns))]
    rows += [
        (file.name, *(f"{getattr(file, name):,}" for name in columns)) for file in intake.files
    ]
    return [*rows, ("total", *(f"{intake.totals[name]:,}" for name in columns))]


def _table(table: Mapping[str, Any]) -> str:
    """Return how a table was read, with what is strange about it."""
    sheet = f" ({table['sheet']})" if table["sheet"] else ""
    said = []
    if table["encoding"]:
        how = "given" if table["is_encoding_given"] else "detected"
        said.append(f"{table['encoding']} ({how})")
    if table["extra"]:
        said.append(f"columns left: {', '.join(table['extra'])}")
    if table["private_use"]:
        said.append(f"{table['private_use']:,} private-use characters kept")
    if table["undecodable_count"]:
        lines = ", ".join(f"{each['line']:,}" for each in table["undecodable"][:5])
        said.append(f"bytes that do not decode: {table['undecodable_count']:,}, on line {lines}")
    return f"{table['file']}{sheet}: {'; '.join(said) or 'read'}"
