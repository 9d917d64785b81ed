"""Unwrapping one text: status, answer, transport fault and names in a sentence, a log line or a message.

The same failure is wrapped differently by every caller; all of these give the same facts:

* ``401 - "{\\"type\\":\\"error\\",...}"`` (n8n's HTTP Request; a JSON string after the dash)
* ``401 {"type":"error",...}\\n\\nTroubleshooting URL: https://docs.langchain.com/...`` (LangChain, JavaScript SDK)
* ``Error code: 401 - {'type': 'error', ...}`` (Python SDK)
* ``litellm.BadRequestError: AnthropicException - {...}`` (LiteLLM)
* ``An error occurred (ValidationException) when calling the InvokeModel operation: ...`` (AWS)
* ``Request failed with status code 401`` (axios: the body is lost)
* ``connect ECONNREFUSED 127.0.0.1:443`` (transport)

Measured with n8n 2.41.1, @anthropic-ai/sdk 0.115.0, anthropic 2.12.0 and litellm 1.106.2, November 2026.
"""

from typing import Any, Final

import re2

from core.paste.draft import Draft
from core.paste.facts import bodies
from core.paste.facts.envelopes import inner_answers, is_relays_lead
from core.paste.facts.headlines import Sentence, item_in_headline, node_in_headline, sentence_of, sentences_within
from core.paste.facts.names import learn_names, learn_url
from core.paste.facts.node_types import surface_of_name
from core.paste.facts.pages import is_html, learn_page
from core.paste.facts.relays import last_of_attempts
from core.paste.facts.statuses import status_in
from core.paste.facts.surfaces import surface_in
from core.paste.facts.transport import learn_transport
from core.paste.failure import PLACE_ONLY, AnsweredBy, Headline, Surface
from core.paste.formats.json_values import (
    as_status,
    encodable,
    has_digit,
    parse_any,
    parse_first,
    parse_json,
    parse_literal,
)
from core.paste.formats.repair import close_literal, innermost_error, parse_cut_off

_DEPTH: Final = 5
_NOISE: Final = frozenset(
    (
        "error",
        "axioserror",
        "apierror",
        "unknown error",
        "original error: apierror",
        "original error: typeerror",
        "original error: error",
        "try spacing your requests out using the batching settings under 'options'",
        "null",
        "undefined",
        "open node",
        "open errored node",
        "ask assistant",
        "{}",
        "[object object]",
    )
)
"""Texts that n8n or a client puts where a reason should be, and which say nothing."""

_STATUS_DASH_JSON: Final = re2.compile(r'(?s)^(\d{3}) - (".*")\s*$')
_STATUS_LEAD: Final = re2.compile(
    r"(?s)^(?:(?:[\w.]{0,60}(?:Error|Exception)|API Error|Error|Request failed):? *)?\(?(\d{3})\)?(?::| -| )\s*(\S.*)$"
)
_PYTHON_SDK: Final = re2.compile(r"(?s)Error code: (\d{3})(?: - (.*))?$")
_AXIOS: Final = re2.compile(r"(?i)^(?:AxiosError: ?|Error: ?)?Request failed with status code (\d{3})\.?")
_AWS: Final = re2.compile(
    r"(?s)An error occurred \((\w{1,60})\)(?: \([^)]{0,60}\))? when calling the (\w{1,60}) operation"
    r"(?: \([^)]{0,80}\))?[^:]{0,80}: (.*)$"
)
_WRAPPED: Final = re2.compile(
    r"(?s)(?:litellm\.[\w.]*(?:Error|Exception): ?)?"
    r"(?:\w{0,40}(?:Exception|Error)(?: [A-Z]\w{1,20}){0,2} - )(.*)$"
)
_LITELLM: Final = re2.compile(r"litellm\.(?:exceptions\.)?(\w+(?:Error|Exception))")
_NO_BODY: Final = re2.compile(r"^(\d{3}) status code \(no body\)")
_STOP_REASON: Final = re2.compile(
    r"(?i)\bstop_?reason\b['\"]?\s*[:=]?\s*['\"]?(max_tokens|refusal|model_context_window_exceeded)\b"
)
_TELLING_TYPE: Final = re2.compile(
    r"\b(billing_error|permission_error|not_found_error|rate_limit_error|timeout_error|overloaded_error)\b"
)
"""Error types that tell the cause by themselves; the others only do so with their message."""
_LEAD: Final = 100
"""Characters in which a status that leads a text must begin."""
_SHORTEST_REST: Final = 6
_HEADLINE_LIMIT: Final = 240
"""Characters of a text that may be one headline with its node's name."""
_CLASS_ONLY: Final = re2.compile(r"^[\w.]*(?:Error|Exception|ERROR|error)$|^\[item \d+\]$")


def is_noise(text: str) -> bool:
    """Return whether `text` says nothing about the failing."""
    words = text.strip().lower()
    return words in _NOISE or not any(map(str.isalnum, words))


def learn_text(draft: Draft, text: str, depth: int = 0) -> None:
    """Learn everything that one text says about a failing call; the most deeply wrapped answer is learned first."""
    text = encodable(text).strip()
    if not text or depth > _DEPTH or is_noise(text):
        return
    if learn_headline(draft, text):
        return
    if text[0] in "{[\"'" and _learn_parsed(draft, text, depth):
        return
    if _learn_status_form(draft, text, depth) or _learn_vendor_form(draft, text, depth):
        return
    if is_html(text):
        learn_page(draft, text)
        return
    learn_transport(draft, text)
    if _learn_embedded(draft, text, depth):
        return
    if _learn_spoken_headline(draft, text):
        draft.learn(surface=surface_in(text))
        return
    learn_names(draft, text)
    draft.learn(status=status_in(text), surface=surface_in(text))
    stopped = _STOP_REASON.search(text) if "stop" in text and "eason" in text else None
    draft.learn(stop_reason=stopped.group(1).lower() if stopped else None)
    named = _TELLING_TYPE.search(text) if "_error" in text else None
    draft.learn(error_type=named.group(1) if named else None)
    if not text.isdigit():
        draft.say(text)


def learn_headline(draft: Draft, text: str) -> bool:
    """Learn one of n8n's own sentences; False if `text` is something else."""
    line = text if "\n" not in text else text.split("\n", 1)[0]
    sentence = sentence_of(line)
    if sentence:
        _learn_sentence(draft, sentence, line)
        beyond = line.strip()[len(sentence.text) :].lstrip(" .:-–") + "\n" + text[len(line) :]
        if len(beyond.strip()) > _SHORTEST_REST and not beyond.startswith("[item"):
            learn_text(draft, beyond, 1)
        return True
    parts = node_in_headline(text) if len(text) < _HEADLINE_LIMIT else None
    if parts is None:
        return False
    headline, node, rest = parts
    draft.learn(headline=headline, headline_text=text, node=node, surface=surface_of_name(node))
    if not _CLASS_ONLY.search(rest):
        learn_text(draft, rest, 1)
    return True


def _learn_sentence(draft: Draft, sentence: Sentence, line: str) -> None:
    if draft.headline in PLACE_ONLY:
        draft.correct(headline=sentence.headline, headline_text=line.strip())
    if sentence.headline is Headline.COULD_NOT_CONNECT:
        draft.learn(surface=Surface.CREDENTIAL_TEST)
    draft.learn(
        headline=sentence.headline,
        headline_text=line.strip(),
        status=sentence.status,
        code=sentence.code,
        item_index=item_in_headline(line),
    )


def _learn_spoken_headline(draft: Draft, text: str) -> bool:
    """Learn n8n's sentences inside somebody's own: "NodeApiError: Forbidden - ...", "I get Bad request - ..."."""
    sentences = sentences_within(text) if "\n" not in text else []
    if not sentences:
        return False
    rest, at = [], 0
    for sentence, start, end in sentences:
        _learn_sentence(draft, sentence, sentence.text)
        rest.append(text[at:start])
        at = max(end, start + len(sentence.text)) if text[start:].startswith(sentence.text) else end
    rest.append(text[at:])
    for part in (words.strip(" -:.\"'`") for words in reversed(rest)):
        if len(part) > _SHORTEST_REST and not _CLASS_ONLY.search(part):
            learn_names(draft, part)
            draft.say(part)
    return True


def learn_object(draft: Draft, value: object, depth: int = 0) -> bool:
    """Learn from a parsed body, its wrapped answer first; False if it is no answer."""
    if isinstance(value, str):
        learn_text(draft, value, depth + 1)
        return True
    if isinstance(value, list) and value and isinstance(value[0], dict):
        value = value[0]  # Google answers with an array of one
    if not isinstance(value, dict) or not (
        bodies.is_error(value) or bodies.is_message(value) or value.keys() & {"error", "detail", "message", "Message"}
    ):
        return False
    if depth <= _DEPTH and not bodies.is_message(value):
        _learn_inner(draft, value, depth)
    bodies.learn_body(draft, value)
    message = draft.message
    if message:
        learn_names(draft, message)
        learn_transport(draft, message)
    return True


def _learn_inner(draft: Draft, body: dict[str, Any], depth: int) -> None:
    """Learn the first answer that lies inside a body."""
    for inner, by_relay in inner_answers(body):
        nested = Draft()
        if isinstance(inner, str):
            _learn_wrapped(nested, inner, depth)
        else:
            learn_object(nested, inner, depth + 1)
        if nested.has_answer:
            draft.learn(**nested.facts)
            draft.learn(relayed=True if by_relay else None)
            for text in nested.also:
                draft.say(text)
            return


def _learn_parsed(draft: Draft, text: str, depth: int) -> bool:
    try:
        value = parse_any(text)
    except ValueError:
        return False
    return not isinstance(value, str | dict | list) or learn_object(draft, value, depth)


def _learn_status_form(draft: Draft, text: str, depth: int) -> bool:
    """The forms that lead with a status: "401 - ...", "401 {...}", "Error: 400 ...", axios, Python SDK, no body."""
    if not has_digit(text[:_LEAD]):
        return False
    leads = text[0].isdigit()
    if leads and "(no body)" in text and (match := _NO_BODY.search(text)):
        draft.learn(status=int(match.group(1)), answered_by=AnsweredBy.EMPTY)
        return True
    if "status code" in text and (match := _AXIOS.search(text)):
        draft.learn(status=int(match.group(1)))
        return True
    if text[3:7] == ' - "' and (match := _STATUS_DASH_JSON.search(text)):
        draft.learn(status=as_status(match.group(1)))
        try:
            learn_text(draft, str(parse_json(match.group(2))), depth + 1)
        except ValueError:
            learn_text(draft, match.group(2).strip('"'), depth + 1)
        return True
    match = (_PYTHON_SDK.search(text) if "Error code" in text else None) or _STATUS_LEAD.search(text)
    if not match or as_status(match.group(1)) is None or int(match.group(1)) < 200:
        return False
    draft.learn(status=int(match.group(1)), surface=Surface.OTHER_CLIENT if text.startswith("Error code:") else None)
    learn_text(draft, match.group(2) or "", depth + 1)
    return True


def _learn_vendor_form(draft: Draft, text: str, depth: int) -> bool:
    """AWS's, LiteLLM's and the AI SDK's ways to print somebody's answer."""
    if last := last_of_attempts(text):
        learn_text(draft, last, depth + 1)
        draft.say(text)
        return True
    if "An error occurred" in text and (match := _AWS.search(text)):
        draft.learn(answered_by=AnsweredBy.AWS, error_type=match.group(1))
        learn_text(draft, match.group(3), depth + 1)
        draft.say(text)  # names the operation
        return True
    if "litellm" in text and _LITELLM.search(text):
        draft.learn(surface=Surface.OTHER_CLIENT)
        _learn_wrapped(draft, text, depth)
        draft.learn(relayed=True)
        if "AnthropicException" not in text:  # else LiteLLM passes on what Anthropic said
            draft.learn(answered_by=AnsweredBy.LITELLM)
        return True
    return False


def _learn_wrapped(draft: Draft, text: str, depth: int) -> None:
    """Learn the answer inside "litellm.BadRequestError: AnthropicException - {...}"; the outer text stays beside it."""
    match = _WRAPPED.search(text)
    if not match and _learn_status_form(draft, text, depth):
        return
    learn_text(draft, match.group(1) if match else _after_prefix(text), depth + 1)
    draft.say(text)


def _after_prefix(text: str) -> str:
    start = text.find("{")
    return text[start:] if start >= 0 else text.split(": ", 1)[-1]


def _learn_embedded(draft: Draft, text: str, depth: int) -> bool:
    """Learn a JSON body or Python literal that begins inside a sentence; the words before it are kept beside it."""
    start = text.find("{")
    if start < 0 or len(text) - start < 12:
        return False
    value = _parse_at(text, start)
    if value is None:
        value = innermost_error(text[start:])
        draft.learn(relayed=True if value is not None else None)
    if value is None or not learn_object(draft, value, depth):
        return False
    before, after = text[:start], text[text.rfind("}") + 1 :]
    draft.learn(status=status_in(before), relayed=True if is_relays_lead(before) else None)
    learn_names(draft, before)
    if "://" in after:
        learn_url(draft, after)
    if len(before) > 12:
        draft.say(before.strip(" -:\n"))
    return True


def _parse_at(text: str, start: int) -> Any:
    try:
        return parse_first(text, start)[0]
    except ValueError:
        end = text.rfind("}") + 1
    try:
        return parse_literal(text[start:end])
    except ValueError:
        pass
    if text[start - 1 : start] == '"' and start:
        try:
            return parse_json(str(parse_first(text, start - 1)[0]))  # a body as a JSON string in a sentence
        except ValueError:
            pass
    try:
        return parse_cut_off(text[start:])
    except ValueError:
        pass
    try:
        return close_literal(text[start:])
    except ValueError:
        return None
