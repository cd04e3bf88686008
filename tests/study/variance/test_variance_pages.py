"""What the report says of the thresholds moving together: exact shares, and estimates as such."""

import re
from dataclasses import replace
from fractions import Fraction

import pytest

from closurerate.press.table import Table
from closurerate.study.thresholds.threshold_year import ThresholdData
from closurerate.study.variance import page as variance_page
from closurerate.study.variance.page import leading_share, variance_panels
from kpi_samples import of_formula
from threshold_samples import panels_of, threshold_data
from year_samples import en, plain, zh


def estimated() -> ThresholdData:
    """The same cases under a KPI that is not affine in the effective cases."""
    data = threshold_data()
    version = of_formula("E^2 / C^2")
    return replace(data, index=replace(data.index, version=version))


def test_exact_shares_add_up_and_carry_no_error() -> None:
    data = threshold_data()
    panels = panels_of(data)
    panel = panels[0]
    assert panel.found.is_exact
    made = en(variance_page.shares_table(data, panels))
    alone = [float(item.first) for item in panel.found.indices]
    pairs = sum(pair.second for pair in panel.found.pairs)
    assert sum(alone) + float(pairs) == pytest.approx(1, abs=1e-5)
    # Of made-up rows a share has one digit, and none that only rounds to it is 0 or 1.
    shown = {cell for row in made.rows for cell in row[1:]} - {"no effect", "—"}
    assert all(re.fullmatch(r"[<>] 0\.\d\d?|0\.\d|1\.0", cell) for cell in shown)
    assert "estimate" not in made.note
    told = en(variance_page.interactions_table(data, panels))
    assert len(told.rows) == sum(pair.second > 0 for pair in panels[-1].found.pairs)
    assert "do not act together at all" in told.note


def test_an_estimate_is_shown_with_the_digits_that_its_error_carries() -> None:
    assert en(variance_page.share_of_variance(0.999888, 0.036271, 6)) == "0.96 to 1.00"
    assert en(variance_page.share_of_variance(Fraction(999_877, 10**6), None, 6)) == "0.999877"
    assert en(variance_page.share_of_variance(Fraction(999_877, 10**6), None, 2)) == "> 0.99"
    assert en(variance_page.share_of_variance(Fraction(1, 10**6), None, 2)) == "< 0.01"
    assert en(variance_page.share_of_variance(Fraction(0), None, 2)) == "0.00"
    # A sentence says over 99 %: so does the table, with one digit otherwise.
    for share, told in ((9_957, "> 0.99"), (9_700, "> 0.9"), (43, "< 0.01"), (300, "< 0.1")):
        assert en(variance_page.share_of_variance(Fraction(share, 10**4), None, 1)) == told
    data = estimated()
    shares = variance_page.shares_table(data, variance_panels(data))
    assert isinstance(shares, Table)
    made = en(shares)
    assert "confidence intervals from a sample" in made.note
    ranges = [cell.split(" to ") for row in made.rows for cell in row[1:] if " to " in cell]
    assert ranges
    assert all(0 <= float(low) < float(high) <= 1 for low, high in ranges)
    assert all(len(low) == len(high) <= 5 for low, high in ranges)


def test_a_share_in_a_sentence_is_exact_or_tells_its_error() -> None:
    """It was a sampled float made a figure of the ledger, such as 100.03 %."""
    real, made_up = threshold_data(kind="extract"), threshold_data()
    figures, names = leading_share(real, panels_of(real))
    first = max(Fraction(item.first or 0) for item in panels_of(real)[0].found.indices)
    assert (figures["leading_share"].value, names["leading_over"]) == (100 * first, "")
    # Of one made-up year no decimal is borne, and 100 % would say that nothing else counts.
    figures, names = leading_share(made_up, panels_of(made_up))
    over = made_up.say(
        figures, names, zh="{leading_share}{leading_over}", en="{leading_over}{leading_share}"
    )
    assert plain(en(over).text) == f"over {int(100 * first)} %"
    assert plain(zh(over).text) == f"{int(100 * first)}%以上"
    data = estimated()
    none, names = leading_share(data, variance_panels(data))
    assert none == {}
    low, high = re.findall(r"\d+", en(names["leading_share"]))
    assert 0 <= int(low) < int(high) <= 100
    said = data.say(none, names, zh="{leading_share}", en="{leading_share} by the {weightiest}.")
    assert " – " in en(said).text
