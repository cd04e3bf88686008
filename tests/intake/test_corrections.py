"""Corrections as written: what is unclear is refused, and each reads as its column does."""

import re
from datetime import date
from pathlib import Path

import pytest

from closurerate.errors import InputError
from closurerate.intake.fate.corrections import Correction, load_corrections
from closurerate.intake.said.words import load_vocabulary

DATA = Path(__file__).resolve().parents[2] / "data"
VOCABULARY = load_vocabulary(DATA / "vocabulary.yml")
ENTRY = {
    "case": '"107-0012"',
    "column": "closed_on",
    "from": "108/13/05",
    "to": "108/12/05",
    "reason": "As the decision says.",
    "decided_by": "Statistics office",
    "date": "2020-02-14",
}


def entry(**changes):
    """Return an entry in YAML; a key changed to None is left out."""
    keys = {key: value for key, value in (ENTRY | changes).items() if value is not None}
    return "{" + ", ".join(f"{key}: {value}" for key, value in keys.items()) + "}"


@pytest.fixture
def load(tmp_path):
    """Return a function that loads a file of the given entries."""

    def read(*entries):
        path = tmp_path / "108.yml"
        text = "corrections:\n" + "".join(f"- {each}\n" for each in entries)
        path.write_text(text, encoding="utf-8")
        return load_corrections(path, VOCABULARY)

    return read


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        *[({key: None}, f"the key '{key}' is missing") for key in ENTRY],
        ({"who": "x"}, "unknown key 'who'"),
        ({"case": "10700012"}, r"\.case: 10700012 is no text; put it in quotes"),
        ({"case": '" "'}, r"\.case: must not be blank"),
        (
            {"column": "case_id"},
            r"'case_id' cannot be corrected, as it says which case .* columns\.$",
        ),
        ({"column": "closed"}, r"'closed' cannot be corrected; did you mean 'closed_on'"),
        ({"column": "[closed_on]"}, r"cannot be corrected"),
        ({"to": "108/12/32"}, r"\.to: '108/12/32' is no value of closed_on \(no_such_date\)"),
        ({"to": "soon"}, r"\.to: 'soon' is no value of closed_on \(unreadable\)"),
        ({"to": "2019-02-30"}, r"\.to: '2019-02-30' is no value of closed_on \(no_such_date\)"),
        ({"to": "true"}, r"\.to: True is no text"),
        ({"to": "[1]"}, r"\.to: \[1\] is no text"),
        ({"column": "disposition", "to": "清了"}, r"no value of disposition \(unknown_word\)"),
        ({"column": "referred_on", "to": "null"}, r"\.to: referred_on must hold a value"),
        ({"column": "paid_amount_twd", "to": "'-'"}, r"\.to: paid_amount_twd must hold a value"),
        ({"column": "paid_amount_twd", "to": "1.5"}, r"\.to: 1\.5 is no text"),
        ({"column": "paid_amount_twd", "to": "1_000"}, r"\.to: '1_000' is no value"),
        ({"column": "paid_amount_twd", "to": "16:40"}, r"\.to: '16:40' is no value"),
        ({"column": "paid_amount_twd", "to": "0o17"}, r"\.to: '0o17' is no value"),
        ({"column": "paid_amount_twd", "to": "1e3"}, r"\.to: 1000\.0 is no text"),
        ({"column": "paid_amount_twd", "to": ".inf"}, r"\.to: '\.inf' is no value"),
        ({"column": "paid_amount_twd", "to": "2019-12-05"}, r"is no text"),
        ({"column": "prior_case_id", "to": "107"}, r"\.to: 107 is no text; put it in quotes"),
        ({"from": "2019-12-05"}, r"from and to are the same value"),
        ({"from": "null", "to": "'-'"}, r"from and to are the same value None"),
        ({"reason": "' '"}, r"\.reason: must not be blank"),
        ({"reason": "3"}, r"\.reason: 3 is no text"),
        ({"decided_by": "''"}, r"\.decided_by: must not be blank"),
        ({"date": "'2020-02-14'"}, r"\.date: must be a day like 2020-01-31 without quotes"),
        ({"date": "2020-02-14 10:00:00"}, r"\.date: must be a day"),
        ({"date": "109/02/14"}, r"\.date: must be a day"),
        ({"date": "2020-02-31"}, r"\.date: must be a day like 2020-01-31 .* found '2020-02-31'"),
    ],
)
def test_an_entry_that_is_unclear_is_refused(load, changes, says):
    with pytest.raises(InputError, match=says) as caught:
        load(entry(case='"1"', to="108/1/5"), entry(**changes))
    assert "108.yml, line 3: corrections[2]" in str(caught.value)


@pytest.mark.parametrize("text", ["", "# none\n", "corrections:", "corrections:\n# - case: x\n"])
def test_a_file_without_corrections_has_none(tmp_path, text):
    (tmp_path / "108.yml").write_text(text, encoding="utf-8")
    assert load_corrections(tmp_path / "108.yml", VOCABULARY) == ()


def test_what_needs_no_quotes_is_read_as_it_is_written(load):
    (bare,) = load(entry(case="01070012", **{"from": "2019-02-30", "to": "2019-02-28"}))
    assert (bare.case, bare.from_text, bare.from_value) == ("01070012", "2019-02-30", None)
    assert bare.to_value == date(2019, 2, 28)
    (amount,) = load(entry(column="paid_amount_twd", **{"from": "016:40", "to": "0120"}))
    assert (amount.from_text, amount.to_value) == ("016:40", 120)


@pytest.mark.parametrize("text", ["corrections: {}", "more: []", "corrections: 3"])
def test_a_file_that_is_no_list_is_refused(tmp_path, text):
    path = tmp_path / "108.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=re.escape(str(path))):
        load_corrections(path, VOCABULARY)


def test_a_value_is_corrected_once(load):
    again = entry(case='" １０７-0012"', to="108/12/06")
    says = r"corrections\[3\]: closed_on of case '107-0012' is corrected by corrections\[1\]"
    with pytest.raises(InputError, match=says):
        load(entry(), entry(case='"2"'), again)
    assert len(load(entry(), entry(column="reopened_on"), entry(case='"2"'))) == 3


def test_an_entry_holds_texts_and_values(load):
    assert load(entry()) == (
        Correction(
            case="107-0012",
            column="closed_on",
            from_text="108/13/05",
            from_value=None,
            to_text="108/12/05",
            to_value=date(2019, 12, 5),
            reason="As the decision says.",
            decided_by="Statistics office",
            date=date(2020, 2, 14),
        ),
    )


def test_a_year_may_have_none(tmp_path):
    path = tmp_path / "108.yml"
    path.write_text("corrections: []", encoding="utf-8")
    assert load_corrections(path, VOCABULARY) == ()


@pytest.mark.parametrize(
    ("column", "written", "text", "value"),
    [
        ("closed_on", "2019-12-05", "2019-12-05", date(2019, 12, 5)),
        ("closed_on", "1081205", "1081205", date(2019, 12, 5)),
        ("closed_on", "0108年12月5日", "0108年12月5日", date(2019, 12, 5)),
        ("closed_on", "'民國108年12月5日'", "民國108年12月5日", date(2019, 12, 5)),
        ("closed_on", "null", None, None),
        ("closed_on", "'-'", None, None),
        ("disposition", "部分繳清撤回", "部分繳清撤回", "part_withdrawn"),
        ("branch", "台北分署", "台北分署", "臺北"),
        ("paid_amount_twd", "1200", "1200", 1200),
        ("paid_amount_twd", "0", "0", 0),
        ("paid_amount_twd", "'NT$1,200'", "NT$1,200", 1200),
        ("paid_amount_twd", "' ５ '", "５", 5),
        ("prior_case_id", "'0012'", "0012", "0012"),
        ("prior_case_id", "'０１２'", "０１２", "012"),
    ],
)
def test_from_and_to_read_as_their_column_does(load, column, written, text, value):
    other = {"closed_on": "1080101", "branch": "新北"}.get(column, "'7'")
    (of_from,) = load(
        entry(column=column, **{"from": written}, to="其他" if column == "disposition" else other)
    )
    assert (of_from.from_text, of_from.from_value) == (text, value)
    (of_to,) = load(entry(column=column, **{"from": "'?'"}, to=written))
    assert (of_to.to_text, of_to.to_value) == (text, value)


def test_a_from_that_cannot_be_read_is_kept_as_text(load):
    (correction,) = load(entry(**{"from": "'12/05/2019'"}))
    assert (correction.from_text, correction.from_value) == ("12/05/2019", None)


def test_the_example_of_the_page_reads(tmp_path):
    page = (DATA / "corrections" / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```yaml\n(.*?)```", page, flags=re.DOTALL)
    path = tmp_path / "108.yml"
    path.write_text(example, encoding="utf-8")
    (correction,) = load_corrections(path, VOCABULARY)
    assert correction.to_value == date(2019, 12, 5)
