"""Every notebook runs on every extract that the contract allows, however little it holds.

`make test` takes a few pairs of year and notebook; `make edges` takes all, in both languages.
"""

import datetime
import re
from collections.abc import Callable, Iterable
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from nbformat import NotebookNode

from closurerate.kpi.definition import read_definition
from closurerate.kpi.effective import EffectiveRule
from closurerate.press.export.html import ReportHtmlExporter
from closurerate.press.export.selection import in_language
from closurerate.press.export.typst import TypstExporter, TypstPdfExporter
from closurerate.press.print.labels import LANGUAGES
from closurerate.quantity import number
from closurerate.records.paths import kpi_file
from notebook_runner import case_table, data_project, put_cases, run_in_one, run_notebook
from report_samples import Page

# Each compiles its templates once.
HTML, TYPST, PDF = ReportHtmlExporter(), TypstExporter(), TypstPdfExporter()
NAMES = ("01_cases", "02_kpi", "03_combination", "04_thresholds", "06_audit", "07_report")
BEFORE, IN_YEAR, CLOSED = (
    datetime.date(*day) for day in ((2017, 5, 10), (2018, 5, 10), (2018, 8, 8))
)
LAST = datetime.date(2018, 12, 31)
MOST_REFERRED, MOST_PAID = 10**12, 2**63 - 1
OPTIONAL = (
    "referring_agency", "obligor_id", "subcategory", "prior_case_id", "obligor_kind",
    "reopened_on", "collected_in_year_twd",
)  # fmt: skip
PLACES: tuple[dict[str, Any], ...] = (
    {},
    {"branch": "新北", "category": "罰鍰"},
    {"branch": "高雄", "category": "健保", "referred_amount_twd": 500_000},
    {"branch": "花蓮", "category": "費用", "referred_amount_twd": 2_000_000},
)
Row = dict[str, Any]


def pending(**given: Any) -> Row:
    """A small case of the year before, not closed and with nothing paid unless told otherwise."""
    return {
        "branch": "臺北", "category": "財稅", "subcategory": "交通小額", "obligor_id": "one",
        "obligor_kind": "person", "referred_on": BEFORE, "referred_amount_twd": 1000,
        "paid_amount_twd": 0, "collected_in_year_twd": given.get("paid_amount_twd", 0),
    } | given  # fmt: skip


def full(**given: Any) -> Row:
    amount = given.get("referred_amount_twd", 1000)
    closed = {"closed_on": CLOSED, "disposition": "paid_in_full", "paid_amount_twd": amount}
    return pending(**closed | given)


def part(share: str = "0.9", **given: Any) -> Row:
    paid = int(Fraction(share) * given.get("referred_amount_twd", 1000))
    closed = {"closed_on": CLOSED, "disposition": "part_certificate", "paid_amount_twd": paid}
    return pending(**closed | given)


def unpaid(**given: Any) -> Row:
    return pending(**{"closed_on": CLOSED, "disposition": "unpaid_certificate"} | given)


def new(**given: Any) -> Row:
    return pending(**{"referred_on": IN_YEAR} | given)


def less(**given: Any) -> Row:
    return part("0.01", **given)


def each(*kinds: Callable[..., Row], **given: Any) -> list[Row]:
    """Cases of these kinds in four branches, all four categories and all three tiers."""
    return [kind(**place | given) for place in PLACES for kind in kinds]


ALL = (full, part, less, unpaid, pending, new)
YEARS: dict[str, list[Row]] = {
    "all_kinds": each(*ALL),
    "no_closed": each(pending, new),
    "no_pending": [*each(full, part, less, unpaid), full(referred_on=IN_YEAR)],
    "no_new": each(full, part, less, unpaid, pending),
    "no_part_paid": each(full, unpaid, pending, new),
    "only_old_pending": each(pending),
    "only_new": each(new),
    "only_new_and_closed": each(full, part, unpaid, referred_on=IN_YEAR),
    "only_reopened": [pending(reopened_on=CLOSED)],
    "one_pending": [pending()],
    "one_new": [new()],
    "one_paid_in_full": [full()],
    "one_paid_in_part": [part()],
    "one_paid_too_little": [less()],
    "one_unpaid": [unpaid()],
    "all_effective": each(full, pending),
    "all_effective_in_part": each(part, pending),
    "all_effective_and_none_pending": each(full),
    "none_effective": each(less, unpaid, pending),
    "none_effective_and_none_pending": each(unpaid),
    "amounts_at_the_bounds": [
        make(referred_amount_twd=amount, paid_amount_twd=paid, referred_on=day)
        for make in (full, part, pending)
        for amount in (1, MOST_REFERRED)
        for paid in (1, MOST_PAID)
        for day in (BEFORE, IN_YEAR)
    ],
    "one_branch": each(*ALL, branch="宜蘭"),
    "one_category": each(*ALL, category="健保"),
    "one_tier": each(*ALL, referred_amount_twd=5_000_000),
    "one_day": each(full, part, unpaid, new, referred_on=IN_YEAR) + each(full, closed_on=IN_YEAR),
    "last_day": each(new, referred_on=LAST) + each(full, referred_on=LAST, closed_on=LAST),
    "reopened": [*each(*ALL), pending(reopened_on=CLOSED), full(reopened_on=IN_YEAR)],
    "nothing_collected": [row | {"collected_in_year_twd": 0} for row in each(*ALL)],
    "collections_unknown": [row | {"collected_in_year_twd": None} for row in each(*ALL)],
    "optional_columns_null": [row | dict.fromkeys(OPTIONAL) for row in each(*ALL)],
    "optional_columns_absent": each(*ALL),
}
PAIRS = [
    *((year, name) for year in YEARS for name in ("01_cases", "02_kpi") if year[:3] != "all"),
    *(
        (year, name)
        for year in ("no_closed", "no_pending", "amounts_at_the_bounds")
        for name in ("03_combination", "04_thresholds")
    ),
    ("one_pending", "03_combination"),
    ("one_paid_too_little", "04_thresholds"),
    *(
        (year, "07_report")
        for year in ("no_closed", "no_pending", "one_new", "optional_columns_null")
    ),
]
EVERY = [(year, name) for year in YEARS for name in NAMES]


def expected_kpi(rows: Iterable[Row]) -> Fraction:
    """Return I in percent by DOMAIN's own formula in the counts, from plain rows."""
    rule = read_definition(kpi_file("effective_closure_rate"), kpi_file).in_force(107).rule
    cases = list(rows)
    closed = [row for row in cases if row.get("closed_on")]
    effective, c = sum(is_effective(row, rule) for row in closed), len(closed)
    p = len(cases) - c
    return Fraction(100 * effective * (c + p), c * c + p * p)


def is_effective(row: Row, rule: EffectiveRule) -> bool:
    amount = row["referred_amount_twd"]
    (tier,) = (
        tier
        for tier in rule.tiers
        if tier.from_twd <= amount and (tier.below_twd is None or amount < tier.below_twd)
    )
    in_part = row["disposition"] in rule.paid_in_part
    return row["disposition"] in rule.paid_in_full or (
        in_part and row["paid_amount_twd"] > tier.ratio * amount
    )


@pytest.fixture(scope="module")
def project_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    made: dict[str, Path] = {}

    def project(year: str) -> Path:
        if year not in made:
            made[year] = data_project(tmp_path_factory.mktemp(year))
            rows = [row | {"case_id": f"A{at}"} for at, row in enumerate(YEARS[year])]
            drop = OPTIONAL if year == "optional_columns_absent" else ()
            put_cases(made[year], 107, case_table(rows, drop))
        return made[year]

    return project


def check(executed: NotebookNode) -> str:
    """Hold what a reader in one language is shown to what holds of any year, and return it."""
    page, _ = HTML.from_notebook_node(executed)
    TYPST.from_notebook_node(executed)
    read = Page(page)
    told = [read.text, *(a.get("aria-label", "") for _, a in read.elements)]
    words = "\n".join(told)
    assert not re.findall(r"\b(?:nan|NaN|NaT|None|inf|null)\b|—%|[{}]", words)
    for svg in re.findall(r"(?s)<svg.*?</svg>", page):
        assert not re.search(r'[" ,](nan|inf)[" ,]', svg)
    for table in re.findall(r"(?s)<table.*?</table>", page):
        assert table.count("<tr ") > 1 + ("has-total" in table), table
    for cell in executed.cells:
        kinds = chain.from_iterable(output.data for output in cell.get("outputs", []))
        if cell.cell_type == "code" and cell.source.startswith("data.say("):
            assert "text/plain" in kinds
    for finding in re.findall(r'(?s)<div class="finding.*?</div>', page):
        assert "—" not in finding, finding
    return words


@pytest.mark.parametrize(("year", "name"), PAIRS)
def test_a_notebook_tells_a_degenerate_year(
    project_of: Callable[[str], Path], year: str, name: str
) -> None:
    language = LANGUAGES[(list(YEARS).index(year) + NAMES.index(name)) % 2]
    words = check(run_in_one(project_of(year), name, language, year=107))
    if name in ("02_kpi", "07_report"):
        kpi = number(expected_kpi(YEARS[year]), 2)
        said = {"en": r"[Tt]he effective closure rate (of 2018 )?is", "zh-Hant": "有效結案率為"}
        assert re.search(rf"{said[language]}\s+{re.escape(kpi)}\s?%", " ".join(words.split())), kpi


@pytest.mark.exhaustive
@pytest.mark.parametrize(("year", "name"), EVERY)
def test_each_notebook_tells_each_degenerate_year(
    project_of: Callable[[str], Path], year: str, name: str
) -> None:
    executed = run_notebook(project_of(year), name, year=107)
    for language in LANGUAGES:
        printed = in_language(executed, language)
        check(printed)
        PDF.from_notebook_node(printed)


def test_a_year_without_pending_cases_scores_its_share_of_the_closed() -> None:
    assert expected_kpi([full(), unpaid()]) == 50
    assert expected_kpi([pending()]) == 0
