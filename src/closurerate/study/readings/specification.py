"""Every defensible reading of what the source leaves open, in all combinations (multiverse).

A specification is one option for each open reading of `data/kpi/readings.yml` that can move a
value. The idea of the curve: Simonsohn, Simmons & Nelson 2020, doi:10.1038/s41562-020-0912-z.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import product
from pathlib import Path

import pandas as pd

from closurerate.errors import InputError
from closurerate.kpi.definition import KpiVersion
from closurerate.kpi.evaluate import in_unit, value_of
from closurerate.quantity import Exact, rounded
from closurerate.records.readings import adopted
from closurerate.study.readings.counts import ReadingCounts, count_readings

OPTIONS: Mapping[str, tuple[str, ...]] = {
    "comparison": ("strictly_greater", "greater_or_equal"),
    "tier_of": ("case", "obligor"),
    "paid_cap": ("as_paid", "capped"),
    "reopened": ("counted", "excluded"),
    "rounding": ("half_up", "truncated"),
}
"""Readings that can move a year's own value or its printed figure, as in the register."""

NEEDS = {"tier_of": "obligor_id", "reopened": "reopened_on"}
"""Optional column that a reading asks for; without it the reading is left out."""


@dataclass(frozen=True)
class Specifications:
    """A KPI under all combinations of readings.

    Args:
        frame: One row a combination, in the register's order of options: the option of each
            reading, `effective`, `closed`, `pending` (Python integers), `value` (exact, in the
            KPI's printed unit; None where it has none), `printed` (Decimal, brought to the KPI's
            decimals), `is_adopted`.
        left_out: Optional column that is absent, by the reading that had to be left out for it.
        decimals, unit: How the value is printed.
    """

    frame: pd.DataFrame
    left_out: Mapping[str, str]
    decimals: int
    unit: str

    @property
    def readings(self) -> tuple[str, ...]:
        """The readings that were run, in the register's order."""
        return tuple(name for name in OPTIONS if name in self.frame)

    @property
    def adopted(self) -> pd.Series:
        """The row of the adopted combination."""
        return self.frame[self.frame["is_adopted"]].iloc[0]

    @cached_property
    def effects(self) -> pd.DataFrame:
        """What each other option does to the value: a row for each that is not adopted.

        `reading`, `option`; `change` and `printed_change` (the main effect: all other readings as
        adopted); `low`, `high` and `printed_low`, `printed_high` (the least and greatest difference
        that the option makes whatever the other readings are); `is_moving` (whether any printed
        figure differs). None where there is no value.
        """
        rows = []
        for reading in self.readings:
            # All are cut from one product, so their rows agree in all other readings.
            by_option = dict(list(self.frame.groupby(reading)))
            base = by_option.pop(self.adopted[reading])
            rows += [
                {"reading": reading, "option": option, **_effect(base, by_option[option])}
                for option in OPTIONS[reading]
                if option in by_option
            ]
        return pd.DataFrame(rows)

    @property
    def moving(self) -> tuple[str, ...]:
        """The readings of which some option changes the printed figure."""
        effects = self.effects
        return tuple(effects.loc[effects["is_moving"].astype(bool), "reading"].unique())


def specifications(path: Path, year: int, version: KpiVersion) -> Specifications:
    """Return a KPI's value under every combination of the open readings.

    The rows are read by two queries, whatever the number of combinations: one sums all that needs
    no obligor, one compares the part-paid cases with their ratios under every reading. Adopted are
    the version's own comparison and the register's options, which must be those computed here.

    Raises:
        InputError: If no case of the file was open in the year, or the register's options are
            others than those computed here.
    """
    chosen = _adopted(version)
    counted = count_readings(path, year, version.rule)
    left_out = {name: column for name, column in NEEDS.items() if column in counted.absent}
    names = [name for name in OPTIONS if name not in left_out]
    rows = []
    for options in product(*(OPTIONS[name] for name in names if name != "rounding")):
        picked = dict(zip(names, options, strict=False))
        found = _evaluated(version, counted, chosen | picked)
        value = found["value"]
        for rounding, bring in (("half_up", rounded), ("truncated", truncated)):
            printed = None if value is None else bring(value, version.decimals)
            rows.append({**picked, "rounding": rounding, **found, "printed": printed})
    frame = pd.DataFrame(rows)
    frame["is_adopted"] = [
        all(row[name] == chosen[name] for name in names) for row in frame.to_dict("records")
    ]
    return Specifications(frame, left_out, version.decimals, version.unit)


def _effect(base: pd.DataFrame, with_option: pd.DataFrame) -> dict[str, object]:
    """Return one option's main effect and range; the rows of both frames belong together."""
    row: dict[str, object] = {"is_moving": list(with_option["printed"]) != list(base["printed"])}
    own = list(base["is_adopted"]).index(True)
    for name, prefix in (("value", ""), ("printed", "printed_")):
        differences = list(map(moved_by, with_option[name], base[name]))
        known = [item for item in differences if item is not None]
        row[f"{prefix}change"] = differences[own]
        row[f"{prefix}low"] = min(known, default=None)
        row[f"{prefix}high"] = max(known, default=None)
    return row


def truncated(value: Exact, decimals: int) -> Decimal:
    """Return `value` cut off after so many digits (towards zero)."""
    return Decimal(f"{int(Fraction(value) * 10**decimals)}E-{decimals}")


def _adopted(version: KpiVersion) -> dict[str, str]:
    """Return the adopted option of each reading; refuse a register that offers others."""
    chosen = {name: adopted(name) for name in OPTIONS}
    chosen["comparison"] = OPTIONS["comparison"][version.rule.is_equal_effective]
    for name, option in chosen.items():
        if option not in OPTIONS[name]:
            raise InputError(
                f"data/kpi/readings.yml: {name}.adopted: {option!r} is not computed; "
                f"computed are {', '.join(OPTIONS[name])}."
            )
    return chosen


def _evaluated(
    version: KpiVersion, counted: ReadingCounts, options: Mapping[str, str]
) -> dict[str, Exact | None]:
    counts = counted.measures(
        is_equal_effective=options["comparison"] == "greater_or_equal",
        is_tier_of_obligor=options["tier_of"] == "obligor",
        is_capped=options["paid_cap"] == "capped",
        has_reopened=options["reopened"] == "counted",
    )
    value = in_unit(value_of(version, counts).value, version.unit)
    return {**{name: counts[name] for name in ("effective", "closed", "pending")}, "value": value}


def moved_by(item: Exact | None, reference: Exact | None) -> Exact | None:
    """Return the exact difference; between two Decimals a Decimal."""
    if item is None or reference is None:
        return None
    if isinstance(item, Decimal) and isinstance(reference, Decimal):
        return item - reference
    return Fraction(item) - Fraction(reference)
