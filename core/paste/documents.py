"""Reading one JSON document: which of n8n's or an API's shapes it is, and the calls in it.

`DOCUMENTS`, then `VALUES`, is the order in which the shapes are tried. Bytes in, so that 80 MB need no copy: the rows
of the first table look at the outer fields only and decode the shape that it is; those of the second need the whole
value, and take small documents.
"""

from typing import Final

import msgspec
from msgspec import Raw

from core.paste.draft import DraftReading
from core.paste.errors import TooDeep, TooLarge
from core.paste.failure import Shape
from core.paste.formats.flatted import Flatted, is_flatted
from core.paste.formats.json_values import as_dict, held_json
from core.paste.formats.structs import (
    Document,
    Execution,
    ExecutionPage,
    PackedExecution,
    RestAnswer,
    ResultData,
    is_there,
)
from core.paste.shapes import ShapeReader, execution, first_reading
from core.paste.shapes.copy_details import read_copy_details
from core.paste.shapes.credential_check import read_credential_test
from core.paste.shapes.error_trigger import read_error_trigger
from core.paste.shapes.http_body import read_body, read_message
from core.paste.shapes.items import read_silent_items, read_telling_items
from core.paste.shapes.n8n_error import read_n8n_error, read_n8n_error_inside
from core.paste.shapes.self_test_report import read_reports
from core.paste.shapes.workflow import read_workflow

_COMMA_LIMIT: Final = 2_000_000
"""Commas in a long list; one n8n export has fewer."""
_ELEMENTS_READ: Final = 500
_WHOLE_LIMIT: Final = 8_000_000
"""Bytes up to which a document is built as a whole."""
_NESTING: Final = 3
_NESTED_LIMIT: Final = 200


def _self_test(document: Document) -> DraftReading | None:
    is_report = is_there(document.outer.reconnect_self_test)
    return read_reports(msgspec.json.decode(document.data)) if is_report else None


def _copy_details(document: Document) -> DraftReading | None:
    if not (is_there(document.outer.errorMessage) and is_there(document.outer.n8nDetails)):
        return None
    details = as_dict(msgspec.json.decode(document.data))
    return DraftReading(Shape.COPY_DETAILS, [read_copy_details(details)])


def _row(document: Document) -> DraftReading | None:
    packed = document.typed(PackedExecution) if document.data_starts == b'"' else None
    return execution.read_view(execution.view_of_packed(packed), Shape.EXECUTION_ROW) if packed else None


def _page(document: Document) -> DraftReading | None:
    if document.data_starts != b"[":
        return None
    start = bytes(memoryview(document.outer.data)[:4000])
    page = None
    if is_there(document.outer.nextCursor) or b'"resultData"' in start:
        page = document.typed(ExecutionPage)
    return execution.read_page(page) if page else None


def _rest_answer(document: Document) -> DraftReading | None:
    answer = document.typed(RestAnswer) if document.holds_packed else None
    return execution.read_view(execution.view_of_packed(answer.data), Shape.EXECUTION_REST) if answer else None


def _execution(document: Document) -> DraftReading | None:
    named = is_there(document.outer.workflowData) or is_there(document.outer.id)
    return _with_results(document, Shape.EXECUTION) if named else None


def _printed_execution(document: Document) -> DraftReading | None:
    return _with_results(document, Shape.EXECUTION_CLI)


def _with_results(document: Document, shape: Shape) -> DraftReading | None:
    if document.holds_packed or not is_there(document.inner.resultData):
        return None
    one = document.typed(Execution)
    return execution.read_execution(one, shape) if one else None


def _wrapped_execution(document: Document) -> DraftReading | None:
    inner = document.inner
    if document.holds_packed or is_there(inner.resultData) or not (is_there(inner.mode) and is_there(inner.data)):
        return None
    one = document.typed(Execution, document.outer.data)
    return execution.read_execution(one, Shape.EXECUTION_REST) if one else None


def _result(document: Document) -> DraftReading | None:
    raw = document.outer.resultData
    return execution.read_result(msgspec.json.decode(raw, type=ResultData)) if is_there(raw) else None


def _run_data(document: Document) -> DraftReading | None:
    if not is_there(document.outer.runData):
        return None
    return execution.read_result(msgspec.json.decode(document.data, type=ResultData))


def _without_data(document: Document) -> DraftReading | None:
    outer = document.outer
    shown = not document.data_starts and is_there(outer.mode) and is_there(outer.status)
    return execution.without_data() if shown else None


def _flatted(document: Document) -> DraftReading | None:
    if document.is_object or not is_flatted(document.data[:1000]):
        return None
    return execution.read_view(execution.view_of_flatted(Flatted(document.data)), Shape.EXECUTION_FLATTED)


_RESULT: Final = '{"error": {"message": "Overloaded", "httpCode": "529"}, "runData": {}}'
_PACKED: Final = '"[{\\"resultData\\":\\"1\\"},{\\"error\\":\\"2\\"},{\\"message\\":\\"3\\"},\\"Overloaded\\"]"'

DOCUMENTS: Final[tuple[ShapeReader[Document], ...]] = (
    # the outer fields tell; a report of ours may hold any other field beside its own
    ShapeReader(
        Shape.SELF_TEST,
        _self_test,
        '{"reconnect_self_test": 1, "ok": false, "status": 401, "mode": "manual", "message": "invalid x-api-key"}',
        before=(Shape.EXECUTION_WITHOUT_DATA,),
    ),
    ShapeReader(
        Shape.COPY_DETAILS,
        _copy_details,
        '{"errorMessage": "Overloaded", "errorDetails": {"httpCode": "529"}, "n8nDetails": {"nodeName": "Claude"}}',
    ),
    # where and how `data` keeps the run
    ShapeReader(Shape.EXECUTION_ROW, _row, f'{{"id": 7, "status": "error", "mode": "trigger", "data": {_PACKED}}}'),
    ShapeReader(Shape.EXECUTION_LIST, _page, f'{{"data": [{{"id": 7, "data": {{"resultData": {_RESULT}}}}}]}}'),
    ShapeReader(Shape.EXECUTION_REST, _rest_answer, f'{{"data": {{"id": 7, "data": {_PACKED}}}}}'),
    # the same document without the execution's id comes from the command line
    ShapeReader(
        Shape.EXECUTION,
        _execution,
        f'{{"id": 7, "data": {{"resultData": {_RESULT}}}}}',
        before=(Shape.EXECUTION_CLI,),
    ),
    ShapeReader(Shape.EXECUTION_CLI, _printed_execution, f'{{"data": {{"resultData": {_RESULT}}}}}'),
    ShapeReader(
        Shape.EXECUTION_REST,
        _wrapped_execution,
        f'{{"data": {{"mode": "manual", "data": {{"resultData": {_RESULT}}}}}}}',
    ),
    # a part of an execution by itself
    ShapeReader(Shape.EXECUTION, _result, f'{{"resultData": {_RESULT}}}'),
    ShapeReader(Shape.EXECUTION, _run_data, _RESULT),
    ShapeReader(Shape.EXECUTION_WITHOUT_DATA, _without_data, '{"id": 7, "mode": "trigger", "status": "error"}'),
    ShapeReader(Shape.EXECUTION_FLATTED, _flatted, _PACKED[1:-1].replace("\\", "")),
)
"""The shapes of a JSON document that its outer fields tell, in the order in which they are tried."""

VALUES: Final[tuple[ShapeReader[object], ...]] = (
    ShapeReader(
        Shape.SELF_TEST,
        read_reports,
        '[{"json": {"reconnect_self_test": 1, "ok": false, "status": 401, "error": "invalid x-api-key"}}]',
        before=(Shape.ITEMS,),
    ),
    ShapeReader(
        Shape.ERROR_TRIGGER,
        read_error_trigger,
        '[{"execution": {"error": {"message": "Overloaded"}, "lastNodeExecuted": "Claude"}, "workflow": {"id": "1"}}]',
        before=(Shape.ITEMS,),
    ),
    ShapeReader(
        Shape.WORKFLOW,
        read_workflow,
        '[{"name": "Claude", "type": "@n8n/n8n-nodes-langchain.anthropic", "parameters": {}}]',
        before=(Shape.ITEMS,),
    ),
    # a test's answer has the fields of an API's error
    ShapeReader(
        Shape.CREDENTIAL_TEST,
        read_credential_test,
        '{"status": "Error", "message": "Forbidden"}',
        before=(Shape.HTTP_BODY,),
    ),
    # so has n8n's error object
    ShapeReader(
        Shape.N8N_ERROR,
        read_n8n_error,
        '{"name": "NodeApiError", "message": "Overloaded", "httpCode": "529"}',
        before=(Shape.HTTP_BODY,),
    ),
    # an item into which a continue mode put an error has the form of a body
    ShapeReader(
        Shape.ITEMS,
        read_telling_items,
        '[{"error": "Request failed with status code 401"}]',
        before=(Shape.HTTP_BODY,),
    ),
    ShapeReader(
        Shape.HTTP_BODY, read_message, '{"type": "message", "id": "msg_1", "model": "claude-x", "content": []}'
    ),
    # what a client of an API throws in a Code node, around its answer
    ShapeReader(
        Shape.N8N_ERROR,
        read_n8n_error_inside,
        '{"error": {"name": "NodeApiError", "message": "Overloaded", "httpCode": "529"}}',
        before=(Shape.HTTP_BODY,),
    ),
    ShapeReader(Shape.HTTP_BODY, read_body, '{"type": "error", "error": {"type": "api_error", "message": "fault"}}'),
    ShapeReader(Shape.ITEMS, read_silent_items, '[{"json": {"answer": 42}}]'),
)
"""The shapes of a small document that its whole value tells, in the order in which they are tried after `DOCUMENTS`."""


def read_json(data: bytes) -> DraftReading | None:
    """Return what a JSON document holds; None if it is not JSON. Raises `TooDeep` and `TooLarge`."""
    if data[:4096].lstrip()[:1] not in (b"{", b"["):
        return None
    try:
        document = Document(data)
        reading = first_reading(DOCUMENTS, document)
        if reading is not None or (document.is_object and len(data) > _WHOLE_LIMIT):
            return reading
        return first_reading(VALUES, msgspec.json.decode(data)) if len(data) <= _WHOLE_LIMIT else _read_elements(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    except RecursionError as error:
        raise TooDeep(
            "This file nests far deeper than any n8n export. Export the execution again and try that."
        ) from error


def _read_elements(data: bytes) -> DraftReading | None:
    """Read a list of big documents, such as executions."""
    if data.count(b",") > _COMMA_LIMIT:
        raise TooLarge("This list is too long to be one n8n export. Export a single failed execution and try that.")
    reading = DraftReading(Shape.EXECUTION_LIST)
    for element in msgspec.json.decode(data, type=list[Raw])[:_ELEMENTS_READ]:
        part = read_json(bytes(element))
        if part is not None:
            reading.add(part)
    return reading if reading.is_telling else None


def read_value(value: object) -> DraftReading | None:
    """Return what an already parsed JSON value holds; None if nothing is recognised."""
    try:
        reading = read_json(msgspec.json.encode(value))
    except (msgspec.EncodeError, UnicodeEncodeError, RecursionError):
        reading = first_reading(VALUES, value)
    if reading is None or not reading.is_enough:
        return _read_nested(value) or reading
    if reading.shape is Shape.HTTP_BODY and _quotes_json(value):  # {"message": "<a whole run>"} is one too
        inner = _read_nested(value)
        return inner if inner is not None and inner.shape not in (Shape.HTTP_BODY, Shape.ITEMS) else reading
    return reading


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
        reading = read_json(msgspec.json.encode(value))
    except (msgspec.EncodeError, UnicodeEncodeError, RecursionError):
        return None
    return reading if reading is not None and reading.is_enough else None


def _together(parts: list[DraftReading]) -> DraftReading | None:
    if not parts:
        return None
    first = parts[0]
    for part in parts[1:]:
        first.add(part)
        first.needs = None if first.is_telling else first.needs or part.needs
    return first
