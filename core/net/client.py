"""The one module that speaks HTTP: a call along a pinned route, or a `Fault`.

httpx builds the request; an httpcore pool made for this one call carries it, on the pinned backend:
HTTP/1.1, no redirects, no environment proxies, no cookies, no keep-alive, no retries, no decoding by the library. The
pool comes through httpcore's public ``network_backend``, and the header count through its ``trace`` extension, so both
libraries are pinned and compared at import.
"""

import logging
import time
import zlib
from collections.abc import Iterator, Mapping
from typing import Any, Final

import httpcore
import httpx
import msgspec

from core.net.budget import MAX_BODY_BYTES, CallBudget, Deadline, Fault, Phase, body_too_big, cancelled
from core.net.certificate import Certificate
from core.net.network import PinnedBackend, Timings
from core.net.route import Route

_KNOWN_VERSIONS: Final = {"httpx": "0.28.1", "httpcore": "1.0.9"}
_HEADERS_DONE: Final = "http11.receive_response_headers.complete"
_USER_AGENT: Final = "reconnect/0.1 (key test)"

for _module in (httpx, httpcore):
    if _module.__version__ != _KNOWN_VERSIONS[_module.__name__]:
        raise ImportError(
            f"{_module.__name__} {_module.__version__} is installed, but live tests are checked with "
            f"{_KNOWN_VERSIONS[_module.__name__]} only; install the pinned version."
        )

# Both libraries log answers' headers and reasons, in which a server can echo the key.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


class HttpAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A whole HTTP answer; header names are lower case; `ms` is from sending to the last byte, with TCP and TLS."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    ms: float
    tcp_ms: float | None = None
    tls_ms: float | None = None
    certificate: Certificate | None = None

    def __repr__(self) -> str:
        return f"HttpAnswer({self.status}, {len(self.body)} bytes)"


class PinnedTransport(httpx.BaseTransport):
    """Carries one request over one new connection of the pinned backend."""

    def __init__(self, route: Route, budget: CallBudget, timings: Timings) -> None:
        self._budget = budget
        self._pool = httpcore.ConnectionPool(
            ssl_context=route.context,
            max_connections=1,
            max_keepalive_connections=0,
            http1=True,
            http2=False,
            retries=0,
            network_backend=PinnedBackend(route, budget, timings),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request; the answer's body stays raw bytes."""
        core_request = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            content=request.stream,
            extensions={"trace": self._trace},
        )
        response = self._pool.handle_request(core_request)
        return httpx.Response(response.status, headers=response.headers, stream=_AnswerStream(response))

    def _trace(self, event: str, _: Mapping[str, Any]) -> None:
        if event == _HEADERS_DONE:
            self._budget.headers_done = True

    def close(self) -> None:
        """Close the connection."""
        self._pool.close()


class _AnswerStream(httpx.SyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        yield from self._response.iter_stream()

    def close(self) -> None:
        self._response.close()


def call(
    route: Route,
    deadline: Deadline,
    method: str,
    url: str,
    headers: Mapping[str, str],
    *,
    body: bytes | None = None,
    seconds: float,
    timings: Timings | None = None,
) -> HttpAnswer:
    """Make one call and return its whole answer; raises `Fault` for everything else, within `seconds`."""
    timings = timings or Timings()
    budget = CallBudget(deadline, seconds)
    budget.slice(Phase.TCP)
    began = time.monotonic()
    status: int | None = None
    try:
        with (
            httpx.Client(
                transport=PinnedTransport(route, budget, timings), trust_env=False, follow_redirects=False
            ) as client,
            client.stream(method, url, headers=_all_headers(headers), content=body) as response,
        ):
            status = response.status_code
            return _whole_answer(response, timings, began)
    except Fault as fault:
        fault.status = fault.status or status
        raise
    except (httpcore.LocalProtocolError, httpx.InvalidURL, UnicodeError):
        raise Fault(Phase.HTTP, "ERR_INVALID_CHAR", "Invalid character in header content") from None
    except (httpcore.ProtocolError, httpcore.NetworkError, httpcore.TimeoutException, httpx.HTTPError) as error:
        if deadline.cancelled:
            raise cancelled(Phase.HTTP) from None
        raise _protocol_fault(error, status) from None


def _whole_answer(response: httpx.Response, timings: Timings, began: float) -> HttpAnswer:
    """Read the body to its end and return the answer; raises what httpx and the pinned backend raise."""
    content = _decoded(response.headers.get("content-encoding"), b"".join(response.iter_raw()))
    return HttpAnswer(
        status=response.status_code,
        headers={name.lower(): value for name, value in response.headers.items()},
        body=content,
        ms=round((time.monotonic() - began) * 1000, 1),
        tcp_ms=timings.tcp,
        tls_ms=timings.tls,
        certificate=timings.certificate,
    )


def _all_headers(headers: Mapping[str, str]) -> dict[str, str]:
    return {
        "accept": "application/json",
        "accept-encoding": "identity",
        "connection": "close",
        "user-agent": _USER_AGENT,
        **headers,
    }


def _protocol_fault(error: Exception, status: int | None) -> Fault:
    words = str(error)
    if "disconnected without" in words or not isinstance(error, httpcore.ProtocolError):
        return Fault(Phase.HTTP, "ECONNRESET", "socket hang up (ECONNRESET)", status=status)
    if status is not None:
        return Fault(Phase.HTTP, "ECONNRESET", "the answer broke off: premature close (ECONNRESET)", status=status)
    if "too large" in words or "too long" in words:
        return Fault(Phase.HTTP, "HPE_HEADER_OVERFLOW", "the headers of the answer are too big")
    return Fault(Phase.HTTP, "HPE_INVALID_CONSTANT", "Parse Error: the answer is not HTTP")


def _decoded(encoding: str | None, raw: bytes) -> bytes:
    """Decode gzip or deflate that came unrequested; raises `Fault` where it would exceed the size cap."""
    if encoding is None or encoding.strip().lower() not in {"gzip", "x-gzip", "deflate"}:
        return raw
    decoder = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
    try:
        content = decoder.decompress(raw, MAX_BODY_BYTES + 1)
    except zlib.error:
        return raw
    if len(content) > MAX_BODY_BYTES:
        raise body_too_big()
    return content
