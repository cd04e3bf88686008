import codecs
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from closurerate.errors import InputError
from closurerate.intake.came.decoding import (
    Coding,
    decoded,
    detect,
    fewest_undecodable,
    given_coding,
)
from closurerate.intake.came.raw_table import LOST, Notes

ROWS = "執行案號,分署,清償金額\n107-1,臺北,碁銹裏\n"

# The ends of the four areas, by Microsoft's table of code page 950.
PRIVATE_PAIRS = {
    b"\xfa\x40": "\ue000",
    b"\xfa\x7e": "\ue03e",
    b"\xfa\xa1": "\ue03f",
    b"\xfa\xfe": "\ue09c",
    b"\xfb\x40": "\ue09d",
    b"\xfe\xfe": "\ue310",
    b"\x8e\x40": "\ue311",
    b"\xa0\xfe": "\ueeb7",
    b"\x81\x40": "\ueeb8",
    b"\x8d\xfe": "\uf6b0",
    b"\xc6\xa1": "\uf6b1",
    b"\xc6\xa4": "\uf6b4",
    b"\xc6\xfe": "\uf70e",
    b"\xc7\x40": "\uf70f",
    b"\xc7\xf3": "\uf7a0",
    b"\xc8\xfe": "\uf848",
}


def read(data: bytes, encoding: str, block: int = 7) -> tuple[str, Notes]:
    notes = Notes()
    blocks = [data[start : start + block] for start in range(0, len(data), block)]
    return b"".join(decoded(blocks, encoding, notes)).decode(), notes


def naive_cp950(data: bytes) -> str:
    """Decode byte by byte: two bytes that form a pair are a character, any other high one lost."""
    text, place = "", 0
    while place < len(data):
        one, two = data[place : place + 1], data[place : place + 2]
        if one[0] < 0x80:
            text, place = text + chr(one[0]), place + 1
        elif len(two) < 2 or one[0] in (0x80, 0xFF) or not is_trail(two[1]):
            text, place = text + LOST, place + 1
        else:
            is_private = 0x81 <= one[0] <= 0xA0 or one[0] >= 0xFA or b"\xc6\xa1" <= two < b"\xc9"
            try:
                character = "P" if is_private else two.decode("cp950")
            except UnicodeDecodeError:
                character = LOST
            text, place = text + character, place + 2
    return text


def is_trail(byte: int) -> bool:
    return 0x40 <= byte <= 0x7E or 0xA1 <= byte <= 0xFE


def test_an_unknown_encoding_is_named():
    with pytest.raises(InputError, match=r"'bigfive' is no encoding.*cp950"):
        given_coding("bigfive", b"")


@pytest.mark.parametrize("name", ["base64", "rot13", "bad\0name", ""])
def test_a_codec_that_is_not_of_text_is_refused(name):
    with pytest.raises(InputError, match="is no encoding"):
        given_coding(name, b"")


@pytest.mark.parametrize(
    ("given_name", "sample", "name"),
    [
        ("UTF8", b"", "utf-8"),
        ("utf-8-sig", b"", "utf-8"),
        ("Big5", b"", "cp950"),
        ("ms950", b"", "cp950"),
        ("utf-16", codecs.BOM_UTF16_BE, "utf-16-be"),
        ("utf-16", codecs.BOM_UTF16_LE, "utf-16-le"),
        ("utf-32", codecs.BOM_UTF32_BE, "utf-32-be"),
        ("utf-32", codecs.BOM_UTF32_LE, "utf-32-le"),
        ("utf-32", b"", "utf-32-le"),
        ("latin-1", b"", "iso8859-1"),
    ],
)
def test_a_given_encoding_goes_by_its_usual_name(given_name, sample, name):
    assert given_coding(given_name, sample) == Coding(name, is_given=True)


@pytest.mark.parametrize(
    ("mark", "codec", "name"),
    [
        (b"", "utf-8", "utf-8"),
        (codecs.BOM_UTF8, "utf-8", "utf-8"),
        (b"", "cp950", "cp950"),
        (b"", "utf-16-le", "utf-16-le"),
        (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16-le"),
        (b"", "utf-16-be", "utf-16-be"),
        (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16-be"),
    ],
)
@pytest.mark.parametrize("block", [1, 2, 3, 5, 1000])
def test_each_encoding_is_detected_and_read(mark, codec, name, block):
    data = mark + ROWS.encode(codec)
    assert detect(data).name == name
    text, notes = read(data, name, block)
    assert text == ROWS
    assert (notes.undecodable_count, notes.private_use) == (0, 0)


def test_one_bad_byte_does_not_make_utf8_another_encoding():
    data = ROWS.encode() + b"\xff\n" + ROWS.encode()
    assert detect(data).name == "utf-8"


def test_ascii_alone_is_utf8_until_the_rest_contradicts():
    assert detect(b"a,b\n1,2\n") == Coding("utf-8", is_settled=False)


def test_the_encoding_with_fewest_undecodable_bytes_is_found_late_in_a_text():
    text = ["1,2\n" * 1000, "臺北,中\n" * 2000]
    cp950 = [part.encode("cp950") for part in text]
    assert fewest_undecodable(lambda: cp950) == "cp950"
    assert fewest_undecodable(lambda: [*cp950, b"\xff\n"]) == "cp950"
    assert fewest_undecodable(lambda: [part.encode() for part in text]) == "utf-8"
    assert fewest_undecodable(lambda: [b"1\xff\n" * 5000]) == "utf-8"


@pytest.mark.parametrize(("pair", "character"), PRIVATE_PAIRS.items())
def test_private_use_of_cp950_follows_microsoft(pair, character):
    text, notes = read(b"a," + pair + b",b\n", "cp950")
    assert text == f"a,{character},b\n"
    assert (notes.private_use, notes.undecodable_count) == (1, 0)


def test_private_use_of_cp950_comes_back_as_it_was():
    pairs = [
        bytes((lead, trail))
        for lead in (*range(0xFA, 0xFF), *range(0x8E, 0xA1), *range(0x81, 0x8E))
        for trail in (*range(0x40, 0x7F), *range(0xA1, 0xFF))
    ]
    text, notes = read(b"".join(pairs), "cp950", 1000)
    assert all(ord(one) + 1 == ord(two) for one, two in pairwise(text))
    assert (text[0], text[-1], notes.private_use) == ("\ue000", "\uf6b0", len(pairs))


@pytest.mark.parametrize("codec", ["utf-8", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("character", ["\ue000", "\uefff", "\uf000", "\uf8ff", "\U000f0000"])
def test_private_use_is_counted_in_unicode_too(codec, character):
    text, notes = read(f"中{character},Ａ{character}\n".encode(codec), codec)
    assert text == f"中{character},Ａ{character}\n"
    assert notes.private_use == 2


@pytest.mark.parametrize("character", ["豈", "Ａ", "中", "、", "あ", "Д"])
def test_other_characters_are_not_of_private_use(character):
    text, notes = read(character.encode(), "utf-8")
    assert (text, notes.private_use) == (character, 0)


@pytest.mark.parametrize("follower", [b",", b"\n", b'"', b"\r\n", b";", b"\t", b"1"])
@pytest.mark.parametrize("lead", [b"\xa4", b"\xfa", b"\x80", b"\xff", b"\xa4\xff", b"\xa3\xc0"])
def test_a_bad_lead_byte_swallows_nothing(lead, follower):
    text, notes = read(b"a" + lead + follower + b"b", "cp950")
    ending = follower.decode() + "b"
    assert text.endswith(ending)
    assert set(text[1 : -len(ending)]) == {LOST}
    assert notes.undecodable_count == len(lead)


@pytest.mark.parametrize("block", [1, 3, 1000])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    ("encoding", "bad", "noted"),
    [
        ("utf-8", b"\xff", "ff"),
        ("utf-8", b"\xe4\xb8", "e4b8"),
        ("cp950", b"\xff", "ff"),
        ("cp950", b"\xa3\xc0", "a3c0"),
        ("utf-16-le", b"\x00\xdc", "00dc"),
    ],
)
def test_a_bad_byte_is_noted_with_its_line(encoding, bad, noted, end, block):
    before, after = f"案號{end}1{end}臺,".encode(encoding), f",2{end}".encode(encoding)
    text, notes = read(before + bad + after, encoding, block)
    assert text == f"案號{end}1{end}臺,{LOST},2{end}"
    assert notes.undecodable == [(3, noted)]
    assert notes.undecodable_count == len(bad)


@pytest.mark.parametrize(
    ("encoding", "cut"), [("utf-8", b"\xe4\xb8"), ("cp950", b"\xa4"), ("utf-16-le", b"1")]
)
def test_a_character_cut_at_the_end_is_lost_and_noted(encoding, cut):
    text, notes = read("1\n".encode(encoding) + cut, encoding)
    assert text == f"1\n{LOST}"
    assert notes.undecodable == [(2, cut.hex())]


def test_only_the_first_hundred_are_noted_and_all_counted():
    _, notes = read(b"\xff\n" * 250, "utf-8", 64)
    assert notes.undecodable_count == 250
    assert notes.undecodable == [(line, "ff") for line in range(1, 101)]


@given(st.binary(max_size=60), st.integers(1, 9))
@settings(max_examples=300)
def test_any_bytes_of_big5_are_read_as_byte_by_byte(data, block):
    text, notes = read(data, "cp950", block)
    private = [character for character in text if "\ue000" <= character <= "\uf8ff"]
    assert notes.private_use == len(private)
    told = "".join("P" if character in private else character for character in text)
    assert told == naive_cp950(data)


@given(st.binary(max_size=60), st.integers(1, 9))
@settings(max_examples=300)
def test_any_bytes_of_utf8_are_read_as_by_python(data, block):
    text, notes = read(data, "utf-8", block)
    assert text == data.decode("utf-8", "replace").removeprefix("\ufeff")
    assert (notes.undecodable_count > 0) == (LOST.encode() not in data and LOST in text)
