"""Where labels stand: clear of lines, points and one another, and where lines end."""

from itertools import combinations, pairwise

import pandas as pd
import pytest
from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.text import Annotation, Text

from closurerate.press.chart import Chart
from closurerate.press.drawing import draw_target
from closurerate.press.placing import hide_covered, label_ends, place_beside
from closurerate.press.print.narrow import broken
from closurerate.press.print.style import chart_style
from closurerate.press.slope import draw_series
from year_samples import en, texts, zh


def label(ax: Axes, x: float, y: float, text: str) -> Annotation:
    return ax.annotate(text, (x, y), xytext=(6, 0), textcoords="offset points")


def test_labels_settle_where_nothing_is() -> None:
    with chart_style("en"):
        figure, ax = pyplot.subplots(figsize=(5, 4))
        ax.set(xlim=(0, 10), ylim=(0, 10))
        ax.plot([5, 5, 6], [0, 8, 10], linewidth=2)
        ax.plot([4.8, 9.9], [3, 6], "o")
        made = [label(ax, 4.8, 3, "by the line"), label(ax, 9.9, 6, "by the edge")]
        other = label(ax, 4.8, 3, "in its way")
        other.set(horizontalalignment="right", verticalalignment="center", x=-6)
        place_beside(ax, made, [other])
        boxes = [text.get_window_extent() for text in (*made, other)]
        line = ax.lines[0].get_path().transformed(ax.transData)
        pyplot.close(figure)
    assert not any(line.intersects_bbox(box, filled=False) for box in boxes[:2])
    assert not boxes[0].overlaps(boxes[2])
    assert boxes[1].x1 < ax.bbox.x1


def test_names_of_close_points_keep_off_one_another_and_off_the_first() -> None:
    """As the branches of a year lie about the nation, which is named first."""
    shares = [34, 31, 33, 38, 29, 35, 34, 32, 29, 28, 26, 36, 38]
    others = [46, 50, 34, 54, 41, 60, 49, 37, 30, 34, 41, 64, 41]
    with chart_style("en"):
        figure, ax = pyplot.subplots(figsize=(3.1, 3.1))
        ax.set(xlim=(0, 78), ylim=(0, 78))
        for slope in (2.414, 0.414):
            ax.plot([0, 78], [0, 78 * slope], linewidth=1.4, scalex=False, scaley=False)
        ax.plot(shares, others, "o", markersize=3.6)
        made = [label(ax, 33, 43, "109 (2020)\n36.49"), label(ax, 37, 37, "108 (2019)\n36.58")]
        made += [
            ax.annotate("Taipei 38.61", at, xytext=(6, 0), textcoords="offset points",
                        fontsize=7, arrowprops={"arrowstyle": "-"})
            for at in zip(shares, others, strict=True)
        ]  # fmt: skip
        place_beside(ax, made)
        boxes = [Text.get_window_extent(text) for text in made]
        pyplot.close(figure)
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))
    assert all(ax.bbox.x0 < box.x0 and box.x1 < ax.bbox.x1 for box in boxes)


def test_a_line_is_named_where_it_runs_free() -> None:
    points = [(float(at), float(at)) for at in range(1, 10)]
    with chart_style("en"):
        figure, ax = pyplot.subplots(figsize=(5, 4))
        ax.set(xlim=(0, 10), ylim=(0, 10))
        ax.plot(*zip(*points, strict=True), linewidth=2)
        covers = ax.text(0, 0, "\n".join(["X" * 30] * 8), va="bottom")
        made = [label(ax, *points[0], "the line")]
        place_beside(ax, made, [covers], points)
        boxes = [text.get_window_extent() for text in (*made, covers)]
        pyplot.close(figure)
    assert made[0].xy != points[0]
    assert not boxes[0].overlaps(boxes[1])


def test_of_labels_on_one_another_the_first_is_kept() -> None:
    with chart_style("en"):
        figure, ax = pyplot.subplots()
        made = [ax.text(0.5, 0.5, name) for name in ("first", "second")]
        made += [ax.text(0.1, 0.1, "covered"), ax.text(0.9, 0.9, "free")]
        made += [ax.text(0.9, 0.4, "on it", bbox={"facecolor": "white"})]
        ax.plot([0.92, 0.92], [0.3, 0.6], linewidth=2)
        ax.set(xlim=(0, 1.2), ylim=(0, 1))
        hide_covered(ax, made, [ax.text(0.1, 0.1, "above all")])
        pyplot.close(figure)
    assert [text.get_visible() for text in made] == [True, False, False, True, False]


def test_ends_are_labelled_beside_the_axes_and_apart() -> None:
    with chart_style("en"):
        figure, ax = pyplot.subplots(figsize=(5, 3))
        ax.set(xlim=(106, 107), ylim=(0, 10))
        label_ends(ax, 107, [5.0, 5.1, 9.0], ["one", "two", "three"], ["k"] * 3)
        figure.draw_without_rendering()
        boxes = sorted((text.get_window_extent() for text in ax.texts), key=lambda box: box.y0)
        pyplot.close(figure)
    assert min(box.x0 for box in boxes) > ax.bbox.x1
    assert max(box.x1 for box in boxes) <= figure.bbox.x1 + 1
    assert all(one.y1 <= other.y0 + 1e-6 for one, other in pairwise(boxes))


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("特專案界限 2,000,000 元", 20, ["特專案界限", "2,000,000 元"]),
        ("恰等於比率：不算有效（>）", 20, ["恰等於比率：", "不算有效（>）"]),
        ("結案率（終結／新收）", 18, ["結案率", "（終結／新收）"]),
        ("重新進行的案件：計入件數", 20, ["重新進行的案件：", "計入件數"]),
        ("Change of the effective rate (points)", 30, ["Change of the effective", "rate (points)"]),
        ("短", 20, ["短"]),
    ],
)
def test_words_break_where_clauses_end_and_never_in_a_number(
    text: str, width: int, lines: list[str]
) -> None:
    assert broken(text, width).split("\n") == lines


def series(kind: str, *values: float) -> pd.DataFrame:
    rows = [(106 + place, value, value, f"{value:g}", kind) for place, value in enumerate(values)]
    return pd.DataFrame(rows, columns=["year", "low", "high", "text", "kind"])


def test_printed_values_are_rings_across_the_break() -> None:
    frames = [series("published", 36.86, 36.49), series("value", 36.9, 36.49),
              series("other", 36.86, 32.76)]  # fmt: skip
    with chart_style("en"):
        figure, ax = pyplot.subplots(figsize=(6.3, 1.8))
        draw_series(frames, ax, ylabel="%", names=["P", "V", "O"], breaks=[106.5], changed="here",
                    starts="; from {start}")  # fmt: skip
        figure.draw_without_rendering()
        shown = [text.get_text() for text in ax.texts if text.get_text()]
        title, ticks = ax.get_title(loc="left"), [text.get_text() for text in ax.get_yticklabels()]
        first = [text for text in ax.texts if text.get_text() in ("36.86", "36.9")]
        boxes = sorted((text.get_window_extent() for text in first), key=lambda box: box.y0)
        pyplot.close(figure)
    # Each number once, but where two series end alike.
    assert sorted(shown) == ["36.86", "36.9", "O 32.76", "V 36.49", "here", "○ P 36.86 → 36.49"]
    assert title == "%; from 32"
    # A scale stands at the left, and the first values inside it, with white space between them.
    assert {"32", "36"} <= set(ticks)
    assert ax.bbox.x0 < min(box.x0 for box in boxes)
    assert boxes[0].y1 + 2 < boxes[1].y0


def test_the_name_of_what_is_printed_stands_beside_the_first_values() -> None:
    first = pd.DataFrame([(106, 36.89, 36.9, "36.89 to 36.90", "value")])
    value = series("value", 36.9, 36.49, 36.9, 36.49)
    first.columns = value.columns
    frames = [series("published", 36.86, 36.49), pd.concat([first, value[1:]]),
              series("other", 36.86, 32.76, 36.86, 32.76)]  # fmt: skip
    with chart_style("en"):
        figure, ax = pyplot.subplots(figsize=(6.3, 1.2))
        draw_series(frames, ax, ylabel="%", names=["As published", "V", "O"], breaks=[], changed="",
                    starts="")  # fmt: skip
        figure.draw_without_rendering()
        boxes = {text.get_text(): text.get_window_extent() for text in ax.texts}
        pyplot.close(figure)
    assert not boxes["36.89 to 36.90"].overlaps(boxes["○ As published 36.86 → 36.49"])


def test_names_below_bars_take_more_lines_where_there_are_more_years() -> None:
    name = "109 (2020)\nEffective over closed cases"
    for count, lines in ((3, 2), (4, 3)):
        frame = pd.DataFrame(
            {"label": name, "value": 36.0, "text": "x", "target": None, "target_text": "",
             "is_other": False}, index=range(count)
        )  # fmt: skip
        with chart_style("en"):
            figure, ax = pyplot.subplots(figsize=(6.3, 2.6))
            draw_target(frame, ax, ylabel="%", target="Target")
            figure.draw_without_rendering()
            boxes = [text.get_window_extent() for text in ax.get_xticklabels()]
            said = ax.get_xticklabels()[0].get_text()
            pyplot.close(figure)
        assert said.count("\n") + 1 == lines
        assert all(left.x1 < right.x0 for left, right in pairwise(boxes))


def test_the_value_stands_above_a_target_that_is_just_missed() -> None:
    frame = pd.DataFrame(
        {"label": list("abc"), "value": [36.9, 36.5, 20.0], "text": list("xyz"),
         "target": [25.0, 37.0, None], "target_text": list("uvw"), "is_other": False}
    )  # fmt: skip
    with chart_style("en"):
        figure, ax = pyplot.subplots()
        draw_target(frame, ax, ylabel="%", target="Target")
        figure.draw_without_rendering()
        boxes = {text.get_text(): text.get_window_extent() for text in ax.texts}
        lines = {level: ax.transData.transform((0, level))[1] for level in (25.0, 37.0, 36.9, 20.0)}
        pyplot.close(figure)
    assert boxes["y"].y0 > lines[37.0] + 2
    assert lines[36.9] < boxes["x"].y0 < lines[37.0] + 10
    assert boxes["z"].y0 > lines[20.0]


def test_an_axis_of_bars_says_where_it_begins() -> None:
    frame = pd.DataFrame({"x": [0, 1]})

    def draw(low: float) -> Chart:
        def drawn(figure: object, say: object) -> None:
            ax = figure.subplots()  # type: ignore[attr-defined]
            ax.barh(frame["x"], [1, 2], left=low)
            ax.set(xlim=(low, low + 3), xlabel="%")

        return Chart(drawn, "a", "b")

    assert "; axis starts at 36" in texts(en(draw(36)))
    assert "（軸由 36 起）" in texts(zh(draw(36)))
    assert "starts" not in texts(en(draw(0)))


def test_a_ratio_in_chinese_is_broken_at_its_stroke() -> None:
    assert broken("有效結案件數／終結件數", 14) == "有效結案件數／\n終結件數"
