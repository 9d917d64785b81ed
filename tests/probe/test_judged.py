"""A test of a key judged by the cards: each fault has its cause, as a paste of the same failure would."""

import socket
from collections.abc import Callable

import pytest

from core.causes.card import KeyVerdict
from core.diagnosis import judge
from core.paste.failure import Failure
from core.probe.result import ProbeResult, ProbeStep
from core.storage.access_results import AccessOutcome
from tests.probe import fake_server as fake
from tests.probe.conftest import first_words
from tests.probe.fake_server import HOST, Anthropic, Authority, FakeServer, closed_port

Run = Callable[..., ProbeResult]
Serve = Callable[..., FakeServer]
MODEL = "claude-haiku-4-5"


def by_cards(failure: Failure) -> str:
    return judge(failure).cause


PLAYED = {
    "reset": (fake.reset, "connection_reset"),
    "truncated": (fake.truncated, "connection_reset"),
    "hang": (fake.hang, "timeout"),
    "drip": (fake.drip_headers, "timeout"),
    "garbage": (fake.garbage, "unexpected_response"),
    "endless body": (fake.endless_body, "unexpected_response"),
    "endless 103": (fake.flood_103, "unexpected_response"),
    "gzip bomb": (fake.gzip_bomb, "unexpected_response"),
    "huge headers": (fake.huge_headers, "unexpected_response"),
    "redirect": (fake.to_metadata, "unexpected_response"),
    "html": (fake.html(200, "Sign in"), "unexpected_response"),
    "empty": (fake.empty, "unexpected_response"),
    "wrong type": (fake.wrong_type, "unexpected_response"),
    "block page": (fake.html(403, "Access denied", "blocked by Zscaler"), "proxy_blocked"),
    "bad gateway": (fake.html(502, "502 Bad Gateway"), "upstream_gateway_error"),
    "proxy login": (fake.html(407, "Proxy Authentication Required"), "proxy_auth_required"),
    "region": (
        fake.json_reply(403, {"error": {"type": "forbidden", "message": "Request not allowed"}}),
        "region_blocked",
    ),
}


@pytest.mark.parametrize("name", PLAYED)
def test_what_is_in_between_has_its_cause(run: Run, serve: Serve, name: str) -> None:
    play, cause = PLAYED[name]
    seconds = 0.6 if cause == "timeout" else 5.0  # only these two end by the clock
    result = run(serve(Anthropic(keyless=play)), MODEL, judge=by_cards, seconds=seconds)
    assert result.failed is not None
    assert (result.failed.step, result.failed.cause) == (ProbeStep.HTTP, cause)
    assert result.key_verdict is KeyVerdict.UNKNOWN
    assert "Not checked: " in first_words(result)


ANSWERED = {
    "bad key": (401, "authentication_error", "invalid x-api-key", "invalid_key", KeyVerdict.REJECTED),
    "new words": (401, "authentication_error", "API key is invalid.", "invalid_key", KeyVerdict.REJECTED),
    "no credit": (
        400,
        "invalid_request_error",
        "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade.",
        "credit_exhausted",
        KeyVerdict.GOOD,
    ),
    "disabled": (
        400,
        "invalid_request_error",
        "This organization has been disabled.",
        "organization_disabled",
        KeyVerdict.GOOD,
    ),
    "overloaded": (529, "overloaded_error", "Overloaded", "overloaded", KeyVerdict.UNKNOWN),
    "server": (500, "api_error", "Internal server error", "anthropic_server_error", KeyVerdict.UNKNOWN),
    "permission": (
        403,
        "permission_error",
        "Your API key does not have permission to use the specified resource.",
        "key_lacks_permission",
        KeyVerdict.GOOD,
    ),
}


@pytest.mark.parametrize("name", ANSWERED)
def test_what_the_api_says_has_its_cause_and_proves_what_it_proves(run: Run, serve: Serve, name: str) -> None:
    status, kind, words, cause, verdict = ANSWERED[name]
    result = run(serve(Anthropic(models=fake.error(status, kind, words))), MODEL, judge=by_cards, seconds=5)
    assert result.failed is not None
    assert (result.failed.step, result.failed.cause) == (ProbeStep.AUTHENTICATION, cause)
    assert result.key_verdict is verdict


def test_a_retired_model_is_judged_by_the_answer_that_n8n_gets(run: Run, serve: Serve) -> None:
    gone = fake.error(404, "not_found_error", "model: claude-3-opus-20240229")
    result = run(serve(Anthropic(model=gone, messages=gone)), "claude-3-opus-20240229", judge=by_cards)
    assert (result.models[0].outcome, result.models[0].cause) == (AccessOutcome.FAILED, "retired_model")


def test_the_name_the_port_and_the_certificate(run: Run, authority: Authority, foreign_authority: Authority) -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "made up")

    assert run(1, MODEL, judge=by_cards, resolver=unknown).cause == "dns_failure"
    with closed_port() as port:
        assert run(port, MODEL, judge=by_cards).cause == "connection_refused"
    for context, cause in (
        (authority.context(HOST, self_signed=True), "tls_untrusted"),
        (foreign_authority.context(HOST), "tls_untrusted"),
        (authority.context("other.example"), "tls_untrusted"),
        (authority.context(HOST, days=(-9, -2)), "tls_expired"),
    ):
        with FakeServer(Anthropic(), context) as server:
            assert run(server, MODEL, judge=by_cards).cause == cause
