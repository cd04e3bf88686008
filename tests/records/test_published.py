import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from closurerate.audit.claims.departures import departures
from closurerate.errors import InputError
from closurerate.making.edition import printed_years
from closurerate.quantity import Quantity, rounded
from closurerate.records.claim import PRECISIONS, UNITS
from closurerate.records.feasible import Interval, feasible_counts
from closurerate.records.new_year import new_year_skeleton
from closurerate.records.published import (
    Published,
    feasible_by_reading,
    load_published,
    published_until,
)

FILE = """\
year: 105
report: {title: 報告, year: 106, approved_on: 2018-03-08}
claims:
  - id: rate
    value: "36.86"
    unit: percent
    printed: "36.86%"
    decimals: 2
    place: "壹.一"
    about: 105
  - id: light_self
    value: "green"
    unit: light
    printed: "★"
    place: ["壹.一", "貳.一"]
    about: {from: 105-01, to: 105-12-31}
"""
DAMAGES = [
    ("year: 105", "year: 104", "year must be 105"),
    ("title: 報告", "title: null", "report.title: must be filled in, as figures are"),
    ("2018-03-08", "null", "report.approved_on: must be filled in, as figures are"),
    ('"36.86%"', "null", "printed: must be filled in, as other parts of the figure are"),
    ('"36.86"', "null", "value: must be filled in, as other parts of the figure are"),
    ("report: {title", "reporter: {title", "unknown key 'reporter'; did you mean 'report'"),
    ("2018-03-08", "'8 March'", "approved_on"),
    ("claims:", "claims: 3\nother:", "unknown key 'other'"),
    ("    decimals: 2", "    decimal: 2", "unknown key 'decimal'; did you mean 'decimals'"),
    ("    decimals: 2\n", "", "decimals must be a whole number"),
    ('    printed: "36.86%"\n', "", "the key 'printed' is missing"),
    ("id: light_self", "id: rate", "id 'rate' stands twice"),
    ("id: rate", "id: The rate", "must be lower-case words"),
    ('"36.86"', "36.86", "must be a text in quotes"),
    ('"36.86"', '"36,86"', "must be an exact decimal"),
    ('"36.86"', '"36.8"', "36.8 is not given to 2 decimals"),
    (
        '"36.86"\n    unit: percent\n    printed: "36.86%"\n    decimals: 2',
        '"36"\n    unit: percent\n    printed: "36%"\n    decimals: -4',
        "36 is not given to -4 decimals",
    ),
    ("unit: percent", "unit: per cent", "'per cent' is not known; did you mean 'percent'"),
    ('"green"', '"blue"', "'blue' is not known"),
    ("about: 105\n", "about: {since: 105}\n", "must be a ROC year"),
    ("about: 105\n", "about: 2016\n", "must be a ROC year"),
    ("about: 105\n", "about: 105\n    note: 錯\n", "must hold keys and values"),
    ("about: 105\n", "about: 105\n    note: {zh-Hant: 錯}\n", "the key 'en' is missing"),
    ("about: 105\n", "about: 105\n    precision: roughly\n", "'roughly' is not known"),
]
# What each printed change, growth, share, sum and rate should be by the other printed figures:
# `new` gives 107's, `old` 106's.
DERIVED = {
    "collected_change": lambda new, old: new("collected") - old("collected"),
    "collected_growth": lambda new, old: 100 * (new("collected") / old("collected") - 1),
    "new_change": lambda new, old: new("new") - old("new"),
    "new_growth": lambda new, old: 100 * (new("new") / old("new") - 1),
    "closed_change": lambda new, old: new("closed") - old("closed"),
    "closed_growth": lambda new, old: 100 * (new("closed") / old("closed") - 1),
    "pending_change": lambda new, old: new("pending") - old("pending"),
    "pending_growth": lambda new, old: 100 * (new("pending") / old("pending") - 1),
    "pending": lambda new, old: old("pending") + new("new") - new("closed"),
    "achievement": lambda new, old: min(100, 100 * new("rate") / new("target")),
    "rate": lambda new, old: (
        100
        * new("effective")
        * (new("closed") + new("pending"))
        / (new("closed") ** 2 + new("pending") ** 2)
    ),
    "large_debtors_share": lambda new, old: 100 * new("large_debtors_collected") / new("collected"),
    "large_debtors_share_without_two_cities": lambda new, old: (
        100 * new("large_debtors_collected_without_two_cities") / new("collected")
    ),
    "small_traffic_share": lambda new, old: 100 * new("small_traffic_new") / new("new"),
    "care_total": lambda new, old: (
        new("care_employment") + new("care_relief") + new("care_welfare") + new("care_visits")
    ),
    "budget_subtotal": lambda new, old: new("budget"),
    "budget_subtotal_progress": lambda new, old: new("budget_progress"),
}


def printed_number(text: str) -> Fraction:
    """Read a number as the agency prints it: 億 and 萬 groups, thousands separators, a unit."""
    digits = re.sub(r"[^\d.億萬千]", "", text)
    parts = {"億": Fraction(0), "萬": Fraction(0), "": Fraction(0)}
    for number, kilo, group in re.findall(r"([\d.]+)(千?)([億萬]?)", digits):
        parts[group] += Fraction(number) * (1000 if kilo else 1)
    return parts["億"] * 10**8 + parts["萬"] * 10**4 + parts[""]


@pytest.fixture(scope="module")
def years() -> dict[int, Published]:
    return {year: load_published(year) for year in (106, 107)}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_refused(refused: Callable[..., None], damage: tuple[str, ...]) -> None:
    refused(load_published, 105, FILE, damage)


def test_the_file_before_its_damage_loads(tmp_path: Path) -> None:
    (tmp_path / "105.yml").write_text(FILE, encoding="utf-8")
    published = load_published(105, tmp_path)
    assert [*published_until(105, tmp_path)] == [105]
    assert not published_until(104, tmp_path)
    assert published["rate"].value == Fraction(3686, 100)
    assert published["light_self"].places == ("壹.一", "貳.一")
    assert published["light_self"].about.end == "105-12-31"
    assert published.quantities() == {"rate": Quantity(Fraction(3686, 100), "percent", 2)}


def test_what_is_not_filled_in_is_not_printed(tmp_path: Path) -> None:
    skeleton = new_year_skeleton(106, "published")
    path = tmp_path / "106.yml"
    opened = re.sub(r"(title|approved_on): null", r"\1: 2018-03-08", skeleton)
    texts = (
        "",
        "# nothing yet\n",
        "# nothing yet",
        skeleton,
        opened.replace("title: ", "title: t"),
    )
    for text in texts:
        path.write_text(text, encoding="utf-8")
        assert published_until(106, tmp_path) == {}
        assert printed_years(106, tmp_path) == []
    filled = texts[-1].replace(
        "id: rate, value: null, unit: percent, printed: null, decimals: 2, place: null",
        'id: rate, value: "36.86", unit: percent, printed: 36.86%, decimals: 2, place: 壹',
    )
    path.write_text(filled, encoding="utf-8")
    assert [*published_until(106, tmp_path)[106].claims] == ["rate"]
    assert printed_years(106, tmp_path) == [106]


def test_the_skeleton_has_what_a_printed_report_begins_with(years: dict[int, Published]) -> None:
    text = new_year_skeleton(107, "published")
    found = {
        match["id"]: match["unit"]
        for match in re.finditer(r"id: (?P<id>\w+), value: null, unit: (?P<unit>\w+)", text)
    }
    assert len(found) == 11
    assert found == {name: years[107][name].unit for name in found}


def test_make_looks_at_the_printed_years_that_count(tmp_path: Path) -> None:
    for year in (106, 107, 108, 110):
        (tmp_path / f"{year}.yml").write_text('claims:\n  - id: new\n    value: "1"\n', "utf-8")
    assert printed_years(107, tmp_path) == [106, 107]
    assert printed_years(106, tmp_path) == [106, 107]
    assert printed_years(110, tmp_path) == [106, 107, 108, 110]


def test_a_year_without_a_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"104\.yml: there is no such file"):
        load_published(104, tmp_path)


def test_an_unknown_claim_names_the_nearest(years: dict[int, Published]) -> None:
    with pytest.raises(InputError, match=r"no claim 'colected'; did you mean 'collected'"):
        years[107]["colected"]


def test_a_light_is_not_a_number(years: dict[int, Published]) -> None:
    with pytest.raises(InputError, match=r"'light_self' is a light \('green'\), not a number"):
        _ = years[107]["light_self"].value


def test_both_years_are_there_complete(years: dict[int, Published]) -> None:
    assert [*published_until(107)] == [106, 107]
    assert {year: len(published.claims) for year, published in years.items()} == {106: 26, 107: 131}


@pytest.mark.parametrize(
    ("year", "name", "value"),
    [
        (106, "new", 9359813),
        (106, "closed", 7493345),
        (106, "pending", 7478941),
        (106, "collected", 27591251282),
        (106, "target", Fraction(245, 10)),
        (106, "budget", 82911),
        (106, "budget_progress", Fraction(10266, 100)),
        (107, "new", 10214937),
        (107, "closed", 10030793),
        (107, "pending", 7663741),
        (107, "effective", 3286050),
        (107, "collected", 29998900437),
        (107, "rate", Fraction(3649, 100)),
        (107, "target", 25),
        (107, "achievement", 100),
        (107, "closed_change", 2537748),
        (107, "large_debtors_collected", 13106911307),
        (107, "large_debtors_share", Fraction(4369, 100)),
        (107, "large_debtors_collected_without_two_cities", 1976985108),
        (107, "large_debtors_collected_since_90", 248176999962),
        (107, "prohibition_orders_collected", 702903767),
        (107, "small_traffic_new", 7820000),
        (107, "traffic_operation_collected", 58820000),
        (107, "joint_auctions_sold", 1000005973),
        (107, "care_total", 4170),
        (107, "channels_collected_cumulative", 32464612651),
        (107, "card_collected", 222586116),
        (107, "electronic_orders", 3167353),
        (107, "electronic_certificates", 3050279),
        (107, "budget", 250024),
    ],
)
def test_golden_values(
    years: dict[int, Published], year: int, name: str, value: int | Fraction
) -> None:
    assert years[year][name].value == value


def test_lights_as_printed(years: dict[int, Published]) -> None:
    for published in years.values():
        assert (published["light_self"].written, published["light_self"].printed) == ("green", "★")
        assert (published["light_review"].written, published["light_review"].printed) == (
            "none",
            "---",
        )


def test_effective_is_not_printed_for_106(years: dict[int, Published]) -> None:
    assert "effective" in years[107]
    assert "effective" not in years[106]


@pytest.mark.parametrize("year", [106, 107])
def test_printed_and_value_agree(years: dict[int, Published], year: int) -> None:
    for claim in years[year].claims.values():
        if claim.is_numeric:
            assert printed_number(claim.printed) == claim.value, claim.id


@pytest.mark.parametrize("year", [106, 107])
def test_precision_is_what_the_characters_say(years: dict[int, Published], year: int) -> None:
    for claim in years[year].claims.values():
        assert claim.unit in UNITS
        assert claim.precision in PRECISIONS
        assert (claim.precision == "at_least") == ("餘" in claim.printed), claim.id


def test_dates_agree_with_what_is_printed(years: dict[int, Published]) -> None:
    for published in years.values():
        for claim in published.claims.values():
            digits = [int(number) for number in re.findall(r"\d+", claim.printed)]
            if claim.unit == "date":
                year, *rest = (int(part) for part in claim.written.split("-"))
                assert [year - 1911, *rest][-len(digits) :] == digits, claim.id
                assert claim.written.count("-") <= 2


@pytest.mark.parametrize("name", DERIVED)
def test_a_derived_figure_follows_or_departs(years: dict[int, Published], name: str) -> None:
    claim = years[107][name]
    exact = DERIVED[name](lambda key: years[107][key].value, lambda key: years[106][key].value)
    follows = Fraction(rounded(exact, claim.decimals)) == claim.value
    told = {one.claim.id: one for one in departures(years, 107)}
    assert follows == (name not in told)
    if not follows:
        recomputed = told[name].recomputed
        assert recomputed is not None
        assert (recomputed.value, recomputed.evidence) == (exact, "published")


def test_what_departs_is_told_in_order_with_its_reason(years: dict[int, Published]) -> None:
    told = departures(years, 107)
    names = [one.claim.id for one in told]
    assert names == [name for name in years[107].claims if name in names]
    assert len(names) == 8
    values = {one.claim.id: one.recomputed for one in told}
    assert values["kpi_before_deciding_cities"] is None
    assert values["joint_auctions_sold"] == Quantity(Fraction(1059730000), "TWD", 0, "assumed")
    assert values["small_traffic_share"].decimals == 0  # type: ignore[union-attr]
    (gap,) = next(one for one in told if one.claim.id == "pending").figures.values()
    assert gap.value == 656


def test_nothing_departs_without_a_report_and_without_the_year_before_only_what_needs_none(
    years: dict[int, Published],
) -> None:
    assert departures({}, 107) == departures({106: years[106]}, 107) == []
    alone = {one.claim.id for one in departures({107: years[107]}, 107)}
    assert alone == {"kpi_before_deciding_cities", "small_traffic_share", "joint_auctions_sold"}
    claim = years[107].claims["joint_auctions_sold"]
    assert claim.departs is not None
    why = dict.fromkeys(claim.departs.why, "{pending_previous}")
    unknown = replace(claim, departs=replace(claim.departs, why=why))
    changed = replace(years[107], claims={unknown.id: unknown})
    assert departures({107: changed}, 107) == []
    assert len(departures({106: years[106], 107: changed}, 107)) == 1


@pytest.mark.parametrize("name", ["collected", "new", "closed"])
def test_three_printed_growths_take_the_year_itself_as_base(
    years: dict[int, Published], name: str
) -> None:
    change = years[107][name].value - years[106][name].value
    claim = years[107][f"{name}_growth"]
    assert Fraction(rounded(100 * change / years[107][name].value, 2)) == claim.value


def test_feasible_effective_cases_of_106(years: dict[int, Published]) -> None:
    assert feasible_by_reading(years[106]) == {
        "effective_over_closed": Interval(2761673, 2762421),
        "nonlinear": Interval(2759021, 2759769),
    }


def test_the_printed_effective_of_107_is_feasible(years: dict[int, Published]) -> None:
    feasible = feasible_by_reading(years[107])["nonlinear"]
    assert feasible.low <= years[107]["effective"].value <= feasible.high


@pytest.mark.parametrize(("closed", "pending"), [(7, 3), (1000, 1), (7493345, 7478941)])
@pytest.mark.parametrize("year", [106, 107])
def test_the_interval_is_exactly_what_prints_so(
    years: dict[int, Published], year: int, closed: int, pending: int
) -> None:
    rate = years[year]["rate"]
    for factor in (Fraction(1, closed), Fraction(closed + pending, closed**2 + pending**2)):
        feasible = feasible_counts(rate.value, rate.decimals, 100 * factor)

        def prints_so(effective: int, factor: Fraction = factor) -> bool:
            return Fraction(rounded(100 * effective * factor, rate.decimals)) == rate.value

        inside = {feasible.low, feasible.middle, feasible.high}
        if feasible.low > feasible.high:
            assert not any(prints_so(effective) for effective in range(closed + 1))
        else:
            assert all(prints_so(effective) for effective in inside)
        assert not prints_so(feasible.low - 1)
        assert not prints_so(feasible.high + 1)
