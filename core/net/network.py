"""The pinned network backend: one connection to a checked address, under one deadline and a limit on all bytes.

`PinnedBackend` is the network backend that httpcore is given for a single call. It connects only to addresses that
`core.net.addresses.check` passed, compares the address it is connected to, times TCP and TLS, keeps what the
certificate says, and counts all bytes received: a slow drip, an endless ``103`` and an endless body all end at the
deadline or the limit. Every failure is raised as `Fault`.
"""

import contextlib
import socket
import ssl
import time
from collections.abc import Iterable
from typing import Any, Final

import httpcore

from core.net.budget import CallBudget, Fault, Phase, cancelled, system_fault
from core.net.certificate import Certificate, read_certificate
from core.net.route import Route, reach

TLS_SECONDS: Final = 8.0
PEEK_SECONDS: Final = 2.0

_VERIFY_CODES: Final = {
    9: "CERT_NOT_YET_VALID",
    10: "CERT_HAS_EXPIRED",
    18: "DEPTH_ZERO_SELF_SIGNED_CERT",
    19: "SELF_SIGNED_CERT_IN_CHAIN",
    20: "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    21: "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    62: "ERR_TLS_CERT_ALTNAME_INVALID",
    64: "ERR_TLS_CERT_ALTNAME_INVALID",
}
"""OpenSSL's verification results (x509_vfy.h) and the codes that Node prints for them."""


class Timings:
    """Milliseconds that the phases of one call took; None for a phase that was not reached."""

    def __init__(self) -> None:
        self.tcp: float | None = None
        self.tls: float | None = None
        self.certificate: Certificate | None = None


class PinnedBackend(httpcore.NetworkBackend):
    """Connects one call along its route, and nowhere else."""

    def __init__(self, route: Route, budget: CallBudget, timings: Timings) -> None:
        self._route = route
        self._budget = budget
        self._timings = timings

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first checked address that answers; raises `Fault`."""
        if (host, port) != (self._route.host, self._route.port):
            raise Fault(Phase.TCP, "ERR_INVALID_URL", "The call left its checked address.")
        began = time.monotonic()
        try:
            sock = self._connect()
        finally:
            self._timings.tcp = _ms(began)
        return PinnedStream(sock, self._route, self._budget, self._timings)

    def connect_unix_socket(self, *_: Any, **__: Any) -> httpcore.NetworkStream:
        """Refuse: a test never talks to a local socket."""
        raise Fault(Phase.TCP, "ERR_INVALID_URL", "Local sockets are not called.")

    def _connect(self) -> socket.socket:
        fault: Fault | None = None
        for address in self._route.addresses:
            try:
                return reach(address, self._route, self._budget)
            except Fault as each:
                fault = each
        if fault is None:
            raise Fault(Phase.TCP, "ENOTFOUND", f"getaddrinfo ENOTFOUND {self._route.host}")
        raise fault


class PinnedStream(httpcore.NetworkStream):
    """One connection whose waits are all limited by the call's budget."""

    def __init__(self, sock: socket.socket, route: Route, budget: CallBudget, timings: Timings) -> None:
        self._sock = sock
        self._route = route
        self._budget = budget
        self._timings = timings

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read the available bytes; raises `Fault` at the deadline, over the limit, and when the connection is cut."""
        self._budget.before_read()
        try:
            self._sock.settimeout(self._budget.slice(Phase.HTTP))
            data = self._sock.recv(max_bytes)
        except OSError as error:
            raise self._fault(Phase.HTTP, error, "read {code}") from None
        self._budget.count(len(data))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send a request; a server that hangs up early may still have answered, so httpcore goes on to read."""
        try:
            self._sock.settimeout(self._budget.slice(Phase.HTTP))
            self._sock.sendall(buffer)
        except TimeoutError:
            raise self._budget.timed_out(Phase.HTTP) from None
        except OSError:
            raise httpcore.WriteError("the server stopped listening") from None

    def close(self) -> None:
        """Close the connection."""
        self._budget.deadline.unwatch(self._sock)
        with contextlib.suppress(OSError):
            self._sock.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Turn the connection into TLS and keep what the certificate says; raises `Fault`."""
        began = time.monotonic()
        plain = self._sock
        try:
            plain.settimeout(self._budget.slice(Phase.TLS, TLS_SECONDS))
            self._sock = ssl_context.wrap_socket(plain, server_hostname=server_hostname)
        except OSError as error:
            self.close()
            raise self._fault(Phase.TLS, error, "TLS handshake: {code}") from None
        finally:
            self._timings.tls = _ms(began)
            self._budget.deadline.unwatch(plain)
        self._budget.deadline.watch(self._sock)
        self._timings.certificate = read_certificate(self._sock.getpeercert(binary_form=True) or b"")
        return self

    def get_extra_info(self, info: str) -> Any:
        """Answer httpcore's questions about the socket."""
        if info == "ssl_object":
            return self._sock if isinstance(self._sock, ssl.SSLSocket) else None
        if info == "socket":
            return self._sock
        return None

    def _fault(self, phase: Phase, error: OSError, message: str) -> Fault:
        if self._budget.deadline.cancelled:
            return cancelled(phase)
        if isinstance(error, ssl.SSLCertVerificationError):
            code = _VERIFY_CODES.get(error.verify_code, "CERTIFICATE_VERIFY_FAILED")
            certificate = self._peek()
            return Fault(phase, code, f"{error.verify_message} ({code})", certificate=certificate)
        if isinstance(error, TimeoutError):
            return self._budget.timed_out(phase)
        if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
            return Fault(phase, "ECONNRESET", message.format(code="ECONNRESET"))
        if isinstance(error, ssl.SSLError):
            code = "ERR_SSL_" + (error.reason or "PROTOCOL_ERROR")
            return Fault(phase, code, message.format(code=code))
        return system_fault(phase, error, message)

    def _peek(self) -> Certificate | None:
        """Return the refused certificate, from a second handshake without trust over which nothing is sent."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        for address in self._route.addresses:
            with contextlib.suppress(OSError, Fault):
                seconds = self._budget.slice(Phase.TLS, PEEK_SECONDS)
                with reach(address, self._route, self._budget) as sock:
                    self._budget.deadline.unwatch(sock)
                    sock.settimeout(seconds)
                    with context.wrap_socket(sock, server_hostname=self._route.host) as tls:
                        return read_certificate(tls.getpeercert(binary_form=True) or b"")
        return None


def _ms(began: float) -> float:
    return round((time.monotonic() - began) * 1000, 1)
