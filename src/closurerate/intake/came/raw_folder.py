"""Which files of a folder are an extract's data: notes and what systems leave behind are none.

make asks it too, before there is an environment: only the standard library is here.
"""

from pathlib import Path

PLAN = "intake.yml"
"""Name of the plan that may lie beside an extract's files."""

NOTES = (".md", ".json", ".yml")
"""Endings of the notes that may lie beside an extract."""

_LEFT_BEHIND = {
    *("thumbs.db", "ehthumbs.db", "desktop.ini", "$recycle.bin", "system volume information"),
    *("__macosx", "icon\r", "@eadir", "lost+found"),
}
_OWNER = "~$"
"""What begins the name of the file that Office keeps beside an open document."""

_DOWNLOADED = ":zone.identifier"
"""What ends the name of the note that Windows keeps with a downloaded file."""


def is_left_behind(name: str) -> bool:
    """Tell by its name whether a file or folder is one that a system or an office program leaves.

    Hidden ones are: those of macOS (`._x`, `.DS_Store`) and the locks of LibreOffice among them.
    """
    small = name.lower()
    return small.startswith((".", _OWNER)) or small.endswith(_DOWNLOADED) or small in _LEFT_BEHIND


def data_files(folder: Path) -> list[Path]:
    """Return the files of a folder that are data, by name; none where there is no folder."""
    if not folder.is_dir():
        return []
    return sorted(
        path
        for path in folder.iterdir()
        if path.is_file() and not is_left_behind(path.name) and path.suffix.lower() not in NOTES
    )


def extract_state(folder: Path, cases: Path) -> str:
    """Say whether a folder holds an `extract`, and whether it is `newer` than what was made of it.

    It is newer where a file of it is, or where one was added or taken away.
    """
    files = data_files(folder) + [path for path in [folder / PLAN] if path.is_file()]
    if not files:
        return ""
    made = cases.stat().st_mtime_ns if cases.is_file() else 0
    is_newer = any(path.stat().st_mtime_ns > made for path in [folder, *files])
    return "extract newer" if is_newer else "extract"
