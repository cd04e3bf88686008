"""Tables of incentives: what each action does to the KPI, where its effect turns, what is cheap."""

from collections.abc import Iterable, Sequence

from closurerate.kpi.evaluate import in_unit
from closurerate.kpi.formula import LETTERS
from closurerate.kpi.pieces import pieces
from closurerate.press.print.labels import Language
from closurerate.press.print.prose import Column, Table
from closurerate.press.words import word
from closurerate.quantity import UNDEFINED, number, signed
from closurerate.study.incentives.action_signs import SignLine, sign_line
from closurerate.study.incentives.actions import Action, actions
from closurerate.study.incentives.cheapest import CheapestPoint, Way
from closurerate.study.incentives.effects import Effect, effect
from closurerate.study.incentives.page_data import (
    MANY,
    NOT_KNOWN,
    condition_text,
    decimals_for,
    evidence,
    one_piece_note,
    points,
    unknown_note,
)
from closurerate.study.incentives.unpaid import Verdict
from closurerate.year.changes import change_unit, change_word
from closurerate.year.kpi_year import KpiData

MAIN = (
    "close_effective",
    "close_unpaid",
    "refer_again",
    "refer_new",
    "leave_unpaid_pending",
    "split_effective",
    "merge_ineffective",
)
"""The actions that are shown by branch."""

_MARK = "▲\N{NO-BREAK SPACE}"
_LETTERS = {measure: letter for letter, measure in LETTERS.items()}


def effects_table(data: KpiData, times: Sequence[int] = (1, MANY)) -> Table:
    """Return what each action does to the national KPI, done so many times, and what that means.

    Parameters
    ----------
    data
        The year's KPI.
    times
        How often; one column each.
    """
    language, chosen = data.language, actions()
    found = {
        name: [effect(data.version, data.total.counts, action, often) for often in times]
        for name, action in chosen.items()
    }
    changes = {
        name: [in_unit(one.change, data.version.unit) for one in effects]
        for name, effects in found.items()
    }
    decimals = [decimals_for(column) for column in zip(*changes.values(), strict=True)]
    rows = tuple(
        (
            word(f"incentive_action_{name}", language),
            _changes_text(action, language),
            *(signed(value, digits) for value, digits in zip(changes[name], decimals, strict=True)),
            word(f"incentive_serves_{_serves(action)}", language),
            _verdict(found[name][0], language),
        )
        for name, action in chosen.items()
    )
    unit = change_word(data.version.unit, language)
    return Table(
        columns=(
            Column(word("incentive_action", language), width=0.34),
            Column(word("incentive_counts", language), width=0.2),
            *(
                Column(word("incentive_times", language, times=number(often), unit=unit), "right")
                for often in times
            ),
            Column(word("incentive_purpose", language)),
            Column(word("incentive_verdict", language)),
        ),
        rows=rows,
        caption=word("caption_incentive_effects", language, name=data.name),
        note=word("note_incentive_effects", language) + _effects_note(found.values(), language),
        source=data.cases.source_line(evidence(data)),
        evidence=evidence(data),
        language=language,
    )


def _changes_text(action: Action, language: Language) -> str:
    """Return an action's changes of case counts, such as "C +1, P -1"."""
    cases = (*_LETTERS, "new")
    return ", ".join(
        f"{_LETTERS.get(name) or word('new', language).lower()} {change:+d}"
        for name in cases
        if (change := action.changes.get(name))
    )


def _serves(action: Action) -> str:
    return {True: "yes", False: "no", None: "outside"}[action.serves]


def _verdict(found: Effect, language: Language) -> str:
    if found.change is None:
        return UNDEFINED
    verdict: Verdict = "neutral"
    if found.is_gain is not None:
        verdict = "rewards" if found.is_gain else "penalises"
    return _MARK * found.is_perverse + word(f"incentive_verdict_{verdict}", language)


def _effects_note(rows: Iterable[Sequence[Effect]], language: Language) -> str:
    """Return why effects are not known, if some are not."""
    return unknown_note((one.cause for row in rows for one in row), language)


def branch_effects_table(data: KpiData, names: Sequence[str] = MAIN, times: int = 1_000) -> Table:
    """Return what the main actions do to the KPI of each branch, done so many times.

    Parameters
    ----------
    data
        The year's KPI.
    names
        Which actions, by name as in `closurerate.study.incentives.actions.actions`.
    times
        How often each.
    """
    language, rows = data.language, data.evaluations("branch")
    found = [
        [effect(data.version, row.counts, actions()[name], times) for name in names] for row in rows
    ]
    changes = [[in_unit(one.change, data.version.unit) for one in row] for row in found]
    sizes = [abs(change) for row in changes for change in row if change]
    # Two digits of the smallest effect, unless the largest would carry too many.
    decimals = min(decimals_for(sizes), decimals_for([max(sizes, default=None)]) + 2)
    unit = change_word(data.version.unit, language)
    return Table(
        columns=(
            Column(word("branch", language)),
            *(Column(word(f"incentive_action_{name}", language), "right") for name in names),
        ),
        rows=tuple(
            (
                word(row.by or "nation", language),
                *(
                    _MARK * one.is_perverse + signed(change, decimals)
                    for one, change in zip(effects, values, strict=True)
                ),
            )
            for row, effects, values in zip(rows, found, changes, strict=True)
        ),
        caption=word(
            "caption_incentive_branches", language, name=data.name, times=number(times), unit=unit
        ),
        note=word("note_incentive_branches", language) + _effects_note(found, language),
        source=data.cases.source_line(data.cases.evidence),
        evidence=data.cases.evidence,
        language=language,
        has_total=True,
    )


def signs_table(data: KpiData) -> Table:
    """Return where in the counts one more of each action raises the KPI and where it lowers it."""
    language = data.language
    lines = [sign_line(data.version, action) for action in actions().values()]
    rows = tuple(
        (
            word(f"incentive_action_{line.action}", language),
            *(_where(line, sign, language) for sign in (1, -1)),
        )
        for line in lines
    )
    causes = {_sign_cause(line, data) for line in lines if not line.regions}
    is_proved = all(line.is_proved for line in lines)
    return Table(
        columns=tuple(
            Column(word(key, language))
            for key in ("incentive_action", "incentive_raises", "incentive_lowers")
        ),
        rows=rows,
        caption=word("caption_incentive_signs", language, name=data.name),
        note=word(
            "note_incentive_signs" if is_proved else "note_incentive_signs_searched", language
        )
        + one_piece_note(lines, language)
        + unknown_note(causes, language, "query"),
        evidence="arithmetic",
        language=language,
    )


def _where(line: SignLine, sign: int, language: Language) -> str:
    """Return where an action's effect has a sign, a line for each region."""
    if not line.regions:
        return NOT_KNOWN
    regions = (region.conditions for region in line.regions if region.sign == sign)
    return "\n".join(condition_text(one, language) for one in regions) or UNDEFINED


def _sign_cause(line: SignLine, data: KpiData) -> str:
    """Return why it is not known where an action's effect has which sign."""
    if not pieces(data.version):
        return "no_value"
    return "amount" if line.reason else "undecided"


def cheapest_table(data: KpiData) -> Table:
    """Return for each branch the fewest cases that gain a point, by what serves and what not."""
    language, found = data.language, points(data, "branch")
    rows = tuple(
        (
            word(row.by or "nation", language),
            number(row.quantity().value, row.decimals),
            *_side(point, point.cheapest_serving, language, serves=True),
            *_side(point, point.cheapest_perverse, language, serves=False),
            _fewer(point, language),
        )
        for row, point in found
    )
    ways = [way for _, point in found for way in point.ways]
    is_search = any(way.is_search for way in ways)
    key = "note_incentive_cheapest_searched" if is_search else "note_incentive_cheapest"
    unit = word(f"unit_{data.version.unit}", language)
    gain = word(f"incentive_gain_{change_unit(data.version.unit)}", language)
    return Table(
        columns=(
            Column(word("branch", language)),
            Column(f"{word('value', language)} ({unit})", "right"),
            Column(word("incentive_serving", language)),
            Column(word("incentive_cases", language), "right"),
            Column(_MARK + word("incentive_perverse", language)),
            Column(word("incentive_cases", language), "right"),
            Column(word("incentive_cheapest", language)),
        ),
        rows=rows,
        caption=word("caption_incentive_cheapest", language, name=data.name, gain=gain),
        note=word(key, language)
        + unknown_note((way.cause for way in ways if not way.is_known), language),
        source=data.cases.source_line(data.cases.evidence),
        evidence=data.cases.evidence,
        language=language,
        has_total=True,
    )


def _is_known(point: CheapestPoint, *, serves: bool) -> bool:
    """Whether all is known that could gain a point: one unknown way may be the cheapest."""
    return all(way.is_known for way in point.ways if way.action.serves is serves)


def _side(
    point: CheapestPoint, cheapest: Sequence[Way], language: Language, *, serves: bool
) -> tuple[str, str]:
    """Return the cheapest ways of one kind, a line each, and the cases that each of them takes."""
    if not _is_known(point, serves=serves):
        return UNDEFINED, UNDEFINED
    if not cheapest:
        return word("none", language), ""
    names = (word(f"incentive_action_{way.action.name}", language) for way in cheapest)
    return "\n".join(names), number(cheapest[0].cases)


def _fewer(point: CheapestPoint, language: Language) -> str:
    """Return of which kind the cheapest way of all is."""
    if not all(_is_known(point, serves=serves) for serves in (True, False)):
        return UNDEFINED
    kinds = {way.action.serves for way in point.cheapest}
    if not kinds:
        return word("none", language)
    kind = "both" if len(kinds) > 1 else "serves" if kinds == {True} else "perverse"
    return word(f"incentive_least_{kind}", language)
