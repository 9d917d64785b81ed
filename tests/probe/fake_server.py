"""A scriptable server on loopback, with certificates made at run time: every way an API can answer or fail to.

`FakeServer(script)` calls ``script(request)`` for each request and plays what it returns: a `Reply`, or any function
that is given the open connection. The ready-made faults below are such functions.
"""

import contextlib
import datetime as dt
import gzip
import ipaddress
import json
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

HOST = "api.anthropic.com"
ORGANIZATION = "7f3c1f0a-1111-4222-8333-444455556666"
REQUEST_ID = "req_011CSHoEeqs5C35K2UUqR7Fy"


@dataclass
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""

    @property
    def keyless(self) -> bool:
        return not self.headers.keys() & {"x-api-key", "authorization"}

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Reply:
    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    wait: float = 0.0

    def __call__(self, connection: socket.socket) -> None:
        time.sleep(self.wait)
        headers = {"content-length": str(len(self.body)), "connection": "close"} | self.headers
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        connection.sendall(f"HTTP/1.1 {self.status} Reason\r\n{head}\r\n".encode("latin-1") + self.body)


Play = Callable[[socket.socket], None]
Script = Callable[[Request], Play]


def json_reply(status: int, body: Any, **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, json.dumps(body).encode(), {"content-type": "application/json", **named})


def error(status: int, kind: str, message: str, *, code: str | None = None, **headers: str) -> Reply:
    """Anthropic's error answer, with a request id as every answer of the API has."""
    inner: dict[str, Any] = {"type": kind, "message": message}
    if code is not None:
        inner["details"] = {"error_code": code, "error_visibility": "user_facing"}
    body = {"type": "error", "error": inner, "request_id": REQUEST_ID}
    return json_reply(status, body, request_id=REQUEST_ID, **headers)


def html(status: int, title: str, text: str = "") -> Reply:
    page = f"<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1>{text}</body></html>"
    return Reply(status, page.encode(), {"content-type": "text/html"})


def model_list(*ids: str) -> Reply:
    data = [{"type": "model", "id": each, "display_name": each} for each in ids]
    body = {"data": data, "has_more": False, "first_id": ids[0], "last_id": ids[-1]}
    return json_reply(200, body, request_id=REQUEST_ID, anthropic_organization_id=ORGANIZATION)


def model_entry(model: str) -> Reply:
    body = {"type": "model", "id": model, "lifecycle": "active", "retires_at": None, "max_tokens": 64_000}
    return json_reply(200, body, request_id=REQUEST_ID, anthropic_organization_id=ORGANIZATION)


def message(model: str, text: str | None = "CONNECTION_OK", **more: Any) -> Reply:
    content = [] if text is None else [{"type": "text", "text": text}]
    body = {
        "id": "msg_01XFDUDYJgAACzvnptvVoYEL",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": content,
        "stop_reason": "end_turn" if text else "max_tokens",
        "usage": {"input_tokens": 14, "output_tokens": 8},
        **more,
    }
    return json_reply(
        200,
        body,
        request_id=REQUEST_ID,
        anthropic_organization_id=ORGANIZATION,
        anthropic_workspace_id="wrkspc_01JwQvzr7rXLA5AGx3HKfFUJ",
        anthropic_ratelimit_requests_limit="50",
        anthropic_ratelimit_requests_remaining="49",
        anthropic_ratelimit_requests_reset="2026-11-23T12:00:00Z",
    )


class Anthropic:
    """The API as it should be; each part can be replaced by another play, or by a function of the request."""

    def __init__(self, **parts: Any) -> None:
        self.parts = parts

    def __call__(self, request: Request) -> Play:
        part = self.part_of(request)
        chosen = self.parts.get(part) or getattr(self, part)
        return chosen(request) if isinstance(chosen, type(self.keyless)) or _takes_request(chosen) else chosen

    @staticmethod
    def part_of(request: Request) -> str:
        if request.keyless:
            return "keyless"
        if request.method == "POST":
            return "messages"
        return "models" if request.path.split("?")[0].endswith("/v1/models") else "model"

    def keyless(self, request: Request) -> Play:
        return error(401, "authentication_error", "x-api-key header is required")

    def models(self, request: Request) -> Play:
        return model_list("claude-haiku-4-5", "claude-sonnet-5-5")

    def model(self, request: Request) -> Play:
        return model_entry(request.path.rsplit("/", 1)[-1])

    def messages(self, request: Request) -> Play:
        return message(request.json()["model"])


def _takes_request(chosen: Any) -> bool:
    return getattr(chosen, "__name__", "") == "<lambda>"


# Faults: what is played instead of an answer.


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    raw = socket.socket(fileno=connection.detach()) if isinstance(connection, ssl.SSLSocket) else connection
    raw.close()


def reset_in_handshake(connection: socket.socket) -> None:
    """Cut the connection once the client's first TLS message arrives; earlier, the client may still be connecting."""
    connection.recv(1)
    reset(connection)


def hang(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.settimeout(10)
        while connection.recv(65536):
            pass


def _endless(connection: socket.socket, first: bytes, piece: bytes, pause: float) -> None:
    with contextlib.suppress(OSError):
        connection.sendall(first)
        for _ in range(100_000):
            connection.sendall(piece)
            time.sleep(pause)


def drip_headers(connection: socket.socket) -> None:
    _endless(connection, b"HTTP/1.1 200 OK\r\n", b"x-drip: 1\r\n", 0.1)


def drip_body(connection: socket.socket) -> None:
    head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n"
    _endless(connection, head, b" ", 0.1)


def endless_103(connection: socket.socket) -> None:
    _endless(connection, b"", b"HTTP/1.1 103 Early Hints\r\nlink: </a>; rel=preload\r\n\r\n", 0.02)


def flood_103(connection: socket.socket) -> None:
    _endless(connection, b"", b"HTTP/1.1 103 Early Hints\r\nlink: </a>; rel=preload\r\n\r\n" * 50, 0)


def endless_body(connection: socket.socket) -> None:
    head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
    _endless(connection, head, b"10000\r\n" + b"a" * 65536 + b"\r\n", 0)


def huge_headers(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.sendall(b"HTTP/1.1 200 OK\r\n" + b"".join(b"x-%d: %s\r\n" % (i, b"a" * 980) for i in range(3000)))
        connection.sendall(b"\r\n")


def one_huge_header(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.sendall(b"HTTP/1.1 200 OK\r\nx-big: " + b"a" * 3_000_000 + b"\r\n\r\n")


_BOMB = gzip.compress(b"0" * 50_000_000, 1)  # packed beforehand, or the packing would take a part of the deadline


def gzip_bomb(connection: socket.socket) -> None:
    Reply(200, _BOMB, {"content-type": "application/json", "content-encoding": "gzip"})(connection)


def truncated(connection: socket.socket) -> None:
    connection.sendall(
        b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{"type": "mess'
    )


def garbage(connection: socket.socket) -> None:
    connection.sendall(bytes(range(256)) * 4)


def silent_close(connection: socket.socket) -> None:
    """Say nothing and hang up."""


empty = Reply(200, b"", {"content-type": "application/json"})
wrong_type = Reply(200, b"\x89PNG\r\n\x1a\n" + bytes(64), {"content-type": "image/png"})
to_metadata = Reply(302, b"", {"location": "http://169.254.169.254/latest/meta-data/"})
binary_json = Reply(200, b'{"type": "mess\xff\xfe', {"content-type": "application/json"})


class Authority:
    """A certificate authority of the test's own."""

    def __init__(self, folder: Path, name: str = "Test Authority") -> None:
        self._folder = folder
        self._name = name
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate = self._sign(self._issuer, self._key.public_key(), authority=True, days=(-2, 30), names=())
        self.file = self._write(f"{name}.pem", certificate)

    def context(self, *names: str, days: tuple[int, int] = (-1, 30), self_signed: bool = False) -> ssl.SSLContext:
        """A server's context with a fresh certificate for `names`, valid over `days` from today."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
        signer = key if self_signed else None
        certificate = self._sign(subject, key.public_key(), authority=False, days=days, names=names, signer=signer)
        pem = self._write(f"{self._name} {names[0]} {days} {self_signed}.pem", certificate, key)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        return context

    def _sign(
        self,
        subject: x509.Name,
        public: ec.EllipticCurvePublicKey,
        *,
        authority: bool,
        days: tuple[int, int],
        names: tuple[str, ...],
        signer: ec.EllipticCurvePrivateKey | None = None,
    ) -> x509.Certificate:
        now = dt.datetime.now(dt.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._issuer if signer is None else subject)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + dt.timedelta(days=days[0]))
            .not_valid_after(now + dt.timedelta(days=days[1]))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        )
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName([_alternative(each) for each in names]), False)
            usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
            builder = builder.add_extension(usage, False)
        return builder.sign(signer or self._key, hashes.SHA256())

    def _write(self, name: str, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey | None = None) -> str:
        data = certificate.public_bytes(serialization.Encoding.PEM)
        if key is not None:
            data += key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        path = self._folder / name
        path.write_bytes(data)
        return str(path)


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


class FakeServer:
    """Listens on a free port of 127.0.0.1 until the block ends."""

    def __init__(self, script: Script, context: ssl.SSLContext | None = None, before_tls: Play | None = None) -> None:
        self._script = script
        self._context = context
        self._before_tls = before_tls
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._listener.getsockname()[1]
        self.requests: list[Request] = []
        self.connections = 0
        self._open: set[socket.socket] = set()

    def __enter__(self) -> "FakeServer":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for each in list(self._open):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, plain: socket.socket) -> None:
        connection = plain
        self._open.add(plain)
        try:
            if self._before_tls is not None:
                self._before_tls(plain)
                return
            if self._context is not None:
                connection = self._context.wrap_socket(plain, server_side=True)
                self._open.discard(plain)
                self._open.add(connection)
            request = read_request(connection)
            if request is not None:
                self.requests.append(request)
                self._script(request)(connection)
        except OSError:
            pass
        finally:
            self._open.discard(connection)
            with contextlib.suppress(OSError):
                connection.close()


def read_request(connection: socket.socket) -> Request | None:
    """Read one request, or None if the other side said nothing."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return None
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    while len(body) < int(headers.get("content-length", "0")):
        body += connection.recv(65536)
    method, path, _ = lines[0].split(" ", 2)
    return Request(method, path, headers, body)


@contextlib.contextmanager
def closed_port() -> Iterator[int]:
    """A port on which nothing listens."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        yield sock.getsockname()[1]
