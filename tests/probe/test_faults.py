"""Every way a network or a server can fail a test: the right step, the right facts, in time, and nothing leaked."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from core.causes.card import KeyVerdict
from core.paste.failure import AnsweredBy, Surface
from core.probe.result import ProbeResult, ProbeStep, StepOutcome
from core.storage.access_results import AccessOutcome
from tests.probe import fake_server as fake
from tests.probe.conftest import DEADLINE, contract_of, first_words
from tests.probe.fake_server import HOST, Anthropic, Authority, FakeServer, closed_port

GRACE = 0.5
Run = Callable[..., ProbeResult]
Serve = Callable[..., FakeServer]


def failed_at(result: ProbeResult, step: ProbeStep) -> Any:
    """Check that this step failed, those before did not, those after were not reached; return its failure."""
    steps = [each.step for each in result.steps]
    at = steps.index(step)
    assert result.failed is not None
    assert result.failed.step is step, result.failed
    assert all(each.outcome in (StepOutcome.OK, StepOutcome.SKIPPED) for each in result.steps[:at])
    assert all(each.outcome is StepOutcome.NOT_REACHED for each in result.steps[at + 1 :])
    assert result.failed.detail
    assert result.failed.failure is not None
    assert result.failed.failure.surface is Surface.PROBE
    return result.failed.failure


def assert_not_judged(result: ProbeResult) -> None:
    assert result.key_verdict is KeyVerdict.UNKNOWN
    assert "Not checked: " in first_words(result)
    assert "Whether Anthropic accepts the key." in result.not_tested
    assert all(each.outcome is AccessOutcome.NOT_TRIED for each in result.models)


def assert_no_leak(result: ProbeResult, key: str, caplog: pytest.LogCaptureFixture) -> None:
    for text in (repr(result), str(contract_of(result)), caplog.text):
        assert key not in text
        assert key[20:60] not in text


# Before HTTP


def test_nothing_listens(run: Run, key: str, caplog: pytest.LogCaptureFixture) -> None:
    with closed_port() as port:
        result = run(port, "claude-haiku-4-5")
    failure = failed_at(result, ProbeStep.TCP)
    assert failure.code == "ECONNREFUSED"
    assert_not_judged(result)
    assert_no_leak(result, key, caplog)


@pytest.mark.parametrize(
    ("trouble", "code"), [(-2, "ENOTFOUND"), (-5, "ENOTFOUND"), (-3, "EAI_AGAIN")], ids=["noname", "nodata", "again"]
)
def test_the_name_does_not_resolve(run: Run, trouble: int, code: str) -> None:
    def resolver(host: str, port: int) -> list[str]:
        import socket

        raise socket.gaierror(trouble, "made up")

    result = run(1, "claude-haiku-4-5", resolver=resolver)
    assert failed_at(result, ProbeStep.DNS).code == code
    assert HOST in result.failed.detail
    assert_not_judged(result)


def test_the_resolver_never_answers(run: Run) -> None:
    began = time.monotonic()
    result = run(1, "claude-haiku-4-5", resolver=lambda _host, _port: time.sleep(3) or ["127.0.0.1"], seconds=0.5)
    assert time.monotonic() - began < 0.5 + GRACE
    assert failed_at(result, ProbeStep.DNS).code == "EAI_AGAIN"


def test_the_connection_is_cut_in_the_handshake(run: Run, serve: Serve) -> None:
    result = run(serve(before_tls=fake.reset_in_handshake), "claude-haiku-4-5")
    assert failed_at(result, ProbeStep.TLS).code == "ECONNRESET"
    assert_not_judged(result)


def test_the_handshake_never_ends(run: Run, serve: Serve) -> None:
    began = time.monotonic()
    result = run(serve(before_tls=fake.hang), "claude-haiku-4-5")
    assert time.monotonic() - began < DEADLINE + GRACE
    assert failed_at(result, ProbeStep.TLS).code == "ETIMEDOUT"


def test_not_tls_at_all(run: Run, serve: Serve) -> None:
    result = run(serve(before_tls=fake.html(400, "plain http")), "claude-haiku-4-5")
    assert failed_at(result, ProbeStep.TLS).code.startswith("ERR_SSL_")


@dataclass
class BadCertificate:
    code: str
    words: str
    names: tuple[str, ...] = (HOST,)
    days: tuple[int, int] = (-1, 30)
    self_signed: bool = False
    foreign: bool = False


CERTIFICATES = {
    "self-signed": BadCertificate("DEPTH_ZERO_SELF_SIGNED_CERT", "self-signed", self_signed=True),
    "expired": BadCertificate("CERT_HAS_EXPIRED", "expired", days=(-20, -3)),
    "not yet valid": BadCertificate("CERT_NOT_YET_VALID", "not valid yet", days=(3, 30)),
    "wrong name": BadCertificate("ERR_TLS_CERT_ALTNAME_INVALID", "proxy.corp.example", names=("proxy.corp.example",)),
    "inspection": BadCertificate(
        "UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "issued by Corporate Inspection CA", foreign=True
    ),
}


@pytest.mark.parametrize("bad", CERTIFICATES.values(), ids=CERTIFICATES)
def test_a_certificate_is_refused_and_shown(
    run: Run, authority: Authority, foreign_authority: Authority, bad: BadCertificate
) -> None:
    signer = foreign_authority if bad.foreign else authority
    context = signer.context(*bad.names, days=bad.days, self_signed=bad.self_signed)
    with FakeServer(Anthropic(), context) as server:
        result = run(server, "claude-haiku-4-5")
    assert failed_at(result, ProbeStep.TLS).code == bad.code
    assert bad.words in result.failed.detail
    assert result.certificate is not None
    assert result.certificate.subject == bad.names[0]
    assert server.requests == []  # the look at the certificate sends nothing
    assert_not_judged(result)


def test_the_issuer_is_shown_when_all_is_well(run: Run, serve: Serve) -> None:
    result = run(serve(), "claude-haiku-4-5")
    assert "issued by Test Authority" in result.step(ProbeStep.TLS).detail
    assert result.step(ProbeStep.TLS).ms is not None
    assert result.step(ProbeStep.TCP).ms is not None


# In HTTP: the same faults strike the keyless call, the authentication, the model and the message.

CUT = {
    "reset": (fake.reset, "ECONNRESET"),
    "silent close": (fake.silent_close, "ECONNRESET"),
    "truncated": (fake.truncated, "ECONNRESET"),
    "garbage": (fake.garbage, "HPE_INVALID_CONSTANT"),
    "hang": (fake.hang, "ETIMEDOUT"),
    "drip of headers": (fake.drip_headers, "ETIMEDOUT"),
    "drip of body": (fake.drip_body, "ETIMEDOUT"),
    "endless 103": (fake.endless_103, "ETIMEDOUT"),
    "flood of 103": (fake.flood_103, "HPE_HEADER_OVERFLOW"),
    "endless body": (fake.endless_body, "ERR_BODY_TOO_LARGE"),
    "gzip bomb": (fake.gzip_bomb, "ERR_BODY_TOO_LARGE"),
    "3 MB of headers": (fake.huge_headers, "HPE_HEADER_OVERFLOW"),
    "one header of 3 MB": (fake.one_huge_header, "HPE_HEADER_OVERFLOW"),
}
PARTS = {"keyless": ProbeStep.HTTP, "models": ProbeStep.AUTHENTICATION, "messages": ProbeStep.MESSAGE}


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("fault", CUT)
def test_no_whole_answer(
    run: Run, serve: Serve, key: str, caplog: pytest.LogCaptureFixture, part: str, fault: str
) -> None:
    caplog.set_level(logging.DEBUG)
    play, code = CUT[fault]
    server = serve(Anthropic(**{part: play}))
    seconds = DEADLINE if code == "ETIMEDOUT" else 5 * DEADLINE  # what ends by itself must not be ended by the clock
    began = time.monotonic()
    result = run(server, "claude-haiku-4-5", seconds=seconds)
    assert time.monotonic() - began < seconds + GRACE
    failure = failed_at(result, PARTS[part])
    assert failure.code == code
    assert result.key_verdict is (KeyVerdict.GOOD if part == "messages" else KeyVerdict.UNKNOWN)
    if part == "keyless":
        assert_not_judged(result)
    assert_no_leak(result, key, caplog)


ODD = {
    "html with 200": (fake.html(200, "Sign in to the network"), AnsweredBy.HTML, 200),
    "empty": (fake.empty, AnsweredBy.EMPTY, 200),
    "wrong content type": (fake.wrong_type, AnsweredBy.PLAIN_TEXT, 200),
    "broken JSON": (fake.binary_json, AnsweredBy.PLAIN_TEXT, 200),
    "other JSON": (fake.json_reply(200, {"hello": "world"}), AnsweredBy.OTHER_JSON, 200),
    "redirect to metadata": (fake.to_metadata, AnsweredBy.EMPTY, 302),
    "block page": (fake.html(403, "Access denied", "blocked by Zscaler"), AnsweredBy.HTML, 403),
    "bad gateway": (fake.html(502, "502 Bad Gateway"), AnsweredBy.HTML, 502),
    "proxy wants a login": (fake.html(407, "Proxy Authentication Required"), AnsweredBy.HTML, 407),
    "region": (
        fake.json_reply(403, {"error": {"type": "forbidden", "message": "Request not allowed"}}),
        AnsweredBy.ANTHROPIC_EDGE,
        403,
    ),
}


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("odd", ODD)
def test_an_answer_that_is_not_the_apis(run: Run, serve: Serve, key: str, part: str, odd: str) -> None:
    play, by, status = ODD[odd]
    server = serve(Anthropic(**{part: play}))
    result = run(server, "claude-haiku-4-5")
    failure = failed_at(result, PARTS[part])
    assert (failure.answered_by, failure.status) == (by, status)
    assert result.key_verdict is not KeyVerdict.REJECTED
    assert key not in repr(result)
    assert {each.headers["host"].split(":")[0] for each in server.requests} == {HOST}


def test_a_redirect_is_reported_and_not_followed(run: Run, serve: Serve) -> None:
    server = serve(Anthropic(keyless=fake.to_metadata))
    result = run(server)
    assert "169.254.169.254" in result.failed.detail
    assert server.connections == 1


def test_an_unasked_but_small_compressed_answer_is_read(run: Run, serve: Serve) -> None:
    import gzip

    def compressed(request: fake.Request) -> fake.Reply:
        reply = fake.message(request.json()["model"])
        packed = gzip.compress(reply.body)
        return fake.Reply(200, packed, {**reply.headers, "content-encoding": "gzip"})

    result = run(serve(Anthropic(messages=lambda request: compressed(request))), "claude-haiku-4-5")
    assert result.models[0].outcome is AccessOutcome.OK


@pytest.mark.parametrize("part", PARTS)
def test_a_server_that_echoes_the_key_in_every_way_leaks_nothing(
    run: Run, serve: Serve, key: str, caplog: pytest.LogCaptureFixture, part: str
) -> None:
    import base64
    import urllib.parse

    caplog.set_level(logging.DEBUG)
    forms = [
        key,
        key[::-1],
        urllib.parse.quote(key),
        "".join(f"%{ord(letter):02x}" for letter in key),
        base64.b64encode(key.encode()).decode(),
        base64.b64encode(b"x:" + key.encode()).decode(),
        base64.urlsafe_b64encode(b"xy:" + key.encode()).decode(),
        key.encode().hex(),
        f"Bearer {key}",
    ]
    body = {"type": "error", "error": {"type": "api_error", "message": " ".join(forms)}, "request_id": key}
    reply = fake.json_reply(500, body, request_id=key, anthropic_organization_id=key, retry_after=forms[4])
    result = run(serve(Anthropic(**{part: reply})), "claude-haiku-4-5")
    told = repr(result) + str(contract_of(result)) + caplog.text
    for form in forms:
        assert form not in told
