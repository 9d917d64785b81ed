"""The same functions over HTTP: ``GET /api/health``, ``POST /api/diagnose``, ``POST /api/intake``, and the headers.

The routes are stateless and know no login; the intake (`core.intake`) asks for a token. ``POST /api/diagnose`` takes
the paste itself as the body, whatever its content type, and answers with the terminal contract (`core.report`);
``?source=`` names it. Nothing of it is kept.
"""

import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core import cases, intake
from core.causes import loader
from core.diagnosis import diagnose
from core.paste import PasteError
from core.paste.decode import GZIP
from core.redaction import RedactionFailed
from core.report import to_json
from core.settings import IN_PROCESS_BYTES, Settings, settings
from core.web import as_json, problem, read_body
from core.workers import NOT_REDACTED, TooBusy, WorkerError, diagnose_apart

MAX_BODY_BYTES: Final = 10_000_000
"""Largest body of ``POST /api/diagnose``; the ``reconnect`` command reads larger files."""

_MAX_SOURCE_CHARS: Final = 200
_log = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

POLICY: Final = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",  # Streamlit's styles are made in the browser
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
"""What a page may load: nothing from anywhere else, so that no text of a stranger can reach out."""

_HEADERS: Final = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",  # on every page: from one to a private link the browser keeps the first's policy
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_PRIVATE_PATHS: Final = ("/case", "/access")  # their address is the right to read them


class SecurityHeaders:
    """ASGI middleware that puts the security headers on every HTTP answer; websockets pass untouched."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and add the headers when the answer starts."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(_HEADERS)
        if _is_private(scope["path"]):
            headers["x-robots-tag"] = "noindex, nofollow, noarchive"
        if scope["path"].startswith("/api/"):
            headers["cache-control"] = "no-store"

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [pair for pair in message["headers"] if pair[0].decode("latin-1").lower() not in headers]
                added = [(name.encode(), value.encode()) for name, value in headers.items()]
                message = {**message, "headers": kept + added}
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _is_private(path: str) -> bool:
    return any(path == each or path.startswith(f"{each}/") for each in _PRIVATE_PATHS)


class Health(msgspec.Struct, frozen=True):
    """Whether this process can serve: `status` is ``ok``, ``degraded`` (database not well) or ``down`` (no cards)."""

    status: str
    cards: int
    database: cases.State


async def health(_request: Request) -> Response:
    """Answer 200 when pastes can be diagnosed, database or not, and 503 when they cannot."""
    state = await run_in_threadpool(check_health, settings())
    return as_json(state, status=503 if state.status == "down" else 200)


def check_health(chosen: Settings) -> Health:
    """The state of the cards and of the database; never raises."""
    try:
        cards = len(loader.load())
    except loader.CardError:
        return Health(status="down", cards=0, database=cases.health(chosen).state)
    database = cases.health(chosen)
    if database.state is not cases.State.REACHABLE:
        _log.warning("Database: %s", database.sentence)
    return Health(
        status="ok" if database.state is cases.State.REACHABLE else "degraded", cards=cards, database=database.state
    )


async def diagnose_body(request: Request) -> Response:
    """Diagnose the request's body; 413 for a body over the limit, 503 when all workers are taken."""
    body = await read_body(request, MAX_BODY_BYTES)
    if body is None:
        limit = MAX_BODY_BYTES // 1_000_000
        return problem(413, f"This is more than {limit} MB. Use the reconnect command or the page's upload.")
    source = request.query_params.get("source", "paste")[:_MAX_SOURCE_CHARS]
    try:
        answer = await run_in_threadpool(_diagnose, body, source)
    except TooBusy as error:
        return problem(503, str(error))
    except (PasteError, WorkerError) as error:
        return problem(422, str(error))
    except RedactionFailed:
        return problem(422, NOT_REDACTED)
    return Response(answer, media_type="application/json")


def _diagnose(body: bytes, source: str) -> bytes:
    # What a small packed body holds may be large, so it too is read in a process of its own.
    small = len(body) <= IN_PROCESS_BYTES and not body.startswith(GZIP)
    run = diagnose if small else diagnose_apart
    return to_json(run(body), source=source)


ROUTES: Final = [
    Route("/health", health, methods=["GET"]),
    Route("/diagnose", diagnose_body, methods=["POST"]),
    Route("/intake", intake.receive, methods=["POST"]),
]
"""To be mounted at ``/api``; a mount answers 404 and 405 itself, where a bare route would fall through to the page."""
