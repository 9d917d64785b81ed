"""Reading what nodes put out: errors that a continue mode swallowed, answers that "Never Error" let through.

Forms measured in n8n 2.41.1: `{"error": "<n8n's sentence>"}` (vendor, chain, agent, Code), `{"error": {message, name,
code, status[, details]}}` (HTTP Request), `{body|data, headers, statusCode, statusMessage}` (full response), Claude's
message object, `{"content": [...]}` (vendor), `{"response": {"generations": ...}, "tokenUsage": ...}` (chat model).
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any, Final

import msgspec
import re2

from core.paste.draft import Draft, DraftReading
from core.paste.facts.bodies import is_claudes, is_error, is_message, stop_reason_of
from core.paste.facts.headers import learn_answer_header
from core.paste.facts.headlines import sentence_of
from core.paste.facts.pages import is_html, learn_page
from core.paste.facts.wording import learn_object, learn_text
from core.paste.failure import AnsweredBy, Shape, Success, Surface
from core.paste.formats.json_values import as_dict, as_int, as_list, as_status, as_text, parse_first
from core.paste.shapes.n8n_error import learn_error

Outputs = dict[str, list[list[Any]]]
"""Items by connection type and output: ``{"main": [[{json, pairedItem}, ...], ...]}``, items parsed."""

_WHOLE_LIMIT: Final = 256_000
_FRAGMENT_LIMIT: Final = 200_000
_SWEPT_LIMIT: Final = 200
_ITEMS_LIMIT: Final = 5_000
_MARKS: Final = re2.compile(rb'"(?:error|statusCode|stop_reason|generations|content|data|redaction|text|output)"\s*:')
_SWEEP: Final = re2.compile(
    rb'"(?:error"\s*:\s*[{"]|statusCode"\s*:\s*[45]\d\d|stop_reason"\s*:\s*"(?:max_tokens|refusal))'
)
_N8N_KEYS: Final = frozenset(("stack", "details", "httpCode", "name"))


class AnswerForm(StrEnum):
    """Whose answer a node put out, by its form alone."""

    CLAUDES = "claudes"  # a message object of Claude
    LIKE_CLAUDES = "like_claudes"  # blocks of content, as Message a model gives them; other makers' tools do too
    ANYBODYS = "anybodys"


class Answered(msgspec.Struct, frozen=True):
    """A call that was answered."""

    model: str | None = None
    form: AnswerForm = AnswerForm.ANYBODYS


def outputs_of(raw: msgspec.Raw) -> Outputs:
    """Return the outputs in a run's raw `data`; of very large ones only the items that show a failing call."""
    size = memoryview(raw).nbytes
    if size == 0 or not _MARKS.search(bytes(raw) if size < _WHOLE_LIMIT else memoryview(raw)):
        return {}
    if size <= _WHOLE_LIMIT:
        try:
            return _by_kind(msgspec.json.decode(raw))
        except (msgspec.DecodeError, RecursionError):
            return {}
    return {"main": [list(_swept_items(bytes(raw)))]}


def inputs_of(raw: msgspec.Raw) -> Outputs:
    """Return what a sub-node got, from a run's raw `inputOverride`; nothing where that is very large."""
    if not 0 < memoryview(raw).nbytes <= _WHOLE_LIMIT:
        return {}
    try:
        return _by_kind(msgspec.json.decode(raw))
    except (msgspec.DecodeError, RecursionError):
        return {}


def _by_kind(data: object) -> Outputs:
    return {kind: [as_list(output) for output in as_list(outputs)] for kind, outputs in as_dict(data).items()}


def _swept_items(data: bytes) -> Iterator[Any]:
    """Decode only the items around a sign of failing; a full decoding of 80 MB of items would build them all."""
    last_end = 0
    for count, hit in enumerate(_SWEEP.finditer(data)):
        if count >= _SWEPT_LIMIT:
            return
        if hit.start() < last_end:
            continue
        start = data.rfind(b'"json"', max(last_end, hit.start() - _FRAGMENT_LIMIT), hit.start())
        start = data.find(b"{", start) if start >= 0 else data.find(b"{", hit.start())
        if start < 0:
            continue
        text = data[start : start + _FRAGMENT_LIMIT].decode("utf-8", "replace")
        try:
            value, end = parse_first(text)
        except ValueError:
            continue
        last_end = start + len(text[:end].encode("utf-8"))
        yield {"json": value, "pairedItem": {}}  # which item it was is not known


def read_outputs(outputs: Outputs, surface: Surface | None) -> Iterator[Draft | Answered]:
    """Yield the failures and the answered calls among a node's items."""
    for kind, lists in outputs.items():
        for output in lists:
            for index, item in enumerate(output):
                call = read_item(item, surface, sub_node=kind != "main")
                if call is None:
                    continue
                if isinstance(call, Draft):
                    paired = as_dict(item).get("pairedItem")
                    call.source = call.source or as_dict(item).get("json")
                    call.learn(item_index=as_int(as_dict(paired).get("item")) if isinstance(paired, dict) else index)
                yield call


def read_item(item: object, surface: Surface | None = None, *, sub_node: bool = False) -> Draft | Answered | None:
    """Return the failure or the answered call in one item, or None if it shows neither."""
    fields = as_dict(item)
    json = fields.get("json") if isinstance(fields.get("json"), dict) else fields
    body = as_dict(json)
    if error := (body.get("error") or (fields.get("error") if json is not fields else None)):
        return _swallowed(error, body)
    if as_status(body.get("statusCode")) and ("headers" in body or "body" in body or "data" in body):
        return _full_response(body)
    if is_message(body):
        return _message(body)
    if sub_node:
        return _generation(body)
    if surface is Surface.VENDOR_NODE:
        return _vendor_answer(body)
    if surface in (Surface.HTTP_REQUEST, None) and set(body) == {"data"} and is_html(as_text(body["data"]) or ""):
        draft = Draft(status=200)
        learn_page(draft, body["data"])
        return draft
    if surface is None and _is_content(body.get("content")):
        return Answered(form=AnswerForm.LIKE_CLAUDES)
    if surface in (Surface.HTTP_REQUEST, Surface.CODE_NODE) and is_error(body):
        draft = Draft()
        learn_object(draft, body)
        return draft
    return None


def _is_content(content: object) -> bool:
    return (
        bool(content)
        and all(as_text(as_dict(block).get("type")) for block in as_list(content))
        and bool(as_list(content))
    )


def _swallowed(error: object, body: dict[str, Any]) -> Draft | None:
    draft = Draft()
    if isinstance(error, str):
        learn_text(draft, error)
    elif is_error({"error": error, "type": body.get("type")}) and not as_dict(error).keys() & _N8N_KEYS:
        learn_object(draft, body)
    elif isinstance(error, dict):
        learn_error(draft, error)
    return draft if draft.says_something else None


def _full_response(response: dict[str, Any]) -> Draft | Answered | None:
    status = as_status(response.get("statusCode"))
    body = response.get("body") if response.get("body") not in (None, "") else response.get("data")
    if status == 200 and is_message(body):
        return _message(as_dict(body))
    draft = Draft(status=status)
    if isinstance(body, str):
        learn_text(draft, body)
    else:
        learn_object(draft, body)
    if not body:
        draft.learn(answered_by=AnsweredBy.EMPTY)
    for name, value in as_dict(response.get("headers")).items():
        learn_answer_header(draft, name, as_text(value) or "")
    if status is not None and status < 400 and draft.answered_by is AnsweredBy.OTHER_JSON:
        return None
    return draft


def _message(body: dict[str, Any]) -> Draft | Answered:
    if stop_reason_of(body) is None:
        return Answered(as_text(body.get("model")), AnswerForm.CLAUDES if is_claudes(body) else AnswerForm.LIKE_CLAUDES)
    draft = Draft()
    learn_object(draft, body)
    return draft


def _vendor_answer(body: dict[str, Any]) -> Draft | Answered | None:
    """The vendor node succeeds without `content` where the answer was not Claude's, with an empty one on a refusal."""
    if body.get("content"):
        return Answered()
    if "content" in body:
        return Draft(
            status=200, stop_reason=as_text(body.get("stop_reason")) or "empty_answer", answered_by=AnsweredBy.ANTHROPIC
        )
    return (
        None
        if body.keys() & {"id", "data", "deleted", "filename", "prompt", "type"}
        else Draft(status=200, answered_by=AnsweredBy.PLAIN_TEXT)
    )


def _generation(body: dict[str, Any]) -> Draft | Answered | None:
    """A chat model's answer; tokens were paid for but the text is empty: refused, filtered or thought away."""
    response = as_dict(body.get("response"))
    texts = [
        as_text(as_dict(one).get("text")) for many in as_list(response.get("generations")) for one in as_list(many)
    ]
    if not texts:
        return None
    calls = any(
        as_dict(as_dict(one).get("message")) or as_dict(one).get("tool_calls")
        for many in as_list(response.get("generations"))
        for one in as_list(many)
    )
    if any(texts) or calls:
        return Answered()
    return Draft(status=200, stop_reason="empty_answer")


def _items_in(value: object) -> list[tuple[str | None, object]]:
    """Return the items of an output panel's copy, or of a map of node names to items, each with its node's name."""
    if isinstance(value, dict) and not value.keys() & {"error", "type", "statusCode"} and value:
        lists = {name: as_list(items) for name, items in value.items() if isinstance(items, list) and items}
        if lists and len(lists) == len(value) and all("json" in as_dict(items[0]) for items in lists.values()):
            return [(name, item) for name, items in lists.items() for item in items]
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value[:50]):
        return [(None, item) for item in value]
    if isinstance(value, dict) and ("json" in value or "statusCode" in value or _is_swallowed(value)):
        return [(None, value)]
    return []


def _is_swallowed(value: dict[str, Any]) -> bool:
    """Whether an object is an item into which a continue mode put n8n's sentence."""
    error = value.get("error")
    return isinstance(error, str) and sentence_of(error) is not None


def read_silent_items(value: object) -> DraftReading | None:
    """Return an empty reading for items that show no call; None for what is no items."""
    return DraftReading(Shape.ITEMS) if _items_in(value) else None


def read_telling_items(value: object) -> DraftReading | None:
    """Return the calls that items show, a failure that repeats once; None where they show none."""
    items = _items_in(value)
    reading = DraftReading(Shape.ITEMS)
    seen: set[tuple[Any, ...]] = set()
    for index, (node, item) in enumerate(items[:_ITEMS_LIMIT]):
        call = read_item(item)
        if isinstance(call, Answered):
            reading.successes.append(Success(node=node, model=call.model, claudes=call.form is AnswerForm.CLAUDES))
        elif call is not None:
            identity = (call.status, call.message, call.request_id, call.headline)
            call.learn(node=node, item_index=index if node is None and len(items) > 1 else None, stopped_run=False)
            if identity not in seen:
                reading.drafts.append(call)
            seen.add(identity)
    return reading if reading.is_telling else None
