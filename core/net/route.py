"""The route of a call: checked addresses, trusted certificates, and the operator's proxy if there is one."""

import base64
import ipaddress
import socket
import ssl
from collections.abc import Sequence
from functools import cache
from typing import Final, NamedTuple
from urllib.parse import unquote, urlsplit

import certifi
import re2

from core.net.budget import MAX_HEADER_BYTES, CallBudget, Fault, Phase, system_fault

CONNECT_SECONDS: Final = 5.0


class Proxy(NamedTuple):
    """The operator's HTTP proxy, and the Authorization value that it requires."""

    host: str
    port: int
    authorization: str | None = None

    def __repr__(self) -> str:
        return f"Proxy({self.host}:{self.port})"


def parse_proxy(url: str) -> Proxy:
    """Read the operator's proxy setting, ``http://[user:password@]host:port``; raises `ValueError` with a sentence."""
    parts = urlsplit(url)
    if parts.scheme != "http" or not parts.hostname or parts.port == 0:
        raise ValueError("the proxy for live tests must be an address such as http://proxy.example.com:3128")
    login = None
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        login = "Basic " + base64.b64encode(pair.encode()).decode()
    return Proxy(parts.hostname, parts.port or 80, login)


class Route:
    """The route of calls to one host: its port, the checked addresses, and the trusted certificates.

    With a `proxy`, the addresses are the proxy's, which opens a tunnel to the host.
    """

    def __init__(
        self,
        host: str,
        port: int,
        addresses: Sequence[str],
        *,
        ca_file: str | None = None,
        proxy: Proxy | None = None,
    ) -> None:
        self.host = host
        self.port = port
        self.addresses = tuple(addresses)
        self.proxy = proxy
        self.context = trust(ca_file)

    @property
    def connect_port(self) -> int:
        """The port of the connection: the host's, or the proxy's."""
        return self.port if self.proxy is None else self.proxy.port


@cache
def trust(ca_file: str | None) -> ssl.SSLContext:
    """Return a context that trusts Mozilla's authorities, as Node does, and those of the operator's file.

    Reading the authorities takes some 60 ms, so it is done once per process. Raises `OSError` for a file that is
    missing or holds no certificate (`ssl.SSLError` is one).
    """
    context = ssl.create_default_context(cafile=certifi.where())
    if ca_file is not None:
        context.load_verify_locations(cafile=ca_file)
    # Python 3.13 refuses company authorities that lack optional fields; Node does not.
    context.verify_flags &= ~getattr(ssl, "VERIFY_X509_STRICT", 0)
    context.set_alpn_protocols(["http/1.1"])
    return context


def reach(address: str, route: Route, budget: CallBudget) -> socket.socket:
    """Connect to one of a route's addresses, through its proxy if there is one; raises `Fault`."""
    sock = connect(address, route.connect_port, budget)
    if route.proxy is not None:
        try:
            open_tunnel(sock, route, route.proxy, budget)
        except BaseException:
            _drop(sock, budget)
            raise
    return sock


def open_tunnel(sock: socket.socket, route: Route, proxy: Proxy, budget: CallBudget) -> None:
    """Ask the proxy for a tunnel to the route's host; raises `Fault` with the proxy's status when it refuses."""
    authority = f"{route.host}:{route.port}"
    login = f"Proxy-Authorization: {proxy.authorization}\r\n" if proxy.authorization else ""
    answer = b""
    try:
        sock.settimeout(budget.slice(Phase.TCP))
        sock.sendall(f"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n{login}\r\n".encode("ascii"))
        while b"\r\n\r\n" not in answer and len(answer) < MAX_HEADER_BYTES:
            sock.settimeout(budget.slice(Phase.TCP))
            # one byte at a time, since whatever follows the headers belongs to the tunnel
            piece = sock.recv(1)
            if not piece:
                break
            answer += piece
    except OSError as error:
        raise system_fault(Phase.TCP, error, "proxy: {code}") from None
    match = re2.match(r"^HTTP/1\.[01] (\d{3})", answer.decode("latin-1"))
    status = int(match.group(1)) if match else None
    if status is None or not 200 <= status < 300:
        message = f"tunnel connection failed: {status or 'no HTTP answer'}"
        raise Fault(Phase.TCP, None, message, status=status)


def connect(address: str, port: int, budget: CallBudget) -> socket.socket:
    """Connect to one textual address, and make sure that the other end is that address; raises `Fault`."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    budget.deadline.watch(sock)
    try:
        sock.settimeout(budget.slice(Phase.TCP, CONNECT_SECONDS))
        sock.connect((address, port))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        arrived = str(sock.getpeername()[0])
    except OSError as error:
        _drop(sock, budget)
        raise system_fault(Phase.TCP, error, f"connect {{code}} {address}:{port}") from None
    except Fault:
        _drop(sock, budget)
        raise
    if ipaddress.ip_address(arrived.split("%")[0]) != ipaddress.ip_address(address):
        _drop(sock, budget)
        raise Fault(Phase.TCP, "ERR_INVALID_URL", "The connection arrived at another address.")
    return sock


def _drop(sock: socket.socket, budget: CallBudget) -> None:
    budget.deadline.unwatch(sock)
    sock.close()
