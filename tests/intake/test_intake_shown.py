"""What the notebooks show of an intake: accounts, reasons, corrections, files, and the doubts."""

import re
import unicodedata
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from closurerate.cases.rules import row_rules
from closurerate.cases.vocabulary import COLUMNS
from closurerate.intake import page as intake_page
from closurerate.intake.fate.judging import FAR_FROM_YEAR, FAULTS
from closurerate.intake.fate.merging import CONFLICT
from closurerate.intake.fate.oddities import oddities
from closurerate.intake.left.accounts import FileAccount
from closurerate.kpi.evaluate import evaluate
from closurerate.press.foreign import in_lines, masked, shortened, value_text, visible
from closurerate.press.print.fonts import FAMILIES, missing_characters
from closurerate.press.print.labels import Language
from closurerate.press.prose import Markdown, Several
from closurerate.press.table import Table
from closurerate.press.text import said as spoken
from closurerate.press.words import vocabulary
from closurerate.quantity import number
from closurerate.study.doubts import page as doubts_page
from closurerate.study.doubts.doubts import DoubtInterval
from closurerate.year import intake_page as intake_sections
from closurerate.year.case_year import files_text
from closurerate.year.cases_page import source_table
from closurerate.year.kpi_year import KpiData
from intake_samples import CLOSED, DOUBTS, PERSON, WARNINGS, doubts, intake, table
from year_samples import case_data, en, kpi_data, said, zh

LANGUAGES = ("zh-Hant", "en")
PARTS = (
    intake_page.accounts_table, intake_page.files_table, intake_page.reasons_table,
    intake_page.warnings_table, intake_page.previous_table, intake_page.corrections_table,
    intake_page.applied_corrections_table, intake_page.tables_table,
    intake_page.columns_table, intake_page.lost_bytes_table,
)  # fmt: skip
REASONS = (
    "malformed_row", "undecodable", "unreadable", "no_such_date", "unknown_word",
    "missing_required", "amount_out_of_range", "negative_paid", "closed_before_referred",
    "disposition_without_closing_date", "closing_date_without_disposition", "case_id_conflict",
    "date_out_of_calendar", "reopened_before_referred", "closed_before_reopened",
    "collected_over_paid", "own_prior_case", "far_from_year",
)  # fmt: skip


def shown_doubts(data: KpiData) -> Several:
    return doubts_page.doubts_finding(data, doubts_page.open_doubts(data))


each_language = pytest.mark.parametrize("language", LANGUAGES)


def data_of(language: str = "en", **changes):
    return replace(case_data(kind="extract"), intake=intake(**changes))


def rows_of(shown: Any) -> list[tuple[str, ...]]:
    return list(en(shown).rows)


def text_of(shown: Several, language: Language = "en") -> str:
    return "\n".join(said(item.said(language)) for item in shown.objects)  # type: ignore[attr-defined]


# Where there is nothing to show --------------------------------------------------------------
def test_without_an_intake_there_is_no_trace_of_it() -> None:
    for kind in ("synthetic", "extract"):
        data = case_data(kind=kind)
        assert data.intake is None
        shown = [
            intake_sections.intake_parts(data, *PARTS),
            intake_sections.intake_prose(data, zh="## 甲", en="## A"),
            intake_sections.intake_finding(data, zh="{rows_read}", en="{rows_read}"),
        ]
        assert [list(item.objects) for item in shown] == [[], [], []]


def test_without_their_list_nothing_is_told_of_doubts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doubts_page, "cases_folder", lambda year, folder: tmp_path)
    assert list(shown_doubts(kpi_data(kind="extract")).objects) == []


def test_a_new_delivery_is_told_by_what_it_did_to_the_kpi(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doubts_page, "cases_folder", lambda year, folder: tmp_path)
    pq.write_table(pa.Table.from_pylist(doubts(), schema=DOUBTS), tmp_path / "doubts.parquet")
    data = kpi_data(kind="extract")
    assert len(list(shown_doubts(data).objects)) == 1
    (tmp_path / "previous").mkdir()
    (tmp_path / "previous" / "cases.parquet").touch()
    counts = data.total.counts | {"effective": data.total.counts["effective"] - 7}
    earlier = evaluate(data.version, counts, None)
    monkeypatch.setattr(doubts_page, "evaluated", lambda cases, year, version: earlier)
    told = text_of(shown_doubts(data))
    effective, closed = (number(data.total.counts[name]) for name in ("effective", "closed"))
    assert f"effective {number(counts['effective'])} → {effective}" in told
    assert f"closed {closed} → {closed}" in told


def test_the_codes_that_have_words_here_are_those_that_an_intake_gives() -> None:
    rules = row_rules([column.name for column in COLUMNS])
    assert {rule.code for rule in rules} | {
        *(*FAULTS, CONFLICT, FAR_FROM_YEAR, "malformed_row")
    } == set(REASONS)
    assert {oddity.code for oddity in oddities({"referred": {}, "paid": {}}, 107)} == set(WARNINGS)


def test_a_clean_intake_says_so() -> None:
    clean = intake(reasons={}, warnings={}, corrections=[], previous=None, tables=[table(CLOSED)])
    shown = {part: part(clean) for part in PARTS}
    for part in PARTS[2:4] + PARTS[5:7]:
        assert isinstance(shown[part], Markdown)
    assert shown[intake_page.previous_table] is None
    assert shown[intake_page.lost_bytes_table] is None


# What is shown -------------------------------------------------------------------------------
@each_language
def test_all_parts_speak_the_language_and_name_no_code(language: Language) -> None:
    shown = intake_sections.intake_parts(data_of(), *PARTS)
    assert len(shown.objects) == len(PARTS)
    text = text_of(shown, language)
    for code in (*REASONS, *WARNINGS):
        assert code not in text
    assert "None" not in text
    tables = [item for item in shown.objects if isinstance(item, Table)]
    assert {item.grounds.evidence for item in tables} == {"extract"}


@pytest.mark.parametrize("code", REASONS + WARNINGS)
def test_every_code_has_a_name_a_meaning_and_a_remedy(code: str) -> None:
    name = f"reject_{code}" if code in REASONS else f"warn_{code}"
    assert {name, f"meaning_{code}", f"remedy_{code}"} <= vocabulary().keys()


def test_the_accounts_stand_by_file_with_totals() -> None:
    shown = en(intake_page.accounts_table(intake()))
    assert shown.has_total
    name, *counts = shown.rows[0]
    assert name.replace("\n", "") == CLOSED
    assert counts == ["900", "880", "12", "5", "0", "3"]
    assert shown.rows[-1] == ("Total", "1,500", "1,478", "13", "5", "1", "3")


def test_the_finding_puts_the_accounts_into_a_sentence() -> None:
    shown = intake_sections.intake_finding(
        data_of(), zh="無", en="{rows_read}, {rejected_share}, {superseded}"
    )
    assert text_of(shown) == "1,500 entries, 0.867 %, 1 entry"
    assert shown.objects[0].evidence == "extract"  # type: ignore[attr-defined]


def test_the_source_line_names_the_files() -> None:
    one = intake(files=intake().files[:1])
    assert files_text(one).said("en") == f"{CLOSED} (SHA-256 abababababab…, 900 rows)"
    assert files_text(intake()).said("en") == f"{CLOSED} and others (2 files, 1,500 rows)"
    assert en(data_of().grounds("extract").source) == en(files_text(intake()))
    assert en(case_data(kind="extract").grounds("extract").source).startswith("cases.parquet (")


def test_the_case_files_hash_is_not_put_beside_the_names_of_the_raw_files() -> None:
    shown = dict(rows_of(source_table(data_of())))
    assert shown["File"].replace("\n", "") == f"{CLOSED}108未結.xlsx"
    assert "SHA-256" not in shown
    assert shown["SHA-256 of the case file"].startswith("abab")
    assert "SHA-256" in dict(rows_of(source_table(case_data(kind="extract"))))


def test_what_changed_since_the_delivery_before() -> None:
    shown = en(intake_page.previous_table(intake()))
    assert [row[1] for row in shown.rows] == ["52", "2", "9", "7", "2"]
    assert "108終結_初版.csv (SHA-256 efefefefefef…, 850 rows)" in shown.note


def test_columns_name_each_heading_once_and_what_was_left() -> None:
    other = table("b.csv", columns={"case_id": "案號", "branch": "分署"}, extra=["備註"])
    shown = en(intake_page.columns_table(intake(tables=[table(CLOSED), other])))
    found = {row[1]: row[2] for row in shown.rows}
    assert found["case_id"] == "執行案號\n案號"
    assert found["branch"] == "分署"
    assert found[""] == "承辦股, 備註"
    assert "Collected in the year" in shown.note


def test_how_a_table_was_read() -> None:
    given_tab = table("a.tsv", is_encoding_given=True, delimiter="\t", header_row=3)
    shown = en(intake_page.tables_table(intake(tables=[given_tab, *intake().tables[1:]])))
    assert shown.rows[0][1:] == ("cp950 (given)", "tab", "3", "900", "3", "0")
    assert shown.rows[1][1:3] == ("—", "—")
    assert "108未結.xlsx (說明)" in shown.note


def test_lost_bytes_are_named_by_line_and_only_so_many() -> None:
    lost = [{"line": line, "bytes": "ff"} for line in range(1, 101)]
    shown = en(
        intake_page.lost_bytes_table(
            intake(tables=[table(CLOSED, undecodable_count=4321, undecodable=lost)])
        )
    )
    assert len(shown.rows) == 20
    assert shown.rows[1][1:] == ("2", "FF")
    assert "The first 20 of 4,321" in shown.note


# Corrections and disclosure ------------------------------------------------------------------
def test_corrections_mask_the_case_and_say_what_became_of_each() -> None:
    rows = rows_of(intake_page.corrections_table(intake()))
    assert rows[0][:2] == ("…5號\nPaid amount", "1,234,567\n→ 123,456")
    assert rows[0][4] == "Applied (rows: 1)"
    assert rows[1][1] == "Unpaid and returned\n→ Paid in part and returned"
    assert rows[1][4] == "Not applied: no such case"
    assert "12345" not in "".join("".join(row) for row in rows)


def test_in_the_report_only_applied_corrections_and_no_exact_amount() -> None:
    shown = intake_page.applied_corrections_table(intake())
    (row,) = rows_of(shown)
    assert row[1] == "≈ 1,200,000\n→ ≈ 120,000"
    assert len(row) == 4
    amounts = {"12,5": "12,5", "125": "≈ 130", "-1,250": "≈ −1,200", "7": "7", "(99)": "−99"}
    item = intake().corrections[0]
    for written, printed in amounts.items():
        one = intake(corrections=[{**item, "from": written, "to": None}])
        (row,) = rows_of(intake_page.applied_corrections_table(one))
        assert row[1] == f"{printed}\n→ (empty)"


def test_an_identifier_in_a_correction_is_masked_as_the_case_is() -> None:
    item = {**intake().corrections[0], "column": "obligor_id", "from": PERSON, "to": "B298765432"}
    (row,) = rows_of(intake_page.corrections_table(intake(corrections=[item])))
    assert row[1] == "…89\n→ …32"


@settings(deadline=None)
@given(st.text(max_size=40))
def test_an_identifier_shows_two_characters_at_most(text: str) -> None:
    shown = masked(text)
    assert shown == "…" + visible(text[-2:] if len(text) > 4 else "")


@pytest.mark.parametrize(
    "text", [PERSON, f"王小明{PERSON}", "Ａ１２３４５６７８９", "a123456789。"]
)
def test_a_personal_number_is_masked_in_any_column(text: str) -> None:
    shown = value_text("branch", text)
    assert "1234567" not in shown
    assert "２３４５" not in shown
    assert value_text("branch", text, show_ids=True) == text


def test_a_personal_number_is_masked_though_its_end_is_cut_off() -> None:
    assert "A1234" not in value_text("branch", "臺" * 55 + PERSON)


COLUMN_NAMES = tuple(column.name for column in COLUMNS)
DAYS_MEANT = (
    "108/02/30", "108/O5/05", "民國108年13月5日", "108年3月", "05/03/108", "2019-2-30 24:00:00",
    "1080230", "970230", "20190230", "01080230", "80308", "１０８／２／３０", "1080230.0",
    "108/02/30 上午 10:20", "2019-03-05T10:20:30-05:00", "未結",
)  # fmt: skip
AMOUNTS_MEANT = (
    "1,23元", "12,34,567", "-123,456", "NT$(1,234,567)", "(1,234,567)元", "1234567.50", "12345萬元",
    "\u2212123,456", "新臺幣 1,234,567 元整", "999999999999", "約三千元",
)  # fmt: skip
NAMES = (
    "108罰執00030001", "１０８罰執０００３０００１", "108-00030001", "108/0003/0001", "A123456789",
    "108001234567890123", "1.0800123456789013e+17", "一〇八罰執字第三〇〇〇一號", "108 罰 30001",
    "108\u200b罰執\u200b30001", "10800030001王小明",
)  # fmt: skip


@pytest.mark.parametrize("column", [*COLUMN_NAMES, None])
def test_what_may_name_a_case_is_masked_in_any_column(column: str | None) -> None:
    for text in NAMES:
        assert value_text(column, text) == masked(text)
        assert value_text(column, text, show_ids=True) == shortened(text)


def test_other_values_stand_as_they_came() -> None:
    for text in ("台北分屬", "1,23元", "ＡＢＣ", "A1234"):
        assert value_text("branch", text) == text
    for text in DAYS_MEANT:
        assert value_text("referred_on", text) == text
    for text in AMOUNTS_MEANT:
        assert value_text("paid_amount_twd", text) == text


def test_days_and_amounts_are_only_such_in_their_columns() -> None:
    for text in ("108/02/30", "1080230", "1,234,567"):
        assert value_text("branch", text) == masked(text)
    for text in ("00030001", "123456789", "10801001001"):
        assert value_text("closed_on", text) == masked(text)
    for text in ("1234567890123", "108-30001", "1,080,001,234,567"):
        assert value_text("paid_amount_twd", text) == masked(text)


@pytest.mark.parametrize(
    ("case_id", "column", "text"),
    [
        ("10800030001", "paid_amount_twd", "10800030001"),
        ("10800030001", "paid_amount_twd", "10,800,030,001"),
        ("1080101", "closed_on", "108/01/01"),
        ("罰執甲乙丙", "branch", "（罰執甲乙丙）"),
        ("Ab-1", "branch", "ＡＢ１"),
    ],
)
def test_the_rows_own_case_is_masked_in_any_column(case_id: str, column: str, text: str) -> None:
    assert value_text(column, text) == text
    assert value_text(column, text, case_id=case_id) == masked(text)
    assert value_text(column, text, case_id=case_id, show_ids=True) == text


@pytest.mark.parametrize("case_id", [None, "", "…", "12", "108罰執1"])
def test_another_case_masks_nothing(case_id: str | None) -> None:
    assert value_text("paid_amount_twd", "1,234,567", case_id=case_id) == "1,234,567"


@given(
    st.sampled_from([*COLUMN_NAMES, None]),
    st.text(st.sampled_from("0123456789罰執-/,. ()元ae+:年月日"), max_size=40),
)
def test_no_long_number_is_shown_but_as_an_amount_or_time(column: str | None, text: str) -> None:
    if value_text(column, text) == masked(text):
        return
    longest = max((len(run) for run in re.findall(r"\d+", text)), default=0)
    assert longest <= {"twd": 12, "_on": 8}.get((column or "")[-3:], 4)
    assert not (re.search("[罰執]", text) and sum(sign.isdigit() for sign in text) >= 5)


# Text from outside ---------------------------------------------------------------------------
@settings(deadline=None)
@given(st.text())
def test_everything_can_be_seen_and_set(text: str) -> None:
    shown = visible(text)
    assert not any(missing_characters(shown, family) for family in FAMILIES)
    categories = {unicodedata.category(sign) for sign in shown}
    assert not categories & {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}


def test_what_turns_the_direction_of_writing_is_named() -> None:
    assert visible("甲\u202e乙\ue123") == "甲〔U+202E〕乙〔U+E123〕"


@settings(deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\n\r"), max_size=200))
def test_breaking_a_name_loses_nothing(text: str) -> None:
    assert in_lines(text).replace("\n", "") == visible(text)


@pytest.mark.parametrize("sign", ["W", "m", "@", "%", "é", "字", "Ж", "ＷＷ"])
@each_language
def test_text_of_any_length_fits_every_table(sign: str, language: str) -> None:
    long = sign * 300
    correction = intake().corrections[0] | dict.fromkeys(
        ("case", "from", "to", "reason", "decided_by"), long
    ) | {"column": "referring_agency"}  # fmt: skip
    one = intake(
        files=(FileAccount(long, "ab" * 32, 10**8, rejected=10**8),),
        tables=[
            table(long, long, columns={"case_id": long}, extra=[long], encoding="utf-16-le",
                  undecodable_count=1, undecodable=[{"line": 10**9, "bytes": "ff" * 4}])
        ],
        corrections=[correction],
    )  # fmt: skip
    for part in PARTS:
        zh(part(one)), en(part(one))
    row = en(intake_page.accounts_table(one)).rows[0]
    assert row[0].replace("\n", "") == long


def test_a_value_is_cut_to_sixty_characters() -> None:
    assert shortened("字" * 60) == "字" * 60
    assert shortened("字" * 61) == "字" * 59 + "…"


# What the doubts can do ----------------------------------------------------------------------
def interval(**changes) -> DoubtInterval:
    known = {
        "doubtful_cases": {"rejected": 3, "warning": 2, "correction": 1},
        "effective": (98, 100, 103), "closed": (299, 300, 304), "pending": (200, 200, 200),
        "kpi": (Fraction("0.3640"), Fraction("0.3649"), Fraction("0.3652")),
    }  # fmt: skip
    return DoubtInterval(**(known | changes))  # type: ignore[arg-type]


def sentence(language: Language = "en", **changes) -> str:
    data = kpi_data(kind="extract")
    told = doubts_page.doubts_sentence(interval(**changes), data.version, "rate")
    return spoken(told, language).replace("\N{NO-BREAK SPACE}", " ")


def test_the_sentence_on_doubts_gives_every_range() -> None:
    assert sentence() == (
        "Cases in doubt that bear on it: 3 rejected, 2 odd, 1 corrected. However they are "
        "resolved, the rate lies between **36.40 %** and **36.52 %** (now 36.49 %); "
        "effective 100 (98 to 103), closed 300 (299 to 304), pending 200."
    )
    assert "介於" not in sentence("zh-Hant")
    assert "**36.40%** 與 **36.52%** 之間" in sentence("zh-Hant")


def test_a_range_too_narrow_for_two_decimals_gets_more() -> None:
    narrow = tuple(Fraction(part) for part in ("0.364890", "0.364891", "0.364893"))
    assert "between **36.4890 %** and **36.4893 %** (now 36.4891 %)" in sentence(kpi=narrow)
    least = tuple(Fraction(36489, 100000) + Fraction(place, 10**12) for place in range(3))
    assert "between **36.489000 %** and **36.489000 %**" in sentence(kpi=least)


def test_a_kpi_that_cannot_move_or_is_not_known_is_said_to_be() -> None:
    same = (Fraction(1, 2),) * 3
    assert "the rate is **50.00 %**" in sentence(kpi=same)
    unknown = sentence(kpi=None)
    assert "does not follow from the counts" in unknown
    assert "effective 100 (98 to 103)" in unknown


def test_outer_bounds_are_called_so_and_no_doubt_is_said_too() -> None:
    assert "These bounds hold all that can be" in sentence(is_exact=False)
    assert "These bounds" not in sentence()
    assert sentence(doubtful_cases={}) == ("No rejected, odd or corrected case bears on it.")


def test_the_finding_reads_the_list_beside_the_cases(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doubts_page, "cases_folder", lambda year, folder: tmp_path)
    pq.write_table(pa.Table.from_pylist(doubts(), schema=DOUBTS), tmp_path / "doubts.parquet")
    shown = shown_doubts(kpi_data(kind="extract"))
    assert "Cases in doubt that bear on it: 13 rejected, 10 odd, 0 corrected." in text_of(shown)
    assert re.search(r"lies between \*\*36\.4\d+ %\*\* and .* \(now 36\.489\d* %\)", text_of(shown))
