"""Which row is the header and which column is which: what is unclear is refused."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from closurerate.cases.vocabulary import COLUMNS
from closurerate.errors import InputError
from closurerate.intake.said.headers import Header, load_columns

DATA = Path(__file__).resolve().parents[2] / "data"
AGENCY = load_columns(DATA / "columns" / "agency.yml")
REQUIRED = tuple(column.name for column in COLUMNS if not column.is_optional)
OPTIONAL = tuple(column.name for column in COLUMNS if column.is_optional)
CHINESE = tuple(
    ["執行案號", "分署", "案件種類", "收案日期", "終結日期", "終結情形", "移送金額", "清償金額"]
)
DRIFT = "referred_on: [收案日期, {name: 收案日, from: 102, to: 105}, {name: 受理日, from: 110}]"


@pytest.fixture
def columns(tmp_path):
    """Return a function that loads a file of columns from its text."""

    def load(text):
        path = tmp_path / "columns.yml"
        path.write_text(text, encoding="utf-8")
        return load_columns(path)

    return load


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("refered_on: [x]", r"unknown key 'refered_on'; did you mean 'referred_on'"),
        ("branch: 分署", r"branch: must be a list of names, found '分署'"),
        ("branch: [12]", r"branch\[1\]: 12 must be a text; put it in quotes"),
        ("branch: [' ']", r"branch\[1\]: ' ' must be a text"),
        ("branch: [(元)]", r"branch\[1\]: '\(元\)' must be a text"),
        ("branch: [{name: x, until: 3}]", r"branch\[1\]: unknown key 'until'"),
        ("branch: [{from: 3}]", r"branch\[1\]: the key 'name' is missing"),
        ("branch: [{name: x, from: 105, to: 102}]", r"'x': from and to must be ROC years in order"),
        ("branch: [{name: x, from: '102'}]", r"found '102' and 999"),
        ("branch: [{name: x, to: 2018}]\ncategory: [x]", r"would mean branch too|ROC years"),
        ("branch: [{name: x, from: true}]", r"found True and 999"),
        ("branch: [x]\ncategory: [x]", r"category\[1\]: 'x' would mean branch too"),
        ("branch: [台 Ｘ(元)]\ncategory: [臺x]", r"category\[1\]: '臺x' would mean branch too"),
        ("branch: [category]", r"branch\[1\]: 'category' would mean category too"),
        (
            "branch: [{name: x, from: 105}]\ncategory: [{name: x, to: 105}]",
            r"category\[1\]: 'x' would mean branch too in the same year",
        ),
        (
            "branch: [{name: x, to: 105}]\ncategory: [{name: x, from: 105}]",
            r"category\[1\]: 'x' would mean branch too in the same year",
        ),
    ],
)
def test_a_file_that_is_unclear_is_refused(columns, text, says):
    with pytest.raises(InputError, match=says):
        columns(text)


def test_missing_columns_are_named_with_what_is_there_and_what_is_near():
    slips = {"收案日期": "收案曰期", "移送金額": "移送金額(千元)"}
    row = [slips.get(name, name) for name in CHINESE]
    with pytest.raises(InputError) as caught:
        AGENCY.find_header([["一百零八年"], row], 108, "a.xlsx, sheet 終結")
    said = str(caught.value)
    assert said.startswith("a.xlsx, sheet 終結, row 2: the header lacks referred_on (known as ")
    assert re.search(r"referred_on or .*收案日期 or 收案日\b.*, nearest are 收案曰期\)", said)
    assert "移送執行金額, nearest are 移送金額(千元))" in said
    assert "it has " + ", ".join(row) in said
    assert "lacks branch" not in said
    assert "\n" not in said


def test_a_name_of_other_years_is_not_taken_and_the_error_says_so(columns):
    names = columns(DRIFT)
    row = [name if name != "referred_on" else "收案日" for name in REQUIRED]
    for year in (102, 105):
        assert names.find_header([row], year, "a.csv").columns[3] == "referred_on"
    for year in (101, 106):
        with pytest.raises(InputError, match=r"referred_on .*收案日 is known for 102 to 105"):
            names.find_header([row], year, "a.csv")
    row[row.index("收案日")] = "受理日"
    with pytest.raises(InputError, match="受理日 is known from 110"):
        names.find_header([row], 109, "a.csv")
    with pytest.raises(InputError, match=r"row 2: .*受理日 is known from 110"):
        names.find_header([["說明"], ["受理日"]], 109, "a.csv")


def test_a_column_that_was_found_is_near_to_no_other(columns):
    names = columns("branch: [分署名稱]\ncategory: [分署名]")
    row = [{"branch": "分署名稱"}.get(name, name) for name in REQUIRED if name != "category"]
    with pytest.raises(InputError, match=r"category \(known as category or 分署名\);"):
        names.find_header([row], 108, "a.csv")


def test_a_name_may_stand_twice_for_one_column(columns):
    names = columns("branch: [分署, 分署(元), branch, {name: 分署, from: 102, to: 103}]")
    row = [{"branch": "分署"}.get(name, name) for name in REQUIRED]
    for year in (102, 108):
        assert names.find_header([row], year, "a.csv").columns == dict(enumerate(REQUIRED))


def test_a_name_may_pass_from_one_column_to_another(columns):
    names = columns("branch: [{name: x, to: 105}]\ncategory: [{name: x, from: 106}]")
    for year, column in ((105, "branch"), (106, "category")):
        row = [name for name in REQUIRED if name != column] + ["x"]
        assert names.find_header([row], year, "a.csv").columns[len(row) - 1] == column


def test_a_column_named_twice_is_refused():
    with pytest.raises(
        InputError, match=r"case_id is named twice, '執行案號' in column 1 and '案號'"
    ):
        AGENCY.find_header([[*CHINESE, "案號"]], 108, "a.csv")
    with pytest.raises(InputError, match=r"branch is named twice, '分署' .* '分署' in column 9"):
        AGENCY.find_header([[*CHINESE, "分署"]], 108, "a.csv")


@pytest.mark.parametrize("head", [[], [[]], [["說明"], ["", "件數"]], [["義務人", "統一編號"]]])
def test_a_table_without_any_known_column_is_passed_over(head):
    assert AGENCY.find_header(head, 108, "a.xlsx") is None


def test_the_first_row_with_all_required_is_the_header_and_no_row_below_it_is_lost():
    titles = [["分署", "業務月報"], [""]]
    head = [*titles, [*CHINESE], [*CHINESE, "備註", ""], [*CHINESE, "移送機關"]]
    assert AGENCY.find_header(head, 108, "a.csv").row == 2
    assert AGENCY.find_header(head[4:], 108, "a.csv") == Header(
        row=0,
        columns=dict(enumerate([*REQUIRED, "referring_agency"])),
        extra=(),
        absent=tuple(name for name in OPTIONAL if name != "referring_agency"),
    )
    found = AGENCY.find_header([head[3]], 108, "a.csv")
    assert (found.extra, found.absent) == (("備註",), OPTIONAL)
    repeated = [[*CHINESE, "分署"], [*CHINESE, "移送機關"]]
    with pytest.raises(InputError, match="row 1: branch is named twice"):
        AGENCY.find_header(repeated, 108, "a.csv")
    incomplete = ["分署", "案件種類", *OPTIONAL]
    assert AGENCY.find_header([incomplete, list(CHINESE)], 108, "a.csv").row == 1


@pytest.mark.parametrize(
    "name",
    ["移送金額(元)", "移送金額（新臺幣元）", " 移送\n金額 ", "移送金額(NT$)", "移送金額 (單位：元)",
     "ＲＥＦＥＲＲＥＤ＿ＡＭＯＵＮＴ＿ＴＷＤ", "Referred_Amount_TWD"],
)  # fmt: skip
def test_units_width_case_and_blanks_do_not_matter(name):
    row = [name if cell == "移送金額" else cell for cell in CHINESE]
    assert AGENCY.find_header([row], 108, "a.csv").columns[6] == "referred_amount_twd"


@pytest.mark.parametrize(
    "name", ["移送金額(千元)", "移送金額(萬元)", "移送金額(美元)", "移送金額(本稅)"]
)
def test_a_unit_that_changes_the_quantity_is_not_passed_over(name):
    row = [name if cell == "移送金額" else cell for cell in CHINESE]
    with pytest.raises(InputError, match="lacks referred_amount_twd"):
        AGENCY.find_header([row], 108, "a.csv")


def test_the_data_dictionary_names_every_column():
    lines = (DATA / "README.md").read_text(encoding="utf-8").splitlines()
    table = [line.split("|") for line in lines if line.startswith("| `")]
    chinese = {
        cells[1].strip(" `"): cells[2].strip()
        for cells in table
        if cells[1].strip(" `") in {*REQUIRED, *OPTIONAL} and len(cells) > 6
    }
    row = list(chinese.values())
    assert len(row) == len(COLUMNS)
    found = AGENCY.find_header([row], 108, "a.csv")
    assert [found.columns[position] for position in range(len(row))] == list(chinese)


@given(
    st.permutations([*CHINESE, "備註", "移送機關"]),
    st.lists(st.lists(st.sampled_from(["", "報表", "108年", "合計"]), max_size=4), max_size=5),
)
def test_order_and_titles_do_not_matter(row, titles):
    found = AGENCY.find_header([*titles, row, ["1", "臺北"]], 108, "a.csv")
    assert found.row == len(titles)
    meaning = dict(zip([*CHINESE, "移送機關"], [*REQUIRED, "referring_agency"], strict=True))
    expected = {place: meaning[name] for place, name in enumerate(row) if name in meaning}
    assert (found.columns, found.extra) == (expected, ("備註",))
