"""How long 50,000 claims of somebody else's table take: `closurerate audit --table`."""

import random
import sys
from pathlib import Path

from benchmarks.measure import Measurement, measured

CLAIMS = 50_000
_FIGURES = """
entity: office
period: year
figures:
  rate:
    decimals: 2
    candidates:
      of closed: 100 * paid / closed
      of both: >-
        100 * ((paid / closed)^2 * (paid / open) + (paid / closed) * (paid / open)^2)
        / ((paid / closed)^2 + (paid / open)^2)
      of all: 100 * paid / (closed + open)
  growth:
    decimals: 1
    candidates:
      on the year before: 100 * (paid - previous(paid)) / previous(paid)
      on the year itself: 100 * (paid - previous(paid)) / paid
"""


def measured_table(folder: Path, claims: int) -> Measurement:
    """Judge so many prints, two a row, of which some are wrong; the result is written as JSON."""
    rng, offices = random.Random(107), max(claims // 100, 1)
    lines, before = ["office,year,paid,closed,open,rate,growth"], dict[int, int]()
    for year in range(1970, 2020):
        for office in range(offices):
            closed, pending = rng.randint(1_000, 999_999), rng.randint(1_000, 999_999)
            paid = rng.randint(300, closed)
            one, two = paid / closed, paid / pending
            rate = one if year < 1999 else (one**2 * two + one * two**2) / (one**2 + two**2)
            rate += rng.random() < 0.02
            past = before.get(office, paid)
            growth = f"{(paid - past) / past:.1%}"
            lines.append(f"{office},{year},{paid},{closed},{pending},{100 * rate:.2f},{growth}")
            before[office] = paid
    table, figures = folder / "table.csv", folder / "claims.yml"
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    figures.write_text(_FIGURES, encoding="utf-8")
    command = [
        sys.executable, "-m", "closurerate.cli", "audit", "--format", "json",
        "--table", str(table), "--claims", str(figures),
    ]  # fmt: skip
    return measured(command, Path.cwd())
