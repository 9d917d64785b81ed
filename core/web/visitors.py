"""A page's session belongs to the browser that opened it: someone who learns its id cannot join it.

Streamlit lets any browser that names a session's id come back to that session (streamlit 1.67.0, third entry of
``Sec-WebSocket-Protocol``), and puts the id into the address of every upload. So each browser gets a random cookie
with its first page; a session is noted with the cookie of the browser that it began in, and another browser that names
it gets a session of its own instead, and may not upload into it.
"""

import hashlib
import hmac
import secrets
import threading
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final

COOKIE: Final = "reconnect_browser"
MOST_SESSIONS: Final = 20_000
"""Sessions that are remembered; far more than one process has alive (Streamlit keeps 128 that lost their browser)."""

_STREAM: Final = "/_stcore/stream"
_UPLOAD: Final = "/_stcore/upload_file/"
_PROTOCOL: Final = b"sec-websocket-protocol"

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_owners: OrderedDict[str, bytes | None] = OrderedDict()
_lock = threading.Lock()


def own(session: str, cookies: Mapping[str, str]) -> None:
    """Note the browser that a session began in; the first call for a session counts."""
    with _lock:
        _owners.setdefault(session, _mark(cookies.get(COOKIE)))
        while len(_owners) > MOST_SESSIONS:
            _owners.popitem(last=False)


def may_resume(session: str, cookie: str | None) -> bool:
    """Return whether a browser with this cookie began the session; without a cookie nobody can show that they did."""
    with _lock:
        owner = _owners.get(session)
    mark = _mark(cookie)
    return owner is not None and mark is not None and hmac.compare_digest(owner, mark)


def may_upload(session: str, cookie: str | None) -> bool:
    """Return whether a browser with this cookie may upload into a session; one that is not noted has not begun."""
    with _lock:
        known, owner = session in _owners, _owners.get(session)
    return not known or owner == _mark(cookie)


def _mark(cookie: str | None) -> bytes | None:
    return hashlib.sha256(cookie.encode("utf-8", "replace")).digest() if cookie else None


class OwnSessions:
    """ASGI middleware that gives each browser its cookie, and keeps one browser out of the sessions of another."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, without a session's id that is another browser's."""
        if scope["type"] == "websocket":
            await self._app(_with_own_session(scope), receive, send)
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        cookie, path = _cookie(scope["headers"]), scope["path"]
        _, upload, rest = path.partition(_UPLOAD)
        if upload and not may_upload(rest.partition("/")[0], cookie):
            await _refuse(send)
        elif cookie is None and scope["method"] == "GET" and "/_stcore/" not in path and not path.startswith("/api/"):
            await self._app(scope, receive, _giving_a_cookie(send, secure=scope.get("scheme") == "https"))
        else:
            await self._app(scope, receive, send)


def _with_own_session(scope: Scope) -> Scope:
    """Return the scope of a page's connection, without a session's id that is another browser's."""
    if not scope["path"].endswith(_STREAM):
        return scope
    cookie = _cookie(scope["headers"])
    headers = [
        (name, _without_foreign_session(value, cookie) if name.lower() == _PROTOCOL else value)
        for name, value in scope["headers"]
    ]
    return {**scope, "headers": headers}


def _without_foreign_session(protocols: bytes, cookie: str | None) -> bytes:
    first, *others = protocols.decode("latin-1").split(",")
    session = others[1].strip() if len(others) > 1 else ""
    if session and not may_resume(session, cookie):
        others = others[:1]
    return ",".join([first, *others]).encode("latin-1")


def _cookie(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    for name, value in headers:
        if name.lower() == b"cookie":
            try:
                morsel = SimpleCookie(value.decode("latin-1")).get(COOKIE)
            except CookieError:
                continue
            if morsel is not None and morsel.value:
                return morsel.value
    return None


def _giving_a_cookie(send: Send, *, secure: bool) -> Send:
    text = f"{COOKIE}={secrets.token_urlsafe(16)}; Path=/; HttpOnly; SameSite=Lax{'; Secure' if secure else ''}"

    async def send_with_cookie(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message["headers"], (b"set-cookie", text.encode("latin-1"))]}
        await send(message)

    return send_with_cookie


async def _refuse(send: Send) -> None:
    await send({"type": "http.response.start", "status": 403, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})
