"""Reading one JSON document: which of n8n's or an API's shapes it is, and the failures in it.

Bytes in, so that 80 MB need no copy: a first pass looks at the outer fields only, a second decodes the shape it is.
"""

from typing import Any, Final

import msgspec
from msgspec import Raw

from core.paste.draft import Draft, DraftReading
from core.paste.errors import TooDeep, TooLarge
from core.paste.facts.bodies import is_error, is_message
from core.paste.facts.headlines import sentence_of
from core.paste.facts.wording import learn_object, learn_text
from core.paste.failure import Shape, Success, Surface
from core.paste.formats.flatted import Flatted, is_flatted
from core.paste.formats.json_values import as_dict, as_list, held_json
from core.paste.formats.structs import Execution, ExecutionPage, PackedExecution, RestAnswer, ResultData, RunData
from core.paste.shapes import error_trigger, execution, self_test_report, workflow
from core.paste.shapes.copy_details import read_copy_details
from core.paste.shapes.items import Answered, Form, read_item
from core.paste.shapes.n8n_error import learn_error, looks_like_error
from core.paste.shapes.runs import ExecutionView, read_runs

_ELEMENT_LIMIT: Final = 2_000_000
_WHOLE_LIMIT: Final = 8_000_000
_NESTING: Final = 3
_NESTED_LIMIT: Final = 200
_TEST_FIELDS: Final = 3
_GREEN: Final = "Connection successful!"
NEEDS_DATA: Final = (
    "This list holds no run data. Ask the n8n API for it again with ?includeData=true, or open the failed execution"
    " and copy its error details."
)
NEEDS_RUN: Final = (
    "This is a workflow without a run. Run it, click the red node and copy its error details, or download the"
    " failed execution."
)


class Outer(msgspec.Struct):
    """The outer fields that tell the shapes apart; all others are skipped."""

    data: Raw = Raw(b"")
    resultData: Raw = Raw(b"")
    runData: Raw = Raw(b"")
    nextCursor: Raw = Raw(b"")
    workflowData: Raw = Raw(b"")
    errorMessage: Raw = Raw(b"")
    n8nDetails: Raw = Raw(b"")
    reconnect_self_test: Raw = Raw(b"")
    id: Raw = Raw(b"")
    mode: Raw = Raw(b"")
    status: Raw = Raw(b"")


def read_json(data: bytes) -> DraftReading | None:
    """Return what a JSON document holds; None if it is not JSON. Raises `TooDeep` and `TooLarge`."""
    start = data[:4096].lstrip()
    if start[:1] not in (b"{", b"["):
        return None
    try:
        return _read_object(data) if start[:1] == b"{" else _read_array(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    except RecursionError as error:
        raise TooDeep(
            "This file nests far deeper than any n8n export. Export the execution again and try that."
        ) from error


def read_value(value: object) -> DraftReading | None:
    """Return what an already parsed JSON value holds; None if nothing is recognised."""
    try:
        found = read_json(msgspec.json.encode(value))
    except (msgspec.EncodeError, UnicodeEncodeError, RecursionError):
        found = _read_small(value)
    if found is None or not (found.is_telling or found.needs or found.is_whole_run):
        return _read_nested(value) or found
    if found.shape is Shape.HTTP_BODY and _quotes_json(value):  # {"message": "<a whole run>"} is one too
        inner = _read_nested(value)
        return inner if inner is not None and inner.shape not in (Shape.HTTP_BODY, Shape.ITEMS) else found
    return found


def _read_object(data: bytes) -> DraftReading | None:
    outer = msgspec.json.decode(data, type=Outer)
    if _given(outer.reconnect_self_test):
        return _read_small(msgspec.json.decode(data))
    if _given(outer.errorMessage) and _given(outer.n8nDetails):
        return DraftReading(Shape.COPY_DETAILS, [read_copy_details(_decode_dict(data))])
    kind = bytes(memoryview(outer.data)[:1])
    found = _read_by_data(data, outer, kind)
    if found is not None:
        return found
    if _given(outer.resultData):
        return _from_result(msgspec.json.decode(outer.resultData, type=ResultData), Shape.EXECUTION)
    if _given(outer.runData):
        return _from_result(msgspec.json.decode(data, type=ResultData), Shape.EXECUTION)
    if not kind and _given(outer.mode) and _given(outer.status):
        return DraftReading(Shape.EXECUTION_WITHOUT_DATA, needs=NEEDS_DATA)
    return _read_small(msgspec.json.decode(data)) if len(data) <= _WHOLE_LIMIT else None


def _read_by_data(data: bytes, outer: Outer, kind: bytes) -> DraftReading | None:
    """The shapes that keep the run in `data`: an object, a flatted text, a page, or one more `data`."""
    try:
        if kind == b'"':
            return _from_view(
                execution.view_of_packed(msgspec.json.decode(data, type=PackedExecution)), Shape.EXECUTION_ROW
            )
        if kind == b"[" and (_given(outer.nextCursor) or b'"resultData"' in bytes(memoryview(outer.data)[:4000])):
            return _from_page(msgspec.json.decode(data, type=ExecutionPage))
        if kind == b"{":
            return _read_data_object(data, outer)
    except msgspec.ValidationError:
        return None
    return None


def _read_data_object(data: bytes, outer: Outer) -> DraftReading | None:
    inner = msgspec.json.decode(outer.data, type=Outer)
    if bytes(memoryview(inner.data)[:1]) == b'"':
        return _from_view(
            execution.view_of_packed(msgspec.json.decode(data, type=RestAnswer).data), Shape.EXECUTION_REST
        )
    if _given(inner.resultData):
        shape = Shape.EXECUTION if _given(outer.workflowData) or _given(outer.id) else Shape.EXECUTION_CLI
        return _from_execution(msgspec.json.decode(data, type=Execution), shape)
    if _given(inner.mode) and _given(inner.data):
        return _from_execution(msgspec.json.decode(outer.data, type=Execution), Shape.EXECUTION_REST)
    return None


def _read_array(data: bytes) -> DraftReading | None:
    if is_flatted(data[:1000]):
        return _from_view(execution.view_of_flatted(Flatted(data)), Shape.EXECUTION_FLATTED)
    if data.count(b",") > _ELEMENT_LIMIT and len(data) > _WHOLE_LIMIT:
        raise TooLarge("This list is too long to be one n8n export. Export a single failed execution and try that.")
    if len(data) <= _WHOLE_LIMIT:
        return _read_small(msgspec.json.decode(data))
    return _read_elements(msgspec.json.decode(data, type=list[Raw]))


def _read_elements(elements: list[Raw]) -> DraftReading | None:
    """A list of big documents, such as executions."""
    found = DraftReading(Shape.EXECUTION_LIST)
    for element in elements[:500]:
        one = read_json(bytes(element))
        if one is not None:
            found.drafts += one.drafts
            found.successes += one.successes
            found.nodes = (found.nodes or 0) + (one.nodes or 0)
    return found if found.is_telling else None


def _read_small(value: object) -> DraftReading | None:
    """The shapes that are never large: reports, items, workflows, bodies."""
    reports = self_test_report.reports_in(value)
    if reports:
        return _from_reports(reports)
    if isinstance(value, list) and len(value) == 1 and not workflow.is_node(value[0]):
        one = as_dict(value[0])
        inner = as_dict(one.get("json")) or one
        if error_trigger.is_error_trigger(inner):
            return DraftReading(Shape.ERROR_TRIGGER, [error_trigger.read_error_trigger(inner)])
    if error_trigger.is_error_trigger(value):
        return DraftReading(Shape.ERROR_TRIGGER, [error_trigger.read_error_trigger(as_dict(value))])
    if workflow.is_workflow(value) or (isinstance(value, list) and workflow.nodes_in(value)):
        return DraftReading(
            Shape.WORKFLOW, workflow.read_workflow(value), nodes=len(workflow.nodes_in(value)), needs=NEEDS_RUN
        )
    tested = _read_credential_test(value)
    if tested is not None:
        return tested
    if looks_like_error(value) and not is_error(value):
        return DraftReading(Shape.N8N_ERROR, [_error_draft(as_dict(value))])
    items = _read_items(value)
    return items if items is not None and items.is_telling else _read_body(value) or items


def _read_credential_test(value: object) -> DraftReading | None:
    """The answer of n8n's credential test, ``{data: {status: "Error", message}}``, over REST or the public API."""
    answer = as_dict(as_dict(value).get("data")) or as_dict(value)
    if not isinstance(answer.get("message"), str) or len(answer) > _TEST_FIELDS:
        return None
    if answer.get("status") != "Error":
        return DraftReading(Shape.CREDENTIAL_TEST) if answer["message"] == _GREEN else None
    draft = Draft(surface=Surface.CREDENTIAL_TEST)
    learn_text(draft, answer["message"])
    return DraftReading(Shape.CREDENTIAL_TEST, [draft])


def _read_nested(value: object, depth: int = 0) -> DraftReading | None:
    """Look inside what is no document itself: items around an execution, a log entry that holds JSON as text."""
    if depth > _NESTING or not isinstance(value, dict | list):
        return None
    inside = list(value.values() if isinstance(value, dict) else value)[:_NESTED_LIMIT]
    parts = []
    for one in inside:
        held = held_json(one) if isinstance(one, str) else one
        if isinstance(held, dict | list) and held:
            part = _read_shaped(held) or _read_nested(held, depth + 1)
            if part is not None:
                parts.append(part)
    return _together(parts)


def _quotes_json(value: object) -> bool:
    return any(isinstance(one, str) and one.lstrip()[:1] in ("{", "[", '"') for one in as_dict(value).values())


def _read_shaped(value: object) -> DraftReading | None:
    """Read a value that is a document of its own; a mere fragment of one is left to its surroundings."""
    try:
        found = read_json(msgspec.json.encode(value))
    except (msgspec.EncodeError, UnicodeEncodeError, RecursionError):
        return None
    return found if found is not None and (found.is_telling or found.needs) else None


def _together(parts: list[DraftReading]) -> DraftReading | None:
    if not parts:
        return None
    first = parts[0]
    for part in parts[1:]:
        first.drafts += part.drafts
        first.successes += part.successes
        first.nodes = (first.nodes or 0) + (part.nodes or 0) or None
        first.needs = None if first.is_telling else first.needs or part.needs
    return first


def _error_draft(error: dict[str, Any]) -> Draft:
    draft = Draft()
    learn_error(draft, error)
    return draft


def _from_reports(reports: list[dict[str, Any]]) -> DraftReading:
    read = [self_test_report.read_report(report) for report in reports]
    return DraftReading(
        Shape.SELF_TEST,
        [one for one in read if isinstance(one, Draft)],
        [one for one in read if isinstance(one, Success)],
    )


def _read_body(value: object) -> DraftReading | None:
    if not isinstance(value, dict | list):
        return None
    if is_message(value):
        draft = read_item(value)
        if isinstance(draft, Answered):
            return DraftReading(
                Shape.HTTP_BODY, successes=[Success(model=draft.model, claudes=draft.form is Form.CLAUDES)]
            )
    elif looks_like_error(as_dict(value).get("error")):
        return DraftReading(Shape.N8N_ERROR, [_error_draft(as_dict(value)["error"])])
    body = Draft()
    learn_object(body, value)
    return DraftReading(Shape.HTTP_BODY, [body]) if body.says_something else None


def _read_items(value: object) -> DraftReading | None:
    """Items as copied from an output panel, or a map of node names to items."""
    if isinstance(value, dict) and not value.keys() & {"error", "type", "statusCode"} and value:
        lists = {name: as_list(items) for name, items in value.items() if isinstance(items, list) and items}
        if lists and len(lists) == len(value) and all("json" in as_dict(items[0]) for items in lists.values()):
            return _from_items([(name, item) for name, items in lists.items() for item in items])
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value[:50]):
        return _from_items([(None, item) for item in value])
    if isinstance(value, dict) and ("json" in value or "statusCode" in value or _is_swallowed(value)):
        return _from_items([(None, value)])
    return None


def _is_swallowed(value: dict[str, Any]) -> bool:
    """Whether an object is an item into which a continue mode put n8n's sentence."""
    error = value.get("error")
    return isinstance(error, str) and sentence_of(error) is not None


def _from_items(items: list[tuple[str | None, object]]) -> DraftReading | None:
    found = DraftReading(Shape.ITEMS)
    seen: set[tuple[Any, ...]] = set()
    for index, (node, item) in enumerate(items[:5000]):
        one = read_item(item)
        if isinstance(one, Answered):
            found.successes.append(Success(node=node, model=one.model, claudes=one.form is Form.CLAUDES))
        elif one is not None:
            identity = (one.status, one.message, one.request_id, one.headline)
            one.learn(node=node, item_index=index if node is None and len(items) > 1 else None, stopped_run=False)
            if identity not in seen:
                found.drafts.append(one)
            seen.add(identity)
    return found


def _from_execution(one: Execution, shape: Shape) -> DraftReading:
    view = execution.view_of(one)
    return DraftReading(Shape.EXECUTION_WITHOUT_DATA, needs=NEEDS_DATA) if view is None else _from_view(view, shape)


def _from_page(page: ExecutionPage) -> DraftReading:
    found = DraftReading(Shape.EXECUTION_LIST)
    for one in page.data:
        read = _from_execution(one, Shape.EXECUTION)
        found.drafts += read.drafts
        found.successes += read.successes
        found.nodes = (found.nodes or 0) + (read.nodes or 0)
    if all(one.data is None for one in page.data):
        return DraftReading(Shape.EXECUTION_WITHOUT_DATA, needs=NEEDS_DATA)
    return found


def _from_result(result: ResultData, shape: Shape) -> DraftReading:
    return _from_execution(Execution(data=RunData(resultData=result)), shape)


def _from_view(view: ExecutionView, shape: Shape) -> DraftReading:
    drafts, successes = read_runs(view)
    if shape is Shape.EXECUTION and _is_redacted(view):
        shape = Shape.EXECUTION_REDACTED
    return DraftReading(shape, drafts, successes, nodes=len(view.nodes) or len({run.node for run in view.runs}))


def _is_redacted(view: ExecutionView) -> bool:
    return bool(view.error) and "message" not in view.error and "httpCode" in view.error


def _given(raw: Raw) -> bool:
    return memoryview(raw).nbytes > 0 and bytes(memoryview(raw)[:4]) != b"null"


def _decode_dict(data: bytes) -> dict[str, Any]:
    return as_dict(msgspec.json.decode(data))
