"""A small 107 that meets the printed totals exactly, made by hand: no file of cases, no kernel."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pandas as pd
from matplotlib import pyplot
from matplotlib.axes import Axes

from closurerate.cases.profile import SMALL_TRAFFIC, Profile
from closurerate.cases.source import Source
from closurerate.kpi.counts import KEYS, MEASURES, ordered
from closurerate.kpi.definition import read_definition
from closurerate.kpi.formula import COUNT_NAMES, parse_formula
from closurerate.press.print.chart import PrintedChart
from closurerate.press.print.looks import chart_size
from closurerate.press.print.prose import PrintedFinding, PrintedMarkdown
from closurerate.press.print.style import chart_style
from closurerate.press.prose import Several
from closurerate.press.shown import Shown
from closurerate.records.paths import kpi_file
from closurerate.records.published import load_published
from closurerate.records.years import load_year
from closurerate.year.case_year import CaseData
from closurerate.year.kpi_year import KpiData

LARGE, SMALL = 13_106_911_307, 16_891_989_130  # NTD collected; their sum is the printed total

# branch, category, tier, disposition; new, reopened, closed, effective, pending; NTD collected
ROWS: list[tuple[Any, ...]] = [
    ("臺北", "罰鍰", "ordinary", "paid_in_full", 3_000_000, 0, 3_000_000, 3_000_000, 0, SMALL),
    ("臺北", "罰鍰", "ordinary", "unpaid_certificate", 5_000_000, 0, 6_730_793, 0, 0, 0),
    ("臺北", "罰鍰", "ordinary", None, 1_500_000, 656, 0, 0, 7_000_000, 0),
    ("士林", "財稅", "major", "part_certificate", 214_937, 0, 300_000, 286_050, 0, LARGE),
    ("士林", "財稅", "major", None, 500_000, 0, 0, 0, 663_741, 0),
]


def plain(text: str) -> str:
    """Return a text with ordinary spaces for those that keep a number and its unit together."""
    return text.replace("\N{NO-BREAK SPACE}", " ")


def texts(chart: PrintedChart) -> str:
    """Return the words in a chart's picture."""
    elements = ElementTree.fromstring(chart.svg).iter("{http://www.w3.org/2000/svg}text")
    return "\n".join("".join(element.itertext()) for element in elements)


def en(item: Any) -> Any:
    """Return what is shown as it is printed in English."""
    return item.said("en")


def zh(item: Any) -> Any:
    """Return what is shown as it is printed in Chinese."""
    return item.said("zh-Hant")


def said(item: Any) -> str:
    """Return all words of a table, a chart or a sentence, in English."""
    if isinstance(item, Several):
        return "\n".join(map(said, item.objects))
    if isinstance(item, Shown):
        return said(en(item))
    if isinstance(item, PrintedMarkdown | PrintedFinding):
        return plain(item.text)
    if isinstance(item, PrintedChart):
        return plain("\n".join([item.caption, item.alt, item.source, texts(item)]))
    cells = [cell for row in item.rows for cell in row]
    heads = [column.heading for column in item.columns]
    return plain("\n".join([item.caption, item.note, item.source, *heads, *cells]))


def assert_draws(frame: pd.DataFrame, draw: Callable[[pd.DataFrame, Axes], Axes]) -> None:
    """A drawing takes its axes, opens no figure of its own, and leaves its frame."""
    before = frame.copy(deep=True)
    with chart_style("zh-Hant"):
        figure, ax = pyplot.subplots(figsize=chart_size())
        assert draw(frame, ax) is ax
        assert pyplot.get_fignums() == [figure.number]  # type: ignore[attr-defined]
        pyplot.close(figure)
    pd.testing.assert_frame_equal(frame, before)


def counts(*, has_collected: bool = True) -> pd.DataFrame:
    rows = [
        dict(zip(KEYS, row[:4], strict=True))
        | dict.fromkeys(MEASURES, 0)
        | dict(zip(("new", "reopened", "closed", "effective", "pending"), row[4:9], strict=True))
        | {"collected_twd": row[9] if has_collected else None}
        for row in ROWS
    ]
    rule = read_definition(kpi_file("effective_closure_rate"), kpi_file).in_force(107).rule
    return ordered(pd.DataFrame(rows), rule)


def profile(absent: tuple[str, ...] = ()) -> Profile:
    groups = pd.DataFrame(
        [
            {
                "branch": row[0],
                "category": row[1],
                "subcategory": SMALL_TRAFFIC
                if row[1] == "罰鍰" and "subcategory" not in absent
                else None,
                "disposition": row[3],
                **dict(zip(("new", "reopened", "closed"), row[4:7], strict=True)),
                "pending": row[8],
            }
            for row in ROWS
        ]
    )
    months = pd.DataFrame({"month": range(1, 13), "new": [851_244] * 12, "closed": [835_899] * 12})
    months.loc[11, ["new", "closed"]] = [851_253, 835_904]
    tables = {
        "groups": groups,
        "months": months,
        "amounts": pd.DataFrame(
            {
                "from_twd": [1, 1_000, 10_000, 1_000_000],
                "new": [7_000_000, 3_000_000, 200_000, 14_937],
                "referred_twd": [10**9, 10**10, 2 * 10**10, 10**11],
            }
        ),
        "ages": pd.DataFrame(
            {
                "from_years": [0, 1, 2, 10],
                "pending": [4_000_000, 3_000_000, 600_000, 63_741],
                "referred_twd": [10**9, 2 * 10**9, 3 * 10**9, 4 * 10**9],
            }
        ),
        "debtors": pd.DataFrame(
            {
                "is_large": [False, True],
                "obligors": [5_000_000, 1_200],
                "collected_twd": [SMALL, LARGE],
            }
        ),
    }
    if absent:
        del tables["debtors"]
    return Profile(107, absent, tables)


def case_data(*, kind: str = "synthetic", absent: tuple[str, ...] = ()) -> CaseData:
    source = Source(
        kind=kind, name="cases.parquet", sha256="ab" * 32, size_bytes=1, rows=17_694_534, year=107
    )
    if kind == "synthetic":
        source = replace(source, seed=107, fraction="1")
    return CaseData(
        year=107,
        source=source,
        profile=profile(absent),
        published={year: load_published(year) for year in (106, 107)},
    )


def kpi_data(
    *,
    kind: str = "synthetic",
    kpi: str = "effective_closure_rate",
    has_author: bool = True,
    has_collected: bool = True,
) -> KpiData:
    return KpiData(
        cases=case_data(kind=kind),
        definition=read_definition(kpi_file(kpi), kpi_file),
        counts=counts(has_collected=has_collected),
        author=load_year(107) if has_author else None,
        folder="none",
    )


def with_formula(data: KpiData, text: str, unit: str | None = None) -> KpiData:
    """The same data under another formula in 107."""
    formula = parse_formula(text, (*COUNT_NAMES, "I1", "I2"), "test")
    version = replace(data.version, formula=formula, unit=unit or data.version.unit)
    versions = {**data.definition.versions, 107: version}
    return replace(data, definition=replace(data.definition, versions=versions))
