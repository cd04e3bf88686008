"""Plans of pages, held to what one sees at a glance from the heights of pieces."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from closurerate.press.export.flow import settled
from closurerate.press.export.plan import PagePiece, PagePlan, planned

HEADING = PagePiece("text", 0.05, level=2, is_bare=True)
LEAD = PagePiece("text", 0.03, leads=True)


def text(height: float, **where: int) -> PagePiece:
    return PagePiece("text", height, **where)


def table(height: float, name: str = "表") -> PagePiece:
    return PagePiece("table", height, name, start=0.15, extra=0.1)


def chart(height: float, name: str = "圖") -> PagePiece:
    return PagePiece("chart", height, name)


def test_what_fits_stays_as_it_is() -> None:
    plan = planned([text(0.3), chart(0.3), table(0.35), text(0.2)])
    assert plan == PagePlan((0, 1, 2, 3), {}, plan.stands)
    assert [round(end, 3) for _, end in plan.stands.values()] == [1.3, 1.6, 1.95, 2.15]


def test_text_moves_up_before_a_chart_with_what_leads_to_it() -> None:
    plan = planned([text(0.5), LEAD, chart(0.8), text(0.6), text(0.05)])
    assert plan.order[:2] == (0, 3)
    assert plan.order.index(2) == plan.order.index(1) + 1
    assert plan.changed == {}


def test_a_new_part_is_not_passed() -> None:
    pieces = [text(0.5), LEAD, chart(0.8), text(0.6, level=2), text(0.6)]
    assert planned(pieces).order == (0, 1, 2, 3, 4)


def test_what_follows_its_heading_stays_there() -> None:
    assert planned([text(0.5), HEADING, chart(0.9), text(0.6)]).order == (0, 1, 2, 3)


def test_tables_and_charts_keep_their_order() -> None:
    assert planned([text(0.5), chart(0.9, "一"), table(0.45), chart(0.4, "二")]).order == (
        0,
        2,
        1,
        3,
    )
    assert planned([text(0.5), chart(0.9, "一"), chart(0.4, "二"), table(0.45)]).order == (
        0,
        1,
        2,
        3,
    )


def test_a_chart_is_made_just_so_much_smaller_that_it_fits() -> None:
    plan = planned([text(0.5), chart(0.53)])
    ((name, scale),) = plan.changed.items()
    assert name == "圖"
    assert 0.5 + 0.09 + scale * (0.53 - 0.09) <= 1 < 0.5 + 0.09 + (scale + 0.011) * (0.53 - 0.09)


def test_a_chart_whose_words_would_become_too_small_keeps_its_size() -> None:
    assert planned([text(0.5), chart(0.55)]).changed == {}


def test_a_table_breaks_where_much_would_stay_empty() -> None:
    assert planned([text(0.5), table(0.8), text(0.9)]).changed == {"表": 0.0}
    assert planned([text(0.85), table(0.8), text(0.9)]).changed == {}


def test_the_last_page_of_a_part_may_stay_emptier() -> None:
    plan = planned([text(0.65), replace(HEADING, height=0.05), table(0.95)])
    assert plan.changed == {}
    assert planned([text(0.65), table(0.95)]).changed == {"表": 0.0}


@given(
    st.lists(
        st.builds(
            PagePiece,
            st.sampled_from(["text", "solid", "chart", "table"]),
            st.floats(0.02, 2.5),
            st.uuids().map(str),
            st.sampled_from([0, 0.15]),
            level=st.sampled_from([0, 0, 2, 3]),
        )
        | st.just(LEAD),
        min_size=1,
        max_size=9,
    )
)
def test_nothing_is_lost_and_each_kind_keeps_its_order(pieces: list[PagePiece]) -> None:
    plan = planned(pieces)
    assert sorted(plan.order) == list(range(len(pieces)))
    for kind in ("text", "solid", "chart", "table"):
        places = [place for place in plan.order if pieces[place].kind == kind]
        assert places == sorted(places) or kind == "text"  # a lead moves with its chart
    for place, piece in enumerate(pieces[:-1]):
        if piece.leads:
            assert plan.order.index(place + 1) == plan.order.index(place) + 1


@pytest.mark.parametrize("drift", [0.0, 0.02, 0.03])
def test_it_is_planned_anew_where_less_fits_than_was_told(drift: float) -> None:
    """A stand-in for Typst, in which the text takes a little more than in the galley."""
    pieces = [text(0.5), chart(0.49), text(0.4, level=2)]
    plans: list[PagePlan] = []

    def set_with(plan: PagePlan) -> list[tuple[int, float]]:
        plans.append(plan)
        scale = plan.changed.get("圖", 1.0)
        is_late = 0.5 + drift + 0.09 + scale * 0.4 > 1
        where = (2, 0.0) if is_late else (1, 0.5 + drift)
        return [(1, 0.0), where, (2, 0.5), (2, 0.9)]

    plan = settled(pieces, set_with)
    assert 1 <= len(plans) - (drift > 0.01) <= 3
    assert (plan.changed != {}) == (drift > 0.01)


def test_what_fits_after_all_is_planned_where_it_stands() -> None:
    pieces = [text(0.5), PagePiece("table", 0.53, "表"), text(0.4, level=2)]
    real = (0.5, 0.46, 0.4)

    def stood(plan: PagePlan) -> list[tuple[int, float]]:
        page, filled, found = 1, 0.0, []
        for place in plan.order:
            if filled + real[place] > 1:
                page, filled = page + 1, 0.0
            found.append((page, filled))
            filled += real[place]
        return [*found, (page, filled)]

    assert planned(pieces).stands[1][0] == 2
    assert settled(pieces, stood).stands[1][0] == 1
