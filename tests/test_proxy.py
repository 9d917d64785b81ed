"""The README's nginx configuration, run by a real nginx: what reaches its logs, and what reaches the portal."""

import http.client
import http.server
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import re2

from core.sizes import MAX_UPLOAD_MB
from tests.conftest import UNAVAILABLE
from tests.paths import ROOT

README = ROOT / "README.md"
SESSION = "3f2b8c1a-0000-4000-8000-00000000000a"
LINK = "NotALinkOfAnybody00000"


class _Portal(http.server.BaseHTTPRequestHandler):
    """Answers every call with the path that it was asked for; breaks off where the path says so."""

    def do_GET(self) -> None:
        if "breaks" in self.path:
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.path.encode())

    def do_PUT(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def configuration(folder: Path, port: int, upstream: int) -> str:
    """The README's block with the places, ports and certificate of this test, inside what every nginx has around it."""
    block = re2.search(r"(?s)```nginx\n(.*?)```", README.read_text(encoding="utf-8")).group(1)
    changes = {
        "server 10.0.0.11:8501; server 10.0.0.12:8501;": f"server 127.0.0.1:{upstream};",
        "listen 443 ssl;": f"listen 127.0.0.1:{port};",
        "/var/log/nginx/": f"{folder}/",
        f"client_max_body_size {MAX_UPLOAD_MB}m;": "client_max_body_size 1k;",
    }
    for was, now in changes.items():
        assert was in block
        block = block.replace(was, now)
    temporary = "".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return f"daemon off; pid {folder}/pid; error_log {folder}/main.log; events {{}}\nhttp {{ {temporary}\n{block} }}\n"


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """A running nginx; gives its port and the folder of its logs."""
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        reason = f"{UNAVAILABLE}proxy test (tests/test_proxy.py): no nginx found, install the package nginx-light"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    portal = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Portal)
    threading.Thread(target=portal.serve_forever, daemon=True).start()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    file = tmp_path / "nginx.conf"
    file.write_text(configuration(tmp_path, port, portal.server_port), encoding="utf-8")
    running = subprocess.Popen([program, "-p", str(tmp_path), "-c", str(file)], stderr=subprocess.PIPE)
    try:
        _wait(port, running)
        yield port, tmp_path
    finally:
        running.terminate()
        running.wait(10)
        portal.shutdown()


def _wait(port: int, running: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        if running.poll() is not None:
            pytest.fail(running.stderr.read().decode())
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("nginx does not listen")


def _logged(folder: Path, lines: int) -> dict[str, str]:
    """The logs by name, once the access log has so many lines: nginx writes a line after it has answered."""
    until = time.monotonic() + 10
    while (folder / "reconnect.log").read_text().count("\n") < lines and time.monotonic() < until:
        time.sleep(0.02)
    return {file.name: file.read_text() for file in folder.glob("*.log")}


def call(port: int, method: str, path: str, body: bytes = b"") -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, body=body)
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


CALLS = [
    ("GET", f"/case?id={LINK}", b"", 200),
    ("PUT", f"/_stcore/upload_file/{SESSION}/{LINK}", b"x", 200),
    ("PUT", f"/portal/_stcore/upload_file/{SESSION}/{LINK}", b"x", 200),
    ("PUT", f"/_stcore/upload_file/{SESSION}/too-large", b"x" * 5_000, 413),
    ("GET", f"/_stcore/upload_file/{SESSION}/breaks", b"", 502),
    ("GET", f"/breaks?id={LINK}", b"", 502),
    ("GET", f"/_stcore/metrics?id={LINK}", b"", 403),
]


def test_neither_links_nor_sessions_reach_the_proxys_logs(proxy: tuple[int, Path]) -> None:
    port, folder = proxy
    for method, path, body, status in CALLS:
        got, text = call(port, method, path, body)
        assert (got, path) == (status, path)
        if status == 200:
            assert text == path, "the portal is asked for the whole address"
    logged = _logged(folder, len(CALLS))
    assert set(logged) == {"reconnect.log", "reconnect-error.log", "main.log"}
    lines = logged["reconnect.log"].splitlines()
    assert len(lines) == len(CALLS)
    assert '"GET /case" 200' in lines[0]
    assert '"PUT /_stcore/upload_file/-" 200' in lines[1]
    assert '"PUT /portal/_stcore/upload_file/-" 200' in lines[2]
    assert not [name for name, text in logged.items() if LINK in text or SESSION in text]
