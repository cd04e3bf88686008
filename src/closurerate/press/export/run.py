"""Running a notebook: parameters through papermill, unknown ones refused, the result repeatable."""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat
import papermill
from jupyter_client.kernelspec import NoSuchKernel
from nbformat import v4
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from closurerate.errors import InputError, machine_said
from closurerate.press.export.notebook_file import read_notebook
from closurerate.press.export.selection import shown_values
from closurerate.press.facts import METADATA_KEY
from closurerate.records.paths import project_root
from closurerate.records.sealing import SEAL, UNSEALED, seal
from closurerate.records.writing import replacing, write_text

_JSON = "application/json"
_COLLECTING_SELDOM = "--IPKernelApp.exec_lines=import gc; gc.set_threshold(200_000, 20, 20)"
_LONGEST_SOCKET = 100  # characters; some systems allow a socket's path 104


def run_notebook(
    notebook: Path,
    out: Path,
    parameters: Mapping[str, int | str],
    *,
    facts: str | None = None,
    line: int | None = 0,
) -> None:
    """Execute a notebook with parameters and write the executed copy, whole or not at all.

    Beside it `<name>.shown.json` is written, every shown value as data (`Shown.data`).

    Two runs on the same input write the same bytes: timings, paths and random ids are taken out.

    Args:
        notebook: The notebook, without outputs.
        out: Where the executed copy goes; its folder is made.
        parameters: Values for the cell tagged `parameters`.
        facts: Python that shows as JSON, by language, what the document is, for the copy's metadata
            (`press.facts`). It is run last, in the notebook's kernel, which has loaded what it
            needs.
        line: Line of the terminal, from 0, on which the progress bar stands when several run at
            once; None for no bar.

    Raises:
        InputError: If the notebook does not declare a parameter or names no kernel that there is,
            or a cell stopped on bad input or ended the run.
    """
    unrun = read_notebook(notebook)
    _check_parameters(unrun, notebook, parameters)
    if facts is not None:
        unrun.cells.append(v4.new_code_cell(facts))  # type: ignore[no-untyped-call]
    executed = _run_to_end(unrun, notebook, parameters, line)
    if facts is not None:
        executed.metadata[METADATA_KEY] = _shown_as_json(executed.cells.pop(), notebook)
    executed = repeatable(executed)
    executed.metadata[SEAL] = UNSEALED
    text = json.dumps(shown_values(executed), ensure_ascii=False, indent=1)
    write_text(out.with_suffix(".shown.json"), text + "\n")
    with replacing(out) as partial:
        text = nbformat.writes(executed)  # type: ignore[no-untyped-call]
        partial.write_text(text + "\n", encoding="utf-8", newline="\n")
        seal(partial)


def _run_to_end(
    unrun: nbformat.NotebookNode,
    notebook: Path,
    parameters: Mapping[str, int | str],
    line: int | None,
) -> nbformat.NotebookNode:
    """Execute a notebook; what stops it is a sentence that names it."""
    try:
        return _executed(unrun, parameters, _progress_bar(notebook.stem, line))
    except PapermillExecutionError as error:
        if error.ename == InputError.__name__:
            raise InputError(error.evalue) from None
        if reason := machine_said(Exception(f"{error.ename}: {error.evalue}".rstrip(": "))):
            raise InputError(f"{notebook}: could not be run to its end ({reason}).") from None
        raise
    except RuntimeError as error:
        if "Kernel died" not in str(error):
            raise
        raise InputError(
            f"{notebook}: its kernel died: a cell ended it, or memory or disk were short; "
            "free some, and run again."
        ) from error
    except NoSuchKernel as error:
        raise InputError(
            f"{notebook}: there is no kernel {error.name!r} here; choose Python 3 (python3)."
        ) from error


def _executed(
    notebook: nbformat.NotebookNode,
    parameters: Mapping[str, int | str],
    progress_bar: dict[str, Any] | bool,
    tries: int = 2,
) -> nbformat.NotebookNode:
    try:
        with TemporaryDirectory(prefix="kernel-") as sockets:
            executed: nbformat.NotebookNode = papermill.execute_notebook(
                notebook,
                None,
                parameters=dict(parameters),
                progress_bar=progress_bar,
                cwd=str(project_root()),
                config=kernel_settings(Path(sockets)),
                shutdown_kernel="immediate",
            )
    except RuntimeError as error:
        # Two kernels that start at once can be given the same port; one of them then dies.
        if tries == 1 or "Kernel died before replying" not in str(error):
            raise
        return _executed(notebook, parameters, progress_bar, tries - 1)
    return executed


def kernel_settings(sockets: Path) -> Config:
    """Return how a notebook's kernel is started and spoken to.

    It is spoken to through sockets in a folder of its own. A port is chosen before the kernel
    opens it, and another program may be there first; ports serve only where a socket has no name
    (Windows, a very long path).
    """
    # Keeps what passes between a notebook and its kernel from others on the machine.
    manager = {"transport_encryption": "auto"}
    if os.name == "posix" and len(os.fsencode(sockets)) < _LONGEST_SOCKET - len("/at-5"):
        manager |= {"transport": "ipc", "ip": str(sockets / "at")}
    return Config(
        {
            "KernelManager": manager,
            # At Python's own pace, looking for garbage takes a tenth of a notebook's time.
            "NotebookClient": {"extra_arguments": [_COLLECTING_SELDOM]},
        }
    )


def _shown_as_json(cell: nbformat.NotebookNode, notebook: Path) -> Any:
    for output in cell.outputs:
        if _JSON in output.get("data", {}):
            return output.data[_JSON]
    raise InputError(f"{notebook}: a cell ended it before its last one; let it run to its end.")


def repeatable(executed: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return an executed notebook without what differs from run to run or machine to machine."""
    executed.metadata.pop("papermill", None)
    executed.metadata.get("language_info", {}).pop("version", None)
    for position, cell in enumerate(executed.cells):
        cell["id"] = f"cell-{position}"
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
    return executed


def _check_parameters(
    unrun: nbformat.NotebookNode, notebook: Path, parameters: Mapping[str, Any]
) -> None:
    try:
        declared = papermill.inspect_notebook(unrun)
    except ValueError as error:
        raise InputError(
            f"{notebook}: does not say what runs it; open it in JupyterLab with the kernel "
            "Python 3, and save it."
        ) from error
    for name in parameters:
        if name not in declared:
            known = ", ".join(declared) or "none"
            raise InputError(f"{notebook}: has no parameter {name!r}; it declares {known}.")


def _progress_bar(name: str, line: int | None) -> dict[str, Any] | bool:
    """Return tqdm's options: a bar on a terminal, nothing elsewhere (one line at the end)."""
    if line is None or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        return False
    return {"desc": f"{name:12}", "position": line, "leave": True, "dynamic_ncols": True}
