"""Random extracts with every edge of the rule, and a count of them in plain Python."""

import csv
from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import numpy as np

from closurerate.cases.vocabulary import BRANCHES, CATEGORIES, DISPOSITIONS

Cell = tuple[str, str, str]
_AMOUNTS = (1, 2, 7, 199_999, 200_000, 200_001, 999_999, 1_000_000, 1_000_001, 10**12)
_RATIOS = (Fraction(1, 2), Fraction(3, 5), Fraction(3, 4), Fraction(1))
FIRST_DAY, LAST_DAY = date(2018, 1, 1), date(2018, 12, 31)


def random_cases(rng: np.random.Generator, count: int) -> list[dict[str, object]]:
    """Rows of the contract about 107: dates at its ends, amounts at tiers, payments at ratios."""
    rows = []
    for number in range(count):
        referred = date(2015, 1, 1) + timedelta(int(rng.integers(0, 1500)))
        referred = [referred, FIRST_DAY, LAST_DAY][int(rng.choice(3, p=[0.8, 0.1, 0.1]))]
        reopened = referred + timedelta(int(rng.integers(0, 700))) if rng.random() < 0.2 else None
        begun = reopened or referred
        closed = begun + timedelta(int(rng.integers(0, 900))) if rng.random() < 0.7 else None
        if closed and rng.random() < 0.2:
            closed = max(begun, LAST_DAY, FIRST_DAY)
        amount = (
            int(rng.choice(_AMOUNTS)) if rng.random() < 0.6 else int(rng.integers(1, 3_000_000))
        )
        ratio = _RATIOS[int(rng.integers(0, 4))]
        rows.append(
            {
                "case_id": f"{number:06}",
                "branch": BRANCHES[int(rng.integers(0, 3))],
                "category": CATEGORIES[int(rng.integers(0, 4))],
                "referred_on": referred,
                "closed_on": closed,
                "reopened_on": reopened,
                "disposition": str(rng.choice(DISPOSITIONS)) if closed else None,
                "referred_amount_twd": amount,
                "paid_amount_twd": max(0, int(ratio * amount) + int(rng.integers(-1, 2))),
            }
        )
    return rows


def write_csv(rows: list[dict[str, object]], path: Path) -> Path:
    """Write rows as text, an empty cell for what is not there."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def plain_count(path: Path) -> dict[Cell, Counter[str]]:
    """Count 107 from a CSV file, case by case, by branch, category and tier.

    Typed from the printed definition; ISO days compare as texts.
    """
    found: dict[Cell, Counter[str]] = {}
    first, last = "2018-01-01", "2018-12-31"
    with path.open(encoding="utf-8", newline="") as file:
        for case in csv.DictReader(file):
            closed, came, again = case["closed_on"], case["referred_on"], case["reopened_on"]
            if came > last or (closed and closed < first):
                continue
            amount, paid = int(case["referred_amount_twd"]), int(case["paid_amount_twd"])
            tier, ratio = "ordinary", Fraction("0.5")
            if amount >= 200_000:
                tier, ratio = "special", Fraction("0.6")
            if amount >= 1_000_000:
                tier, ratio = "major", Fraction("0.75")
            cell = found.setdefault((case["branch"], case["category"], tier), Counter())
            cell["new"] += came >= first
            cell["reopened"] += first <= again <= last and came < first
            if not closed or closed > last:
                cell["pending"] += 1
                continue
            cell["closed"] += 1
            is_part = case["disposition"].startswith("part_")
            is_over = is_part and Fraction(paid, amount) > ratio
            cell["effective"] += case["disposition"] == "paid_in_full" or is_over
    return found
