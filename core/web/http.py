"""What the HTTP routes share: a body read up to a limit, and answers in JSON."""

from collections.abc import Mapping

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response


class Problem(msgspec.Struct, frozen=True):
    """What went wrong, in one sentence."""

    error: str


async def read_body(request: Request, most: int) -> bytes | None:
    """Return the body, or None as soon as it is over `most` bytes, whatever its Content-Length says."""
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > most:
                return None
    except ClientDisconnect:
        return b""
    return bytes(body)


def problem(status: int, sentence: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return an answer that says what went wrong."""
    return as_json(Problem(sentence), status=status, headers=headers)


def as_json(value: msgspec.Struct, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return an answer in JSON."""
    content = msgspec.json.encode(value)
    return Response(content, status_code=status, headers=headers, media_type="application/json")
