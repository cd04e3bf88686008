"""The vocabulary of an extract: no word means two things, and the plain ones read."""

from datetime import date
from pathlib import Path

import pytest

from closurerate.cases.vocabulary import (
    BRANCHES,
    CATEGORIES,
    COLUMNS,
    DISPOSITIONS,
    OBLIGOR_KINDS,
)
from closurerate.errors import InputError
from closurerate.intake.said.words import load_vocabulary

SHIPPED = Path(__file__).resolve().parents[2] / "data" / "vocabulary.yml"
READERS = {column.name: load_vocabulary(SHIPPED).reader(column) for column in COLUMNS}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("places: {}", r"unknown key 'places'"),
        ("branch: {台北: [x]}", r"branch: unknown key '台北'.*did you mean|allowed are"),
        ("branch: [臺北]", r"branch: must hold keys and values"),
        ("branch: {臺北: 臺北分署}", r"branch\.臺北: must be a list"),
        ("category: {財稅: [1]}", r"category\.財稅\[1\]: 1 must be a text; put it in quotes"),
        ("category: {財稅: [' ']}", r"category\.財稅\[1\]: ' ' must be a text"),
        ("category: {財稅: [稅], 費用: [稅]}", r"category\.費用: '稅' would mean 財稅 too"),
        ("category: {財稅: [費用]}", r"category\.費用: '費用' would mean 財稅 too"),
        ("branch: {臺北: [台 Ａ], 臺中: [臺a]}", r"branch\.臺中: '臺a' would mean 臺北 too"),
        (
            "disposition: {other: [無]}\nnothing: [無]",
            r"disposition\.other: '無' stands for an empty",
        ),
        ("nothing: [臺北]", r"branch\.臺北: '臺北' stands for an empty cell too"),
        ("nothing: [null]", r"nothing\[1\]: None must be a text; put it in quotes"),
        ("nothing: '-'", r"nothing: must be a list of names"),
    ],
)
def test_what_is_unclear_is_refused(tmp_path, text, says):
    path = tmp_path / "vocabulary.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=says) as caught:
        load_vocabulary(path)
    assert str(path) in str(caught.value)


def test_the_contracts_own_words_read_without_being_listed(tmp_path):
    path = tmp_path / "vocabulary.yml"
    path.write_text("nothing: []", encoding="utf-8")
    vocabulary = load_vocabulary(path)
    for column in COLUMNS:
        for value in column.values or ():
            assert vocabulary.reader(column)(value) == (value, None)
    assert vocabulary.nothing == {""}


@pytest.mark.parametrize("branch", BRANCHES)
@pytest.mark.parametrize("form", ["{}", "{}分署", "行政執行署{}分署", "法務部行政執行署{}分署"])
def test_every_branch_reads_by_its_names(branch, form):
    name = form.format(branch)
    assert READERS["branch"](name) == READERS["branch"](name.replace("臺", "台")) == (branch, None)


@pytest.mark.parametrize(
    ("column", "text", "value"),
    [
        ("disposition", "完全繳清", "paid_in_full"),
        ("disposition", "部分繳清發憑證", "part_certificate"),
        ("disposition", "部份繳清（發憑證）", "part_certificate"),
        ("disposition", "部分繳清撤回", "part_withdrawn"),
        ("disposition", "部分繳清退回", "part_returned"),
        ("disposition", "發憑證", "unpaid_certificate"),
        ("disposition", "撤回", "unpaid_withdrawn"),
        ("disposition", "退回", "unpaid_returned"),
        ("disposition", "其他", "other"),
        ("disposition", "未結", None),
        ("obligor_kind", "個人", "person"),
        ("obligor_kind", "法人", "company"),
        ("category", "健保案件", "健保"),
    ],
)
def test_what_the_field_says_reads(column, text, value):
    assert READERS[column](text) == (value, None)


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("branch", "臺北市"),
        ("branch", "板橋"),
        ("category", "勞保"),
        ("disposition", "部分繳清"),
        ("disposition", "未繳清發憑證"),
        ("disposition", "憑證"),
        ("obligor_kind", "行號"),
    ],
)
def test_what_is_doubtful_does_not(column, text):
    assert READERS[column](text) == (None, "unknown_word")


def test_each_column_is_read_as_what_it_holds():
    kinds = {name: type(read(text)[0]) for name, read in READERS.items() for text in ["1070308"]}
    assert kinds["case_id"] is kinds["referring_agency"] is str
    assert kinds["referred_on"] is kinds["reopened_on"] is date
    assert kinds["paid_amount_twd"] is int
    for read in READERS.values():
        for text in ("", "-", "NULL", "Ｎ／Ａ", "無"):
            assert read(text) == (None, None)


def test_the_shipped_file_lists_every_word():
    vocabulary = load_vocabulary(SHIPPED)
    values = {name: set(words.values()) for name, words in vocabulary.words.items()}
    assert values == {
        "branch": set(BRANCHES),
        "category": set(CATEGORIES),
        "disposition": set(DISPOSITIONS),
        "obligor_kind": set(OBLIGOR_KINDS),
    }
