"""How the kernels of pages are spoken to: as the project's own notebooks are, by no port."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from jupyter_cache.executors.utils import ExecutionResult, single_nb_execution
from myst_nb.core.execute import direct
from sphinx.application import Sphinx

from closurerate.press.export.run import kernel_settings


def setup(app: Sphinx) -> None:
    """Let MyST-NB, which takes no settings for a kernel, run pages so."""
    direct.single_nb_execution = _run


def _run(*given: Any, **named: Any) -> ExecutionResult:
    with TemporaryDirectory(prefix="kernel-") as sockets:
        return single_nb_execution(*given, **named, config=kernel_settings(Path(sockets)))
