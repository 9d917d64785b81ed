"""The HTTP routes and headers, asked as a client would, in process."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager
from itertools import islice

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount

from core.diagnosis import worker
from core.paste.formats.decode import GZIP
from core.settings import load
from core.sizes import MAX_API_BYTES
from core.web import routes
from tests.paths import ROOT

SAMPLE = (ROOT / "pages/samples/bad_request.json").read_bytes()
BIG = SAMPLE + b" " * 1_100_000

APP = Starlette(routes=[Mount("/api", routes=routes.ROUTES)], middleware=[Middleware(routes.SecurityHeaders)])


def ask(method, path, **kwargs):
    async def once():
        transport = httpx.ASGITransport(app=APP)
        async with httpx.AsyncClient(transport=transport, base_url="http://portal.example") as client:
            return await client.request(method, path, **kwargs)

    return asyncio.run(once())


def test_a_posted_paste_is_answered_with_the_terminal_contract():
    answer = ask("POST", "/api/diagnose?source=ticket-7", content=SAMPLE)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    read = answer.json()
    assert read["source"] == "ticket-7"
    assert read["findings"][0]["cause"] == "credit_exhausted"


def test_no_key_comes_back(fake_key):
    answer = ask("POST", "/api/diagnose", content=f"401 invalid x-api-key, sent {fake_key()}")
    assert answer.json()["hidden_secrets"] == 1
    assert fake_key()[14:40] not in answer.text


def test_a_body_over_the_limit_is_refused_in_a_sentence_while_it_arrives():
    answer = ask("POST", "/api/diagnose", content=b"x" * (MAX_API_BYTES + 1))
    assert answer.status_code == 413
    assert answer.json()["error"].endswith(".")


def test_a_big_body_is_read_in_a_process_of_its_own():
    answer = ask("POST", "/api/diagnose", content=SAMPLE + b" " * 1_000_001)
    assert answer.json()["findings"][0]["cause"] == "credit_exhausted"


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n" + bytes(90), b"\x1f\x8b" + bytes(90)])
def test_what_is_no_text_is_refused_in_a_sentence(content):
    answer = ask("POST", "/api/diagnose", content=content)
    assert answer.status_code == 422
    assert answer.json()["error"].endswith(".")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/api/diagnose", 405), ("POST", "/api/health", 405), ("GET", "/api/nothing", 404)],
)
def test_other_methods_and_paths_never_fall_through_to_a_page(method, path, status):
    assert ask(method, path).status_code == status


def test_health_says_what_works():
    state = ask("GET", "/api/health").json()
    assert state == {"status": "ok", "cards": state["cards"], "database": "reachable"}
    assert state["cards"] > 50


@pytest.mark.parametrize(
    "address", ["sqlite:////no/such/folder/reconnect.db", "postgresql://nobody@127.0.0.1:1/none?connect_timeout=1"]
)
def test_without_its_database_the_portal_is_degraded_and_still_ready(address):
    state = routes.check_health(load({"RECONNECT_DATABASE_URL": address}))
    assert (state.status, state.database) == ("degraded", "unreachable")


@pytest.mark.parametrize("sent", ["{key}", "run of {key}.json", "https://admin:{key}@db.example.com/x"])
def test_a_key_in_the_name_of_a_paste_is_not_read_back(sent, fake_key):
    for status, content in ((200, SAMPLE), (200, b""), (422, GZIP + b"broken")):
        for name in ("source", "other", fake_key()):
            answer = ask("POST", "/api/diagnose", params={name: sent.format(key=fake_key())}, content=content)
            assert answer.status_code == status
            assert fake_key()[20:50] not in f"{answer.text}{answer.headers}"


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/api/diagnose"), ("POST", "/api/intake"), ("GET", "/api/health"), ("GET", "/api/nothing"), ("PUT", "/")],
)
def test_no_answer_reads_a_header_or_a_query_back(method, path, fake_key):
    key = fake_key()
    headers = dict.fromkeys(("authorization", "x-api-key", "x-request-id", "referer", "user-agent", "origin"), key)
    answer = ask(method, f"{path}?{key}={key}", headers=headers | {"cookie": f"a={key}"}, content=b"Connection error.")
    assert key[20:50] not in f"{answer.text}{answer.headers}"


def test_a_long_name_is_cut_behind_the_key_and_not_inside_it(fake_key):
    answer = ask("POST", "/api/diagnose", params={"source": "x" * 150 + " " + fake_key()}, content=SAMPLE)
    assert fake_key()[14:30] not in answer.text


@pytest.mark.parametrize("path", ["/api/health", "/api/nothing", "/"])
def test_every_answer_carries_the_headers(path):
    headers = ask("GET", path).headers
    assert headers["content-security-policy"] == routes.POLICY
    assert "'unsafe-eval'" not in routes.POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"


def test_answers_of_the_api_are_not_cached():
    assert ask("GET", "/api/health").headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/", "/new-case", "/case", "/access"])
def test_no_address_is_sent_as_a_referrer(path):
    assert ask("GET", path).headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(("path", "private"), [("/", False), ("/cases", False), ("/case", True), ("/access", True)])
def test_a_private_link_stays_out_of_search_engines(path, private):
    assert ask("GET", path).headers.get("x-robots-tag", "").startswith("noindex") is private


@pytest.fixture
def portal():
    """The routes behind a real server on the loopback; its address."""
    server = uvicorn.Server(uvicorn.Config(APP, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


@contextmanager
def all_workers_taken():
    """No worker is free; those who ask for one wait for it."""
    with ExitStack() as taken:
        for _ in range(worker.AT_ONCE):
            taken.enter_context(worker._slots)
        yield


def test_uploads_that_wait_hold_nobody_else_up_and_those_too_many_are_refused_at_once(portal):
    uploads, may_wait = 45, 2 * worker.AT_ONCE
    with ThreadPoolExecutor(uploads) as senders:
        with all_workers_taken():
            sent = [
                senders.submit(httpx.post, f"{portal}/api/diagnose", content=BIG, timeout=60) for _ in range(uploads)
            ]
            told = [each.result() for each in islice(as_completed(sent, timeout=15), uploads - may_wait)]
            began = time.monotonic()
            assert httpx.get(f"{portal}/api/health", timeout=60).status_code == 200
            assert time.monotonic() - began < 10  # waiting uploads would hold it up for twice that
        waited = [each.result() for each in sent if each.result() not in told]
    assert {each.status_code for each in told} == {503}
    assert {each.json()["error"] for each in told} == {
        "Too many pastes are being read right now. Try again in a minute."
    }
    assert {each.headers["retry-after"] for each in told} == {"20"}
    assert [each.status_code for each in waited] == [200] * may_wait


def test_after_a_rush_everything_is_read_again(portal):
    with ThreadPoolExecutor(30) as senders:
        sent = [senders.submit(httpx.post, f"{portal}/api/diagnose", content=SAMPLE, timeout=60) for _ in range(30)]
        assert {each.result().status_code for each in sent} == {200}
    assert httpx.post(f"{portal}/api/diagnose", content=BIG, timeout=60).status_code == 200
