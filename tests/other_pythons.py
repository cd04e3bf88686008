"""A quick part of the suite on each other supported Python that this machine has.

Each gets an environment of its own from the same lock, `.venv-3.12` and so on, which stays.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SUPPORTED = ("3.11", "3.12", "3.13")
QUICK = (
    *("tests/library", "tests/kpi/test_worked_cases.py", "tests/kpi/test_formula.py"),
    *("tests/test_quantity.py", "tests/test_shell.py"),
)


def interpreter(version: str) -> str | None:
    """Return a Python of a version: one that is called so, or one that pyenv has."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    known = sorted(pyenv.glob(f"versions/{version}.*/bin/python"), reverse=True)
    for found in (shutil.which(f"python{version}"), *map(str, known)):
        if found and says(found, "import sys; print('%d.%d' % sys.version_info[:2])") == version:
            return found
    return None


def says(python: str, code: str) -> str:
    done = subprocess.run([python, "-I", "-c", code], capture_output=True, text=True)
    return done.stdout.strip()


def environment(python: str, folder: Path) -> Path:
    """Make an environment from the lock, or bring it up to date, and return its Python."""
    inner = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    uv = [sys.executable, "-m", "uv", "pip"]
    at = ("--quiet", "--python", str(inner))
    commands = [[python, "-m", "venv", str(folder)]] * (not inner.exists()) + [
        [*uv, "sync", *at, "--require-hashes", "requirements.lock"],
        [*uv, "install", *at, "--no-deps", "--no-build-isolation", "--editable", "."],
    ]
    for command in commands:
        subprocess.run(command, cwd=ROOT, check=True)
    return inner


def main() -> int:
    here = "{}.{}".format(*sys.version_info)
    status = 0
    for version in SUPPORTED:
        if version == here:
            continue
        if (python := interpreter(version)) is None:
            sys.stdout.write(f"Python {version}: not on this machine, left out\n")
            continue
        inner = environment(python, ROOT / f".venv-{version}")
        sys.stdout.write(
            f"Python {version}: {says(str(inner), 'import sys; print(sys.version)')}\n"
        )
        sys.stdout.flush()
        command = [str(inner), "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "2", *QUICK]
        status |= subprocess.run(command, cwd=ROOT).returncode
    return status


if __name__ == "__main__":
    sys.exit(main())
