"""What the report says of errors in the records: intervals, ranks, and what is not known."""

import re
from dataclasses import replace
from functools import cache

import pandas as pd
import pytest

from closurerate.cases.vocabulary import BRANCHES
from closurerate.kpi.formula import COUNT_NAMES, parse_formula
from closurerate.press.print.table import PrintedTable
from closurerate.press.prose import Several
from closurerate.study.errors import page as errors_page
from closurerate.study.errors.page import corrected_values, open_errors
from threshold_samples import errors_of, threshold_data
from year_samples import en, plain


@cache
def models() -> PrintedTable:
    return en(errors_page.models_table(errors_of(threshold_data())))  # type: ignore[no-any-return]


def test_recorded_value_and_intervals_of_the_error_models() -> None:
    made = models()
    recorded = re.search(r"As recorded: (\S+) %", plain(made.note))
    assert recorded is not None
    # The worst case is no interval: it has a row of its own, and lies about all of them.
    assert len(made.rows) == 5
    facts, _ = corrected_values(errors_of(threshold_data()))
    worst = [float(facts[f"worst_{end}"].value or 0) for end in ("low", "high")]
    assert worst[0] < float(recorded[1]) < worst[1]
    together = [float(cell) for cell in made.rows[-2][1:4]]
    told = [f"{end:.1f}".rstrip("0").rstrip(".") for end in worst]
    assert [cell.rstrip("0").rstrip(".") for cell in made.rows[-1][1:4:2]] == told
    assert made.rows[-1][2] == made.rows[-1][4] == "—"
    assert together == sorted(together)
    assert worst[0] < together[0] < together[2] < worst[1]
    assert [row[1] for row in en(errors_page.rates_table(errors_of(threshold_data()))).rows] == [
        "0.2",
        "1.0",
        "1.0",
        "0.2",
        "0.5",
        "0.3",
    ]


def test_an_end_is_printed_to_the_digits_that_the_draws_carry() -> None:
    made, found = models(), errors_of(threshold_data()).found
    intervals = [*found.alone.values(), found.nation]
    for row, interval in zip(made.rows, intervals, strict=False):
        error = 100 * interval.error
        digits = {len(cell.partition(".")[2]) for cell in row[1:] if "under" not in cell}
        assert len(digits) == 1
        assert 2 * error <= 10 ** -max(digits)
    assert {len(row[1].partition(".")[2]) for row in made.rows[:-1]} == {1}


def test_a_median_beside_the_recorded_value_is_told_as_a_shift() -> None:
    errors = errors_of(threshold_data())
    interval = errors.found.nation
    recorded = float(interval.recorded.value)

    def moved(by: float) -> errors_page.ErrorData:
        nation = replace(interval, middle=recorded + by)
        return replace(errors, found=replace(errors.found, nation=nation))

    assert errors_page.one_sided_finding(moved(0)) == Several(())
    told = plain(en(errors_page.one_sided_finding(moved(0.02))).text)
    assert "move the median by +2.0 percentage points" in told
    assert "says nothing about the agency" in told
    # What prints as nothing is no finding, and in the table less than the last digit's half.
    assert errors_page.one_sided_finding(moved(0.0001)) == Several(())
    assert en(errors_page.models_table(moved(0.0001))).rows[-2][4] == "under 0.05"
    # In the table the shift is the middle less the recorded value.
    _, middle, _, shift = (float(cell) for cell in models().rows[-2][1:])
    assert shift == pytest.approx(middle - 100 * recorded, abs=0.11)


def test_all_rows_have_the_digits_that_the_coarsest_draws_carry() -> None:
    """One row was printed as 36.4891 beside others as 36.45: they could not be compared."""
    errors = errors_of(threshold_data(kind="extract"))
    fine = {name: replace(one, error=1e-9) for name, one in errors.found.alone.items()}
    for error, digits in ((1e-9, 3), (0.0004, 1)):
        nation = replace(errors.found.nation, error=error)
        found = replace(errors.found, nation=nation, alone=fine)
        made = en(errors_page.models_table(replace(errors, found=found)))
        rows = [cell for row in made.rows[:-1] for cell in row[1:] if "under" not in cell]
        assert {len(cell.partition(".")[2]) for cell in rows} == {digits}
        recorded = re.search(r"As recorded: (\S+) %", plain(made.note))
        assert recorded is not None
        assert len(recorded[1].partition(".")[2]) == digits


def test_the_ends_are_headed_by_what_they_are() -> None:
    heads = [column.heading for column in models().columns]
    assert [plain(head) for head in heads[1:4]] == ["Low", "Median", "High"]
    assert "2.5 % and 97.5 % quantiles" in plain(models().note)


def test_late_registration_says_what_is_known_of_the_year_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = threshold_data()
    assert errors_page.closed_before(data) is None  # three branches are no nation
    assert "which overstates its effect" in models().note
    whole = replace(
        data.index,
        counts={name: {"closed": 13 if name is None else 1} for name in [*BRANCHES, None]},
    )
    shared = errors_page.closed_before(replace(data, index=whole))
    assert shared == dict.fromkeys(BRANCHES, 576_411)  # a 13th of 7,493,345
    counted = pd.DataFrame({"branch": ["臺北", "臺北", "臺中"], "closed": [300, 400, 50]})
    monkeypatch.setattr(errors_page, "counts_before", lambda kpi: counted)
    assert errors_page.closed_before(data) == {"臺北": 700, "臺中": 50}
    note = plain(en(errors_page.models_table(open_errors(data))).note)
    assert "of the 750 closed in the year before" in note


def test_ranks_that_errors_do_not_move_are_said_to_be_so() -> None:
    errors = errors_of(threshold_data(kind="extract"))
    kept = sum(item.rank_low == item.rank_high for item in errors.found.branches)
    assert kept
    told = f"Of 3 branches, {kept} keep one rank in 95 % of the draws"
    assert told in plain(en(errors_page.models_table(errors)).note)
    # Ranks of made-up branches are no finding.
    assert "keep one rank" not in models().note


def test_sums_of_money_claim_no_immunity() -> None:
    data = threshold_data()
    formula = parse_formula("collected_twd / closed_referred_twd", COUNT_NAMES, "test")
    version = replace(data.index.version, formula=formula)
    money = {"collected_twd": 10**9, "closed_referred_twd": 2 * 10**9, "closed_paid_twd": 10**9}
    counts = {name: {**own, **money} for name, own in data.index.counts.items()}
    index = replace(data.index, version=version, counts=counts)
    errors = open_errors(replace(data, index=index))
    made = en(errors_page.models_table(errors))
    dispositions, amounts, late, together = (row[1:] for row in made.rows)
    assert set(dispositions) == {"—"}
    for row in (amounts, late, together):
        assert row[0] != row[2]
    assert "which is no immunity" in made.note
    assert "no worst case" in made.note
    facts, _ = corrected_values(errors)
    assert "worst_low" not in facts
    assert "no immunity" not in models().note
