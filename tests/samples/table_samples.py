"""A published table with its claims, written into a folder, and what the audit finds in it."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from closurerate.cli import main

CLAIMS = """
entity: office
period: year
figures:
  rate:
    decimals: 2
    candidates:
      of_closed: 100 * paid / closed
      of_all: 100 * paid / (closed + open)
"""


def csv_of(rows: Sequence[Sequence[object]], delimiter: str = ",") -> str:
    """Return rows as CSV, cells as they are."""
    return "".join(delimiter.join(map(str, row)) + "\n" for row in rows)


def written(folder: Path, table: str | bytes, claims: str = CLAIMS) -> list[str]:
    """Write a table and its claims, and return the options that name them."""
    paths = folder / "table.csv", folder / "claims.yml"
    paths[0].write_bytes(table.encode() if isinstance(table, str) else table)
    paths[1].write_text(claims, encoding="utf-8")
    return ["--table", str(paths[0]), "--claims", str(paths[1])]


class Auditor:
    """Runs the command on a table."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._folder, self._capsys = folder, capsys

    def found(self, table: str | bytes, claims: str = CLAIMS, *options: str) -> Mapping[str, Any]:
        """Return what the command finds, as data."""
        given = written(self._folder, table, claims)
        status = main(["audit", *given, "--format", "json", *options])
        out, err = self._capsys.readouterr()
        assert (status, err) == (0, "")
        return json.loads(out)  # type: ignore[no-any-return]

    def told(self, table: str | bytes, claims: str = CLAIMS) -> str:
        """Return what the command says."""
        assert main(["audit", *written(self._folder, table, claims)]) == 0
        return self._capsys.readouterr().out

    def refused(self, table: str | bytes, claims: str = CLAIMS, *options: str) -> str:
        """Return the one sentence with which the command refuses, and writes nothing."""
        given = written(self._folder, table, claims)
        for form in ("text", "json"):
            assert main(["audit", *given, "--format", form, *options]) == 2
            out, err = self._capsys.readouterr()
            assert out == ""
            assert err.count("\n") == 1
        return err


def fits(
    found: Mapping[str, Any], candidate: str, rounding: str = "half_up"
) -> dict[str, dict[str, Any]]:
    """Return how a candidate fits, by period."""
    return {
        one["period"]: one
        for one in found["fits"]
        if (one["candidate"], one["rounding"]) == (candidate, rounding)
    }
