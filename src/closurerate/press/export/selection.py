"""What of a notebook reaches the reader: one language, no code, no output that is not ours."""

import copy
from collections import Counter
from collections.abc import Iterator, Set
from itertools import islice
from typing import Any

from nbconvert.preprocessors import Preprocessor, TagRemovePreprocessor
from nbformat import NotebookNode

from closurerate.errors import InputError
from closurerate.press.export.figures import FIGURES, identified, placed
from closurerate.press.export.foreign_outputs import adopt
from closurerate.press.export.references import referred
from closurerate.press.export.rests import labels_used, synthetic_parts
from closurerate.press.facts import METADATA_KEY, document_facts
from closurerate.press.ledger.marked import BEHIND
from closurerate.press.print.frame import HTML, TYPST
from closurerate.press.print.labels import LANGUAGES, Language, labels
from closurerate.press.shown import SHOWN
from closurerate.press.text import said, spaced, t

MARKDOWN = "text/markdown"
_LINKS = {HTML: '<a href="#{name}">{label}</a>', MARKDOWN: "[{label}](#{name})"}
"""How a link within the document is written, by the kind of text."""
SUMMARY_TAG = "summary"
"""Of the cells that stand before the contents and the key of the labels."""
_MADE_UP = "(synthetic"
"""Stands in the library's tables of synthetic cases, and in what an open year says of itself."""
HIDDEN_TAGS = frozenset({"parameters", "injected-parameters", "hide"})


class SelectForReader(Preprocessor):
    """Drops the other language and the hidden cells, and refuses what a report cannot show."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Return the notebook with only the reader's cells.

        Raises:
            InputError: If a cell failed or printed, or shows something that carries neither our two
                forms nor Markdown.
        """
        language = document_facts(nb.metadata).language
        others = {tag for tag in LANGUAGES if tag != language}
        for number, cell in enumerate(nb.cells, start=1):
            is_shown = not _has_tag(cell, others | HIDDEN_TAGS)
            for output in cell.get("outputs", []):
                _check_output(output, _cell_name(cell, number), is_shown)
        remover = TagRemovePreprocessor(  # type: ignore[no-untyped-call]
            enabled=True, remove_cell_tags=others | HIDDEN_TAGS
        )
        shown, resources = remover(nb, resources)
        after = (
            cell
            for cell in shown.cells
            if not _has_tag(cell, {SUMMARY_TAG}) and cell.get("outputs", True)
        )
        for cell in islice(after, 1):
            cell.metadata["after_summary"] = True
        return shown, resources


def in_language(executed: NotebookNode, language: Language) -> NotebookNode:
    """Return an executed notebook as it is printed in one language: facts and prints.

    Its metadata gain the labels that it uses (`labels`), the data of its tables and charts
    (`figures`), and its notice says what in it is made up.

    Raises:
        InputError: If it has no facts in this language, as none has that papermill or JupyterLab
            executed.
    """
    chosen = copy.deepcopy(executed)
    is_own = False
    given = [cell for cell in chosen.cells if not _has_tag(cell, {"injected-parameters"})]
    for number, cell in enumerate(given, start=1):  # as the reader's own notebook has them
        if cell.cell_type == "code" and not _has_tag(cell, HIDDEN_TAGS):
            is_own = adopt(cell, number) or is_own
    facts = executed.metadata.get(METADATA_KEY, {})
    chosen.metadata[METADATA_KEY] = dict(facts.get(language, {}))
    chosen.metadata[BEHIND] = {} if is_own else facts.get(BEHIND, {})
    _tell_what_it_rests_on(chosen, language, is_own=is_own)
    print_in(chosen, language)
    return chosen


def print_in(chosen: NotebookNode, language: Language) -> None:
    """Put in place of each shown value its print in a language: tables and charts numbered.

    Text names one of them by its id (`references.referred`).
    """
    seen, figures, numbers, said = Counter[str](), [], dict[str, int](), {}
    printed, on_paper, counts = [*_outputs(chosen)], list[str](), {}
    for item, (_, cell, output) in zip(shown_values(chosen), printed, strict=True):
        ours = output.data.pop(SHOWN)
        output.data.update(ours["prints"][language])
        output.metadata["shown"] = item["id"]
        if item["kind"] not in ("chart", "sliders") and not _has_tag(cell, HIDDEN_TAGS):
            on_paper.append(item["id"])
        if "counts" in item:
            counts[item["id"]] = list(item["counts"])
        said[item["id"]] = ours.get("numbers", {}).get(language, [])
        if item["kind"] in FIGURES and not _has_tag(cell, HIDDEN_TAGS):
            seen[item["kind"]] += 1
            output.data[HTML] = placed(output.data[HTML], item, seen[item["kind"]], language)
            figures.append(item)
            numbers[item["id"]] = seen[item["kind"]]
    chosen.metadata["figures"] = figures
    chosen.metadata["numbers"] = said
    chosen.metadata["on_paper"] = on_paper
    chosen.metadata["counts"] = counts
    for cell in chosen.cells:
        if cell.cell_type == "markdown":
            cell.source = referred(cell.source, numbers, language, link=_LINKS[MARKDOWN])
    for _, _, output in printed:
        for kind, text in output.data.items():
            link = _LINKS.get(kind, "{label}")
            output.data[kind] = referred(text, numbers, language, link=link)


def figures_in(executed: NotebookNode, language: Language) -> Iterator[tuple[dict[str, Any], str]]:
    """Go through the tables and charts of an executed notebook: each as data, and as HTML."""
    pairs = zip(shown_values(executed), [*_outputs(executed)], strict=True)
    for item, (_, cell, output) in pairs:
        if item["kind"] in FIGURES and not _has_tag(cell, HIDDEN_TAGS):
            yield item, output.data[SHOWN]["prints"][language][HTML]


def _outputs(notebook: NotebookNode) -> Iterator[tuple[str, NotebookNode, NotebookNode]]:
    """Go through what a notebook shows as values: the place of each, its cell, and its output.

    The place is that of its cell and, in it, its own: `12-1` is the first that cell 12 shows.
    """
    for place, cell in enumerate(notebook.cells):
        ours = (one for one in cell.get("outputs", []) if SHOWN in one.get("data", {}))
        for number, output in enumerate(ours, start=1):
            yield f"{place}-{number}", cell, output


def _tell_what_it_rests_on(chosen: NotebookNode, language: Language, *, is_own: bool) -> None:
    """Put into the metadata the labels that are used, and into the notice what is made up.

    Of what is not ours nobody can say whether it is: the notice then stands as it is, or says what
    a table of the library says of itself.
    """
    shown = [
        output.data[SHOWN]["shown"]
        for _, cell, output in _outputs(chosen)
        if not _has_tag(cell, HIDDEN_TAGS)
    ]
    chosen.metadata["labels"] = labels_used(shown)
    facts, parts = chosen.metadata[METADATA_KEY], synthetic_parts(shown, language)
    if is_own and not facts.get("synthetic_notice") and _MADE_UP in str(shown):
        keys = ("own_synthetic_notice", "own_branches_named")
        facts["synthetic_notice"] = said(spaced([*map(t, keys)]), language)
    if facts.get("synthetic_notice") and not is_own:
        told = f"{labels(language)['synthetic_parts']}{parts}{labels(language)['stop']}"
        facts["synthetic_notice"] = told + facts["synthetic_notice"] if parts else ""


def shown_values(executed: NotebookNode) -> list[dict[str, Any]]:
    """Return all that a notebook shows as data, in order, each with an id of its own.

    A table or chart has the id that it has on the page, and the others their place.
    """
    return identified(
        [(place, output.data[SHOWN]["shown"]) for place, _, output in _outputs(executed)]
    )


def _has_tag(cell: NotebookNode, tags: Set[str]) -> bool:
    return not tags.isdisjoint(cell.metadata.get("tags", []))


def _cell_name(cell: NotebookNode, number: int) -> str:
    lines = cell.source.strip().splitlines() or [""]
    return f"cell {number} ({lines[0][:60]!r})"


def _check_output(output: NotebookNode, name: str, is_shown: bool) -> None:
    if output.output_type == "error":
        raise InputError(f"{name} failed with {output.ename}: {output.evalue}")
    if not is_shown:
        return
    if output.output_type == "stream":
        raise InputError(
            f"{name} prints {output.text.strip()[:60]!r}: a report shows objects of "
            "closurerate.press, and a cell that must print is tagged hide."
        )
    kinds = set(output.data)
    if not ({HTML, TYPST} <= kinds or MARKDOWN in kinds):
        raise InputError(
            f"{name} shows {', '.join(sorted(kinds))} only: a report shows objects of "
            "closurerate.press (Table, Chart, Markdown and so on)."
        )
