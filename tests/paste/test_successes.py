"""Which answered calls of a run count as Claude's: by the answer, the node, or what the node was given."""

import json

import pytest

from core.causes.card import KeyVerdict
from core.diagnosis import diagnose
from core.paste import read
from core.paste.failure import Success, Surface

LANGCHAIN = "@n8n/n8n-nodes-langchain"
OTHER_MODELS = (
    "lmChatOpenAi", "lmChatGoogleGemini", "lmChatGoogleVertex", "lmChatOllama", "lmChatGroq", "lmChatMistralCloud",
    "lmChatDeepSeek", "lmChatXAiGrok", "lmChatOpenRouter", "lmChatAwsBedrock", "lmChatAzureOpenAi", "lmChatCohere",
    "lmOpenHuggingFaceInference",
)  # fmt: skip
GENERATION = {"response": {"generations": [[{"text": "Hi", "generationInfo": {"model_name": "some-model"}}]]}}
CLAUDES = {
    "id": "msg_01Pq8rSt3uVw6xYz9aBc2dEf",
    "type": "message",
    "role": "assistant",
    "model": "claude-sonnet-5-5",
    "content": [{"type": "text", "text": "Hi"}],
    "stop_reason": "end_turn",
}
SIMPLE = {"content": [{"type": "text", "text": "Hi"}]}


def execution(node_type: str, output: dict, *, kind="main", parameters=None, given=None, pinned=False) -> dict:
    """One run of one node that worked, as n8n's public API gives it."""
    run = {"executionStatus": "success", "source": [], "data": {kind: [[{"json": output}]]}}
    if given is not None:
        run["inputOverride"] = {kind: [[{"json": given}]]}
    node = {"name": "The node", "type": node_type, "typeVersion": 1, "parameters": parameters or {}}
    return {
        "id": "1",
        "status": "success",
        "data": {"resultData": {"runData": {"The node": [run]}, "lastNodeExecuted": "The node"}},
        "workflowData": {
            "nodes": [node],
            "connections": {},
            "pinData": {"The node": [{"json": output}]} if pinned else {},
        },
    }


def without_workflow(whole: dict) -> dict:
    return {name: value for name, value in whole.items() if name != "workflowData"}


def successes(paste: dict) -> tuple[Success, ...]:
    return read(json.dumps(paste)).successes


@pytest.mark.parametrize("node_type", OTHER_MODELS)
@pytest.mark.parametrize("forget", [False, True], ids=["with its workflow", "the run alone"])
def test_another_vendors_run_proves_nothing_about_a_key(node_type: str, forget: bool):
    paste = execution(f"{LANGCHAIN}.{node_type}", GENERATION, kind="ai_languageModel")
    diagnosis = diagnose(json.dumps(without_workflow(paste) if forget else paste))
    (finding,) = diagnosis.findings
    assert (finding.cause, finding.key_verdict) == ("unknown", KeyVerdict.UNKNOWN)
    assert finding.title == "A run without a failure; no call to Claude in it"
    assert diagnosis.reading.successes == ()


@pytest.mark.parametrize("node_type", ["n8n-nodes-base.set", "n8n-nodes-base.slack", f"{LANGCHAIN}.mcpClientTool"])
def test_a_node_that_hands_an_answer_on_called_nobody(node_type: str):
    for output in (CLAUDES, SIMPLE):
        assert successes(execution(node_type, output)) == ()


def test_another_vendors_answer_in_claudes_form_is_no_call_to_claude():
    for changed in ({"model": "gpt-4o"}, {"id": "chatcmpl-123"}):
        paste = execution(
            "n8n-nodes-base.httpRequest", CLAUDES | changed, parameters={"url": "https://llm.example.com"}
        )
        assert successes(paste) == ()


def test_claudes_own_nodes_count():
    model = execution(f"{LANGCHAIN}.lmChatAnthropic", GENERATION, kind="ai_languageModel")
    vendor = execution(f"{LANGCHAIN}.anthropic", SIMPLE)
    for paste, surface in ((model, Surface.CHAT_MODEL), (vendor, Surface.VENDOR_NODE)):
        (success,) = successes(paste)
        assert (success.surface, success.claudes, success.host) == (surface, True, None)
        (finding,) = diagnose(json.dumps(paste)).findings
        assert (finding.cause, finding.key_verdict) == ("no_failure", KeyVerdict.GOOD)


@pytest.mark.parametrize("forget", [False, True], ids=["with its workflow", "the run alone"])
@pytest.mark.parametrize(
    ("address", "verdict"),
    [("https://api.anthropic.com", KeyVerdict.GOOD), ("https://llm.example.com/v1", KeyVerdict.UNKNOWN)],
)
def test_what_a_chat_model_was_given_tells_where_it_called(address: str, verdict: KeyVerdict, forget: bool):
    given = {"options": {"anthropic_api_key": {"lc": 1}, "anthropic_api_url": address, "model": "claude-sonnet-5"}}
    paste = execution(f"{LANGCHAIN}.lmChatAnthropic", GENERATION, kind="ai_languageModel", given=given)
    paste = without_workflow(paste) if forget else paste
    (success,) = successes(paste)
    assert (success.model, success.host) == ("claude-sonnet-5", address.split("/")[2])
    (finding,) = diagnose(json.dumps(paste)).findings
    assert (finding.cause, finding.key_verdict) == ("no_failure", verdict)
    assert ("gateway" in finding.title) is (verdict is KeyVerdict.UNKNOWN)


@pytest.mark.parametrize(
    ("url", "verdict"),
    [
        ("https://api.anthropic.com/v1/messages", KeyVerdict.GOOD),
        ("https://llm.example.com/v1/messages", KeyVerdict.UNKNOWN),
        ("https://api.anthropic.com.example/v1/messages", KeyVerdict.UNKNOWN),
    ],
)
def test_an_answer_in_claudes_form_proves_a_key_only_from_anthropics_host(url: str, verdict: KeyVerdict):
    paste = execution("n8n-nodes-base.httpRequest", CLAUDES, parameters={"url": url})
    (finding,) = diagnose(json.dumps(paste)).findings
    assert (finding.cause, finding.key_verdict) == ("no_failure", verdict)


@pytest.mark.parametrize(
    "changed",
    [
        {"model": "gpt-4o"},
        {"model": "anthropic/claude-sonnet-5"},
        {"id": "msg_bdrk_01Pq8rSt3uVw6xYz9aBc2dEf"},
        {"id": "msg_vrtx_01Pq8rSt3uVw6xYz9aBc2dEf"},
        {"id": "chatcmpl-123"},
    ],
)
def test_a_relays_copy_of_the_form_proves_no_key(changed: dict):
    (finding,) = diagnose(json.dumps([CLAUDES | changed])).findings
    assert finding.key_verdict is KeyVerdict.UNKNOWN
    assert diagnose(json.dumps([CLAUDES])).findings[0].key_verdict is KeyVerdict.GOOD


def test_pinned_data_called_nobody():
    vendor = f"{LANGCHAIN}.anthropic"
    assert successes(execution(vendor, SIMPLE, pinned=True)) == ()
    assert len(successes(execution(vendor, SIMPLE))) == 1


def test_what_a_code_node_puts_out_is_its_authors_word():
    (success,) = successes(execution("n8n-nodes-base.code", CLAUDES))
    assert not success.claudes
    assert diagnose(json.dumps(execution("n8n-nodes-base.code", CLAUDES))).findings[0].key_verdict is KeyVerdict.UNKNOWN


def test_blocks_of_content_from_an_unknown_node_only_look_like_claudes():
    paste = without_workflow(execution("any", SIMPLE))
    (success,) = successes(paste)
    assert not success.claudes
    (finding,) = diagnose(json.dumps(paste)).findings
    assert (finding.cause, finding.key_verdict) == ("no_failure", KeyVerdict.UNKNOWN)
    assert finding.title == "An answer, and nothing that failed"


def test_a_sub_nodes_own_error_class_is_kept_and_its_root_is_named():
    wrapped = {"name": "NodeOperationError", "message": "Error in sub-node book", "node": {"name": "book"}}
    own = {"name": "ExpressionError", "message": "something new about an expression"}
    paste = execution(f"{LANGCHAIN}.agent", {})
    paste["workflowData"]["nodes"].append({"name": "book", "type": f"{LANGCHAIN}.toolHttpRequest", "parameters": {}})
    result = paste["data"]["resultData"]
    result["error"] = wrapped
    result["runData"] = {
        "The node": [{"executionStatus": "error", "error": wrapped}],
        "book": [{"executionStatus": "error", "error": own}],
    }
    (finding,) = diagnose(json.dumps(paste)).findings
    assert finding.cause == "expression_error"
    assert (finding.failure.node, finding.failure.root_node) == ("book", "The node")
    assert finding.failure.n8n_error == "ExpressionError"


@pytest.mark.parametrize(
    ("output", "stop_reason"),
    [
        ({"content": [], "stop_reason": "refusal"}, "refusal"),
        ({"content": []}, "empty_answer"),
        ({"content": []} | {"stop_reason": None}, "empty_answer"),
    ],
)
def test_an_empty_answer_of_the_vendor_node_keeps_why_claude_stopped(output: dict, stop_reason: str):
    (failure,) = read(json.dumps(execution(f"{LANGCHAIN}.anthropic", output))).failures
    assert (failure.status, failure.stop_reason) == (200, stop_reason)


ONE_RUN = execution(f"{LANGCHAIN}.anthropic", SIMPLE)


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"data": [ONE_RUN, ONE_RUN, ONE_RUN], "nextCursor": None}),
        json.dumps([ONE_RUN, ONE_RUN, ONE_RUN]),
        "\n".join([json.dumps(ONE_RUN)] * 3),
        "\nand then this run:\n".join([json.dumps(ONE_RUN)] * 3),
    ],
    ids=["a page", "a list", "a run on each line", "runs among words"],
)
def test_the_nodes_of_several_runs_are_added(text: str):
    reading = read(text)
    assert (reading.nodes, len(reading.successes)) == (3, 3)


@pytest.mark.parametrize("pinned", [True, False])
def test_a_failure_in_pinned_data_is_told_and_proves_nothing(pinned: bool):
    item = {"error": "401 - invalid x-api-key"}
    (failure,) = read(json.dumps(execution(f"{LANGCHAIN}.anthropic", item, pinned=pinned))).failures
    assert (failure.status, failure.told) == (401, pinned)
