"""Reviving n8n's flatted run data on demand, plain and inside a database row's string."""

import json

import pytest

from benchmarks.export import flatted as stringified
from core.paste.formats.flatted import CIRCULAR, Flatted, is_flatted

RUN = {
    "version": 1,
    "resultData": {"runData": {"A “quoted” node": [{"error": {"message": 'say "no"\\', "status": 401}}]}, "n": None},
}


@pytest.fixture(params=[False, True], ids=["plain", "quoted"])
def opened(request):
    """Opens a flatted text as it stands in a file, or in a database row."""

    def open_text(text):
        if not request.param:
            return Flatted(text.encode())
        return Flatted(memoryview(json.dumps(text).encode())[1:-1], quoted=True)

    return open_text


def test_what_is_revived_is_what_was_flattened(opened):
    assert opened(stringified(RUN)).revive("0") == RUN


def test_the_root_keeps_its_indexes(opened):
    flatted = opened(stringified(RUN))
    assert flatted.root()["version"] == 1
    assert flatted.fields(flatted.root()["resultData"])["n"] is None


def test_a_cycle_ends(opened):
    assert opened('[{"self":"0","list":"1"},["0"]]').revive(0) == {"self": CIRCULAR, "list": [CIRCULAR]}


@pytest.mark.parametrize("index", ["9", "-1", "x", None, 1.5, -1, "²"])
def test_an_index_that_names_no_slot_is_nothing(opened, index):
    assert opened('[{"a":"1"},"b"]').slot(index) is None
    assert opened('[{"a":"1"},"b"]').fields(index) == {}


def test_a_lone_surrogate_is_replaced_in_its_slot_alone(opened):
    assert opened('[{"a":"1"},"cut \\\\ud83d"]'.replace("\\\\", "\\")).revive(0) == {"a": "cut \ufffd"}


def test_telling_items_are_found_by_their_place(opened):
    items = [{"json": {"id": n, "text": 'an "error":"5" in words'}, "pairedItem": {"item": n}} for n in range(50)]
    items[7]["json"]["error"] = "Your credit balance is too low"
    items[9]["json"] = {"statusCode": 529, "body": "x"}
    flatted = opened(stringified({"items": items}))
    indexes = flatted.slot(flatted.root()["items"])
    assert flatted.telling_items(indexes) == [(7, items[7]), (9, items[9])]
    assert flatted.telling_items([None, {}, "x"]) == []


def test_flatted_data_is_told_from_other_arrays():
    assert is_flatted(b' [{"version":1,"resultData":"2"},')
    assert not is_flatted(b'[{"resultData":{}}]')
    assert not is_flatted(b'{"resultData":"2"}')
