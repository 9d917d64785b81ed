"""A live test from its turn to the rows that are kept of it."""

import datetime as dt
import gc

import msgspec
import pytest

from core.causes.card import KeyVerdict
from core.paste.failure import AnsweredBy, Failure, Provider, Surface
from core.probe import live_run
from core.probe.live_run import Visitor, access_facts_of, findings_of, take_turn
from core.probe.policy import Surroundings, from_settings
from core.probe.probe import Probe
from core.probe.request import ProbeRequest
from core.probe.result import ProbeStep
from core.settings import Settings, load
from core.storage import Stores
from core.storage.access_results import AccessOutcome, AccessResult, CallPath
from core.storage.limits import Scope
from core.text import access_table, key_report, key_result
from tests.probe import fake_server as fake
from tests.probe.fake_server import HOST, Anthropic
from tests.wire import wire

HAIKU, SONNET = "claude-haiku-4-5", "claude-sonnet-5"
NOW = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)
PRINT = "a" * 32


@pytest.fixture
def out(tmp_path):
    with wire(tmp_path) as opened:
        yield opened


@pytest.fixture
def run(out, fake_key):
    def test(*models, script=None, key=None, **more):
        out.script = script or Anthropic()
        asked = ProbeRequest(models=models or (HAIKU,), clean_key=True, **more)
        return live_run.run(asked, key or fake_key(), surroundings=from_settings(load(out.settings)))

    return test


def keep(result):
    return access_facts_of(result, fingerprint=PRINT, label="team key", environment="production")


def test_each_model_becomes_a_row(run):
    first, second = keep(run(HAIKU, SONNET))
    assert (first.model, first.outcome, first.path, first.host) == (HAIKU, AccessOutcome.OK, CallPath.DIRECT, HOST)
    assert (first.request_id, first.status) == (fake.REQUEST_ID, 200)
    assert isinstance(first.latency_ms, int)
    assert second.model == SONNET


def test_a_refused_key_counts_against_every_chosen_model(run):
    script = Anthropic(models=fake.error(401, "authentication_error", "invalid x-api-key"))
    rows = keep(run(HAIKU, SONNET, script=script))
    assert [(row.outcome, row.cause, row.status) for row in rows] == [(AccessOutcome.FAILED, "invalid_key", 401)] * 2


def test_models_left_out_after_spent_credit_stay_untried(run):
    script = Anthropic(messages=fake.error(400, "invalid_request_error", "Your credit balance is too low to access"))
    rows = keep(run(*(f"{HAIKU}-{number}" for number in range(30)), script=script))
    assert {row.outcome for row in rows} == {AccessOutcome.FAILED, AccessOutcome.NOT_TRIED}
    assert {row.cause for row in rows if row.outcome is AccessOutcome.FAILED} == {"credit_exhausted"}


@pytest.mark.parametrize("more", [{"key": "sk-or-v1-" + "0" * 64}, {"base_url": "http://api.anthropic.com"}])
def test_nothing_is_kept_of_a_test_that_sent_nothing(run, out, more):
    assert keep(run(**more)) == ()
    assert out.requests == []


def test_problems_are_findings_grouped_by_cause(run):
    gone = fake.error(404, "not_found_error", "model: x")

    def messages(request):
        return fake.message(SONNET) if request.json()["model"] == SONNET else gone

    script = Anthropic(messages=lambda request: messages(request))
    (problem,) = findings_of(run(HAIKU, "claude-opus-4-5", SONNET, script=script))
    assert problem.models == (HAIKU, "claude-opus-4-5")
    assert problem.finding.steps


def test_a_key_of_the_wrong_kind_is_a_finding_too(run):
    (problem,) = findings_of(run(key="sk-ant-admin01-" + "a" * 93 + "AA"))
    assert problem.finding.cause == "wrong_key_type"


def test_the_portals_own_network_is_never_blamed_on_n8n(run, out):
    out.proxy.__exit__()
    result = run()
    assert result.failed.step is ProbeStep.TCP
    (problem,) = findings_of(result)
    told = key_result.advice(result, problem)
    assert told.who_fixes == "This portal's admin"
    assert "n8n" not in told.title
    assert not live_run.got_through(result)
    assert "who runs n8n" not in key_report.ticket(result, (problem,))


def test_a_live_test_leads_nowhere_to_its_key(out, fake_key):
    out.script = Anthropic(messages=fake.hang)
    live = live_run.start(ProbeRequest(models=(HAIKU,)), fake_key(), surroundings=from_settings(load(out.settings)))
    try:
        assert not live.wait(0.5)
        reached, waiting = set(), [live]
        while waiting:
            each = waiting.pop()
            if id(each) in reached or isinstance(each, type) or type(each).__name__ in {"module", "function"}:
                continue
            reached.add(id(each))
            assert not isinstance(each, Probe)
            waiting += gc.get_referents(each)
    finally:
        live.stop()
    assert live.wait(5)
    assert live.result.models[0].outcome.value == "not_tried"


def test_a_stop_that_comes_before_the_test_runs_ends_it_too(out, fake_key):
    out.script = Anthropic(messages=fake.hang)
    around = from_settings(load(out.settings))
    live = live_run.LiveTest(ProbeRequest(models=(HAIKU,)))
    live.stop()
    live.follow(Probe(live.request, fake_key(), live_run.cause_of, surroundings=around))
    assert live.done
    assert [each.outcome.value for each in live.result.models] == ["not_tried"]
    assert out.requests == []
    assert findings_of(live.result) == ()
    assert {row.outcome for row in keep(live.result)} <= {AccessOutcome.NOT_TRIED}


def test_a_test_that_cannot_even_begin_ends_with_a_reference(fake_key, caplog):
    live = live_run.start(ProbeRequest(), fake_key(), surroundings=Surroundings(ca_file="/nonexistent.pem"))
    assert live.wait(5)
    assert live.result is None
    assert live.reference in caplog.text
    assert fake_key() not in caplog.text


FEW = Settings(tests_per_session=3, tests_per_address=5, tests_per_target=4, tests_in_all=9)


@pytest.fixture
def limits(tmp_path):
    return Stores(load({"RECONNECT_DATA_DIR": str(tmp_path / "data")})).limits


def turns(limits, host, times, *, session="s", address="203.0.113.7", chosen=FEW):
    """How many of so many tests were let through, and which limit the last one met."""
    allowed = [take_turn(limits, chosen, host, Visitor(session, address), NOW) for _ in range(times)]
    return sum(each.allowed for each in allowed), allowed[-1].refused_by


def test_a_session_has_its_share(limits):
    assert turns(limits, HOST, 5) == (3, Scope.SESSION)
    assert turns(limits, HOST, 1, session="another") == (1, None)


def test_an_address_has_its_share_over_all_its_sessions(limits):
    assert sum(turns(limits, HOST, 1, session=f"s{number}")[0] for number in range(9)) == 5
    assert turns(limits, HOST, 1, session="last")[1] is Scope.ADDRESS
    assert turns(limits, HOST, 1, session="last", address=None) == (1, None)


def test_another_host_has_a_share_that_anthropic_has_not(limits):
    for number in range(4):
        turns(limits, "gateway.example.com", 1, session=f"s{number}", address=None)
    assert turns(limits, "gateway.example.com", 1, address=None)[1] is Scope.TARGET
    assert turns(limits, HOST, 1, address=None) == (1, None)


def test_the_portal_has_a_share_over_all_addresses_and_hosts(limits):
    hosts = [HOST, "one.example.com", "two.example.com"]
    for number in range(9):
        assert turns(limits, hosts[number % 3], 1, session=f"s{number}", address=f"203.0.113.{number}")[0] == 1
    assert turns(limits, HOST, 1, session="last", address="198.51.100.1") == (0, Scope.GLOBAL)


def test_without_settings_a_visit_makes_thirty_tests_an_hour(limits):
    assert turns(limits, HOST, 31, chosen=Settings()) == (30, Scope.SESSION)


@pytest.mark.parametrize("message", ["invalid x-api-key", "Incorrect API key provided", "no", None])
@pytest.mark.parametrize("author", [each for each in AnsweredBy if each is not AnsweredBy.HTML])
def test_a_gateways_401_is_the_gateways_refusal_whatever_it_says(message, author):
    failure = Failure(
        status=401,
        error_type="authentication_error",
        message=message,
        answered_by=author,
        surface=Surface.PROBE,
        host="gateway.test",
    )
    assert live_run.cause_of(failure) == "gateway_key_rejected"
    assert live_run.judged(failure).key_verdict is KeyVerdict.UNKNOWN


@pytest.mark.parametrize(
    ("message", "cause"),
    [("x-api-key header is required", "missing_key_header"), ("invalid bearer token", "wrong_auth_header")],
)
def test_a_gateways_401_about_the_header_says_more_than_that_the_key_was_refused(message, cause):
    failure = Failure(
        status=401,
        error_type="authentication_error",
        message=message,
        answered_by=AnsweredBy.OTHER_JSON,
        surface=Surface.PROBE,
        host="gateway.test",
    )
    assert live_run.cause_of(failure) == cause


@pytest.mark.parametrize("message", ["invalid x-api-key", "Your credit balance is too low", "no"])
@pytest.mark.parametrize("author", [AnsweredBy.OPENAI_STYLE, AnsweredBy.LITELLM, AnsweredBy.OTHER_JSON])
def test_an_answer_at_anthropics_host_in_anothers_form_is_not_anthropics(message, author):
    failure = Failure(
        status=401,
        error_type="authentication_error",
        message=message,
        answered_by=author,
        provider=Provider.ANTHROPIC,
        surface=Surface.PROBE,
        host=HOST,
    )
    assert live_run.cause_of(failure) == "unexpected_response"
    assert live_run.judged(failure).key_verdict is KeyVerdict.UNKNOWN


def test_a_row_of_a_gateway_or_of_somebody_in_between_claims_nothing_about_the_key_at_anthropic(run):
    imitated = fake.json_reply(401, {"error": {"message": "invalid x-api-key", "type": "authentication_error"}})
    (row,) = keep(run(script=Anthropic(models=imitated)))
    assert (row.outcome, row.cause) == (AccessOutcome.FAILED, "unexpected_response")
    assert access_table.cause_title(AccessResult(**msgspec.structs.asdict(row), id=1)) == (
        "The answer did not come from Claude's API"
    )
    through = msgspec.structs.replace(row, path=CallPath.GATEWAY, host="gateway.test", cause="invalid_key")
    told = access_table.cause_title(AccessResult(**msgspec.structs.asdict(through), id=1))
    assert told == "gateway.test did not accept this key"
