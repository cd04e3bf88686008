"""`closurerate notebook`, `html`, `pdf`, `links`, `new-year`: what people read."""

import argparse
import ast
import datetime
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from closurerate.cli.options import QUIET, add_command, out_file, roc_year_option, tell
from closurerate.errors import InputError

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from closurerate.cli.options import Commands

_FACTS = """\
from IPython.display import JSON, display
from closurerate.year.document import documents_of
told = documents_of({titles!r}, **{given!r})
{more}
display(JSON(told))"""
_BEHIND = """\
from closurerate.audit.behind import behind
told["behind"] = behind(**{asked!r})"""
"""Of the project's own notebooks, whose figures have names."""


def add_commands(commands: "Commands") -> None:
    """Add the commands to the parser."""
    executed = "execute a notebook with parameters"
    notebook = add_command(commands, "notebook", _notebook, executed, "--year")
    notebook.add_argument("notebook", type=Path)
    notebook.add_argument("--cases", default="auto", help="extract, synthetic or auto")
    notebook.add_argument("--kpi", help="id in data/kpi, for the notebooks that take one")
    notebook.add_argument(
        "--parameter", action="append", default=[], metavar="NAME=VALUE", help="may be repeated"
    )
    notebook.add_argument("--line", type=int, default=0, help="terminal line of the progress bar")
    notebook.add_argument("--out", type=out_file, required=True)

    for kind in ("html", "pdf"):
        made = f"make {kind.upper()} of an executed notebook"
        built = add_command(commands, kind, _build, made)
        built.add_argument("executed", type=Path)
        built.add_argument(
            "--language", choices=("zh-Hant", "en"), action="append", help="may be given twice"
        )
        built.add_argument("--out", type=out_file, required=True)
        built.set_defaults(kind=kind, run_record=None)
        if kind == "pdf":
            told = "record of the run, whose digest the last page prints"
            built.add_argument("--run", type=Path, dest="run_record", help=told)

    taken = add_command(commands, "export", _export, "write every table and chart as files")
    taken.add_argument("year", type=roc_year_option, help="ROC year, of which a page was built")
    taken.add_argument("--cases", default="auto", help="extract, synthetic or auto")
    taken.add_argument("--kpi", default="effective_closure_rate", help="id in data/kpi")
    taken.add_argument(
        "--language", choices=("zh-Hant", "en"), default="zh-Hant", help="of the words (zh-Hant)"
    )
    taken.add_argument("--out", type=Path, required=True, help="the folder to write into")

    linked = add_command(commands, "links", _links, "link the HTML pages of a folder to each other")
    linked.add_argument("folder", type=Path)
    linked.add_argument("--out", type=out_file, help="where the list of all pages is written")

    written = "write data/years/YEAR.yml and data/published/YEAR.yml to be filled in"
    new_year = add_command(commands, "new-year", _new_year, written)
    new_year.add_argument("year", type=roc_year_option)


def _notebook(options: argparse.Namespace) -> None:
    from closurerate.cases.source import read_source
    from closurerate.making.edition import NOTEBOOKS
    from closurerate.press.export.notebook_file import (
        has_title,
        parameters_of,
        read_notebook,
        title_of,
    )
    from closurerate.press.export.run import run_notebook
    from closurerate.records.paths import cases_folder, kpi_file, project_root, resolved

    # What the notebook would refuse once its kernel has started is refused at once.
    read_source(cases_folder(options.year, resolved(options.year, options.cases)) / "cases.parquet")
    given = {name: getattr(options, name) for name in ("year", "cases", "kpi")}
    if options.kpi is not None and options.kpi != (file := kpi_file(options.kpi)).stem:
        if not file.is_file():
            raise InputError(f"--kpi {file}: there is no such file; give an id, or a file's path.")
        given["kpi"] = os.path.relpath(file, project_root())  # the kernel is run there
    unrun = read_notebook(options.notebook)
    is_own, declared = not has_title(unrun), parameters_of(unrun)
    told = {**given, "own": options.parameter if is_own else None}
    more = _BEHIND.format(asked=given) if options.notebook.stem in NOTEBOOKS else ""
    facts = _FACTS.format(titles=title_of(unrun, options.notebook), given=told, more=more)
    # One's own notebook need not have what each of the project's has.
    parameters = {
        name: value
        for name, value in given.items()
        if value is not None and (name in declared or not is_own)
    } | _own_parameters(options.parameter)
    line = None if QUIET.get() else options.line
    run_notebook(options.notebook, options.out, parameters, facts=facts, line=line)


def _own_parameters(given: list[str]) -> dict[str, Any]:
    """Return parameters as typed: what Python has as a value is that value, and all else text."""
    found: dict[str, Any] = {}
    for item in given:
        name, is_given, value = item.partition("=")
        if not name.isidentifier() or not is_given:
            raise InputError(f"--parameter {item!r}: must be NAME=VALUE, such as branch=花蓮.")
        try:
            found[name] = ast.literal_eval(value)
        except (ValueError, SyntaxError):
            found[name] = value
    return found


def _build(options: argparse.Namespace) -> None:
    from closurerate.press.export.build import build

    record, fingerprint = options.run_record, ""
    if record is not None:
        from closurerate.cases.source import digest
        from closurerate.records.sealing import groups_of

        if not record.is_file():
            raise InputError(
                f"--run {record}: there is no such file; `closurerate record` writes it."
            )
        fingerprint = " ".join(groups_of(digest(record)))
    languages = options.language or ["zh-Hant"]
    if len(languages) > 1 and "{language}" not in str(options.out):
        raise InputError(f"--out {options.out}: must have {{language}} in it for two languages.")
    for language in languages:
        out = out_file(str(options.out).replace("{language}", language))
        build(options.kind, options.executed, out, language, _facts_of, fingerprint)
        tell(f"{out}")


def _export(options: argparse.Namespace) -> None:
    from closurerate.press.export.taken_along import take_along
    from closurerate.records.paths import kpi_file, project_root, resolved

    source, kpi = resolved(options.year, options.cases), kpi_file(options.kpi).stem
    runs = project_root() / "reports" / str(options.year) / source / "notebooks"
    found = sorted((*runs.glob("*.ipynb"), *(runs / kpi).glob("*.ipynb")))
    if not found:
        raise InputError(
            f"{runs}: no notebook was run there; `make report study YEAR={options.year}` does it."
        )
    for executed in found:
        files = list(take_along(executed, options.out / executed.stem, options.language))
        tell(f"{options.out / executed.stem}: {len(files)} files")


def _facts_of(notebook: "NotebookNode", executed: Path) -> dict[str, Any]:
    """Return by language what a notebook is that papermill or JupyterLab executed."""
    from closurerate.press.export.notebook_file import has_title, parameters_of, title_of
    from closurerate.press.facts import plain_facts

    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    if code and not any(cell.outputs for cell in code):
        raise InputError(
            f"{executed}: shows nothing yet: run it first (`closurerate notebook`, papermill, or "
            "JupyterLab)."
        )
    given, titles = parameters_of(notebook), title_of(notebook, executed)
    if isinstance(given.get("year"), int):
        from closurerate.year.document import documents_of

        kpi, cases = given.get("kpi"), given.get("cases", "auto")
        known = {"year", "kpi", "cases"}
        also = [f"{name}={value}" for name, value in given.items() if name not in known]
        own = None if has_title(notebook) else also
        return documents_of(titles, year=given["year"], cases=cases, kpi=kpi, own=own)
    written = datetime.date.fromtimestamp(executed.stat().st_mtime)
    return plain_facts(titles, written)


def _links(options: argparse.Namespace) -> None:
    from closurerate.press.export.links import link_pages, pages_of
    from closurerate.records.writing import write_text

    for page in link_pages(options.folder):
        tell(f"{page}: linked")
    if options.out is not None:
        names = (page.relative_to(options.folder).as_posix() for page in pages_of(options.folder))
        write_text(options.out, "".join(f"{name}\n" for name in names))


def _new_year(options: argparse.Namespace) -> None:
    from closurerate.records.new_year import write_new_year

    when = {
        "published": "once the agency's report is printed",
        "years": f"then run make report YEAR={options.year}",
    }
    for path in write_new_year(options.year):
        tell(f"{path}: fill it in, {when[path.parent.name]}")
