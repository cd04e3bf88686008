"""What is shown of incentives: what each action does to the KPI, in all and by branch."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from matplotlib.figure import Figure

from closurerate.kpi.evaluate import Evaluation, in_unit
from closurerate.kpi.formula import LETTERS
from closurerate.press.chart import Chart
from closurerate.press.print.escape import markdown_text
from closurerate.press.print.labels import Evidence
from closurerate.press.prose import Finding, Markdown
from closurerate.press.table import Table, numbers, words
from closurerate.press.text import Digits, Item, Run, Say, bare, formed, joined, spaced, stated, t
from closurerate.quantity import Quantity, rounded
from closurerate.study.incentives.actions import Action, actions, most_times
from closurerate.study.incentives.cheapest import cheapest_point
from closurerate.study.incentives.drawing import draw_closing
from closurerate.study.incentives.effects import Effect, effect, unsaid
from closurerate.study.incentives.page_notes import (
    MANY,
    MARK,
    NEW,
    decimals_for,
    effect_evidence,
    marked_note,
    nation_note,
    unknown_note,
)
from closurerate.study.incentives.unpaid import Verdict, reach
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
_LETTERS = {measure: letter for letter, measure in LETTERS.items()}
_SHARE = Fraction(1, 100)
_DECIMALS = 2
_ONCE = 2
"""Place of the column on doing something once, which is kept as data alone."""
_MOST_ALIKE = 3
_CLOSINGS = ("close_unpaid", "close_effective")
_SERVES = {True: "yes", False: "no", None: "outside"}


def national_effects_table(data: KpiData) -> Table:
    """Return what each action does to the national KPI, done once and often, and its verdict."""
    times = (1, MANY)
    found = {
        name: [effect(data.version, data.total.counts, action, often) for often in times]
        for name, action in actions().items()
    }
    changes = {name: [_change(data, one) for one in effects] for name, effects in found.items()}
    rows = [
        (
            t(f"incentive_action_{name}"),
            _counts_change(action),
            *changes[name],
            t(f"incentive_serves_{_SERVES[action.serves]}"),
            _verdict(found[name][0]),
        )
        for name, action in actions().items()
    ]
    columns = [*words("incentive_action"), *words("incentive_counts")]
    for often, column in zip(times, zip(*changes.values(), strict=True), strict=True):
        heading = t("incentive_times", times=often)
        columns += numbers(heading, decimals=decimals_for(column), is_signed=True)
    columns += words("incentive_purpose", "incentive_verdict")
    causes = (one.cause for effects in found.values() for one in effects)
    many = replace(columns[_ONCE + 1], heading=t("incentive_effect"))
    return Table(
        [*columns[:_ONCE], many, *columns[_ONCE + 2 :]],
        [row[:_ONCE] + row[_ONCE + 1 :] for row in rows],
        t(
            "caption_incentive_effects",
            name=data.kpi_name,
            times=MANY,
            unit=change_word(data.version.unit),
        ),
        data.grounds(effect_evidence(data)),
        spaced(
            [
                t("note_incentive_effects"),
                *marked_note(row[-1] for row in rows),
                *unknown_note(causes),
            ]
        ),
        kept=(columns, rows),
    )


def _change(data: KpiData, found: Effect) -> Fraction | None:
    return in_unit(found.change, data.version.unit)


def _counts_change(action: Action) -> Run:
    """Return an action's changes of case counts, such as "C +1, P -1"."""
    parts = (
        Run((_LETTERS.get(name, NEW), bare(change, is_signed=True)), " ")
        for name in (*_LETTERS, "new")
        if (change := action.changes.get(name))
    )
    return Run(tuple(parts), ", ")


def _verdict(found: Effect) -> Item:
    if found.change is None:
        return None
    verdict: Verdict = "neutral"
    if found.is_gain is not None:
        verdict = "rewards" if found.is_gain else "penalises"
    return _marked(t(f"incentive_verdict_{verdict}"), is_perverse=found.is_perverse)


def _marked(item: Item, *, is_perverse: bool) -> Item:
    return Run((MARK, item)) if is_perverse else item


def branch_effects_table(data: KpiData, times: int | None = None) -> Table:
    """Return what the main actions do to the KPI of each branch, done as often as all can.

    Args:
        times: How often, where it is to be something else.
    """
    evaluations = data.evaluations("branch")
    times = times or _times(evaluations)
    found = [
        [effect(data.version, row.counts, actions()[name], times) for name in MAIN]
        for row in evaluations
    ]
    sizes = [abs(change) for row in found for one in row if (change := _change(data, one))]
    # Two decimals, or of real branches three where that shows them all; more where the largest
    # takes more to show.
    is_fine = not data.cases.is_synthetic and any(not rounded(size, _DECIMALS) for size in sizes)
    some = _MOST_ALIKE if is_fine else _DECIMALS
    decimals = max(some, decimals_for([max(sizes, default=None)]))
    rows = [
        (
            data.cases.place(row.by),
            *(
                _marked(_shown(_change(data, one), decimals), is_perverse=one.is_perverse)
                for one in effects
            ),
        )
        for row, effects in zip(evaluations, found, strict=True)
    ]
    caption = t(
        "caption_incentive_branches",
        name=data.kpi_name,
        times=times,
        unit=change_word(data.version.unit),
    )
    causes = (one.cause for row in found for one in row)
    return Table(
        [*words("branch"), *numbers(*(f"incentive_head_{name}" for name in MAIN))],
        rows,
        caption,
        data.grounds(data.cases.evidence),
        spaced(
            [
                *marked_note(cell for row in rows for cell in row),
                *unknown_note(causes),
                *nation_note(data),
            ]
        ),
        has_total=True,
    )


def _shown(change: Fraction | None, decimals: int) -> Digits:
    """Return a change to some decimals; to its first digit where it would print as 0 and is not."""
    is_hidden = bool(change) and not rounded(change or 0, decimals)
    return bare(change, decimals_for([change]) - 1 if is_hidden else decimals, is_signed=True)


def _times(evaluations: Sequence[Evaluation]) -> int:
    """Return the greatest power of ten, 10,000 at most, that no branch lacks the cases for."""
    most = [most_times(actions()[name], row.counts) for row in evaluations[:-1] for name in MAIN]
    least = min((times for times in most if times), default=1)
    return min(MANY, int("1" + "0" * (len(str(least)) - 1)))


def closing_chart(data: KpiData) -> Chart | Markdown:
    """Return by branch what closing 1 % of the pending cases does to the KPI, paid and unpaid."""
    rows = _closings(data)
    if not rows:
        is_told = not any(unsaid(data.version, actions()[name]) for name in _CLOSINGS)
        key = "incentive_no_closing" if is_told else "incentive_no_closing_amount"
        return Markdown(t(key, name=formed(data.kpi_name, markdown_text)))

    def draw(figure: Figure, say: Say) -> None:
        frame = say.frame(rows, "label", "unpaid", "effective", "unpaid_text", "effective_text")
        names = say(t("incentive_closing_unpaid")), say(t("incentive_closing_effective"))
        if (frame["unpaid"] == frame["effective"]).all():
            # Dots that lie on each other are labelled once.
            names = "", say(t("incentive_closing_alike"))
            frame = frame.assign(unpaid_text="")
        unit = change_word(data.version.unit)
        xlabel = say(t("axis_incentive_change", name=data.kpi_name, unit=unit))
        draw_closing(frame, figure.subplots(), xlabel=xlabel, names=names)

    items = [
        t("incentive_closing_item", name=label, unpaid=unpaid, effective=effective)
        for label, _, _, unpaid, effective in rows
    ]
    return Chart(
        draw,
        t("caption_incentive_closing", name=data.kpi_name),
        t("alt_incentive_closing", items=joined(items)),
        data.grounds(data.cases.evidence),
        height_cm=7.5,
    )


def _closings(data: KpiData) -> list[tuple[Item, float, float, Item, Item]]:
    """Return what is drawn of the branches that have a value, the largest effect first."""
    found = {
        row.by or "": [_closing(data, row, name) for name in _CLOSINGS]
        for row in data.evaluations("branch")[:-1]
    }
    known = {
        branch: [change for change in changes if change is not None]
        for branch, changes in found.items()
        if None not in changes
    }
    sizes = [abs(change) for changes in known.values() for change in changes]
    decimals = decimals_for([max(sizes, default=None)]) + (not data.cases.is_synthetic)
    return [
        (
            data.cases.place(branch),
            *(float(change) for change in changes),
            *(bare(change, decimals, is_signed=True) for change in changes),
        )  # type: ignore[misc]
        for branch, changes in sorted(
            known.items(), key=lambda item: abs(item[1][-1]), reverse=True
        )
    ]


def _closing(data: KpiData, row: Evaluation, name: str) -> Fraction | None:
    """Return what closing 1 % of a branch's pending cases changes; None where it has too few."""
    times = int((row.counts["pending"] or 0) * _SHARE)
    return (
        _change(data, effect(data.version, row.counts, actions()[name], times)) if times else None
    )


def incentive_quantities(data: KpiData) -> dict[str, Quantity]:
    """Return what a sentence can name of incentives, for the nation.

    `<action>_effect` is what 10,000 times an action does to the KPI, `<action>_cases` how many
    cases it takes to gain a point; `cheapest_cases` and `perverse_cases` the fewest that serve the
    KPI's purpose and the fewest that do not; `unpaid_best` the best value that closing unpaid, or
    not, can reach, `unpaid_gain` by how much, and `unpaid_times` how many such closings more that
    takes, or `unpaid_fewer` how many fewer.
    """
    rests, unit = effect_evidence(data), change_unit(data.version.unit)
    counts, found = data.total.counts, dict[str, Quantity]()
    for name, action in actions().items():
        change = _change(data, effect(data.version, counts, action, MANY))
        decimals = max(3, data.version.decimals) if change else 0
        found[f"{name}_effect"] = Quantity(change, unit, decimals, rests)
    point = cheapest_point(data.version, counts)
    cases = {f"{way.action.name}_cases": way.cases for way in point.ways}
    for name, ways in (("cheapest", point.cheapest_serving), ("perverse", point.cheapest_perverse)):
        cases[f"{name}_cases"] = ways[0].cases if ways else None
    found |= {name: Quantity(count, "case", 0, rests) for name, count in cases.items()}
    return found | _reached(data, rests)


def incentive_finding(data: KpiData, *, zh: str, en: str) -> Finding | Markdown:
    """Return a computed sentence that may name `incentive_quantities`, and `{gain}`: one point.

    `<action>_signed` is the same effect as `<action>_effect`, with its sign; `cheapest_action` and
    `perverse_action` are what takes the fewest cases.
    """
    found = incentive_quantities(data)
    signed = {
        f"{name}_signed": stated(found[f"{name}_effect"], is_signed=True)
        for name in actions()
        if found[f"{name}_effect"].value is not None
    }
    point = cheapest_point(data.version, data.total.counts)
    ways = {"cheapest": point.cheapest_serving, "perverse": point.cheapest_perverse}
    named = {
        f"{kind}_action": joined(t(f"incentive_action_{way.action.name}") for way in found_ways)
        for kind, found_ways in ways.items()
    }
    names = {"gain": t(f"incentive_gain_{change_unit(data.version.unit)}"), **signed, **named}
    return data.say(found, names, zh=zh, en=en, at_best=effect_evidence(data))


def _reached(data: KpiData, rests: Evidence) -> dict[str, Quantity]:
    found, version = reach(data.version, data.total.counts), data.version
    values = (
        ("unpaid_best", found.best, version.unit),
        ("unpaid_gain", found.change, change_unit(version.unit)),
    )
    more = None if found.times is None else max(found.times, 0)
    fewer = None if found.times is None else max(-found.times, 0)
    return {
        **{
            name: Quantity(in_unit(value, version.unit), unit, version.decimals, rests)
            for name, value, unit in values
        },
        "unpaid_times": Quantity(more, "case", 0, rests),
        "unpaid_fewer": Quantity(fewer, "case", 0, rests),
    }
