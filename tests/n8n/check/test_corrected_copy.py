"""The corrected copy: the original text but for what was corrected, whatever nodes, values and spelling are in it."""

import copy
import datetime as dt
import json
import logging
import random
import string
from collections.abc import Iterator
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.n8n.check import NodeCheck, NotANodeError, Rule, check_nodes
from core.n8n.check.json_source import JsonMember, items
from core.n8n.check.secrets import placeholder
from core.redaction import SecretKind, redact
from tests.n8n.check.test_anything import places, put
from tests.n8n.check.test_rules import BAD, TODAY, VERSION, body, chat, headers, http
from tests.paths import DATA

TYPES: Final = [json.loads(line) for line in (DATA / "n8n_node_types.jsonl").read_text().splitlines()]
MANY: Final = settings(max_examples=settings.default.max_examples // 2, suppress_health_check=list(HealthCheck))
SPELLINGS: Final = {
    "@1": "1e400",
    "@2": "0.10",
    "@3": "-0",
    "@4": "1E+2",
    "@5": '"a\\/b \\u00e9 \\ud83d"',
    "@6": '{"a":1,"a":2}',
}
"""Values that JSON reads and writes in another way, by their stand-ins until the text is written."""

TEXTS: Final = st.text(max_size=12) | st.sampled_from(
    [
        "={{ $json.sessionId }}",
        "={{ $('Call').item.json.password }}",
        "key => key.toLowerCase()",
        "const botToken = $input.first().json.token;\nreturn [];",
        "x ? 'PASS' : 'FAIL'",
        "Due Date|date",
        "Cookie",
        "sk-ant-",
        "sk-" + "Ab3" * 12,
        "Bearer " + "eY9k" * 8,
        "=https://example.com/?access_token=' + $credentials.x",
        "$env('XAI_API_KEY')",
        "hunter2 \U0001f600 \u2028 \\ \" ' {{ }} ]]>",
        '{"type": "x", "parameters": {}}',
    ]
)
NAMES: Final = st.sampled_from(["sessionKey", "key", "token", "password", "id", "value", "apiKey", "Cookie", "__rl"])
ATOMS: Final = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS
VALUES: Final = st.recursive(
    ATOMS | st.sampled_from(list(SPELLINGS)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.text(max_size=5), inner, max_size=3),
)


@st.composite
def any_node(draw: st.DrawFn) -> dict[str, Any]:
    """A node of any of n8n's types, with values of any kind in its own parameters."""
    kind, version, parameters, credentials = draw(st.sampled_from(TYPES))
    chosen = draw(st.lists(st.sampled_from(parameters), max_size=4, unique=True)) if parameters else []
    node = {"id": draw(st.uuids()).hex, "name": draw(TEXTS), "type": kind, "typeVersion": version, "position": [0, 0]}
    node["parameters"] = {name: draw(VALUES) for name in chosen}
    if credentials:
        node["credentials"] = {
            draw(st.sampled_from(credentials)): {"id": draw(st.text("aZ09", min_size=16)), "name": "x"}
        }
    return node


@st.composite
def flows(draw: st.DrawFn) -> str:
    """A workflow as it is written: some nodes that call Claude and have faults, among others."""
    faulty = draw(st.lists(st.sampled_from([node for _, node in BAD]), min_size=1, max_size=3))
    calls = [node | {"name": f"Claude {number}", "notes": draw(VALUES)} for number, node in enumerate(faulty)]
    nodes = draw(st.permutations([*calls, *draw(st.lists(any_node(), max_size=4))]))
    flow = {"name": "t", "nodes": nodes, "connections": draw(st.dictionaries(TEXTS, VALUES, max_size=2))}
    flow["pinData"] = draw(VALUES)
    text = json.dumps(
        flow,
        indent=draw(st.sampled_from([None, 1, 2, "\t"])),
        separators=draw(st.sampled_from([(",", ":"), (", ", ": "), (",", " : ")])),
        ensure_ascii=draw(st.booleans()),
    )
    for stand_in, spelling in SPELLINGS.items():
        text = text.replace(f'"{stand_in}"', spelling)
    return text


def members(text: str, at: int = 0) -> dict[str, JsonMember]:
    """The members of an object in a text, by name."""
    return {item.name: item for item in items(text, at)}


def nodes_of(text: str) -> list[str]:
    """The nodes of a workflow as they are written."""
    return [text[item.start : item.end] for item in items(text, members(text)["nodes"].value)]


def without_nodes(text: str) -> str:
    """What is written around the nodes."""
    listed = items(text, members(text)["nodes"].value)
    return text[: listed[0].start] + text[listed[-1].end :]


def strings(value: Any) -> Iterator[str]:
    """Every string in a value, names included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, one in value.items():
            yield name
            yield from strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from strings(one)


def shown(checked: NodeCheck) -> str:
    """Everything of a check that may be shown."""
    return repr([checked.findings, checked.difference, checked.hidden, checked.secrets, checked, checked.cleaned])


@MANY
@given(flows())
def test_the_copy_differs_in_what_was_corrected_and_nowhere_else(text: str) -> None:
    checked = check_nodes(text, today=TODAY)
    changed = {finding.node for finding in checked.findings if not finding.left}
    if checked.corrected is None:
        assert not changed
        assert checked.difference == ""
        return
    assert without_nodes(checked.corrected) == without_nodes(text)
    for old, new in zip(nodes_of(text), nodes_of(checked.corrected), strict=True):
        name = json.loads(old)["name"]
        assert old == new or name in changed
        assert (old != new) is (f"--- your node {name}\n" in checked.difference) or not name.startswith("Claude")
        same_where_same(old, new)
        same_where_same(written(old, "parameters"), written(new, "parameters"))


def written(text: str, name: str) -> str:
    """A member's value as it is written."""
    member = members(text)[name]
    return text[member.value : member.end]


def same_where_same(old: str, new: str) -> None:
    """What has its old value is written as it was."""
    for name in members(old).keys() & members(new).keys():
        assert written(old, name) == written(new, name) or json.loads(written(old, name)) != json.loads(
            written(new, name)
        )


@MANY
@given(flows())
def test_the_copy_has_nothing_left_of_what_is_called_fixed_and_nothing_new(text: str) -> None:
    # one salt, so that a node whose name is hidden has one name in both
    checked = check_nodes(text, salt=b"salt", today=TODAY)
    again = check_nodes(checked.corrected or text, salt=b"salt", today=TODAY)
    after = {(each.node, each.says) for each in again.findings}
    findings = {(each.node, each.says): each for each in checked.findings}
    assert not after & {key for key, each in findings.items() if each.fixed}
    assert after - {key for key in after if key[0] == "(the workflow)"} <= {
        key for key, each in findings.items() if each.left
    }


def test_ordinary_values_that_look_like_secrets_stay_as_they_are() -> None:
    text = (DATA / "check_node" / "A1_masks.json").read_text()
    checked = check_nodes(text, today=TODAY)
    assert checked.corrected is not None
    before, after = nodes_of(text), nodes_of(checked.corrected)
    assert [json.loads(old)["name"] for old, new in zip(before, after, strict=True) if old != new] == ["Claude"]
    assert checked.difference.count("--- your node") == 1


def test_a_retired_model_that_thinks_is_corrected_to_the_end() -> None:
    checked = check_nodes((DATA / "check_node" / "C1_thinking.json").read_text(), today=dt.date(2026, 11, 28))
    assert [each.rule for each in checked.findings] == [Rule.MODEL_RETIRED]  # it says what else has to go
    assert all(each.fixed for each in checked.findings)
    assert checked.corrected is not None
    assert check_nodes(checked.corrected, today=dt.date(2026, 11, 28)).findings == ()


@pytest.mark.parametrize(
    ("version", "options", "expected"),
    [
        (1.3, {"thinking": True, "thinkingBudget": 2048}, {}),
        (1.5, {"thinkingMode": "manual", "thinkingBudget": 2048}, {"thinkingMode": "adaptive"}),
    ],
)
def test_thinking_becomes_what_the_model_takes(
    version: float, options: dict[str, Any], expected: dict[str, Any]
) -> None:
    node = chat({"__rl": True, "mode": "id", "value": "claude-sonnet-5"}, version, **options)
    checked = check_nodes(json.dumps(node), today=TODAY)
    assert checked.corrected is not None
    assert json.loads(checked.corrected)["parameters"]["options"] == expected


@pytest.mark.parametrize(
    ("thinking", "expected"),
    [({"type": "enabled", "budget_tokens": 9}, {"type": "adaptive"}), ({"type": "disabled"}, None)],
)
def test_thinking_in_a_body_becomes_what_the_model_takes(thinking: Any, expected: Any) -> None:
    checked = check_nodes(json.dumps(http(jsonBody=body(model="claude-sonnet-5-5", thinking=thinking))), today=TODAY)
    assert checked.corrected is not None
    fixed = json.loads(json.loads(checked.corrected)["parameters"]["jsonBody"])
    assert fixed.get("thinking") == expected


def test_a_fix_that_brings_a_fault_is_not_called_fixed() -> None:
    prefill = [{"role": "user", "content": "a"}, {"role": "assistant", "content": "{"}]
    node = http(method="GET", jsonBody=body(model="claude-3-opus-20240229", messages=prefill))
    found = {each.rule: each for each in check_nodes(json.dumps(node), today=TODAY).findings}
    assert set(found) == {Rule.METHOD_WRONG, Rule.MODEL_RETIRED, Rule.PARAMETER_REFUSED}
    assert (found[Rule.METHOD_WRONG].fixed, found[Rule.METHOD_WRONG].left) == (True, False)
    assert (found[Rule.MODEL_RETIRED].fixed, found[Rule.MODEL_RETIRED].left) == (False, False)
    assert (found[Rule.PARAMETER_REFUSED].fixed, found[Rule.PARAMETER_REFUSED].left) == (False, True)


def test_prose_around_the_json_stays_out_of_the_copy() -> None:
    node = json.dumps(http(method="GET"), indent=3)
    checked = check_nodes(f"My node:\n```json\n{node}\n```\nHelp!", today=TODAY)
    assert checked.corrected == node.replace('"GET"', '"POST"')


def test_half_of_a_character_stays_where_it_is() -> None:
    """JSON can write it, no pattern can read it, and n8n makes it when it cuts a text inside an emoji."""
    old = body(model="claude-3-opus-20240229", system="A", max_tokens="7").replace("A", "cut \ud83d {\U000f0000}")
    text = json.dumps(http(jsonBody=old) | {"name": "Ask \udc00"})
    checked = check_nodes(text, today=TODAY)
    corrected = old.replace("claude-3-opus-20240229", "claude-opus-4-8").replace('"7"', "7")
    assert checked.corrected == text.replace(json.dumps(old), json.dumps(corrected))
    shown(checked).encode()
    assert "--- your node Ask ?\n" in checked.difference


def test_a_copy_longer_than_the_limit_of_a_paste_is_made() -> None:
    node = http(sendHeaders=None, headerParameters=None, notes="x" * 1_999_000)
    checked = check_nodes(json.dumps(node), today=TODAY)
    assert checked.corrected is not None


# Secrets


def fake(seed: int = 0) -> str:
    """A string with the exact shape of a key that is none."""
    dice = random.Random(seed)
    return "sk-ant-api03-" + "".join(dice.choices(string.ascii_letters + string.digits, k=93)) + "AA"


def planted() -> list[Any]:
    """A workflow with a key in each of its string values and names, one at a time."""
    slack = {"type": "n8n-nodes-base.slack", "name": "Tell", "parameters": {"text": "hi", "other": {"a": ["b"]}}}
    call = http(method="GET", headerParameters=headers(VERSION, ("x-team", "a"))) | {"notes": "n"}
    links = {"Ask": {"main": [[{"node": "Tell"}]]}}
    flow = {"name": "f", "nodes": [call, slack], "connections": links, "meta": {"m": "x"}}
    texts = [path for path in places(flow) if isinstance(_at(flow, path), str)]
    names = [path for path in places(flow) if isinstance(path[-1], str)]
    whole, part = ([put(flow, path, text) for path in texts] for text in (fake(), f"a {fake()} b"))
    return [*whole, *part, *(_renamed(flow, path) for path in names)]


def _at(value: Any, path: tuple[str | int, ...]) -> Any:
    for name in path:
        value = value[name]
    return value


def _renamed(flow: Any, path: tuple[str | int, ...]) -> Any:
    changed = copy.deepcopy(flow)
    holder = _at(changed, path[:-1])
    renamed = {fake() if name == path[-1] else name: value for name, value in holder.items()}
    holder.clear()
    holder.update(renamed)
    return changed


@pytest.mark.parametrize("indent", [None, 2])
def test_a_key_anywhere_is_never_shown_and_never_touched(indent: int | None, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    key, kept, cleaned = fake(), 0, 0
    for flow in planted():
        checked = checked_or_refused(json.dumps(flow, indent=indent))
        assert key[13:40] not in (repr(checked) if isinstance(checked, NotANodeError) else shown(checked)) + caplog.text
        if isinstance(checked, NotANodeError) or checked.corrected is None:
            continue
        stays = key in checked.corrected
        assert stays or "[Anthropic API key #" in checked.difference
        assert checked.is_plain is not stays
        kept += stays
        if checked.cleaned is not None:
            restored = checked.cleaned.replace("YOUR_ANTHROPIC_API_KEY_HERE", key)
            # The space before the b can be what was wrong, and then the b belongs to the key.
            assert restored == checked.corrected.replace(f"{key}b", key)
            cleaned += 1
    assert kept > 50
    assert cleaned > 40


def checked_or_refused(text: str) -> NodeCheck | NotANodeError:
    """What the check says; a key in the place of a word of n8n's makes some texts no workflow."""
    try:
        return check_nodes(text, today=TODAY)
    except NotANodeError as error:
        return error


@pytest.mark.parametrize("kind", SecretKind)
@pytest.mark.parametrize("name", ["password", "value", "Authorization", "api_key", "cookie", "token"])
def test_a_placeholder_is_no_secret(kind: SecretKind, name: str) -> None:
    text = json.dumps({name: placeholder(kind), "url": f"https://a.example/?{name}={placeholder(kind)}"})
    assert redact(text).hidden == ()


def _flow(*nodes: dict[str, Any], **more: Any) -> str:
    return json.dumps({"nodes": [http(method="GET"), *nodes], "connections": {}} | more, indent=2)


def _set(**parameters: Any) -> dict[str, Any]:
    return {"type": "n8n-nodes-base.set", "name": "Set it", "typeVersion": 3, "parameters": parameters}


def test_a_secret_in_another_node_is_one_note_and_stays() -> None:
    text = _flow(_set(a=fake(), b=fake(1)), pinData={"x": fake(2)})
    checked = check_nodes(text, today=TODAY)
    (note,) = [each for each in checked.findings if each.rule is Rule.SECRET_ELSEWHERE]
    assert "“Set it”, parameters.a, “Set it”, parameters.b, pinData.x." in note.says
    assert (note.node, note.severity.value, note.left) == ("(the workflow)", "note", True)
    assert checked.corrected == text.replace('"GET"', '"POST"')
    assert [(each.node, each.field) for each in checked.secrets] == [
        ("Set it", "parameters.a"),
        ("Set it", "parameters.b"),
        ("", "pinData.x"),
    ]
    assert checked.cleaned is not None
    assert checked.cleaned.count('"YOUR_ANTHROPIC_API_KEY_HERE"') == 3
    assert "sk-ant" not in checked.cleaned


@pytest.mark.parametrize("value", ["Cookie", "Due Date|date", "={{ $json.key }}", "sessionId", "none", "12"])
def test_words_under_a_secrets_name_are_no_note(value: str) -> None:
    checked = check_nodes(_flow(_set(password=value, token=value, cookie=value)), today=TODAY)
    assert Rule.SECRET_ELSEWHERE not in {each.rule for each in checked.findings}
    assert checked.corrected is not None
    assert json.loads(checked.corrected)["nodes"][1] == _set(password=value, token=value, cookie=value)


def test_a_word_that_is_a_password_in_one_place_stays_a_word_in_all_others() -> None:
    text = _flow(_set(password="method", token="parameters", values=["name", "method"]) | {"name": "value"})
    checked = check_nodes(text, today=TODAY)
    assert checked.corrected == text.replace('"GET"', '"POST"')
    assert '-    "method": "GET",' in checked.difference
    assert [each.says for each in checked.findings] == [
        "The method is GET. Messages are sent with POST; anything else is answered with 405."
    ]
    assert {each.field for each in checked.secrets} <= {"parameters.password", "parameters.token"}
    if checked.cleaned is not None:
        kept = json.loads(checked.cleaned)["nodes"][1]
        assert (kept["name"], kept["parameters"]["values"]) == ("value", ["name", "method"])


def test_no_note_where_nothing_calls_claude() -> None:
    assert check_nodes(json.dumps(_set(a=fake())), today=TODAY).findings == ()


def test_a_password_that_is_a_number_is_not_shown() -> None:
    node = http(method="GET", extra={"password": 84736251, "x": 1})
    checked = check_nodes(json.dumps(node), today=TODAY)
    assert "84736251" not in shown(checked)
    assert checked.corrected is not None
    assert '"password": 84736251' in checked.corrected


def test_more_secrets_than_redaction_judges_one_by_one_are_hidden_node_by_node() -> None:
    text = _flow(*[_set(password=f"Hu7nter{number}xQ") for number in range(4_050)])
    checked = check_nodes(text, today=TODAY)
    assert "nterx" not in shown(checked)
    assert "Hu7nter7xQ" not in shown(checked)
    assert checked.corrected == text.replace('"GET"', '"POST"')


def test_placeholders_leave_the_spelling_around_them_alone() -> None:
    text = _flow(_set(a="SECRET", n={"password": 84736251})).replace("SECRET", f"caf\\u00e9 \\/ {fake()} \\ud83d")
    checked = check_nodes(text, today=TODAY)
    expected = text.replace('"GET"', '"POST"').replace(fake(), "YOUR_ANTHROPIC_API_KEY_HERE")
    assert checked.cleaned == expected.replace("84736251", '"YOUR_PASSWORD_HERE"')


def test_a_change_beside_a_secret_is_listed_without_it() -> None:
    checked = check_nodes(json.dumps(http(url=f"http://api.anthropic.com/v1/messages?k={fake()}")), today=TODAY)
    assert '-    "url": "http://api.anthropic.com/v1/messages?k=[Anthropic API key #' in checked.difference
    assert checked.corrected is not None
    assert f"https://api.anthropic.com/v1/messages?k={fake()}" in checked.corrected


def test_the_check_itself_prints_counts_alone() -> None:
    checked = check_nodes(_flow(_set(a=fake())), today=TODAY)
    assert repr(checked) == f"NodeCheck(2 nodes, 1 checked, {len(checked.findings)} findings)"


def random_text(length: int) -> str:
    """Return letters and digits as vendors draw them, the same in each run."""
    return "".join(random.Random(length).choices(string.ascii_letters + string.digits, k=length))


_SLACK: Final = "https://hooks.slack.com/services/"
_DISCORD: Final = "https://discord.com/api/webhooks/"


@pytest.mark.parametrize(
    "value",
    [
        *(f"{_SLACK}{rest}" for rest in ("YOUR/SLACK/WEBHOOK", "DISABLED", "x/y/z", "<your-webhook>", "T0/B0/XXX")),
        *(f"{_SLACK}T{'0' * 8}/B{'0' * 8}/{'X' * 24}", f"{_SLACK}T01AB2CD3/B04EF5GH6/your_token"),
        *(f"{_DISCORD}{rest}" for rest in ("YOUR_DISCORD_WEBHOOK_URL", "1234567890/your-token-here", "Replace me")),
        *("https://user:PASSWORD@host.example/", "postgres://postgres:password@host.example/db"),
        "Send it as Authorization: Basic [base64]",
    ],
)
def test_a_placeholder_of_a_secret_is_no_note(value: str) -> None:
    checked = check_nodes(_flow(_set(a=value)), today=TODAY)
    assert Rule.SECRET_ELSEWHERE not in {each.rule for each in checked.findings}


@pytest.mark.parametrize(
    "value",
    [
        f"{_SLACK}T01AB2CD3/B04EF5GH6/{random_text(24)}",
        f"{_DISCORD}1234567890/{random_text(68)}",
        f"https://user:{random_text(12)}@host.example/",
    ],
)
def test_a_secret_in_an_address_is_a_note(value: str) -> None:
    checked = check_nodes(_flow(_set(a=value)), today=TODAY)
    assert Rule.SECRET_ELSEWHERE in {each.rule for each in checked.findings}


def test_the_session_key_of_a_memory_node_is_no_note() -> None:
    memory = {"type": "@n8n/n8n-nodes-langchain.memoryPostgresChat", "name": "Memory", "typeVersion": 1.3}
    node = memory | {"parameters": {"sessionIdType": "customKey", "sessionKey": "C08SU8T0FJ8"}}
    checked = check_nodes(_flow(node), today=TODAY)
    assert Rule.SECRET_ELSEWHERE not in {each.rule for each in checked.findings}
