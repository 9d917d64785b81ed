"""Which traces of one run are one failure: only those that one call can have left."""

import pytest

from core.paste.draft import Draft
from core.paste.shapes.runs import merge

REFUSED = {"status": 401, "message": "invalid x-api-key"}


def count(*traces: dict) -> int:
    return len(merge([Draft(**trace) for trace in traces], {"Model": "Agent"}))


@pytest.mark.parametrize(
    ("first", "second", "failures"),
    [
        ({"node": "A"} | REFUSED, {"node": "A"} | REFUSED, 1),
        ({"node": "A"} | REFUSED, {"node": "A", "status": 529, "message": "Overloaded"}, 2),
        ({"node": "A"} | REFUSED, {"node": "B"} | REFUSED, 2),
        ({"node": "A"} | REFUSED, {"node": "B", "passed_on": True} | REFUSED, 1),
        ({"node": "A"} | REFUSED, {"node": "B", "passed_on": True, "status": 529, "message": "Overloaded"}, 2),
        ({"node": "Agent"} | REFUSED, {"node": "Model"} | REFUSED, 1),
        ({"node": "A", "item_index": 0} | REFUSED, {"node": "A", "item_index": 1, "status": 401}, 2),
        ({"node": "A", "item_index": 0} | REFUSED, {"node": "A", "item_index": 1} | REFUSED, 2),
        ({"node": "A", "item_index": 0} | REFUSED, {"node": "A"} | REFUSED, 1),
        ({"node": "A", "item_index": 0} | REFUSED, {"node": "A", "item_index": 0, "status": 401}, 1),
        ({"node": "A", "request_id": "req_1"} | REFUSED, {"node": "A", "request_id": "req_2"} | REFUSED, 2),
        ({"node": "A", "request_id": "req_1"} | REFUSED, {"node": "B", "request_id": "req_1"} | REFUSED, 1),
    ],
)
def test_traces_of_one_call_are_one_failure_and_others_are_not(first: dict, second: dict, failures: int):
    assert count(first, second) == failures
