"""From a paste to its findings: the right cause first, no good key called bad, words that cannot become markup."""

import datetime as dt
import json

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from core.causes import templates
from core.causes.card import Certainty, KeyVerdict
from core.causes.loader import load
from core.diagnosis import Diagnosis, again, diagnose, explain, judge
from core.paste import TEXT_LIMIT, PasteError
from core.paste.failure import AnsweredBy, Failure, Headline, Provider, Shape, Surface
from core.redaction import RedactionFailed
from tests.labelled import AS_OF, BAD_KEY, Labelled, run, runs, texts

INVALID = '401 {"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"},"request_id":"%s"}'
OVERLOADED = '529 {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},"request_id":"%s"}'
RUNS = runs()


def causes(diagnosis: Diagnosis) -> list[str]:
    return [finding.cause for finding in diagnosis.findings]


@pytest.mark.parametrize("paste", [*RUNS, *texts()], ids=lambda paste: paste.name)
def test_a_labelled_failure_gives_an_accepted_cause_first_and_blames_no_good_key(paste: Labelled):
    diagnosis = diagnose(paste.data, today=AS_OF)
    assert diagnosis.findings[0].cause in paste.accept
    if not paste.may_blame_key:
        assert not [finding.cause for finding in diagnosis.findings if finding.key_verdict in BAD_KEY]


# Several failures


def test_the_failure_that_stopped_the_run_comes_before_the_swallowed_one():
    execution = json.loads(run("vendor_multi_cont/public_api.json"))
    stopped = json.loads(run("predef_perm403/copy_error_details.json"))
    result = execution["data"]["resultData"]
    error = {
        "name": "NodeApiError",
        "message": stopped["errorMessage"],
        "description": stopped["errorDescription"],
        "messages": stopped["errorDetails"]["rawErrorMessage"],
        "httpCode": "403",
        "node": {"name": "Last call", "type": "n8n-nodes-base.httpRequest", "typeVersion": 4.2, "parameters": {}},
    }
    result["error"] = error
    result["lastNodeExecuted"] = "Last call"
    result["runData"]["Last call"] = [{"executionStatus": "error", "executionIndex": 9, "error": error}]
    diagnosis = diagnose(json.dumps(execution), today=AS_OF)
    assert causes(diagnosis) == ["key_lacks_permission", "rate_limited"]
    first, second = (finding.failure for finding in diagnosis.findings)
    assert (first.node, first.stopped_run) == ("Last call", True)
    assert (second.node, second.stopped_run, second.item_index) == ("Message a model", False, 1)


def test_a_node_that_hands_a_failed_item_on_did_not_fail():
    for shape in ("public_api.json", "db_data.flatted.txt"):
        assert causes(diagnose(run(f"agent_credit_errout/{shape}"), today=AS_OF)) == ["credit_exhausted"]


def test_two_different_errors_in_a_log_are_two_findings():
    log = (
        f"2026-11-20T10:00:00.000Z error: {INVALID % 'req_011CSHoEeqs5C35K2UUqR7Fy'}\n"
        f"2026-11-20T10:05:00.000Z error: {OVERLOADED % 'req_011CSHoEeqs5C35K2UUqR7Fz'}\n"
        f"2026-11-20T10:05:01.000Z error: {OVERLOADED % 'req_011CSHoEeqs5C35K2UUqR7Fz'}\n"
    )
    assert causes(diagnose(log)) == ["invalid_key", "overloaded"]


def test_items_that_fail_alike_are_one_finding_with_their_number():
    body = {"error": {"type": "overloaded_error", "message": "Overloaded"}, "type": "error"}
    items = [{"json": {"statusCode": 529, "headers": {}, "body": body}} for _ in range(3)]
    other = {"json": {"error": "Your credit balance is too low to access the Anthropic API."}}
    diagnosis = diagnose(json.dumps([*items, other]))
    assert sorted(causes(diagnosis)) == ["credit_exhausted", "overloaded"]


def test_alike_failures_of_the_same_model_are_one_finding_and_each_model_has_its_own():
    def line(minute: int, model: str) -> str:
        error = {"type": "not_found_error", "message": f"model: {model}"}
        body = {"type": "error", "error": error, "request_id": f"req_011CSHoEeqs5C35K2UUqR7F{minute}"}
        return f"2026-11-20T10:0{minute}:00.000Z error: 404 {json.dumps(body)}"

    opus, haiku = "claude-3-opus-20240229", "claude-3-haiku-20240307"
    log = "\n".join(line(minute, model) for minute, model in enumerate([opus, haiku, opus]))
    findings = diagnose(log, today=AS_OF).findings
    assert [(each.cause, each.failure.model, each.times) for each in findings] == [
        ("retired_model", opus, 2),
        ("retired_model", haiku, 1),
    ]


def test_every_item_of_a_node_that_fails_for_a_reason_of_its_own_is_a_finding():
    execution = json.loads(run("vendor_multi_cont/public_api.json"))
    items = execution["data"]["resultData"]["runData"]["Message a model"][0]["data"]["main"][0]
    items[2]["json"] = {"error": "Your credit balance is too low to access the Anthropic API."}
    found = {finding.cause: finding.failure.item_index for finding in diagnose(json.dumps(execution)).findings}
    assert found == {"rate_limited": 1, "credit_exhausted": 2}


@pytest.mark.parametrize("form", ["page", "lines", "array"])
def test_a_list_of_executions_gives_the_findings_of_each(form: str):
    one, two = (json.loads(run(f"{case}/public_api.json")) for case in ("vendor_invalid", "predef_rl429ra"))
    paste = {
        "page": json.dumps({"data": [one, two], "nextCursor": None}),
        "lines": json.dumps(one) + "\n" + json.dumps(two),
        "array": json.dumps([one, two]),
    }[form]
    diagnosis = diagnose(paste, today=AS_OF)
    assert causes(diagnosis) == ["invalid_key", "rate_limited"]
    assert [finding.failure.node for finding in diagnosis.findings] == ["Message a model", "HTTP Request"]


# Nothing failed, or nothing ran


def test_an_answered_call_is_no_failure():
    diagnosis = diagnose(run("predef_ok/public_api.json"))
    assert causes(diagnosis) == ["no_failure"]
    assert diagnosis.findings[0].failure is None


def test_a_workflow_without_a_run_asks_for_one():
    workflow = json.loads(run("vendor_invalid/public_api.json"))["workflowData"]
    diagnosis = diagnose(json.dumps(workflow))
    assert causes(diagnosis) == ["unknown"]
    assert diagnosis.reading.shape is Shape.WORKFLOW
    assert "without a run" in diagnosis.reading.needs


def test_a_workflow_shows_what_its_settings_alone_prove():
    node = {
        "name": "Ask Claude",
        "type": "n8n-nodes-base.httpRequest",
        "typeVersion": 4.2,
        "parameters": {
            "url": "https://api.anthropic.com/v1/v1/messages",
            "jsonBody": '{"model": "claude-sonnet-4-5"}',
        },
    }
    diagnosis = diagnose(json.dumps({"nodes": [node], "connections": {}}), today=AS_OF)
    assert causes(diagnosis) == ["doubled_path"]
    assert diagnosis.findings[0].key_verdict is KeyVerdict.UNKNOWN
    # A node without a fault is no finding, beside one with a fault as well as alone.
    good = node | {"name": "Good", "parameters": node["parameters"] | {"url": "https://api.anthropic.com/v1/messages"}}
    for nodes, expected in (([node, good], ["doubled_path"]), ([good, node], ["doubled_path"]), ([good], ["unknown"])):
        diagnosis = diagnose(json.dumps({"nodes": nodes, "connections": {}}), today=AS_OF)
        assert causes(diagnosis) == expected
        assert (diagnosis.findings[0].failure is None) is (expected == ["unknown"])


def test_a_secret_of_a_big_file_is_named_once_and_counted_as_often_as_it_occurs(fake_key):
    often, seldom = fake_key(seed=1), fake_key(seed=2)
    keys = [often, seldom, often]
    items = [
        {"json": {"error": {"message": f"401 invalid x-api-key {key}", "number": number}}}
        for number, key in enumerate(keys)
    ]
    execution = json.loads(run("predef_ok/public_api.json"))
    execution["data"]["resultData"]["runData"]["HTTP Request"][0]["data"] = {"main": [items]}
    execution["data"]["padding"] = " " * TEXT_LIMIT
    diagnosis = diagnose(json.dumps(execution))
    assert len(diagnosis.reading.failures) == len(keys)
    first, second = diagnosis.hidden
    assert first.fingerprint != second.fingerprint
    assert first.count == 2 * second.count
    assert not any(key in repr(diagnosis) for key in keys)


@pytest.mark.parametrize("paste", ["", "  \n", b"", "hello there", "{}", "[]", "null", "12", "{", '"', "\ufeff"])
def test_a_paste_that_says_nothing_is_unknown(paste: str | bytes):
    assert causes(diagnose(paste)) == ["unknown"]


# A model's state is judged as of today


@pytest.mark.parametrize("model", ["claude-sonnet-4-5", "claude-sonnet-4-5-20250929"])
@pytest.mark.parametrize(
    ("today", "cause"), [(dt.date(2026, 11, 23), "model_not_available"), (dt.date(2026, 12, 1), "retired_model")]
)
def test_the_date_decides_whether_a_model_is_retired(model: str, today: dt.date, cause: str):
    paste = f'404 {{"type":"error","error":{{"type":"not_found_error","message":"model: {model}"}}}}'
    finding = diagnose(paste, today=today).findings[0]
    assert (finding.cause, finding.key_verdict) == (cause, KeyVerdict.GOOD)


def test_a_model_that_never_was_is_a_typo():
    paste = '404 {"type":"error","error":{"type":"not_found_error","message":"model: claude-sonet-4-5"}}'
    assert diagnose(paste, today=AS_OF).findings[0].cause == "model_id_typo"


# What is proven about the key

REJECTED, UNKNOWN = KeyVerdict.REJECTED, KeyVerdict.UNKNOWN


@pytest.mark.parametrize(
    "paste",
    [
        "Authorization failed - please check your credentials",
        "Request failed with status code 401",
        "401 Unauthorized",
        "My key is bad, n8n says 401",
        '{"error":{"message":"Incorrect API key provided","type":"invalid_request_error","code":"invalid_api_key"}}',
        '{"error":{"message":"Authentication Error, Invalid proxy server token passed.","type":"auth_error"}}',
        '{"error":{"code":401,"message":"No auth credentials found","metadata":{}}}',
        "<html><head><title>401 Authorization Required</title></head></html>",
        '{"message":"The security token included in the request is invalid."}',
        "Error in sub-node ‘Anthropic Chat Model‘",
        "Connection error.",
    ],
)
def test_no_answer_but_anthropics_own_calls_a_key_bad(paste: str):
    assert not [finding for finding in diagnose(paste).findings if finding.key_verdict in BAD_KEY]


# The words

HOSTILE = (
    "![x](http://e.x/p.png)",
    "[click](javascript:alert(1))",
    "<script>alert(1)</script>",
    "`code` **bold** $x$",
    ":material/home: :red[x]",
    "www.evil.example",
    "a\n# heading",
    "{console.billing}",
    "{fact.message|x}",
)


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("fact", ["node", "model", "host", "path", "organization_id", "request_id", "sent_key"])
def test_a_strangers_text_never_becomes_part_of_our_sentences(hostile: str, fact: str):
    failure = Failure(**{fact: hostile})
    for card in load().values():
        for text in templates.texts_of(card):
            filled = templates.fill(text, failure)
            assert hostile not in filled or hostile in templates.fill(text, None)


def test_a_node_named_like_markup_is_evidence_and_nothing_else():
    execution = run("vendor_invalid/public_api.json").replace(b"Message a model", b"![x](http://e.x/p.png)")
    finding = diagnose(execution, today=AS_OF).findings[0]
    assert finding.cause == "invalid_key"
    assert finding.failure.node == "![x](http://e.x/p.png)"
    alternatives = [text for other in finding.alternatives for text in (other.title, other.check)]
    words = [finding.title, finding.what_happened, finding.why, *finding.steps, finding.how_to_check]
    assert not [text for text in (*words, *finding.not_tested, *alternatives) if "e.x" in text]


PLACEHOLDER = re2.compile(r"\{(?:fact|console|anthropic|n8n)\.")


@pytest.mark.parametrize("paste", RUNS[::7], ids=lambda paste: paste.name)
def test_no_placeholder_is_left_in_what_people_read(paste: Labelled):
    for finding in diagnose(paste.data, today=AS_OF).findings:
        words = [finding.title, finding.what_happened, finding.why, *finding.steps, finding.how_to_check]
        words += [*finding.not_tested, *(other.check for other in finding.alternatives)]
        words += [text for text in (finding.still_unknown, finding.copy_next) if text is not None]
        assert all(text.strip() for text in words)
        assert not [text for text in words if PLACEHOLDER.search(text)]


def test_a_harmless_fact_is_named_in_the_steps():
    paste = '404 {"type":"error","error":{"type":"not_found_error","message":"model: claude-3-opus-20240229"}}'
    finding = diagnose(paste, today=AS_OF).findings[0]
    assert "claude-3-opus-20240229" in " ".join((finding.what_happened, finding.why, *finding.steps))


def test_runner_ups_are_other_causes_with_a_check():
    for paste in RUNS:
        for finding in diagnose(paste.data, today=AS_OF).findings:
            others = [other.cause for other in finding.alternatives]
            assert finding.cause not in others
            assert len(others) == len(set(others))
            assert all(other.check for other in finding.alternatives)


# The n8n version


def test_the_given_n8n_version_decides_where_the_paste_is_silent():
    paste = "Couldn't connect with these settings\nThe resource you are requesting could not be found"
    found = {version: diagnose(paste, n8n_version=version).findings[0] for version in ("2.10.4", "2.41.1")}
    assert found["2.10.4"].cause == "n8n_test_model_retired"
    assert found["2.41.1"].certainty is not Certainty.CERTAIN or found["2.41.1"].cause != "n8n_test_model_retired"


def test_a_live_answer_is_judged_by_the_same_cards():
    failure = Failure(
        status=401,
        error_type="authentication_error",
        message="invalid x-api-key",
        answered_by=AnsweredBy.ANTHROPIC,
        provider=Provider.ANTHROPIC,
        surface=Surface.PROBE,
    )
    finding = judge(failure)
    assert (finding.cause, finding.key_verdict) == ("invalid_key", KeyVerdict.REJECTED)


@pytest.mark.parametrize(
    ("facts", "cause"),
    [
        ({"status": 418}, "detail_lost"),
        ({"code": "EWHAT"}, "detail_lost"),
        ({"error_type": "odd_error"}, "detail_lost"),
        ({"headline": Headline.PROBLEM_IN_NODE}, "detail_lost"),
        ({"headline": Headline.PROBLEM_IN_NODE, "message": "it is odd"}, "unknown"),
        ({"headline": Headline.SERVICE_FAILED, "message": "it is odd"}, "detail_lost"),
        ({"status": 418, "message": "it is odd"}, "detail_lost"),
        ({"status": 418, "message": "it is odd", "answered_by": AnsweredBy.HTML}, "detail_lost"),
        ({"status": 418, "message": "it is odd", "answered_by": AnsweredBy.ANTHROPIC}, "unknown"),
        ({"status": 418, "answered_by": AnsweredBy.ANTHROPIC}, "detail_lost"),
        ({"message": "it is odd"}, "unknown"),
        ({}, "unknown"),
    ],
)
def test_a_detail_is_lost_where_only_a_status_a_code_or_a_headline_is_left(facts: dict[str, object], cause: str):
    assert judge(Failure(**facts)).cause == cause


def test_what_a_person_tells_makes_a_recognised_cause_likely_at_most():
    busy = Failure(status=529, error_type="overloaded_error", message="Overloaded", told=True)
    assert (judge(busy).cause, judge(busy).certainty) == ("overloaded", Certainty.LIKELY)
    nothing = Failure(message="it is broken", told=True)
    assert (judge(nothing).cause, judge(nothing).certainty) == ("unknown", Certainty.CERTAIN)


# Anything at all

PIECES = st.sampled_from(
    [
        *("{", "}", "[", "]", '"', "'", ",", ":", "\\", "\n", "\r\n", " ", "\x00", "\ud83d", "\\ud83d", "401", "- "),
        *('{"error":', '{"data":', '"resultData":', '"runData":', '"message":', '"nodes":', '"json":', "null", "1e999"),
        *("n8nDetails", "errorMessage", "invalid x-api-key", "Request failed with status code ", "Error code: 529 - {"),
        *(
            "curl https://api.anthropic.com",
            "HTTP/1.1 401",
            "x-api-key: ",
            "Traceback (most recent call last)",
            "<html>",
        ),
        *("Error in sub-node ‘", "[item 2]", "=" * 36, "Error details", "Other info", "n8n version", "req_", "claude-"),
    ]
)


FIELDS = (
    *("data", "resultData", "runData", "error", "message", "messages", "node", "nodes", "json", "context", "status"),
    *("statusCode", "httpCode", "body", "headers", "content", "type", "main", "cause", "name", "errorDetails"),
    *("n8nDetails", "errorMessage", "execution", "workflow", "connections", "response", "executionStatus", "model"),
    *("redactedError", "parameters", "credentials", "generations", "stackTrace", "details", "reconnect_self_test"),
    *("errorData", "rawErrorMessage", "workflowData", "mode", "trigger"),
)


def holds_for(paste: str | bytes) -> None:
    """Whatever is pasted ends in at least one finding or in one of the two errors that say why not."""
    try:
        diagnosis = diagnose(paste, today=AS_OF)
    except (PasteError, RedactionFailed):
        return
    assert diagnosis.findings
    for finding in diagnosis.findings:
        for each in finding.evidence:
            if each.start is not None:
                assert 0 <= each.start < each.end <= len(finding.excerpt)


@given(st.one_of(st.text(max_size=400), st.binary(max_size=400)))
def test_any_text_or_bytes_give_a_finding_or_a_clear_error(paste: str | bytes):
    holds_for(paste)


@given(st.lists(PIECES, max_size=40).map("".join))
def test_any_mixture_of_what_errors_are_made_of_gives_a_finding(paste: str):
    holds_for(paste)


@given(
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), PIECES),
        lambda inner: st.one_of(
            st.lists(inner, max_size=4),
            st.dictionaries(
                st.sampled_from(FIELDS),
                inner,
                max_size=5,
            ),
        ),
        max_leaves=25,
    )
)
def test_known_field_names_with_any_value_give_a_finding(value: object):
    holds_for(json.dumps(value))


@given(st.data())
def test_a_damaged_paste_gives_a_finding(data: st.DataObject):
    paste = data.draw(st.sampled_from(RUNS)).data
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(paste)))
        end = min(len(paste), start + data.draw(st.integers(0, 300)))
        other = data.draw(st.integers(0, len(paste)))
        paste = {
            "delete": paste[:start] + paste[end:],
            "double": paste[:end] + paste[start:end] + paste[end:],
            "move": paste[:other] + paste[start:end] + paste[other:],
            "flip": paste[:start] + bytes(byte ^ 1 for byte in paste[start:end]) + paste[end:],
        }[data.draw(st.sampled_from(["delete", "double", "move", "flip"]))]
    holds_for(paste)


# The n8n version, and a cause without a paste

RED_TEST = "Couldn’t connect with these settings\nNot Found"


@pytest.mark.parametrize(("version", "cause"), [("1.123.66", "n8n_test_model_retired"), ("2.41.1", "doubled_path")])
def test_a_red_test_is_judged_by_the_version_that_is_typed_before_or_after(version, cause):
    assert causes(diagnose(RED_TEST)) == ["detail_lost"]
    assert causes(diagnose(RED_TEST, n8n_version=version)) == [cause]
    assert again(diagnose(RED_TEST), n8n_version=version) == diagnose(RED_TEST, n8n_version=version)


def test_the_version_in_the_paste_beats_the_one_that_is_typed():
    paste = run("vendor_invalid/copy_error_details.json")
    assert diagnose(paste, today=AS_OF, n8n_version="1.79.0") == diagnose(paste, today=AS_OF)


@pytest.mark.parametrize("cause", sorted(load()))
def test_a_cause_can_be_explained_without_a_paste(cause):
    finding = explain(cause)
    assert (finding.cause, finding.key_verdict) == (cause, load()[cause].key_verdict)
    assert finding.evidence == ()
    assert finding.failure is None
    shown = " ".join((finding.title, finding.what_happened, finding.why, *finding.steps, finding.how_to_check))
    assert not re2.search(r"\{(?:n8n|console|anthropic|fact)\.", shown)


def test_an_explained_cause_uses_the_words_for_a_surface_and_a_version():
    assert explain("detail_lost", surface=Surface.CODE_NODE).why.startswith("A Code node throws")
    with pytest.raises(KeyError):
        explain("bad_luck")


def test_a_lost_detail_offers_only_what_its_status_can_stand_for() -> None:
    def offered(text: str) -> set[str]:
        return {other.cause for other in diagnose(text).findings[0].alternatives}

    assert "credit_exhausted" in offered("Bad request - please check your parameters")
    assert "invalid_key" not in offered("Bad request - please check your parameters")
    assert "invalid_key" in offered("Authorization failed - please check your credentials")


ANSWERS = {
    "overloaded": '529 {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}',
    "rate_limited": '429 {"type":"error","error":{"type":"rate_limit_error","message":"Too many requests"}}',
    "invalid_key": '401 {"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}',
}


@pytest.mark.parametrize("cause", ANSWERS)
@pytest.mark.parametrize(
    "line", ["Error: getaddrinfo EAI_AGAIN redis", "[db] connect ECONNREFUSED 127.0.0.1:6379", "read ECONNRESET"]
)
@pytest.mark.parametrize("first", [True, False])
def test_another_services_broken_line_hides_no_answer(cause: str, line: str, first: bool):
    pasted = f"{ANSWERS[cause]}\n{line}" if first else f"{line}\n{ANSWERS[cause]}"
    best, *others = diagnose(pasted).findings
    assert (best.cause, len(others)) == (cause, 1)
    if cause == "invalid_key":
        assert best.key_verdict is REJECTED


@pytest.mark.parametrize(
    "link", ["https://community.n8n.io/t/12345", "https://n8n.firma.example/workflow/3/executions/7"]
)
def test_a_link_beside_the_answer_is_not_the_called_host(link: str):
    finding = diagnose(f"{ANSWERS['invalid_key']}\nSee {link}").findings[0]
    assert (finding.cause, finding.key_verdict) == ("invalid_key", REJECTED)


TOLD = "The resource you are requesting could not be found\nn8nVersion: 2.10.4"


@pytest.mark.parametrize(
    "lead",
    ["The credential test fails\n", "When I test the credential I get: ", "Testing my Anthropic credential says "],
)
def test_a_red_credential_test_described_in_words_is_one(lead: str):
    assert diagnose(lead + TOLD).findings[0].cause == "n8n_test_model_retired"


@pytest.mark.parametrize(
    "told",
    [
        "After saving the credentials I ran the workflow and got\n",
        "The credential test is green, but the run says\n",
        "I tested the credential, then the node in my workflow said\n",
    ],
)
def test_a_run_is_not_taken_for_the_credential_test_before_it(told: str):
    assert diagnose(told + TOLD).findings[0].cause != "n8n_test_model_retired"


@pytest.mark.parametrize("message", ["invalid x-api-key", "Invalid authentication credentials"])
def test_words_never_say_that_anthropics_own_answer_is_not_there(message: str):
    body = {"type": "error", "error": {"type": "authentication_error", "message": message}}
    finding = diagnose(f"401 {json.dumps(body)}").findings[0]
    assert finding.cause == "invalid_key"
    assert "not in this text" not in finding.what_happened
    lone = diagnose("Somebody wrote: invalid x-api-key").findings[0]
    assert (lone.cause, lone.key_verdict) == ("invalid_key", UNKNOWN)
    assert "not in this text" in lone.what_happened
