"""The panel of thresholds without a browser: what each move shows, counted anew case by case."""

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any
from xml.etree import ElementTree

import pytest

from closurerate.kpi.evaluate import in_unit
from closurerate.press.sliders import Sliders
from closurerate.press.text import Say, said
from closurerate.quantity import number
from closurerate.study.thresholds import panel_page
from closurerate.study.thresholds.parameters import parameters, scenarios_with
from closurerate.study.thresholds.threshold_year import ThresholdData
from threshold_samples import NAMES, PLACES, threshold_data

OFFICIAL = "effective_closure_rate"
KPIS = (OFFICIAL, "geometric_mean", "disposition_time")


def recount(data: ThresholdData, values: Sequence[Fraction]) -> list[int]:
    """Effective cases of the nation and of each branch, case by case, in plain fractions."""
    ratios, (special, major) = values[:3], values[3:]
    found = [data.index.always_effective(name) for name in NAMES]
    cases = data.index.repayments
    for branch, referred, paid in zip(
        cases.branch.tolist(), cases.referred_twd.tolist(), cases.paid_twd.tolist(), strict=True
    ):
        ratio = ratios[(referred >= special) + (referred >= major)]
        found[PLACES.index(branch)] += Fraction(paid, referred) > ratio
    return [sum(found), *found]


def drawn(html: str) -> list[tuple[str, str, float | None]]:
    """Label, text and length of each bar; None for a row without one."""
    svg = ElementTree.fromstring(html[html.index("<svg") : html.index("</svg>") + 6])
    texts = [item.text or "" for item in svg.iter("text")]
    rects = [float(item.get("width") or 0) for item in svg.iter("rect")]
    lengths: Sequence[float | None] = rects or [None] * (len(texts) // 2)
    return list(zip(texts[::2], texts[1::2], lengths, strict=True))


def panel(
    monkeypatch: pytest.MonkeyPatch, data: ThresholdData
) -> tuple[list[Any], Any, Any]:  # fmt: skip
    """Sliders, button and picture of the panel of a session."""
    monkeypatch.setenv("JPY_SESSION_NAME", "somewhere")
    *sliders, row, picture = panel_page.threshold_panel(data).children
    return sliders, row.children[0], picture


def assert_right(
    data: ThresholdData, sliders: list[Any], html: str, language: str = "zh-Hant"
) -> None:
    """The figures and bars shown are those of a recount at what the sliders show."""
    version = data.index.version
    effective = recount(data, [slider.value for slider in sliders])
    assert f"{number(effective[0])}" in html
    rows = drawn(html)
    assert [label for label, *_ in rows] == [
        said(data.kpi.cases.place(item), language) for item in (None, *NAMES)
    ]
    scales = []
    for (_, text, length), count, name in zip(rows, effective, (None, *NAMES), strict=True):
        value = in_unit(data.index.value(count, name).value, version.unit)
        assert text.startswith(f"{number(value, version.decimals)} (")
        if length is not None and value:
            scales.append(length / float(value))
    assert max(scales) - min(scales) < 0.01 * max(scales)


def test_without_a_session_the_panel_is_the_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    assert isinstance(panel_page.threshold_panel(threshold_data()), Sliders)
    monkeypatch.setenv("JPY_SESSION_NAME", "somewhere")
    monkeypatch.setattr(panel_page, "find_spec", lambda name: None)
    assert isinstance(panel_page.threshold_panel(threshold_data()), Sliders)


def test_the_pages_panel_is_the_engine_but_for_what_may_not_show() -> None:
    """Its count is the sum of the public counts of each ratio, and its value is the engine's."""
    data = threshold_data()
    panel = panel_page.public_panel(data)
    assert panel is not None
    least = data.settings.disclosure.least_count
    ratios = [item for item in data.moved if item.kind == "ratio"]
    official = tuple(slider.start for slider in panel.sliders)
    for places in ((0, 0, 0), (30, 60, 90), (100, 0, 50), official):
        added = [slider.places[at][1] for slider, at in zip(panel.sliders, places, strict=True)]
        count = panel.count + sum(added)
        moved = {item: Fraction(at, 100) for item, at in zip(ratios, places, strict=True)}
        scenario = scenarios_with(data.index.version.rule, [moved])
        exact = int(data.index.effective_by_branch(scenario)[0].sum())
        assert abs(exact - count) < least * len(ratios)
        value = in_unit(data.index.value(count).value, data.index.version.unit)
        assert panel.intercept + panel.slope * count == value


def test_a_kpi_that_is_no_line_has_a_chart_in_place_of_sliders() -> None:
    data = threshold_data("geometric_mean")
    assert panel_page.public_panel(data) is None


@pytest.mark.parametrize("language", ["zh-Hant", "en"])
@pytest.mark.parametrize("kpi", KPIS)
def test_each_move_shows_what_a_recount_gives(
    monkeypatch: pytest.MonkeyPatch, kpi: str, language: str
) -> None:
    monkeypatch.setenv("REPORT_LANG", language)
    data = threshold_data(kpi=kpi)
    sliders, button, picture = panel(monkeypatch, data)
    assert len(sliders) == 5
    before = picture.value
    assert_right(data, sliders, before, language)
    assert number(data.index.official_effective()) in before
    for place, share in ((0, 0.3), (1, 0.9), (2, 0.0), (3, 0.7), (4, 0.3), (0, 1.0), (3, 0.1)):
        options = [value for _, value in sliders[place].options]
        sliders[place].value = options[int(share * (len(options) - 1))]
        assert_right(data, sliders, picture.value, language)
    assert picture.value != before
    button.click()
    assert picture.value == before
    assert [slider.value for slider in sliders] == [
        item.official for item in parameters(data.index.version.rule, data.settings)
    ]


def test_bars_keep_one_scale_while_thresholds_move(monkeypatch: pytest.MonkeyPatch) -> None:
    data = threshold_data()
    sliders, _, picture = panel(monkeypatch, data)
    scales, lengths = set(), []
    for ratio in ("0", "0.3", "0.8", "1"):
        for slider in sliders[:3]:
            slider.value = Fraction(ratio)
        shown = drawn(picture.value)
        scales |= {round((length or 0) / float(text.split(" ")[0]), 1) for _, text, length in shown}
        lengths.append([length or 0 for *_, length in shown])
    assert len(scales) == 1
    assert lengths == sorted(lengths, reverse=True)
    assert max(lengths[0]) == pytest.approx(panel_page._SIZES["bars"], abs=0.1)


@pytest.mark.parametrize(("place", "other"), [(3, 4), (4, 3)])
def test_a_boundary_that_would_pass_the_next_one_pushes_it(
    monkeypatch: pytest.MonkeyPatch, place: int, other: int
) -> None:
    data = threshold_data()
    sliders, _, picture = panel(monkeypatch, data)
    assert sliders[3].options == sliders[4].options
    options = [value for _, value in sliders[place].options]
    stays = sliders[other].value
    for value in options if place == 3 else options[::-1]:
        sliders[place].value = value
        limit = max if place == 3 else min
        assert sliders[other].value == limit(stays, value)
        assert sliders[place].value == value
    assert sliders[3].value == sliders[4].value == options[-1 if place == 3 else 0]
    assert_right(data, sliders, picture.value)


def test_what_is_pushed_is_every_boundary_between_and_no_ratio() -> None:
    data = threshold_data()
    moved = parameters(data.index.version.rule, data.settings)
    three = (moved[0], moved[3], moved[4], moved[4])
    values = [Fraction(item) for item in (9, 2, 5, 7)]
    assert panel_page.pushed(three, [*values[:1], Fraction(6), *values[2:]], 1) == [9, 6, 6, 7]
    assert panel_page.pushed(three, [*values[:3], Fraction(1)], 3) == [9, 1, 1, 1]
    assert panel_page.pushed(three, [Fraction(100), *values[1:]], 0) == [100, 2, 5, 7]


@pytest.mark.parametrize("place", [0, 3])
def test_one_move_is_drawn_once(monkeypatch: pytest.MonkeyPatch, place: int) -> None:
    data = threshold_data()
    sliders, button, picture = panel(monkeypatch, data)
    drawings: list[object] = []
    picture.observe(drawings.append, names="value")
    sliders[place].value = sliders[place].options[-1][1]
    assert len(drawings) == 1
    button.click()
    assert len(drawings) == 2


def test_the_sliders_offer_round_values_and_those_in_force() -> None:
    data = threshold_data()
    moved = parameters(data.index.version.rule, data.settings)
    for parameter in moved:
        offered = panel_page.grid(parameter, moved)
        assert parameter.official in offered
        assert offered == sorted(set(offered))
        assert offered[0] <= parameter.low < parameter.high <= offered[-1]
        if parameter.kind == "boundary":
            assert all(item.denominator == 1 for item in offered)


@pytest.mark.parametrize(
    ("language", "label", "legend"),
    [
        ("en", "Illustration (synthetic data)", "In force"),
        ("zh-Hant", "示意（合成資料）", "現行門檻"),
    ],
)
def test_the_panel_says_what_it_rests_on_and_what_its_marks_are(
    language: str, label: str, legend: str
) -> None:
    data = threshold_data()
    html = panel_page.panel_html(data, data.index.official, panel_page.ground(data), Say(language))
    assert label in html
    assert legend in html
    assert not re.search(r"\b(nan|None|inf)\b|[{}]", html)
    if language == "en":
        assert not re.search(r"[\u4e00-\u9fff]", html)
    # Under a dark theme too the text stands on its own white.
    assert re.search(r"background:#fff;color:#1B2430", html)


def test_a_kpi_that_no_threshold_moves_shows_bars_of_one_length() -> None:
    data = threshold_data(kpi="disposition_time")
    moved = parameters(data.index.version.rule, data.settings)
    against = panel_page.ground(data)
    first, second = (
        drawn(
            panel_page.panel_html(
                data,
                scenarios_with(data.index.version.rule, [{moved[0]: Fraction(end)}]),
                against,
                Say("en"),
            )
        )
        for end in (0, 1)
    )
    assert first == second
