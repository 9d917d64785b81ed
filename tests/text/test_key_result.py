"""What a key test says first, for every way that it can end: no contradiction, nothing of a paste, nothing claimed."""

import datetime as dt
import itertools
import json
import socket

import pytest
import re2

from core.causes.card import Certainty, Family, KeyVerdict, WhoFixes
from core.causes.loader import load
from core.diagnosis import recall
from core.keys import key_text
from core.paste.failure import AnsweredBy, Failure, Provider, Surface
from core.probe import live_run
from core.probe.live_run import ProbeFinding, findings_of
from core.probe.request import ProbeRequest
from core.probe.result import ModelResult, ProbeResult, ProbeStep, StepOutcome, StepResult
from core.probe.summary import key_verdict, not_tested
from core.storage.access_results import AccessOutcome
from core.text import vocabulary
from core.text.key_report import result_lines, ticket, where_from
from core.text.key_result import about_key, advice, headline, title_of
from tests.paths import DATA
from tests.probe import fake_server as fake
from tests.probe.conftest import surroundings
from tests.probe.fake_server import HOST, Anthropic, Authority, FakeServer, closed_port
from tests.probe.test_summary import IMITATED
from tests.reading_grade import reading_grade

HAIKU, SONNET = "claude-haiku-4-5", "claude-sonnet-5"
GATEWAY = "gateway.test"
NOT_FOR_A_TEST = re2.compile(
    r"(?i)\bpast(e|ed|ing)\b|failed (run|execution|node)|\bexecutions\b|red node|node that failed|run the (failing )?"
    r"(node|workflow) |the page test a key|open test a key|page in the error|the message in n8n|node turns green"
    r"|retry on fail|\bthe probe\b|\*\*|\{[a-z]"
)
OF_N8N = re2.compile(r"(?i)\bn8n\b|\bnode\b")
SHORT = 20
"""Words that a headline may have beside the names in it."""

REFUSED = fake.error(401, "authentication_error", "invalid x-api-key")
EXPIRED = fake.error(401, "authentication_error", "This API key has expired.")
NO_CREDIT = fake.error(400, "invalid_request_error", "Your credit balance is too low to access the Anthropic API.")
EDGE = fake.json_reply(403, {"error": {"type": "forbidden", "message": "Request not allowed"}})
GONE = fake.error(404, "not_found_error", f"model: {HAIKU}")
OVERLOADED = fake.error(529, "overloaded_error", "Overloaded")
DOCUMENTED = json.loads((DATA / "anthropic_errors.json").read_bytes())
PLAYED = {
    "reset": fake.reset,
    "hang": fake.hang,
    "truncated": fake.truncated,
    "garbage": fake.garbage,
    "endless body": fake.endless_body,
    "flood of 103": fake.flood_103,
    "gzip bomb": fake.gzip_bomb,
    "huge headers": fake.huge_headers,
    "one huge header": fake.one_huge_header,
    "silent close": fake.silent_close,
    "empty": fake.empty,
    "wrong type": fake.wrong_type,
    "redirect": fake.to_metadata,
    "broken json": fake.binary_json,
    "bad gateway": fake.html(502, "502 Bad Gateway"),
    "proxy login": fake.html(407, "Proxy Authentication Required"),
    "block page": fake.html(403, "Access denied", "blocked by Zscaler"),
    "refused": REFUSED,
    "expired": EXPIRED,
    "credit": NO_CREDIT,
    "gone": GONE,
    "overloaded": OVERLOADED,
    "limited": fake.error(429, "rate_limit_error", "This request would exceed your organization's rate limit"),
    "litellm": fake.json_reply(
        401, {"error": {"message": "Authentication Error, Invalid proxy server token passed.", "type": "auth_error"}}
    ),
    "teapot": fake.Reply(418, b""),
} | IMITATED


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def context(authority):
    return authority.context(HOST, GATEWAY)


@pytest.fixture
def run(authority, context, fake_key):
    def test(script, *models, host=HOST, key=None, seconds=5.0, context=context, **more):
        around = {name: more.pop(name) for name in ("resolver",) if name in more}
        with FakeServer(script, context) as server:
            asked = ProbeRequest(
                **({"base_url": f"https://{host}:{server.port}", "models": models, "seconds": seconds} | more)
            )
            world = surroundings(authority, server.port, host, **around)
            return live_run.run(asked, fake_key() if key is None else key, surroundings=world)

    return test


def said(result):
    """Everything that the page, the terminal and the ticket say of a result in words of ours."""
    found = findings_of(result)
    told = [headline(result, found), about_key(result, found), *result.not_tested]
    for problem in found:
        words = advice(result, problem)
        told += [words.title, words.what_happened, words.who_fixes, *words.steps, words.how_to_check]
    return told


def assert_sound(result):
    """No word of a paste, no claim that is not proven, and headline, key, steps and "not tested" that agree."""
    found = findings_of(result)
    first, known = headline(result, found), about_key(result, found)
    for text in said(result):
        assert not NOT_FOR_A_TEST.search(text), text
        assert "  " not in text
    assert len(first.split()) <= SHORT, first
    answered = any(each.outcome is AccessOutcome.OK for each in result.models)
    assert first.startswith("The key works with ") is answered
    if found and not answered:
        assert first == advice(result, found[0]).title
    verdict = result.key_verdict
    assert known.startswith("Valid: ") is (verdict is KeyVerdict.GOOD)
    assert known.startswith("Rejected by Anthropic: ") is (verdict is KeyVerdict.REJECTED)
    assert known.startswith("Can't be a key: ") is (verdict is KeyVerdict.UNUSABLE)
    assert ("Whether Anthropic accepts the key." in result.not_tested) is (verdict is KeyVerdict.UNKNOWN)
    if verdict is KeyVerdict.UNKNOWN:
        assert "not checked" in known.lower()
        assert not [text for text in said(result) if "Anthropic knows th" in text]
        assert not first.startswith("Anthropic does not accept this key")
    terminal = "\n".join(result_lines(result, as_json=False))
    text = ticket(result, found)
    assert first in terminal
    assert first in text
    assert known in terminal
    assert known in text
    for problem in found:
        told = advice(result, problem)
        assert 2 <= len(told.steps) <= 7
        if problem.finding.card.family is Family.NETWORK:
            assert not OF_N8N.search(told.title), told.title
            assert "portal's admin" in told.who_fixes or told.who_fixes == f"The owner of {result.host}"


@pytest.mark.parametrize("host", [HOST, GATEWAY])
@pytest.mark.parametrize("part", ["keyless", "models", "model", "messages"])
@pytest.mark.parametrize("name", PLAYED)
def test_every_answer_and_fault_is_described_soundly(run, name, part, host):
    seconds = 0.5 if name in ("hang", "endless body") else 5.0
    assert_sound(run(Anthropic(**{part: PLAYED[name]}), HAIKU, host=host, seconds=seconds))


@pytest.mark.parametrize("host", [HOST, GATEWAY])
def test_every_documented_error_is_described_soundly(run, host):
    for entry in DOCUMENTED:
        if entry["platform"] != "claude_api" or not entry["status"] or not entry["type"]:
            continue
        kind = entry["type"].split(" / ")[0]
        reply = fake.error(entry["status"], kind, entry["message_example"] or "x", code=entry["error_code"])
        for part in ("models", "messages"):
            assert_sound(run(Anthropic(**{part: reply}), HAIKU, host=host))


KEYS = [
    "", "sk-or-v1-" + "a1" * 32, "sk-ant-admin01-" + "a" * 93 + "AA", "sk-ant-oat01-" + "b" * 90, "AIza" + "c" * 35,
    "sk-ant-...AbCd", "hello", "sk-ant-api03-“" + "d" * 90, "wrkspc_01JwQvzr7rXLA5AGx3HKfFUJ", "gsk_" + "e" * 48,
]  # fmt: skip


@pytest.mark.parametrize("clean_key", [True, False])
@pytest.mark.parametrize("key", KEYS)
def test_a_text_that_is_no_key_is_described_soundly(run, key, clean_key):
    result = run(Anthropic(), HAIKU, key=key, clean_key=clean_key)
    assert_sound(result)
    assert result.key_verdict in (KeyVerdict.UNUSABLE, KeyVerdict.REJECTED, KeyVerdict.GOOD)


@pytest.mark.parametrize(
    "base", ["", "http://api.anthropic.com", "https://api.anthropic.com/v1", "https://console.anthropic.com", "a b",
             "https://localhost", "https://api.anthropic.com:444", "https://10.0.0.1", "https://api.anthropic.co"],
)  # fmt: skip
def test_an_address_that_is_not_called_is_described_soundly(run, base):
    result = run(Anthropic(), HAIKU, base_url=base)
    assert_sound(result)
    assert "nothing was sent" in about_key(result, findings_of(result))
    assert where_from(result) == ""
    assert not [each for each in result.not_tested if "from the portal" in each or "portal's network" in each]


def test_a_failed_name_port_or_certificate_is_about_this_portal(run, authority):
    def unknown(host, port):
        raise socket.gaierror(socket.EAI_NONAME, "made up")

    results = [run(Anthropic(), HAIKU, resolver=unknown)]
    for other in (authority.context(HOST, self_signed=True), authority.context(HOST, days=(-9, -2))):
        results.append(run(Anthropic(), HAIKU, context=other))
    with closed_port() as port:
        results.append(run(Anthropic(), HAIKU, base_url=f"https://{HOST}:{port}"))
    for result in results:
        assert_sound(result)
        first = headline(result, findings_of(result))
        assert "portal" in first or "nothing was sent" in about_key(result, findings_of(result)).lower()


SURFACE = Surface.PROBE
WITH_WORDS = [card.id for card in load().values() if any(SURFACE in each.when.surface for each in card.variant)]
STATUSES = (None, 200, 400, 401, 403, 404, 429, 500, 529)


def result_of(cause, failure, *, host):
    """A finished test whose first model ended with this finding."""
    order = list(ProbeStep)
    steps = tuple(StepResult(step=each, outcome=StepOutcome.OK) for each in order[:6])
    steps += (StepResult(step=ProbeStep.AUTHENTICATION, outcome=StepOutcome.FAILED, cause=cause, failure=failure),)
    steps += tuple(StepResult(step=each, outcome=StepOutcome.NOT_REACHED) for each in order[7:])
    models = (ModelResult(model=HAIKU, outcome=AccessOutcome.NOT_TRIED),)
    proven = key_verdict(steps, models, anthropic=host == HOST)
    return ProbeResult(
        request=ProbeRequest(base_url=f"https://{host}"), host=host, anthropic=host == HOST,
        key=key_text.inspect("x", anthropic=True, bearer=False), steps=steps, models=models, key_verdict=proven,
        not_tested=not_tested(proven, steps, models, host=host, anthropic=host == HOST),
        started_at=dt.datetime.now(dt.UTC), elapsed_ms=1.0,
    )  # fmt: skip


@pytest.mark.parametrize("cause", load())
def test_every_card_has_words_for_a_test(cause):
    """Also a card that no known answer to a test has: tomorrow's may."""
    for host, author, status in itertools.product((HOST, GATEWAY), (None, *AnsweredBy), STATUSES):
        failure = Failure(
            status=status, answered_by=author, surface=SURFACE, host=host, model=HAIKU, message="m",
            provider=Provider.ANTHROPIC if host == HOST else None,
        )  # fmt: skip
        result = result_of(cause, failure, host=host)
        problem = ProbeFinding(
            finding=recall(cause, failure, certainty=Certainty.LIKELY, verdict=KeyVerdict.UNKNOWN), models=(HAIKU,)
        )
        told = advice(result, problem)
        for text in (told.title, told.what_happened, told.who_fixes, *told.steps, told.how_to_check):
            assert not NOT_FOR_A_TEST.search(text), (cause, text)
        if host == GATEWAY and status is not None:
            claims = (told.title, told.what_happened, *told.steps[:1])
            assert not [text for text in claims if "Anthropic knows" in text or "Anthropic does not accept" in text]
            assert "Anthropic account" not in told.title
    for anthropic, status in itertools.product((True, False), STATUSES):
        assert not NOT_FOR_A_TEST.search(title_of(cause, host=GATEWAY, anthropic=anthropic, status=status))


@pytest.mark.parametrize("cause", WITH_WORDS)
@pytest.mark.parametrize("host", [HOST, GATEWAY])
def test_the_portals_network_and_a_gateway_are_named_as_the_ones_to_ask(cause, host):
    failure = Failure(status=403, answered_by=AnsweredBy.OTHER_JSON, surface=SURFACE, host=host, model=HAIKU)
    finding = recall(cause, failure, certainty=Certainty.LIKELY, verdict=KeyVerdict.UNKNOWN)
    told = advice(result_of(cause, failure, host=host), ProbeFinding(finding=finding, models=(HAIKU,)))
    family, fixer = finding.card.family, finding.card.who_fixes
    if host == GATEWAY and (family not in (Family.NETWORK, Family.SETUP) or cause == "region_blocked"):
        assert told.who_fixes == f"The owner of {GATEWAY}"
    elif fixer is not WhoFixes.SUPPORT and (family is Family.NETWORK or cause == "missing_key_header"):
        assert "his portal's admin" in told.who_fixes
    else:
        assert told.who_fixes == vocabulary.WHO_FIXES[fixer]


@pytest.mark.parametrize("cause", WITH_WORDS)
def test_the_words_for_a_test_read_easily(cause):
    told = recall(
        cause, Failure(surface=SURFACE, host=HOST, model=HAIKU), certainty=Certainty.CERTAIN, verdict=KeyVerdict.UNKNOWN
    )
    assert reading_grade(f"{told.title}. {told.what_happened} {told.how_to_check}") <= 8


HEADLINES = [
    (Anthropic(), (HAIKU,), f"The key works with {HAIKU}", "Valid: Anthropic knows this key."),
    (Anthropic(), (HAIKU, SONNET), f"The key works with {HAIKU} and {SONNET}", "Valid: Anthropic knows this key."),
    (Anthropic(), (), "Anthropic accepts this key", "Valid: Anthropic knows this key."),
    (
        Anthropic(messages=NO_CREDIT),
        (SONNET,),
        "The Anthropic account has run out of credit",
        "Valid: Anthropic knows this key. It can't get an answer until the account has credit.",
    ),
    (
        Anthropic(models=REFUSED),
        (HAIKU,),
        "Anthropic does not accept this key",
        "Rejected by Anthropic: its own answer refuses this key.",
    ),
    (
        Anthropic(models=EXPIRED),
        (HAIKU,),
        "The key has passed its end date",
        "Rejected by Anthropic: its own answer refuses this key.",
    ),
    (
        Anthropic(keyless=EDGE),
        (HAIKU,),
        "Anthropic does not accept calls from where this portal runs",
        "Not checked: Anthropic refused the call before it looked at any key.",
    ),
    (
        Anthropic(models=EDGE),
        (HAIKU,),
        "Anthropic does not accept calls from where this portal runs",
        "Not checked: Anthropic refused the call before it looked at any key.",
    ),
    (
        Anthropic(keyless=PLAYED["block page"]),
        (HAIKU,),
        "A firewall or proxy blocked the call from this portal",
        "Not checked: a web page came back, not an answer of Anthropic's API.",
    ),
    (
        Anthropic(models=IMITATED["OpenAI's 401"]),
        (HAIKU,),
        "The answer did not come from Claude's API",
        "Not checked: an answer in OpenAI's format came back, not an answer of Anthropic's API.",
    ),
    (
        Anthropic(models=fake.html(200, "Sign in")),
        (HAIKU,),
        "The answer did not come from Claude's API",
        "Not checked: a web page came back, not an answer of Anthropic's API.",
    ),
    (
        Anthropic(models=OVERLOADED),
        (HAIKU,),
        "Anthropic is too busy right now",
        "Not checked: Anthropic's answer does not say whether it knows this key.",
    ),
]


@pytest.mark.parametrize(("script", "models", "first", "known"), HEADLINES)
def test_the_headline_is_the_cause_and_one_sentence_is_about_the_key(run, script, models, first, known):
    result = run(script, *models)
    found = findings_of(result)
    assert (headline(result, found), about_key(result, found)) == (first, known)


BY_GATEWAY = [
    (Anthropic(), f"The key works with {HAIKU} through {GATEWAY}", "accepts this key"),
    (Anthropic(models=REFUSED), f"{GATEWAY} did not accept this key", "did not accept this key"),
    (Anthropic(messages=REFUSED), f"{GATEWAY} did not accept this key", "did not accept this key"),
    (Anthropic(models=IMITATED["OpenAI's 401"]), f"{GATEWAY} did not accept this key", "did not accept this key"),
    (Anthropic(models=PLAYED["litellm"]), f"{GATEWAY} did not accept this key", "did not accept this key"),
    (Anthropic(messages=NO_CREDIT), f"{GATEWAY} reports a problem with credit or billing", "accepts this key"),
    (
        Anthropic(models=IMITATED["a rate limit in OpenAI's form"]),
        f"{GATEWAY} cannot take this call right now",
        "did not say whether it accepts this key",
    ),
    (Anthropic(models=EDGE), f"{GATEWAY} does not allow this call", "did not say whether it accepts this key"),
]


@pytest.mark.parametrize(("script", "first", "known"), BY_GATEWAY)
def test_a_gateway_is_named_and_its_key_is_unchecked_at_anthropic(run, script, first, known):
    result = run(script, HAIKU, host=GATEWAY)
    found = findings_of(result)
    told = about_key(result, found)
    assert told == f"Your gateway ({GATEWAY}) {known}. Whether Anthropic would accept it was not checked."
    assert result.key_verdict is KeyVerdict.UNKNOWN
    assert headline(result, found) == first


@pytest.mark.parametrize("host", [HOST, GATEWAY])
def test_an_address_that_somebody_typed_is_compared_first_where_the_way_fails(run, host):
    result = run(Anthropic(keyless=fake.reset), HAIKU, host=host)
    first = advice(result, findings_of(result)[0]).steps[0]
    assert first.startswith("Compare the Base URL") is (host == GATEWAY)


def by_model(**answers):
    """Answer each model's message as told, any other as it should be."""
    return Anthropic(
        messages=lambda request: answers.get(request.json()["model"].replace("-", "_"), fake.message(SONNET))
    )


def test_some_models_that_answer_and_some_that_do_not_are_both_named(run):
    result = run(by_model(claude_haiku_4_5=OVERLOADED), HAIKU, SONNET)
    assert headline(result, findings_of(result)) == f"The key works with {SONNET}, but not with {HAIKU}"
    assert about_key(result, findings_of(result)) == "Valid: Anthropic knows this key."


def test_of_several_causes_the_one_that_concerns_the_account_comes_first_and_what_passes_last(run):
    limited = fake.error(403, "permission_error", "Your API key does not have permission to use this resource.")
    names = (HAIKU, SONNET, "claude-opus-5-5", "claude-gone")
    gone = fake.error(404, "not_found_error", "model: claude-gone")
    script = by_model(
        claude_haiku_4_5=OVERLOADED, claude_sonnet_5=OVERLOADED, claude_opus_5_5=limited, claude_gone=gone
    )
    result = run(script, *names)
    causes = [each.finding.cause for each in findings_of(result)]
    assert causes == ["key_lacks_permission", "model_id_typo", "overloaded"]
    assert headline(result, findings_of(result)) == "The key lacks a permission for this call"
    assert findings_of(result)[-1].models == (HAIKU, SONNET)
