"""What moved thresholds do over all worlds, in place of one made-up year's figures."""

from dataclasses import replace

import pytest
from test_world_pages import of_worlds, worlds

from closurerate.press.chart import Chart
from closurerate.press.prose import Markdown
from closurerate.press.table import Table
from closurerate.quantity import MINUS
from closurerate.study.thresholds.page import breakpoints_table
from closurerate.study.thresholds.variants_page import variants_table
from closurerate.study.worlds.ranges_page import moves_table, one_at_a_time, policies_table
from threshold_samples import threshold_data
from year_samples import en, plain


def test_without_worlds_the_rows_themselves_are_shown() -> None:
    data = threshold_data(kind="extract")
    kinds = [type(shown) for shown in one_at_a_time(data, None).objects]
    assert kinds == [Markdown, Chart, Chart, Table]
    assert en(moves_table(data, None)) == en(breakpoints_table(data))
    assert en(policies_table(data, None)) == en(variants_table(data))


def test_with_worlds_no_figure_rests_on_one_made_up_year() -> None:
    data, spread = threshold_data(), of_worlds()
    shown = (
        *one_at_a_time(data, spread).objects, moves_table(data, spread),
        policies_table(data, spread),
    )  # fmt: skip
    assert len(shown) == 3
    assert {en(one).evidence for one in shown} == {"worlds"}


def test_a_policy_is_told_as_its_range_and_by_its_thresholds() -> None:
    table = en(policies_table(threshold_data(), of_worlds()))
    rows = {plain(row[0]): row[1:] for row in table.rows}
    heads = [plain(column.heading) for column in table.columns[1:3]]
    assert heads == ["Ratios (ordinary / special / major)",
                     "Boundaries (special / major; NTD thousand)"]  # fmt: skip
    assert list(rows) == [
        "A ratio of 0.5 for all tiers", "A ratio of 0.75 for all tiers", "Boundaries × 1.1",
        "Payment of exactly the ratio counts (≥)",
    ]  # fmt: skip
    ends = sorted(world.variants["uniform_0.75"] for world in worlds().worlds)
    told = " to ".join(f"{end:+.2f}" for end in ends).replace("-", MINUS)
    assert rows["A ratio of 0.75 for all tiers"] == ("0.75 / 0.75 / 0.75", "200 / 1,000", told)
    assert rows["Boundaries × 1.1"][:2] == ("0.5 / 0.6 / 0.75", "220 / 1,100")


@pytest.mark.parametrize(
    ("moves", "told"),
    [
        ((0.0, 0.00086), "at most 0.0009"), ((0.0142, 0.445), "0.01 to 0.45"),
        ((0.02, 0.02), "0.0200"), ((0.1, None), "0.10 or more"), ((None, None), "—"),
    ],
)  # fmt: skip
def test_how_far_a_ratio_moves_until_the_figure_changes(
    moves: tuple[float | None, float | None], told: str
) -> None:
    found = worlds()
    changed = tuple(
        replace(world, distances={"ratio_ordinary": move})
        for world, move in zip(found.worlds, moves, strict=True)
    )
    spread = of_worlds(replace(found, worlds=changed))
    table = en(moves_table(threshold_data(), spread))
    assert table.rows[0] == ("Ordinary ratio", "0.5", "0.3 to 0.7", told)
    assert "0.2 to either side" in table.note
    # What lies beyond the range studied is said to.
    is_beyond = any(move is not None and move > 0.2 for move in moves)
    assert ("beyond the range studied: ordinary ratio" in plain(table.note)) == is_beyond
    # A boundary was moved too: its range stands here, though no such move of it is known.
    assert table.rows[-1] == ("Major boundary (NTD)", "1,000,000", "500,000 to 2,000,000", "—")
    assert len(table.rows) == 5
    assert "Not computed for boundaries." in table.note
