"""Every documented error and every wrapper: the probe reads the same facts as Anthropic's own SDK sees."""

import json
import ssl
from collections.abc import Callable
from typing import Any

import pytest

from core.causes.card import KeyVerdict
from core.paste.failure import AnsweredBy, Failure
from core.probe.result import ProbeResult, ProbeStep
from core.storage.access_results import AccessOutcome
from tests.paths import DATA
from tests.probe import fake_server as fake
from tests.probe.conftest import by_status
from tests.probe.fake_server import Anthropic, Authority, FakeServer
from tests.probe.test_faults import ODD

Run = Callable[..., ProbeResult]
Serve = Callable[..., FakeServer]
MODEL = "claude-haiku-4-5"

pytestmark = pytest.mark.xdist_group("SDK")


@pytest.fixture(scope="module", autouse=True)
def _sdk() -> None:
    """Import the official SDK and its library only where a test runs: it takes longer than most test files."""
    global anthropic, httpx2
    import anthropic
    import httpx2


DOCUMENTED: list[dict[str, Any]] = [
    each
    for each in json.loads((DATA / "anthropic_errors.json").read_bytes())
    if each["platform"] == "claude_api" and each["status"] is not None
]


def reply_for(entry: dict[str, Any]) -> fake.Reply:
    """The answer as the API's pages describe it; a few statuses come from the edge and have no type."""
    message = entry["message_example"] or "No text of this answer is known"
    if entry["type"] == "forbidden":
        return fake.json_reply(403, {"error": {"type": "forbidden", "message": message}})
    if entry["type"] is None:
        return fake.html(entry["status"], f"{entry['status']} from the edge")
    kind = entry["type"].split(" / ")[0]
    return fake.error(entry["status"], kind, message, code=entry["error_code"])


def name_of(entry: dict[str, Any]) -> str:
    return f"{entry['status']}-{entry['error_code'] or (entry['message_example'] or 'no text')[:40]}"


def sdk_error(authority: Authority, server: FakeServer, key: str) -> "anthropic.APIError":
    """What the official SDK raises for the same call."""
    context = ssl.create_default_context(cafile=authority.file)
    with (
        httpx2.Client(verify=context) as http,
        anthropic.Anthropic(
            api_key=key, base_url=f"https://localhost:{server.port}", max_retries=0, timeout=1.0, http_client=http
        ) as client,
        pytest.raises(anthropic.APIError) as caught,
    ):
        client.messages.create(model=MODEL, max_tokens=16, messages=[{"role": "user", "content": "hello"}])
    return caught.value


def probe_failure(run: Run, server: FakeServer) -> Failure:
    result = run(server, MODEL, seconds=5)
    assert result.models[0].outcome is AccessOutcome.FAILED
    assert result.models[0].failed_step is ProbeStep.MESSAGE
    failure = result.models[0].failure
    assert failure is not None
    return failure


@pytest.mark.parametrize("entry", DOCUMENTED, ids=name_of)
def test_a_documented_error_is_read_as_the_sdk_reads_it(
    run: Run, serve: Serve, authority: Authority, key: str, entry: dict[str, Any]
) -> None:
    server = serve(Anthropic(messages=reply_for(entry)))
    failure = probe_failure(run, server)
    error = sdk_error(authority, server, key)
    assert isinstance(error, anthropic.APIStatusError)
    assert failure.status == error.status_code == entry["status"]
    if entry["type"] is None:
        assert failure.answered_by is AnsweredBy.HTML
        return
    assert isinstance(error.body, dict)
    assert failure.error_type == error.body["error"]["type"]
    assert failure.answered_by is (AnsweredBy.ANTHROPIC_EDGE if entry["type"] == "forbidden" else AnsweredBy.ANTHROPIC)
    assert failure.model == MODEL
    if entry["type"] != "forbidden":
        assert failure.error_code == entry["error_code"]
        assert failure.request_id == error.request_id == fake.REQUEST_ID
    if entry["message_example"]:
        assert entry["message_example"].split()[0] in (failure.message or "")


INNER = {
    "type": "error",
    "error": {"type": "invalid_request_error", "message": "max_tokens: 9 > 8"},
    "request_id": fake.REQUEST_ID,
}
LITELLM = {
    "error": {
        "message": "litellm.BadRequestError: AnthropicException - " + json.dumps(INNER),
        "type": None,
        "param": None,
        "code": "400",
    }
}
LITELLM_KEY = {
    "error": {
        "message": "Authentication Error, Invalid proxy server token passed. Received API Key = sk-...1234, "
        "Key Hash (Token) =abc. Unable to find token in cache or `LiteLLM_VerificationTokenTable`",
        "type": "auth_error",
        "param": "None",
        "code": "401",
    }
}
OPENROUTER = {"error": {"code": 402, "message": "Insufficient credits.", "metadata": {"provider_name": "Anthropic"}}}
OPENROUTER_RAW = {"error": {"code": 400, "message": "Provider returned error", "metadata": {"raw": json.dumps(INNER)}}}
WRAPPED = {
    "litellm wraps Anthropic": (400, LITELLM, "invalid_request_error", "max_tokens: 9 > 8"),
    "litellm's own key": (401, LITELLM_KEY, "auth_error", "Invalid proxy server token"),
    "openrouter": (402, OPENROUTER, None, "Insufficient credits"),
    "openrouter wraps Anthropic": (400, OPENROUTER_RAW, "invalid_request_error", "max_tokens: 9 > 8"),
}


@pytest.mark.parametrize("name", WRAPPED)
def test_a_gateways_wrapper_is_unwrapped(run: Run, serve: Serve, authority: Authority, key: str, name: str) -> None:
    status, body, kind, words = WRAPPED[name]
    server = serve(Anthropic(messages=fake.json_reply(status, body)))
    result = run(server, MODEL, host="gateway.test", seconds=5)
    failure = result.models[0].failure
    assert failure is not None
    error = sdk_error(authority, server, key)
    assert isinstance(error, anthropic.APIStatusError)
    assert failure.status == error.status_code == status
    assert failure.error_type == kind
    assert words in (failure.message or "") + " ".join(failure.also)


@pytest.mark.parametrize("name", [name for name, (_, _, status) in ODD.items() if status >= 400])
def test_somebody_in_between_is_seen_with_the_sdks_status(
    run: Run, serve: Serve, authority: Authority, key: str, name: str
) -> None:
    play, _, status = ODD[name]
    server = serve(Anthropic(messages=play))
    error = sdk_error(authority, server, key)
    assert isinstance(error, anthropic.APIStatusError)
    assert probe_failure(run, server).status == error.status_code == status


@pytest.mark.parametrize("name", [name for name, (_, _, status) in ODD.items() if status == 200])
def test_a_200_that_is_no_message_is_none_for_the_sdk_either(
    run: Run, serve: Serve, authority: Authority, key: str, name: str
) -> None:
    """The SDK believes a 200: it gives text, or a message without its fields, or cannot read it at all."""
    server = serve(Anthropic(messages=ODD[name][0]))
    assert probe_failure(run, server).status == 200
    context = ssl.create_default_context(cafile=authority.file)
    base = f"https://localhost:{server.port}"
    with (
        httpx2.Client(verify=context) as http,
        anthropic.Anthropic(api_key=key, base_url=base, max_retries=0, http_client=http) as client,
    ):
        try:
            answer = client.messages.create(model=MODEL, max_tokens=16, messages=[{"role": "user", "content": "x"}])
        except (anthropic.APIError, ValueError):
            return
    assert getattr(answer, "type", None) != "message" or not getattr(answer, "content", None)


def test_an_error_with_200_is_no_success(run: Run, serve: Serve) -> None:
    failure = probe_failure(run, serve(Anthropic(messages=fake.json_reply(200, OPENROUTER))))
    assert failure.answered_by is AnsweredBy.OPENROUTER


@pytest.mark.parametrize(
    "play",
    [fake.reset, fake.hang, fake.truncated, fake.garbage, fake.drip_headers, fake.huge_headers],
    ids=lambda play: play.__name__,
)
def test_the_sdk_sees_no_answer_either(run: Run, serve: Serve, authority: Authority, key: str, play: fake.Play) -> None:
    server = serve(Anthropic(messages=play))
    result = run(server, MODEL, seconds=1)
    assert result.models[0].failure is not None
    assert result.models[0].failure.error_type is None
    if play is not fake.drip_headers:  # the SDK has no deadline for a whole answer, so it would drip on
        assert isinstance(sdk_error(authority, server, key), anthropic.APIConnectionError)


def test_a_good_answer_is_one_for_the_sdk_too(run: Run, serve: Serve, authority: Authority, key: str) -> None:
    server = serve(Anthropic(messages=fake.message(MODEL, None)))
    result = run(server, MODEL)
    assert result.models[0].outcome is AccessOutcome.OK
    assert result.models[0].sample is None
    context = ssl.create_default_context(cafile=authority.file)
    base = f"https://localhost:{server.port}"
    with (
        httpx2.Client(verify=context) as http,
        anthropic.Anthropic(api_key=key, base_url=base, max_retries=0, http_client=http) as client,
    ):
        answer = client.messages.create(model=MODEL, max_tokens=16, messages=[{"role": "user", "content": "x"}])
    assert result.models[0].usage is not None
    assert answer.usage.output_tokens == result.models[0].usage.output_tokens
    assert answer.stop_reason == result.models[0].stop_reason


REFUSED = fake.error(401, "authentication_error", "invalid x-api-key")


def test_only_anthropics_own_401_rejects_a_key(run: Run, serve: Serve) -> None:
    assert run(serve(Anthropic(models=REFUSED)), MODEL).key_verdict is KeyVerdict.REJECTED
    behind_gateway = run(serve(Anthropic(models=REFUSED)), MODEL, host="gateway.test")
    assert behind_gateway.key_verdict is KeyVerdict.UNKNOWN


ONE_OF_EACH = {(each["status"], each["type"]): each for each in DOCUMENTED if each["status"] != 401}


@pytest.mark.parametrize("part", ["keyless", "models", "messages"])
@pytest.mark.parametrize("entry", ONE_OF_EACH.values(), ids=name_of)
def test_no_other_answer_ever_rejects_a_key(run: Run, serve: Serve, entry: dict[str, Any], part: str) -> None:
    server = serve(Anthropic(**{part: reply_for(entry)}))
    result = run(server, MODEL, judge=lambda failure: "invalid_key", seconds=5)
    assert result.key_verdict is not KeyVerdict.REJECTED


def test_a_401_that_names_the_organization_does_not_reject_the_key(run: Run, serve: Serve) -> None:
    cors = fake.error(
        401,
        "authentication_error",
        "CORS requests are not allowed for this Organization because of its settings.",
        anthropic_organization_id=fake.ORGANIZATION,
    )
    result = run(serve(Anthropic(models=cors)), MODEL, judge=by_status)
    assert result.key_verdict is KeyVerdict.GOOD
