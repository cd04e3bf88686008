"""What is shown of how the branches make up the nation's value: weight and contribution."""

from fractions import Fraction

from closurerate.press.print.escape import markdown_text
from closurerate.press.prose import Markdown
from closurerate.press.sums import rounding_note
from closurerate.press.table import Table, numbers, share, words
from closurerate.press.text import Item, Text, bare, formed, spaced, t
from closurerate.quantity import Exact
from closurerate.study.ranks.weights import NationalWeights, branch_weights
from closurerate.year.changes import change_word
from closurerate.year.kpi_year import KpiData


def weights_table(data: KpiData) -> Table | Markdown:
    """Return the weight and the contribution of each branch in the national value.

    A sentence stands in its place for a KPI that is no weighted sum of the branches'.
    """
    found = branch_weights(data.version, data.counts)
    if not found.branches or found.national is None:
        return Markdown(t("rank_no_weights", name=formed(data.kpi_name, markdown_text)))
    national = found.national
    rows: list[tuple[Item, ...]] = [
        (
            data.cases.place(row.branch),
            row.value,
            share(row.weight, 1) if row.weight is not None else None,
            row.contribution,
            share(row.contribution, national),
        )
        for row in found.branches
    ]
    total = None if found.total is None else share(found.total, 1)
    rows.append((t("nation"), national, total, national, 100))
    unit, decimals = data.version.unit, data.version.decimals
    columns = [
        *words("branch"),
        *numbers(t("rank_value", unit=t(f"unit_{unit}")), unit=unit, decimals=decimals),
        *numbers("rank_weight", unit="percent", decimals=2),
        *numbers(t("rank_contribution", unit=change_word(unit)), unit=unit, decimals=decimals),
        *numbers("rank_share", unit="percent", decimals=1),
    ]
    return Table(
        columns,
        rows,
        t("rank_weights_caption", name=data.kpi_name),
        data.grounds(data.cases.evidence),
        note=spaced([_weights_note(data, found), *_rounding(data, found)]),
        has_total=True,
    )


def _rounding(data: KpiData, found: NationalWeights) -> list[Text]:
    """Return the note on columns that do not add up as printed; nothing where all do."""
    national = found.national or Fraction(0)
    contributions = [row.contribution for row in found.branches]
    columns: list[tuple[list[Fraction], Exact, int]] = [
        (contributions, national, data.version.decimals),
        ([share(part, national) or Fraction(0) for part in contributions], 100, 1),
    ]
    if found.total is not None:
        weights = [100 * (row.weight or Fraction(0)) for row in found.branches]
        columns.append((weights, 100 * found.total, 2))
    notes = [
        rounding_note([(part, part) for part in parts], (whole, whole), decimals)
        for parts, whole, decimals in columns
    ]
    return next((note for note in notes if note), [])


def _weights_note(data: KpiData, found: NationalWeights) -> Text:
    carrier = formed(t(f"split_{found.carrier}"), str.lower)
    if found.excess is None or found.structure_effect is None:
        return t("rank_weights_note_open", carrier=carrier)
    return t(
        "rank_weights_note",
        carrier=carrier,
        total=bare(100 * (1 + found.excess), 2),
        effect=bare(found.structure_effect, data.version.decimals),
        unit=change_word(data.version.unit),
    )
