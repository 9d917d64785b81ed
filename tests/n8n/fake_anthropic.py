"""A fake Anthropic API on loopback, over http and over TLS, that answers as a key asks for.

The last dash-separated part of the API key names the answer: ``sk-ant-api03-test-credit`` is out of credit (see
`faults.FAULTS`), ``…-ok`` is answered if the request is one that Anthropic would take. `plan` gives a key a sequence
of answers, the last of which stays. Every request is kept in `requests`. ``/sink`` takes reports, as a portal or a
chat would.
"""

import json
import random
import socket
import ssl
import string
import struct
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from core.models.catalogue import ModelState, Sampling, load
from tests.n8n.faults import FAULTS, Fault

HANGS_FOR = 4.0
"""Seconds that the fault "hang" says nothing; longer than the time-out of the test that uses it."""


@dataclass(frozen=True)
class Seen:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, parsed."""
        return json.loads(self.body)

    @property
    def label(self) -> str:
        """The last part of the key, or nothing."""
        return self.headers.get("x-api-key", "").rsplit("-", 1)[-1]


@dataclass
class FakeAnthropic:
    """Serves until the `with` block ends."""

    certificate: Path | None = None  # a PEM file with key and chain, for TLS
    plan: dict[str, list[str]] = field(default_factory=dict)
    requests: list[Seen] = field(default_factory=list)
    network: str | None = None  # a fault that meets everybody, with a key or without

    def __enter__(self) -> Self:
        self._servers = [self._serve(None)]
        if self.certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.certificate)
            self._servers.append(self._serve(context))
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()

    @property
    def url(self) -> str:
        """The base URL over plain http."""
        return f"http://127.0.0.1:{self._servers[0].server_address[1]}"

    @property
    def tls_port(self) -> int:
        """The port that speaks TLS."""
        return int(self._servers[1].server_address[1])

    def calls(self, label: str | None = None) -> list[Seen]:
        """The requests to /v1/messages, of one key if `label` is given, oldest first."""
        return [r for r in self.requests if r.path.endswith("/v1/messages") and label in (None, r.label)]

    def reports(self) -> list[Seen]:
        """What arrived at /sink."""
        return [request for request in self.requests if request.path == "/sink"]

    def _serve(self, context: ssl.SSLContext | None) -> ThreadingHTTPServer:
        fake = self

        class Handler(_Handler):
            owner = fake

        server = _Server(("127.0.0.1", 0), Handler)
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a client that hangs up is what the tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    owner: FakeAnthropic

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        path = self.requestline.split(" ")[1]
        seen = Seen(self.command, path, {name.lower(): value for name, value in self.headers.items()}, body)
        self.owner.requests.append(seen)
        if path == "/sink":
            self._send(200, '{"ok":true}')
            return
        if self.owner.network is not None:
            self._fault(FAULTS[self.owner.network])
            return
        self._anthropic(seen, path.split("?")[0])

    def _anthropic(self, seen: Seen, path: str) -> None:
        if path not in ("/v1/messages", "/v1/models"):
            self._error(404, "not_found_error", "Not Found")
        elif "x-api-key" not in seen.headers:
            self._error(401, "authentication_error", "x-api-key header is required")
        elif "anthropic-version" not in seen.headers:
            self._error(400, "invalid_request_error", "anthropic-version: header is required")
        else:
            name = self._next(seen.label)
            if name == "ok":
                self._message(seen)
            elif name in FAULTS:
                self._fault(FAULTS[name])
            else:
                self._fault(FAULTS["invalid"])

    def _next(self, label: str) -> str:
        plan = self.owner.plan.get(label)
        if not plan:
            return label
        return plan.pop(0) if len(plan) > 1 else plan[0]

    def _message(self, seen: Seen) -> None:
        try:
            fault = _refusal(seen)
        except ValueError:
            fault = (400, "invalid_request_error", "The request body is not valid JSON: unexpected character")
        if fault is not None:
            self._error(*fault)
            return
        answer = {
            "model": seen.json["model"],
            "id": "msg_01" + _random(22),
            "type": "message",
            "role": "assistant",
            "content": [{"type": "text", "text": "Hello from the fake Claude."}],
            "stop_reason": "end_turn",
            "stop_sequence": None,
            "usage": {"input_tokens": 14, "output_tokens": 8},
        }
        self._send(200, json.dumps(answer), {"request-id": "req_011C" + _random(20)})

    def _fault(self, fault: Fault) -> None:
        if fault is FAULTS["reset"]:
            self._hang_up()
        elif fault is FAULTS["hang"]:
            time.sleep(HANGS_FOR)
            self.close_connection = True
        elif fault.page is not None:
            self._send(fault.status, fault.page, fault.headers, fault.content_type)
        else:
            self._error(fault.status, fault.kind or "api_error", fault.message or "", fault.headers)

    def _error(self, status: int, kind: str, message: str, headers: dict[str, str] | None = None) -> None:
        request_id = "req_011C" + _random(20)
        body = {"type": "error", "error": {"type": kind, "message": message}, "request_id": request_id}
        again = "true" if status == 429 or status >= 500 else "false"
        self._send(status, json.dumps(body), {"request-id": request_id, "x-should-retry": again, **(headers or {})})

    def _send(
        self, status: int, body: str, headers: dict[str, str] | None = None, content_type: str = "application/json"
    ) -> None:
        raw = body.encode()
        self.send_response_only(status)
        fixed = {
            "Date": datetime.now(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT"),
            "Content-Type": content_type,
            "Content-Length": str(len(raw)),
            "Server": "cloudflare",
            "CF-RAY": "9a1b2c3d4e5f6789-FRA",
        }
        for name, value in (fixed | (headers or {})).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw)
        self.wfile.flush()

    def _hang_up(self) -> None:
        """Cut the connection with a TCP reset."""
        self.close_connection = True
        raw = self.connection
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raw._real_close() if isinstance(raw, ssl.SSLSocket) else raw.close()


def _refusal(seen: Seen) -> tuple[int, str, str] | None:
    """What Anthropic would refuse in a request, or None; raises `ValueError` for a body that is no JSON."""
    body, catalogue = seen.json, load()
    if "json" not in seen.headers.get("content-type", ""):
        return 400, "invalid_request_error", "Content-Type must be application/json"
    for name in ("model", "max_tokens", "messages"):
        if name not in body:
            return 400, "invalid_request_error", f"{name}: Field required"
    model = catalogue.find(body["model"])
    if model is None or model.state(datetime.now(UTC).date()) is ModelState.RETIRED:
        return 404, "not_found_error", f"model: {body['model']}"
    if not isinstance(body["max_tokens"], int):
        return 400, "invalid_request_error", "max_tokens: Input should be a valid integer"
    if model.rules and model.rules.sampling is Sampling.NONE and body.keys() & {"temperature", "top_p", "top_k"}:
        return 400, "invalid_request_error", "`temperature` is deprecated for this model."
    if any(not message.get("content") for message in body["messages"]):
        return 400, "invalid_request_error", "messages.0: user messages must have non-empty content"
    return None


def _random(length: int) -> str:
    return "".join(random.choices(string.ascii_letters + string.digits, k=length))
