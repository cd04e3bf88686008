"""The validation report: examples, masks, last year's shares, and the page as a whole."""

import datetime
import re
import shutil
from fractions import Fraction
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from closurerate.cases.source import MARK
from closurerate.cases.vocabulary import BRANCHES, CATEGORIES
from closurerate.errors import InputError
from closurerate.intake.validation.comparison import (
    Comparison,
    Distribution,
    compared,
    comparison_parts,
)
from closurerate.intake.validation.document import write_validations
from closurerate.intake.validation.examples import (
    Example,
    examples_table,
    reject_examples,
    warning_examples,
)
from closurerate.intake.validation.shares import (
    DISTRIBUTIONS,
    LEAST_GROWTH,
    LEAST_POINTS,
    STANDARD_ERRORS,
    Share,
    shares,
    spread_of,
    unusual,
)  # fmt: skip
from closurerate.press.print.table import PrintedTable
from intake_samples import (
    CLOSED,
    DOUBTS,
    PERSON,
    REJECTS,
    YEAR,
    cases,
    doubts,
    intake,
    reject,
    rejects,
    write_folder,
)
from report_samples import NASTY, Page
from year_samples import en, zh

LANGUAGES = ("zh-Hant", "en")
each_language = pytest.mark.parametrize("language", LANGUAGES)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_folder(tmp_path_factory.mktemp("intake"))


@pytest.fixture(scope="module")
def pages(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    out = tmp_path_factory.mktemp("pages")
    for language in LANGUAGES:
        write(folder, out / f"{language}.html", language, doubts="**12 < 13** doubts")
    return {path.stem: path.read_text(encoding="utf-8") for path in out.iterdir()}


def write(folder: Path, out: Path, language: str = "en", **changes) -> str:
    known = {"before": folder / "before.parquet", "show_ids": False}
    write_validations(folder, **(known | changes))  # type: ignore[arg-type]
    shutil.copy(folder / f"validation.{language}.html", out)
    return out.read_text(encoding="utf-8")


def rejects_file(folder: Path, rows: list[dict], drop: tuple[str, ...] = ()) -> Path:
    path = folder / "rejects.parquet"
    pq.write_table(pa.Table.from_pylist(rows, schema=REJECTS).drop_columns(drop), path)
    return path


# What cannot be validated --------------------------------------------------------------------
def test_a_folder_without_an_intake_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"there is no intake\.json; take the extract in first\."):
        write(tmp_path, tmp_path / "v.html")
    assert not list(tmp_path.iterdir())


# The page ------------------------------------------------------------------------------------
@each_language
def test_the_page_is_one_file_that_loads_and_runs_nothing(
    pages: dict[str, str], language: str
) -> None:
    page = Page(pages[language])
    assert page.all("html")[0]["lang"] == language
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "link", "img", "iframe", "object", "embed", "base", "form"}
    for tag, attributes in page.elements:
        assert not [key for key in attributes if key.startswith("on") or key == "src"]
        if tag == "a":
            assert attributes["href"].startswith(("#", "data:"))
    assert set(re.findall(r"url\(\s*['\"]?(\w+):", "".join(page.styles))) == {"data"}


@each_language
def test_the_page_gives_the_accounts_and_closes_them(pages: dict[str, str], language: str) -> None:
    text = Page(pages[language]).text
    for figure in ("1,500", "1,478", "0.867", "ab" * 16, "cd" * 16):
        assert figure in text
    assert "12 < 13 doubts" in text
    assert not re.search(r"\bNone\b|\bnan\b|\{\w+\}", text)


@each_language
def test_each_reason_and_warning_is_explained_with_examples(
    pages: dict[str, str], language: str
) -> None:
    page = pages[language]
    text = Page(page).text
    remedy = {"zh-Hant": "怎麼辦", "en": "What to do"}[language]
    assert text.count(remedy) == len(intake().reasons) + len(intake().warnings)
    for shown in ("台北分屬", "<b>結案</b>", "108/03/05", "3,210", "〔U+E123〕約三千元"):
        assert shown in text
    assert "<b>" not in page
    for code in (*intake().reasons, *intake().warnings):
        assert code not in text


@each_language
def test_no_identifier_is_on_the_page_but_when_asked_for(
    folder: Path, tmp_path: Path, pages: dict[str, str], language: str
) -> None:
    ids = {row["case_id"] for row in rejects() if row.get("case_id")}
    ids |= {row["case_id"] for row in doubts() if row.get("case_id")}
    ids |= {item["case"] for item in intake().corrections} | {PERSON, "王小明"}
    assert not [name for name in ids if name in pages[language]]
    if language == "en":
        shown = write(folder, tmp_path / "v.html", show_ids=True)
        assert "108罰執00030001" in shown
        assert "王小明" in shown
        assert "This document shows identifiers" in shown


def test_the_same_intake_gives_the_same_bytes_beside_it_too(
    folder: Path, pages: dict[str, str]
) -> None:
    doubts_told = "**12 < 13** doubts"
    before = folder / "before.parquet"
    write_validations(folder, before=before, show_ids=False, doubts=doubts_told)
    for language in LANGUAGES:
        again = (folder / f"validation.{language}.html").read_text(encoding="utf-8")
        assert again == pages[language]
        assert str(folder) not in again


def test_a_clean_intake_without_last_year_has_nothing_to_mend(tmp_path: Path) -> None:
    clean = {"reasons": {}, "warnings": {}, "corrections": [], "tables": [], "previous": None}
    made = write_folder(tmp_path / "clean", **clean)
    for name in ("rejects.parquet", "doubts.parquet"):
        (made / name).unlink()
    text = Page(write(made, tmp_path / "v.html", before=None)).text
    assert "There is nothing to mend." in text
    assert "No row was rejected." in text
    assert "107 (2018)" not in text
    assert "unusual" not in text


def test_a_made_up_intake_says_so_and_names_are_no_markup(tmp_path: Path) -> None:
    tables = [dict(intake().tables[0], file=NASTY, extra=[NASTY])]
    made = write_folder(tmp_path / "made up", tables=tables, synthetic=True)
    source = write(made, tmp_path / "v.html", before=None)
    page = Page(source)
    assert "These data are made up" in page.text
    assert "&lt;b&gt;" in source
    assert "<b>" not in source


# Examples ------------------------------------------------------------------------------------
def test_equal_contents_are_one_example_the_commonest_first(tmp_path: Path) -> None:
    path = rejects_file(tmp_path, rejects())
    found = reject_examples(path, ["unknown_word"])["unknown_word"]
    assert [(item.contents, item.rows, item.row) for item in found] == [
        ((("branch", "台北分屬"),), 3, 5),
        ((("branch", "新店"),), 2, 6),
        ((("branch", PERSON),), 1, 10),
        ((("disposition", "<b>結案</b>"),), 1, 90),
    ]
    assert found[0].case_id == "108罰執00000000"


def test_values_at_odds_are_shown_together(tmp_path: Path) -> None:
    (first, *_) = reject_examples(rejects_file(tmp_path, rejects()), ["closed_before_referred"])[
        "closed_before_referred"
    ]
    assert first.contents == (("referred_on", "108/03/05"), ("closed_on", "107/03/01"))


def test_an_extract_without_the_column_still_has_examples(tmp_path: Path) -> None:
    rows = [reject(1, ("reopened_before_referred", "reopened_on", "107/1/1"))]
    path = rejects_file(tmp_path, rows, drop=("reopened_on", "referred_on", "case_id"))
    (only,) = reject_examples(path, ["reopened_before_referred"])["reopened_before_referred"]
    assert only == Example(CLOSED, None, 1, None, (("reopened_on", "107/1/1"),))


@settings(max_examples=15, deadline=None)
@given(st.lists(st.sampled_from("甲乙丙丁戊己庚"), min_size=1, max_size=30))
def test_examples_agree_with_counting_by_hand(
    tmp_path_factory: pytest.TempPathFactory, words: list[str]
) -> None:
    rows = [
        reject(place, ("unknown_word", "branch", name)) for place, name in enumerate(words, start=1)
    ]
    path = rejects_file(tmp_path_factory.mktemp("rejects"), rows)
    found = reject_examples(path, ["unknown_word"])["unknown_word"]
    expected = sorted(set(words), key=lambda name: (-words.count(name), words.index(name)))[:5]
    assert [(item.contents[0][1], item.rows, item.row) for item in found] == [
        (name, words.count(name), words.index(name) + 1) for name in expected
    ]


def test_odd_rows_show_what_is_odd_five_at_most(tmp_path: Path) -> None:
    path = tmp_path / "doubts.parquet"
    pq.write_table(pa.Table.from_pylist(doubts(), schema=DOUBTS), path)
    found = warning_examples(path, ["paid_over_referred", "part_with_nothing_paid"])
    assert [item.row for item in found["paid_over_referred"]] == [100, 101, 102, 103, 104]
    assert found["part_with_nothing_paid"][0].contents == (
        ("disposition", "part_certificate"), ("referred_amount_twd", "3,000"),
        ("paid_amount_twd", "0"),
    )  # fmt: skip


def shown_row(example: Example, *, show_ids: bool = False) -> tuple[str, ...]:
    return en(examples_table(intake(), "x", [example], show_ids=show_ids)).rows[0]  # type: ignore[no-any-return]


def test_a_value_stands_under_the_heading_that_it_came_under() -> None:
    example = Example(CLOSED, None, 7, "108罰執1", (("paid_amount_twd", "1,23"),))
    assert shown_row(example)[1:] == ("7", "…執1", "清償金額(元)", "1,23")
    elsewhere = Example("other.csv", None, 7, None, (("paid_amount_twd", None),))
    assert shown_row(elsewhere) == ("other.csv", "7", "—", "Paid amount", "(empty)")


def test_a_whole_row_is_shown_only_to_who_may_see_identifiers() -> None:
    example = Example(CLOSED, None, 7, None, ((None, f"1,{PERSON},臺北"),))
    assert shown_row(example)[3:] == ("—", "(whole row, 15 characters; masked)")
    assert shown_row(example, show_ids=True)[3:] == ("—", f"1,{PERSON},臺北")


@pytest.mark.parametrize("sign", ["W", "m", "é", "字"])
def test_an_example_of_any_length_fits_the_page(sign: str) -> None:
    columns = ("case_id", "prior_case_id", "disposition")
    for contents in ([(None, sign * 99)], [(name, sign * 99) for name in columns]):
        example = Example(sign * 99, sign * 99, 10**9, sign * 99, tuple(contents), 10**8)
        for show_ids in (False, True):
            shown = examples_table(intake(), "x", [example], show_ids=show_ids)
            assert zh(shown).rows
            assert en(shown).rows


def test_a_row_that_moved_by_a_column_does_not_show_its_case(tmp_path: Path) -> None:
    on, back, number = "108罰執00030009", "108罰執00030010", "10800030011"
    rows = [
        reject(1, ("unknown_word", "branch", on), case_id="臺北", branch=on),
        reject(1, ("unreadable", "referred_on", "罰鍰"), case_id="臺北", branch=on),
        reject(2, ("no_such_date", "closed_on", back), case_id="臺北", closed_on=back),
        reject(3, ("amount_out_of_range", "referred_amount_twd", number), case_id=number),
        reject(4, ("closed_before_referred", "referred_on", number), closed_on="107/1/1",
               referred_on=number),
        reject(5, ("collected_over_paid", "paid_amount_twd", number), case_id=number,
               paid_amount_twd="1", collected_in_year_twd=number),
    ]  # fmt: skip
    codes = {row["reasons"][0]["code"] for row in rows}
    found = reject_examples(rejects_file(tmp_path, rows), sorted(codes))
    shown = {
        is_open: "\n".join(
            cell.replace("\n", "")
            for examples in found.values()
            for example in examples
            for cell in shown_row(example, show_ids=is_open)
        )
        for is_open in (False, True)
    }
    assert all(name in shown[True] for name in (on, back, number))
    assert not re.search("000300|罰執", shown[False])
    assert "罰鍰" in shown[False]


@pytest.mark.parametrize("column", ["case_id", "obligor_id", "prior_case_id"])
def test_identifiers_are_masked_as_values_too(column: str) -> None:
    example = Example(CLOSED, None, 7, "108罰執00012345", ((column, "108罰執00012345"),))
    assert "12345" not in "".join(shown_row(example))
    assert "108罰執00012345" in shown_row(example, show_ids=True)


# Last year -----------------------------------------------------------------------------------
def share(now: int, whole: int, before: int, whole_before: int) -> Share:
    return Share("branch", "臺北", now, whole, before, whole_before)


@pytest.mark.parametrize(
    ("pair", "is_odd"),
    [
        (share(300, 1_000, 100, 1_000), True),
        (share(100, 1_000, 300, 1_000), True),
        (share(10_400, 1_000_000, 10_000, 1_000_000), False),  # 0.04 points
        (share(520_000, 1_000_000, 500_000, 1_000_000), False),  # 4 % of last year's
        (share(3, 10, 1, 10), False),  # chance
        (share(130, 1_000, 100, 1_000), False),  # 2.1 standard errors
        (share(160, 1_000, 100, 1_000), False),  # 3.99
        (share(165, 1_000, 100, 1_000), True),  # 4.29
        (share(0, 1_000_000, 3_000, 1_000_000), True),  # vanished, however small
        (share(3_000, 1_000_000, 0, 1_000_000), True),  # new
        (share(0, 1_000, 1, 1_000), False),  # vanished by chance
        (share(15_000, 1_000_000, 10_000, 1_000_000), False),  # 0.5 points: not over
        (share(15_001, 1_000_000, 10_000, 1_000_000), True),
        (share(120_000, 1_000_000, 100_000, 1_000_000), False),  # 20 %: not over
        (share(120_001, 1_000_000, 100_000, 1_000_000), True),
    ],
)
def test_which_shares_are_unusual(pair: Share, is_odd: bool) -> None:
    assert pair.is_unusual == is_odd


counts = st.integers(0, 3_000)


@given(counts, st.integers(1, 3_000), counts, st.integers(1, 3_000))
def test_the_rule_agrees_with_its_words(now: int, rest: int, before: int, rest_before: int) -> None:
    whole, whole_before = now + rest, before + rest_before
    shown = share(now, whole, before, whole_before)
    change = abs(Fraction(now, whole) - Fraction(before, whole_before))
    pooled = (now + before) / (whole + whole_before)
    error = (pooled * (1 - pooled) * (1 / whole + 1 / whole_before)) ** 0.5
    if abs(float(change) - STANDARD_ERRORS * error) < 1e-9:
        return
    is_large = 100 * change > LEAST_POINTS and change * whole_before > LEAST_GROWTH * before
    is_expected = (is_large or (now == 0) != (before == 0)) and change > STANDARD_ERRORS * error
    assert shown.is_unusual == is_expected


def test_identical_years_have_nothing_unusual(tmp_path: Path) -> None:
    path = tmp_path / "cases.parquet"
    pq.write_table(cases(YEAR, branches={"臺北": 50, "新北": 5}), path)
    spread = spread_of(path, YEAR)
    found = shares(spread, spread)
    assert unusual(found) == []
    assert {item.points for rows in found.values() for item in rows} == {0}


def test_a_spread_agrees_with_counting_by_hand(folder: Path) -> None:
    rows = pq.read_table(folder / "cases.parquet").to_pylist()
    found = spread_of(folder / "cases.parquet", YEAR)
    ended = [row for row in rows if row["closed_on"]]
    bands = {600: 0, 4_000: 2, 250_000: 6}
    naive = {
        "branch": [row["branch"] for row in rows],
        "category": [row["category"] for row in rows],
        "disposition": [row["disposition"] for row in ended],
        "amount": [bands[row["referred_amount_twd"]] for row in rows],
        "referral": [row["referred_on"].month for row in rows],
        "closing": [row["closed_on"].month for row in ended],
    }
    for of, groups in naive.items():
        assert found.tallies[of] == {group: groups.count(group) for group in set(groups)}
        assert set(groups) <= set(DISTRIBUTIONS[of])
    assert found.flow == {"new": 1700, "closed": len(ended), "pending": 1700 - len(ended)}
    assert found.agencies == {"稅務局": 1700}


def test_a_missing_branch_comes_out_as_unusual(folder: Path) -> None:
    found = compared(folder / "cases.parquet", YEAR, folder / "before.parquet")
    assert [(item.of, item.group) for item in found.unusual] == [
        ("branch", "臺北"), ("branch", "花蓮"),
    ]  # fmt: skip
    changes = [abs(item.points) for item in found.unusual]
    assert changes == sorted(changes, reverse=True)


def test_of_many_unusual_shares_the_largest_are_listed(tmp_path: Path) -> None:
    for name, branches in (("now", {"臺北": 600}), ("then", dict.fromkeys(BRANCHES[1:], 600))):
        year = YEAR - (name == "then")
        table = cases(year, branches=branches)
        if name == "now":
            table = table.set_column(2, "category", pa.array(["費用"] * 600))
            july = pa.array([datetime.date(year + 1911, 7, 1)] * 600)
            table = table.set_column(8, "referred_on", july)
        pq.write_table(table, tmp_path / f"{name}.parquet")
    found = compared(tmp_path / "now.parquet", YEAR, tmp_path / "then.parquet")
    assert len(found.unusual) > 15
    (listed,) = [
        part
        for part in map(en, comparison_parts(found))
        if isinstance(part, PrintedTable) and part.caption.startswith("Unusual")
    ]
    assert len(listed.rows) == 15
    assert (
        listed.note
        == f"The 15 largest of {len(found.unusual)}; all are marked in the tables below."
    )


def test_last_years_file_that_is_made_up_is_called_so(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "before.parquet"
    table = pq.read_table(folder / "before.parquet")
    pq.write_table(table.replace_schema_metadata({MARK: b'{"synthetic": true}'}), path)
    found = compared(folder / "cases.parquet", YEAR, path)
    assert found.is_before_synthetic
    told = "".join(str(en(part)) for part in comparison_parts(found))
    assert "The case data of 107 (2018) are made up" in told


def test_a_year_without_cases_gives_no_shares(folder: Path) -> None:
    found = compared(folder / "cases.parquet", YEAR - 5, folder / "before.parquet")
    assert found.shares == {}
    assert list(comparison_parts(found))


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(BRANCHES), counts, counts), min_size=1, unique_by=lambda x: x[0]
    )
)
def test_bars_stay_inside_and_rows_agree_with_the_table(rows: list[tuple[str, int, int]]) -> None:
    wholes = [sum(row[place] for row in rows) + 1 for place in (1, 2)]
    shown = Distribution(
        [Share("branch", name, now, wholes[0], then, wholes[1]) for name, now, then in rows]
        + [Share("branch", CATEGORIES[0], 1, wholes[0], 1, wholes[1])],
        (YEAR, YEAR - 1),
    )  # fmt: skip
    html = en(shown)._repr_mimebundle_()["text/html"]
    widths = [float(width) for width in re.findall(r'<rect y="\d+" width="([\d.]+)"', html)]
    assert len(widths) == 2 * len(shown.shares)
    assert max(widths) == 150
    for row in en(shown.table()).rows:
        assert all(cell in html for cell in row)


def test_a_comparison_speaks_of_the_year_that_the_record_tells(folder: Path) -> None:
    found = compared(folder / "cases.parquet", YEAR, folder / "before.parquet")
    assert isinstance(found, Comparison)
    assert (found.now.year, found.before.year) == (YEAR, YEAR - 1)
