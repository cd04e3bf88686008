"""What a notebook says about the document it becomes: `metadata["closurerate"]`."""

import dataclasses
import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from closurerate.errors import InputError
from closurerate.press.print.labels import LANGUAGES
from closurerate.press.words import word
from closurerate.records.paths import ROC_OFFSET

METADATA_KEY = "closurerate"
TAIPEI = datetime.timezone(datetime.timedelta(hours=8))


@dataclass(frozen=True)
class DocumentFacts:
    """Title page, language and date of one report.

    Args:
        subtitle: What it is or is not; empty for nothing.
        year: The ROC year.
        publisher: Whose paper it is.
        date: Up to which day its data go, as an ISO date; the PDF says that it was made then.
        date_text: The days that a reader sees.
        stamp: What it was made by and from: version of the code, digest of the data.
        terms: Symbols in its text, each with what it means, as pairs.
        synthetic_notice: What is made up in it; empty where nothing is.
    """

    title: str
    subtitle: str
    language: str
    year: int
    publisher: str
    date: str
    date_text: str
    stamp: str
    synthetic_notice: str
    running_head: str
    contents: bool
    terms: list  # type: ignore[type-arg]

    @property
    def day(self) -> datetime.date:
        """The document's date."""
        return datetime.date.fromisoformat(self.date)

    @property
    def timestamp(self) -> datetime.datetime:
        """The document's date at midnight in Taipei: no build reads a clock."""
        return datetime.datetime.combine(self.day, datetime.time(), tzinfo=TAIPEI)


def plain_facts(titles: Mapping[str, str], day: datetime.date) -> dict[str, dict[str, Any]]:
    """Return by language the facts of a notebook of which nothing is known but title and day."""
    return {
        language: dataclasses.asdict(
            DocumentFacts(
                title=title,
                subtitle="",
                language=language,
                year=day.year - ROC_OFFSET,
                publisher=word("own_analysis", language),
                date=day.isoformat(),
                date_text=day.isoformat(),
                stamp=f"closurerate {version('closurerate')}",
                synthetic_notice="",
                running_head=title,
                contents=False,
                terms=[],
            )
        )
        for language, title in titles.items()
    }


def document_facts(metadata: Mapping[str, Any]) -> DocumentFacts:
    """Return the facts in a notebook's metadata, checked.

    Raises:
        InputError: If the metadata lacks a fact, has one that is not known, or one of the wrong
            type or value.
    """
    where = f"the notebook's metadata[{METADATA_KEY!r}]"
    given = metadata.get(METADATA_KEY)
    fields = {field.name: field.type for field in dataclasses.fields(DocumentFacts)}
    if not isinstance(given, Mapping) or not set(given) >= set(fields):
        missing = [key for key in fields if key not in (given or ())]
        raise InputError(
            f"{where} lacks {', '.join(missing)}: papermill and JupyterLab do not write them; hand "
            "over a notebook that `closurerate notebook` (or make) has executed."
        )
    for key in sorted(set(given) - set(fields)):
        raise InputError(f"{where}: {key!r} is not known: it must have {', '.join(fields)}.")
    for key, kind in fields.items():
        if type(given[key]) is not kind:
            raise InputError(f"{where}: {key!r} must be of type {kind.__name__}.")  # type: ignore[union-attr]
    facts = DocumentFacts(**given)
    _check_values(facts, where)
    return facts


def _check_values(facts: DocumentFacts, where: str) -> None:
    if facts.language not in LANGUAGES:
        raise InputError(f"{where}: 'language' must be one of {', '.join(LANGUAGES)}.")
    for name in ("title", "publisher"):
        if not getattr(facts, name).strip():
            raise InputError(f"{where}: {name!r} is empty: a document must have a {name}.")
    try:
        datetime.date.fromisoformat(facts.date)
    except ValueError:
        raise InputError(
            f"{where}: 'date' is {facts.date!r}: it must be an ISO date such as 2019-03-08."
        ) from None
