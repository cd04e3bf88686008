"""The notebooks run in this process, without a kernel, on small case files put into a project."""

import ast
import contextlib
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import nbformat
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from matplotlib import pyplot
from nbformat import NotebookNode

from closurerate.cases.profile import write_profile
from closurerate.cases.source import describe, write_source
from closurerate.cases.vocabulary import schema
from closurerate.kpi.counts import write_counts
from closurerate.kpi.definition import read_definition
from closurerate.press.chart import Chart
from closurerate.press.export.notebook_file import read_notebook, title_of
from closurerate.press.export.selection import in_language
from closurerate.press.facts import METADATA_KEY
from closurerate.press.print.labels import Language
from closurerate.press.prose import Several
from closurerate.records.paths import kpi_file
from closurerate.study.thresholds.repayments import measured_cases, write_repayments
from closurerate.year.document import documents_of
from project_copy import copy_shipped, shipped_bytes

KPI = "effective_closure_rate"
WITHOUT_KPI = {"01_cases"}


def data_project(folder: Path, *, years: bool = True, published: bool = True) -> Path:
    """Make a project that has only data: the definitions, and on demand what is of a year."""
    copy_shipped(folder, "data/")
    for name, is_wanted in (("years", years), ("published", published)):
        if not is_wanted:
            shutil.rmtree(folder / "data" / name)
    return folder


def case_table(rows: Iterable[Mapping[str, Any]], drop: Iterable[str] = ()) -> pa.Table:
    """Return rows (by contract column, what is not given is null) as a table in contract form."""
    complete = [{field.name: row.get(field.name) for field in schema()} for row in rows]
    return pa.Table.from_pylist(complete, schema=schema()).drop_columns(list(drop))


def put_cases(project: Path, year: int, table: pa.Table, *, kpis: Iterable[str] = (KPI,)) -> None:
    """Put an extract into a project, with all that make builds on one for these KPIs."""
    file = project / "data" / "cases" / str(year) / "extract" / "cases.parquet"
    file.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, file)
    write_source(file, describe(file, name="cases.parquet", year=year))
    for kpi in kpis:
        with contextlib.chdir(project):
            rule = read_definition(kpi_file(kpi), kpi_file).in_force(year).rule
        found = measured_cases(file, year, rule, with_repayments=True, with_profile=True)
        assert found.repayments is not None
        assert found.profile is not None
        write_counts(found.counts, file.with_name(f"counts.{kpi}.parquet"))
        write_repayments(found.repayments, file.with_name(f"repayments.{kpi}.parquet"))
        write_profile(found.profile, file.with_name("profile.json"))


def run_in_one(
    project: Path, name: str, language: Language, *, year: int, kpi: str = KPI
) -> NotebookNode:
    """Return a notebook executed in a project, as it is printed in one language."""
    with shown_in(language):
        return in_language(run_notebook(project, name, year=year, kpi=kpi), language)


@contextlib.contextmanager
def shown_in(language: Language) -> Iterator[None]:
    """Print nothing in the other language, which takes as long again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("closurerate.press.shown.LANGUAGES", (language,))
        # A chart's data are in both, for which it would be drawn in both.
        drawn = Chart._drawn
        patch.setattr(Chart, "_drawn", lambda chart, _: drawn(chart, language))
        yield


def run_notebook(
    project: Path, name: str, *, year: int, kpi: str = KPI, cases: str = "extract"
) -> NotebookNode:
    """Return a notebook executed in a project, with both prints; a failing cell raises.

    A cell's last line is shown as a kernel would show it. All cells share one process with the
    test, so that a notebook takes a fraction of what a kernel needs to start.
    """
    text = shipped_bytes(f"notebooks/{name}.ipynb").decode("utf-8")
    file = project / "notebooks" / f"{name}.ipynb"
    file.parent.mkdir(exist_ok=True)
    # Test workers share a project: none may read what another has half written.
    own = file.with_suffix(f".{os.getpid()}")
    own.write_text(text, encoding="utf-8")
    own.replace(file)
    notebook = nbformat.reads(text, as_version=4)
    given = {"year": year, "cases": cases}
    given |= {} if name in WITHOUT_KPI else {"kpi": kpi}
    names: dict[str, Any] = {}
    with contextlib.chdir(project):
        titles = title_of(read_notebook(file), file)
        facts = documents_of(titles, year=year, cases=cases, kpi=given.get("kpi"))  # type: ignore[arg-type]
        for cell in notebook.cells:
            if cell.cell_type != "code":
                continue
            cell.outputs = [
                nbformat.from_dict({"output_type": "display_data", "metadata": {}, "data": shown})
                for item in _shown(_result_of(cell.source, names))
                for shown in [item._repr_mimebundle_()]
            ]
            if "parameters" in cell.metadata.get("tags", []):
                assert given.keys() <= names.keys()
                names |= given
            assert not pyplot.get_fignums(), cell.source
    notebook.metadata[METADATA_KEY] = facts
    return notebook


def _result_of(source: str, names: dict[str, Any]) -> Any:
    """Run a cell and return the value of its last line, None where that is no expression."""
    body = ast.parse(source).body
    last = body.pop() if isinstance(body[-1], ast.Expr) else None
    exec(compile(ast.Module(body, []), "cell", "exec"), names)
    if last is None:
        return None
    return eval(compile(ast.Expression(last.value), "cell", "eval"), names)


def _shown(item: Any) -> list[Any]:
    if item is None:
        return []
    return [one for part in item.objects for one in _shown(part)] if isinstance(
        item, Several
    ) else [item]  # fmt: skip
