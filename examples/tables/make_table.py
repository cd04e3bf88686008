"""Write the made-up table of `examples/tables/`: `python examples/tables/make_table.py`.

Nine offices that do not exist, ten years. From 107 on the rate is printed by another formula, and
nothing says so; two prints are wrong.
"""

import random
from fractions import Fraction
from pathlib import Path

OFFICES = "甲乙丙丁戊己庚辛壬"
HEADINGS = (
    "機關",
    "年度",
    "終結件數",
    "有效結案",
    "未結件數",
    "有效結案率 (%)",
    "有效結案增減率 (%)",
)
MISPRINTS = {("丙", 104): "28.21", ("庚", 109): "3.209"}


def rate(year: int, effective: int, closed: int, pending: int) -> Fraction:
    """Return what is printed as the rate: of the closed cases, from 107 on of both stocks."""
    one, two = Fraction(effective, closed), Fraction(effective, pending)
    return 100 * (one if year < 107 else (one**2 * two + one * two**2) / (one**2 + two**2))


def printed(value: Fraction) -> str:
    """Return a value half up to two decimals, with a decimal comma."""
    cents = int(abs(value) * 100 + Fraction(1, 2))
    return f"{'-' if value < 0 else ''}{cents // 100},{cents % 100:02}"


def grouped(number: int) -> str:
    """Return a count as it is printed there."""
    return f"{number:,}".replace(",", ".")


def lines() -> list[str]:
    """Return the rows of the table under its headings."""
    rng, rows, before = random.Random(107), [";".join(HEADINGS)], dict[str, int]()
    for year in range(101, 111):
        for office in OFFICES:
            closed, pending = rng.randint(40_000, 90_000), rng.randint(30_000, 70_000)
            effective = closed * rng.randint(28, 47) // 100 + rng.randint(0, 99)
            value = printed(rate(year, effective, closed, pending))
            past = before.get(office)
            growth = "…" if past is None else printed(Fraction(100 * (effective - past), past))
            value = MISPRINTS.get((office, year), value).replace(".", ",")
            counts = (grouped(number) for number in (closed, effective, pending))
            rows.append(";".join((f"{office}分署", str(year), *counts, value, growth)))
            before[office] = effective
    return rows


if __name__ == "__main__":
    table = Path(__file__).with_name("synthetic_rates.csv")
    table.write_text("\n".join(lines()) + "\n", encoding="utf-8-sig", newline="\n")
