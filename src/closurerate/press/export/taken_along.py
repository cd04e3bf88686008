"""Every table and chart of an executed notebook as files: CSV, XLSX, SVG and PNG."""

import re
from collections.abc import Iterator
from pathlib import Path

from closurerate.press.export.notebook_file import read_notebook
from closurerate.press.export.saved import csv_of, dictionary_of, workbook_of
from closurerate.press.export.selection import figures_in
from closurerate.press.export.typst import png_of
from closurerate.press.print.dark import on_paper
from closurerate.press.print.labels import Language
from closurerate.records.writing import replacing

_SVG = re.compile(r"<svg .*?</svg>", re.DOTALL)


def take_along(executed: Path, folder: Path, language: Language) -> Iterator[Path]:
    """Write the tables and charts of an executed notebook into a folder, and go through the files.

    Each has the id that it has on its page: `table-groups.csv`, `chart-surface.svg`. The tables and
    the values of the charts stand in one workbook too, `<notebook>.xlsx`; `dictionary.csv` says of
    each column what it is, and what evidence it rests on.

    Raises:
        InputError: If it is no notebook that `closurerate notebook` executed.
    """
    items = []
    for item, html in figures_in(read_notebook(executed), language):
        files: dict[str, bytes] = {}
        if "rows" in item:
            items.append(item)
            files["csv"] = csv_of(item, language).encode("utf-8-sig")
        if item["kind"] == "chart" and (found := _SVG.search(html)):
            svg = on_paper(found[0])
            files |= {"svg": svg.encode(), "png": png_of(svg)}
        for ending, content in files.items():
            yield _written(folder / f"{item['id']}.{ending}", content)
    dictionary = dictionary_of(items, language).encode("utf-8-sig")
    yield _written(folder / "dictionary.csv", dictionary)
    yield _written(folder / f"{executed.stem}.xlsx", workbook_of(items, language))


def _written(path: Path, content: bytes) -> Path:
    with replacing(path) as partial:
        partial.write_bytes(content)
    return path
