"""Reading an HTTP exchange: `curl -v`, `curl -i`, a header dump, a curl command, a browser's copied headers."""

from typing import Final

import re2

from core.paste.draft import Draft
from core.paste.facts.headers import KEY_HEADERS, learn_answer_header
from core.paste.facts.node_types import provider_of_host, split_url
from core.paste.facts.pages import is_html, learn_page
from core.paste.facts.transport import learn_transport
from core.paste.facts.wording import learn_object, learn_text
from core.paste.failure import AnsweredBy, Surface
from core.paste.formats.json_values import as_status, parse_first

_STATUS_LINE: Final = re2.compile(r"(?m)^[<\s]{0,3}HTTP/[\d.]{1,3} (\d{3})")
_REQUEST_LINE: Final = re2.compile(r"(?m)^[>\s]{0,3}(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) (/\S{0,300}) HTTP/")
_HEADER: Final = re2.compile(r"(?m)^[<>\s*]{0,3}([A-Za-z][A-Za-z0-9-]{1,60}): ?(.{0,400})$")
_CURL: Final = re2.compile(r"(?s)\bcurl\b.{0,1000}?['\"]?(https?://[^\s'\"\\]{4,300})")
_VARIABLE_HOST: Final = re2.compile(
    r"(?i)\bcurl\b[^\n]{0,1000}?(?:\$\{?\w{1,60}\}?/v1/|\$\{?\w{0,40}(?:url|host|base|endpoint)\w{0,40})"
)
"""A call whose address is in a variable of the shell."""
_CURL_HEADER: Final = re2.compile(r"(?:-H|--header)[ =]?(?:\"([^\"]{1,400})\"|'([^']{1,400})'|(\S{1,400}))")
_CURL_ERROR: Final = re2.compile(r"(?m)curl: \((\d{1,3})\) (.{3,300})$")


def looks_like_exchange(text: str) -> bool:
    """Return whether the text holds a status line, a request line or a curl command with its failure."""
    return bool(
        ("HTTP/" in text and (_STATUS_LINE.search(text) or _REQUEST_LINE.search(text)))
        or ("curl" in text and (_CURL_ERROR.search(text) or _CURL.search(text)))
    )


def read_exchange(text: str) -> Draft:
    """Return the facts of the last answer in the text, with those of its request."""
    draft = Draft(surface=Surface.OTHER_CLIENT)
    statuses = [as_status(status) for status in _STATUS_LINE.findall(text)]
    real = [status for status in statuses if status is not None and status >= 200]
    _learn_body(draft, text)
    if real:
        draft.learn(status=real[-1])
    _learn_request(draft, text)
    _learn_headers(draft, text)
    failed = _CURL_ERROR.search(text)
    if failed:
        learn_transport(draft, failed.group(0))
        draft.say(failed.group(2))
    return draft


def _learn_body(draft: Draft, text: str) -> None:
    """The body is the last JSON object that begins a line, or the web page."""
    for start in _line_starts(text, "{"):
        try:
            value, _ = parse_first(text, start)
        except ValueError:
            continue
        if (
            isinstance(value, dict)
            and value.keys() & {"error", "type", "message", "detail"}
            and learn_object(draft, value)
        ):
            return
    if is_html(text):
        learn_page(draft, text[max(text.find("<"), 0) :])
        return
    last = text.rstrip().rsplit("\n", 1)[-1].strip()
    if (
        _STATUS_LINE.search(text)
        and last
        and not _HEADER.search(last)
        and last[:1] not in "<>*{}[]-"
        and "curl" not in last
    ):
        learn_text(draft, last)
        draft.learn(answered_by=AnsweredBy.PLAIN_TEXT)


def _line_starts(text: str, char: str) -> list[int]:
    starts: list[int] = []
    at = text.find(char)
    while at >= 0 and len(starts) < 20:
        if not text[text.rfind("\n", 0, at) + 1 : at].strip("< \t*"):
            starts.append(at)
        at = text.find(char, at + 1)
    return starts[::-1]


def _command(text: str) -> "re2._Match[str] | None":
    """Return the command that the last answer belongs to: of several, the last one above it."""
    commands = list(_CURL.finditer(text))
    answers = [match.start() for match in _STATUS_LINE.finditer(text)] or _line_starts(text, "{")[:1]
    above = [match for match in commands if answers and match.start() < answers[-1]]
    return above[-1] if above else next(iter(commands), None)


def _learn_request(draft: Draft, text: str) -> None:
    command = _command(text)
    if command is None and _VARIABLE_HOST.search(text):
        draft.learn(unknown_host=True)
    if command:
        host, path = split_url(command.group(1))
        draft.learn(url=command.group(1), host=host, path=path, provider=provider_of_host(host) if host else None)
        for groups in _CURL_HEADER.findall(text[:20_000]):
            _learn_header(draft, *next(part for part in groups if part).partition(":")[::2])
    request = _REQUEST_LINE.search(text)
    if request:
        draft.learn(method=request.group(1), path=request.group(2))


def _learn_headers(draft: Draft, text: str) -> None:
    for name, value in _HEADER.findall(text[:100_000])[:200]:
        _learn_header(draft, name, value)
    host = draft.host
    if host:
        draft.learn(provider=provider_of_host(host))


def _learn_header(draft: Draft, name: str, value: str) -> None:
    plain = name.strip().lower()
    if plain in KEY_HEADERS:
        draft.learn(sent_key=value.strip())
    elif plain == "anthropic-version":
        draft.learn(api_version=value.strip())
    elif plain == "host":
        draft.learn(host=value.strip())
    else:
        learn_answer_header(draft, plain, value.strip())
