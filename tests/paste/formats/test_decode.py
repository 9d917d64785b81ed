"""From bytes to UTF-8: marks, UTF-16, packing, and what is no text."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.paste.errors import NotText
from core.paste.formats.decode import to_text, to_utf8
from core.paste.formats.json_values import fix_surrogates, fix_surrogates_in

TEXT = "Ungültig 😀 ‘x’ " * 200_000  # longer than one piece, with pairs on its edges


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_every_encoding_becomes_utf_8(encoding: str):
    text = TEXT if encoding != "utf-16-be" else f"{{{TEXT}"
    assert to_utf8(text.encode(encoding)).decode() == text


def test_packed_files_are_unpacked_member_by_member():
    assert to_utf8(gzip.compress(b"one ") + gzip.compress(b"two")) == b"one two"


def test_a_packed_file_in_utf_16_is_both():
    assert to_utf8(gzip.compress("é".encode("utf-16"))) == "é".encode()


def test_odd_and_broken_units_become_replacement_characters():
    assert to_utf8(b"\xff\xfea\x00\x00\xd8b\x00\x01").decode() == "a\ufffdb\ufffd"


@pytest.mark.parametrize("data", [b"\x00" * 100, b"a" * 10 + b"\x00" * 90])
def test_binary_data_is_no_text(data: bytes):
    with pytest.raises(NotText):
        to_text(data)


def test_bytes_that_are_no_utf_8_are_replaced():
    assert to_text(b"a\xffb") == "a\ufffdb"


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        (r'"a\ud83db"', r'"a\ufffdb"'),
        (r'"a\udE00b"', r'"a\ufffdb"'),
        (r'"\ud83d\ude00"', r'"\ud83d\ude00"'),
        (r'"\ud83d\ud83d\ude00\ude00"', r'"\ufffd\ud83d\ude00\ufffd"'),
        (r'"\u00fc plain"', r'"\u00fc plain"'),
    ],
)
def test_escapes_of_lone_surrogates_are_fixed_and_pairs_are_kept(text: str, fixed: str):
    assert fix_surrogates(text) == fixed
    assert fix_surrogates_in(text.encode()) == fixed.encode()


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", ["ab", "{}", "[1]"])
def test_utf_16_without_a_mark_is_known_from_two_characters_on(encoding: str, text: str):
    assert to_utf8(text.encode(encoding)).decode() == text


def test_one_null_in_twenty_characters_is_still_text():
    assert to_text(b"a" * 95 + b"\x00" * 5) == "a" * 95 + "\x00" * 5
    with pytest.raises(NotText):
        to_text(b"a" * 94 + b"\x00" * 6)


@pytest.mark.parametrize(
    "data", [b"a\x92b", b"\x92", b"a\xfc", b"a\x93\x84b", "ü".encode() + b" \x92 " + "😀".encode()]
)
@pytest.mark.parametrize("around", [b"", b"x" * ((1 << 20) - 1)])
def test_bytes_of_windows_are_read_as_windows_meant_them(data: bytes, around: bytes):
    plain = {b"a\x92b": "a’b", b"\x92": "’", b"a\xfc": "aü", b"a\x93\x84b": "a“„b"}.get(data, "ü ’ 😀")
    assert to_utf8(around + data).decode() == around.decode() + plain


def test_a_text_of_windows_is_read_as_a_whole():
    text = "Grüße, ‘x’ – "
    assert to_utf8(text.encode("cp1252") * 60_000).decode() == text * 60_000


@given(st.text(alphabet="aü日😀’", max_size=40))
def test_what_is_utf_8_stays_as_it_is(text: str):
    assert to_utf8(text.encode()).decode() == text


@given(st.lists(st.sampled_from([b"a", "ü".encode(), "😀".encode(), b"\x92", b"\xfc", b"\xc3", b"\x81"]), max_size=40))
def test_no_bytes_make_decoding_fail(parts: list[bytes]):
    assert to_utf8(b" " * 8 + b"".join(parts)).decode("utf-8", "replace").startswith(" " * 8)
