"""Coming back to a session of a real server: its own browser may, and nobody else who knows its id."""

import urllib.error
import urllib.request

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from core.web.visitors import COOKIE
from tests.e2e.conftest import settled


def cookie_of(server):
    """What a browser gets with its first page."""
    with urllib.request.urlopen(f"{server.url}/", timeout=10) as answer:
        given = answer.headers.get_all("set-cookie")
    return next(each.split(";")[0] for each in given if each.startswith(f"{COOKIE}="))


def session_of(server, cookie, known=""):
    """Open a page's connection, naming a session to come back to; returns the session that it got."""
    headers = {"cookie": cookie} if cookie else {}
    protocols = ["streamlit", "no-token", *([known] if known else [])]
    address = server.url.replace("http", "ws") + "/_stcore/stream"
    with connect(address, subprotocols=protocols, additional_headers=headers, max_size=None) as socket:
        asked = BackMsg()
        asked.rerun_script.page_name = ""
        socket.send(asked.SerializeToString())
        found = ""
        while True:
            message = ForwardMsg.FromString(socket.recv(30))
            if message.WhichOneof("type") == "new_session":
                found = message.new_session.initialize.session_id
            if message.WhichOneof("type") == "script_finished":
                return found


@pytest.mark.parametrize("other", ["another", None])
def test_only_the_browser_that_began_a_session_comes_back_to_it(server, other):
    mine = cookie_of(server)
    session = session_of(server, mine)
    assert session
    assert session_of(server, other and cookie_of(server), session) != session
    assert session_of(server, mine, session) == session
    assert session not in server.log.read_text(errors="replace")


def test_another_browser_cannot_upload_into_a_session(server):
    mine = cookie_of(server)
    session = session_of(server, mine)
    asked = urllib.request.Request(f"{server.url}/_stcore/upload_file/{session}/1", data=b"x", method="PUT")
    asked.add_header("cookie", cookie_of(server))
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(asked, timeout=10)


def test_a_real_browser_shows_its_cookie_when_it_opens_a_page(browser, server):
    """The session that Chromium began belongs to the cookie that Chromium holds, which no script can read."""
    context = browser.new_context()
    page, sessions = context.new_page(), []

    def note(frame):
        message = ForwardMsg.FromString(frame)
        if message.WhichOneof("type") == "new_session":
            sessions.append(message.new_session.initialize.session_id)

    page.on("websocket", lambda socket: socket.on("framereceived", note))
    page.goto(server.url)
    page.get_by_role("heading", level=1).wait_for()
    settled(page)
    (cookie,) = [each for each in context.cookies() if each["name"] == COOKIE]
    assert cookie["httpOnly"]
    assert COOKIE not in page.evaluate("document.cookie")
    context.close()
    assert session_of(server, f"{COOKIE}={cookie['value']}", sessions[-1]) == sessions[-1]
