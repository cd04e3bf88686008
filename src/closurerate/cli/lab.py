"""After JupyterLab has saved a notebook, git is told where only outputs have changed."""

import subprocess
from pathlib import Path
from typing import Any


def tell_git(model: dict[str, Any], os_path: str, **_: Any) -> None:
    """Have git look at a notebook anew whose cells are as they were; a hook of `make lab`.

    Git takes a file of another size for changed until it is added, though its filter leaves the
    outputs out (.gitattributes). One whose cells differ is left to its author.
    """
    path = Path(os_path)
    if model["type"] != "notebook" or path.suffix != ".ipynb":
        return
    git = ["git", "-C", str(path.parent)]
    found = subprocess.run([*git, "diff", "--quiet", "--", path.name], capture_output=True)
    known = subprocess.run([*git, "ls-files", "--", path.name], capture_output=True)
    if found.returncode == 0 and known.stdout:
        subprocess.run([*git, "add", "--", path.name], capture_output=True)
