"""The index of a flatted array agrees with a real parser, however the text is cut into pieces."""

import itertools
import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.paste.errors import TooLarge
from core.paste.formats import slots
from core.paste.formats.slots import slot_ends

NASTY = st.text(st.sampled_from('"\\,[]{}:aé\n\u2028😀'), max_size=12)
VALUES = st.recursive(
    st.none() | st.integers() | NASTY, lambda inner: st.lists(inner) | st.dictionaries(NASTY, inner), max_leaves=12
)
ARRAYS = st.lists(VALUES, min_size=1, max_size=8)


def cut(data, *, quoted=False):
    ends = slot_ends(data, quoted=quoted).tolist()
    return [bytes(data[start + 1 : end]) for start, end in itertools.pairwise(ends)]


@pytest.fixture(params=[3, 64, 1 << 20], ids="pieces of {}".format)
def pieces(request, monkeypatch):
    monkeypatch.setattr(slots, "_PIECE", request.param)


@pytest.mark.usefixtures("pieces")
@given(array=ARRAYS, indent=st.sampled_from([None, 1]), escape=st.booleans())
def test_slots_are_those_of_a_parser(array, indent, escape):
    text = json.dumps(array, indent=indent, ensure_ascii=escape).encode()
    assert [json.loads(slot) for slot in cut(text)] == array
    assert [slot.strip() for slot in cut(memoryview(text))] == [
        bytes(raw) for raw in msgspec.json.decode(text, type=list[msgspec.Raw])
    ]


@pytest.mark.usefixtures("pieces")
@given(array=ARRAYS, escape=st.booleans())
def test_an_array_inside_a_string_is_cut_without_unquoting_it(array, escape):
    inside = json.dumps(json.dumps(array), ensure_ascii=escape)[1:-1].encode()
    assert [json.loads(json.loads(b'"' + slot + b'"')) for slot in cut(inside, quoted=True)] == array


@pytest.mark.parametrize(
    "text", [b"", b"[", b'["a]', b'["a"', b"[1][2]", b"]", b"}{", b'"a"', b"[[1]", b'["\\"]', b"[1]]"]
)
def test_what_is_not_one_whole_array_is_refused(text):
    with pytest.raises(msgspec.DecodeError):
        slot_ends(text)


def test_too_many_slots_are_refused_before_they_are_listed():
    with pytest.raises(TooLarge):
        slot_ends(b"[" + b"0," * (slots.LIMIT + 1) + b"0]")


def test_a_run_of_backslashes_without_end_is_refused():
    with pytest.raises(msgspec.DecodeError):
        slot_ends(b'["' + b"\\" * 3_000_000 + b'"]')
