"""What a notebook says about the document it becomes: `metadata["closurerate"]`."""

import dataclasses
import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from closurerate.errors import InputError
from closurerate.press.print.labels import LANGUAGES

METADATA_KEY = "closurerate"
TAIPEI = datetime.timezone(datetime.timedelta(hours=8))


@dataclass(frozen=True)
class DocumentFacts:
    """Title page, language and date of one report.

    `year` is the ROC year; `date` the ISO date of the document, which is also the time that the
    PDF says it was made; `date_text` the same date as the reader sees it. `synthetic_notice`
    stands on every page of a document that is `synthetic`.
    """

    title: str
    subtitle: str
    language: str
    year: int
    organisation: str
    date: str
    date_text: str
    synthetic: bool
    synthetic_notice: str
    running_head: str
    contents: bool

    @property
    def day(self) -> datetime.date:
        """The document's date."""
        return datetime.date.fromisoformat(self.date)

    @property
    def timestamp(self) -> datetime.datetime:
        """The document's date at midnight in Taipei: the only clock that a build reads."""
        return datetime.datetime.combine(self.day, datetime.time(), tzinfo=TAIPEI)


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
    if not facts.title.strip():
        raise InputError(f"{where}: 'title' is empty: a document must have a title.")
    try:
        datetime.date.fromisoformat(facts.date)
    except ValueError:
        raise InputError(
            f"{where}: 'date' is {facts.date!r}: it must be an ISO date such as 2019-03-08."
        ) from None
    if facts.synthetic and not facts.synthetic_notice.strip():
        raise InputError(f"{where}: 'synthetic_notice' is empty, though the data are synthetic.")
