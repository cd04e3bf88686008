"""The figures that the study of the combination starts from."""

from closurerate.study.change.inputs_page import inputs_table
from year_samples import en, kpi_data, plain, with_formula, zh


def test_both_years_stand_beside_each_other_with_what_they_rest_on() -> None:
    table = en(inputs_table(kpi_data()))
    found = {row[0]: row[1:] for row in table.rows}
    assert [plain(column.heading) for column in table.columns[1:3]] == ["106 (2017)", "107 (2018)"]
    assert found["New cases N"] == ("9,359,813", "10,214,937", "Published figures")
    assert found["Closed cases C"][:2] == ("7,493,345", "10,030,793")
    assert found["Pending cases P"][:2] == ("7,478,941", "7,663,741")
    assert found["Target (%)"][:2] == ("24.50", "25.00")
    assert found["Published value (%)"] == ("36.86", "36.49", "Published figures")


def test_what_is_not_published_is_a_dash_above_what_each_reading_allows() -> None:
    table = en(inputs_table(kpi_data()))
    found = {row[0]: row[1:] for row in table.rows}
    assert found["Effective closures E"] == ("—", "3,286,050", "Published figures")
    assert found["E if the value is E/C (adopted reading)"] == (
        "2,761,673 to 2,762,421", "—", "Reading or assumption",
    )  # fmt: skip
    assert found["E if the value is I (other reading)"][0] == "2,759,021 to 2,759,769"
    assert table.evidence == "assumed"
    assert "were not published" in table.note
    assert "paid in part over the threshold" in table.note
    assert "採用的解讀" in str(zh(inputs_table(kpi_data())).rows)


def test_another_kpi_has_no_published_value() -> None:
    table = en(inputs_table(with_formula(kpi_data(), "E / (C + P)")))
    assert not [row for row in table.rows if row[0].startswith("Published")]
    assert table.rows[-1][1] == "—"
