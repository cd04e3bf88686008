"""Columns of a batch read as each of their texts would be, whatever else is in the batch."""

from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from closurerate.cases.vocabulary import COLUMNS
from closurerate.intake.said.columns import IdReader
from closurerate.intake.said.values import read_id
from closurerate.intake.said.words import load_vocabulary

SHIPPED = load_vocabulary(Path(__file__).resolve().parents[2] / "data" / "vocabulary.yml")
CASE_ID = COLUMNS[0]


def read_ids(texts, vocabulary=SHIPPED):
    """Return values and faults of a batch of identifiers."""
    reader = IdReader(CASE_ID, vocabulary.reader(CASE_ID), shortest=vocabulary.shortest_id)
    typed = reader(pa.array(texts, pa.string()))
    assert reader.has_faults is any(typed.faults.to_pylist())
    return list(zip(typed.values.to_pylist(), typed.faults.to_pylist(), strict=True))


@pytest.mark.parametrize("word", ["(NULL)", "n/a", "(null)", "NULL", "(N U L L)"])
def test_a_word_for_nothing_is_no_id_though_all_around_it_is_plain(word):
    assert read_ids(["108-001", word, "108-002"])[1] == (None, None)


def test_the_longest_word_for_nothing_counts(tmp_path):
    path = tmp_path / "vocabulary.yml"
    path.write_text("nothing: [not yet known, 無, －]", encoding="utf-8")
    vocabulary = load_vocabulary(path)
    assert vocabulary.shortest_id == len("notyetknown") + 1
    assert read_ids(["NotYetKnown", "NotYetKnown2"], vocabulary) == [
        (None, None), ("NotYetKnown2", None),
    ]  # fmt: skip
    path.write_text("{}", encoding="utf-8")
    assert load_vocabulary(path).shortest_id == 1


@pytest.mark.parametrize("others", [["108-001"], ["108-001 "], ["臺108-001"], []])
def test_ids_that_were_rounded_are_unreadable_whatever_else_is_there(others):
    rounded = ["1.0800123456789013e+17", "1.08E+17", "1.08E17", "1,08e17", "108001234567890123.0"]
    lost = [*rounded, "#DIV/0!", "=A1", "Err:502", "A\x7f1", "A\x001"]
    for texts in (lost, *([text] for text in lost)):
        assert read_ids([*others, *texts])[len(others) :] == [(None, "unreadable")] * len(texts)


@pytest.mark.parametrize(
    "text", ['="A1"', "'A1", "A1\u200b", "\ufeffA1", "A1\0", "A1\u00a0", '"A1"']
)
def test_an_id_that_looks_the_same_is_the_same_whatever_else_is_there(text):
    for others in ([], ["108-001"], ["臺108-001"], [None]):
        assert read_ids([*others, text])[-1] == ("A1", None)


@given(
    st.lists(
        st.one_of(
            st.none(),
            st.text("1 +eED.,-(NUL)臺\u3000\ufffd\u200b\0\x7f='\"#!A:0", max_size=9),
            st.from_regex(r"[1-9][.,]?[0-9]{0,3}[ED.+][+0-9]?[0-9]", fullmatch=True),
            st.sampled_from(["108000001.0", "Err:502", "#N/A", '="A1"', "'A1"]),
            st.from_regex(r"1[0-9]{2}-[0-9]{4,9}", fullmatch=True),
        ),
        max_size=6,
    )
)
@example(["1e+15", None, "108-001"])
def test_a_batch_reads_as_its_texts_do(texts):
    alone = [(None, None) if text is None else read_id(text, SHIPPED.nothing) for text in texts]
    found = read_ids(texts)
    assert [code for _, code in found] == [code for _, code in alone]
    assert [value or None for value, _ in found] == [value for value, _ in alone]
