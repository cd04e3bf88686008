"""How the split of a change is worked: the four values behind it, and what other orders give."""

from fractions import Fraction
from math import factorial
from operator import attrgetter

from closurerate.press.prose import Several
from closurerate.press.sums import rounding_note
from closurerate.press.table import Table, numbers, words
from closurerate.press.text import Item, roc_year, spaced, t
from closurerate.study.change.change import DEFINITION
from closurerate.study.change.page import level_text, move_text, split_grounds
from closurerate.study.change.year_change import PrintedChange, YearChange
from closurerate.year.changes import change_word


def corners_table(change: YearChange) -> Table | Several:
    """Return the KPI on either year's counts by either definition, and both effects of each.

    By the adopted reading. Nothing where there is no split, or the definition did not change.
    """
    data, first = change.kpi, change.adopted
    if first is None or not first.corners:
        return Several(())
    years = {"previous": roc_year(data.year - 1), "year": roc_year(data.year)}
    level = {
        name: level_text(data, first.over(attrgetter(name)))
        for name in ("first_old", "first_new", "last_old", "last_new")
    }
    rows = [
        (
            t("split_counts_of", year=years["previous"]),
            level["first_old"],
            level["first_new"],
            move_text(data, first.on_before),
        ),
        (
            t("split_counts_of", year=years["year"]),
            level["last_old"],
            level["last_new"],
            move_text(data, first.on_after),
        ),
        (
            t("split_counts_effect"),
            move_text(data, first.over(lambda at: at.last_old - at.first_old)),
            move_text(data, first.over(lambda at: at.last_new - at.first_new)),
            None,
        ),
    ]
    unit = t(f"unit_{data.version.unit}")
    heads = [t("split_by_definition_of", year=year, unit=unit) for year in years.values()]
    effect = t("split_definition_effect", unit=change_word(data.version.unit))
    return Table(
        [*words("split_counts"), *numbers(*heads, effect)],
        rows,
        t("split_corners_caption", name=data.kpi_name, **years),
        split_grounds(data),
        note=_corners_note(change, first),
    )


def _corners_note(change: YearChange, first: PrintedChange) -> Item:
    """Return both means and their sum, which is the change."""
    data = change.kpi
    definition = first.span.parts[DEFINITION]
    half = Fraction(1, 2)
    counts = first.over(lambda at: half * (at.last_old - at.first_old + at.last_new - at.first_new))
    total = first.span.total
    if counts is None or total is None:
        return ""
    told = {"definition": definition, "counts": counts, "total": total}
    moves = {name: move_text(data, span) for name, span in told.items()}
    note = t("split_corners_note", unit=change_word(data.version.unit), **moves)
    return spaced([note, *rounding_note([definition, counts], total, data.version.decimals)])


def orders_table(change: YearChange) -> Table | Several:
    """Return each part of the split beside what it is on one level, over all orders.

    By the adopted reading. Nothing where there is no split, or nothing to put in order.
    """
    data, first = change.kpi, change.adopted
    if first is None or len(first.span.parts) < 2:
        return Several(())
    span = first.span
    rows = [
        (
            t(f"split_{name}"),
            *(move_text(data, found[name]) for found in (span.parts, span.means)),
            *(move_text(data, (end, end)) for end in span.orders[name]),
        )
        for name in span.parts
    ]
    unit = change_word(data.version.unit)
    heads = [f"split_{name}" for name in ("shown", "one_level", "least", "most")]
    orders = factorial(len(span.parts))
    return Table(
        [*words("split_part"), *numbers(*heads)],
        rows,
        t("split_orders_caption", orders=orders, unit=unit),
        split_grounds(data),
        note=t("split_orders_note", orders=orders),
    )
