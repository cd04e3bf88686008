"""Dates, amounts, words and texts: what is refused, what reads, and that nothing is guessed."""

from datetime import date, timedelta
from unicodedata import category

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from closurerate.intake.came.folding import fold, fold_word, is_blank
from closurerate.intake.said.values import read_amount, read_date, read_id, read_text, read_word

NOTHING = frozenset({"", "-", "null"})
DAY = date(2018, 3, 8)
FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {0x20: 0x3000}
FIRST, LAST = date(1912, 1, 1), date(2111, 12, 31)


@pytest.mark.parametrize(
    "text",
    [
        "03/08/2018", "3/8/2018", "08.03.2018",  # which of them is the month?
        "18/03/08", "18年3月8日", "180308", "31/12/99", "10/3/8",  # 1929, 2018, or a day?
        "110123", "民國110123", "107308",  # a digit of the year, or of the month?
        "民國前5年3月8日", "民國2018/3/8", "西元107/3/8", "西元0107/3/8", "-107/3/8",
        "107/3-8", "107/3", "107年3月", "107年3月8", "107/3/8日", "107//8", "107/003/08",
        "107 3 8", "1070308x", "x1070308", "010703080", "20180308000000",
        "80308.5", "43167.", "43167,5", "1070308.5",
        "04316.0", "4316", "0", "1,070,308", "107/03/08/",
        "2018-03-08 24:00:00", "2018-03-08 12:60", "2018-03-08T00:00:00Z",
        "2018-03-08 00:00+09:00", "2018-03-0800:00", "１０７／３", "一○七年三月八日",
        "٣٤٥٦٧", "١٠٧/٣/٨", "1073月8日",
        "80308", "18263", "54789", "10000", "99999",  # 108/03/08 without its first digit?
    ],
)  # fmt: skip
def test_a_day_that_could_be_another_or_none_is_unreadable(text):
    assert read_date(text, NOTHING) == (None, "unreadable")


@pytest.mark.parametrize(
    "text",
    [
        "107/02/30", "107/13/45", "1070230", "106/2/29", "2018-02-29", "20180431", "973008",
        "0000000", "00000000", "000/00/00", "0000-00-00", "民國0年1月1日", "107/00/08", "107/3/0",
    ],
)  # fmt: skip
def test_a_day_that_is_in_no_calendar_does_not_exist(text):
    assert read_date(text, NOTHING) == (None, "no_such_date")


@pytest.mark.parametrize(
    "text",
    [
        "107/03/08", "107/3/8", "1070308", "01070308", "107-3-8", "107.3.8", "107年3月8日",
        "民國107年3月8日", "中華民國107年03月08日", "民國 107/3/8", "民國1070308", "0107/03/08",
        "2018-03-08", "2018/3/8", "20180308", "2018年3月8日", "西元2018年3月8日",
        "2018-03-08 00:00:00", "2018-03-08T00:00:00", "2018-03-08 23:59:59.999", "107/3/8 9:05",
        "2018/3/8 下午 03:20:15", "2018/3/8 3:20 PM", "2018-03-08 00:00:00+08:00",
        "43167", "43167.0", "43167.5", "43167.999988425925", "1070308.0", "20180308.00",
        "１０７／０３／０８", "　107．3．8　", "１０７年３月８日", " 107 年 3 月 8 日 ",
        "107/ 3/ 8", "107－3－8", "2018–03–08", "107\u00a0/3/8",
    ],
)  # fmt: skip
def test_every_written_form_of_a_day_reads(text):
    assert read_date(text, NOTHING) == (DAY, None)


def test_short_years_are_roc_where_they_can_be_nothing_else():
    assert read_date("970308", NOTHING) == read_date("0970308", NOTHING) == (date(2008, 3, 8), None)
    assert read_date("97/3/8", NOTHING) == (date(2008, 3, 8), None)
    assert read_date("32/3/8", NOTHING) == read_date("320308", NOTHING) == (date(1943, 3, 8), None)
    assert read_date("民國18/3/8", NOTHING) == (date(1929, 3, 8), None)
    assert read_date("018/3/8", NOTHING) == (date(1929, 3, 8), None)
    assert read_date("0180308", NOTHING) == (date(1929, 3, 8), None)


def test_serials_are_those_of_the_1900_calendar():
    assert read_date("18264", NOTHING) == (date(1950, 1, 1), None)
    assert read_date("36526", NOTHING) == (date(2000, 1, 1), None)
    assert read_date("54788", NOTHING) == (date(2049, 12, 31), None)


def written(day: date) -> list[str]:
    """Return what a day may look like, by plain formatting."""
    roc, month, dom = day.year - 1911, day.month, day.day
    forms = [
        f"{roc:03}/{month:02}/{dom:02}", f"{roc:03}-{month}-{dom}", f"{roc:03}.{month}.{dom}",
        f"{roc:03}{month:02}{dom:02}", f"{roc:04}{month:02}{dom:02}", f"{roc:03}年{month}月{dom}日",
        f"民國{roc}年{month}月{dom}日", f"中華民國{roc}年{month:02}月{dom:02}日",
        f"民國{roc}/{month}/{dom}", f"民國{roc:03}{month:02}{dom:02}", day.isoformat(),
        f"{day.year}/{month}/{dom}", f"{day:%Y%m%d}", f"{day.year}年{month}月{dom}日",
        f"{day.isoformat()}T00:00:00",
    ]  # fmt: skip
    if roc > 31:
        forms += [f"{roc}/{month}/{dom}", f"{roc}.{month:02}.{dom:02}", f"{roc}年{month}月{dom}日"]
        forms += [f"{roc}{month:02}{dom:02}"]
    serial = (day - date(1899, 12, 30)).days
    return forms + ([str(serial), f"{serial}.0"] if 1950 <= day.year < 2050 else [])


def test_every_day_of_two_hundred_years_reads_back():
    days = (LAST - FIRST).days
    wrong = [
        (form, read)
        for day in (FIRST + timedelta(days=n) for n in range(0, days + 1, 3))
        for form in written(day)
        if (read := read_date(form, NOTHING)) != (day, None)
    ]
    assert not wrong


@given(st.dates(FIRST, LAST), st.data())
def test_width_and_surrounding_blanks_change_no_day(day, data):
    form = data.draw(st.sampled_from(written(day)))
    blanks = st.text(" \t\u3000\n", max_size=3)
    text = data.draw(blanks) + form + data.draw(blanks)
    assert read_date(text.translate(FULL_WIDTH), NOTHING) == (day, None)


@given(st.text("0123456789/-.年月日民國 T:", max_size=14))
@example("1070308")
def test_any_text_is_a_day_or_has_one_code(text):
    day, code = read_date(text, NOTHING)
    assert day is None or code is None
    if text.strip() not in ("", "-"):
        assert (day is None) != (code is None)


@pytest.mark.parametrize(
    "text",
    [
        "12.5", "1,23", "1,2345", "1,234,", ",234", "0,123", "1,,234", "1.234.000", "1 234", ".00",
        "5.", "1.2E+5", "1E5", "1萬2千", "一千", "1234-", "--5", "(-5)", "(+5)", "-NT$-5", "(5",
        "5)", "()", "元", "NT$", "$", "USD5", "5美元", "1234x", "0x1F", "٣٤", "#N/A",
        "9223372036854775808", "-9223372036854775808", "9" * 5000, "1/2", "∞", "5%",
        "NT$(5", "NT$5)", "(5元", "-(5)", "NT$-(5)", "((5))", "NT$(-5)", "(5)(5)",
    ],
)  # fmt: skip
def test_an_amount_that_is_not_whole_or_not_plain_is_unreadable(text):
    assert read_amount(text, NOTHING) == (None, "unreadable")


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1,234", 1234), ("１，２３４", 1234), ("1234元", 1234), ("1,234 元整", 1234),
        ("NT$1,234", 1234), ("NT$ 1,234元", 1234), ("ＮＴ＄１２３４", 1234), ("nt$5", 5),
        ("NTD 5", 5), ("TWD5", 5), ("$1,234", 1234), ("新臺幣1,234元", 1234), ("新台幣5元", 5),
        ("(1,234)", -1234), ("（1,234）", -1234), ("( NT$5元 )", -5), ("-1,234", -1234),
        ("NT$(1,234)", -1234), ("(1,234)元", -1234), ("＄（5.00） 元整", -5), ("NTD(5)", -5),
        ("－1234", -1234), ("−1234", -1234), ("- 5", -5), ("-NT$5", -5), ("NT$-5", -5), ("+5", 5),
        ("1234.00", 1234), ("1,234.0元", 1234), ("0001234", 1234), ("0", 0), ("-0", 0), ("0.0", 0),
        ("9223372036854775807", 2**63 - 1), ("1,000,000,000,000", 10**12), ("　5　", 5),
    ],
)  # fmt: skip
def test_every_written_form_of_an_amount_reads(text, amount):
    assert read_amount(text, NOTHING) == (amount, None)


@given(
    st.integers(-(2**63) + 1, 2**63 - 1),
    st.sampled_from(["{:d}", "{:,}", "{:,}.00", "{:d}元", "{:,} 元", " {:,}\u3000"]),
    st.sampled_from(["", "NT$", "NTD ", "$", "新臺幣"]),
    st.booleans(),
    st.booleans(),
)
def test_amounts_read_back(amount, form, currency, is_bracketed, is_wide):
    text = currency + form.format(abs(amount)).lstrip()
    if amount < 0:
        text = f"({text})" if is_bracketed else f"-{text}"
    assert read_amount(text.translate(FULL_WIDTH) if is_wide else text, NOTHING) == (amount, None)


def test_words_read_by_what_they_are_called_and_by_nothing_else():
    words = {"臺北": "臺北", "臺北分署": "臺北", "paid_in_full": "paid_in_full"}
    assert read_word("臺北分局", words, NOTHING) == (None, "unknown_word")
    assert read_word("北", words, NOTHING) == (None, "unknown_word")
    for text in ("臺北", " 台北 分署\n", "臺　北", "台北分署"):
        assert read_word(text, words, NOTHING) == ("臺北", None)
    for text in ("PAID_IN_FULL", "ｐａｉｄ＿ｉｎ＿ｆｕｌｌ"):
        assert read_word(text, words, NOTHING) == ("paid_in_full", None)


def test_a_text_stays_as_it_came():
    for text in ("台北市政府", "１０７Ａ", "a  b", "\ue000路", "NULLS"):
        assert read_text(f" \u3000{text}\t", NOTHING) == (text, None)


def test_an_id_is_of_one_width_and_otherwise_as_it_came():
    assert read_id("　１０７（Ａ）－００１ ", NOTHING) == ("107(A)-001", None)
    for text in ("107-a", "107-A", "107 -A", "台107", "臺107", "0107", "107E+17-1", "107E17",
                 "107.001", "107.D12", "1,107", "#107", "①", "A²", "\ue000", "無"):  # fmt: skip
        assert read_id(text, NOTHING) == (text, None)


INVISIBLE = [
    chr(code)
    for code in range(0xF0000)
    if category(chr(code)) == "Cf" or code in range(0xE0000, 0xE1000)
] + [*"\u034f\u115f\u1160\u17b4\u17b5\u180b\u180f\u2065\u3164\ufe00\ufe0f\uffa0\ufff0"]
CONTROLS = [chr(code) for code in range(0xA0) if category(chr(code)) == "Cc"]


def test_what_nobody_can_see_makes_no_other_case():
    assert {"\u200b", "\u200c", "\u200d", "\xad", "\ufeff", "\u202e", "\U000e0041"} < {*INVISIBLE}
    for sign in INVISIBLE:
        for text in (f"A1{sign}", f"{sign}A1", f"A{sign}1"):
            assert read_id(text, NOTHING) == ("A1", None), ascii(text)
        assert read_id(sign, NOTHING) == (None, None)


def test_what_nobody_can_see_makes_no_other_day_amount_or_word():
    assert read_date("\u200e2018\u200e/03/08", NOTHING) == (DAY, None)
    assert read_amount("\ufeff1,234\u200b", NOTHING) == (1234, None)
    assert read_word("臺\u200b北", {"臺北": "臺北"}, NOTHING) == ("臺北", None)
    assert read_text("\u200b", NOTHING) == (None, None)


@pytest.mark.parametrize("sign", [s for s in CONTROLS if not s.isspace()], ids=ascii)
def test_a_control_character_inside_an_id_may_stand_for_anything(sign):
    assert read_id(f"A{sign}1", NOTHING) == (None, "unreadable")
    assert read_id(f"臺{sign}1", NOTHING) == (None, "unreadable")


def test_what_looks_the_same_is_the_same_id():
    blanks = [chr(code) for code in range(0x3001) if chr(code).isspace()] + ["\u2800"]
    assert {"\xa0", "\u3000", "\u2009", "\u202f", "\t"} < {*blanks}
    for sign in blanks:
        assert read_id(f"{sign}A{sign}{sign}1{sign}", NOTHING) == ("A 1", None), ascii(sign)
    assert read_id("A1\0\0", NOTHING) == ("A1", None)
    for dash in "‐\u2011‒–−﹣－":
        assert read_id(f"108{dash}1", NOTHING) == ("108-1", None)
    assert read_id("e\u0301", NOTHING) == ("\xe9", None)
    assert read_id("\u2f06\ufa0c", NOTHING) == ("\u4e8c\u5140", None)  # ⼆ and a second 兀


@pytest.mark.parametrize(
    "text", ['="0107"', "'0107", "'0107'", '"0107"', "＇0107", '=" 0107 "', '"\'0107"']
)
def test_what_marks_a_text_is_no_part_of_it(text):
    assert read_id(text, NOTHING) == ("0107", None)
    assert read_amount(text, NOTHING) == (107, None)
    assert read_date(text.replace("0107", "107/3/8"), NOTHING) == (DAY, None)
    assert read_word(text, {"0107": "x"}, NOTHING) == ("x", None)
    assert read_id('=""', NOTHING) == read_id("'", NOTHING) == (None, None)


@pytest.mark.parametrize(
    "text", ["108000001", "108000001.0", "108000001.00", "１０８０００００１．０"]
)
def test_a_column_of_floats_gives_the_same_id(text):
    assert read_id(text, NOTHING) == ("108000001", None)


@pytest.mark.parametrize(
    "text",
    [
        "1.0800123456789013e+17", "1E+15", "-1.e+16", "１.０８Ｅ＋１７", "1,08E+17",
        "1.08E17", "1.08e17", "1,08E17", "1.08D17", "1.08D+17", "-1.08E17", "1.08e+017", "1.08E-7",
        "108001234567890123.0", "1080012345678901.00", "'1.08E17",
    ],
)  # fmt: skip
def test_a_number_that_was_rounded_is_no_id(text):
    assert read_id(text, NOTHING) == (None, "unreadable")


@pytest.mark.parametrize(
    "text",
    [
        "#N/A", "#VALUE!", "#REF!", "#DIV/0!", "#NUM!", "#NAME?", "#NULL!", "#SPILL!", "#n/a",
        "#名稱?", "#GETTING_DATA", "#ERROR", "#####", "Err:502", "錯誤：502", "=A1", "=T(A1,2)",
    ],
)  # fmt: skip
def test_an_error_or_a_formula_is_no_id(text):
    assert read_id(text, NOTHING) == (None, "unreadable")
    assert read_amount(text, NOTHING) == read_date(text, NOTHING) == (None, "unreadable")


@pytest.mark.parametrize("read", [read_date, read_amount, read_text, read_id, None])
def test_nothing_is_nothing_and_a_lost_character_is_never_passed_over(read):
    def of(text):
        return read(text, NOTHING) if read else read_word(text, {"-": "x", "甲": "x"}, NOTHING)

    for text in ("", "  ", "\u3000", "\n", "-", " － ", "NULL", "null", "ＮＵＬＬ"):
        assert of(text) == (None, None)
    assert read_date(" ", ()) == read_amount("", ()) == read_id("\u3000", ()) == (None, None)
    for text in ("\ufffd", "107/03/0\ufffd", "甲\ufffd", "1,234\ufffd"):
        assert of(text) == (None, "undecodable")


def test_what_is_blank():
    for text in ("", " ", "\u3000\xa0", "\u200b\ufeff", "\u3164", "\0\0", "\x1a", '=""', "'"):
        assert is_blank(text), ascii(text)
    for text in ("0", "-", "臺", "#", ",", "\x01", "\ufffd"):
        assert not is_blank(text), ascii(text)


def test_folding_changes_width_only_and_folding_of_words_more():
    assert fold("　（Ａ１）　台北　") == "(A1) 台北"
    assert fold_word(" （Ａ１）\n台　北 ") == "(a1)臺北"


@given(st.text())
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)
