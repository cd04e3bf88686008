"""Every combination of readings equals a naive recount; what moves the figure, and by how much."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import product

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from closurerate.cases.vocabulary import BRANCHES, DISPOSITIONS, schema
from closurerate.errors import InputError
from closurerate.kpi.counts import MEASURES, count_cases
from closurerate.kpi.definition import KpiVersion
from closurerate.kpi.effective import Tier
from closurerate.kpi.evaluate import totals
from closurerate.quantity import rounded
from closurerate.records.paths import kpi_folder
from closurerate.records.published import load_published
from closurerate.records.readings import load_readings
from closurerate.study.readings import specification
from closurerate.study.readings.counts import count_readings
from closurerate.study.readings.reading_change import changes_by_reading
from closurerate.study.readings.specification import OPTIONS, specifications, truncated
from kpi_samples import KPIS, version_of

YEAR = 107


OFFICIAL = version_of("effective_closure_rate")
# With a ratio over one, what is paid beyond the referred amount can decide.
HARSH = replace(
    OFFICIAL,
    rule=replace(
        OFFICIAL.rule,
        tiers=(
            Tier("ordinary", 1, 1_000, Fraction(1, 2)),
            Tier("special", 1_000, 5_000, Fraction(1)),
            Tier("major", 5_000, None, Fraction(6, 5)),
        ),
        is_equal_effective=True,
    ),
)
SINGLE = replace(
    OFFICIAL,
    rule=replace(OFFICIAL.rule, tiers=(Tier("ordinary", 1, None, Fraction(3, 5)),)),
)

ROW = {
    "case_id": "1", "branch": "臺北", "category": "罰鍰", "referred_on": dt.date(2018, 1, 2),
    "closed_on": dt.date(2018, 12, 31), "disposition": "part_certificate", "obligor_id": "a",
    "referred_amount_twd": 1000, "paid_amount_twd": 501, "collected_in_year_twd": 501,
}  # fmt: skip


# What is wrong ---------------------------------------------------------------------------------
def test_a_file_of_another_year_is_refused(case_file):
    with pytest.raises(InputError, match="no case was open in year 95"):
        specifications(case_file([ROW]), 95, OFFICIAL)


def test_a_register_that_adopts_what_is_not_computed_is_refused(case_file, monkeypatch):
    monkeypatch.setattr(specification, "adopted", lambda name: "by_the_moon")
    with pytest.raises(InputError, match=r"tier_of\.adopted: 'by_the_moon' is not computed"):
        specifications(case_file([ROW]), YEAR, OFFICIAL)


def test_the_register_has_exactly_the_options_that_are_computed():
    register = load_readings(kpi_folder() / "readings.yml")
    for name, options in OPTIONS.items():
        assert set(register[name].options) == set(options)
    # What is left moves no value of the year: lights and cap follow from it, 106 is another year.
    assert set(register) - set(OPTIONS) == {"measure_106", "light_cutoffs", "achievement_cap"}


def test_a_reading_without_its_column_is_left_out(case_file):
    path = case_file([ROW], drop=("obligor_id", "reopened_on", "collected_in_year_twd"))
    found = specifications(path, YEAR, OFFICIAL)
    assert found.left_out == {"tier_of": "obligor_id", "reopened": "reopened_on"}
    assert found.readings == ("comparison", "paid_cap", "rounding")
    assert len(found.frame) == 8
    assert found.adopted["effective"] == 1


# Against a naive recount ------------------------------------------------------------------------
DAYS = st.dates(dt.date(2017, 6, 1), dt.date(2019, 6, 30))


@st.composite
def case(draw):
    """Draw one case, often exactly on a ratio, of one of few obligors or of none."""
    amounts = [1, 400, 600, 999, 1_000, 4_999, 5_000, 199_999, 200_000, 999_999, 1_000_000, 10**12]
    referred = draw(st.sampled_from(amounts))
    ratio = draw(st.sampled_from([Fraction(i, 20) for i in (0, 10, 12, 15, 20, 24, 30)]))
    paid = max(0, int(ratio * referred) + draw(st.sampled_from([-1, 0, 0, 1])))
    first, second, third = sorted(draw(st.tuples(DAYS, DAYS, DAYS)))
    is_closed = draw(st.booleans())
    return {
        "branch": draw(st.sampled_from(BRANCHES)),
        "category": "罰鍰",
        "obligor_id": draw(st.sampled_from([None, "a", "b", "c"])),
        "referred_on": first,
        "reopened_on": draw(st.sampled_from([None, second])),
        "closed_on": third if is_closed else None,
        "disposition": draw(st.sampled_from(DISPOSITIONS)) if is_closed else None,
        "referred_amount_twd": referred,
        "paid_amount_twd": paid,
        "collected_in_year_twd": draw(st.none() | st.integers(0, paid)),
    }


def naive(rows: list[dict], version: KpiVersion, options: dict[str, str]) -> dict[str, int]:
    """Count E, C, P and what was paid in plain Python under one combination of readings."""
    start, end = dt.date(2018, 1, 1), dt.date(2018, 12, 31)
    rule = version.rule

    def is_closed(row: dict) -> bool:
        return row["closed_on"] is not None and start <= row["closed_on"] <= end

    def is_pending(row: dict) -> bool:
        later = row["closed_on"] is None or row["closed_on"] > end
        return row["referred_on"] <= end and later

    open_rows = [row for row in rows if is_closed(row) or is_pending(row)]
    found = dict.fromkeys(("effective", "closed", "pending", "closed_paid_twd"), 0)
    for row in open_rows:
        day = row["reopened_on"]
        reopened = day is not None and start <= day <= end and row["referred_on"] < start
        if reopened and options["reopened"] == "excluded":
            continue
        if not is_closed(row):
            found["pending"] += 1
            continue
        found["closed"] += 1
        referred, paid = row["referred_amount_twd"], row["paid_amount_twd"]
        if options["paid_cap"] == "capped":
            paid = min(paid, referred)
        found["closed_paid_twd"] += paid
        owed = referred
        if options["tier_of"] == "obligor" and row["obligor_id"] is not None:
            own = [item for item in open_rows if item["obligor_id"] == row["obligor_id"]]
            owed = sum(item["referred_amount_twd"] for item in own)
        ratio = [tier.ratio for tier in rule.tiers if tier.from_twd <= owed][-1]
        over = paid >= ratio * referred
        if options["comparison"] == "strictly_greater":
            over = paid > ratio * referred
        in_part = row["disposition"] in rule.paid_in_part and over
        found["effective"] += row["disposition"] in rule.paid_in_full or in_part
    return found


@given(
    rows=st.lists(case(), min_size=1, max_size=25),
    version=st.sampled_from([OFFICIAL, HARSH, SINGLE]),
)
@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_each_combination_equals_a_naive_recount(rows, version, tmp_path):
    path = tmp_path / "cases.parquet"
    complete = [
        {field.name: row.get(field.name) for field in schema()} | {"case_id": str(number)}
        for number, row in enumerate(rows)
    ]
    pq.write_table(pa.Table.from_pylist(complete, schema=schema()), path)
    kept = dict(zip(OPTIONS, (options[0] for options in OPTIONS.values()), strict=True))
    base = naive(rows, version, kept)
    if not base["closed"] + base["pending"]:
        with pytest.raises(InputError, match="year 107"):
            specifications(path, YEAR, version)
        return
    found = specifications(path, YEAR, version)
    assert len(found.frame) == 32
    for row in found.frame.to_dict("records"):
        wanted = naive(rows, version, row)
        assert {name: row[name] for name in ("effective", "closed", "pending")} == {
            name: wanted[name] for name in ("effective", "closed", "pending")
        }
        E, C, P = (wanted[name] for name in ("effective", "closed", "pending"))
        assert row["value"] == (Fraction(100 * E * (C + P), C * C + P * P) if C + P else None)
        if row["value"] is not None:
            bring = rounded if row["rounding"] == "half_up" else truncated
            assert row["printed"] == bring(row["value"], 2)
        assert row["is_adopted"] == all(
            row[name] == ("greater_or_equal" if name == "comparison" and version is HARSH else own)
            for name, own in kept.items()
        )
    counted = count_readings(path, YEAR, version.rule)
    for cap in OPTIONS["paid_cap"]:
        measures = counted.measures(
            is_equal_effective=version.rule.is_equal_effective,
            is_tier_of_obligor=False,
            is_capped=cap == "capped",
            has_reopened=True,
        )
        wanted = naive(rows, version, kept | {"paid_cap": cap})
        assert measures["closed_paid_twd"] == wanted["closed_paid_twd"]


@given(rows=st.lists(case(), min_size=1, max_size=20))
@settings(
    max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_adopted_counts_are_those_of_the_count(rows, tmp_path):
    path = tmp_path / "cases.parquet"
    complete = [
        {field.name: row.get(field.name) for field in schema()} | {"case_id": str(number)}
        for number, row in enumerate([*rows, ROW])
    ]
    pq.write_table(pa.Table.from_pylist(complete, schema=schema()), path)
    counted = count_readings(path, YEAR, OFFICIAL.rule).measures(
        is_equal_effective=False, is_tier_of_obligor=False, is_capped=False, has_reopened=True
    )
    wanted = totals(count_cases(path, YEAR, OFFICIAL.rule))
    assert {name: counted[name] for name in MEASURES} == wanted


@pytest.mark.parametrize(
    ("version", "case", "reading", "effective"),
    [
        (OFFICIAL, {"paid_amount_twd": 500}, "comparison", {0: 0, 1: 1}),
        # Two ordinary debts make a special obligor, of whom half is not enough.
        (OFFICIAL, {"referred_amount_twd": 199_999, "paid_amount_twd": 110_000}, "tier_of",
         {0: 1, 1: 0}),
        # Without an obligor a case stands by itself, in the tier of its own amount.
        (OFFICIAL, {"referred_amount_twd": 150_000, "paid_amount_twd": 80_000}
         | {"obligor_id": None}, "tier_of", {0: 1, 1: 1}),
        (OFFICIAL, {"referred_amount_twd": 250_000, "paid_amount_twd": 140_000}
         | {"obligor_id": None}, "tier_of", {0: 0, 1: 0}),
        # Over the whole is over a ratio of one, unless what is over it does not count.
        (replace(HARSH, rule=replace(HARSH.rule, is_equal_effective=False)),
         {"paid_amount_twd": 1_200}, "paid_cap", {0: 1, 1: 0}),
        (OFFICIAL, {"referred_on": dt.date(2016, 5, 5), "reopened_on": dt.date(2018, 5, 5)},
         "reopened", {0: 1, 1: 0}),
        (OFFICIAL, {"reopened_on": dt.date(2018, 5, 5)}, "reopened", {0: 1, 1: 1}),
    ],
)  # fmt: skip
def test_each_reading_decides_its_case(version, case, reading, effective, case_file):
    other = ROW | {"case_id": "2", "closed_on": None, "disposition": None}
    found = specifications(case_file([ROW | case, other]), YEAR, version)
    own = {name: found.adopted[name] for name in found.readings if name != reading}
    frame = found.frame
    for name, option in own.items():
        frame = frame[frame[name] == option]
    options = OPTIONS[reading]
    counted = dict(zip(frame[reading], frame["effective"], strict=True))
    assert counted == {options[place]: count for place, count in effective.items()}


def test_what_is_paid_beyond_the_referred_amount_is_money_too(case_file):
    rows = [ROW | {"paid_amount_twd": 1_200}, ROW | {"case_id": "2", "paid_amount_twd": 300}]
    counted = count_readings(case_file(rows), YEAR, OFFICIAL.rule)
    paid = [
        counted.measures(
            is_equal_effective=False, is_tier_of_obligor=False, is_capped=cap, has_reopened=True
        )["closed_paid_twd"]
        for cap in (False, True)
    ]
    assert paid == [1_500, 1_300]


def test_the_adopted_comparison_is_the_kpi_s_own(case_file):
    found = specifications(case_file([ROW | {"paid_amount_twd": 1_000}]), YEAR, HARSH)
    assert found.adopted["comparison"] == "greater_or_equal"
    assert found.adopted["effective"] == 1
    rows = found.effects.set_index("reading")
    assert rows.loc["comparison", "option"] == "strictly_greater"
    assert rows.loc["comparison", "change"] == -100


# Effects ----------------------------------------------------------------------------------------
def small(case_file):
    rows = [
        ROW | {"case_id": "equal", "paid_amount_twd": 500, "obligor_id": None},
        ROW | {"case_id": "over", "paid_amount_twd": 1_200, "obligor_id": None},
        ROW | {"case_id": "open", "closed_on": None, "disposition": None, "obligor_id": None},
        ROW | {"case_id": "back", "referred_on": dt.date(2016, 5, 5), "obligor_id": None}
        | {"reopened_on": dt.date(2018, 5, 5), "closed_on": None, "disposition": None},
    ]  # fmt: skip
    return specifications(case_file(rows), YEAR, OFFICIAL)


def test_a_main_effect_is_the_difference_with_the_others_as_adopted(case_file):
    found = small(case_file)
    rows = {row["reading"]: row for row in found.effects.to_dict("records")}
    # E, C, P = 1, 2, 2 as adopted; counting equality gives 2, 2, 2; without the reopened 1, 2, 1.
    assert found.adopted["value"] == 50
    assert rows["comparison"]["change"] == 50
    assert rows["reopened"]["change"] == Fraction(100 * 3, 5) - 50
    assert rows["reopened"]["low"] == 10
    assert rows["reopened"]["high"] == Fraction(100 * 6, 5) - 100
    assert rows["paid_cap"]["is_moving"] is False
    assert [rows[name]["change"] for name in ("paid_cap", "rounding", "tier_of")] == [0, 0, 0]


def test_the_effect_of_the_adopted_option_is_none(case_file):
    found = small(case_file)
    assert found.frame["is_adopted"].sum() == 1
    assert set(found.effects["option"]) == {options[1] for options in OPTIONS.values()}


def test_every_range_holds_every_difference(case_file):
    found = small(case_file)
    frame = found.frame.set_index(list(found.readings))
    for row in found.effects.to_dict("records"):
        place = found.readings.index(row["reading"])
        differences = []
        for options in product(*(OPTIONS[name] for name in found.readings)):
            if options[place] == row["option"]:
                other = list(options)
                other[place] = found.adopted[row["reading"]]
                differences.append(frame.loc[options, "value"] - frame.loc[tuple(other), "value"])
        assert (row["low"], row["high"]) == (min(differences), max(differences))


@pytest.mark.parametrize("kpi", KPIS)
def test_any_kpi_has_its_specifications(kpi, case_file):
    found = specifications(
        case_file([ROW, ROW | {"case_id": "2", "closed_on": None, "disposition": None}]),
        YEAR,
        version_of(kpi),
    )
    assert len(found.frame) == 32
    assert (found.unit, found.decimals) == (version_of(kpi).unit, version_of(kpi).decimals)
    assert found.adopted["value"] is not None
    assert len(found.effects) == 5


def test_a_kpi_without_a_value_has_no_effects(case_file):
    found = specifications(
        case_file([ROW | {"closed_on": None, "disposition": None}]), YEAR, version_of("minimum")
    )
    assert found.adopted["value"] is None
    table = found.effects
    assert table["change"].isna().all()
    assert table["low"].isna().all()
    assert not table["is_moving"].any()


@pytest.mark.parametrize(
    ("value", "decimals", "cut"),
    [
        (Fraction(36489, 1000), 2, "36.48"),
        (Fraction(-36489, 1000), 2, "-36.48"),
        (Fraction(-1, 1000), 2, "0.00"),
        (Decimal("0.999999"), 0, "0"),
        (7, 1, "7.0"),
    ],
)
def test_a_figure_is_cut_off_towards_nought(value, decimals, cut):
    assert str(truncated(value, decimals)) == cut


# The change since 106 ---------------------------------------------------------------------------
def test_the_change_since_106_under_each_reading():
    now = Fraction(5814512345070, 15934973432393) * 100
    found = changes_by_reading(OFFICIAL, now, load_published(106))
    assert found is not None
    rows = {(row["measure_106"], row["rounding"]): row for row in found.to_dict("records")}
    adopted = rows["effective_over_closed", "half_up"]
    assert adopted["is_adopted"]
    assert sum(found["is_adopted"]) == 1
    assert (adopted["effective_low"], adopted["effective_high"]) == (2_761_673, 2_762_421)
    shown = [rounded(adopted[name], 2) for name in ("before_low", "before_high")]
    assert [str(item) for item in shown] == ["36.89", "36.90"]
    assert adopted["change_low"] == now - adopted["before_high"]
    other = rows["nonlinear", "half_up"]
    assert (other["effective_low"], other["effective_high"]) == (2_759_021, 2_759_769)
    # Cut off, the rate lay from 36.86 to under 36.87.
    cut = rows["effective_over_closed", "truncated"]
    C = 7_493_345
    ends = (cut["effective_low"], cut["effective_high"])
    assert [truncated(Fraction(100 * E, C), 2) for E in ends] == [Decimal("36.86")] * 2
    assert truncated(Fraction(100 * (ends[0] - 1), C), 2) == Decimal("36.85")
    assert truncated(Fraction(100 * (ends[1] + 1), C), 2) == Decimal("36.87")
    assert all(row["change_high"] < 0 for row in rows.values())


def test_where_effective_cases_are_printed_no_reading_is_open():
    assert changes_by_reading(OFFICIAL, Fraction(1), load_published(107)) is None


@pytest.mark.parametrize("kpi", KPIS)
def test_any_kpi_has_its_change(kpi):
    found = changes_by_reading(version_of(kpi), Fraction(30), load_published(106))
    assert found is not None
    assert (found["before_low"] <= found["before_high"]).all()
    width = found["before_high"] - found["before_low"]
    assert (width == 0).all() == (kpi in ("disposition_time", "clearance_rate"))


def test_a_year_without_a_value_has_no_change():
    found = changes_by_reading(OFFICIAL, None, load_published(106))
    assert found is not None
    assert found["change_low"].isna().all()
