"""Worlds: drawn as declared, counted as their files would be, meeting the totals, compared."""

from copy import deepcopy
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import yaml

from closurerate.cases.vocabulary import BRANCHES
from closurerate.errors import InputError
from closurerate.kpi.counts import count_cases
from closurerate.kpi.effective import Tier
from closurerate.kpi.evaluate import evaluate_groups
from closurerate.records.paths import data_folder
from closurerate.study.settings import StudySettings, read_settings
from closurerate.study.thresholds.engine import build_index
from closurerate.study.thresholds.parameters import parameters
from closurerate.study.thresholds.repayments import Repayments, collect_repayments
from closurerate.study.worlds import worlds as module
from closurerate.study.worlds.assumptions import (
    WorldSettings,
    draw_assumptions,
    read_world_settings,
)
from closurerate.study.worlds.conclusions import branch_ranks, conclusions, least_likely
from closurerate.study.worlds.world import World, study_world
from closurerate.study.worlds.world_counts import count_world, repayments_of
from closurerate.study.worlds.world_totals import check_totals
from closurerate.study.worlds.worlds import Worlds, make_worlds, read_worlds, write_worlds
from closurerate.synthetic.assumptions import Assumptions, load_assumptions
from closurerate.synthetic.published_totals import panel_of
from closurerate.synthetic.totals import PanelTotals, scaled
from closurerate.synthetic.year import SyntheticYear, draw_year, make_synthetic
from kpi_samples import KPIS, of_formula, version_of

SIZE = Fraction(1, 1000)
YEAR = 107
FILE = data_folder() / "worlds.yml"


OFFICIAL = version_of()
OTHER_RULE = replace(
    OFFICIAL.rule,
    # Some cases are paid exactly to a half, so that equality counts.
    tiers=(Tier("ordinary", 1, 3_000, Fraction(7, 8)), Tier("major", 3_000, None, Fraction(1, 2))),
    paid_in_part=("part_certificate", "unpaid_certificate"),
    is_equal_effective=True,
)


@pytest.fixture(scope="session")
def totals() -> PanelTotals:
    return panel_of(YEAR)


@pytest.fixture(scope="session")
def assumptions() -> Assumptions:
    return load_assumptions(data_folder() / "synthetic.yml")


@pytest.fixture(scope="session")
def varied() -> WorldSettings:
    return read_world_settings(FILE)


@pytest.fixture(scope="session")
def declared() -> StudySettings:
    return read_settings(data_folder() / "study.yml")


def make(
    totals: PanelTotals,
    assumptions: Assumptions,
    varied: WorldSettings,
    declared: StudySettings,
    kpi: str = "effective_closure_rate",
    **given: object,
) -> Worlds:
    options: dict = {
        "totals": totals, "assumptions": assumptions, "settings": declared, "fraction": SIZE,
        "count": 2, "others": [version_of("effective_over_closed"), version_of("effective_share")],
    }  # fmt: skip
    return make_worlds(YEAR, version_of(kpi), varied, **(options | given))


@pytest.fixture(scope="session")
def ensemble(
    totals: PanelTotals, assumptions: Assumptions, varied: WorldSettings, declared: StudySettings
) -> Worlds:
    return make(totals, assumptions, varied, declared, count=3)


def test_worlds_are_no_larger_than_declared_but_for_a_kpi_that_depends_on_size(
    totals: PanelTotals, assumptions: Assumptions, varied: WorldSettings, declared: StudySettings
) -> None:
    small = replace(varied, size=SIZE / 2)
    found = make(totals, assumptions, small, declared, count=1)
    of_base, of_world = (sum(row["closed"] for row in one.branches.values())
                         for one in (found.base, found.worlds[0]))  # fmt: skip
    assert (found.fraction, found.size) == (str(SIZE), str(SIZE / 2))
    assert of_world == pytest.approx(of_base / 2, abs=1)
    given = {"totals": totals, "assumptions": assumptions, "settings": declared, "count": 1}
    whole = make_worlds(YEAR, of_formula("E - C", "case"), small, fraction=SIZE, **given)
    assert whole.size == str(SIZE)


# What is wrong ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"count": 0}, "count: must be a whole number of 1 or more"),
        ({"seed": "x"}, "seed: must be a whole number of 0 or more"),
        ({"ranges": []}, "ranges: must hold named entries"),
        ({"extra": 1}, "unknown key 'extra'"),
        ({"part_share": {"low": "0.2", "high": "0.1"}}, "part_share: low must be under high"),
        ({"part_share": {"low": 0.04}}, r"part_share\.low: must be a decimal in quotes"),
        ({"part_share": {"change": "shift"}}, "part_share.change: must be value or factor"),
        ({"part_share": {"reason": ""}}, "part_share.reason: must"),
        ({"part_share": {"reason": {"en": "x"}}}, "reason: the key 'zh-Hant' is missing"),
        ({"branch_size": {"low": "0"}}, "branch_size: low must be under high, and a factor over 0"),
    ],
)
def test_damaged_settings_name_file_and_key(tmp_path: Path, change: dict, said: str) -> None:
    document = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    for name, entry in change.items():
        if name in document["ranges"]:
            document["ranges"][name] |= entry
        else:
            document[name] = entry
    path = tmp_path / "worlds.yml"
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    with pytest.raises(InputError, match=said) as error:
        read_world_settings(path)
    assert str(path) in str(error.value)


@pytest.mark.parametrize("at", ["part_shares", "closing_odds.street.*", "repayment_ratio.gamma"])
def test_a_range_of_nothing_is_refused(
    assumptions: Assumptions, varied: WorldSettings, at: str
) -> None:
    wrong = replace(varied.ranges["part_share"], at=tuple(at.split(".")))
    with pytest.raises(InputError, match=r"ranges\.odd\.at: data/synthetic.yml has no"):
        draw_assumptions(assumptions, replace(varied, ranges={"odd": wrong}), 1)


def test_no_world_and_another_year_are_refused(
    totals: PanelTotals, assumptions: Assumptions, varied: WorldSettings, declared: StudySettings
) -> None:
    with pytest.raises(InputError, match="count 0: must be 1 or more"):
        make(totals, assumptions, varied, declared, count=0)
    with pytest.raises(InputError, match="year 95 is none of the totals' years"):
        make_worlds(95, OFFICIAL, varied, totals=totals, assumptions=assumptions,
                    settings=declared)  # fmt: skip


def test_ranges_that_contradict_the_totals_are_told(
    totals: PanelTotals,
    assumptions: Assumptions,
    varied: WorldSettings,
    declared: StudySettings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_MOST_ATTEMPTS", 2)
    too_many = replace(varied.ranges["part_share"], low=0.9, high=0.95)
    with pytest.raises(InputError, match=r"world 1: 2 draws .* cannot meet the totals"):
        make(totals, assumptions, replace(varied, ranges={"part_share": too_many}), declared)


def test_a_draw_that_the_totals_rule_out_is_drawn_anew_and_counted(
    totals: PanelTotals, assumptions: Assumptions, varied: WorldSettings, declared: StudySettings
) -> None:
    wide = replace(varied.ranges["part_share"], low=0.03, high=0.9)
    only = replace(varied, ranges={"part_share": wide})
    found = make(totals, assumptions, only, declared, count=3)
    assert found.base.rejected == 0
    assert sum(world.rejected for world in found.worlds) > 0
    for world in found.worlds:
        for attempt in range(world.rejected + 1):
            own, draws = draw_assumptions(assumptions, only, world.number, attempt)
            # Too many paid in part leave no room for the printed effective cases.
            assert (draws == world.drawn) == (attempt == world.rejected)
        assert own.part_share < 0.7


def test_a_world_that_misses_a_total_is_refused(drawn: SyntheticYear) -> None:
    counts = count_world(drawn, OFFICIAL.rule)
    check_totals(drawn, counts, OFFICIAL.rule, 4)
    for name in ("new", "closed", "pending", "effective", "collected_twd"):
        wrong = counts.copy()
        wrong.loc[0, name] += 1
        with pytest.raises(InputError, match=f"world 4: {name} is .*, and must be"):
            check_totals(drawn, wrong, OFFICIAL.rule, 4)
    wrong = counts.copy()
    wrong.loc[0, "effective"] += 1
    # By another rule other cases are effective; no total says how many.
    check_totals(drawn, wrong, replace(OFFICIAL.rule, is_equal_effective=True), 4)


@pytest.mark.parametrize("text", [None, "", "[]", "{}", '{"base": {}, "worlds": []}'])
def test_a_file_that_is_no_ensemble_is_refused(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "worlds.json"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"run `closurerate worlds`|make it again"):
        read_worlds(path)


# Draws -------------------------------------------------------------------------------------------
def test_each_draw_lies_in_its_range_and_where_it_is_declared(
    assumptions: Assumptions, varied: WorldSettings
) -> None:
    before = deepcopy(vars(assumptions))
    for number in (1, 2, 3):
        drawn, draws = draw_assumptions(assumptions, varied, number)
        assert set(draws) == set(varied.ranges)
        for name, world_range in varied.ranges.items():
            found = draws[name]
            values = found.values() if isinstance(found, dict) else [found]
            assert all(world_range.low <= value <= world_range.high for value in values)
        assert drawn.part_share == draws["part_share"]
        assert drawn.repayment_ratio["alpha"] == draws["repayment_alpha"]
        assert set(draws["branch_speed"]) == set(BRANCHES)
        assert set(draws["kind_mix"]) == set(assumptions.kind_names)
        base = assumptions.closing_odds["branch"]["宜蘭"]
        assert drawn.closing_odds["branch"]["宜蘭"] == base * draws["branch_speed"]["宜蘭"]
        # A kind that is not listed has odds of one.
        assert drawn.full_odds["kind"]["traffic_fine"] == draws["kind_full_payment"]["traffic_fine"]
    assert vars(assumptions) == before


def test_shares_keep_their_sums(assumptions: Assumptions, varied: WorldSettings) -> None:
    traffic = ("traffic_fine", "fuel_fee", "toll", "parking")
    for number in range(1, 30):
        drawn, draws = draw_assumptions(assumptions, varied, number)
        assert sum(drawn.branch_share.values()) == pytest.approx(1, abs=1e-12)
        assert sum(drawn.case_mix.values()) == pytest.approx(1, abs=1e-12)
        assert sum(drawn.case_mix[name] for name in traffic) == pytest.approx(0.766, abs=1e-12)
        for kind, mix in drawn.tier_mix.items():
            assert sum(mix) == pytest.approx(1, abs=1e-12)
            assert min(mix) >= 0
            factor = draws["higher_tiers"][kind]
            assert mix[1] == assumptions.tier_mix[kind][1] * factor


def test_draws_depend_on_seed_number_and_attempt_alone(
    assumptions: Assumptions, varied: WorldSettings
) -> None:
    first = draw_assumptions(assumptions, varied, 5)
    assert draw_assumptions(assumptions, varied, 5) == first
    fewer = {name: item for name, item in varied.ranges.items() if name != "part_share"}
    without = draw_assumptions(assumptions, replace(varied, ranges=fewer), 5)[1]
    assert {**without, "part_share": first[1]["part_share"]} == first[1]
    others = [
        draw_assumptions(assumptions, varied, 6),
        draw_assumptions(assumptions, varied, 5, 1),
        draw_assumptions(assumptions, replace(varied, seed=1), 5),
    ]
    assert all(other[1]["part_share"] != first[1]["part_share"] for other in others)


def test_factors_are_as_often_half_as_double(
    assumptions: Assumptions, varied: WorldSettings
) -> None:
    wide = replace(varied.ranges["kind_mix"], low=0.25, high=4.0)
    only = replace(varied, ranges={"kind_mix": wide})
    draws = [
        factor
        for number in range(60)
        for factor in draw_assumptions(assumptions, only, number)[1]["kind_mix"].values()
    ]
    assert np.mean(np.log(draws)) == pytest.approx(0, abs=0.08)
    assert np.mean(np.array(draws) < 1) == pytest.approx(0.5, abs=0.05)


# A world in memory is its file ------------------------------------------------------------------
@pytest.mark.parametrize("year", [106, 107])
def test_counts_and_repayments_are_those_of_the_file(
    tmp_path: Path,
    totals: PanelTotals,
    assumptions: Assumptions,
    varied: WorldSettings,
    year: int,
) -> None:
    own, _ = draw_assumptions(assumptions, varied, 2)
    given = {"totals": totals, "assumptions": own, "fraction": SIZE, "seed": 9}
    path = tmp_path / "cases.parquet"
    make_synthetic(year, path, **given)
    cases = draw_year(year, **given)
    for rule in (OFFICIAL.rule, OTHER_RULE):
        counted, expected = count_world(cases, rule), count_cases(path, year, rule)
        assert (
            counted.astype(object)
            .where(counted.notna(), None)
            .equals(expected.astype(object).where(expected.notna(), None))
        )
        found, wanted = repayments_of(cases, rule), collect_repayments(path, year, rule)
        for name in Repayments.__dataclass_fields__:
            np.testing.assert_array_equal(getattr(found, name), getattr(wanted, name))
            assert getattr(found, name).dtype == getattr(wanted, name).dtype


# The ensemble -----------------------------------------------------------------------------------
def test_every_world_meets_the_totals(ensemble: Worlds, totals: PanelTotals) -> None:
    wanted = scaled(totals, SIZE).second
    E, C, P = wanted.effective, wanted.closed, wanted.pending
    for world in (ensemble.base, *ensemble.worlds):
        assert (world.effective, world.closed, world.pending) == (E, C, P)
        assert Fraction(world.value or 0) == Fraction(100 * E * (C + P), C * C + P * P)
        for name in ("effective", "closed", "pending"):
            assert sum(row[name] or 0 for row in world.branches.values()) == getattr(world, name)
    assert len({str(world.drawn) for world in ensemble.worlds}) == 3
    assert ensemble.base.drawn == {}
    assert [world.number for world in (ensemble.base, *ensemble.worlds)] == [0, 1, 2, 3]


def test_a_longer_ensemble_begins_like_a_shorter_and_chance_of_threads_is_none(
    totals: PanelTotals,
    assumptions: Assumptions,
    varied: WorldSettings,
    declared: StudySettings,
    ensemble: Worlds,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_AT_ONCE", 1)
    told: list[tuple[int, int]] = []
    short = make(
        totals,
        assumptions,
        varied,
        declared,
        progress=lambda done, count: told.append((done, count)),
    )
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert short.worlds == ensemble.worlds[:2]
    assert short.base == ensemble.base
    for name, worlds in (("a", ensemble), ("b", replace(short, worlds=ensemble.worlds))):
        write_worlds(worlds, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert read_worlds(tmp_path / "a") == ensemble


def test_a_world_s_figures_equal_a_recount_of_its_cases(
    totals: PanelTotals,
    assumptions: Assumptions,
    varied: WorldSettings,
    declared: StudySettings,
    ensemble: Worlds,
) -> None:
    world = ensemble.worlds[1]
    own, _ = draw_assumptions(assumptions, varied, 2)
    cases = draw_year(YEAR, totals=totals, assumptions=own, fraction=SIZE, seed=varied.seed + 2)
    parts = repayments_of(cases, OFFICIAL.rule)
    pairs = list(zip(parts.referred_twd.tolist(), parts.paid_twd.tolist(), strict=True))
    in_full = world.effective - _over(pairs, *OFFICIAL_THRESHOLDS)
    C, P = world.closed, world.pending
    scale = Fraction(100 * (C + P), C * C + P * P)

    def change(ratios: list[Fraction], bounds: list[int], *, is_equal: bool = False) -> float:
        moved = in_full + _over(pairs, ratios, bounds, is_equal=is_equal)
        return float(scale * (moved - world.effective))

    assert world.full_share == in_full / world.effective
    assert world.full_alone == float(scale * in_full)
    for item in parameters(OFFICIAL.rule, declared):
        for end in ("low", "high"):
            ratios, bounds = (list(part) for part in OFFICIAL_THRESHOLDS)
            if item.kind == "ratio":
                ratios[item.place] = getattr(item, end)
            else:
                bounds[item.place - 1] = int(getattr(item, end))
            assert world.swings[item.name][end] == change(ratios, bounds)
    bounds = list(OFFICIAL_THRESHOLDS[1])
    assert world.variants == {
        "uniform_0.5": change([Fraction(1, 2)] * 3, bounds),
        "uniform_0.75": change([Fraction(3, 4)] * 3, bounds),
        "indexed": change(list(OFFICIAL_THRESHOLDS[0]), [220_000, 1_100_000]),
        "equal": change(list(OFFICIAL_THRESHOLDS[0]), bounds, is_equal=True),
    }
    unpaid = Fraction(world.effective * (C + P), (C + 10) ** 2 + (P - 10) ** 2) - scale / 100 * (
        world.effective
    )
    assert world.unpaid_times == 10
    assert world.unpaid == pytest.approx(float(100 * unpaid), rel=1e-12)
    weights = [
        Fraction(row["closed"] ** 2 + row["pending"] ** 2, row["closed"] + row["pending"])
        * scale
        / 100
        for row in world.branches.values()
    ]
    assert world.excess == pytest.approx(float(sum(weights) - 1), abs=1e-12)
    for row in world.branches.values():
        assert row["unpaid"] == (1 if row["closed"] < row["pending"] - 1 else -1)
    ordered = sorted(world.branches.values(), key=lambda row: -(row["value"] or 0))
    assert [row["rank"] for row in ordered] == list(range(1, 14))


OFFICIAL_THRESHOLDS = ([Fraction(1, 2), Fraction(3, 5), Fraction(3, 4)], [200_000, 1_000_000])


def _over(
    pairs: list[tuple[int, int]],
    ratios: list[Fraction],
    bounds: list[int],
    *,
    is_equal: bool = False,
) -> int:
    """Count the part-paid cases over their ratio, one at a time."""
    count = 0
    for referred, paid in pairs:
        ratio = ratios[sum(referred >= bound for bound in bounds)]
        count += paid > ratio * referred or (is_equal and paid == ratio * referred)
    return count


@pytest.fixture(scope="session")
def drawn(totals: PanelTotals, assumptions: Assumptions) -> SyntheticYear:
    return draw_year(YEAR, totals=totals, assumptions=assumptions, fraction=SIZE)


@pytest.mark.parametrize("kpi", KPIS)
def test_any_kpi_has_worlds(kpi: str, drawn: SyntheticYear, declared: StudySettings) -> None:
    version = version_of(kpi)
    counts = count_world(drawn, version.rule)
    found = study_world(
        build_index(repayments_of(drawn, version.rule), counts, version),
        counts,
        declared,
        [version_of("effective_over_closed"), version_of("effective_share")],
        number=1,
        rejected=0,
        drawn={},
        unpaid_times=10,
    )
    assert set(found.agreement) == {"effective_over_closed", "effective_share"} - {kpi}
    assert found.value is not None
    assert set(found.swings) == {item.name for item in parameters(version.rule, declared)}
    table = conclusions(Worlds(YEAR, kpi, 107, "1/1000", "1/1000", 1, found, (found,)), 25.0)
    assert (table["known"] == 1).all()
    assert (table["holds"] <= table["count"]).all()
    is_without_effective = kpi in ("disposition_time", "clearance_rate")
    assert ("lowest_ratio_leads" not in set(table["name"])) == is_without_effective
    if is_without_effective:
        assert set(found.distances.values()) == {None}
        assert set(found.variants.values()) == {0.0}
    assert sorted(row["rank"] or 0 for row in found.branches.values())[0] == 1


# Conclusions ------------------------------------------------------------------------------------
def world(number: int, **given: object) -> World:
    row = {"effective": 3, "closed": 10, "pending": 8, "value": 30.0}
    base: dict = {
        "number": number, "rejected": 0, "drawn": {}, "effective": 6, "closed": 20, "pending": 16,
        "value": "30",
        "branches": {
            "臺北": row | {"rank": 1, "unpaid": -1}, "士林": row | {"rank": 2, "unpaid": 1},
            "宜蘭": row | {"rank": 3, "unpaid": -1},
        },
        "swings": {
            "ratio_ordinary": {"low": 2.0, "high": -1.0},
            "ratio_special": {"low": 0.3, "high": 0.1},
            "boundary_special_twd": {"low": -0.6, "high": None},
        },
        "distances": {"ratio_ordinary": 0.002, "ratio_special": None},
        "variants": {"uniform_0.75": -1.5, "uniform_0.5": 0.1},
        "full_share": 0.9, "full_alone": 31.0, "excess": 0.01, "unpaid_times": 10,
        "unpaid": -0.01, "agreement": {"effective_share": 0.7},
    }  # fmt: skip
    return World(**(base | given))


def ensemble_of(*worlds: World, fraction: str = "1") -> Worlds:
    return Worlds(YEAR, "effective_closure_rate", 107, fraction, fraction, 1, world(0), worlds)


def found_in(*worlds: World, name: str, target: float | None = None) -> dict:
    table = conclusions(ensemble_of(*worlds), target)
    return table[table["name"] == name].to_dict("records")[0]


@pytest.mark.parametrize(
    ("name", "holds", "low", "high"),
    [
        ("unpaid_lowers", 3, -0.01, -0.01),
        ("unpaid_splits", 3, 1, 1),
        ("mostly_full", 2, 40, 90),
        ("lowest_ratio_leads", 2, 20, 600),
        ("boundaries_weigh_little", 0, 20, 600),
        ("hundredth_shows", 2, 0.002, 0.02),
        ("small_structure", 2, 1, 6),
        ("same_first", 2, 1, 2),
        ("variant:uniform_0.75", 2, -1.5, -0.5),
        ("agreement:effective_share", 2, 0.4, 0.7),
        ("target_by_full_alone", 2, 24, 31),
    ],
)
def test_a_conclusion_counts_the_worlds_where_it_holds(
    name: str, holds: int, low: float, high: float
) -> None:
    turned = {"臺北": {"rank": 2, "unpaid": -1}, "士林": {"rank": 1, "unpaid": 1}}
    other = world(
        3,
        full_share=0.4,
        swings={
            "ratio_ordinary": {"low": 0.1, "high": 0.0},
            "ratio_special": {"low": 0.05, "high": 0.0},
            "boundary_special_twd": {"low": 0.6, "high": 0.2},
        },
        distances={"ratio_ordinary": 0.02},
        excess=0.06,
        branches=turned,
        variants={"uniform_0.75": -0.5, "uniform_0.5": 0.1},
        agreement={"effective_share": 0.4},
        full_alone=24.0,
    )
    row = found_in(world(1), world(2), other, name=name, target=25.0)
    assert (row["holds"], row["known"], row["count"]) == (holds, 3, 3)
    assert (row["low"], row["high"]) == (pytest.approx(low), pytest.approx(high))


@pytest.mark.parametrize(("worlds", "least"), [(1, 0.05), (2, 0.2236), (50, 0.9418)])
def test_how_likely_what_comes_out_each_time_is_at_least(worlds: int, least: float) -> None:
    # So many in a row come out with a chance of 5 % where each of them is as likely as this.
    found = least_likely(worlds)
    assert found == pytest.approx(least, abs=5e-5)
    assert found**worlds == pytest.approx(0.05)


def test_exactly_on_the_bound_does_not_hold() -> None:
    assert found_in(world(1, full_share=0.5), name="mostly_full")["holds"] == 0
    assert (
        found_in(world(1, full_alone=25.0), name="target_by_full_alone", target=25.0)["holds"] == 0
    )


def test_a_figure_that_is_not_known_counts_for_nothing() -> None:
    row = found_in(world(1), world(2, excess=None), name="small_structure")
    assert (row["known"], row["count"], row["holds"]) == (1, 2, 1)
    none = conclusions(ensemble_of(world(1, excess=None)))
    assert "small_structure" not in set(none["name"])
    assert "target_by_full_alone" not in set(none["name"])


def test_only_what_the_printed_totals_give_is_published() -> None:
    table = conclusions(ensemble_of(world(1)))
    assert set(table.loc[table["is_published"], "name"]) == {"unpaid_lowers"}
    assert not conclusions(ensemble_of(world(1), fraction="1/100"))["is_published"].any()


def test_less_may_be_better_and_kpis_may_be_passed_over() -> None:
    table = conclusions(ensemble_of(world(1)), 40.0, is_higher_better=False, compared=())
    names = set(table["name"])
    assert "agreement:effective_share" not in names
    assert table[table["name"] == "target_by_full_alone"]["holds"].item() == 1


def test_ranks_over_the_worlds() -> None:
    turned = {"臺北": {"rank": 2, "unpaid": 0}, "士林": {"rank": 1, "unpaid": 0}}
    none = {"臺北": {"rank": None, "unpaid": 0}, "士林": {"rank": 1, "unpaid": 0}}
    table = branch_ranks(
        ensemble_of(world(1), world(2, branches=turned), world(3, branches=none))
    ).set_index("branch")
    assert table.loc["臺北"].tolist() == [1, 1, 1, 2, 1]
    assert table.loc["士林"].tolist() == [2, 1, 1, 2, 1]


def test_the_nation_s_sign_is_the_printed_one(ensemble: Worlds) -> None:
    """C > P is printed for 107, so closing unpaid lowers I in each world, whatever is drawn."""
    table = conclusions(ensemble).set_index("name")
    assert table.loc["unpaid_lowers", "holds"] == 3
    assert table.loc["unpaid_lowers", "low"] == table.loc["unpaid_lowers", "high"]


def test_the_base_is_the_synthetic_extract(drawn: SyntheticYear, ensemble: Worlds) -> None:
    *branches, _ = evaluate_groups(OFFICIAL, count_world(drawn, OFFICIAL.rule), "branch")
    assert {row.by: float(row.quantity().value or 0) for row in branches} == {
        name: row["value"] for name, row in ensemble.base.branches.items()
    }
