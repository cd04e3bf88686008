"""What a chart draws as data: the tables that its drawing was given, in every language."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from closurerate.press.print.labels import Language
from closurerate.press.text import Say, data_of, t
from closurerate.press.words import vocabulary

_DIGITS = 12
"""Of a float as it is written: the rest is noise of the arithmetic."""


def drawn_data(says: Mapping[Language, Say]) -> dict[str, Any]:
    """Return columns and rows of what was drawn in each language; nothing where it was no table.

    A cell that reads otherwise in another language is given in each. A list in a cell, such as one
    value a world, makes a row each.
    """
    frames = {language: _long(say.drawn) for language, say in says.items()}
    if any(frame.empty for frame in frames.values()):
        return {}
    rows = [
        [_cell(dict(zip(frames, cells, strict=True))) for cells in zip(*lines, strict=True)]
        for lines in zip(
            *(frame.itertuples(index=False, name=None) for frame in frames.values()), strict=True
        )
    ]
    columns = [
        _column(dict(zip(frames, names, strict=True)))
        for names in zip(*(frame.columns for frame in frames.values()), strict=True)
    ]
    return {"columns": columns, "rows": rows}


def _long(drawn: Sequence[tuple[str, pd.DataFrame]]) -> pd.DataFrame:
    """Return all tables under one another, with the name of each one's panel where it has one."""
    frames = []
    for panel, frame in drawn:
        lists = [
            name for name in frame if frame[name].map(lambda cell: isinstance(cell, list)).any()
        ]
        named = frame if frame.index.name is None else frame.reset_index()
        whole = named.explode(lists) if lists else named
        frames.append(whole.assign(panel=panel)[["panel", *whole]] if panel else whole)
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def _column(names: Mapping[Language, Any]) -> dict[str, Any]:
    """Return a column's name, and its heading: words for the name, or itself where it is a word."""
    name = str(names["en"])
    key = f"drawn_{name}"
    return {"name": name, "heading": data_of(t(key)) if key in vocabulary() else _cell(names)}


def _cell(cells: Mapping[Language, Any]) -> Any:
    said = {language: _plain(cell) for language, cell in cells.items()}
    one, *others = said.values()
    return one if all(other == one for other in others) else said


def _plain(cell: Any) -> Any:
    """Return a cell as JSON has it: a number with the digits that mean something, None for none."""
    if isinstance(cell, str):
        return cell
    if cell is None or pd.isna(cell):
        return None
    if isinstance(cell, bool) or type(cell).__name__ == "bool":
        return bool(cell)
    number = float(f"{float(cell):.{_DIGITS}g}")
    return int(number) if number.is_integer() else number
