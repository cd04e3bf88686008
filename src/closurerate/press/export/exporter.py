"""What both exporters do: a template of our own, the document's facts, the reader's cells."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from nbconvert.exporters import TemplateExporter
from nbformat import NotebookNode
from traitlets import default
from traitlets.config import Config

from closurerate.press.export.leads import MarkLeads
from closurerate.press.export.selection import SelectForReader
from closurerate.press.facts import document_facts
from closurerate.press.ledger.marked import BEHIND, public_ledger
from closurerate.press.print.fonts import SANS, SERIF
from closurerate.press.print.frame import shown_css
from closurerate.press.print.labels import SYNTHETIC, labels
from closurerate.press.print.layout import CELL_PADDING_PT, KEPT_ROWS
from closurerate.press.print.looks import PAGE_BOTTOM_CM, PAGE_TOP_CM, PALETTE, TEXT_WIDTH_CM
from closurerate.press.print.markdown import Outline

_TEMPLATES = Path(__file__).parent / "templates"


class ReportExporter(TemplateExporter):
    """nbconvert exporter of a report: no code, and the cells of one language.

    Attributes:
        folder: Where its template is, under `templates`.
        markup: What its template is written in, as the ending of a file.
        extension: Ending of what it makes.
        is_scripted: Whether a page runs what sorts its tables and the like.
        own_filters: What its template calls by name besides nbconvert's own.
    """

    folder: str
    markup: str
    extension: str
    is_scripted = True
    own_filters: tuple[Callable[..., str], ...]

    @property
    def default_config(self) -> Config:
        """Name our template and what selects the cells."""
        merged = super().default_config.copy()
        ours = {
            "preprocessors": [SelectForReader, MarkLeads],
            "exclude_input": True,
            "template_name": self.folder,
            "template_extension": f"{self.markup}.j2",
            "extra_template_basedirs": [str(_TEMPLATES)],
        }
        merged.merge(Config({"ReportExporter": ours}))
        return merged  # type: ignore[no-any-return]

    @default("file_extension")
    def _report_extension(self) -> str:
        return self.extension

    def default_filters(self) -> Iterator[tuple[str, Any]]:
        """Add what the template calls."""
        yield from super().default_filters()  # type: ignore[no-untyped-call]
        yield from ((filter.__name__, filter) for filter in self.own_filters)

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[Any, dict[str, Any]]:
        """Return the document and nbconvert's resources.

        Raises:
            InputError: If the notebook lacks its facts or shows what a report cannot.
        """
        facts = document_facts(nb.metadata)
        resources = {
            **(resources or {}),
            "facts": facts,
            "labels": labels(facts.language),
            "figures": nb.metadata.get("figures", []),
            "ledger": public_ledger(nb.metadata),
            "counts": nb.metadata.get("counts", {}),
            "said": nb.metadata.get("numbers", {}),
            "behind": nb.metadata.get(BEHIND, {}),
            "is_scripted": self.is_scripted,
            "key": nb.metadata.get("labels", []),
            "made_up": SYNTHETIC,
            "outline": Outline(),
            "palette": PALETTE,
            "sans": SANS,
            "shown_css": shown_css(),
            "serif": SERIF,
            "page_top_cm": PAGE_TOP_CM,
            "page_bottom_cm": PAGE_BOTTOM_CM,
            "text_width_cm": TEXT_WIDTH_CM,
            "cell_padding_pt": CELL_PADDING_PT,
            "kept_rows": KEPT_ROWS,
        }
        document, resources = super().from_notebook_node(nb, resources, **kw)
        return document, resources
