"""Definitions as others may write them, one or more of each kind, and a year's cases for them."""

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from closurerate.cases.vocabulary import BRANCHES, CATEGORIES, DISPOSITIONS
from closurerate.press.print.labels import LANGUAGES
from notebook_runner import case_table, data_project, put_cases
from report_samples import NASTY

NOTEBOOKS = ("02_kpi", "03_combination", "04_thresholds", "07_report")
IN_PRINT = ("03_combination", "04_thresholds", "07_report")


def _section(name: str, unit: str, value: str, more: str = "") -> str:
    """A dated section in one line; `more` stands beside its value, as `comparison` does."""
    entry = f"{{reference: a test, {more}value: {value}}}"
    return f"{name}: {{unit: {unit}, since: {{106: {entry}}}}}\n"


def _tiers(**bounds: str) -> str:
    inside = ", ".join(f"{name}: {{{bound}}}" for name, bound in bounds.items())
    return _section("tiers", "TWD", f"{{{inside}}}")


def _ratios(comparison: str, **ratios: str) -> str:
    inside = ", ".join(f'{name}: "{ratio}"' for name, ratio in ratios.items())
    return _section("ratios", "share", f"{{{inside}}}", f'comparison: "{comparison}", ')


def _dispositions(full: str, part: str) -> str:
    return _section("dispositions", "x", f"{{paid_in_full: [{full}], paid_in_part: [{part}]}}")


def _called(zh: str, en: str) -> str:
    return f"name: {{zh-Hant: {_quoted(zh)}, en: {_quoted(en)}}}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _formula(text: str, unit: str = "percent", better: str = "higher", target: str = "") -> str:
    said = _section("formula", f"{unit}, better: {better}", f'"{text}"')
    if target:
        entry = f'{{reference: a test, value: "{target}"}}'
        said += f"targets: {{unit: {unit}, since: {{106: {entry}, 107: {entry}}}}}\n"
    return said


def _indicators(inside: str) -> str:
    return _section("indicators", "ratio", f"{{{inside}}}")


_OFFICIAL = {"ordinary": "0.5", "special": "0.6", "major": "0.75"}
BODIES = {
    "four_tiers": _tiers(
        tiny="from: 1, below: 1000, " + _called("極小案", "Tiny"),
        small="from: 1000, below: 50000",
        middle="from: 50000, below: 900000",
        great_ones="from: 900000",
    )
    + _ratios(">", tiny="0.9", small="0.5", middle="0.25", great_ones="0.6"),
    "one_tier": _tiers(all="from: 1") + _ratios(">", all="0.5"),
    "tiers_called_as_words": _tiers(target="from: 1, below: 5000", nation="from: 5000")
    + _ratios(">", target="0.5", nation="0.4"),
    "equal_counts": _ratios(">=", **_OFFICIAL),
    "ratios_at_the_ends": _ratios(">=", ordinary="0", special="1", major="1.5"),
    "other_dispositions": _dispositions("paid_in_full, part_certificate", "part_returned, other"),
    "paid_in_full_only": _dispositions("paid_in_full", ""),
    "rule_of_its_years": _ratios(">", **_OFFICIAL).replace(
        "}}}\n", '}, 107: {reference: x, value: {ordinary: "0.7", special: "0.6", major: "1"}}}}\n'
    ),
    "days_met": "decimals: 1\n" + _formula("365 * P / C", "day", "lower", "9000"),
    "days_missed": "decimals: 1\n" + _formula("365 * P / C", "day", "lower", "1.5"),
    "money": "decimals: 0\n" + _formula("collected_twd", "TWD", target="1000000"),
    "money_per_case": "decimals: 0\n" + _formula("collected_twd / C", "TWD"),
    "paid_of_referred": _formula("closed_paid_twd / closed_referred_twd", target="30"),
    "less_is_better": _formula("(C - E) / C", better="lower", target="90"),
    "piecewise": _formula("max(I1, min(0.3, I2))"),
    "root": _formula("sqrt(I1 * I2)", target="20"),
    "not_homogeneous": _formula("E / (C + 10)"),
    "own_names": _indicators("A: E / C, B: E / P") + _formula("(A + B) / 2", target="20"),
    "no_indicators": _indicators("") + _formula("E / (C + P)"),
    "no_effective": _formula("C / new"),
    "constant": _formula("0.5", target="25"),
    "mixed_scales": _formula("I1 + P / 100", "ratio"),
    "cases": "decimals: 0\n" + _formula("E", "case", target="100"),
    "four_decimals": "decimals: 4\n" + _formula("3 * E / (2 * C + P)", "ratio"),
    "no_decimals": "decimals: 0\n" + _formula("I1", target="25.125"),
    "backlog_of_effective": _formula("P / E", "ratio", "lower", "3"),
    "under_nought": _formula("(E - C) / P", target="10"),
    "special_characters": _tiers(
        low="from: 1, below: 5000, " + _called(NASTY, NASTY), high="from: 5000"
    )
    + _ratios(">", low="0.5", high="0.6")
    + _formula("I1 * I2", target="5"),
}
"""What each says besides its head, by its id."""


def put_definitions(folder: Path) -> None:
    """Write all of them into a folder of proposals."""
    for name, body in BODIES.items():
        called = NASTY if name == "special_characters" else name
        head = f"id: {name}\nextends: effective_closure_rate\n{_called(called, called)}\n"
        text = f"{head}summary: {{zh-Hant: 測試。, en: A test.}}\n{body}"
        (folder / f"{name}.yml").write_text(text, encoding="utf-8")


def some_cases(count: int = 400) -> pa.Table:
    """A small year's cases, of every branch, category and disposition."""
    return case_table(_case(number, np.random.default_rng(number)) for number in range(count))


def _case(number: int, rng: np.random.Generator) -> dict[str, Any]:
    day = datetime.date(2018, 1, 1)
    is_new, is_closed = rng.random() < 0.5, rng.random() < 0.6
    referred = day + datetime.timedelta(int(rng.integers(0, 180)) - 365 * (not is_new))
    disposition = str(rng.choice(DISPOSITIONS)) if is_closed else None
    amount = int(rng.choice([400, 1_000, 4_999, 5_000, 60_000, 300_000, 2_000_000]))
    share = {None: 0.1, "paid_in_full": 1.0}.get(
        disposition, rng.random() if (disposition or "").startswith("part") else 0.0
    )
    paid = min(max(int(amount * share), int(share > 0)), amount)
    return {
        "case_id": f"A{number}",
        "branch": BRANCHES[number % len(BRANCHES)],
        "category": CATEGORIES[number % len(CATEGORIES)],
        "obligor_id": f"O{number // 2}",
        "obligor_kind": "person",
        "referred_on": referred,
        "closed_on": day + datetime.timedelta(200 + number % 150) if is_closed else None,
        "disposition": disposition,
        "referred_amount_twd": amount,
        "paid_amount_twd": paid,
        "collected_in_year_twd": paid,
    }


def definitions_project(folder: Path) -> Path:
    """Fill a folder with a project of all definitions, one small year counted by each."""
    data_project(folder)
    put_definitions(folder / "data" / "kpi" / "proposals")
    study = folder / "data" / "study.yml"
    text = study.read_text(encoding="utf-8")
    for much, little in (("size: 4096", "size: 64"), ("draws: 4000", "draws: 2000")):
        assert much in text
        text = text.replace(much, little)
    study.write_text(text, encoding="utf-8")
    put_cases(folder, 107, some_cases(), kpis=BODIES)
    return folder


MORE = {
    "four_tiers": ("04_thresholds",),
    "no_indicators": ("03_combination",),
    "days_missed": ("07_report",),
}
"""What `make test` runs beside 02; `make definitions` runs each through every notebook."""


def in_suite() -> Iterator[tuple[str, str, str]]:
    """Each definition with one notebook or more, in one language each, by turns."""
    for at, kpi in enumerate(BODIES):
        for number, name in enumerate(("02_kpi", *MORE.get(kpi, ()))):
            yield kpi, name, LANGUAGES[(at + number) % 2]
