"""Where in the counts an action's effect turns, and what gains a point with the fewest cases."""

from collections.abc import Sequence

from closurerate.kpi.pieces import pieces
from closurerate.press.shown import Grounds
from closurerate.press.table import Table, numbers, words
from closurerate.press.text import Item, Run, Text, said, spaced, t
from closurerate.quantity import UNDEFINED
from closurerate.study.incentives.action_signs import SignLine, sign_line
from closurerate.study.incentives.actions import actions
from closurerate.study.incentives.cheapest import CheapestPoint, Way, cheapest_point
from closurerate.study.incentives.page_notes import (
    MARK,
    NOT_KNOWN,
    nation_note,
    one_piece_note,
    regions_text,
    unknown_note,
)
from closurerate.year.changes import change_unit
from closurerate.year.kpi_words import value_column
from closurerate.year.kpi_year import KpiData

_NUMBERS = (0, 1, 3, 5)
"""Places of the branch, its value, and the cases of either kind, in the table of the fewest."""
_REVERSED = str.maketrans("<>", "><")


def signs_table(data: KpiData) -> Table:
    """Return where in the counts one more of each action raises the KPI and where it lowers it."""
    lines = [sign_line(data.version, action) for action in actions().values()]
    is_mirrored = all(_is_mirrored(line) for line in lines)
    signs = (1,) if is_mirrored else (1, -1)
    rows = [
        (t(f"incentive_action_{line.action}"), *(_where(line, sign) for sign in signs))
        for line in lines
    ]
    is_proved = all(line.is_proved for line in lines)
    note = t("note_incentive_signs" if is_proved else "note_incentive_signs_searched")
    other_sign = t("note_incentive_reversed" if is_mirrored else "note_incentive_neither")
    causes = {_sign_cause(line, data) for line in lines if not line.regions}
    return Table(
        words("incentive_action", "incentive_raises", "incentive_lowers")[: 1 + len(signs)],
        rows,
        t("caption_incentive_signs", name=data.kpi_name),
        Grounds("derived"),
        spaced([note, other_sign, *one_piece_note(lines), *unknown_note(causes, "query")]),
    )


def _where(line: SignLine, sign: int) -> Item:
    """Return where an action's effect has a sign, a line for each region."""
    if not line.regions:
        return NOT_KNOWN
    return regions_text(one.conditions for one in line.regions if one.sign == sign)


def _is_mirrored(line: SignLine) -> bool:
    """Return whether an action lowers the KPI where what raises it is reversed, and only there."""
    rises, falls = (said(_where(line, sign), "en") for sign in (1, -1))
    is_constant = falls == UNDEFINED and rises == said(t("incentive_everywhere"), "en")
    return is_constant or ("\n" not in rises and falls == rises.translate(_REVERSED) != rises)


def _sign_cause(line: SignLine, data: KpiData) -> str:
    """Return why it is not known where an action's effect has which sign."""
    if not pieces(data.version):
        return "no_value"
    return "amount" if line.reason else "undecided"


def cheapest_table(data: KpiData) -> Table:
    """Return for each branch the fewest cases that gain a point, by what serves and what not."""
    found = [
        (row, cheapest_point(data.version, row.counts, by=row.by))
        for row in data.evaluations("branch")
    ]
    rows = [
        (
            data.cases.place(row.by),
            row.quantity(),
            *_side(point, point.cheapest_serving, serves=True),
            *_side(point, point.cheapest_perverse, serves=False),
            _fewer(point),
        )
        for row, point in found
    ]
    ways = [way for _, point in found for way in point.ways]
    is_search = any(way.is_search for way in ways)
    note = t("note_incentive_cheapest_searched" if is_search else "note_incentive_cheapest")
    is_exact = not is_search and not data.cases.is_synthetic
    exact = [t("note_incentive_exact")] if is_exact else []
    has_none = any(said(cell, "en") == said(t("none"), "en") for row in rows for cell in row)
    none = [t("note_incentive_none_searched" if is_search else "note_incentive_none")]
    causes = (way.cause for way in ways if not way.is_known)
    gain = t(f"incentive_gain_{change_unit(data.version.unit)}")
    columns = [
        *words("branch"),
        *numbers(value_column(data)),
        *words("incentive_serving"),
        *numbers(t("incentive_cases", side=t("incentive_least_serves"))),
        *words(Run((MARK, t("incentive_perverse")))),
        *numbers(t("incentive_cases", side=t("incentive_least_perverse"))),
        *words("incentive_cheapest"),
    ]
    same = _same_ways(rows)
    shown = [place for place in range(len(columns)) if not same or place in _NUMBERS]
    return Table(
        [columns[place] for place in shown],
        [[row[place] for place in shown] for row in rows],
        t("caption_incentive_cheapest", name=data.kpi_name, gain=gain),
        data.grounds(data.cases.evidence),
        spaced(
            [
                note,
                *same,
                *exact,
                *(none if has_none else []),
                *unknown_note(causes),
                *nation_note(data),
            ]
        ),
        has_total=True,
        tells_once=True,
        kept=(columns, rows),
    )


def _same_ways(rows: Sequence[Sequence[Item]]) -> list[Text]:
    """Return the ways that are the cheapest in every row, told once; nothing where they differ."""
    serving, perverse, kind = ({said(row[place], "en") for row in rows} for place in (2, 4, 6))
    ways = serving | perverse
    is_same = max(map(len, (serving, perverse, kind))) == 1
    if not is_same or "\n" in "".join(ways) or ways & {UNDEFINED, said(t("none"), "en")}:
        return []
    return [t("note_incentive_same", serving=rows[0][2], perverse=rows[0][4])]


def _is_known(point: CheapestPoint, *, serves: bool) -> bool:
    """Whether all is known that could gain a point: one unknown way may be the cheapest."""
    return all(way.is_known for way in point.ways if way.action.serves is serves)


def _side(point: CheapestPoint, cheapest: Sequence[Way], *, serves: bool) -> tuple[Item, Item]:
    """Return the cheapest ways of one kind, a line each, and the cases that each of them takes."""
    if not _is_known(point, serves=serves):
        return None, None
    if not cheapest:
        return t("none"), ""
    names = (t(f"incentive_action_{way.action.name}") for way in cheapest)
    return Run(tuple(names), "\n"), cheapest[0].cases


def _fewer(point: CheapestPoint) -> Item:
    """Return of which kind the cheapest way of all is."""
    if not all(_is_known(point, serves=serves) for serves in (True, False)):
        return None
    kinds = {way.action.serves for way in point.cheapest}
    if not kinds:
        return t("none")
    kind = "both" if len(kinds) > 1 else "serves" if kinds == {True} else "perverse"
    return t(f"incentive_least_{kind}")
