"""The library: what the documentation shows is what comes out, and bad input is told in a line."""

import doctest
import importlib
import inspect
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import matplotlib
import pandas as pd
import pyarrow as pa
import pytest
import seaborn as sns
from matplotlib import font_manager, pyplot
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

import closurerate as cr
from closurerate.kpi.counts import count_cases
from closurerate.kpi.evaluate import evaluate_groups
from closurerate.press.print.fonts import SANS, font_path

pytestmark = pytest.mark.usefixtures("cases_of_107")
MODULES = ("opened", "plot", "theme")


@pytest.fixture(scope="module")
def opened(cases_of_107) -> cr.OpenYear:
    return cr.year(107)


@pytest.mark.parametrize("name", ["", *(f".library.{module}" for module in MODULES)])
def test_examples_give_what_they_show(name):
    module = importlib.import_module(f"closurerate{name}")
    with matplotlib.rc_context(), pd.option_context("display.width", 100):
        found = doctest.testmod(module, optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    assert found.attempted
    assert not found.failed


def test_each_name_is_there_and_has_an_example():
    assert len(cr.__all__) <= 12
    for name in {*cr.__all__} - {"InputError", "column", "OpenYear", "plot"}:
        assert ">>> " in getattr(cr, name).__doc__, name
    for owner in (cr.OpenYear, cr.plot):
        own = [vars(owner)[name] for name in vars(owner) if not name.startswith("_")]
        for item in own:
            if inspect.isfunction(item) and item.__module__.startswith("closurerate.library"):
                assert ">>> " in item.__doc__, item
    with pytest.raises(AttributeError, match="has no 'yaer'"):
        cr.yaer  # noqa: B018


@pytest.mark.parametrize("by", ["branch", "category", "tier"])
def test_tables_have_the_exact_values(opened, by):
    table = opened.kpi(by)
    counts = count_cases(opened.file, 107, opened.version.rule)
    rows = evaluate_groups(opened.version, counts, by)
    assert list(table.index) == [*(row.by for row in rows[:-1]), "total"]
    assert list(table["exact"]) == [100 * row.value.value for row in rows]
    assert all(isinstance(item, Fraction) for item in table["exact"])
    assert table["value"].tolist() == [float(item) for item in table["exact"]]


def test_groups_of_groups_sum_to_the_groups(opened):
    both = opened.kpi(["tier", "branch"]).drop(index=("total", "total"))
    one = opened.kpi("branch").drop(index="total")
    sums = both.groupby(level=1)[["new", "closed", "effective", "pending"]].sum()
    assert sums.loc[one.index].astype(int).equals(one[sums.columns].astype(int))


def test_synthetic_cases_are_called_so(opened):
    assert "synthetic cases, none of them real" in repr(opened)
    assert opened.kpi("branch").index.name == "branch (synthetic)"
    assert "synthetic" in opened._repr_html_()
    ax = cr.plot.branch_dots(opened)
    assert ax.get_yticklabels()[0].get_text() == "Branch A"
    assert ax.figure.artists  # the word behind the picture


def test_a_restricted_year_is_that_of_its_own_rows(opened):
    frame = opened.cases()
    small = frame[
        (frame["referred_amount_twd"] < 20_000) & frame["category"].isin(["健保", "費用"])
    ]
    restricted = opened.where(cr.column.referred_amount_twd < 20_000, category=["健保", "費用"])
    assert restricted.kpi().equals(cr.own_cases(small, 107).kpi().rename_axis("cases (synthetic)"))
    assert len(restricted.cases("case_id")) == len(small)


@pytest.mark.parametrize(
    "change",
    [
        lambda frame: frame.assign(closed_on=frame["closed_on"].dt.strftime("%Y-%m-%d")),
        lambda frame: frame.assign(referred_amount_twd=frame["referred_amount_twd"].astype(float)),
        lambda frame: frame.assign(branch=frame["branch"].astype("category")),
        lambda frame: frame.assign(paid_amount_twd=frame["paid_amount_twd"].astype(str)),
        lambda frame: pa.Table.from_pandas(frame, preserve_index=False),
        lambda frame: frame.assign(my_own="column").set_index("case_id", drop=False),
    ],
    ids=["text days", "float amounts", "categories", "text amounts", "Arrow", "own columns"],
)
def test_usual_types_are_taken(opened, change: Callable[[pd.DataFrame], object]):
    own = cr.own_cases(change(opened.cases()), 107)
    assert (
        own.kpi("branch").reset_index(drop=True).equals(opened.kpi("branch").reset_index(drop=True))
    )


def test_scenarios_are_the_official_ones_where_nothing_changes(opened):
    given = pd.DataFrame({"ratio_ordinary": [0.5, 0.4], "note": ["as it is", "lower"]})
    found = opened.scenarios(given, by="branch")
    nation = found[found["branch"] == "total"]
    places = len(found) // len(given)
    assert list(found.index) == [0] * places + [1] * places
    assert list(found["branch"][:places]) == [*opened.kpi("branch").index]
    assert nation["exact"].iloc[0] == opened.kpi()["exact"].iloc[0]
    assert nation["effective"].iloc[1] >= nation["effective"].iloc[0]
    assert list(nation["note"]) == list(given["note"])
    parts = found[found["branch"] != "total"].groupby(level=0)["effective"].sum()
    assert list(parts) == list(nation["effective"])


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda it: cr.year(99), "make cases YEAR=99"),
        (lambda it: it.kpi("brnch"), "did you mean 'branch'"),
        (lambda it: it.where(branc="花蓮"), "did you mean 'branch'"),
        (lambda it: it.where(cr.column.foo > 1), "foo"),
        (lambda it: cr.year(2018), "2018 is ROC year 107"),
        (lambda it: cr.year("107"), "must be a number"),
        (lambda it: cr.own_cases(it.cases(), 2018), "2018 is ROC year 107"),
        (lambda it: it.branch("花連"), "no branch is '花連'; allowed are .*花蓮"),
        (lambda it: it.where(category=["健保", "稅"]), "no category is '稅'; .*財稅"),
        (lambda it: it.where(disposition="other", referred_amount_twd=-1), "no case of 107"),
        (lambda it: it.cases("branc"), "did you mean 'branch'"),
        (lambda it: it.scenarios(pd.DataFrame({"ratio_ordinry": [1]})), "ratio_ordinary"),
        (lambda it: it.scenarios({"ratio_major": [1]}), "a dict is no DataFrame"),
        (lambda it: it.scenarios(pd.DataFrame({"ratio_major": ["x"]})), "is no number"),
        (lambda it: it.scenarios(pd.DataFrame({"boundary_major_twd": [0.5]})), "whole number"),
        (lambda it: it.scenarios(pd.DataFrame({"ratio_major": [1]}), by="tier"), "by 'branch'"),
        (lambda it: cr.own_cases(3, 107), "is no table"),
        (lambda it: cr.own_cases(it.cases().drop(columns="branch"), 107), "missing column branch"),
        (lambda it: cr.own_cases(it.cases().assign(branch="臺北市"), 107), "must be one of"),
        (
            lambda it: cr.own_cases(it.cases().assign(paid_amount_twd=0.5), 107),
            "column paid_amount_twd must hold whole numbers such as 1234, but row 1 has 0.5",
        ),
        (
            lambda it: cr.own_cases(it.cases().assign(closed_on="107/12/31"), 107),
            "column closed_on must hold Gregorian days .*, but row 1 has '107/12/31'",
        ),
        (
            lambda it: cr.own_cases(pd.concat([it.cases(), it.cases("branch")], axis=1), 107),
            "column branch comes more than once",
        ),
        (lambda it: cr.plot.combination_map(it, pd.DataFrame({"I1": [1]})), "column I2 is missing"),
        (lambda it: cr.plot.repayment_ratios(it, by="category"), "must be 'tier' or 'branch'"),
        (lambda it: cr.plot.facets(it, "age"), "must be 'ratio' or 'age_years'"),
        (lambda it: cr.plot.facets(it, by="category"), "must be one of branch, tier"),
        (lambda it: cr.plot.facets(it.where(disposition="other")), "no such case to draw"),
        (lambda it: cr.set_theme("fr"), "language 'fr'"),
    ],
)
def test_bad_input_is_told_in_a_sentence(opened, act: Callable[[cr.OpenYear], object], said):
    with pytest.raises(cr.InputError, match=said) as told:
        act(opened)
    assert "\n" not in str(told.value)


def test_points_of_ones_own_are_on_the_map(opened):
    points = pd.DataFrame({"I1": [40.0], "I2": [55.0]}, index=["mine"])
    ax = cr.plot.combination_map(opened, points)
    assert any("mine 45.19" in text.get_text() for text in ax.texts)
    assert cr.plot.combination_map(opened, opened.kpi("branch"), pyplot.figure().subplots()).texts


def test_a_chart_of_one_branch_speaks_of_it_alone(opened):
    one = opened.branch("花蓮")
    said = [text.get_text() for text in cr.plot.branch_dots(one).texts]
    assert any(text.startswith("Total") for text in said)
    assert not any(text.startswith("Nation") for text in said)
    legend = cr.plot.repayment_ratios(one, by="branch").get_legend()
    assert [text.get_text() for text in legend.get_texts()] == ["Branch K"]
    outline = cr.plot.facets(one, by="tier").figure.legends[0]
    assert [text.get_text() for text in outline.get_texts()] == ["Total"]
    whole = [text.get_text() for text in cr.plot.branch_dots(opened).texts]
    assert any(text.startswith("Nation") for text in whole)


@pytest.mark.parametrize("by", ["branch", "category", "tier"])
def test_a_panel_has_the_shares_of_its_own_group(opened, by):
    grid = cr.plot.facets(opened, "age_years", by)
    pending = opened.pending()
    counts = opened.kpi(by)["pending"].drop("total")
    assert list(pending[by].value_counts()[counts.index]) == list(counts)
    for ax, (_, group) in zip(grid.axes.flat, pending.groupby(by, observed=True), strict=True):
        shares = group["age_years"].value_counts(normalize=True) * 100
        assert heights(ax) == pytest.approx(shares.to_dict())


def heights(ax: Axes) -> dict[int, float]:
    bars = [bar for bar in ax.patches if isinstance(bar, Rectangle) and bar.get_height()]
    return {round(bar.get_x()): bar.get_height() for bar in bars}


def test_ratios_over_one_are_counted_at_the_end(opened):
    grid = cr.plot.facets(opened, "ratio", "tier")
    assert list(grid.axes_dict) == ["Ordinary", "Special", "Major"]
    for ax in grid.axes.flat:
        assert sum(bar.get_height() for bar in ax.containers[0]) == pytest.approx(100)


def test_the_theme_outlives_that_of_seaborn():
    with matplotlib.rc_context():
        cr.set_theme()
        sns.set_theme()
        found = font_manager.findfont(font_manager.FontProperties())
        assert Path(found).name == font_path(SANS).name
        _, ax = pyplot.subplots()
        ax.set_title("花蓮分署")
        ax.figure.canvas.draw()  # a missing glyph warns, and a warning is an error here
