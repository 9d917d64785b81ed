"""A proxy for live tests that ends on loopback: it leads Anthropic's host to a fake of it.

The portal under test is told of it by its settings alone (``RECONNECT_EGRESS_PROXY``, ``RECONNECT_CA_FILE``), so that
it makes every call as it would to the real host, name and certificate included.
"""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.probe.fake_server import HOST, Anthropic, Authority, FakeServer, Play, Request, Script


class Wire:
    """The fake Anthropic, whose `script` a test may change, and the settings that lead to it."""

    def __init__(self, folder: Path) -> None:
        self.script: Script = Anthropic()
        self._authority = Authority(folder)
        self.anthropic = FakeServer(lambda request: self.script(request), context=self._authority.context(HOST))
        self.proxy = FakeServer(self._tunnel)

    @property
    def settings(self) -> dict[str, str]:
        """Environment variables of a portal that goes out by this wire."""
        return {
            "RECONNECT_EGRESS_PROXY": f"http://127.0.0.1:{self.proxy.port}",
            "RECONNECT_CA_FILE": self._authority.file,
        }

    @property
    def requests(self) -> list[Request]:
        """What reached the fake Anthropic."""
        return self.anthropic.requests

    def _tunnel(self, request: Request) -> Play:
        host, _, port = request.path.rpartition(":")
        return _pipe(self.anthropic.port if host == HOST else int(port))


@contextlib.contextmanager
def wire(folder: Path) -> Iterator[Wire]:
    """Open a wire for the length of a block."""
    made = Wire(folder)
    with made.anthropic, made.proxy:
        yield made


def _pipe(port: int) -> Callable[[socket.socket], None]:
    def play(connection: socket.socket) -> None:
        with socket.create_connection(("127.0.0.1", port)) as upstream:
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            threading.Thread(target=_pump, args=(upstream, connection), daemon=True).start()
            _pump(connection, upstream)

    return play


def _pump(source: Any, sink: Any) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
