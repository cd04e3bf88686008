"""Readings of the source as a report shows them: what is left out first, then the curve."""

import datetime as dt
import re
from dataclasses import replace
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import partial
from itertools import product

import pandas as pd
import pytest
from matplotlib import pyplot

from closurerate.kpi.definition import read_definition
from closurerate.press.chart import Chart
from closurerate.press.prose import Markdown
from closurerate.press.table import Table
from closurerate.quantity import signed
from closurerate.records.paths import kpi_file
from closurerate.study.readings import page
from closurerate.study.readings.drawing import draw_options, draw_values
from closurerate.study.readings.page import (
    open_specifications,
    options_table,
    reading_change_table,
    reading_quantities,
    specification_chart,
)
from closurerate.study.readings.specification import OPTIONS, Specifications, specifications
from year_samples import assert_draws, en, kpi_data, plain, said, texts, zh

ROW = {
    "case_id": "1", "branch": "臺北", "category": "罰鍰", "referred_on": dt.date(2018, 1, 2),
    "closed_on": dt.date(2018, 12, 31), "disposition": "part_certificate", "obligor_id": "a",
    "referred_amount_twd": 1000, "paid_amount_twd": 500,
}  # fmt: skip
FOREIGN = {
    "en": r"[\u4e00-\u9fff]",
    "zh-Hant": r"\b(Taipei|the|lowers|obligor|worlds of|ordinary|points)\b",
}


@pytest.fixture
def readings(case_file) -> Specifications:
    """Four cases of which one is paid exactly to its ratio: E, C, P are 1, 3, 1 as adopted."""
    rows = [
        ROW,
        ROW | {"case_id": "2", "disposition": "paid_in_full", "obligor_id": None},
        ROW | {"case_id": "3", "disposition": "unpaid_certificate"},
        ROW | {"case_id": "4", "disposition": None, "closed_on": None},
    ]
    version = read_definition(kpi_file("effective_closure_rate"), kpi_file).in_force(107)
    return specifications(case_file(rows), 107, version)


# What is not there -------------------------------------------------------------------------------
def test_where_nothing_printed_compares_there_is_no_change() -> None:
    data = kpi_data()
    scaled = replace(data.cases, source=replace(data.cases.source, fraction="1/100"))
    known = {106: data.cases.published[107]}
    reasons = {
        "are not of the nation's size and do not compare": scaled,
        "The effective cases of 2017 are known: no reading is open": replace(
            data.cases, published=known
        ),
        "needed were not published for 2017": replace(data.cases, published={}),
    }
    for reason, cases in reasons.items():
        shown = reading_change_table(replace(data, cases=cases))
        assert isinstance(shown, Markdown)
        assert reason in en(shown).text
        assert "106" in zh(shown).text


def test_a_kpi_without_a_value_has_no_curve(case_file) -> None:
    version = read_definition(kpi_file("minimum"), kpi_file).in_force(107)
    found = specifications(
        case_file([ROW | {"closed_on": None, "disposition": None}]), 107, version
    )
    assert isinstance(specification_chart(kpi_data(kpi="minimum"), found), Markdown)
    assert "—" in said(options_table(kpi_data(kpi="minimum"), found))


# What is shown -----------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", ["synthetic", "extract"])
def test_all_is_said_in_one_language_with_its_evidence(kind: str, readings: Specifications) -> None:
    data = kpi_data(kind=kind)
    of_rows = [specification_chart(data, readings), options_table(data, readings)]
    change = reading_change_table(data)
    assert isinstance(change, Table)
    for item in of_rows:
        assert item.grounds.evidence == ("illustration" if kind == "synthetic" else "extract")
    assert change.grounds.evidence == "assumed"
    for item in (*of_rows, change):
        for language, foreign in FOREIGN.items():
            text = said(item.said(language))
            assert not re.search(r"\b(nan|None|inf)\b|[{}]", text)
            assert not re.search(foreign, text)


def test_the_curve_tells_its_range_and_what_moves_it(readings: Specifications) -> None:
    chart = en(specification_chart(kpi_data(), readings))
    # E C P is 1 3 1 or 2 3 1: 40 and 80 percent.
    assert "from 40.00 % up to 80.00 %; the adopted one gives 40.00 %" in plain(chart.alt)
    assert "Readings that move it: Paid exactly to the ratio." in chart.alt
    found = plain(texts(chart))
    assert "As adopted: 40.00 %" in found
    assert "Tier goes by: the obligor's total" in found
    assert "KPI (%)" in found


def test_the_effects_are_signed_and_complete(readings: Specifications) -> None:
    table = en(options_table(kpi_data(), readings))
    rows = {row[0]: row[1:] for row in table.rows}
    assert rows["Paid exactly to the ratio"] == (
        "effective (≥)", "+40.00", "+40.00"
    )  # fmt: skip
    assert rows["Decimals"] == ("cut off", "0.00", "0.00")
    assert len(rows) == 5


EFFECTIVE = {
    ("strictly_greater", "case"): 3_286_050, ("greater_or_equal", "case"): 3_286_653,
    ("strictly_greater", "obligor"): 3_281_787, ("greater_or_equal", "obligor"): 3_282_380,
}  # fmt: skip
OPEN = {"counted": (10_030_793, 7_663_741), "excluded": (10_030_531, 7_663_347)}
PLACES = {"half_up": ROUND_HALF_UP, "truncated": ROUND_DOWN}


def combined() -> Specifications:
    """All 32 combinations, of counts like those of a made-up year."""
    rows = []
    for options in product(*OPTIONS.values()):
        row: dict[str, object] = dict(zip(OPTIONS, options, strict=True))
        e, (c, p) = EFFECTIVE[options[:2]], OPEN[options[3]]
        value = Fraction(100 * e * (c + p), c * c + p * p)
        exact = Decimal(value.numerator) / Decimal(value.denominator)
        printed = exact.quantize(Decimal("0.01"), PLACES[options[4]])
        row |= {"effective": e, "closed": c, "pending": p, "value": value, "printed": printed}
        adopted = ("strictly_greater", "case", "as_paid", "counted", "half_up")
        rows.append(row | {"is_adopted": options == adopted})
    return Specifications(pd.DataFrame(rows), {}, 2, "percent")


def differences(reading: str, column: str) -> list[Fraction]:
    """What the other option of a reading does, in each combination of the others."""
    rows = combined().frame.to_dict("records")
    first, other = OPTIONS[reading]

    def rest(row: dict) -> tuple:
        return tuple(row[name] for name in OPTIONS if name != reading)

    base = {rest(row): row[column] for row in rows if row[reading] == first}
    return [Fraction(row[column]) - Fraction(base[rest(row)]) for row in rows
            if row[reading] == other]  # fmt: skip


def test_the_effects_are_ranges_over_all_combinations() -> None:
    """The main effect stood where a range of the printed figures was meant: +0.01, −0.05, −0.01."""
    table = options_table(kpi_data(), combined())
    shown = [plain(row[3]) for row in en(table).rows]
    assert shown == [
        "0.00 to +0.01", "−0.05 to −0.04", "0.00", "0.00 to +0.01", "−0.01 to 0.00",
    ]  # fmt: skip
    # 36.4890 is cut off as 36.48, and was told as no change of the value.
    assert [plain(row[2]) for row in en(table).rows] == ["+0.01", "−0.05", "0.00", "0.00", "−0.01"]
    assert "Change of the KPI, as it would be published" in en(table).caption
    for reading, told, kept in zip(OPTIONS, shown, table.data()["rows"], strict=True):
        ends = [differences(reading, column) for column in ("value", "printed")]
        assert [Fraction(cell["value"]) for cell in kept[4:]] == [
            end(found) for found in ends for end in (min, max)
        ]
        low, high = (signed(end(ends[1]), 2) for end in (min, max))
        assert told == (low if low == high else f"{low} to {high}")


def test_the_combinations_are_kept_with_plain_names_and_unrounded() -> None:
    kept = specification_chart(kpi_data(), combined()).data()
    names = [column["heading"] for column in kept["columns"]]
    heads = [name if isinstance(name, str) else name["en"] for name in names]
    assert heads[:2] == ["Paid exactly to the ratio", "Tier goes by"]
    assert heads[4] == "Decimals"
    assert "value" in heads
    assert "printed figure" in heads
    assert len(kept["rows"]) == 32
    lowest = kept["rows"][0]
    assert lowest[1]["en"] == "the obligor's total"
    assert lowest[heads.index("value")] == pytest.approx(36.4417, abs=1e-4)
    assert lowest[heads.index("printed figure")] == 36.44


def test_a_reading_left_out_is_named(case_file) -> None:
    version = read_definition(kpi_file("effective_closure_rate"), kpi_file).in_force(107)
    found = specifications(case_file([ROW], drop=("obligor_id",)), 107, version)
    assert "Left out for want of the column obligor_id: Tier goes by." in said(
        options_table(kpi_data(), found)
    )


def test_a_day_changes_by_days(case_file) -> None:
    version = read_definition(kpi_file("disposition_time"), kpi_file).in_force(107)
    found = specifications(case_file([ROW]), 107, version)
    table = en(options_table(kpi_data(kpi="disposition_time"), found))
    assert table.caption.endswith("(days)")


def test_the_change_since_106_is_the_domain_s() -> None:
    table = en(reading_change_table(kpi_data()))
    assert table.rows[0] == (
        "E/C *", "half up", "2,761,673 to 2,762,421", "36.89 to 36.90", "−0.41 to −0.40"
    )  # fmt: skip
    assert [row[0] for row in table.rows] == ["E/C *", "non-linear I", "E/C", "non-linear I"]


def test_reading_quantities_count_what_was_run(readings: Specifications) -> None:
    shown = reading_quantities(kpi_data(), readings)
    assert {name: quantity.value for name, quantity in shown.items()} == {
        "readings": 5, "readings_alone": 1, "readings_moving": 1, "combinations": 32,
        "reading_low": 40, "reading_high": 80,
    }  # fmt: skip
    assert {quantity.evidence for quantity in shown.values()} == {"illustration"}


def test_readings_are_opened_on_the_case_file(case_file, monkeypatch: pytest.MonkeyPatch) -> None:
    path = case_file([ROW])
    monkeypatch.setattr(page, "cases_folder", lambda year, source: path.parent)
    found = open_specifications(kpi_data())
    assert found.adopted["closed"] == 1


# The drawing -------------------------------------------------------------------------------------
DRAWINGS = {
    "values": (
        pd.DataFrame({"value": [1.0, 2.0], "is_adopted": [False, True]}),
        partial(draw_values, ylabel="%", adopted="2"),
    ),
    "options": (
        pd.DataFrame(
            {"label": ["a", "b"], "group": ["x", "x"], "taken": [[True, False], [False, True]]}
        ),
        partial(draw_options, adopted=1, xlabel="x"),
    ),
}


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_takes_its_axes_and_leaves_its_frame(name: str) -> None:
    assert_draws(*DRAWINGS[name])


def test_charts_are_the_same_twice_and_leave_no_figure_open(readings: Specifications) -> None:
    first, second = (specification_chart(kpi_data(), readings) for _ in range(2))
    assert isinstance(first, Chart)
    assert isinstance(second, Chart)
    assert zh(first).svg == zh(second).svg
    assert pyplot.get_fignums() == []


@pytest.mark.parametrize(("place", "aligned"), [(0, "bottom"), (2, "top")])
def test_the_adopted_value_is_named_where_no_dot_stands(place: int, aligned: str) -> None:
    """Above its line the name stood on a gridline; far above the others there is room below."""
    frame = pd.DataFrame({"value": [1.0, 1.5, 2.0], "is_adopted": [i == place for i in range(3)]})
    figure, ax = pyplot.subplots()
    draw_values(frame, ax, ylabel="y", adopted="here")
    assert [text.get_verticalalignment() for text in ax.texts] == [aligned]
    pyplot.close(figure)
