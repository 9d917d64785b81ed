"""Whose session is whose: a cookie for each browser, and nothing of a session for another one."""

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket

from core.web import visitors
from core.web.visitors import COOKIE, OwnSessions, may_resume, may_upload, own

SESSION = "3f2b8c1a-0000-4000-8000-000000000001"


async def _page(request: Request) -> PlainTextResponse:
    return PlainTextResponse("page")


async def _stream(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text(websocket.headers.get("sec-websocket-protocol", ""))
    await websocket.close()


@pytest.fixture
def client() -> TestClient:
    routes = [
        WebSocketRoute("/_stcore/stream", _stream),
        Route("/{path:path}", _page, methods=["GET", "PUT", "DELETE"]),
    ]
    return TestClient(OwnSessions(Starlette(routes=routes)))


@pytest.fixture(autouse=True)
def _nobody_yet() -> Iterator[None]:
    visitors._owners.clear()
    yield
    visitors._owners.clear()


def told(client: TestClient, session: str, cookie: str | None) -> str:
    """What Streamlit is told by a browser that wants to come back to a session."""
    headers = {"sec-websocket-protocol": f"streamlit, xsrf-token, {session}"}
    if cookie:
        headers["cookie"] = f"_streamlit_xsrf=2|x; {COOKIE}={cookie}"
    with client.websocket_connect("/_stcore/stream", headers=headers) as connection:
        return connection.receive_text()


def test_a_browser_comes_back_to_its_own_session(client: TestClient) -> None:
    own(SESSION, {COOKIE: "mine"})
    assert told(client, SESSION, "mine") == f"streamlit, xsrf-token, {SESSION}"


@pytest.mark.parametrize("cookie", ["another", "", None])
def test_another_browser_gets_a_session_of_its_own(client: TestClient, cookie: str | None) -> None:
    own(SESSION, {COOKIE: "mine"})
    assert told(client, SESSION, cookie) == "streamlit, xsrf-token"


@pytest.mark.parametrize("cookies", [{}, {COOKIE: ""}, {"other": "x"}])
def test_a_session_of_a_browser_without_cookies_is_never_resumed(client: TestClient, cookies: dict[str, str]) -> None:
    own(SESSION, cookies)
    assert told(client, SESSION, None) == told(client, SESSION, "guessed") == "streamlit, xsrf-token"


def test_a_session_that_nobody_noted_is_not_resumed(client: TestClient) -> None:
    assert told(client, SESSION, "mine") == "streamlit, xsrf-token"


def test_a_session_cannot_be_taken_over_by_a_later_browser() -> None:
    own(SESSION, {COOKIE: "mine"})
    own(SESSION, {COOKIE: "another"})
    assert may_resume(SESSION, "mine")
    assert not may_resume(SESSION, "another")


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
@pytest.mark.parametrize(("cookie", "status"), [("mine", 200), ("another", 403), (None, 403)])
def test_only_its_own_browser_uploads_into_a_session(
    client: TestClient, method: str, cookie: str | None, status: int
) -> None:
    own(SESSION, {COOKIE: "mine"})
    headers = {"cookie": f"{COOKIE}={cookie}"} if cookie else {}
    for before in ("", "/portal"):
        address = f"{before}/_stcore/upload_file/{SESSION}/1"
        assert client.request(method, address, headers=headers).status_code == status


def test_a_browser_without_cookies_uploads_into_its_own_session() -> None:
    own(SESSION, {})
    assert may_upload(SESSION, None)
    assert not may_upload(SESSION, "another")


def test_each_browser_gets_one_cookie_that_no_script_reads(client: TestClient) -> None:
    first, second = client.get("/"), TestClient(client.app).get("/case")
    given = first.headers["set-cookie"]
    assert given.startswith(f"{COOKIE}=")
    assert "HttpOnly" in given
    assert "SameSite=Lax" in given
    assert "Secure" not in given
    assert len(first.cookies[COOKIE]) == 22
    assert first.cookies[COOKIE] != second.cookies[COOKIE]
    assert "set-cookie" not in client.get("/", headers={"cookie": f"{COOKIE}=mine"}).headers
    assert "Secure" in TestClient(client.app, base_url="https://portal.example").get("/").headers["set-cookie"]


@pytest.mark.parametrize("path", ["/api/health", "/_stcore/health"])
def test_machines_get_no_cookie(client: TestClient, path: str) -> None:
    assert "set-cookie" not in client.get(path).headers


def test_what_is_remembered_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visitors, "MOST_SESSIONS", 3)
    for number in range(5):
        own(f"session-{number}", {COOKIE: "mine"})
    assert [may_resume(f"session-{number}", "mine") for number in range(5)] == [False, False, True, True, True]
