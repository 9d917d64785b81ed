"""The same functions over HTTP: ``GET /api/health``, ``POST /api/diagnose``, ``POST /api/intake``, and the headers.

The routes are stateless and know no login; the intake (`core.web.intake`) asks for a token. ``POST /api/diagnose``
takes the paste itself as the body, whatever its content type, and answers with the terminal contract
(`core.text.diagnosis`);
``?source=`` names it. Nothing of it is kept. Pastes are read in threads of their own, so that however many come, the
threads that answer for the portal's health stay free.
"""

import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

import msgspec
from anyio import CapacityLimiter, to_thread
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core import storage
from core.causes import loader
from core.diagnosis import Diagnosis
from core.diagnosis.worker import AT_ONCE, NOT_REDACTED, TooBusy, WorkerError, diagnose_by_size, is_read_apart
from core.paste import PasteError
from core.redaction import RedactionFailed, redact
from core.settings import Settings, settings
from core.sizes import MAX_API_BYTES, MEGABYTE
from core.text.diagnosis import to_json
from core.web import intake
from core.web.http import as_json, problem, read_body

_MAX_SOURCE_CHARS: Final = 200
# So much of it is redacted before it is cut, so that no half of a key is left.
_MAX_SOURCE_READ: Final = 4_000
_RETRY_SECONDS: Final = 20
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


class PortalHealth(msgspec.Struct, frozen=True):
    """Whether this process can serve: `status` is ``ok``, ``degraded`` (database not well) or ``down`` (no cards)."""

    status: str
    cards: int
    database: storage.DatabaseState


async def health(_request: Request) -> Response:
    """Answer 200 when pastes can be diagnosed, database or not, and 503 when they cannot."""
    state = await run_in_threadpool(check_health, settings())
    return as_json(state, status=503 if state.status == "down" else 200)


def check_health(chosen: Settings) -> PortalHealth:
    """Return the state of the cards and of the database; never raises."""
    try:
        cards = len(loader.load())
    except loader.CardError:
        return PortalHealth(status="down", cards=0, database=storage.health(chosen).state)
    database = storage.health(chosen)
    if database.state is not storage.DatabaseState.REACHABLE:
        _log.warning("Database: %s", database.sentence)
    return PortalHealth(
        status="ok" if database.state is storage.DatabaseState.REACHABLE else "degraded",
        cards=cards,
        database=database.state,
    )


class _Readers:
    """Threads for one kind of reading, apart from those of the other routes, and how many pastes may be in it."""

    def __init__(self, threads: int, most: int) -> None:
        self._threads = CapacityLimiter(threads)
        self._most = most
        self._inside = 0

    async def run(self, read: Callable[[bytes], Diagnosis], body: bytes) -> Diagnosis:
        """Return what `read` makes of the body; raises `TooBusy` at once where as many as may wait do so already."""
        if self._inside >= self._most:
            raise TooBusy("Too many pastes are being read right now. Try again in a minute.")
        self._inside += 1
        try:
            return await to_thread.run_sync(read, body, limiter=self._threads)
        finally:
            self._inside -= 1


_SMALL: Final = _Readers(threads=4, most=40)  # each takes a tenth of a second of this process
_BIG: Final = _Readers(threads=2 * AT_ONCE, most=2 * AT_ONCE)  # half of them wait, in their thread, for a worker


async def diagnose_body(request: Request) -> Response:
    """Diagnose the request's body; 413 for a body over the limit, 503 when too many are being read."""
    body = await read_body(request, MAX_API_BYTES)
    if body is None:
        limit = MAX_API_BYTES // MEGABYTE
        return problem(413, f"This is more than {limit} MB. Use the reconnect command or the page's upload.")
    source = _named(request.query_params.get("source", "paste"))
    try:
        diagnosis = await _diagnose(body)
    except TooBusy as error:
        return problem(503, str(error), {"retry-after": str(_RETRY_SECONDS)})
    except (PasteError, WorkerError) as error:
        return problem(422, str(error))
    except RedactionFailed:
        return problem(422, NOT_REDACTED)
    return Response(to_json(diagnosis, source=source), media_type="application/json")


def _named(source: str) -> str:
    """Return the name that the sender gave the paste, without a key that is in it."""
    try:
        return redact(source[:_MAX_SOURCE_READ]).text[:_MAX_SOURCE_CHARS]
    except RedactionFailed:
        return "paste"


async def _diagnose(body: bytes) -> Diagnosis:
    return await (_BIG if is_read_apart(body) else _SMALL).run(diagnose_by_size, body)


ROUTES: Final = [
    Route("/health", health, methods=["GET"]),
    Route("/diagnose", diagnose_body, methods=["POST"]),
    Route("/intake", intake.receive, methods=["POST"]),
]
"""To be mounted at ``/api``; a mount answers 404 and 405 itself, where a bare route would fall through to the page."""
